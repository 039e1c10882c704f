"""The policy of effect: the canonical one holds, a wrong one is refused in one sentence with its place."""

from __future__ import annotations

import pytest

from orchestration.effect.policy import EffectError, load_policy
from orchestration.settings import Settings


class Elsewhere(Settings):
    """Settings whose definition lies in a folder of the test."""

    @property
    def definition(self):
        return self.home


def test_the_canonical_policy_holds(tmp_path):
    policy = load_policy(Elsewhere(home=tmp_path))
    assert policy.window_months == 12
    assert not set(policy.safest) & set(policy.riskier)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("safest: [D]", "class D is among the safest and the riskier"),
        ("significance: 0.9", "significance: .*less than 0.5"),
        ("colour: red", "colour: .*not permitted"),
        ("safest: [A", "not valid YAML"),
    ],
)
def test_a_wrong_policy_is_refused_with_its_place(tmp_path, line, said):
    rows = ["window_months: 12", 'lot: "1"', "safest: [A]", "riskier: [C, D]", "least_visits: 5", "significance: 0.05"]
    kept = [row for row in rows if row.partition(":")[0] != line.partition(":")[0]]
    (tmp_path / "effect.yml").write_text("\n".join([*kept, line]), encoding="utf-8")
    with pytest.raises(EffectError, match=rf"effect\.yml: .*{said}"):
        load_policy(Elsewhere(home=tmp_path))
