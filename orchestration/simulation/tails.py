"""Thin tails of the province: chains with many branches, persons heading many firms, and how few are drawn for a tail.

Belongs here: who is in a tail, as numbers.  Does not belong here: the events of those firms (``bursts``).

Without them whole bands of the catalogue would stay empty at any size of the province. Each tail is a fixed, small
share of the enterprises, drawn from a stream of its own, and leaves the latent risk alone: the base rates stay.
"""

from __future__ import annotations

import numpy as np

CHAINED = 0.35
"""Share of the living branches that belong to a chain."""
CHAINS = (4, 13, 3, 60, 6, 3, 8, 24, 4, 5, 3, 10)
"""Branches of the chains, in turn; about one enterprise in seven hundred heads a chain."""
HEADED = 0.0033
"""Share of enterprises headed by a person with many of them."""
HEADS = (6, 28, 5)
"""Enterprises of one such person, in turn."""
TROUBLED = 0.004
"""Share with a scandal in a month; two in three of them draw a burst of complaints, two in three a cluster of news."""
LAPSED = 0.0012
"""Share that let all required licences expire."""
INVENTIVE = 0.003
"""Share with a portfolio of patents."""


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
    group, nth = _groups(min(int(HEADED * count), len(able)), HEADS)
    if not len(group):
        return able[:0], able[:0]
    near = able[np.argsort(place[able], kind="stable")]
    step = len(near) // (group[-1] + 1)
    first = int(rng.integers(0, len(near))) + group * step
    return near[(first + nth) % len(near)], near[first % len(near)]
