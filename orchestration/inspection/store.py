"""The tables of draws in the lake, month x region: their columns, their hashes, writing and reading them.

Belongs here: names, types, one transaction for all tables of a draw, what stands recorded of a partition.
Does not belong here: drawing (``draw``), assigning (``assign``), files (``publish``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.risk.partitions import columns_of, replace_tables

DRAW = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "draw_id": "VARCHAR",
    "visit_month": "VARCHAR",
    "visit_id": "VARCHAR",
    "enterprise_id": "VARCHAR",
    "class": "VARCHAR",
    "fields": "VARCHAR[]",
    "stratum": "VARCHAR",
    "plans": "VARCHAR[]",
    "departments": "VARCHAR[]",
    "items": "VARCHAR[]",
    "check_kind": "VARCHAR",
    "probability": "DOUBLE",
    "place": "BIGINT",
    "order_hash": "VARCHAR",
    "carried_from": "VARCHAR",
    "put_off": "VARCHAR",
    "put_off_times": "INTEGER",
    "seed": "VARCHAR",
    "frame_hash": "VARCHAR",
    "policy_version": "VARCHAR",
    "published_at": "TIMESTAMP",
}
"""Columns of ``lake.main.inspection_draw``: one row per visit. ``put_off`` says why nobody goes this month."""

STRATUM = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "draw_id": "VARCHAR",
    "stratum": "VARCHAR",
    "plans": "VARCHAR[]",
    "class": "VARCHAR",
    "enterprises": "BIGINT",
    "eligible": "BIGINT",
    "drawn": "BIGINT",
    "probability": "DOUBLE",
    "certain": "BOOLEAN",
}
"""Columns of ``lake.main.inspection_stratum``; ``probability`` is null where nobody was eligible."""

VISIT = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "visit_id": "VARCHAR",
    "inspector_id": "VARCHAR",
    "department": "VARCHAR",
    "role": "VARCHAR",
    "skill": "VARCHAR",
    "capacity": "BIGINT",
}
"""Columns of ``lake.main.inspection_visit``: one row per visit and inspector, with the visits a month that this one can
make."""

SHORTAGE = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "draw_id": "VARCHAR",
    "department": "VARCHAR",
    "skill": "VARCHAR",
    "inspector_visits": "BIGINT",
    "put_off": "BIGINT",
}
"""Columns of ``lake.main.inspection_shortage``: visits of inspectors that are missing, '' where any skill would do."""

RECORD = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "draw_id": "VARCHAR",
    "seed": "VARCHAR",
    "seed_origin": "VARCHAR",
    "seeds_before": "VARCHAR[]",
    "frame_hash": "VARCHAR",
    "draw_hash": "VARCHAR",
    "team_hash": "VARCHAR",
    "earlier": "VARCHAR[]",
    "policy_version": "VARCHAR",
    "policy_hash": "VARCHAR",
    "enterprises": "BIGINT",
    "visits": "BIGINT",
    "put_off": "BIGINT",
    "pool": "BIGINT",
    "drawn_at": "TIMESTAMP",
    "published_at": "TIMESTAMP",
    "manifest_hash": "VARCHAR",
}
"""Columns of ``lake.main.inspection_record``: one row per drawn partition, also where nobody was drawn.

``earlier``: draw and hash of the earlier draws that the frame looked at. ``seeds_before``: seeds with which the
partition had been drawn before, so that nobody can try seeds unseen. ``pool``: inspectors of the region; null where no
pool was ever delivered. ``manifest_hash``: sha256 of the manifest of its package."""

TABLES: dict[str, dict[str, str]] = {
    "inspection_draw": DRAW,
    "inspection_stratum": STRATUM,
    "inspection_visit": VISIT,
    "inspection_shortage": SHORTAGE,
    "inspection_record": RECORD,
}
HASHED = (
    "visit_id", "enterprise_id", "class", "fields", "stratum", "plans", "departments", "items", "check_kind",
    "probability", "place", "order_hash", "carried_from", "put_off_times",
)  # fmt: skip
"""Columns of a draw that its hash covers: what frame, rules and seed decide, without what capacity allowed."""
TEAM_HASHED = ("visit_id", "inspector_id", "department", "role", "skill")


@dataclass(frozen=True)
class Recorded:
    """What stands recorded of a drawn partition; the columns of ``RECORD`` that a new draw looks at."""

    seed: str
    seeds_before: tuple[str, ...]
    published: bool


def rows_hash(rows: pl.DataFrame, columns: tuple[str, ...]) -> str:
    """sha256 over the rows as text, ordered by all their columns."""
    cells = [
        pl.col(name).list.join(";") if isinstance(rows.schema[name], pl.List) else pl.col(name).cast(pl.String)
        for name in columns
    ]
    lines = rows.select(pl.concat_str([cell.fill_null("") for cell in cells], separator="|").alias("line")).sort("line")
    return hashlib.sha256("\n".join(lines["line"].to_list()).encode()).hexdigest()


def recorded(connection: duckdb.DuckDBPyConnection, month: str, regions: list[str]) -> dict[str, Recorded]:
    """Region -> what stands recorded of its draw of ``month``; regions not drawn yet are left out."""
    if not columns_of(connection, "main", "inspection_record"):
        return {}
    found = connection.execute(
        "SELECT region_code, seed, seeds_before, published_at IS NOT NULL FROM lake.main.inspection_record "
        "WHERE month = $month AND region_code IN (SELECT unnest($regions))",
        {"month": month, "regions": regions},
    ).fetchall()
    return {region: Recorded(seed, tuple(before or ()), bool(published)) for region, seed, before, published in found}


def published_after(connection: duckdb.DuckDBPyConnection, month: str, last: str, regions: list[str]) -> str | None:
    """The first month after ``month``, up to ``last``, whose draw is published for one of the regions; None if none."""
    if not columns_of(connection, "main", "inspection_record"):
        return None
    found = connection.execute(
        "SELECT min(month) FROM lake.main.inspection_record WHERE month > $month AND month <= $last "
        "AND region_code IN (SELECT unnest($regions)) AND published_at IS NOT NULL",
        {"month": month, "last": last, "regions": regions},
    ).fetchone()
    return found[0] if found else None


def earlier_draws(
    connection: duckdb.DuckDBPyConnection, frame: pl.DataFrame, first: str, month: str
) -> dict[str, list[tuple[str, str]]]:
    """Region -> (draw, hash) of the draws that hold an enterprise of its frame.

    Looked at are draws from ``first`` to before ``month``, and the newest before it of every region, however old: what
    that one put off is carried on.
    """
    if not columns_of(connection, "main", "inspection_record"):
        return {}
    connection.register("frame_ids", frame.select("region_code", "enterprise_id").to_arrow())
    try:
        found = connection.execute(
            """
            WITH looked AS (
                SELECT draw_id, month, draw_hash || ':' || team_hash AS digest FROM lake.main.inspection_record
                WHERE month < $month
                QUALIFY month >= $first OR month = max(month) OVER (PARTITION BY region_code)),
            seen AS (
                SELECT DISTINCT frame_ids.region_code, drawn.draw_id
                FROM (SELECT draw_id, enterprise_id FROM lake.main.inspection_draw
                      WHERE month < $month AND month >= (SELECT min(month) FROM looked)) AS drawn
                JOIN frame_ids USING (enterprise_id))
            SELECT seen.region_code, draw_id, digest FROM seen JOIN looked USING (draw_id)
            ORDER BY ALL
            """,
            {"first": first, "month": month},
        ).fetchall()
    finally:
        connection.unregister("frame_ids")
    draws: dict[str, list[tuple[str, str]]] = {}
    for region, draw, digest in found:
        draws.setdefault(region, []).append((draw, digest))
    return draws


def write(
    connection: duckdb.DuckDBPyConnection, frames: Mapping[str, pl.DataFrame], month: str, regions: list[str]
) -> None:
    """Replace the partitions of ``month`` x ``regions`` of all tables, all or nothing."""
    for table, rows in frames.items():
        connection.register(f"new_{table}", rows.select(*TABLES[table]).to_arrow())
    try:
        replace_tables(
            connection,
            {
                table: (columns, [(f"SELECT {', '.join(columns)} FROM new_{table}", {})])
                for table, columns in TABLES.items()
            },
            months=[month],
            regions=regions,
            note="inspection_draw",
        )
    finally:
        for table in frames:
            connection.unregister(f"new_{table}")


def read(connection: duckdb.DuckDBPyConnection, table: str, month: str, regions: list[str]) -> pl.DataFrame:
    """Rows of a table of draws, ordered by region and its own key."""
    if not columns_of(connection, "main", table):
        return pl.DataFrame(schema=dict.fromkeys(TABLES[table], pl.String))
    return connection.execute(
        f"SELECT {', '.join(TABLES[table])} FROM lake.main.{table} WHERE month = $month "
        "AND region_code IN (SELECT unnest($regions)) ORDER BY ALL",
        {"month": month, "regions": regions},
    ).pl()
