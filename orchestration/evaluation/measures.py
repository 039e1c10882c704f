"""Measures of a ranking against outcomes: interval of a rate, AUC, riskier half, days earlier.

Belongs here: formulas on plain columns of numbers. Does not belong here: where scores and outcomes come from.

Additive scores have many ties, and the order inside a tie is nobody's decision. Every measure is therefore its expected
value over all orders of tied rows, so that none depends on how a file happens to be sorted.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import polars as pl

Z95 = 1.959963984540054
"""Quantile of the normal distribution that leaves 2.5 % above it."""


class MeasureError(ValueError):
    """A measure has no value on these rows; the message says which and why."""


@dataclass(frozen=True)
class Estimate:
    """A share or probability with its 95 % interval; all between 0 and 1."""

    value: float
    lower: float
    upper: float


def wilson(found: int, visits: int) -> Estimate:
    """Rate ``found / visits`` with Wilson's 95 % score interval (Wilson 1927), sound for few visits and rates near 0.

    Raises:
        MeasureError: there was no visit, or more was found than visited.
    """
    if visits <= 0 or not 0 <= found <= visits:
        raise MeasureError(
            f"A rate of {found} found in {visits} visits does not exist; give 0 <= found <= visits, visits > 0."
        )
    rate, square = found / visits, Z95 * Z95
    middle = (rate + square / (2 * visits)) / (1 + square / visits)
    reach = Z95 * math.sqrt(rate * (1 - rate) / visits + square / (4 * visits * visits)) / (1 + square / visits)
    return Estimate(rate, 0.0 if found == 0 else middle - reach, 1.0 if found == visits else middle + reach)


def _ranked(frame: pl.DataFrame) -> tuple[pl.DataFrame, int, int]:
    positives = int(frame["outcome"].sum())
    negatives = frame.height - positives
    if not positives or not negatives:
        raise MeasureError(
            f"AUC needs rows of both outcomes, but {positives} positive, {negatives} negative; choose other rows."
        )
    return frame.with_columns(pl.col("score").rank("average").alias("rank")), positives, negatives


def auc(frame: pl.DataFrame) -> Estimate:
    """Probability that a positive row scores above a negative one, ties counting half, with DeLong's 95 % interval.

    Args:
        frame: columns ``score`` (higher is riskier) and ``outcome`` (boolean, true is positive).

    Raises:
        MeasureError: all rows have the same outcome.
    """
    ranked, positives, negatives = _ranked(frame)
    # Rank among all less rank among its own kind = number of the other kind below, ties half (DeLong 1988, Sun 2014).
    placed = ranked.with_columns(
        (pl.col("rank") - pl.col("score").rank("average").over("outcome")).alias("others_below"),
    )
    above = placed.filter("outcome")["others_below"] / negatives
    below = placed.filter(~pl.col("outcome"))["others_below"] / positives
    value = float(above.sum()) / positives
    variance = _mean_variance(above) + _mean_variance(below)
    reach = Z95 * math.sqrt(variance)
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))


def _mean_variance(values: pl.Series) -> float:
    spread = values.var()
    return float(spread) / values.len() if isinstance(spread, float) else 0.0


def riskier_half(frame: pl.DataFrame) -> float:
    """Share of the positives that lie in the half of the rows with the highest scores.

    Args:
        frame: columns ``score`` and ``outcome``, as for ``auc``. Of an odd number of rows the middle one counts half.

    Raises:
        MeasureError: no row is positive.
    """
    positives = _positives(frame, "The riskier half")
    half = frame.height / 2
    placed = frame.sort("score", descending=True).with_row_index("place")
    placed = placed.with_columns((half - pl.col("place").cast(pl.Float64)).clip(0, 1).alias("inside"))
    return (
        float(placed.with_columns(pl.col("inside").mean().over("score")).filter("outcome")["inside"].sum()) / positives
    )


def days_earlier(frame: pl.DataFrame) -> float:
    """Mean number of days by which a positive row would have been visited earlier in order of score.

    The visits of the period are done in order of score, as many on each day as there were (the measure examined in
    arXiv 1910.04906). Negative: later than it was.

    Args:
        frame: columns ``score``, ``outcome`` and ``date`` (day of the visit as it was made).

    Raises:
        MeasureError: no row is positive.
    """
    _positives(frame, "Days earlier")
    day = pl.col("date").cast(pl.Date).to_physical().cast(pl.Float64)
    placed = frame.with_columns(day.alias("day")).sort("score", descending=True)
    placed = placed.with_columns(placed["day"].sort().alias("slot")).with_columns(pl.col("slot").mean().over("score"))
    gained = placed.filter("outcome").select((pl.col("day") - pl.col("slot")).mean()).item()
    return float(gained)


def _positives(frame: pl.DataFrame, measure: str) -> int:
    positives = int(frame["outcome"].sum())
    if not positives:
        raise MeasureError(f"{measure} has no value: none of the {frame.height} rows is positive; choose other rows.")
    return positives
