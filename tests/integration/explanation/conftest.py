"""A hand-made lake: four firms, two months, real scoring SQL, real decisions, a few delivered records behind them."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.explanation import Explanation, explain
from orchestration.feeds.contract import load_contract
from orchestration.lake import connect
from orchestration.risk import decide
from orchestration.settings import Settings
from tests.unit.risk.scoring_sql import score_sql

NO_OVERRIDES = (
    "CREATE TABLE lake.scores.enterprise_override (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
    "override_no VARCHAR, override_class VARCHAR, reason VARCHAR, decider_rank INTEGER, decided_on DATE, "
    "expires_on DATE, received_month VARCHAR, record_id VARCHAR)"
)
BEFORE, MONTH = "2026-04", "2026-05"
REGION = "410100"
CLEAN = {"H010101": 2000, "H010201": 10.0, "H010302": "general", "H030101": 0, "H040201": 0, "H040601": 0}
FINED = CLEAN | {"H040301": 2.0, "H040302": 9.0, "H040303": "2"}
FIRMS = {
    MONTH: {
        "CLEAN": CLEAN,
        "FINED": FINED,
        "LISTED": CLEAN | {"H040201": 1, "H050101": 0.99},
        "UNFILED": CLEAN | {"H030101": 1},
        "NAMED": CLEAN | {"H050201": 2},
    },
    BEFORE: {"CLEAN": CLEAN, "FINED": FINED | {"H040301": 1.0, "H040302": 4.0}, "LISTED": CLEAN},
}
PERSON = "5f0c" * 16
"""As the keyed hash of an identity number reads in the lake."""
RAW = {
    ("c06_penalties", "2026-03"): [
        {"enterprise_id": "FINED", "document_no": "1号", "decided_on": "2025-03-02", "fine": 4, "penalty_kind": "2"},
    ],
    ("c06_penalties", "2026-05"): [
        {"enterprise_id": "FINED", "document_no": "2号", "decided_on": "2026-05-02", "fine": 5, "penalty_kind": "2"},
    ],
    ("c05_serious_lists", "2026-05"): [
        {"enterprise_id": "LISTED", "legal_rep_id": PERSON, "listed_on": "2026-05-03"},
    ],
    ("c01_changes", "2026-05"): [
        {"enterprise_id": "LISTED", "change_item": "03", "value_before": "王小明", "value_after": "王大明"},
        {"enterprise_id": "LISTED", "change_item": "02", "value_before": "旧路1号", "value_after": "新路2号"},
    ],
    ("c09_complaints", "2026-05"): [{"enterprise_id": "LISTED", "complainant_id": PERSON, "received_on": "2026-05-04"}],
    ("c01_persons", "2026-05"): [{"enterprise_id": "LISTED", "person_id": PERSON, "person_name": "王**"}],
    ("w01_web_signals", "2026-05"): [
        {
            "enterprise_id": "NAMED",
            "signal_no": "W1",
            "topic": "NEWS",
            "polarity": "-1",
            "match_confidence": 0.97,
            "published_on": "2026-05-10",
            "url": "http://news.example/a/1.html",
            "content_hash": "c0ffee",
            "source": "news_heluo",
            "title": "某商贸公司被曝售假",
            "mention": "甲有限公司",
            "match_kind": "full",
            "band": "accept",
            "negative": 0.98,
            "judged_by": "small 0123456789ab",
            "page": "9f86d081884c7d659a2feaa0c55ad015",
            "payload_sha256": "ab" * 32,
            "fetched_on": "2026-05-11",
            "copies": "9f86d081884c7d659a2feaa0c55ad015",
        },
        {
            "enterprise_id": "NAMED",
            "signal_no": "W2",
            "topic": "NEWS",
            "polarity": "-1",
            "match_confidence": 0.97,
            "published_on": "2026-05-09",
            "url": "http://other.example/2",
            "content_hash": "beef",
        },
    ],
    ("c01_base", "2026-05"): [{"enterprise_id": "FINED", "enterprise_name": "甲有限公司", "legal_rep_id": PERSON}],
}
# feed, record_id, record_key, event_on, received_month, stops_in
FIRST = ("c06_penalties", "c06_penalties-2026-03:1", "1号", "2025-03-02", "2026-03", "2028-03")
SECOND = ("c06_penalties", "c06_penalties-2026-05:1", "2号", "2026-05-02", "2026-05", "2029-05")
BASE = ("c01_base", "c01_base-2026-05:1", "FINED", "2016-05-02", "2026-05", None)
LISTING = ("c05_serious_lists", "c05_serious_lists-2026-05:1", "A", "2026-05-03", "2026-05", None)
COMPLAINT = ("c09_complaints", "c09_complaints-2026-05:1", "T1", "2026-05-04", "2026-05", "2027-05")
OFFICER = ("c01_persons", "c01_persons-2026-05:1", f"{PERSON}|x", "2026-05-04", "2026-05", None)
HEAD = ("c01_changes", "c01_changes-2026-05:1", "03|2026-05-04|王大明", "2026-05-04", "2026-05", "2027-05")
MOVE = ("c01_changes", "c01_changes-2026-05:2", "02|2026-05-04|新路2号", "2026-05-04", "2026-05", "2027-05")
GONE = ("c01_changes", "c01_changes-2026-05:9", "03|2026-05-04|王大明", "2026-05-04", "2026-05", "2027-05")
NEWS = ("w01_web_signals", "w01_web_signals-2026-05:1", "W1", "2026-05-10", "2026-05", "2026-06")
OLDER_NEWS = ("w01_web_signals", "w01_web_signals-2026-05:2", "W2", "2026-05-09", "2026-05", "2026-06")
MISSING = ("c03_annual_reports", None, None, "2025-06-30", None, "2026-06")
EVIDENCE = [
    # months, firm, indicator, record, counts_for
    ((BEFORE, MONTH), "FINED", "H040301", FIRST, 1),
    ((MONTH,), "FINED", "H040301", SECOND, 1),
    ((BEFORE, MONTH), "FINED", "H040302", FIRST, 4),
    ((MONTH,), "FINED", "H040302", SECOND, 5),
    ((BEFORE, MONTH), "FINED", "H040303", FIRST, None),
    ((MONTH,), "FINED", "H040303", SECOND, None),
    ((MONTH,), "FINED", "H010101", BASE, None),
    ((MONTH,), "LISTED", "H040201", LISTING, None),
    ((MONTH,), "LISTED", "H050101", COMPLAINT, None),
    ((MONTH,), "LISTED", "H050101", OFFICER, None),
    ((MONTH,), "LISTED", "H050101", HEAD, None),
    ((MONTH,), "LISTED", "H050101", MOVE, None),
    ((MONTH,), "LISTED", "H050101", GONE, None),
    ((MONTH,), "UNFILED", "H030101", MISSING, None),
    ((MONTH,), "NAMED", "H050201", NEWS, 1),
    ((MONTH,), "NAMED", "H050201", OLDER_NEWS, 1),
]


def deliver(connection, settings):
    """Published raw partitions, as ingest leaves them: accepted rows and a manifest."""
    for (feed, month), rows in RAW.items():
        folder = settings.raw / feed / f"month={month}"
        folder.mkdir(parents=True)
        schema = load_contract(settings, feed).schema_sql
        parts = []
        for number, row in enumerate(rows, 1):
            named = row | {"received_month": month, "delivery_id": f"{feed}-{month}", "row_no": number}
            cells = [
                f"CAST({'NULL' if named.get(name) is None else repr(named[name])} AS {kind}) AS {name}"
                for name, kind in schema.items()
            ]
            parts.append(f"SELECT {', '.join(cells)}")
        connection.execute(f"COPY ({' UNION ALL '.join(parts)}) TO '{folder / 'accepted.parquet'}' (FORMAT parquet)")
        manifest = {"feed": feed, "month": month, "status": "accepted", "delivered": len(rows), "supersedes": []}
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def make_lake(home) -> Settings:
    settings = Settings(home=home)
    catalogue = load_catalogue(settings, MONTH)
    with connect(settings) as connection:
        deliver(connection, settings)
        connection.execute("CREATE SCHEMA lake.scores")
        typed = ", ".join(
            f"v_{i.column} {'VARCHAR' if i.kind == 'categorical' else 'DOUBLE'}" for i in catalogue.indicators
        )
        for month, firms in FIRMS.items():
            connection.execute(
                "CREATE OR REPLACE TABLE memory.raw.enterprise_values "
                f"(month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, {typed})"
            )
            for name, values in firms.items():
                row = {"month": month, "region_code": REGION, "enterprise_id": name}
                row |= {f"v_{code.lower()}": value for code, value in values.items()}
                marks = ", ".join("?" for _ in row)
                connection.execute(
                    f"INSERT INTO memory.raw.enterprise_values ({', '.join(row)}) VALUES ({marks})", list(row.values())
                )
            sql = score_sql(catalogue.folder, "memory.raw.enterprise_values")
            if month == MONTH:
                connection.execute(f"CREATE TABLE lake.scores.enterprise_score AS {sql}")
            else:
                connection.execute(f"INSERT INTO lake.scores.enterprise_score BY NAME {sql}")
        connection.execute(
            "CREATE TABLE lake.scores.risk_evidence (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "indicator_code VARCHAR, feed VARCHAR, record_id VARCHAR, record_key VARCHAR, event_on DATE, "
            "received_month VARCHAR, stops_in VARCHAR, about_id VARCHAR, counts_for DOUBLE, repaired_on DATE, "
            "review_since DATE)"
        )
        connection.execute(NO_OVERRIDES)
        for months, firm, code, record, counts in EVIDENCE:
            for month in months:
                connection.execute(
                    "INSERT INTO lake.scores.risk_evidence (month, region_code, enterprise_id, indicator_code, feed, "
                    "record_id, record_key, event_on, received_month, stops_in, counts_for) "
                    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [month, REGION, firm, code, *record, counts],
                )
    decide(settings, [BEFORE, MONTH], [REGION])
    return settings


@pytest.fixture(scope="package")
def lake(tmp_path_factory) -> Settings:
    return make_lake(tmp_path_factory.mktemp("explained"))


@pytest.fixture(scope="package")
def explained(lake) -> Callable[..., Explanation]:
    """Explanations of the lake by firm and month, each made once."""
    return cache(lambda name, month=MONTH: explain(lake, name, month))
