"""Thin tails of the province: chains with many branches, persons heading many firms, pyramids and rings of
holdings, and how few are drawn for a tail.

Belongs here: who is in a tail, as numbers.  Does not belong here: the events of those firms (``bursts``).

Without them whole bands of the catalogue would stay empty at any size of the province. Each tail is a fixed, small
share of the enterprises, drawn from a stream of its own, and leaves the latent risk alone: the base rates stay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CHAINED = 0.35
"""Share of the living branches that belong to a chain."""
CHAINS = (4, 13, 3, 60, 6, 3, 8, 24, 4, 5, 3, 10)
"""Branches of the chains, in turn; about one enterprise in seven hundred heads a chain."""
HEADED = 0.0033
"""Share of enterprises headed by a person with many of them."""
HEADS = (6, 28, 5)
"""Enterprises of one such person, in turn."""
PYRAMIDAL = 0.01
"""Share of enterprises in pyramids of holdings, each owning the next."""
PYRAMIDS = (4, 7, 3, 12, 5)
"""Enterprises of the pyramids from top to bottom, in turn."""
RINGED = 0.0005
"""Share of enterprises, of each kind, that own each other in a ring."""
RINGS = (2, 3)
"""Enterprises of the rings, in turn."""
TROUBLED = 0.004
"""Share with a scandal in a month; two in three of them draw a burst of complaints, two in three a cluster of news."""
LAPSED = 0.0012
"""Share that let all required licences expire."""
INVENTIVE = 0.003
"""Share with a portfolio of patents."""
BRANDED = 0.002
"""Share with a portfolio of trade marks."""
HOUSED = 0.003
"""Share of enterprises that share an address with four to eight others."""
HOUSES = (6, 8, 5, 9)
"""Enterprises at one such address, in turn."""
HOLLOW = 0.002
"""Share with much capital and hardly any business."""
INSOLVENT = 0.0025
"""Share that owe over twice what they have."""
RAIDED = 0.2
"""Share of the shell groups that an inspection finds at their address no longer."""
INVESTING = 0.0007
"""Share of enterprises with small stakes in many others."""
STAKES = (8, 25, 12, 55, 7, 30)
"""Enterprises in which one of them has a stake, in turn."""
VENTURES = 0.0009
"""Share of enterprises with many corporate shareholders, each with a small stake."""
PARTNERS = (5, 12, 4, 14, 7)
"""Corporate shareholders of one of them, in turn."""


@dataclass(frozen=True)
class Repeat:
    """Events that come several at a time.

    Attributes:
        share: share of all enterprises that have them.
        times: events of one enterprise, in turn.
        span: days before the first delivery from which the events come.
        classes: how often the four latent classes are drawn.
    """

    share: float
    times: tuple[int, ...]
    span: int
    classes: tuple[float, float, float, float] = (0.2, 1.0, 3.0, 5.0)


REPEATS = {
    "scope_changes": Repeat(0.0014, (3, 4, 3, 5), 150, (0.5, 1.0, 2.0, 3.0)),
    "name_changes": Repeat(0.0006, (3, 2, 4), 700, (0.5, 1.0, 2.0, 3.0)),
    "licences": Repeat(0.0012, (6, 7, 9, 6), 900, (1.0, 0.8, 0.3, 0.1)),
    "other_lists": Repeat(0.0006, (2, 3, 2), 500, (0.0, 0.05, 1.0, 5.0)),
    "findings": Repeat(0.0007, (2, 3, 2), 150),
    "failed_samples": Repeat(0.0012, (3, 2, 5, 2, 4), 150),
    "ad_leads": Repeat(0.0011, (2, 3, 2, 4), 150),
    "trade_leads": Repeat(0.0007, (2, 3, 2), 150),
    "penalties": Repeat(0.0010, (5, 3, 6, 4), 700, (0.0, 0.1, 2.0, 5.0)),
    "freezes": Repeat(0.0007, (3, 4, 3, 6), 700),
}
"""Events that would hardly ever come together by chance; the riskier, the sooner, but for licences."""


def choose(rng: np.random.Generator, weight: np.ndarray, share: float) -> np.ndarray:
    """Places drawn without putting back, in rising order: ``share`` of all, as far as weights above zero reach."""
    number = min(round(share * len(weight)), int(np.count_nonzero(weight)))
    draw = rng.random(len(weight))
    key = np.where(weight > 0, np.log1p(-draw) / np.where(weight > 0, weight, 1), -np.inf)
    return np.sort(np.argsort(-key, kind="stable")[:number])


def balanced(rng: np.random.Generator, within: np.ndarray, kinds: int) -> np.ndarray:
    """A kind 0..kinds-1 for each member, in random order, each as often as the others within every group.

    Args:
        rng: the stream of this tail.
        within: group of each member.
        kinds: number of kinds.
    """
    drawn = np.empty(len(within), dtype=np.int64)
    drawn[np.lexsort((rng.random(len(within)), within))] = np.arange(len(within)) % kinds
    return drawn


def _groups(members: int, sizes: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Group of each member and its place in the group, the sizes taken in turn."""
    bounds = np.cumsum(np.resize(sizes, (members // sum(sizes) + 1) * len(sizes)))
    group = np.searchsorted(bounds, np.arange(members), side="right")
    return group, np.arange(members) - np.append(0, bounds)[group]


def chains(
    rng: np.random.Generator, branches: np.ndarray, elders: np.ndarray, staff: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Branches that belong to chains, and the parent of each.

    Args:
        rng: the stream of this tail.
        branches: rows of living branches.
        elders: rows that can be parents; those with more staff sooner become one.
        staff: staff of every row.
    """
    members = rng.permutation(branches)[: int(CHAINED * len(branches))]
    group, _ = _groups(len(members), CHAINS)
    if not len(members) or not len(elders):
        return members[:0], members[:0]
    parents = elders[choose(rng, staff[elders] + 1.0, (group[-1] + 1) / len(elders))]
    return members, rng.permutation(parents)[group % len(parents)]


def heads(rng: np.random.Generator, able: np.ndarray, place: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Enterprises headed by a person with many of them, and that person; the firms of one lie near each other.

    Args:
        rng: the stream of this tail.
        able: rows that can be headed so.
        place: place of every row.
        count: number of all enterprises.
    """
    return _near(rng, able, place, _groups(min(int(HEADED * count), len(able)), HEADS))


def houses(rng: np.random.Generator, able: np.ndarray, place: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Enterprises that share an address with a few others, and the one whose address it is.

    Args:
        rng: the stream of this tail.
        able: rows that can share an address.
        place: place of every row.
        count: number of all enterprises.
    """
    return _near(rng, able, place, _groups(min(int(HOUSED * count), len(able)), HOUSES))


def _near(
    rng: np.random.Generator, able: np.ndarray, place: np.ndarray, groups: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Members of groups that lie near each other, and the first member of the group of each."""
    group, nth = groups
    if not len(group):
        return able[:0], able[:0]
    near = able[np.argsort(place[able], kind="stable")]
    step = len(near) // (group[-1] + 1)
    first = int(rng.integers(0, len(near))) + group * step
    return near[(first + nth) % len(near)], near[first % len(near)]


def pyramids(rng: np.random.Generator, able: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Enterprises below the top of pyramids, and the owner of each: the one above it, which has the lower row.

    Args:
        rng: the stream of this tail.
        able: rows that can own and be owned.
        count: number of all enterprises.
    """
    group, nth = _groups(min(int(PYRAMIDAL * count), len(able)), PYRAMIDS)
    drawn = rng.permutation(able)[: len(group)]
    members = drawn[np.lexsort((drawn, group))]
    below = np.flatnonzero(nth > 0)
    return members[below], members[below - 1]


def rings(rng: np.random.Generator, able: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Enterprises that own each other in rings, and the owner of each; at least a ring of each size.

    Args:
        rng: the stream of this tail.
        able: rows that can own and be owned.
        count: number of all enterprises.
    """
    whole = sum(RINGS)
    number = max(int(RINGED * count), whole) // whole * whole
    if len(able) < number:
        return able[:0], able[:0]
    group, nth = _groups(number, RINGS)
    drawn = rng.permutation(able)[:number]
    members = drawn[np.lexsort((drawn, group))]
    last = np.searchsorted(group, group, side="right") - 1
    return members, members[np.where(nth > 0, np.arange(number) - 1, last)]
