"""Deliveries made by hand for the quality tests: any feed, any number of rows, good unless told otherwise."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.feeds.contract import Contract, code_list, load_contract
from orchestration.settings import Settings

MONTH = "2026-05"
PARENT, PERSON = "91410105MA00000006", "0123456789abcdef0123456789abcdef"
LATER = {"term_to", "closed_on", "ended_on", "left_on", "removed_on", "completed_on", "disclosed_on", "lifted_on",
         "cleared_on", "approved_on", "decided_on", "published_on", "withdrawn_on", "resolved_on",
         "fetched_on"}  # fmt: skip
"""Dates that follow another one of the same row."""
FUTURE = {"active_to", "ends_on", "valid_to", "term_to", "frozen_to", "next_inspection_on", "publicity_ends_on",
          "due_on", "expires_on", "subscribed_until"}  # fmt: skip
ONLY = {("c01_false_registrations", "decided_on"): "i % 3 > 0", ("s01_objections", "decided_on"): "i % 3 > 0",
        ("w01_web_signals", "resolved_on"): "i % 6 = 1",
        ("s01_match_answers", "enterprise_id"): "i % 2 = 0"}  # fmt: skip
"""Rows, by their state or topic, that carry a date or a code; the others leave it empty."""
TEXT: dict[str, str] = {"case_no": "'(2026)豫01执' || (1000 + i)", "patent_no": "'ZL2026' || (100000 + i)",
                        "tax_kind": "'增值税' || i", "equipment_no": "'EQ' || (10000 + i)",
                        "mention_id": "md5('question ' || i)", "skills": "'drugs;food'"}  # fmt: skip
KEY = {("s02_inspectors", "inspector_id"): "md5('inspector ' || i)"}
"""Persons that make a row their own; elsewhere one person does for all."""
NUMBER = {"share": "0.5", "match_confidence": "0.9", "assets": "100.0", "liabilities": "40.0", "equity": "60.0",
          "nice_class": "1 + i % 45", "revenue": "80.0", "profit": "5.0", "subscribed_capital": "100",
          "paid_in_capital": "50"}  # fmt: skip


@dataclass(frozen=True)
class Summary:
    """The part of a manifest the quality checks read."""

    feed: str
    month: str
    delivered: int
    accepted: int
    quarantined: int = 0
    superseded: int = 0
    supersedes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Delivery:
    """A staged delivery as the bridge sees it."""

    contract: Contract
    month: str
    folder: Path
    summary: Summary

    def with_summary(self, **values: Any) -> Delivery:
        """The same rows with other accounting."""
        return replace(self, summary=replace(self.summary, **values))


def _value(settings: Settings, contract: Contract, name: str) -> str:
    column = contract.column(name)
    if (contract.feed, name) in KEY:
        return KEY[contract.feed, name]
    if column.type == "uscc":
        if name != "enterprise_id":
            return f"'{PARENT}'" if name == "parent_id" else "'91410105MB' || lpad(i::VARCHAR, 8, '0')"
        code = "'91' || districts[1 + i % len(districts)] || 'MA' || lpad(i::VARCHAR, 8, '0')"
        return f"CASE WHEN {ONLY.get((contract.feed, name), 'true')} THEN {code} END"
    if column.type == "code":
        codes = [row["code"] for row in code_list(settings, str(column.codes))]
        codes = codes[:1] if name == "subject_kind" else codes
        return f"{codes!r}[1 + i % {len(codes)}]"
    if column.type == "date":
        if name == contract.event_date:
            return "last_day((m || '-01')::DATE) - (20 + i % 10)::INTEGER"
        if name in FUTURE:
            return "last_day((m || '-01')::DATE) + 300"
        day = f"last_day((m || '-01')::DATE) - {5 if name in LATER else 60}"
        return f"CASE WHEN {ONLY.get((contract.feed, name), 'true')} THEN {day} END"
    fixed = {
        "region": "districts[1 + i % len(districts)]", "industry": "'0111'", "month": "m", "currency": "'CNY'",
        "year": "left(m, 4)::INTEGER - 1", "boolean": "i % 2 = 0", "person_id": f"'{PERSON}'",
        "holder_id": f"'{PERSON}'",
        "amount": NUMBER.get(name, "10.0"), "ratio": NUMBER.get(name, "0.5"), "integer": NUMBER.get(name, "3"),
    }  # fmt: skip
    return fixed.get(column.type) or TEXT.get(name, f"'{name} ' || i")


def deliver(settings: Settings, feed: str, rows: int = 200, month: str = MONTH, **columns: str) -> Delivery:
    """Stage ``rows`` good rows of a feed; ``columns`` gives SQL over ``i`` (row from 0) for those that differ."""
    contract = load_contract(settings, feed)
    folder = settings.temporary / f"staged-{feed}-{month}"
    folder.mkdir(parents=True, exist_ok=True)
    select = ", ".join(
        f"({columns.get(column.name) or _value(settings, contract, column.name)})::{column.sql_type} AS {column.name}"
        for column in contract.columns
    )
    districts = [
        row[0]
        for row in duckdb.execute(
            "SELECT min(district_code) FROM read_csv(?, all_varchar = true) GROUP BY region_code ORDER BY 1",
            [str(settings.canonical / "reference" / "districts.csv")],
        ).fetchall()
    ]
    with duckdb.connect() as connection:
        connection.execute(f"SET VARIABLE districts = {districts!r}")
        connection.execute(
            f"COPY (SELECT {select}, '{month}' AS received_month, 'f00d' AS delivery_id, i + 1 AS row_no FROM "
            f"(SELECT i, '{month}' AS m, getvariable('districts') AS districts FROM range({rows}) AS numbers(i))) "
            f"TO '{folder / 'accepted.parquet'}' (FORMAT parquet)"
        )
    return Delivery(contract, month, folder, Summary(feed, month, delivered=rows, accepted=rows))


def publish_earlier(settings: Settings, feed: str, month: str = "2026-04", status: str = "accepted") -> None:
    """Leave the trace of an earlier published delivery, so that the next one is an update."""
    folder = settings.raw / feed / f"month={month}"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"status": status, "delivered": 9}), encoding="utf-8")
