"""Which inspector makes which visit: the numbers of a flow spread over the visits of a part, at random.

Belongs here: the visits of one department. Does not belong here: whether the numbers fit (``flow``).

Each slot has a list of inspectors, as often as the flow says. It is laid on the visits in an order of its own, that of
hashes of seed, slot and visit: every visit has the same chance of every inspector, and nobody can steer it. Where two
slots of a visit meet in one person, or a person has a conflict of interest, two visits exchange their inspectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.inspection.draw import order_hashes
from orchestration.inspection.flow import Flow, Part, Pool

NOBODY = -1


class Spread:
    """The inspectors of one department, as its parts are seated one after the other.

    Args:
        pool: the inspectors.
        found: a flow that fills all parts.
        seed: of the draw.
    """

    def __init__(self, pool: Pool, found: Flow, seed: str) -> None:
        self._pool, self._found, self._seed = pool, found, seed
        made = sum(found.filled.values(), np.zeros(len(pool.ids), dtype=np.int64))
        self._left = pool.capacity - made

    def over(self, part: Part, visits: pl.Series, barred: np.ndarray) -> np.ndarray:
        """Inspectors of the visits of one part.

        Args:
            part: skills of its slots.
            visits: visit ids, as many as the flow was asked for.
            barred: visits x inspectors, true where they must not meet.

        Returns:
            visits x slots: places in the pool; a row of ``NOBODY`` where nothing could mend a conflict.
        """
        team = np.full((len(visits), len(part)), NOBODY, dtype=np.int64)
        for slot in range(len(part)):
            people = np.repeat(np.arange(len(self._pool.ids)), self._found.filled[part, slot])
            order = order_hashes(visits, self._seed, "+".join(part), str(slot)).arg_sort().to_numpy()
            team[order, slot] = people
        seats = _Seats(team, barred)
        for visit, slot in np.argwhere(seats.wrong()):
            if seats.clashes(visit, slot) and not seats.exchange(visit, slot):
                able = self._pool.able(part[slot])
                seats.take(visit, slot, able[self._left[able] > 0], self._left)
        team[seats.wrong().any(axis=1)] = NOBODY
        return team


@dataclass(frozen=True)
class _Seats:
    """Who stands in which slot of which visit (``team``, changed in place), and who must not meet whom."""

    team: np.ndarray
    barred: np.ndarray

    def wrong(self) -> np.ndarray:
        """Cells whose inspector stands in the visit already, further left, or must not meet the enterprise."""
        wrong: np.ndarray = self.barred[np.arange(len(self.team))[:, None], self.team]
        for slot in range(1, self.team.shape[1]):
            wrong[:, slot] |= (self.team[:, :slot] == self.team[:, [slot]]).any(axis=1)
        return wrong

    def clashes(self, visit: int, slot: int) -> bool:
        """Whether the inspector of a slot cannot stay there."""
        here = self.team[visit, slot]
        return bool(self.barred[visit, here] or (np.delete(self.team[visit], slot) == here).any())

    def exchange(self, visit: int, slot: int) -> bool:
        """Exchange the inspector with the first visit where both then fit; whether there is one."""
        here, theirs = self.team[visit, slot], self.team[:, slot]
        others = np.delete(self.team, slot, axis=1)
        fits_there = ~(others == here).any(axis=1) & ~self.barred[:, here]
        fits_here = ~np.isin(theirs, others[visit]) & ~self.barred[visit, theirs]
        candidates = np.flatnonzero(fits_there & fits_here)
        if len(candidates):
            other = candidates[0]
            self.team[visit, slot], self.team[other, slot] = theirs[other], here
        return bool(len(candidates))

    def take(self, visit: int, slot: int, free: np.ndarray, left: np.ndarray) -> None:
        """Put the first of the free inspectors in the slot who fits there; ``left`` is what each can still make."""
        fitting = free[~self.barred[visit, free] & ~np.isin(free, np.delete(self.team[visit], slot))]
        if len(fitting):
            left[self.team[visit, slot]] += 1
            left[fitting[0]] -= 1
            self.team[visit, slot] = fitting[0]
