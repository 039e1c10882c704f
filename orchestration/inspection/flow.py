"""Whether the inspectors of one department can make so many visits, and how many each makes of which slot.

Belongs here: the maximum flow of one department. Does not belong here: which visit is made by whom (``teams``), which
visits are put off (``assign``).

A *part* is what a visit asks of one department: a tuple of skills, one for each inspector it sends, '' for any. Visits
with the same part are alike. The network has a node for each slot of a part, for each part and inspector, and for each
inspector: source -> slot (visits) -> part and inspector (visits) -> inspector (visits) -> sink (capacity). The middle
node lets an inspector stand in each visit at most once, so a flow that fills all slots can be split into visits with
different persons (a bipartite multigraph of that degree is a sum of matchings): the test is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

Part = tuple[str, ...]
STEP = 1.25
"""By how much the bound on everybody's load is raised until the visits fit."""


@dataclass(frozen=True)
class Pool:
    """Inspectors of one department in one region.

    Attributes:
        ids: hashed ids, in a random order that the seed decides.
        skills: skills of each.
        capacity: visits a month of each.
    """

    ids: tuple[str, ...]
    skills: tuple[frozenset[str], ...]
    capacity: np.ndarray

    def able(self, skill: str) -> np.ndarray:
        """Places in the pool of those with a skill; of everybody for ''."""
        return np.array([place for place, own in enumerate(self.skills) if not skill or skill in own], dtype=np.int64)


@dataclass(frozen=True)
class Flow:
    """A maximum flow: (part, slot) -> visits of each inspector, and what it leaves open."""

    filled: dict[tuple[Part, int], np.ndarray]
    missing: dict[tuple[Part, int], int]

    @property
    def complete(self) -> bool:
        """Whether every slot of every visit is filled."""
        return not any(self.missing.values())


def flow(pool: Pool, demand: dict[Part, int], share: float = 1.0) -> Flow:
    """The maximum flow for a number of visits of each part.

    Args:
        pool: the inspectors.
        demand: part -> visits.
        share: of each capacity that may be used, rounded up.
    """
    wanted = {part: count for part, count in demand.items() if count > 0}
    slots = [(part, number) for part in wanted for number in range(len(part))]
    parts, people = list(wanted), len(pool.ids)
    sink, first_slot = 1, 2
    first_pair = first_slot + len(slots)
    first_person = first_pair + len(parts) * people
    counts = np.array([wanted[part] for part, _ in slots], dtype=np.int64)
    everybody = np.arange(people)
    edges = [np.stack([np.zeros(len(slots), np.int64), first_slot + np.arange(len(slots)), counts])]
    for place, (part, number) in enumerate(slots):
        able = pool.able(part[number])
        pair = first_pair + parts.index(part) * people + able
        edges.append(np.stack([np.full(len(able), first_slot + place), pair, np.full(len(able), wanted[part])]))
    for place, part in enumerate(parts):
        pair = first_pair + place * people + everybody
        edges.append(np.stack([pair, first_person + everybody, np.full(people, wanted[part])]))
    usable = np.ceil(pool.capacity * share).astype(np.int64)
    edges.append(np.stack([first_person + everybody, np.full(people, sink), usable]))
    start, end, capacity = np.concatenate(edges, axis=1)
    nodes = first_person + people
    graph = csr_matrix((capacity.astype(np.int32), (start, end)), shape=(nodes, nodes))
    found = maximum_flow(graph, 0, sink).flow
    filled, missing = {}, {}
    for place, (part, number) in enumerate(slots):
        row = found[first_slot + place].toarray().ravel()
        at = first_pair + parts.index(part) * people
        filled[part, number] = np.maximum(row[at : at + people], 0)
        missing[part, number] = wanted[part] - int(filled[part, number].sum())
    return Flow(filled, missing)


def even_flow(pool: Pool, demand: dict[Part, int]) -> Flow:
    """A flow that fills every slot and loads everybody by nearly the same share of the own capacity.

    The demand must be feasible; the maximum flow alone would fill the first inspectors and leave the last idle.
    """
    asked = sum(count * len(part) for part, count in demand.items())
    share = asked / max(int(pool.capacity.sum()), 1)
    while share < 1:
        found = flow(pool, demand, share)
        if found.complete:
            return found
        share *= STEP
    return flow(pool, demand)
