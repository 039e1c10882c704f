"""The frame a suite is judged on: needed columns of one staged delivery, and helper columns derived from them.

Belongs here: the SQL of helper columns, types that keep the frame small, what never enters it (free text, names).
Does not belong here: which checks there are (``suites``), their judgement (``bridge``).

Helper columns of a row, declared under ``derived`` in a suite:
    days_between [a, b]      whole days from date a to date b; null if either is
    age_days [a, ...]        days from the latest of these dates to the end of the received month; negative: in
                             the future
    year_lag [y]             year of the received month minus y
    ratio [a, b]             a / b; null if either is null or b is 0
    gap [t, a, b, ...]       |t - (a + b + ...)| / max(|t|, 1); null if any is null
    given_if [c, d, v, ...]  whether column c is given, for rows whose column d is one of the codes v; else null
Always available: region_code, the region of the row's district, or of digits 3-8 of its unified code (the place of
registration); null where these name no district of the jurisdiction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestration.feeds.contract import Contract
from orchestration.feeds.keys import repeated_hashes
from orchestration.lake import NO_MONTH
from orchestration.quality.suites import AGGREGATE_TYPES, Check, Suite
from orchestration.settings import Settings

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from orchestration.feeds.ingest import Staged

SHARE_FROM = 20
"""Shares of a delivery are judged from so many delivered rows on: one bad row of three says nothing."""
ROWS_PER_REGION = 50
"""Regional coverage is judged from so many rows per region of the jurisdiction on."""
_PRESENCE = "expect_column_values_to_not_be_null"
MOST_ROWS = 1_000_000
"""Rows of one frame. A larger delivery is judged on all rows of every k-th enterprise, so memory stays bounded, and on
all rows that share their key with another one, so that a repeated key is always found."""
_REPEATED = 1000
_MANY = ("uscc", "identifier", "person_id", "holder_id", "text", "name")
"""Column types with nearly as many values as rows: making categories of them costs more than it saves."""


def _sql(kind: str, arguments: tuple[str, ...], parameters: list[Any]) -> str:
    first = arguments[0]
    if kind == "days_between":
        return f"date_diff('day', {first}, {arguments[1]})"
    if kind == "age_days":
        return f"date_diff('day', greatest({', '.join(arguments)}), last_day((received_month || '-01')::DATE))"
    if kind == "year_lag":
        return f"left(received_month, 4)::BIGINT - {first}"
    if kind == "ratio":
        return f"{first}::DOUBLE / nullif({arguments[1]}, 0)::DOUBLE"
    if kind == "gap":
        parts = " + ".join(arguments[1:])
        return f"(abs({first} - ({parts})) / greatest(abs({first}), 1))::DOUBLE"
    parameters.append(list(arguments[2:]))
    return f"CASE WHEN list_contains(?, {arguments[1]}) THEN CASE WHEN {first} IS NULL THEN 'no' ELSE 'yes' END END"


def _district_sql(contract: Contract) -> str | None:
    district = next((column.name for column in contract.columns if column.type == "region"), None)
    return district or ("substr(enterprise_id, 3, 6)" if contract.has_enterprise else None)


def _reference(settings: Settings, name: str) -> str:
    return str(settings.own_or_canonical(f"reference/{name}"))


def _with_region(contract: Contract) -> str:
    """Query of the accepted rows with their region; parameters: the accepted rows, the list of districts."""
    return (
        "SELECT rows.*, districts.region AS region_code FROM read_parquet(?) AS rows LEFT JOIN "
        "(SELECT DISTINCT district_code AS district, region_code AS region FROM read_csv(?, all_varchar = true)) "
        f"AS districts ON districts.district = {_district_sql(contract) or 'NULL'}"
    )


def _part_of(
    connection: duckdb.DuckDBPyConnection, contract: Contract, accepted: int, rows: str
) -> tuple[str, list[Any]]:
    """Condition that keeps every k-th enterprise and all repeated keys, and its parameters."""
    unit = "enterprise_id" if contract.has_enterprise else contract.key[0]
    part, every = f"hash({unit}) % ? = 0", -(-accepted // MOST_ROWS)
    key = f"hash({', '.join(contract.key)})"
    repeated = repeated_hashes(connection, f"SELECT {key} AS h FROM read_parquet(?)", [rows])[:_REPEATED]
    if not len(repeated):
        return part, [every]
    return f"{part} OR {key} IN (SELECT unnest(CAST(? AS UBIGINT[])))", [every, repeated.tolist()]


def load_frame(
    connection: duckdb.DuckDBPyConnection, settings: Settings, staged: Staged, suite: Suite, checks: Iterable[Check]
) -> pd.DataFrame:
    """The accepted rows with exactly the columns these checks read.

    Columns that are only checked for presence hold 'given' instead of their value, so free text and names stay out.
    Amounts come as DOUBLE, text as categories where it repeats. At most about ``MOST_ROWS`` rows.
    """
    uses: dict[str, set[str]] = {}
    for check in checks:
        for column in check.columns:
            uses.setdefault(column, set()).add(check.type)
    parameters: list[Any] = []
    select, kinds = [], {column.name: column.sql_type for column in staged.contract.columns}
    texts, many = {column.name for column in staged.contract.columns if column.type in _MANY}, set()
    for name, types in sorted(uses.items()):
        if name in suite.derived:
            select.append(f"{_sql(*suite.derived[name], parameters)} AS {name}")
        elif types == {_PRESENCE}:
            select.append(f"CASE WHEN {name} IS NOT NULL THEN 'given' END AS {name}")
        elif kinds.get(name, "").startswith("DECIMAL"):
            select.append(f"{name}::DOUBLE AS {name}")
        elif kinds.get(name) == "INTEGER":
            # numbers of 32 bits would be compared one by one, in Python
            select.append(f"{name}::BIGINT AS {name}")
        elif kinds.get(name) == "BOOLEAN":
            select.append(f"{name}::VARCHAR AS {name}")
        else:
            select.append(name)
            many |= {name} & texts
    rows = str(staged.folder / "accepted.parquet")
    parameters.append(rows)
    source = "read_parquet(?)"
    if "region_code" in uses:
        source = f"({_with_region(staged.contract)})"
        parameters.append(_reference(settings, "districts.csv"))
    if staged.summary.accepted > MOST_ROWS:
        condition, values = _part_of(connection, staged.contract, staged.summary.accepted, rows)
        source += f" WHERE {condition}"
        parameters += values
    table = connection.execute(f"SELECT {', '.join(select)} FROM {source}", parameters).to_arrow_table()
    return _to_pandas(table, many)


def _to_pandas(table: Any, many: set[str]) -> pd.DataFrame:
    """The table as a frame; texts but those of ``many`` as categories."""
    import pyarrow as pa

    for index, item in enumerate(table.schema):
        if item.name in many:
            continue
        if pa.types.is_string(item.type) or pa.types.is_large_string(item.type):
            table = table.set_column(index, item.name, table.column(index).dictionary_encode())
    frame: pd.DataFrame = table.to_pandas(date_as_object=False, self_destruct=True, split_blocks=True)
    return frame


def delivery_values(
    connection: duckdb.DuckDBPyConnection, settings: Settings, staged: Staged
) -> dict[str, float | None]:
    """Values of the whole delivery, from its row accounting; null where there are too few rows to judge.

    delivered_rows; quarantined_share, superseded_share, accepted_share of the delivered rows (from 20 rows on);
    regions_share: share of the jurisdiction's regions that occur; largest_region_share: share of rows in the most
    frequent region (both from 50 rows per region on).
    """
    summary = staged.summary
    values: dict[str, float | None] = {"delivered_rows": summary.delivered}
    for name in ("quarantined", "superseded", "accepted"):
        values[f"{name}_share"] = (
            getattr(summary, name) / summary.delivered if summary.delivered >= SHARE_FROM else None
        )
    values |= {"regions_share": None, "largest_region_share": None}
    with Path(_reference(settings, "regions.csv")).open(encoding="utf-8") as stream:
        regions = sum(1 for line in stream if line.strip()) - 1
    if _district_sql(staged.contract) is None or summary.accepted < ROWS_PER_REGION * regions:
        return values
    present, rows, largest = connection.execute(
        f"WITH found AS (SELECT region_code, count(*) AS n FROM ({_with_region(staged.contract)}) GROUP BY 1) "
        "SELECT count(region_code), sum(n)::DOUBLE, max(n) FILTER (WHERE region_code IS NOT NULL) FROM found",
        [str(staged.folder / "accepted.parquet"), _reference(settings, "districts.csv")],
    ).fetchone() or (0, 1, 0)
    return values | {"regions_share": present / regions, "largest_region_share": (largest or 0) / rows}


def is_update(settings: Settings, staged: Staged) -> bool:
    """Whether the delivery continues earlier ones: not a feed's first, and not a correction of an earlier month.

    Both of those carry history, so the age of their rows says nothing about timeliness.
    """
    if staged.summary.supersedes:
        return False
    for path in (settings.raw / staged.contract.feed).glob("month=*/manifest.json"):
        if NO_MONTH < path.parent.name.removeprefix("month=") < staged.month:
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if manifest["status"] == "accepted" and manifest["delivered"]:
                return True
    return False


def is_row_check(check: Check) -> bool:
    """Whether the check is judged row by row."""
    return check.type not in AGGREGATE_TYPES
