"""S02 the pool of inspectors, S03 their conflicts of interest.

Belongs here: what the authorities deliver about their own staff.
Does not belong here: who the inspectors are (``simulation.inspectors``), their visits (``compliance``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import NEVER, dates, pick, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.inspectors import inspectors
from orchestration.simulation.world import World

REASONS = ["近亲属任职", "曾在该企业任职", "持有该企业股份", "本人申请回避"]


def pool(world: World, part: Part) -> pl.DataFrame:
    """All inspectors, with the first slice; who leaves is delivered again with the last day."""
    staff = inspectors(world)
    rows = np.arange(len(staff.person) if part.number == 0 else 0)
    rng = part.stream(world, "s02_inspectors")
    frame = pl.DataFrame(
        {
            "inspector_id": world.people(staff.person[rows]),
            "department": pl.Series(staff.department[rows].astype(str), dtype=pl.String),
            "district_code": pl.Series(staff.region[rows].astype(str), dtype=pl.String),
            "skills": where(staff.skills[rows] == "", None, pl.Series(staff.skills[rows].astype(str), dtype=pl.String)),
            "monthly_capacity": staff.capacity[rows],
            "active_from": dates(staff.active_from[rows]),
            "active_to": dates(staff.active_to[rows]),
            "_seen": world.calendar.seen(staff.active_from[rows], rng, 0.0),
        }
    )
    return versions(frame, world.calendar, "active_to", {})


def conflicts(world: World, part: Part) -> pl.DataFrame:
    """One enterprise in two hundred is barred to an inspector of its region."""
    staff, rng, rows = inspectors(world), part.stream(world, "s03_inspector_conflicts"), part.rows
    row = rows[rng.random(len(rows)) < 0.005]
    region = pl.Series(world.places.region).gather(world.place[row])
    department = pick(rng, ["market_regulation", "ecology", "emergency", "human_resources"], [85, 5, 5, 5], len(row))
    person, _ = staff.pick(rng, region, department)
    began = world.calendar.start + rng.integers(0, world.calendar.opening - world.calendar.start + 1, len(row))
    ended = began + 200 + rng.integers(0, 2_000, len(row))
    frame = pl.DataFrame(
        {
            "inspector_id": world.people(staff.person[person]),
            "enterprise_id": world.uscc.gather(row),
            "reason": words.choose(REASONS, rng.integers(0, 70, len(row))),
            "starts_on": dates(began),
            "ends_on": dates(np.where((ended < world.calendar.end) & (rng.random(len(row)) < 0.5), ended, NEVER)),
            "_seen": world.calendar.seen(began, rng, 0.0),
        }
    )
    return versions(frame, world.calendar, "ends_on", {})
