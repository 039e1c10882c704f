"""Measures against values worked out by hand or known from the literature."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from orchestration.evaluation.measures import MeasureError, auc, days_earlier, riskier_half, wilson

SEPTEMBER = date(2014, 9, 1)


def frame(*rows: tuple[float, int, int]) -> pl.DataFrame:
    """Rows of score, outcome and day of September."""
    return pl.DataFrame(
        {
            "score": [float(score) for score, _, _ in rows],
            "outcome": [bool(outcome) for _, outcome, _ in rows],
            "date": [SEPTEMBER + timedelta(days=day - 1) for _, _, day in rows],
        }
    )


@pytest.mark.parametrize(
    ("found", "visits", "lower", "upper"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (50, 100, 0.4038, 0.5962), (10, 10, 0.7225, 1.0)],
)
def test_wilson_known_intervals(found: int, visits: int, lower: float, upper: float) -> None:
    estimate = wilson(found, visits)
    assert estimate.value == found / visits
    assert (estimate.lower, estimate.upper) == pytest.approx((lower, upper), abs=5e-5)


@pytest.mark.parametrize(("found", "visits"), [(0, 0), (3, 2), (-1, 5)])
def test_wilson_refuses_what_is_no_rate(found: int, visits: int) -> None:
    with pytest.raises(MeasureError, match="does not exist"):
        wilson(found, visits)


def test_auc_known_value_and_delong_interval() -> None:
    # positives .35 and .8 stand above 1 and 2 of the 2 negatives: 3 of 4 pairs;
    # variance of the placements (.5, 1) is .125 on either side, so the standard error is sqrt(.125 / 2 + .125 / 2).
    estimate = auc(frame((0.1, 0, 1), (0.4, 0, 1), (0.35, 1, 1), (0.8, 1, 1)))
    assert estimate.value == 0.75
    assert estimate.lower == pytest.approx(0.75 - 1.959964 * 0.125**0.5)
    assert estimate.upper == 1.0


def test_auc_ties_count_half() -> None:
    assert auc(frame((5, 1, 1), (5, 0, 1), (5, 0, 1))).value == 0.5
    # pairs: 7>5, 7>3, 5=5, 5>3 -> 3.5 of 4
    assert auc(frame((7, 1, 1), (5, 1, 1), (5, 0, 1), (3, 0, 1))).value == 0.875


def test_auc_agrees_with_counting_every_pair() -> None:
    scores = [(index * 37) % 11 for index in range(60)]
    outcomes = [int((index * 17) % 5 == 0) for index in range(60)]
    pairs = [
        (high > low) + (high == low) / 2
        for high, y in zip(scores, outcomes, strict=True)
        if y
        for low, n in zip(scores, outcomes, strict=True)
        if not n
    ]
    rows = frame(*[(score, outcome, 1) for score, outcome in zip(scores, outcomes, strict=True)])
    assert auc(rows).value == pytest.approx(sum(pairs) / len(pairs))


def test_auc_needs_both_outcomes() -> None:
    with pytest.raises(MeasureError, match="2 positive, 0 negative"):
        auc(frame((1, 1, 1), (2, 1, 1)))


def test_riskier_half_counts_positives_in_the_upper_half() -> None:
    assert riskier_half(frame((4, 1, 1), (3, 0, 1), (2, 1, 1), (1, 0, 1))) == 0.5
    assert riskier_half(frame((4, 1, 1), (3, 1, 1), (2, 0, 1), (1, 0, 1))) == 1.0


def test_riskier_half_is_expected_value_over_ties_and_free_of_row_order() -> None:
    # Two of four rows are inside; the three tied ones share the second place: 1/3 each.
    rows = frame((9, 0, 1), (5, 1, 1), (5, 0, 1), (5, 1, 1))
    assert riskier_half(rows) == pytest.approx(1 / 3)
    assert riskier_half(rows.reverse()) == pytest.approx(1 / 3)


def test_riskier_half_of_an_odd_number_splits_the_middle_row() -> None:
    assert riskier_half(frame((3, 0, 1), (2, 1, 1), (1, 0, 1))) == 0.5


def test_days_earlier_by_hand() -> None:
    # Two visits on the 1st, one on the 2nd, one on the 6th. By score the positive of the 6th comes on the 1st, that of
    # the 2nd stays behind one other and comes on the 2nd: 5 and 0 days, mean 2.5.
    rows = frame((1, 0, 1), (4, 0, 1), (2, 1, 2), (9, 1, 6))
    assert days_earlier(rows) == 2.5


def test_days_earlier_of_one_tie_is_distance_to_the_mean_day() -> None:
    assert days_earlier(frame((5, 0, 1), (5, 0, 2), (5, 1, 6))) == 3.0


def test_days_earlier_is_negative_where_the_ranking_delays() -> None:
    assert days_earlier(frame((1, 1, 1), (2, 0, 4))) == -3.0


@pytest.mark.parametrize("measure", [riskier_half, days_earlier])
def test_no_positive_row_is_refused(measure: object) -> None:
    with pytest.raises(MeasureError, match="none of the 2 rows is positive"):
        measure(frame((1, 0, 1), (2, 0, 2)))  # type: ignore[operator]
