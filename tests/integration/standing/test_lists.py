"""The lists of replaced rows: what they hold, when they are made again, what they tell the warehouse."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace

import duckdb
import pytest

from orchestration.settings import Settings
from orchestration.standing.make import prepare_standing
from orchestration.standing.store import joins, place, read_stamp
from tests.integration.standing.months import Delivered, Row, start

FEED = "c01_revocations"


def rows(*firms: str) -> list[Row]:
    return [{"enterprise_id": firm, "revoked_on": "2026-03-01"} for firm in firms]


@pytest.fixture
def delivered(settings: Settings) -> Delivered:
    """Three months: May replaces E1, June replaces E1 twice and E2 of April, and a delivery of April as a whole."""
    made = start(settings, FEED)
    made.publish("2026-04", {"a": rows("E1", "E2", "E3")})
    made.publish("2026-05", {"b": rows("E1")})
    made.publish("2026-06", {"c": rows("E2"), "d": rows("E1")}, supersedes=["x"])
    return made


def listed(settings: Settings) -> list[tuple[str, str, str]]:
    """Month, delivery that replaces, row that is replaced."""
    with duckdb.connect() as connection:
        return connection.execute(
            "SELECT by_month, by_delivery, delivery_id || ':' || row_no FROM read_parquet(?) ORDER BY ALL",
            [str(place(settings, FEED))],
        ).fetchall()


APRIL_TO_JUNE = [
    ("2026-05", "b", "a:1"),
    ("2026-06", "c", "a:2"),
    ("2026-06", "d", "a:1"),
    ("2026-06", "d", "b:1"),
]


def test_every_month_that_replaces_a_row_is_listed(delivered: Delivered) -> None:
    assert prepare_standing(delivered.settings, "2026-06") == [FEED]
    assert listed(delivered.settings) == APRIL_TO_JUNE


def test_month_by_month_gives_the_same_list_as_all_at_once(delivered: Delivered) -> None:
    settings = delivered.settings
    for month, rows_then in (("2026-04", 0), ("2026-05", 1), ("2026-06", 4)):
        assert prepare_standing(settings, month) == [FEED]
        assert listed(settings) == APRIL_TO_JUNE[:rows_then]


def test_a_list_that_holds_is_left_alone(delivered: Delivered) -> None:
    settings = delivered.settings
    prepare_standing(settings, "2026-06")
    kept = place(settings, FEED).stat()
    assert prepare_standing(settings, "2026-06") == []
    assert prepare_standing(settings, "2026-04") == []
    assert prepare_standing(replace(settings, candidate="v3"), "2026-06") == []
    assert place(settings, FEED).stat() == kept


def test_an_earlier_month_that_is_taken_in_again_is_noticed(delivered: Delivered) -> None:
    settings = delivered.settings
    prepare_standing(settings, "2026-06")
    delivered.publish("2026-05", {"b": rows("E2"), "e": rows("E3")})
    assert prepare_standing(settings, "2026-04") == []
    assert prepare_standing(settings, "2026-05") == [FEED]
    assert listed(settings) == [("2026-05", "b", "a:2"), ("2026-05", "e", "a:3")]
    assert prepare_standing(settings, "2026-06") == [FEED]
    assert listed(settings) == [
        ("2026-05", "b", "a:2"), ("2026-05", "e", "a:3"),
        ("2026-06", "c", "a:2"), ("2026-06", "c", "b:1"), ("2026-06", "d", "a:1"),
    ]  # fmt: skip


def test_a_month_between_two_others_and_one_that_is_gone_are_noticed(delivered: Delivered) -> None:
    settings = delivered.settings
    aside = settings.home / "aside"
    shutil.move(settings.raw / FEED / "month=2026-05", aside)
    prepare_standing(settings, "2026-06")
    assert listed(settings) == [("2026-06", "c", "a:2"), ("2026-06", "d", "a:1")]
    shutil.move(aside, settings.raw / FEED / "month=2026-05")
    prepare_standing(settings, "2026-06")
    assert listed(settings) == APRIL_TO_JUNE
    shutil.rmtree(settings.raw / FEED / "month=2026-06")
    prepare_standing(settings, "2026-06")
    assert listed(settings) == APRIL_TO_JUNE[:1]


def test_rows_of_the_same_size_at_another_time_are_other_rows(delivered: Delivered) -> None:
    settings = delivered.settings
    prepare_standing(settings, "2026-06")
    path = settings.raw / FEED / "month=2026-04" / "accepted.parquet"
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))
    assert prepare_standing(settings, "2026-06") == [FEED]
    assert listed(settings) == APRIL_TO_JUNE


def test_the_stamp_lies_in_the_list_and_nothing_else_is_left(delivered: Delivered) -> None:
    settings = delivered.settings
    prepare_standing(settings, "2026-06")
    stamp = read_stamp(settings, FEED)
    assert stamp is not None
    assert [(seen.month, seen.replaced, seen.supersedes) for seen in stamp.months] == [
        ("2026-04", 0, False), ("2026-05", 1, False), ("2026-06", 3, True),
    ]  # fmt: skip
    assert [path.name for path in place(settings, FEED).parent.iterdir()] == ["replaced.parquet"]


def test_readers_are_told_where_a_row_can_be_missing(delivered: Delivered) -> None:
    settings = delivered.settings
    assert joins(settings, [FEED], "2026-06") == {"replaced": [FEED], "superseded": [FEED]}, "no list yet"
    prepare_standing(settings, "2026-06")
    assert joins(settings, [FEED], "2026-04") == {"replaced": [], "superseded": []}
    assert joins(settings, [FEED], "2026-05") == {"replaced": [FEED], "superseded": []}
    assert joins(settings, [FEED], "2026-06") == {"replaced": [FEED], "superseded": [FEED]}


def test_a_feed_that_nobody_has_sent_has_no_list(delivered: Delivered) -> None:
    prepare_standing(delivered.settings, "2026-03")
    assert read_stamp(delivered.settings, FEED) is None
    assert prepare_standing(delivered.settings, "2026-06", ["c01_base"]) == []


def test_rows_without_a_code_are_left_to_the_warehouse(settings: Settings) -> None:
    made = start(settings, "c06_penalties")
    given = {"document_no": "1", "subject_name": "甲公司"}
    made.publish("2026-04", {"a": [given, given | {"enterprise_id": "E1"}]})
    made.publish("2026-05", {"b": [given, given | {"enterprise_id": "E1"}]})
    prepare_standing(settings, "2026-05")
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT delivery_id, row_no FROM read_parquet(?)", [str(place(settings, "c06_penalties"))]
        ).fetchall()
    assert found == [("a", 2)]
