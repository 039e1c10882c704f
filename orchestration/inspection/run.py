"""Draws of months and regions, from classes to teams, written to the lake.

Belongs here: order of work, seeds, what stops a draw, the rows of the tables.
Does not belong here: the frame (``frame``), the draw (``draw``), teams (``assign``), the tables (``store``).

Months are drawn in order, each seeing the draws before it. A draw replaces exactly its month and regions; a published
one is never replaced.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import polars as pl

from orchestration.inspection.assign import SHORT, TEAM, Assigned, assign
from orchestration.inspection.draw import Drawn, draw_region
from orchestration.inspection.frame import DrawError, frame_hash, read_frame
from orchestration.inspection.known import conflicts, inspectors
from orchestration.inspection.load import load_policy
from orchestration.inspection.model import Policy
from orchestration.inspection.package import MANIFEST, package_folder
from orchestration.inspection.store import (
    HASHED,
    TABLES,
    TEAM_HASHED,
    Recorded,
    earlier_draws,
    published_after,
    recorded,
    rows_hash,
    write,
)
from orchestration.inspection.summary import DrawSummary, summarise
from orchestration.lake import connect
from orchestration.settings import Settings, month_shift

GIVEN, SYSTEM, RECORDED = "given", "system", "recorded"
"""Where a seed came from: a person, the operating system's randomness, or an earlier draw of the same partition."""
RECORD_TYPES: dict[str, Any] = {
    "seeds_before": pl.List(pl.String),
    "earlier": pl.List(pl.String),
    "pool": pl.Int64,
    "published_at": pl.Datetime("us"),
    "manifest_hash": pl.String,
}
"""Types of the columns of a record that may be empty."""


@dataclass(frozen=True)
class Inputs:
    """All that the draw of one region is a function of.

    Attributes:
        frame: rows of the region.
        earlier: (draw, hash) of earlier draws that hold an enterprise of the frame.
        pool: inspectors of the region; None where no pool was ever delivered.
        conflicts: pairs of inspector and enterprise.
        policy: rules in force.
    """

    frame: pl.DataFrame
    earlier: list[tuple[str, str]]
    pool: pl.DataFrame | None
    conflicts: pl.DataFrame
    policy: Policy


@dataclass(frozen=True)
class Made:
    """The draw of one region: its rows in every table, and the numbers that its summary needs."""

    tables: dict[str, pl.DataFrame]
    drawn: Drawn


def draw_months(
    settings: Settings, months: list[str], regions: list[str], seed: str | None = None
) -> list[DrawSummary]:
    """Draw and write ``months`` x ``regions``.

    Args:
        settings: where the lake is and which rules are in force.
        months: ``YYYY-MM``, whose classes are decided; the visits are in the month after each.
        regions: region codes.
        seed: any text; without it the seed recorded for the partition, and for one drawn for the first time a number of
            the operating system.

    Returns:
        One summary per month and region, months ascending.

    Raises:
        DrawError: a draw is published already, or classes are missing.
        CatalogueError: no rules are in force in a month.
    """
    if seed is not None and not seed.strip():
        raise DrawError("the seed is empty; give a number or any text, or none to have one drawn.")
    found: list[DrawSummary] = []
    for month in sorted(set(months)):
        with connect(settings, views=False) as connection:
            known = recorded(connection, month, regions)
            _refuse_published(settings, known, month, regions)
            _refuse_followed(connection, settings, month, regions)
            inputs = read_inputs(connection, settings, month, regions)
            made = {}
            for region in regions:
                chosen, origin = _seed(seed, known.get(region))
                before = _seeds_before(known.get(region), chosen)
                made[region] = make(inputs[region], month, region, chosen, origin=origin, seeds_before=before)
            write(
                connection,
                {name: pl.concat([one.tables[name] for one in made.values()]) for name in TABLES},
                month,
                regions,
            )
            found += [summarise(made[region].tables, made[region].drawn, inputs[region].policy) for region in regions]
    return found


def _refuse_published(settings: Settings, known: dict[str, Recorded], month: str, regions: list[str]) -> None:
    marked = {region for region, record in known.items() if record.published}
    packed = {region for region in regions if (package_folder(settings, month, region) / MANIFEST).is_file()}
    published = sorted(marked | packed)
    if published:
        raise DrawError(
            f"the draw of {month} is published for {', '.join(published)} and is not drawn again; choose other "
            "regions, or the next month."
        )


def _refuse_followed(connection: duckdb.DuckDBPyConnection, settings: Settings, month: str, regions: list[str]) -> None:
    """Refuse a month after which a published draw was made: it could draw by lot whom that one has drawn."""
    last = month_shift(month, load_policy(settings, month).months_between_lots - 1)
    if later := published_after(connection, month, last, regions):
        raise DrawError(
            f"{month} is not drawn any more for {regions[0] if len(regions) == 1 else 'these regions'}: the draw of "
            f"{later} is published and did not know of it."
        )


def _seed(given: str | None, known: Recorded | None) -> tuple[str, str]:
    if given is not None:
        return given, GIVEN
    return (known.seed, RECORDED) if known else (secrets.token_hex(16), SYSTEM)


def _seeds_before(known: Recorded | None, chosen: str) -> tuple[str, ...]:
    if known is None:
        return ()
    return known.seeds_before if known.seed == chosen else (*known.seeds_before, known.seed)


def read_inputs(
    connection: duckdb.DuckDBPyConnection, settings: Settings, month: str, regions: list[str]
) -> dict[str, Inputs]:
    """What the draw of ``month`` in each region is made from, as known at the end of the month.

    Raises:
        DrawError, CatalogueError: see ``draw_months``.
    """
    policy = load_policy(settings, month)
    frame = read_frame(connection, settings, policy, month, regions)
    first = month_shift(month, -max(policy.months_between_lots - 1, policy.results_within_months))
    earlier = earlier_draws(connection, frame, first, month)
    days = f"{month_shift(month, 1)}-01", f"{month_shift(month, 2)}-01"
    pool = inspectors(connection, settings, month, days, regions)
    pairs = conflicts(connection, settings, month, days)
    return {
        region: Inputs(
            frame.filter(pl.col("region_code") == region),
            earlier.get(region, []),
            None if pool is None else pool.filter(pl.col("region_code") == region),
            pairs,
            policy,
        )
        for region in regions
    }


def make(
    inputs: Inputs, month: str, region: str, seed: str, *, origin: str = GIVEN, seeds_before: tuple[str, ...] = ()
) -> Made:
    """The draw of one region from its inputs: nothing is read or written, the same arguments give the same rows."""
    policy = inputs.policy
    digest = frame_hash(inputs.frame, inputs.earlier)
    drawn = draw_region(inputs.frame, policy, seed, region)
    draw_id = f"{month}-{region}-{rows_hash(pl.DataFrame({'a': [seed, digest]}), ('a',))[:10]}"
    visits = _numbered(drawn.visits, draw_id, month)
    team = _teams(visits, inputs, seed)
    visits = visits.join(team.put_off, on="visit_id", how="left", maintain_order="left")
    common = {"month": pl.lit(month), "region_code": pl.lit(region), "draw_id": pl.lit(draw_id)}
    rows = visits.with_columns(
        **common,
        visit_month=pl.lit(month_shift(month, 1)),
        seed=pl.lit(seed),
        frame_hash=pl.lit(digest),
        policy_version=pl.lit(policy.version),
        put_off_times=pl.col("times") + pl.col("put_off").is_not_null().cast(pl.Int32),
        published_at=pl.lit(None, dtype=pl.Datetime("us")),
    )
    rows = _told(rows, policy)
    record = {
        "month": month,
        "region_code": region,
        "draw_id": draw_id,
        "seed": seed,
        "seed_origin": origin,
        "seeds_before": list(seeds_before),
        "frame_hash": digest,
        "draw_hash": rows_hash(rows, HASHED),
        "team_hash": rows_hash(team.teams, TEAM_HASHED),
        "earlier": [f"{name}={value}" for name, value in inputs.earlier],
        "policy_version": policy.version,
        "policy_hash": policy.digest,
        "enterprises": len(inputs.frame),
        "visits": len(rows),
        "put_off": len(team.put_off),
        "pool": None if inputs.pool is None else len(inputs.pool),
        "drawn_at": datetime.now(tz=UTC).replace(tzinfo=None),
        "published_at": None,
        "manifest_hash": None,
    }
    tables = {
        "inspection_draw": rows.select(*TABLES["inspection_draw"]),
        "inspection_stratum": drawn.strata.with_columns(**common).select(*TABLES["inspection_stratum"]),
        "inspection_visit": team.teams.with_columns(**common).select(*TABLES["inspection_visit"]),
        "inspection_shortage": team.short.with_columns(**common).select(*TABLES["inspection_shortage"]),
        "inspection_record": pl.DataFrame([record], schema_overrides=RECORD_TYPES).select(*TABLES["inspection_record"]),
    }
    return Made(tables, drawn)


def _numbered(visits: pl.DataFrame, draw_id: str, month: str) -> pl.DataFrame:
    """The visits with their ids, numbered by precedence: month of the visit, region, draw, number."""
    _, region, short = draw_id.rsplit("-", 2)
    head = f"V{month_shift(month, 1).replace('-', '')}-{region}-{short[:6]}-"
    number = pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(5)
    return visits.with_columns(visit_id=pl.lit(head) + number, times=pl.col("times").cast(pl.Int32))


def _told(rows: pl.DataFrame, policy: Policy) -> pl.DataFrame:
    """The rows with what their plans mean: key fields, departments and items, each once and in order."""
    plans = [
        (plan.plan, plan.about.field, plan.department, [item.item for item in policy.items_of(plan.plan)])
        for plan in policy.plans
    ]
    schema: dict[str, Any] = {
        "plan": pl.String,
        "field": pl.String,
        "department": pl.String,
        "items": pl.List(pl.String),
    }
    told = (
        rows.select("visit_id", plan="plans")
        .explode("plan")
        .join(pl.DataFrame(plans, schema=schema, orient="row"), on="plan")
        .group_by("visit_id")
        .agg(
            fields=pl.col("field").drop_nulls().unique().sort(),
            departments=pl.col("department").unique().sort(),
            items=pl.col("items").explode().unique().sort(),
        )
    )
    return rows.join(told, on="visit_id", how="left", maintain_order="left")


def _teams(visits: pl.DataFrame, inputs: Inputs, seed: str) -> Assigned:
    """Teams of the visits; where no pool was ever delivered nobody is assigned and nothing is put off."""
    if inputs.pool is None:
        nobody = pl.DataFrame(schema={"visit_id": pl.String, "put_off": pl.String})
        return Assigned(pl.DataFrame(schema=TEAM), nobody, pl.DataFrame(schema=SHORT))
    return assign(visits, inputs.pool, inputs.conflicts, inputs.policy, seed)
