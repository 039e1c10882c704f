"""A record without a code says by what its enterprise was found, as known in the month explained."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.explanation.matched import matched
from orchestration.explanation.read import by_indicator
from orchestration.lake import prepare, scratch
from orchestration.resolution.links import LINKS, links_of
from orchestration.settings import Settings
from orchestration.web.store import REVIEW
from tests.integration.warehouse.partitions import publish

FEED = "c09_complaints"
ROW = (FEED, f"{FEED}-2026-05:1")


@pytest.fixture
def linked(settings: Settings) -> Settings:
    """A row found by name in May, and by a person in June."""
    prepare(settings)
    row = {"complaint_no": "T1", "party_name": "甲有限公司", "received_on": "2026-05-04"}
    publish(settings, FEED, "2026-05", [row, row | {"complaint_no": "T2", "enterprise_id": "E1"}])
    link = {
        "feed": FEED, "record_id": ROW[1], "record_key": "T1", "mention_id": "m", "name": "甲有限公司",
        "enterprise_id": "E1", "band": "accept", "received_month": "2026-05",
    }  # fmt: skip
    for month, confidence, reasons in (("2026-05", 0.9756, "全称 full name +10"), ("2026-06", 1.0, "answered")):
        made = link | {"month": month, "confidence": confidence, "reasons": reasons, "answered": month == "2026-06"}
        tables = {"links": pl.DataFrame([made], schema=dict(LINKS)), "review": pl.DataFrame(schema=dict(REVIEW))}
        links_of(settings, month).replace(tables, {})
    return settings


@pytest.mark.parametrize(
    ("month", "said"),
    [
        ("2026-04", None),
        ("2026-05", "confidence 0.976 (全称 full name +10)"),
        ("2026-06", "confidence 1.000 (answered)"),
        ("2026-07", "confidence 1.000 (answered)"),
    ],
)
def test_the_link_in_force_is_shown_with_its_reasons(linked: Settings, month: str, said: str | None) -> None:
    with scratch(linked) as connection:
        found = matched(connection, linked, month, {ROW: {"enterprise_id": None}})
    assert (found[ROW].value.en if found else None) == said


def test_a_record_with_a_code_says_nothing_of_it(linked: Settings) -> None:
    evidence = [
        {"indicator_code": "H050101", "feed": FEED, "record_id": f"{FEED}-2026-05:{number}", "record_key": f"T{number}",
         "event_on": None, "received_month": "2026-05", "stops_in": None, "about_id": None, "counts_for": None,
         "repaired_on": None, "review_since": None}
        for number in (1, 2)
    ]  # fmt: skip
    with scratch(linked) as connection:
        records = by_indicator(connection, linked, evidence, "2026-05")["H050101"]
    shown = {record.record_key: [one.column for one in record.content] for record in records}
    assert shown["T1"] == ["complaint_no", "party_name", "received_on", "link_confidence"]
    assert "link_confidence" not in shown["T2"]
