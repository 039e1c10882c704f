"""Intervals cover what they claim, on samples like those of a draw; seeds are fixed."""

from __future__ import annotations

import numpy as np
import pytest

from orchestration.effect.intervals import cell, combined, ratio, smoothed, wilson_effective, z_of
from orchestration.evaluation.measures import Estimate, wilson

SIZES = np.array([60_000, 30_000, 7_000, 3_000])


@pytest.mark.parametrize(("found", "visits"), [(0, 5), (3, 10), (10, 10), (48, 400)])
def test_wilson_on_a_whole_number_is_wilson(found, visits):
    ours, plain = wilson_effective(found / visits, visits), wilson(found, visits)
    assert [ours.lower, ours.upper] == pytest.approx([plain.lower, plain.upper])


def test_unequal_weights_are_worth_fewer_visits():
    found = np.array([1.0, 0.0, 0.0, 1.0])
    even, uneven = cell(np.ones(4), found), cell(np.array([8.0, 1.0, 1.0, 1.0]), found)
    assert even.effective == 4
    assert uneven.effective == pytest.approx(121 / 67)
    assert uneven.rate.value == pytest.approx(9 / 11)
    assert uneven.rate.upper - uneven.rate.lower > even.rate.upper - even.rate.lower


def test_a_cell_in_which_nothing_was_found_keeps_its_width():
    safe, risky = wilson(0, 6), wilson(24, 40)
    together = combined([safe, risky], [0.9, 0.1])
    assert together.value == pytest.approx(0.06)
    assert together.upper > 0.9 * safe.upper
    assert combined([Estimate(0.5, 0.4, 0.7)], [1.0]) == Estimate(0.5, 0.4, 0.7)


def coverage(rates, visits, spread_of_weights, rounds=400, seed=1):
    """How often the intervals of the population's rate, and of the draw's rate over it, hold the truth."""
    rng = np.random.default_rng(seed)
    shares, made = SIZES / SIZES.sum(), np.repeat(np.arange(4), visits)
    population = float(shares @ rates)
    times = float(np.bincount(made) / len(made) @ rates) / population
    held = np.zeros(2)
    for _ in range(rounds):
        weights = np.exp(spread_of_weights * rng.normal(size=len(made)))
        weights *= (shares / np.bincount(made, weights))[made]
        found = (rng.random(len(made)) < np.array(rates)[made]).astype(float)
        cells = [cell(weights[made == one], found[made == one]) for one in range(4)]
        rate = combined([one.rate for one in cells], list(shares))
        held[0] += rate.lower <= population <= rate.upper
        if found.any():
            one = ratio(np.full(len(made), 1 / len(made)), weights, found, smoothed(made, weights, found))
            held[1] += one.lower <= times and (one.upper is None or times <= one.upper)
    return held / rounds


@pytest.mark.parametrize(
    ("rates", "visits", "spread_of_weights"),
    [
        ((0.02, 0.15, 0.50, 0.80), (60, 60, 70, 90), 0.0),
        ((0.02, 0.15, 0.50, 0.80), (60, 60, 70, 90), 0.5),
        ((0.005, 0.40, 0.56, 0.85), (20, 20, 25, 30), 0.0),
        ((0.12, 0.12, 0.12, 0.12), (20, 20, 25, 30), 0.2),
    ],
)
def test_intervals_cover(rates, visits, spread_of_weights):
    rate, times = coverage(rates, visits, spread_of_weights)
    assert rate >= 0.925
    assert times >= 0.925


def test_a_ratio_over_next_to_nothing_has_no_upper_limit():
    found = np.array([0.0] * 9 + [1.0])
    weights = np.array([1.0] * 10)
    one = ratio(np.full(10, 0.1), weights / 10, found, smoothed(np.zeros(10, dtype=np.int64), weights, found))
    assert one.value == pytest.approx(1)
    other = ratio(np.array([0.0] * 9 + [1.0]), weights / 10, found, np.full(10, 0.2))
    assert other.upper is None


def test_a_stricter_level_is_wider():
    assert z_of(0.05) == pytest.approx(1.959964)
    found, weights = np.array([1.0, 0.0] * 50), np.ones(100)
    variance = smoothed(np.zeros(100, dtype=np.int64), weights, found)
    above = np.array([1.0] * 50 + [0.0] * 50) / 50
    plain, strict = (ratio(above, weights / 100, found, variance, z_of(level)) for level in (0.05, 0.005))
    assert strict.lower < plain.lower < plain.value < plain.upper < strict.upper
