"""Rows of a raw feed as known at the end of a month, for what runs before the warehouse.

Belongs here: the rule of the staging macro ``as_known``, on Parquet files: rows received by then, none of a delivery
that a corrected one has replaced by then, none that a later row with its key has replaced (``standing``).
Does not belong here: what the rows mean; credit repair and objections, which no feed read here knows.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import polars as pl

from orchestration.feeds.contract import load_contract
from orchestration.lake import NO_MONTH, feed_month_sql, quote
from orchestration.settings import Settings
from orchestration.standing.make import prepare_standing
from orchestration.standing.store import place


def received_files(settings: Settings, feed: str, month: str) -> list[str]:
    """Files of the accepted rows of a feed that were received by the end of a month, oldest first."""
    return [
        str(path)
        for path in sorted((settings.raw / feed).glob("month=*/accepted.parquet"))
        if NO_MONTH < path.parent.name.removeprefix("month=") <= month
    ]


def received_sql(settings: Settings, feed: str, files: Sequence[str]) -> str:
    """The rows of these files of a feed, to read from; a column that came into the contract after them is null."""
    blank = settings.raw / feed / f"month={NO_MONTH}" / "accepted.parquet"
    names = [*files, str(blank)] if blank.is_file() else files
    return f"read_parquet([{', '.join(map(quote, names))}], union_by_name = true, hive_partitioning = false)"


def standing_sql(settings: Settings, feed: str, files: Sequence[str]) -> str:
    """Rows of these files but those of replaced deliveries; takes the parameters ``feed`` and ``month``."""
    source = received_sql(settings, feed, files)
    return f"SELECT * FROM {source} WHERE delivery_id NOT IN ({_superseded_sql(settings)})"


def _superseded_sql(settings: Settings) -> str:
    """Deliveries that a corrected one had replaced by then; takes the parameters ``feed`` and ``month``."""
    return (
        f"SELECT unnest(supersedes) FROM ({feed_month_sql(settings)}) AS known WHERE feed = $feed AND month <= $month"
    )


def as_known(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    feed: str,
    month: str,
    columns: Sequence[str],
    *,
    where: str = "true",
    **values: object,
) -> pl.DataFrame:
    """The given columns of a feed, one row per key of its contract, and ``received_month``.

    Args:
        connection: any DuckDB connection (``lake.scratch``).
        settings: whose raw rows.
        feed: a feed with a contract, none whose rows may be found by name.
        month: YYYY-MM; later deliveries do not exist yet.
        columns: columns of the contract.
        where: SQL condition on columns of the contract that rows must fulfil, none of it from outside.
        values: its named parameters.

    Raises:
        KeyError: the contract has no such column.
        ValueError: rows of the feed may be found by name, and what they replace then is known in the warehouse only.
    """
    contract = load_contract(settings, feed)
    if contract.resolve:
        raise ValueError(f"rows of feed {feed} may be found by name; read them where the links are")
    kinds = contract.schema_sql
    wanted = [*columns, "received_month"]
    missing = [name for name in columns if name not in kinds]
    if missing:
        raise KeyError(f"feed {feed} has no column {missing[0]!r}; see data/contracts/{feed}.yml")
    files = received_files(settings, feed, month)
    if not files:
        empty = ", ".join(f"CAST(NULL AS {kinds.get(name, 'VARCHAR')}) AS {name}" for name in wanted)
        return connection.execute(f"SELECT {empty} WHERE false").pl()
    prepare_standing(settings, month, [feed])
    return connection.execute(
        f"""
        SELECT {", ".join(wanted)}
        FROM ({standing_sql(settings, feed, files)}) AS received
        WHERE ({where}) AND NOT EXISTS (
            SELECT 1 FROM read_parquet({quote(place(settings, feed))}, hive_partitioning = false) AS later
            WHERE later.by_month <= $month AND later.by_delivery NOT IN ({_superseded_sql(settings)})
                AND later.delivery_id = received.delivery_id AND later.row_no = received.row_no
        )
        """,
        {"feed": feed, "month": month, **values},
    ).pl()
