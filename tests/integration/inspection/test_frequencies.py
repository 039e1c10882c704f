"""Over many seeds enterprises are visited as often as the recorded probability says."""

from __future__ import annotations

from orchestration.inspection.draw import draw_region
from orchestration.inspection.load import load_policy
from orchestration.settings import Settings
from tests.unit.inspection.conftest import firms, frame, with_ratios

JOINT = "general:D+ecology:D"


def test_probabilities_are_those_of_many_draws():
    """Over 120 seeds each enterprise is visited as often as its probability says, within binomial bounds."""
    policy = load_policy(Settings.from_env(), "2026-01")
    rules = with_ratios(policy, general_D="1", ecology_D="0.5", general_A="0.6")
    rows = frame(firms(24, "D", plans=JOINT) + firms(30, "A") + firms(6, "A", head="s", spared="drawn in 2026-01"))
    draws = 120
    counts: dict[str, int] = {}
    expected: dict[str, float] = {}
    for seed in range(draws):
        drawn = draw_region(rows, rules, f"seed {seed}", "410100")
        for code in drawn.visits["enterprise_id"]:
            counts[code] = counts.get(code, 0) + 1
        if not expected:
            expected = dict(
                drawn.order.join(drawn.strata, on="stratum").select("enterprise_id", "probability").iter_rows()
            )
    spread = {code: (counts.get(code, 0) - draws * p) / (draws * p * (1 - p)) ** 0.5 for code, p in expected.items()}
    assert max(map(abs, spread.values())) < 4
    chi = sum(value**2 for value in spread.values())
    assert 54 - 4 * 108**0.5 < chi < 54 + 4 * 108**0.5
    for name, size in (("D", 24), ("A", 30)):
        total = sum(count for code, count in counts.items() if code.startswith(name))
        exact = draws * sum(p for code, p in expected.items() if code.startswith(name))
        assert abs(total - exact) < 4 * (draws * 0.25) ** 0.5, f"{name} of {size}"
