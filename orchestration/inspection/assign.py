"""Who visits whom: teams for the visits of a region, and what is short where there are too few inspectors.

Belongs here: what a visit asks for, which visits are put off, the teams and the shortages of one region.
Does not belong here: what one department can do (``flow``), who exactly (``teams``), tables (``store``).

A visit asks every department of its plans for inspectors: one for each skill that its items need, at least one, and
from the department with most items as many more as make the least number. One person answers for one skill.

Visits are taken in their order, those due by statute first, then by lot; one that does not fit beside those before it
is put off, and smaller ones after it still get their chance. Nothing is dropped: a visit that is put off stays in the
draw with its reason and comes first among its kind in the next one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from orchestration.inspection.draw import order_hashes
from orchestration.inspection.flow import Part, Pool, even_flow, flow
from orchestration.inspection.model import Policy
from orchestration.inspection.teams import NOBODY, Spread

CONFLICT = "conflict of interest: no exchange of inspectors was possible"
SHORT_OF = "no inspector left: "
TEAM = {
    "visit_id": pl.String, "inspector_id": pl.String, "department": pl.String, "role": pl.String, "skill": pl.String,
    "capacity": pl.Int64,
}  # fmt: skip
SHORT = {"department": pl.String, "skill": pl.String, "inspector_visits": pl.Int64, "put_off": pl.Int64}
Need = dict[str, Part]
"""Department -> part."""
NONE = -1
"""Number of the part of a department that a visit does not ask."""


@dataclass(frozen=True)
class Assigned:
    """Teams of a region.

    Attributes:
        teams: one row per visit and inspector: visit_id, inspector_id, department, role (lead, second, further), skill,
            capacity (visits a month of the inspector).
        put_off: visit_id and the reason.
        short: department, skill ('' any), inspector_visits that are missing for all visits, visits put off for it.
    """

    teams: pl.DataFrame
    put_off: pl.DataFrame
    short: pl.DataFrame


@dataclass(frozen=True)
class _Region:
    """What is worked with.

    Attributes:
        visits: visit_id, enterprise_id, leading (department), in order of precedence.
        pools: department -> its inspectors.
        parts: department -> the different parts asked of it.
        asked: department -> number of the part that each visit asks, ``NONE`` where it asks nothing.
        why: reason for which each visit is put off, '' where it is made; changed in place.
    """

    visits: pl.DataFrame
    pools: dict[str, Pool]
    parts: dict[str, list[Part]]
    asked: dict[str, np.ndarray]
    why: np.ndarray = field(repr=False)

    def pool(self, department: str) -> Pool:
        """Inspectors of a department; nobody where it has none here."""
        return self.pools.get(department) or Pool((), (), np.zeros(0, dtype=np.int64))

    def demand(self, chosen: np.ndarray, department: str) -> dict[Part, int]:
        """Part -> how many of the chosen visits ask it."""
        asked = self.asked[department][chosen]
        counts = np.bincount(asked[asked != NONE], minlength=len(self.parts[department]))
        return {part: int(count) for part, count in zip(self.parts[department], counts, strict=True) if count}


def need_of(policy: Policy, plans: tuple[str, ...]) -> Need:
    """What a visit of these plans asks for: department -> skills of the inspectors it sends, the leading one first."""
    items = [item for plan in plans for item in policy.items_of(plan)]
    by_size = sorted(Counter(item.department for item in items).items(), key=lambda pair: (-pair[1], pair[0]))
    need: Need = {}
    for department, _ in by_size:
        skills = sorted({item.skill for item in items if item.department == department and item.skill})
        need[department] = tuple(skills) or ("",)
    lead = by_size[0][0]
    more = policy.least_inspectors - sum(map(len, need.values()))
    need[lead] += ("",) * max(more, 0)
    return need


def assign(visits: pl.DataFrame, pool: pl.DataFrame, conflicts: pl.DataFrame, policy: Policy, seed: str) -> Assigned:
    """Assign the visits of one region.

    Args:
        visits: visit_id, enterprise_id, plans, in order of precedence.
        pool: inspector_id, department, skills, capacity of the region.
        conflicts: inspector_id, enterprise_id.
        policy: rules in force.
        seed: of the draw.
    """
    region = _region(visits, pool, policy, seed)
    accepted = _accept(region)
    teams = [_of_department(region, accepted, name, conflicts, seed) for name in region.parts]
    made = _with_roles(region, pl.concat([pl.DataFrame(schema=TEAM), *teams]))
    put_off = region.visits.select("visit_id", put_off=pl.Series(region.why, dtype=pl.String))
    return Assigned(made, put_off.filter(pl.col("put_off") != ""), _shortages(region))


def _region(visits: pl.DataFrame, pool: pl.DataFrame, policy: Policy, seed: str) -> _Region:
    """Visits of the same plans ask the same, so needs are worked out once for each set of plans."""
    texts = visits["plans"].list.join("+")
    kinds = texts.unique().sort()
    number = texts.replace_strict(kinds, pl.Series(range(len(kinds)), dtype=pl.Int64), return_dtype=pl.Int64).to_numpy()
    needs = [need_of(policy, tuple(text.split("+"))) for text in kinds]
    departments = sorted({name for need in needs for name in need})
    parts = {name: sorted({need[name] for need in needs if name in need}) for name in departments}
    asked = {
        name: np.array([parts[name].index(need[name]) if name in need else NONE for need in needs], dtype=np.int64)[
            number
        ]
        for name in departments
    }
    leading = pl.Series("leading", [next(iter(need)) for need in needs], dtype=pl.String).gather(number)
    why = np.full(len(visits), "", dtype=object)
    return _Region(visits.select("visit_id", "enterprise_id", leading), _pools(pool, seed), parts, asked, why)


def _pools(pool: pl.DataFrame, seed: str) -> dict[str, Pool]:
    """Pool of each department, in the random order of the seed."""
    ordered = pool.with_columns(place=order_hashes(pool["inspector_id"], seed, "inspector")).sort("place")
    return {
        str(name): Pool(
            tuple(rows["inspector_id"]),
            tuple(frozenset(text.split(";")) - {""} for text in rows["skills"]),
            rows["capacity"].to_numpy().astype(np.int64),
        )
        for (name,), rows in ordered.group_by("department", maintain_order=True)
    }


def _short_department(region: _Region, chosen: np.ndarray) -> str | None:
    """The first department that cannot make the chosen visits; None where all can."""
    for name in region.parts:
        if not flow(region.pool(name), region.demand(chosen, name)).complete:
            return name
    return None


def _accept(region: _Region) -> np.ndarray:
    """Places of the visits that are made, by precedence; the others get a reason.

    The longest feasible beginning is found by halving. The visit after it is put off, and with it every later one that
    asks the same of the department that is short: with more visits made it could only be shorter.
    """
    accepted = np.zeros(0, dtype=np.int64)
    rest = np.arange(len(region.visits))
    while len(rest):
        if _short_department(region, np.concatenate([accepted, rest])) is None:
            return np.concatenate([accepted, rest])
        low, high = 0, len(rest)
        while high - low > 1:
            middle = (low + high) // 2
            fits = _short_department(region, np.concatenate([accepted, rest[:middle]])) is None
            low, high = (middle, high) if fits else (low, middle)
        accepted = np.concatenate([accepted, rest[:low]])
        department = str(_short_department(region, np.append(accepted, rest[low])))
        part = region.asked[department][rest[low]]
        alike = region.asked[department][rest] == part
        alike[:low] = False
        wanted = "+".join(skill or "any" for skill in region.parts[department][part])
        region.why[rest[alike]] = f"{SHORT_OF}{department} {wanted}"
        alike[:low] = True
        rest = rest[~alike]
    return accepted


def _of_department(
    region: _Region, accepted: np.ndarray, department: str, conflicts: pl.DataFrame, seed: str
) -> pl.DataFrame:
    """Rows of the teams that one department sends."""
    pool, demand = region.pool(department), region.demand(accepted, department)
    spread = Spread(pool, even_flow(pool, demand), seed)
    frames = [pl.DataFrame(schema=TEAM)]
    for number, part in enumerate(region.parts[department]):
        if part not in demand:
            continue
        chosen = accepted[region.asked[department][accepted] == number]
        visits = region.visits[chosen]
        team = spread.over(part, visits["visit_id"], _barred(pool, visits["enterprise_id"], conflicts))
        seated = (team != NOBODY).all(axis=1)
        region.why[chosen[~seated]] = CONFLICT
        frames.append(_rows(pool, part, visits["visit_id"].filter(pl.Series(seated)), team[seated], department))
    return pl.concat(frames)


def _barred(pool: Pool, enterprises: pl.Series, conflicts: pl.DataFrame) -> np.ndarray:
    """enterprises x inspectors, true where they must not meet."""
    barred = np.zeros((len(enterprises), len(pool.ids)), dtype=bool)
    rows = pl.DataFrame({"enterprise_id": enterprises}).with_row_index("row")
    people = pl.DataFrame({"inspector_id": pool.ids}, schema={"inspector_id": pl.String}).with_row_index("column")
    pairs = conflicts.join(rows, on="enterprise_id").join(people, on="inspector_id")
    barred[pairs["row"].to_numpy(), pairs["column"].to_numpy()] = True
    return barred


def _rows(pool: Pool, part: Part, visits: pl.Series, team: np.ndarray, department: str) -> pl.DataFrame:
    """One row per visit and slot, without roles."""
    slot = np.tile(np.arange(len(part)), len(visits))
    return pl.DataFrame(
        {
            "visit_id": visits.gather(np.repeat(np.arange(len(visits)), len(part))),
            "inspector_id": pl.Series(pool.ids, dtype=pl.String).gather(team.ravel()),
            "skill": pl.Series(list(part), dtype=pl.String).gather(slot),
            "capacity": pool.capacity[team.ravel()],
        }
    ).select(
        "visit_id",
        "inspector_id",
        pl.lit(department).alias("department"),
        pl.lit(None, dtype=pl.String).alias("role"),
        "skill",
        "capacity",
    )


def _with_roles(region: _Region, teams: pl.DataFrame) -> pl.DataFrame:
    """Teams of the visits that no department had to put off, with who leads: the leading department's first."""
    visits = region.visits.select("visit_id", "leading").filter(pl.Series(region.why == "", dtype=pl.Boolean))
    # who has a skill leads before who stands in for the number
    made = teams.join(visits, on="visit_id").sort(
        "visit_id", pl.col("department") != pl.col("leading"), pl.col("skill") == "", "department", "skill"
    )
    place = pl.int_range(pl.len()).over("visit_id")
    role = pl.when(place == 0).then(pl.lit("lead")).when(place == 1).then(pl.lit("second")).otherwise(pl.lit("further"))
    return made.with_columns(role=role).select(*TEAM)


def _shortages(region: _Region) -> pl.DataFrame:
    """What is missing for all visits, by department and skill; no row where nothing is."""
    rows = []
    reasons = Counter(region.why.tolist())
    for name in region.parts:
        off = sum(count for reason, count in reasons.items() if reason.startswith(f"{SHORT_OF}{name} "))
        if not off:
            continue
        missing: Counter[str] = Counter()
        everything = flow(region.pool(name), region.demand(np.arange(len(region.visits)), name))
        for (part, slot), count in everything.missing.items():
            missing[part[slot]] += count
        rows += [(name, skill, count, off) for skill, count in sorted(missing.items()) if count]
    return pl.DataFrame(rows, schema=SHORT, orient="row")
