"""Small stakes of enterprises in each other: investors in many firms, ventures of many partners.

Belongs here: who holds a stake in whom, and how large, always below control.
Does not belong here: owners (``world``), the columns of the feed (``records.registration``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulation import tails
from orchestration.simulation.chance import by_class, stream
from orchestration.simulation.world import World

MOST = 0.8
"""Share of the capital that all partners of a venture have together, at most."""


@dataclass(frozen=True)
class Stakes:
    """Small stakes: row of the enterprise, row of its holder, share of the capital."""

    held: np.ndarray
    holder: np.ndarray
    share: np.ndarray


def stakes(world: World) -> Stakes:
    """The small stakes of the province, among enterprises older than its history; no pair twice, nobody in itself."""
    rng = stream(world.seed, "stakes")
    lasting = (world.established < world.calendar.start - 60) & (world.ended >= world.calendar.end)
    elders = np.flatnonzero(lasting & world.company)
    free = np.flatnonzero(lasting & (world.owner < 0) & np.isin(world.entity, ["1130", "1220"]))
    free = rng.permutation(free)
    ventures, partners = _in_turn(tails.VENTURES, tails.PARTNERS, world.count, len(free) // 4)
    investors, firms = _in_turn(tails.INVESTING, tails.STAKES, world.count, len(free) // 4)
    # the sound invest, and the large
    sound = by_class(world.risk[elders], 1.0, 0.7, 0.3, 0.1) * (world.staff[elders] + 1.0)
    heads = rng.permutation(elders[tails.choose(rng, sound, investors / max(len(elders), 1))])
    if not len(heads) or len(elders) < 10 * max(tails.PARTNERS):
        return Stakes(free[:0], free[:0], np.zeros(0))
    venture = np.repeat(free[:ventures], partners)
    number = int(partners.sum())
    partner = elders[(rng.integers(0, len(elders), ventures).repeat(partners) + 7 * np.arange(number)) % len(elders)]
    part = np.repeat(MOST / np.maximum(partners, 4), partners) * rng.uniform(0.5, 1.0, number)
    count = firms[: len(heads)]
    total = min(int(count.sum()), len(free) - ventures)
    investor = np.repeat(heads, count)[:total]
    firm = free[ventures : ventures + total]
    held, holder = np.concatenate([venture, firm]), np.concatenate([partner, investor])
    share = np.concatenate([part, rng.uniform(0.01, 0.12, total)])
    other = held != holder
    return Stakes(held[other], holder[other], np.round(share[other], 4))


def _in_turn(share: float, sizes: tuple[int, ...], count: int, most: int) -> tuple[int, np.ndarray]:
    """How many groups there are, and the size of each."""
    number = min(max(round(share * count), 1), most)
    return number, np.resize(sizes, number).astype(np.int64)
