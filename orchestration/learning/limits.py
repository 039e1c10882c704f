"""When a month stands out: limits for series that are watched month after month.

Belongs here: the arithmetic of control charts and of the stability index under chance.
Does not belong here: which series are watched (``drift``).

Each series is a deviation in standard errors. A month raises an alarm where the deviation itself is beyond a limit
(Shewhart), which catches a change at once, or where deviations to one side have added up beyond another (CUSUM, Page
1954), which catches a slow one. Both limits follow from one number, the chance of a false alarm in a quiet month.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

QUIET = 6.0
"""Months without more than chance that are added to the reference months before their spread is believed."""


@dataclass(frozen=True)
class Chart:
    """One series with its limits; all in standard errors.

    Attributes:
        values: deviation of each month.
        up, down: what has added up above and below, at the end of each month.
        once: limit of a single month.
        summed: limit of what has added up.
    """

    values: list[float]
    up: list[float]
    down: list[float]
    once: float
    summed: float

    @property
    def alarms(self) -> list[bool]:
        """Whether each month is beyond a limit."""
        rows = zip(self.values, self.up, self.down, strict=True)
        return [abs(value) > self.once or up > self.summed or down > self.summed for value, up, down in rows]


def chart(values: Sequence[float], chance: float, slack: float) -> Chart:
    """The chart of a series; after an alarm what has added up begins anew.

    Args:
        values: deviations in standard errors, month after month.
        chance: of a false alarm in a quiet month; half of it is given to either kind of limit.
        slack: deviations up to it do not add up; half the change, in standard errors, that should be found fastest.
    """
    once = float(stats.norm.isf(chance / 4))
    summed = cusum_limit(chance / 2, slack)
    up, down, ups, downs = 0.0, 0.0, [], []
    for value in values:
        up, down = max(0.0, up + value - slack), max(0.0, down - value - slack)
        ups.append(up)
        downs.append(down)
        if abs(value) > once or up > summed or down > summed:
            up, down = 0.0, 0.0
    return Chart(list(map(float, values)), ups, downs, once, summed)


def cusum_limit(chance: float, slack: float) -> float:
    """Limit of a two-sided CUSUM that a quiet month passes with ``chance`` (Siegmund's approximation, 1985)."""
    if slack <= 0:
        raise ValueError("a CUSUM without slack passes every limit in time; give slack above 0")

    def runs(limit: float) -> float:
        b = limit + 1.166
        one_sided = (math.exp(2 * slack * b) - 2 * slack * b - 1) / (2 * slack * slack)
        return one_sided / 2 - 1 / chance

    return float(optimize.brentq(runs, 0.1, 200.0 / slack / 2))


def spread(reference: Sequence[float]) -> float:
    """By how much months vary beyond chance: a factor, 1 or more, on a standard error.

    Months of few references are not believed to vary less, nor much more, than chance alone.
    """
    squares = float(np.square(reference).sum()) if len(reference) else 0.0
    return max(1.0, math.sqrt((squares + QUIET) / (len(reference) + QUIET)))


def stability_by_chance(bands: int, before: int, now: int, chance: float) -> float:
    """Stability index that two samples of one distribution pass with ``chance`` (Yurdakul and Naranjo 2020)."""
    if bands < 2 or not before or not now:
        return 0.0
    return float((1 / before + 1 / now) * stats.chi2.isf(chance, bands - 1))
