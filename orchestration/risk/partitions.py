"""Tables of decided classes, month x region: making one, replacing some of its partitions.

Belongs here: the transaction and the shape of such a table. Does not belong here: the classes (``decide``, and
``specialised.decide`` for key fields).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import duckdb

from orchestration.risk.decisions import note_decision

Select = tuple[str, dict[str, object]]
"""A query and its named parameters."""


def columns_of(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> set[str]:
    """Columns of a table of the lake; none where it is not there."""
    found = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = ? AND table_name = ?",
        [schema, table],
    ).fetchall()
    return {name for (name,) in found}


def replace_partitions(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: dict[str, str],
    rows: Iterable[Select],
    *,
    months: list[str],
    regions: list[str],
    decision: bool = True,
) -> None:
    """Replace exactly ``months`` x ``regions`` of ``lake.main.<table>`` by ``rows``, all or nothing.

    Args:
        connection: to the lake, for writing.
        table: name of the table; it is made where it is not there.
        columns: name -> type of its columns, in the order in which the queries give them.
        rows: queries whose rows, all of these partitions, are written.
        months: ``YYYY-MM``.
        regions: region codes; other regions keep their files.
        decision: whether the rows are decided classes, whose snapshot audit needs; what can be made again is not.
    """
    replace_tables(
        connection, {table: (columns, rows)}, months=months, regions=regions, note=table if decision else None
    )


def replace_tables(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, tuple[dict[str, str], Iterable[Select]]],
    *,
    months: list[str],
    regions: list[str],
    note: str | None,
) -> None:
    """Replace exactly ``months`` x ``regions`` of several tables of ``lake.main``, all or nothing.

    Args:
        connection: to the lake, for writing.
        tables: name -> columns and queries, as in ``replace_partitions``.
        months: ``YYYY-MM``.
        regions: region codes.
        note: what the snapshot says was decided, so that audit keeps it; None where the rows can be made again.
    """
    connection.execute("BEGIN TRANSACTION")
    try:
        for table, (columns, rows) in tables.items():
            _create(connection, table, columns)
            connection.execute(
                f"DELETE FROM lake.main.{table} WHERE month IN (SELECT unnest($months)) "
                "AND region_code IN (SELECT unnest($regions))",
                {"months": months, "regions": regions},
            )
            for query, parameters in rows:
                connection.execute(f"INSERT INTO lake.main.{table} ({', '.join(columns)}) {query}", parameters)
        if note is not None:
            note_decision(connection, note, months, regions)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _create(connection: duckdb.DuckDBPyConnection, table: str, columns: dict[str, str]) -> None:
    """Make the table, or give one of an earlier release the columns that have come since; old rows have them null."""
    known = columns_of(connection, "main", table)
    if known:
        for name, sql_type in columns.items():
            if name not in known:
                connection.execute(f"ALTER TABLE lake.main.{table} ADD COLUMN {name} {sql_type}")
        return
    typed = ", ".join(f"{name} {sql_type}" for name, sql_type in columns.items())
    connection.execute(f"CREATE TABLE lake.main.{table} ({typed})")
    connection.execute(f"ALTER TABLE lake.main.{table} SET PARTITIONED BY (month, region_code)")
