"""The province's inspectors: how many, where, for which department, with which skills, how strict.

Belongs here: facts about inspectors that the pool (S02), conflicts (S03) and results of checks (C07) share.
Does not belong here: the columns of those feeds (``records``).

A few for every region, more for large ones: in Henan's size some five thousand. Strictness is planted to be found: an
inspector finds up to 15 % more or less than the enterprises deserve. It is centred in each region and department, so
that find rates by class stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

from orchestration.simulation.chance import NEVER, stream
from orchestration.simulation.departments import MARKET
from orchestration.simulation.world import World

PER_ENTERPRISE = {MARKET: 0.0022, "human_resources": 0.0003, "ecology": 0.0003, "emergency": 0.0003}
"""Inspectors of a department per enterprise of its region."""
LEAST = {MARKET: 8}
"""Inspectors of a department in a region, however small; 3 where none is said."""
SKILLS = {"food": 0.6, "drugs": 0.35, "product": 0.35, "equipment": 0.35}
"""Skill -> share of the market regulator's inspectors; every region has at least three of each."""
STRICTNESS = 0.15
PERSON = 60
"""Inspectors' numbers as persons begin at so many times the number of enterprises."""


@dataclass(frozen=True)
class Inspectors:
    """One row per inspector, by region and department.

    Attributes:
        region: code.  department: code.  person: number of the person.  skills: text with ``;``.
        capacity: visits a month.
        strictness: share by which the lead finds more; 0 on average in region and department.
        active_from, active_to: days; active_to is NEVER for most.
    """

    region: np.ndarray
    department: np.ndarray
    person: np.ndarray
    skills: np.ndarray
    capacity: np.ndarray
    strictness: np.ndarray
    active_from: np.ndarray
    active_to: np.ndarray

    @cached_property
    def desks(self) -> pl.DataFrame:
        """region, department, first (row), size: where each department's inspectors of a region stand."""
        rows = pl.DataFrame({"region": self.region.astype(str), "department": self.department.astype(str)})
        return (
            rows.with_row_index("row")
            .group_by("region", "department")
            .agg(first=pl.col("row").min().cast(pl.Int64), size=pl.len().cast(pl.Int64))
        )

    def pick(self, rng: np.random.Generator, region: pl.Series, department: pl.Series) -> tuple[np.ndarray, np.ndarray]:
        """Rows of a lead and a different second inspector for each visit; -1 where the department has none here."""
        visits = pl.DataFrame({"region": region, "department": department})
        desk = visits.join(self.desks, on=["region", "department"], how="left", maintain_order="left")
        first = desk["first"].fill_null(-1).to_numpy()
        size = np.maximum(desk["size"].fill_null(0).to_numpy(), 2)
        lead, step = rng.random((2, len(visits)))
        one = (lead * size).astype(np.int64)
        other = (one + 1 + (step * (size - 1)).astype(np.int64)) % size
        return np.where(first < 0, -1, first + one), np.where(first < 0, -1, first + other)


def inspectors(world: World) -> Inspectors:
    """The inspectors of a province, the same for every feed."""
    rng = stream(world.seed, "inspectors")
    home = pl.Series(world.places.region).gather(world.place)
    sizes = dict(home.value_counts().iter_rows())
    regions = sorted(set(world.places.region))
    desks = [
        (region, department, max(LEAST.get(department, 3), round(share * sizes.get(region, 0))))
        for region in regions
        for department, share in PER_ENTERPRISE.items()
    ]
    numbers = np.array([count for _, _, count in desks])
    count = int(numbers.sum())
    within = np.arange(count) - np.repeat(np.cumsum(numbers) - numbers, numbers)
    department = np.repeat([name for _, name, _ in desks], numbers)
    strictness = rng.uniform(-STRICTNESS, STRICTNESS, count)
    desk = np.repeat(np.arange(len(desks)), numbers)
    strictness -= (np.bincount(desk, strictness) / numbers)[desk]
    joined = world.calendar.start - rng.integers(100, 4_000, count)
    # one in thirty comes or goes in the months that are delivered; the first of each desk stay
    moving = (rng.random(count) < 1 / 30) & (within >= 8)
    span = world.calendar.end - world.calendar.opening
    day = world.calendar.opening + rng.integers(0, max(span, 1), count)
    comes = moving & (rng.random(count) < 0.5)
    return Inspectors(
        region=np.repeat([name for name, _, _ in desks], numbers),
        department=department,
        person=PERSON * world.count + np.arange(count),
        skills=_skills(rng, department, within),
        capacity=rng.integers(16, 33, count),
        strictness=strictness,
        active_from=np.where(comes, day, joined),
        active_to=np.where(moving & ~comes, day, NEVER),
    )


def _skills(rng: np.random.Generator, department: np.ndarray, within: np.ndarray) -> np.ndarray:
    """Skills by share; the first inspectors of the market regulator in a region have two each, so that none lacks."""
    names = list(SKILLS)
    has = rng.random((len(department), len(names))) < list(SKILLS.values())
    for number in range(len(names)):
        has[:, number] |= (within < 8) & ((within + number) % 4 < 2)
    has &= (department == MARKET)[:, None]
    rows = pl.DataFrame(has, schema=names).select(
        pl.concat_str([pl.when(pl.col(name)).then(pl.lit(name)) for name in names], separator=";", ignore_nulls=True)
    )
    return rows.to_series().to_numpy()
