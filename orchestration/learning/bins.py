"""Bands of one feature: where a number is cut, which categories stand alone, and the code of a row.

Belongs here: choosing bands from the rows of the training months, coding values by them.
Does not belong here: what a band is worth (``scorecard``).

Numbers are cut around every value that one row in ``bands`` has, such as 0 or what stands for nothing known, and
between those at weighted quantiles, about ``bands`` in all, each with at least ``least_share`` of the weight. A band is
then coded as a step up from the one below (``value >= cut``), so that the worth of a band is a sum of steps and is
monotone exactly where all steps have one sign. A step of 0 merges two bands: what pooling adjacent violators does for
one feature, the fit does for all of them together. An unknown value is a band of its own. optbinning was looked at and
left: it cuts one feature at a time before the fit, so that its bands are monotone and the fitted points need not be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import polars as pl

Direction = Literal["higher_riskier", "lower_riskier", "categorical", "protective"]
UNKNOWN = "(unknown)"
SIGNS: dict[Direction, int] = {"higher_riskier": 1, "lower_riskier": -1, "protective": -1, "categorical": 0}
"""Which way the worth may go with a number; a category may do as it likes."""


@dataclass(frozen=True)
class Aim:
    """Where the values of an indicator point.

    Attributes:
        direction: as in the catalogue.
        order: categories from the safest to the riskiest, where the catalogue gives a category a direction.
        grid: cuts of a number are multiples of it; None is anywhere.
    """

    direction: Direction
    order: tuple[str, ...] = ()
    grid: float | None = None


@dataclass(frozen=True)
class Bands:
    """Bands of one feature, in places: 0 the lowest or any other category, then up the cuts, categories, unknown.

    Attributes:
        code: the feature.
        direction: as in the catalogue: where the value points.
        cuts: ascending; place k holds ``cuts[k - 1] <= value < cuts[k]``, the value of a category being its place in
            ``order``.
        order: categories that have an order; empty for numbers, and for categories without one.
        categories: those with a worth of their own that stand in no order, sorted.
        unknown: whether an unknown value has a worth of its own.
        numeric: whether the value is a number.
    """

    code: str
    direction: Direction
    cuts: tuple[float, ...]
    order: tuple[str, ...]
    categories: tuple[str, ...]
    unknown: bool
    numeric: bool

    @property
    def signs(self) -> list[int]:
        """For each coded column 1 (never below 0), -1 (never above) or 0 (free)."""
        # categories stand in the order of their risk already
        sign = SIGNS[self.direction] if self.numeric else 1
        return [sign] * len(self.cuts) + [0] * (len(self.categories) + self.unknown)

    def coded(self, values: pl.Series) -> np.ndarray:
        """Rows x columns of 0 and 1: a step for each cut, a column for each category, one for unknown."""
        number = self._number(values)
        parts = [number >= cut for cut in self.cuts]
        if self.categories:
            text = values.cast(pl.String)
            parts += [(text == name).fill_null(value=False).to_numpy() for name in self.categories]
        if self.unknown:
            parts.append(values.is_null().to_numpy())
        return np.column_stack(parts).astype(float) if parts else np.zeros((values.len(), 0))

    def place(self, values: pl.Series) -> np.ndarray:
        """Place of each value in ``worths``. An unknown value without a worth of its own stands with the lowest."""
        number = self._number(values)
        place = np.where(np.isnan(number), 0, np.searchsorted(np.asarray(self.cuts), number, side="right"))
        first = len(self.cuts) + 1
        if self.categories:
            text = values.cast(pl.String)
            for position, name in enumerate(self.categories):
                place = np.where((text == name).fill_null(value=False).to_numpy(), first + position, place)
        if self.unknown:
            place = np.where(values.is_null().to_numpy(), first + len(self.categories), place)
        return place

    def worths(self, steps: Sequence[float]) -> list[float]:
        """Worth of each place from the coefficients of the coded columns."""
        rising = [0.0, *np.cumsum(steps[: len(self.cuts)])]
        return [*map(float, rising), *map(float, steps[len(self.cuts) :])]

    def _number(self, values: pl.Series) -> np.ndarray:
        """Values as numbers: categories by their place in the order; NaN where they have none."""
        if self.numeric:
            return values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        ranks = {name: float(rank) for rank, name in enumerate(self.order)}
        if not ranks:
            return np.full(values.len(), np.nan)
        found = values.cast(pl.String).replace_strict(ranks, default=None, return_dtype=pl.Float64)
        return found.fill_null(float("nan")).to_numpy()

    def as_dict(self) -> dict[str, object]:
        """For a file; ``from_dict`` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Bands:
        """From what ``as_dict`` gave; lists of a file become tuples again."""
        given: Any = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
        return cls(**given)


def choose(
    values: pl.Series, weight: np.ndarray, aim: Aim, *, numeric: bool, most: int, least_share: float, least_rows: int
) -> Bands:
    """Bands of a feature from the rows to learn from.

    Args:
        values: one value a row, null where unknown; its name is the feature.
        weight: one weight a row.
        aim: where the values point.
        numeric: whether the value is a number.
        most: bands of a number; a few more where many rows share a value.
        least_share: least share of the weight in a band of a number.
        least_rows: fewest rows of a category, and of unknown values, for a worth of their own.
    """
    unknown = values.null_count() >= least_rows
    if numeric:
        number = values.drop_nulls().cast(pl.Float64).to_numpy()
        if aim.grid is not None:
            # each to the multiple below it, so that cuts are multiples; rounded, as 3 * .1 is not .3
            number = np.round(np.floor(number / aim.grid + 1e-9) * aim.grid, 12)
        cuts = _cuts(number, weight[values.is_not_null().to_numpy()], most, least_share)
        return Bands(values.name, aim.direction, cuts, (), (), unknown, True)
    counted = dict(values.drop_nulls().cast(pl.String).value_counts().sort(values.name).iter_rows())
    free = {name: count for name, count in counted.items() if name not in aim.order}
    kept = sorted(name for name, count in free.items() if count >= least_rows)
    if not aim.order and kept:
        # the commonest is the yardstick, so that the worth of the others can be seen
        kept.remove(min(kept, key=lambda name: (-free[name], name)))
    steps: list[float] = []
    held = 0
    for rank, name in enumerate(aim.order):
        above = sum(counted.get(later, 0) for later in aim.order[rank:])
        if rank and held >= least_rows and above >= least_rows:
            steps.append(float(rank))
            held = 0
        held += counted.get(name, 0)
    return Bands(values.name, aim.direction, tuple(steps), aim.order, tuple(kept), unknown, False)


def _cuts(number: np.ndarray, mass: np.ndarray, most: int, least_share: float) -> tuple[float, ...]:
    """Cuts around values that many rows share, and at quantiles between them, no band below the least share."""
    if not number.size:
        return ()
    values, place = np.unique(number, return_inverse=True)
    share = np.bincount(place, mass) / mass.sum()
    common = np.flatnonzero(share >= 1 / most)
    wanted = {int(position) for one in common for position in (one, one + 1)}
    for left, right in pairwise([-1, *common.tolist(), values.size]):
        between = np.arange(left + 1, right)
        if between.size:
            reached = np.cumsum(share[between])
            # a stretch gets bands by its share, and three of them if they can be filled: tails tell
            parts = max(int(np.ceil(reached[-1] * most)), min(3, int(reached[-1] / least_share)), 1)
            after = np.searchsorted(reached / reached[-1], np.arange(1, parts) / parts) + 1
            wanted |= {int(one) for one in between[after.clip(max=between.size - 1)]}
    cuts: list[float] = []
    below = 0.0
    for position in sorted(wanted - {0, values.size}):
        under = float(share[:position].sum())
        if under - below >= least_share and 1 - under >= least_share:
            cuts.append(float(values[position]))
            below = under
    return tuple(cuts)
