"""The population stability index: zero, symmetric, finite, and the value that a textbook gives."""

from __future__ import annotations

import math

import pytest

from orchestration.shadow.compare import SHIFTED, WATCH, Stability, population_stability


def test_the_same_distribution_has_none():
    assert population_stability({"1": 40, "2": 60}, {"1": 40, "2": 60}) == 0


def test_more_of_the_same_has_almost_none():
    assert population_stability({"1": 400, "2": 600}, {"1": 4_000, "2": 6_000}) == pytest.approx(0, abs=1e-5)


def test_it_is_the_sum_over_bins():
    expected, actual = {"1": 1_000_000, "2": 1_000_000}, {"1": 500_000, "2": 1_500_000}
    by_hand = (0.25 - 0.5) * math.log(0.25 / 0.5) + (0.75 - 0.5) * math.log(0.75 / 0.5)
    assert population_stability(expected, actual) == pytest.approx(by_hand, rel=1e-4)
    assert population_stability(actual, expected) == pytest.approx(by_hand, rel=1e-4)


def test_a_bin_of_one_side_only_stays_finite():
    assert 0 < population_stability({"1": 10}, {"2": 10}) < 100


@pytest.mark.parametrize(
    ("psi", "word"), [(0.0, "stable"), (WATCH - 1e-9, "stable"), (WATCH, "watch"), (SHIFTED, "shifted")]
)
def test_words_begin_at_their_bounds(psi, word):
    assert Stability("score", "2026-05", psi).word == word
