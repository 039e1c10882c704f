"""Departmental rows without a usable code that carry a name, as received by the end of a month.

Belongs here: reading them from raw, what their contract says helps to find the enterprise.
Does not belong here: finding it (``records``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from orchestration.feeds.contract import Contract, delivered_feeds, load_contract
from orchestration.lake import scratch
from orchestration.resolution.known import received_files, standing_sql
from orchestration.settings import Settings, month_check

ROWS = {
    "feed": pl.String,
    "record_id": pl.String,  # delivery_id:row_no
    "record_key": pl.String,  # key of the contract without the enterprise, joined by |
    "mention_id": pl.String,  # first 32 hex digits of sha256(feed, record_key, name)
    "name": pl.String,
    "address": pl.String,
    "person_id": pl.String,
    "district": pl.String,  # code of a district, or a text that names the place
    "told": pl.String,  # code with which the same record came under the same name, earlier or later
    "received_month": pl.String,
}
"""Columns of ``unresolved``."""


def resolved_feeds(settings: Settings) -> list[Contract]:
    """Contracts of the delivered feeds whose rows may be found by name."""
    contracts = (load_contract(settings, feed) for feed in delivered_feeds(settings))
    return [contract for contract in contracts if contract.resolve is not None]


def unresolved(settings: Settings, month: str) -> tuple[pl.DataFrame, dict[str, int]]:
    """Rows without a code, received by the end of a month, none of a delivery that was replaced by then.

    Returns:
        Columns of ``ROWS``, ordered by feed and record; and by feed the rows that have neither code nor name, for whom
        nothing can be done.
    """
    month_check(month)
    frames, nameless = [pl.DataFrame(schema=ROWS)], {}
    with scratch(settings) as connection:
        for contract in resolved_feeds(settings):
            found, without = _of_feed(connection, settings, contract, month)
            frames.append(found)
            if without:
                nameless[contract.feed] = without
    return pl.concat(frames), nameless


def _of_feed(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, month: str
) -> tuple[pl.DataFrame, int]:
    files = received_files(settings, contract.feed, month)
    resolve = contract.resolve
    if not files or resolve is None:
        return pl.DataFrame(schema=ROWS), 0
    standing = standing_sql(settings, contract.feed, files)
    rows = f"SELECT * FROM ({standing}) AS standing WHERE enterprise_id IS NULL"
    columns = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in contract.record_key)
    key = f"concat_ws('|', {columns})"
    roles = [
        f"CAST({resolve.roles.get(role) or 'NULL'} AS VARCHAR) AS {column}"
        for role, column in (("address", "address"), ("person", "person_id"), ("district", "district"))
    ]
    values = {"feed": contract.feed, "month": month}
    found = connection.execute(
        f"""
        WITH asked AS (
            SELECT $feed AS feed, delivery_id || ':' || CAST(row_no AS VARCHAR) AS record_id, {key} AS record_key,
                left(sha256(concat_ws(chr(31), $feed, {key}, {contract.name_sql})), 32) AS mention_id,
                {contract.name_sql} AS name, {", ".join(roles)}, received_month
            FROM ({rows}) AS rows WHERE {contract.name_sql} IS NOT NULL
        ),
        coded AS (
            SELECT {key} AS record_key, {resolve.name} AS name,
                arg_max(enterprise_id, (received_month, delivery_id, row_no)) AS told
            FROM ({standing}) AS standing
            WHERE enterprise_id IS NOT NULL AND {key} IN (SELECT record_key FROM asked)
            GROUP BY 1, 2
        )
        SELECT asked.* EXCLUDE (received_month), coded.told, asked.received_month
        FROM asked LEFT JOIN coded ON asked.record_key = coded.record_key AND asked.name = coded.name
        ORDER BY asked.received_month, asked.record_id
        """,
        values,
    ).pl()
    counted = connection.execute(
        f"SELECT count(*) FROM ({rows}) AS rows WHERE {resolve.name} IS NULL", values
    ).fetchone()
    return found.cast(ROWS), int(counted[0]) if counted else 0  # type: ignore[arg-type]
