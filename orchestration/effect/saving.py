"""What steering by class saves: the draw as it was made against a random draw of the same size.

Belongs here: visits saved, lift by class, share found in the riskier half, days earlier.
Does not belong here: rates by group (``rates``), formulas (``intervals``, ``orchestration.evaluation.measures``).

A simple random draw finds the rate of the population. So many visits steered by class, finding more, are worth visits x
ratio random ones; this is what Yingtan reported as half the visits and a find rate of 48 instead of 12 %.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.effect.intervals import Numbers, Ratio, ratio, smoothed, wilson_effective
from orchestration.effect.rates import cells_by, population_rate
from orchestration.effect.sample import Sample, Stratum, counted, numbers, settled, strata_of
from orchestration.evaluation.measures import (
    Estimate,
    MeasureError,
    auc,
    days_earlier,
    riskier_half,
    wilson,
)

LOT, DRAWN = "lot", "drawn"


@dataclass(frozen=True)
class Saving:
    """A draw against a random one.

    Attributes:
        scope: ``lot``, the visits that the classes steer; ``drawn``, all visits of draws, statutory ones too.
        visits: visits made.
        found: how many found something.
        rate: their find rate.
        random: rate of the population: what a simple random draw would find.
        ratio: rate over random; a random draw needs so many times the visits to find as much.
    """

    scope: str
    visits: int
    found: int
    rate: Estimate
    random: Estimate
    ratio: Ratio

    @property
    def needed(self) -> Ratio:
        """Visits that a random draw needs to find as much."""
        upper = self.ratio.upper
        return Ratio(
            self.visits * self.ratio.value,
            self.visits * self.ratio.lower,
            None if upper is None else self.visits * upper,
        )

    @property
    def saved(self) -> Saved:
        """Share of those that the classes save; below 0 where a random draw would have found more."""
        upper = self.ratio.upper
        return Saved(_saved(self.ratio.value), _saved(self.ratio.lower), 1.0 if upper is None else _saved(upper))


@dataclass(frozen=True)
class Saved:
    """A share that is saved, with its 95 % interval.

    Attributes:
        value: None where the draw found nothing: no number of random visits is as few as that.
        lower: None where the data set it no bound.
        upper: 1 where they set none; None where even it has nothing to compare with.
    """

    value: float | None
    lower: float | None
    upper: float | None


def _saved(times: float) -> float | None:
    return 1 - 1 / times if times > 0 else None


@dataclass(frozen=True)
class Order:
    """How well the score of the month before orders the visits made; a value is None where it has none.

    Attributes:
        visits: visits with a score.
        found: how many found something.
        auc: probability that a visit that found something had the higher score.
        half: share of the findings in the riskier half of the visits, with Wilson's interval over the findings.
        days: days by which a finding comes earlier in order of score, on average over the months of visits.
    """

    visits: int
    found: int
    auc: Estimate | None
    half: Estimate | None
    days: float | None


def savings(sample: Sample) -> list[Saving]:
    """Both scopes; none where the rate of the population cannot be told, or no draw led to a visit."""
    known = sample.known
    totals = _totals(sample)
    random = population_rate(cells_by(known.with_columns(name=pl.lit("all")), "name").get("all", {}), totals)
    if random is None or random.value == 0:
        return []
    found, variance = numbers(known["found"]), _variance(known)
    below = _population_coefficients(known)
    made = []
    for scope, column in ((LOT, numbers(known["lot"])), (DRAWN, np.ones(known.height))):
        visits, hits = int(column.sum()), int((column * found).sum())
        if visits:
            times = ratio(column / visits, below, found, variance)
            made.append(Saving(scope, visits, hits, wilson(hits, visits), random, times))
    return made


def lifts(sample: Sample) -> dict[str, Ratio]:
    """Class -> its rate over that of the population; empty where that cannot be told or is 0."""
    known = sample.known
    totals = _totals(sample)
    _, missing = settled(totals, set(known.select("class", "statutory").iter_rows()))
    if not totals or missing:
        return {}
    found, variance, below = numbers(known["found"]), _variance(known), _population_coefficients(known)
    if not (below * found).sum():
        return {}
    weights = numbers(known["weight"])
    own = {name: weights * numbers(known["class"] == name) for name in sorted({name for name, _ in totals})}
    return {name: ratio(column / column.sum(), below, found, variance) for name, column in own.items()}


def order(sample: Sample) -> Order:
    """Measures of the order by score, over all visits with a class."""
    rows = sample.visits.filter(pl.col("class").is_not_null())
    frame = rows.select(score=pl.col("score").cast(pl.Float64), outcome="found", date="checked_on", month="visit_month")
    hits = int(frame["outcome"].sum())
    half = riskier_half(frame) if hits else None
    return Order(
        visits=frame.height,
        found=hits,
        auc=_auc(frame),
        half=None if half is None else wilson_effective(min(1.0, half), hits),
        days=_days(frame),
    )


def _auc(frame: pl.DataFrame) -> Estimate | None:
    try:
        return auc(frame)
    except MeasureError:
        return None


def _days(frame: pl.DataFrame) -> float | None:
    """Visits change places within their month only: the classes of the next one were not known."""
    parts = [(part, int(part["outcome"].sum())) for (_,), part in frame.group_by("month")]
    hits = sum(count for _, count in parts)
    if not hits:
        return None
    return sum(days_earlier(part) * count for part, count in parts if count) / hits


def _totals(sample: Sample) -> dict[Stratum, int]:
    return counted(sample.population.with_columns(name=pl.lit("all"))).get("all", {})


def _population_coefficients(known: pl.DataFrame) -> Numbers:
    weights = numbers(known["weight"])
    return weights / weights.sum()


def _variance(known: pl.DataFrame) -> Numbers:
    return smoothed(strata_of(known), numbers(known["weight"]), numbers(known["found"]))
