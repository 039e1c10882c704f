"""Rates of a weighted sample and their intervals.

Belongs here: formulas on plain arrays of numbers.
Does not belong here: where visits and weights come from (``sample``).

The unit is the *cell*, the visits of one class: within it weights differ little and say little about the outcome. A
cell has Hajek's rate ``sum(w y) / sum(w)`` and Wilson's interval on Kish's effective number of visits ``sum(w)^2 /
sum(w^2)``. A population is a sum of cells with known shares; its limits are put together from those of the cells
(MOVER, Zou and Donner 2008), so that a cell in which nothing was found keeps the width it deserves: with a plug-in
variance it would have none, and the safest class is just such a cell. A ratio of two rates of the same visits has
Fieller's limits, with the outcomes of a cell as independent draws at its smoothed rate. There is no correction for
finite populations: the rates speak of what makes enterprises have problems, not of those that happened to be there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from orchestration.evaluation.measures import Z95, Estimate

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """Rate of one cell.

    Attributes:
        visits: number of visits, at least 1.
        found: how many found something.
        effective: Kish's effective number of visits.
        rate: Hajek's rate with its interval.
    """

    visits: int
    found: int
    effective: float
    rate: Estimate


@dataclass(frozen=True)
class Ratio:
    """A ratio with its 95 % interval; ``upper`` is None where the data set it no bound."""

    value: float
    lower: float
    upper: float | None


def z_of(level: float) -> float:
    """Quantile of the normal distribution for an interval that misses with probability ``level``, both sides."""
    return NormalDist().inv_cdf(1 - level / 2)


def wilson_effective(rate: float, visits: float, z: float = Z95) -> Estimate:
    """Wilson's score interval of ``rate`` on an effective number of visits, which need not be whole."""
    square = z * z
    middle = (rate + square / (2 * visits)) / (1 + square / visits)
    reach = z * math.sqrt(rate * (1 - rate) / visits + square / (4 * visits * visits)) / (1 + square / visits)
    return Estimate(
        rate, 0.0 if rate == 0 else max(0.0, middle - reach), 1.0 if rate == 1 else min(1.0, middle + reach)
    )


def cell(weights: Numbers, found: Numbers, z: float = Z95) -> Cell:
    """The cell of visits with these weights and outcomes (0 or 1); there is at least one."""
    total = weights.sum()
    effective = float(total * total / (weights * weights).sum())
    rate = min(1.0, float((weights * found).sum() / total))
    return Cell(len(weights), int(found.sum()), effective, wilson_effective(rate, effective, z))


def combined(rates: Sequence[Estimate], shares: Sequence[float]) -> Estimate:
    """Rate of a population made of cells with these shares, which add up to 1; the cells are independent."""
    value = sum(share * rate.value for rate, share in zip(rates, shares, strict=True))
    below = math.sqrt(sum((share * (rate.value - rate.lower)) ** 2 for rate, share in zip(rates, shares, strict=True)))
    above = math.sqrt(sum((share * (rate.upper - rate.value)) ** 2 for rate, share in zip(rates, shares, strict=True)))
    return Estimate(value, max(0.0, value - below), min(1.0, value + above))


def smoothed(cells: NDArray[np.int64], weights: Numbers, found: Numbers, z: float = Z95) -> Numbers:
    """Variance of a single outcome, by visit: that of the rate of its cell, drawn towards one half as Wilson's centre.

    Args:
        cells: number of the cell of each visit, from 0.
        weights: weight of each visit.
        found: outcome of each visit, 0 or 1.
        z: quantile of the interval that is wanted.
    """
    total = np.bincount(cells, weights)
    effective = total**2 / np.bincount(cells, weights**2)
    rate = np.bincount(cells, weights * found) / total
    rate = (rate * effective + z * z / 2) / (effective + z * z)
    return np.asarray((rate * (1 - rate))[cells], dtype=np.float64)


def ratio(above: Numbers, below: Numbers, found: Numbers, variance: Numbers, z: float = Z95) -> Ratio:
    """``sum(above y) / sum(below y)`` with Fieller's limits (Fieller 1954).

    Args:
        above, below: coefficients of each visit in the two rates.
        found: outcome of each visit, 0 or 1; ``sum(below y)`` is above 0.
        variance: of each outcome, as ``smoothed`` gives it.
        z: quantile of the interval.
    """
    one, two = float((above * found).sum()), float((below * found).sum())
    v11, v12, v22 = (float((a * b * variance).sum()) for a, b in ((above, above), (above, below), (below, below)))
    # every R with (one - R two)^2 <= z^2 (v11 - 2 R v12 + R^2 v22)
    a, b, c = two * two - z * z * v22, one * two - z * z * v12, one * one - z * z * v11
    inside = b * b - a * c
    root = math.sqrt(max(0.0, inside))
    if a > 0:
        return Ratio(one / two, max(0.0, (b - root) / a), (b + root) / a)
    if c <= 0 or inside <= 0 or a == 0:
        return Ratio(one / two, 0.0, None)
    return Ratio(one / two, max(0.0, (b - root) / a), None)
