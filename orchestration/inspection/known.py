"""What had been received by the end of a month: visits made, the pool of inspectors, their conflicts of interest.

Belongs here: which rows and columns a draw reads of raw feeds. Does not belong here: the rule of what is known
(``resolution.known``), the frame that is made of visits (``frame``), who visits whom (``assign``).

The staging models live in the memory of a month's build; a draw comes later and may come again, so it reads raw rows.
A result that was objected to with success stays a visit that took place.
"""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import polars as pl

from orchestration.feeds.codes import reference
from orchestration.resolution.known import as_known, received_files
from orchestration.settings import Settings

VISITS, INSPECTORS, CONFLICTS = "c07_spot_checks", "s02_inspectors", "s03_inspector_conflicts"
REGISTER = "c01_base"
FEEDS = (VISITS, INSPECTORS, CONFLICTS)
"""Feeds that a draw reads."""


def visits(connection: duckdb.DuckDBPyConnection, settings: Settings, month: str) -> pl.DataFrame:
    """Checks known at the end of ``month``: enterprise_id, item, checked_on, check_kind (null where none is named)."""
    columns = ("enterprise_id", "item", "checked_on", "check_kind")
    return as_known(connection, settings, VISITS, month, columns).select(columns)


def inspectors(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    month: str,
    days: tuple[str, str],
    regions: list[str],
) -> pl.DataFrame | None:
    """The pool of inspectors, by region and id; None where no pool was ever delivered.

    Args:
        connection: any.
        settings: whose raw rows.
        month: by whose end a row must have been received.
        days: of the visits, the first one and the one after the last, ``YYYY-MM-DD``.
        regions: region codes.

    Returns:
        inspector_id, region_code, department, skills (text with ``;``), capacity (visits that can be made in these
        days: that of the whole month in proportion to the days on which the inspector is active, rounded down).
    """
    if not received_files(settings, INSPECTORS, month):
        return None
    columns = ("inspector_id", "department", "district_code", "skills", "monthly_capacity", "active_from", "active_to")
    rows = as_known(connection, settings, INSPECTORS, month, columns)
    if rows.is_empty():
        return None
    homes = {row["district_code"]: row["region_code"] for row in reference(settings, "districts.csv")}
    first, end = (date.fromisoformat(day) for day in days)
    last = end - timedelta(days=1)
    begins = pl.max_horizontal("active_from", pl.lit(first))
    ends = pl.min_horizontal(pl.col("active_to").fill_null(last), pl.lit(last))
    active = (ends - begins).dt.total_days() + 1
    return (
        rows.filter(pl.col("active_from").is_not_null())
        .select(
            "inspector_id",
            pl.col("district_code").replace_strict(homes, default=None).alias("region_code"),
            "department",
            pl.col("skills").fill_null(""),
            capacity=pl.col("monthly_capacity").cast(pl.Int64) * active // (end - first).days,
        )
        .filter(pl.col("region_code").is_in(regions) & (pl.col("capacity") > 0))
        .sort("region_code", "inspector_id")
    )


def conflicts(
    connection: duckdb.DuckDBPyConnection, settings: Settings, month: str, days: tuple[str, str]
) -> pl.DataFrame:
    """Pairs that must not meet on some of these days (as for ``inspectors``): inspector_id, enterprise_id."""
    columns = ("inspector_id", "enterprise_id", "starts_on", "ends_on")
    first, end = (date.fromisoformat(day) for day in days)
    rows = as_known(connection, settings, CONFLICTS, month, columns)
    met = (pl.col("starts_on") < end) & (pl.col("ends_on") >= first).fill_null(True)
    return rows.filter(met).select("inspector_id", "enterprise_id").unique().sort("inspector_id", "enterprise_id")


def names(
    connection: duckdb.DuckDBPyConnection, settings: Settings, month: str, enterprises: list[str]
) -> pl.DataFrame:
    """What enterprises are called and where they are: enterprise_id, name, address; none of an unknown one."""
    columns = ("enterprise_id", "enterprise_name", "address")
    wanted = "enterprise_id IN (SELECT unnest($enterprises))"
    return as_known(connection, settings, REGISTER, month, columns, where=wanted, enterprises=enterprises).select(
        "enterprise_id", "address", name="enterprise_name"
    )
