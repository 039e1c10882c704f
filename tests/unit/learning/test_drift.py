"""Quiet months stay quiet at the stated rate; a month in which the regime changes raises the alarm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from orchestration.learning.drift import CALIBRATION, OF_VISITS, OUTCOMES, Month, month_seen, watch
from orchestration.learning.limits import chart, cusum_limit, spread, stability_by_chance
from orchestration.learning.policy import Drift, LearningError

VISITS = 600


def made(
    rng: np.random.Generator, number: int, *, lift: float = 0.0, turned: bool = False, moved: bool = False
) -> Month:
    """A month of visits; ``lift`` adds to all log-odds, ``turned`` swaps who is risky, ``moved`` changes inputs."""
    odds = rng.normal(-1.8, 0.7, VISITS)
    rate = 1 / (1 + np.exp(-odds))
    true = 1 / (1 + np.exp(-((-3.6 - odds if turned else odds) + lift)))
    weight = np.where(rng.random(VISITS) < 0.3, 3.0, 1.0)
    shares = [0.1, 0.2, 0.7] if moved else [0.5, 0.3, 0.2]
    counts = rng.multinomial(3000, shares)
    inputs = {"H010101": {str(place): int(count) for place, count in enumerate(counts)}}
    return month_seen(
        f"{2026 + number // 12}-{number % 12 + 1:02d}", (rng.random(VISITS) < true).astype(float), weight, rate, inputs
    )


def history(seed: int, months: int = 30) -> tuple[np.random.Generator, list[Month]]:
    rng = np.random.default_rng(seed)
    return rng, [made(rng, number) for number in range(months)]


def alarms(signals) -> list[tuple[str, str]]:
    return [(signal.month, signal.series) for signal in signals if signal.alarm]


@pytest.mark.parametrize("seed", range(5))
def test_no_false_alarm_in_24_quiet_months(seed, policy):
    _, months = history(seed)
    assert alarms(watch(months[:6], months[6:], policy.drift)) == []


def test_false_alarms_are_as_rare_as_stated(policy):
    # 100 histories of 24 months at a chance of .05 a month: about 120 months, give or take what history repeats
    often = policy.drift.model_copy(update={"chance": 0.05})
    raised = 0
    for seed in range(100):
        _, months = history(1000 + seed)
        raised += len({month for month, _ in alarms(watch(months[:6], months[6:], often))})
    assert raised <= 1.4 * 0.05 * 2400
    assert raised > 0.2 * 0.05 * 2400  # and the limits are not so wide that nothing would ever be seen


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("change", [{"lift": 0.9}, {"lift": -1.2}])
def test_a_change_of_the_find_rate_is_seen_in_its_month(seed, change, policy):
    rng, months = history(seed)
    months[20] = made(rng, 20, **change)
    first = min(alarms(watch(months[:6], months[6:21], policy.drift)))
    assert first[0] == months[20].month


def test_other_enterprises_being_risky_is_seen_by_calibration(policy):
    rng, months = history(3)
    months[20] = made(rng, 20, turned=True, lift=0.5)
    assert (months[20].month, CALIBRATION) in alarms(watch(months[:6], months[6:21], policy.drift))


def test_other_inputs_are_seen(policy):
    rng, months = history(4)
    months[20] = made(rng, 20, moved=True)
    assert alarms(watch(months[:6], months[6:21], policy.drift)) == [(months[20].month, "H010101")]


def test_a_slow_change_adds_up(policy):
    rng, months = history(5)
    months[18:] = [made(rng, 18 + step, lift=0.22) for step in range(12)]
    found = alarms(watch(months[:6], months[6:], policy.drift))
    assert found and min(found)[0] > months[17].month
    assert {series for _, series in found} <= set(OUTCOMES)


def sparse(rng: np.random.Generator, number: int, lift: float = 0.0) -> Month:
    """A month of 110 visits of which one in ten stands for forty others: weighted series are mostly chance."""
    rate = np.full(110, 0.26)
    true = 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + lift)))
    weight = np.where(np.arange(110) < 11, 40.0, 1.0)
    return month_seen(f"2026-{number:02d}", (rng.random(110) < true).astype(float), weight, rate, {})


def test_visits_as_they_were_made_tell_what_weights_drown(policy):
    heard = []
    for seed in range(5):
        rng = np.random.default_rng(seed)
        months = [sparse(rng, number) for number in range(1, 8)]
        months.append(sparse(rng, 8, lift=1.1))
        heard += alarms(watch(months[:6], months[6:], policy.drift))
    assert heard.count(("2026-08", OF_VISITS)) == 5
    assert {month for month, _ in heard} == {"2026-08"}
    assert len(heard) < 10  # weighted series miss most of it


def test_more_indicators_do_not_dull_what_findings_tell(policy):
    _, months = history(6, months=9)
    many = [replace(month, inputs={f"H{n:06d}": {"0": 1500, "1": 1500} for n in range(81)}) for month in months]

    def limits(seen: list[Month], policy: Drift) -> set[float]:
        return {one.limit for one in watch(seen[:6], seen[6:], policy) if one.series in OUTCOMES}

    assert len(limits(months, policy.drift)) == 1
    assert limits(many, policy.drift) == limits(months, policy.drift)
    heard = policy.drift.model_copy(update={"outcomes": 0.9})
    assert max(limits(months, heard)) < max(limits(months, policy.drift))


def test_months_that_always_vary_widen_the_limits():
    assert spread([0.1, -0.2, 0.3]) == 1.0
    assert spread([4.0, -4.0, 4.0, -4.0, 4.0, -4.0]) == pytest.approx(np.sqrt((96 + 6) / 12))


def test_an_alarm_begins_the_sum_anew():
    told = chart([0.0, 9.0, 0.0, 0.0], chance=0.001, slack=0.5)
    assert told.alarms == [False, True, False, False]


@pytest.mark.parametrize("chance", [0.01, 0.002])
def test_the_limit_of_the_sum_holds_its_chance(chance):
    rng = np.random.default_rng(8)
    limit, values = cusum_limit(chance, 0.5), rng.normal(size=400_000)
    up = down = 0.0
    raised = 0
    for value in values:
        up, down = max(0.0, up + value - 0.5), max(0.0, down - value - 0.5)
        if up > limit or down > limit:
            raised, up, down = raised + 1, 0.0, 0.0
    assert raised / values.size == pytest.approx(chance, rel=0.25)


def test_the_index_of_two_samples_of_one_distribution_passes_its_limit_rarely():
    from orchestration.shadow.compare import population_stability

    rng = np.random.default_rng(9)
    limit = stability_by_chance(5, 500, 300, 0.01)
    counts = [{str(k): int(c) for k, c in enumerate(rng.multinomial(size, [0.2] * 5))} for size in [500, 300] * 1000]
    passed = [population_stability(a, b) > limit for a, b in zip(counts[::2], counts[1::2], strict=True)]
    assert np.mean(passed) == pytest.approx(0.01, abs=0.007)


def test_without_reference_months_nothing_is_held_against_anything(policy):
    with pytest.raises(LearningError, match="no month"):
        watch([], [], policy.drift)


def test_without_slack_everything_would_add_up_and_the_policy_is_refused(policy):
    with pytest.raises(ValidationError, match="slack"):
        Drift.model_validate(policy.drift.model_dump() | {"slack": 0})
