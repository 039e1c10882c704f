"""What a drawn month and region shows: visits by class and kind, shares, departments, who is short.

Belongs here: counting rows that were made. Does not belong here: making them (``run``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from orchestration.inspection.draw import Drawn
from orchestration.inspection.model import Policy


@dataclass(frozen=True)
class DrawSummary:
    """One month and region after its draw.

    Attributes:
        month: ``YYYY-MM`` of the classes.
        region_code: the region.
        rows: visits drawn.
        draw_id, seed, seed_origin, frame_hash, draw_hash, policy_version: as recorded.
        seeds_before: seeds with which it had been drawn before.
        enterprises: enterprises of the frame.
        classes: one row per class: enterprises, eligible by lot, ratio (a year, of the plan about all enterprises),
            expected by lot, by lot, certain, a year (twelve times the visits, as a share of the enterprises).
        departments: department -> visits it takes part in.
        pool: inspectors of the region; None where no pool was ever delivered.
        assigned: visits with a team.
        put_off: visits put off.
        short: department, skill, inspector_visits that are missing, visits put off for it.
    """

    month: str
    region_code: str
    rows: int
    draw_id: str
    seed: str
    seed_origin: str
    frame_hash: str
    draw_hash: str
    policy_version: str
    seeds_before: tuple[str, ...] = ()
    enterprises: int = 0
    classes: list[dict[str, object]] = field(default_factory=list)
    departments: dict[str, int] = field(default_factory=dict)
    pool: int | None = None
    assigned: int = 0
    put_off: int = 0
    short: list[dict[str, object]] = field(default_factory=list)


def summarise(tables: dict[str, pl.DataFrame], drawn: Drawn, policy: Policy) -> DrawSummary:
    """The summary of one region from the rows of its tables and the rules in force."""
    record = tables["inspection_record"].row(0, named=True)
    visits = tables["inspection_draw"]
    departments = visits.select(pl.col("departments").explode().drop_nulls().alias("d")).group_by("d").len().sort("d")
    return DrawSummary(
        month=record["month"],
        region_code=record["region_code"],
        rows=len(visits),
        draw_id=record["draw_id"],
        seed=record["seed"],
        seed_origin=record["seed_origin"],
        frame_hash=record["frame_hash"],
        draw_hash=record["draw_hash"],
        policy_version=record["policy_version"],
        seeds_before=tuple(record["seeds_before"]),
        enterprises=record["enterprises"],
        classes=_classes(drawn, policy),
        departments=dict(departments.iter_rows()),
        pool=record["pool"],
        assigned=tables["inspection_visit"]["visit_id"].n_unique(),
        put_off=record["put_off"],
        short=tables["inspection_shortage"].drop("month", "region_code", "draw_id").to_dicts(),
    )


def _classes(drawn: Drawn, policy: Policy) -> list[dict[str, object]]:
    general = next(plan.plan for plan in policy.plans if plan.population == "all")
    ratios = {name: float(policy.ratio(general, name)) for name in drawn.strata["class"].unique()}
    largest = drawn.plans.group_by("stratum").agg(pl.col("expected").max())
    by_lot = ~pl.col("certain")
    rows = (
        drawn.strata.join(largest, on="stratum", how="left")
        .group_by("class")
        .agg(
            enterprises=pl.col("enterprises").filter(by_lot).sum(),
            eligible=pl.col("eligible").filter(by_lot).sum(),
            ratio=pl.col("class").first().replace_strict(ratios, return_dtype=pl.Float64),
            expected=pl.col("expected").filter(by_lot).sum().round(2),
            by_lot=pl.col("drawn").filter(by_lot).sum(),
            certain=pl.col("drawn").filter("certain").sum(),
        )
        .sort("class")
        .with_columns(a_year=((pl.col("by_lot") + pl.col("certain")) * 12 / pl.col("enterprises")).round(4))
    )
    return rows.to_dicts()
