"""Equal treatment (公平性): who is visited, what is found, and where the classes err, by region, age and size.

Belongs here: shares, rates and errors by group, groups visited more than their findings warrant.
Does not belong here: what the groups are (``outcome``), whether points treat groups alike (``calibration``).

Three questions, of the visits by lot, which the classes steer:

1. Is a group visited more than its findings warrant? Its share of the visits over its share of all findings of the
   population, weighted. Above 1 says that visits would find more elsewhere. It is so for any group with many
   enterprises of a class that is drawn more often than its find rate asks for, so:
2. Do the classes say the truth about the group? What its visits found over what visits of the same classes find in
   the whole population. Below 1 the classes are too hard on it, above 1 too soft.
3. Is it drawn like others of its class? Its visits over those it would have if each class were drawn evenly.

All three are asked of the enterprises that no statutory frequency binds. The others come by date, whatever their class
and group, and are then spared from the lot; counted here, a group with many of them would look as if it were spared.

A group is flagged only if its interval excludes 1 at a level divided by the groups of its dimension (Bonferroni): where
all groups are treated alike, a question flags any of a dimension in one report of twenty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.effect.intervals import Numbers, Ratio, ratio, smoothed, z_of
from orchestration.effect.policy import Policy
from orchestration.effect.rates import cells_by, population_rate
from orchestration.effect.sample import Sample, Stratum, counted, numbers
from orchestration.evaluation.measures import Estimate, wilson

DIMENSIONS = {"region": "region_code", "age": "age_class", "size": "size_class"}
BEYOND, STEEP, SOFT = "beyond_class", "by_class", "too_soft"
"""Flags: visited more than warranted and found less than its classes say; visited more, but as its classes say; found
more than its classes say."""
UNEVEN = "drawn_unevenly"


@dataclass(frozen=True)
class GroupFairness:
    """One group.

    Attributes:
        dimension: ``region``, ``age`` or ``size``.
        name: the group.
        enterprises: enterprise-months that no statutory frequency binds; ``enterprise_share`` of all of these.
        visits: visits by lot; ``visit_share`` of all.
        found: how many of them found something.
        rate: of these visits.
        population: rate of all these enterprises, weighted; None where it cannot be told.
        finding_share: its share of the findings of the population, weighted; None where nothing was found at all.
        warranted: share of visits over share of findings; None without visits, or where nothing was found in it.
        expected: findings that visits of the same classes make in the whole population.
        truth: found over expected, None where nothing is expected.
        even: visits over those of an even draw within each class.
        false_alarms: share of visits to riskier classes that found nothing; None without such visits.
        missed: share of visits to the safest class that found something; None without such visits.
        flags: what stands out after the correction for many groups, of the names above.
    """

    dimension: str
    name: str
    enterprises: int
    enterprise_share: float
    visits: int
    visit_share: float
    found: int
    rate: Estimate | None
    population: Estimate | None
    finding_share: float | None
    warranted: Ratio | None
    expected: float
    truth: Ratio | None
    even: Ratio | None
    false_alarms: Estimate | None
    missed: Estimate | None
    flags: tuple[str, ...]


def fairness(sample: Sample, policy: Policy) -> list[GroupFairness]:
    """All groups of all dimensions, in this order; empty where no visit has a known probability."""
    known = sample.known.filter(~pl.col("statutory"))
    if not known["lot"].any():
        return []
    population = sample.population.filter(~pl.col("statutory"))
    return [
        group
        for dimension, column in DIMENSIONS.items()
        for group in _dimension(
            known.with_columns(name=column), population.with_columns(name=column), policy, dimension
        )
    ]


def by_lot(sample: Sample) -> int:
    """Visits by lot that fairness is judged by."""
    return sample.known.filter(pl.col("lot") & ~pl.col("statutory")).height


def _dimension(known: pl.DataFrame, population: pl.DataFrame, policy: Policy, dimension: str) -> list[GroupFairness]:
    names = sorted({*population["name"].unique(), *known["name"].unique()})
    wide = _Wide(known, population, z_of(policy.significance / len(names)))
    cells = cells_by(known, "name")
    return [_group(wide, policy, dimension, name, cells.get(name, {})) for name in names]


class _Wide:
    """The visits of a dimension as arrays, and totals of the population."""

    def __init__(self, known: pl.DataFrame, population: pl.DataFrame, strict: float) -> None:
        self.strict = strict
        self.known = known
        self.names = known["name"].to_numpy()
        self.lot = numbers(known["lot"])
        self.found = numbers(known["found"])
        self.weights = numbers(known["weight"])
        self.of_class = known["class"].rank("dense").cast(pl.Int64).to_numpy() - 1
        self.variance = smoothed(self.of_class, self.weights, self.found)
        by_class = np.bincount(self.of_class, self.weights)
        self.class_rate = (np.bincount(self.of_class, self.weights * self.found) / by_class)[self.of_class]
        self.findings = float((self.weights * self.found).sum())
        self.totals = counted(population)
        self.everybody = int(population["enterprises"].sum())
        drawn = known.filter("lot").group_by("class").agg(pl.len())
        of_class = population.group_by("class").agg(pl.col("enterprises").sum()).join(drawn, on="class")
        self.drawn = {name: visits / count for name, count, visits in of_class.iter_rows()}

    def limits(self, above: Numbers, below: Numbers) -> tuple[Ratio, Ratio] | None:
        """The ratio of two weighted sums of findings with limits for one group, and for many."""
        if not (below * self.found).sum():
            return None
        return (
            ratio(above, below, self.found, self.variance),
            ratio(above, below, self.found, self.variance, self.strict),
        )


def _group(wide: _Wide, policy: Policy, dimension: str, name: str, cells: dict) -> GroupFairness:
    inside = (wide.names == name).astype(np.float64)
    lot, totals = inside * wide.lot, wide.totals.get(name, {})
    visits, found = int(lot.sum()), int((lot * wide.found).sum())
    enterprises = sum(totals.values())
    share = visits / wide.lot.sum()
    warranted = wide.limits(share * wide.weights, inside * wide.weights) if visits else None
    truth = _truth(wide, lot)
    even = _even(wide, visits, totals)
    mine = wide.known.filter(pl.Series(lot > 0))
    return GroupFairness(
        dimension=dimension,
        name=name,
        enterprises=enterprises,
        enterprise_share=enterprises / wide.everybody if wide.everybody else 0.0,
        visits=visits,
        visit_share=float(share),
        found=found,
        rate=wilson(found, visits) if visits else None,
        population=population_rate(cells, totals),
        finding_share=float((inside * wide.weights * wide.found).sum()) / wide.findings if wide.findings else None,
        warranted=warranted and warranted[0],
        expected=float((lot * wide.class_rate).sum()),
        truth=truth and truth[0],
        even=even and even[0],
        false_alarms=_error(mine, policy.riskier, found=False),
        missed=_error(mine, policy.safest, found=True),
        flags=_flags(warranted and warranted[1], truth and truth[1], even and even[1]),
    )


def _truth(wide: _Wide, lot: Numbers) -> tuple[Ratio, Ratio] | None:
    """Findings of the group over those expected by class: the expectation rests on the same visits, weighted."""
    by_class = np.bincount(wide.of_class, wide.weights)
    of_group = np.bincount(wide.of_class, lot, len(by_class))
    return wide.limits(lot, (of_group / by_class)[wide.of_class] * wide.weights)


def _even(wide: _Wide, visits: int, totals: dict[Stratum, int]) -> tuple[Ratio, Ratio] | None:
    """Visits over those of an even draw: a count, with the limits of a square root of a Poisson number."""
    expected = sum(count * wide.drawn.get(name, 0.0) for (name, _), count in totals.items())
    if not expected:
        return None
    one, many = (
        Ratio(
            visits / expected,
            max(0.0, np.sqrt(visits) - z / 2) ** 2 / expected,
            (np.sqrt(visits + 1) + z / 2) ** 2 / expected,
        )
        for z in (z_of(0.05), wide.strict)
    )
    return one, many


def _error(visits: pl.DataFrame, classes: tuple[str, ...], *, found: bool) -> Estimate | None:
    """Share of the visits to these classes that did, or did not, find something."""
    of_class = visits.filter(pl.col("class").is_in(classes))
    wrong = of_class.filter(pl.col("found") == found).height
    return wilson(wrong, of_class.height) if of_class.height else None


def _flags(warranted: Ratio | None, truth: Ratio | None, even: Ratio | None) -> tuple[str, ...]:
    flags = []
    hard = truth is not None and truth.upper is not None and truth.upper < 1
    if hard:
        flags.append(BEYOND)
    elif warranted is not None and warranted.lower > 1:
        flags.append(STEEP)
    if truth is not None and truth.lower > 1:
        flags.append(SOFT)
    if even is not None and (even.lower > 1 or (even.upper is not None and even.upper < 1)):
        flags.append(UNEVEN)
    return tuple(flags)
