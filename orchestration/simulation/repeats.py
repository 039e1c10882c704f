"""Events that come several at one enterprise: who has them, and when.

Belongs here: rows of the world and days of such events.
Does not belong here: how rare they are (``tails.REPEATS``), the columns of a feed (``records``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulation import tails
from orchestration.simulation.chance import by_class, stream
from orchestration.simulation.world import World


@dataclass(frozen=True)
class Repeated:
    """Repeated events: row of the world, day, and the number of each among those of its enterprise, from 0."""

    row: np.ndarray
    day: np.ndarray
    nth: np.ndarray


def repeated(world: World, number: int, rows: np.ndarray, name: str, able: np.ndarray | None = None) -> Repeated:
    """The repeated events of a kind in a slice, most of them before the first delivery and a few soon after.

    Args:
        world: the province.
        number: number of the slice.
        rows: rows of the world in the slice.
        name: a kind of ``tails.REPEATS``; each has a stream of its own.
        able: whether each of the rows can have such events; without it all that last.
    """
    rng, kind, calendar = stream(world.seed, f"repeats/{name}", number), tails.REPEATS[name], world.calendar
    first, last = calendar.opening - kind.span, min(calendar.opening + 40, calendar.end)
    lasting = (world.established[rows] < first - 60) & (world.ended[rows] >= calendar.end)
    weight = by_class(world.risk[rows], *kind.classes) * lasting * (True if able is None else able)
    found = rng.permutation(rows[tails.choose(rng, weight, kind.share)])
    times = np.resize(kind.times, len(found)).astype(np.int64)
    row = np.repeat(found, times)
    nth = np.arange(len(row)) - np.repeat(np.cumsum(times) - times, times)
    # spread over the span, so that no two fall on one day
    length = (last - first) / np.maximum(np.repeat(times, times), 1)
    day = first + ((nth + rng.random(len(row)) * 0.9) * length).astype(np.int64)
    return Repeated(row, day, nth)
