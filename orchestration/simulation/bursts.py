"""Clusters of events at few enterprises: bursts of complaints and of news, portfolios of rights, repeated events.

Belongs here: rows of the world and days of such events.
Does not belong here: the columns of a feed (``records``), how thin the tails are (``tails``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulation import tails
from orchestration.simulation.chance import by_class, day
from orchestration.simulation.facts import Part
from orchestration.simulation.world import World

COMPLAINTS = np.array([(4, 7), (3, 9), (0, 12), (1, 22), (5, 9), (2, 7)])
"""Complaints three to five months before a scandal and in its month: from slow growth to many times as many."""
NEWS = np.array([(6, 1), (8, 3), (12, 8), (18, 14), (9, 7), (24, 11)])
"""News in the month of a scandal, and how many are negative: from a launch that went well to a campaign."""


@dataclass(frozen=True)
class Cluster:
    """Events of clusters: row of the world, day, and whether each is negative."""

    row: np.ndarray
    day: np.ndarray
    negative: np.ndarray


def _lasting(world: World, rows: np.ndarray, since: int) -> np.ndarray:
    """Whether each exists from a day to the end of the simulation."""
    return (world.established[rows] < since) & (world.ended[rows] >= world.calendar.end)


def _troubles(world: World, part: Part) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Enterprises with a scandal, mostly risky or large ones: row, first day of its month, and 0 to 2.

    Kind 0 reaches only the hotline, kind 1 only the press, kind 2 both. The scandals spread evenly over the monthly
    deliveries, so that every month shows some.
    """
    rng, rows = part.stream(world, "troubles"), part.rows
    weight = part.rate(world, 0.08, 1.0, 1.5, 1.5) * np.clip(np.sqrt(world.staff[rows] + 1) / 2, 0.4, 6)
    found = rows[tails.choose(rng, weight * _lasting(world, rows, world.calendar.opening - 200), tails.TROUBLED)]
    firsts = np.array([day(month) for month in world.calendar.received[1:]])
    month = tails.balanced(rng, np.zeros(len(found)), len(firsts))
    return found, firsts[month], tails.balanced(rng, month, 3)


def complaint_bursts(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Bursts of complaints in one month: rows and days."""
    row, first, kind = _troubles(world, part)
    row, first = row[kind != 1], first[kind != 1]
    rng = part.stream(world, "complaint_bursts")
    before, during = COMPLAINTS[tails.balanced(rng, first, len(COMPLAINTS))].T
    earlier = np.repeat(first, before) - 65 - rng.integers(0, 75, int(before.sum()))
    within = np.repeat(first, during) + rng.integers(0, 28, int(during.sum()))
    return np.concatenate([np.repeat(row, before), np.repeat(row, during)]), np.concatenate([earlier, within])


def news_clusters(world: World, part: Part) -> Cluster:
    """Clusters of news within one month."""
    row, first, kind = _troubles(world, part)
    row, first = row[kind != 0], first[kind != 0]
    rng = part.stream(world, "news_clusters")
    items, negative = NEWS[tails.balanced(rng, first, len(NEWS))].T
    nth = np.arange(int(items.sum())) - np.repeat(np.cumsum(items) - items, items)
    days = np.repeat(first, items) + rng.integers(0, 28, len(nth))
    return Cluster(np.repeat(row, items), days, nth < np.repeat(negative, items))


def patent_portfolios(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Grants of 8 to 40 patents to sound technical firms over the years: rows and days."""
    technical = np.isin(world.section[part.rows], ["C", "I", "M"])
    return _portfolios(world, part, "patent_portfolios", technical, (tails.INVENTIVE, 8, 41))


def mark_portfolios(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Registrations of 10 to 30 trade marks of sound firms of some size over the years: rows and days."""
    return _portfolios(world, part, "mark_portfolios", world.company[part.rows], (tails.BRANDED, 10, 31))


def _portfolios(
    world: World, part: Part, name: str, able: np.ndarray, size: tuple[float, int, int]
) -> tuple[np.ndarray, np.ndarray]:
    """Rights of a few large sound firms; ``size``: share of the firms, fewest rights, and one more than the most."""
    rng, rows = part.stream(world, name), part.rows
    able = able & _lasting(world, rows, world.calendar.opening - 700)
    weight = by_class(world.risk[rows], 1.0, 0.5, 0.1, 0.02) * np.clip(world.staff[rows] / 10, 0.1, 12)
    found = rows[tails.choose(rng, weight * able, size[0])]
    row = np.repeat(found, rng.integers(size[1], size[2], len(found)))
    start = world.alive_from(row)
    return row, start + (rng.random(len(row)) * (world.calendar.end - start)).astype(np.int64)
