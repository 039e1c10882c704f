"""How the business of each enterprise goes from year to year: size, growth, idleness, empty reports, debt.

Belongs here: what annual reports, tax, insured staff and mortgages have in common, so that the feeds agree and a year
resembles the one before.
Does not belong here: which figures are published or delivered (``records``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from orchestration.simulation import tails
from orchestration.simulation.chance import by_class, stream
from orchestration.simulation.facts import Part
from orchestration.simulation.world import World

KEPT = 0.88
"""Chance that a habit (to file zeros, to stand idle, to pay no tax, to publish) is the same as in every other year."""
BIG = 10_000
"""Registered capital, 万元, from which an enterprise without business is hollow."""


@dataclass(frozen=True)
class Business:
    """The business of a slice in one year; one value for each enterprise of the slice.

    Attributes:
        size: what revenue and assets are drawn around, 万元.
        growth: size of this year against the first one.
        debt: liabilities over assets.
        zero: files zero everywhere.  idle: no revenue.  untaxed: pays no tax.
        hollow: much capital, and hardly any revenue or tax.  unstaffed: nor any staff.
    """

    size: np.ndarray
    growth: np.ndarray
    debt: np.ndarray
    zero: np.ndarray
    idle: np.ndarray
    untaxed: np.ndarray
    hollow: np.ndarray
    unstaffed: np.ndarray


def hollow(world: World, part: Part) -> tuple[np.ndarray, np.ndarray]:
    """Which enterprises of much capital hardly do business, mostly risky ones, and which of those have no staff."""
    rng, rows = part.stream(world, "hollow"), part.rows
    weight = part.rate(world, 0.2, 1.0, 3.0, 4.0) * ((world.capital[rows] >= BIG) & world.company[rows])
    found = tails.choose(rng, weight, tails.HOLLOW)
    empty, unstaffed = np.zeros((2, len(rows)), dtype=bool)
    empty[found] = True
    unstaffed[found] = tails.balanced(rng, np.zeros(len(found)), 3) > 0
    return empty, unstaffed


def business(world: World, part: Part, year: int) -> Business:
    """The business of the slice in a year; revenue falls by over a fifth in about one enterprise in eight.

    Args:
        world: the province.
        part: the slice.
        year: a year from the first of history on.
    """
    count, risk = len(part.rows), world.risk[part.rows]
    rng = part.stream(world, "business")
    levels, habits = rng.normal(0, 1, (2, count)), rng.random((3, count))
    growth = np.ones(count)
    for earlier in range(int(world.calendar.received[0][:4]) - world.calendar.years + 1, year + 1):
        drift, spread = by_class(risk, 0.04, 0.0, -0.12, -0.25), by_class(risk, 0.17, 0.22, 0.30, 0.40)
        growth = growth * np.exp(drift + spread * _year(world, part, "growth", earlier).normal(0, 1, count))
    rng = _year(world, part, "habits", year)
    kept, anew = rng.random((3, count)) < KEPT, rng.random((3, count))
    zero, idle, untaxed = np.where(kept, habits, anew)
    debt = by_class(risk, 0.42, 0.58, 0.85, 1.15) + 0.21 * levels[1] + 0.06 * rng.normal(0, 1, count)
    deep = np.zeros(count)
    deep[_insolvent(world, part)] = 1.8
    empty, unstaffed = hollow(world, part)
    return Business(
        size=np.exp(2.6 + 0.9 * np.log1p(world.staff[part.rows]) + 0.8 * levels[0]) * growth,
        growth=growth,
        debt=np.clip(debt + deep, 0.01, 5),
        zero=(zero < by_class(risk, 0.012, 0.05, 0.14, 0.28)) & ~empty,
        idle=idle < by_class(risk, 0.01, 0.03, 0.08, 0.15),
        untaxed=(untaxed < by_class(risk, 0.1, 0.18, 0.35, 0.55)) | empty,
        hollow=empty,
        unstaffed=unstaffed,
    )


def _year(world: World, part: Part, name: str, year: int) -> np.random.Generator:
    return stream(world.seed, f"business/{name}/{year}", part.number)


def _insolvent(world: World, part: Part) -> np.ndarray:
    """Places of the few that owe a multiple of what they have."""
    rng = part.stream(world, "insolvent")
    return tails.choose(rng, part.rate(world, 0.1, 1.0, 6.0, 12.0), tails.INSOLVENT)
