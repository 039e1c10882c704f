"""Chance and calendar: the streams, rates and delivery months that every feed uses.

Belongs here: random streams by feed and part, rates by latent risk, events in time, versions of a record.
Does not belong here: what a feed contains (``records``).

Days are whole numbers since 1970-01-01; delivery months are whole numbers: 0 is the initial load, 1 the first month.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.settings import month_shift

CLASS_BOUNDS = (0.2, 0.5, 0.75)
"""Latent risk at which the latent classes B, C and D begin; the scale is that of the published classes, 0-1000."""
CLASS_MIDDLES = (0.1, 0.35, 0.62, 0.87)
"""Latent risk at which a rate given for class A, B, C or D is reached; between them rates are interpolated."""
NEVER = 2_900_000
"""A day that never comes (year 9909)."""


class SimulationError(ValueError):
    """The simulation cannot be run as asked; the message says why and what to do."""


def stream(seed: int, name: str, part: int = 0) -> np.random.Generator:
    """The random stream of one feed and part; streams of different names never share a draw."""
    return np.random.Generator(
        np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(zlib.crc32(name.encode()), part)))
    )


def by_class(risk: np.ndarray, a: float, b: float, c: float, d: float) -> np.ndarray:
    """Rates that rise with latent risk through the values given for the middles of the four latent classes."""
    return np.interp(risk, CLASS_MIDDLES, (a, b, c, d))


def class_number(risk: np.ndarray) -> np.ndarray:
    """Latent class as 0 (A) to 3 (D)."""
    return np.searchsorted(np.array(CLASS_BOUNDS), risk, side="right")


@dataclass(frozen=True)
class Calendar:
    """The months of a simulation.

    Attributes:
        first_month: first monthly delivery; the initial load is received in the month before.
        months: number of monthly deliveries.
        years: years of history in the initial load.
    """

    first_month: str
    months: int
    years: int = 3

    @property
    def received(self) -> list[str]:
        """All months in which something is received, initial load first."""
        return [month_shift(self.first_month, k - 1) for k in range(self.months + 1)]

    @property
    def start(self) -> int:
        """First day of history."""
        return day(month_shift(self.first_month, -12 * self.years))

    @property
    def opening(self) -> int:
        """First day of the first monthly delivery."""
        return day(self.first_month)

    @property
    def end(self) -> int:
        """Day after the last month."""
        return day(month_shift(self.first_month, self.months))

    def month_of(self, days: np.ndarray) -> np.ndarray:
        """Delivery month in which each day lies; 0 for everything before the first month."""
        return np.maximum(self._month(days), 0)

    def _month(self, days: np.ndarray) -> np.ndarray:
        months = np.asarray(days).astype("M8[D]").astype("M8[M]") - np.datetime64(self.first_month, "M")
        return months.astype(np.int64) + 1

    def seen(self, days: np.ndarray, rng: np.random.Generator, late: float = 0.07) -> np.ndarray:
        """Delivery month in which an event is first reported: mostly its own, sometimes one or two later."""
        chance = rng.random(len(days))
        return np.maximum(self._month(days) + (chance < late) + (chance < late / 5), 0)


def day(month: str) -> int:
    """First day of a month as a number."""
    return int(np.datetime64(month, "M").astype("M8[D]").astype(np.int64))


def dates(days: np.ndarray, valid: np.ndarray | None = None) -> pl.Series:
    """Day numbers as dates; null where not ``valid`` or never."""
    days = np.asarray(days)
    keep = days < NEVER if valid is None else valid & (days < NEVER)
    frame = pl.DataFrame({"d": days.astype(np.int32), "k": keep})
    return frame.select(pl.when("k").then("d").cast(pl.Date)).to_series()


def numbers(values: np.ndarray, valid: np.ndarray) -> pl.Series:
    """Numbers; null where not ``valid``."""
    return pl.DataFrame({"v": values, "k": valid}).select(pl.when("k").then("v")).to_series()


def pick(rng: np.random.Generator, values: Sequence[str | None], weights: Sequence[float], count: int) -> pl.Series:
    """Values drawn with the given weights."""
    bounds = np.cumsum(np.asarray(weights, dtype=float))
    place = np.searchsorted(bounds / bounds[-1], rng.random(count), side="right")
    return pl.Series(list(values), dtype=pl.String).gather(np.minimum(place, len(values) - 1))


def where(mask: np.ndarray, yes: pl.Series | str | None, no: pl.Series | str | None) -> pl.Series:
    """Text ``yes`` where the mask is true, otherwise ``no``."""
    frame = pl.DataFrame(
        {"m": mask} | {k: v for k, v in (("yes", yes), ("no", no)) if isinstance(v, pl.Series)}, height=len(mask)
    )
    arms = [
        pl.col(k) if isinstance(v, pl.Series) else pl.lit(v, dtype=pl.String) for k, v in (("yes", yes), ("no", no))
    ]
    return frame.select(pl.when("m").then(arms[0]).otherwise(arms[1]).alias("w")).to_series()


def happen(
    rng: np.random.Generator, rate: np.ndarray, start: np.ndarray, end: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Events of a Poisson process: place in ``rate`` and day of each.

    Args:
        rng: the stream of the feed.
        rate: events per year of each enterprise.
        start: first day on which each can happen.
        end: day after the last.
    """
    length = np.maximum(end - start, 0)
    count = rng.poisson(rate * length / 365.25)
    place = np.repeat(np.arange(len(rate)), count)
    return place, start[place] + (rng.random(len(place)) * length[place]).astype(np.int64)


def versions(frame: pl.DataFrame, calendar: Calendar, closing: str, before: dict[str, str | None]) -> pl.DataFrame:
    """A record as first delivered and, when it closes in a later month, once more with its closing.

    Args:
        frame: complete records with ``_seen``, the delivery month in which each is first sent.
        calendar: the months.
        closing: date column that is empty until its month.
        before: values of further columns while the record is open.
    """
    base = int(calendar.first_month[:4]) * 12 + int(calendar.first_month[5:]) - 2
    month = (pl.col(closing).dt.year().cast(pl.Int64) * 12 + pl.col(closing).dt.month() - 1 - base).clip(0)
    later = (month > pl.col("_seen")).fill_null(False)
    known = {closing: None} | before
    first = frame.with_columns(
        pl.when(later).then(pl.lit(value).cast(frame.schema[name])).otherwise(pl.col(name)).alias(name)
        for name, value in known.items()
    )
    second = frame.filter(later).with_columns(_seen=month)
    return pl.concat([first, second])
