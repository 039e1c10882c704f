"""The tables of effect in the lake, and what was known of the outcomes at the end of a month.

Belongs here: making them empty, reading. Does not belong here: columns (``columns``), rows (``outcome``, ``measure``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from orchestration.effect.columns import COLUMNS, OUTCOME, TABLES
from orchestration.lake import connect
from orchestration.risk.partitions import columns_of, replace_partitions
from orchestration.settings import Settings


def prepare_tables(settings: Settings) -> None:
    """Make those of the tables that are not there yet, empty: views over them can be made before the first visit."""
    with connect(settings, views=False) as connection:
        for table, columns in TABLES.items():
            if set(columns) - columns_of(connection, "main", table):
                replace_partitions(connection, table, columns, [], months=[], regions=[], decision=False)


def known_outcomes(connection: duckdb.DuckDBPyConnection, month: str, since: str = "") -> pl.DataFrame:
    """What was known of every visit at the end of a month: one row per visit, withdrawn ones left out.

    Args:
        connection: to the lake.
        month: ``YYYY-MM``; later states do not exist yet.
        since: first month of the visit; default all.

    Returns:
        The columns of the table, by enterprise and visit; no row where nothing was written yet.
    """
    if not columns_of(connection, "main", OUTCOME):
        columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in COLUMNS.items())
        return connection.execute(f"SELECT {columns} WHERE false").pl()
    return connection.execute(
        f"""
        SELECT {", ".join(COLUMNS)} FROM lake.main.{OUTCOME} WHERE month <= $month
        QUALIFY row_number() OVER (PARTITION BY enterprise_id, visit ORDER BY month DESC) = 1
            AND NOT withdrawn AND visit_month >= $since
        ORDER BY enterprise_id, visit
        """,
        {"month": month, "since": since},
    ).pl()
