"""Inspectors and areas: how far what they find differs from what the classes of their visits let expect.

Belongs here: the model that tells the two apart.
Does not belong here: rates by region as they were found (``rates``).

One inspector who finds little and an area with little to find look alike as long as each inspector stays in one area.
So both are estimated at once, crossed: log odds of a finding = those of the class + effect of the area + effect of
the inspector, with effects drawn from normal distributions whose spread is estimated (REML). It is solved in one step
from the rates of the classes (a penalised quasi-likelihood, Breslow and Clayton 1993): enough for effects of this
size, and it cannot diverge where nothing was found in a class. A spread is kept off 0 by a weak prior (Chung and
others 2013): at 0 every effect would be none without any doubt, however few the visits. Few visits draw an effect to
none and leave its interval wide. Equations of Henderson (1984); inspectors are eliminated first, since their block is
diagonal, so thousands of them cost nothing.

The inspector is the one who led the visit, known by hash alone. An effect is no judgement of a person: it may come
from the visits given to them. It is never a feature of a score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from orchestration.effect.intervals import Numbers, smoothed
from orchestration.effect.sample import Sample, numbers
from orchestration.evaluation.measures import Z95, Estimate

SHOWN_CHARACTERS = 8
"""Characters of an inspector's hash that are shown: enough to tell two apart, too few to look anybody up."""
LEAST_VISITS = 30
"""With fewer visits there is nothing to tell apart."""
GRID = 60
"""Standard deviations that are tried for the limits of an interval."""
_START, _LEAST, _MOST = np.log(0.3), np.log(1e-3), np.log(3.0)
"""Logarithm of a standard deviation: where the search starts, and between what it stays."""


@dataclass(frozen=True)
class Effect:
    """Effect of one inspector or area on whether a visit finds something.

    Attributes:
        name: region code, or the beginning of the inspector's hash.
        visits: visits that it rests on.
        found: how many found something.
        expected: how many were expected by class alone.
        odds: odds of a finding over those expected, with 95 % limits ``lower`` and ``upper``; 1 is as expected.
    """

    name: str
    visits: int
    found: int
    expected: float
    odds: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Spread:
    """Both kinds of effects.

    Attributes:
        visits: visits with a class and an inspector.
        inspectors_sd, areas_sd: standard deviation of the effects, in log odds (0.3 is a factor of 1.35), with its 95 %
            profile interval, the other one held; a lower limit of 0 says that there may be no difference at all.
        inspectors, areas: effects, the most extreme first; of inspectors with few visits none is listed.
        inspector_count: how many led a visit.
        several_areas: how many of them led visits in more than one area; without any the two cannot be told apart.
    """

    visits: int
    inspectors_sd: Estimate
    areas_sd: Estimate
    inspectors: list[Effect]
    areas: list[Effect]
    inspector_count: int
    several_areas: int


def spread(sample: Sample, least_visits: int) -> Spread | None:
    """Effects of inspectors and areas in the visits of the sample; None where there are too few, or all in one cell.

    Args:
        sample: visits of a window; those with a class and an inspector are used, of any kind.
        least_visits: inspectors with fewer visits are not listed.
    """
    visits = sample.visits.filter(pl.col("class").is_not_null() & pl.col("lead_inspector_id").is_not_null())
    if visits.height < LEAST_VISITS or visits["lead_inspector_id"].n_unique() < 2:
        return None
    model = _Model(visits)
    best = minimize(
        model.penalised, [_START, _START], method="Nelder-Mead", bounds=[(_LEAST, _MOST)] * 2,
        options={"xatol": 1e-3, "fatol": 1e-6},
    )  # fmt: skip
    own, area = model.solve(*np.exp(best.x))
    both = visits.group_by("lead_inspector_id").agg(pl.col("region_code").n_unique())
    inspectors = [one for one in model.effects(model.inspectors, model.inspector, own) if one.visits >= least_visits]
    return Spread(
        visits=visits.height,
        inspectors_sd=model.interval(best.x, 0),
        areas_sd=model.interval(best.x, 1),
        inspectors=[
            Effect(one.name[:SHOWN_CHARACTERS], *list(vars(one).values())[1:]) for one in _extreme_first(inspectors)
        ],
        areas=_extreme_first(model.effects(model.regions, model.region, area)),
        inspector_count=both.height,
        several_areas=both.filter(pl.col("region_code") > 1).height,
    )


def _extreme_first(effects: list[Effect]) -> list[Effect]:
    return sorted(effects, key=lambda one: (-abs(np.log(one.odds)), one.name))


Solved = tuple[Numbers, Numbers]
"""Effects and their standard errors."""


class _Model:
    """The visits as matrices: inspectors on one side; classes (fixed) and areas on the other."""

    def __init__(self, visits: pl.DataFrame) -> None:
        self.found = numbers(visits["found"])
        self.inspectors, self.inspector = _coded(visits["lead_inspector_id"])
        self.regions, self.region = _coded(visits["region_code"])
        classes, self.of_class = _coded(visits["class"])
        ones = np.ones(visits.height)
        self.variance = smoothed(self.of_class, ones, self.found)
        rate = np.bincount(self.of_class, self.found) / np.bincount(self.of_class)
        self.expected = rate[self.of_class]
        rows = np.arange(visits.height)
        self.fixed = len(classes)
        # an outcome less its rate is, to first order, its variance x what shifts the log odds; weights are 1 / variance
        rest, weight = self.found - self.expected, 1 / self.variance
        z = csr_matrix((self.variance, (rows, self.inspector)), shape=(visits.height, len(self.inspectors)))
        columns = np.concatenate([self.of_class, self.fixed + self.region])
        x = csr_matrix(
            (np.tile(self.variance, 2), (np.tile(rows, 2), columns)),
            shape=(visits.height, self.fixed + len(self.regions)),
        )
        self.zz = np.bincount(self.inspector, self.variance, len(self.inspectors))
        self.zx = np.asarray((z.T @ x.multiply(weight[:, None])).todense())
        self.xx = np.asarray((x.T @ x.multiply(weight[:, None])).todense())
        self.zy, self.xy = z.T @ (weight * rest), x.T @ (weight * rest)
        self.yy = float((weight * rest**2).sum())

    def _reduced(self, inspectors: float, areas: float) -> tuple[Numbers, Numbers, Numbers]:
        """Diagonal of the inspectors' block, and what remains of the other side once they are eliminated."""
        diagonal: Numbers = np.asarray(self.zz + 1 / inspectors**2, dtype=np.float64)
        prior = np.concatenate([np.zeros(self.fixed), np.full(len(self.regions), 1 / areas**2)])
        matrix = self.xx + np.diag(prior) - self.zx.T @ (self.zx / diagonal[:, None])
        right: Numbers = self.xy - self.zx.T @ (self.zy / diagonal)
        return diagonal, np.asarray(matrix, dtype=np.float64), right

    def deviance(self, logarithms: Numbers) -> float:
        """-2 x the restricted log-likelihood of two standard deviations, up to a constant."""
        inspectors, areas = np.exp(logarithms)
        diagonal, matrix, right = self._reduced(inspectors, areas)
        side = np.linalg.solve(matrix, right)
        explained = right @ side + (self.zy**2 / diagonal).sum()
        determinant = np.log(diagonal).sum() + np.linalg.slogdet(matrix)[1]
        priors = 2 * (len(self.inspectors) * np.log(inspectors) + len(self.regions) * np.log(areas))
        return float(determinant + priors + self.yy - explained)

    def penalised(self, logarithms: Numbers) -> float:
        """The deviance less the logarithms of a prior proportional to each standard deviation."""
        return self.deviance(logarithms) - 2 * float(np.sum(logarithms))

    def interval(self, best: Numbers, at: int) -> Estimate:
        """One standard deviation, and those whose deviance is within the 95 % quantile of the least one."""
        grid = np.linspace(_LEAST, _MOST, GRID)
        deviances = [self.deviance(np.where(np.arange(2) == at, one, best)) for one in grid]
        inside = grid[np.array(deviances) <= min(deviances) + Z95**2]
        lower = 0.0 if inside[0] == grid[0] else float(np.exp(inside[0]))
        value = float(np.exp(best[at]))
        return Estimate(value, min(lower, value), max(float(np.exp(inside[-1])), value))

    def solve(self, inspectors: float, areas: float) -> tuple[Solved, Solved]:
        """Effects of inspectors and of areas."""
        diagonal, matrix, right = self._reduced(inspectors, areas)
        inverse = np.linalg.inv(matrix)
        side = inverse @ right
        own = (self.zy - self.zx @ side) / diagonal
        through = self.zx / diagonal[:, None]
        error = 1 / diagonal + ((through @ inverse) * through).sum(axis=1)
        at = slice(self.fixed, None)
        return (own, np.sqrt(error)), (side[at], np.sqrt(np.diag(inverse)[at]))

    def effects(self, names: list[str], codes: NDArray[np.int64], solved: Solved) -> list[Effect]:
        """Effects by name, with counts."""
        size = len(names)
        visits, found, expected = (np.bincount(codes, weights, size) for weights in (None, self.found, self.expected))
        return [
            Effect(name, int(visits[at]), int(found[at]), float(expected[at]),
                   *(float(one) for one in np.exp([value, value - Z95 * error, value + Z95 * error])))
            for at, (name, value, error) in enumerate(zip(names, *solved, strict=True))
        ]  # fmt: skip


def _coded(column: pl.Series) -> tuple[list[str], NDArray[np.int64]]:
    """The values in order, and the number of the value of each row."""
    names = column.unique().sort()
    return names.to_list(), np.searchsorted(names.to_numpy().astype(str), column.to_numpy().astype(str))
