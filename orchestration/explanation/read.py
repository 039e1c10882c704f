"""What the lake knows of one enterprise in one month.

Belongs here: the queries. Every one names month and enterprise, so that only their files are read.
Does not belong here: what the rows mean (``explain``), words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.catalogue.model import Catalogue
from orchestration.explanation.matched import matched
from orchestration.explanation.model import Content, Record, Text
from orchestration.explanation.record import number
from orchestration.feeds.contract import Column, Contract, code_list, load_contract
from orchestration.lake import quote
from orchestration.settings import Settings

Row = dict[str, Any]
PERSONAL = ("person_id", "person_name", "holder_id")
"""Column types that are about a natural person; they are never shown."""
EVIDENCE = (
    "indicator_code", "feed", "record_id", "record_key", "event_on", "received_month", "stops_in", "about_id",
    "counts_for", "repaired_on", "review_since",
)  # fmt: skip


@dataclass
class Rows:
    """Rows of one enterprise and month: its class, its score, its evidence by indicator."""

    classed: Row
    scored: Row
    records: dict[str, list[Record]] = field(default_factory=dict)


def rows_of(connection: duckdb.DuckDBPyConnection, query: str, **values: object) -> list[Row]:
    """Rows of a query as dictionaries."""
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def tables(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Tables and views of the lake, as ``schema.name``."""
    found = connection.execute(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_catalog = 'lake'"
    ).fetchall()
    return {name for (name,) in found}


def read(
    connection: duckdb.DuckDBPyConnection, settings: Settings, enterprise_id: str, month: str, known: set[str]
) -> Rows | None:
    """The rows of an enterprise in a month, records with their content; None where it has no class or no score."""
    place = {"month": month, "enterprise": enterprise_id}
    where = "WHERE month = $month AND enterprise_id = $enterprise"
    if not {"main.risk_class", "scores.enterprise_score"} <= known:
        return None
    classed = rows_of(connection, f"SELECT * FROM lake.main.risk_class {where}", **place)
    scored = rows_of(connection, f"SELECT * FROM lake.scores.enterprise_score {where}", **place)
    if not classed or not scored:
        return None
    found = Rows(classed[0], scored[0])
    if "scores.risk_evidence" in known:
        evidence = rows_of(connection, f"SELECT {', '.join(EVIDENCE)} FROM lake.scores.risk_evidence {where}", **place)
        found.records = by_indicator(connection, settings, evidence, month)
    return found


def by_indicator(
    connection: duckdb.DuckDBPyConnection, settings: Settings, evidence: Iterable[Row], month: str
) -> dict[str, list[Record]]:
    """Evidence rows of a month as records by indicator, the newest first, each with what its delivered row says."""
    rows = sorted(evidence, key=lambda row: (str(row["event_on"] or ""), str(row["record_id"] or "")), reverse=True)
    contents = raw_rows(connection, settings, rows)
    links = matched(connection, settings, month, contents)
    records = defaultdict(list)
    for row in rows:
        key = (row["feed"], row["record_id"])
        records[row["indicator_code"]].append(_record(settings, row, contents.get(key), links.get(key)))
    return dict(records)


def raw_rows(
    connection: duckdb.DuckDBPyConnection, settings: Settings, rows: Iterable[Row]
) -> dict[tuple[str, str], Row]:
    """(feed, record_id) -> the delivered row, for evidence that names one. One partition is opened once."""
    wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row["record_id"] and row["received_month"]:
            wanted[row["feed"], row["received_month"]].add(row["record_id"])
    found = {}
    for (feed, month), ids in sorted(wanted.items()):
        path = settings.raw / feed / f"month={month}" / "accepted.parquet"
        if not path.is_file():
            continue
        ordered = sorted(ids)
        # the delivery alone is a plain comparison, by which whole row groups are skipped
        for row in rows_of(
            connection,
            f"SELECT * FROM read_parquet({quote(path)}, hive_partitioning = false) "
            "WHERE delivery_id IN (SELECT unnest($deliveries)) AND row_no IN (SELECT unnest($numbers)) "
            "AND delivery_id || ':' || CAST(row_no AS VARCHAR) IN (SELECT unnest($ids))",
            deliveries=sorted({one.rpartition(":")[0] for one in ordered}),
            numbers=sorted({int(one.rpartition(":")[2]) for one in ordered}),
            ids=ordered,
        ):
            found[feed, f"{row['delivery_id']}:{row['row_no']}"] = row
    return found


def _record(settings: Settings, row: Row, delivered: Row | None, link: Content | None) -> Record:
    contract = load_contract(settings, row["feed"])
    personal = {column.name for column in contract.columns if is_personal(column, delivered or {})}
    # where the delivered row is not there any more, a key that could hold a name is taken to hold one
    doubtful = {column.name for column in contract.columns if column.personal_when and delivered is None}
    names_a_person = bool((personal | doubtful) & set(contract.record_key))
    return Record(
        feed=row["feed"],
        title=Text(contract.title_zh, contract.title_en),
        record_id=row["record_id"],
        record_key=None if names_a_person else row["record_key"],
        event_on=row["event_on"],
        received_month=row["received_month"],
        stops_in=row["stops_in"],
        about_id=row["about_id"],
        counts_for=row["counts_for"],
        repaired_on=row["repaired_on"],
        review_since=row["review_since"],
        repairable=contract.repair_ref is not None,
        objectionable=contract.objections and row["record_id"] is not None,
        content=(*_content(settings, contract, delivered), *([link] if link else [])) if delivered else (),
    )


def is_personal(column: Column, delivered: Row) -> bool:
    """Whether a column of a delivered row is about a natural person: by its type, or by what the row says it is."""
    told = (str(delivered.get(name)) in codes for name, codes in column.personal_when.items())
    return column.type in PERSONAL or any(told)


def _content(settings: Settings, contract: Contract, delivered: Row) -> tuple[Content, ...]:
    """What a delivered row says: columns with a value, in the order of the contract, none about a person."""
    shown = []
    for column in contract.columns:
        value = delivered.get(column.name)
        if value is None or is_personal(column, delivered):
            continue
        text = number(float(value)) if isinstance(value, float | Decimal) else str(value)
        words = Text(text, text)
        if column.codes:
            labels = {one["code"]: one for one in code_list(settings, column.codes)}
            label = labels.get(text)
            words = Text(f"{text} {label['label_zh']}", f"{text} {label['label_en']}") if label else words
        elif column.type == "boolean":
            words = Text("是", "yes") if value else Text("否", "no")
        elif column.type == "amount":
            words = Text(f"{text} 万元", f"{text} (10,000 yuan)")
        shown.append(Content(column.name, Text(column.zh, _english(column.doc)), words))
    return tuple(shown)


def _english(doc: str) -> str:
    """What a column is called in English: its description up to the first further remark."""
    return doc.partition(";")[0].partition(" (")[0].strip()


def last_received(connection: duckdb.DuckDBPyConnection, month: str, feeds: Iterable[str]) -> dict[str, str]:
    """Feed -> newest month, up to ``month``, for which a delivery was accepted; feeds without one are left out."""
    return {
        row["feed"]: row["newest"]
        for row in rows_of(
            connection,
            "SELECT feed, max(month) AS newest FROM memory.raw.feed_month WHERE status = 'accepted' "
            "AND month <= $month AND feed IN (SELECT unnest($feeds)) GROUP BY feed",
            month=month,
            feeds=sorted(set(feeds)),
        )
    }


def values_of(catalogue: Catalogue, scored: Row) -> dict[str, Any]:
    """Value of every indicator in force, from a row of ``enterprise_score``."""
    return {indicator.code: scored.get(f"v_{indicator.column}") for indicator in catalogue.indicators}
