"""What the bridge lets through, what it stops, and what it says and writes about it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.feeds.contract import all_feeds
from orchestration.quality import engine, frame
from orchestration.quality.bridge import validate
from orchestration.quality.suites import DIMENSIONS, TYPES
from orchestration.settings import Settings

from .deliveries import MONTH, deliver, publish_earlier

FEED = "c04_abnormal_list"
MASKED = "CASE WHEN i % 10 = 0 THEN '914101********' ELSE '91410105MA' || lpad(i::VARCHAR, 8, '0') END"
OLD = "DATE '2024-01-01'"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.mark.parametrize("feed", all_feeds(Settings(home=Path("unused"))))
def test_good_delivery_passes(settings, feed):
    publish_earlier(settings, feed)
    report = validate(settings, deliver(settings, feed, rows=1000))
    assert report.failures == []
    assert report.passed and report.page.is_file()
    judged = [result for result in report.results if not result.observed.startswith("not judged")]
    assert len(judged) >= 4


BAD = {
    "completeness": ("c04_abnormal_list", {"listed_by": "NULL"}, "listed_by"),
    "conformity": ("c01_persons", {"person_id": "'41010519900101001X'"}, "person_id"),
    "redundancy": ("c04_abnormal_list", {"enterprise_id": "'91410105MA00000001'"}, "enterprise_id, listed_on, ground"),
    "linkage": ("c04_abnormal_list", {"enterprise_id": MASKED}, "enterprise_id"),
    "accuracy": ("c04_abnormal_list", {"removed_on": OLD}, "removed_on, listed_on"),
    "timeliness": ("c09_complaints", {"received_on": OLD, "closed_on": OLD}, "age_days"),
    "coverage": ("c01_base", {"district_code": "'410102'"}, "regions_share"),
}


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_bad_delivery_fails_in_its_dimension(settings, dimension):
    feed, columns, column = BAD[dimension]
    publish_earlier(settings, feed)
    report = validate(settings, deliver(settings, feed, rows=1000, **columns))
    assert not report.passed
    assert (dimension, column) in {(result.dimension, result.column) for result in report.results if not result.passed}


def test_sentence_names_what_a_person_needs(settings):
    report = validate(settings, deliver(settings, FEED, removed_on=OLD))
    sentence = next(text for text in report.failures if "removed_on, listed_on" in text)
    for part in (FEED, "经营异常名录", MONTH, "accuracy 准确性", "200 of 200 rows", "2024-01-01 / 2026-05-",
                 "market_regulation", "removed_on_after_listed_on", "expectations/c04_abnormal_list.yml"):  # fmt: skip
        assert part in sentence
    assert "\n" not in sentence


def test_history_is_no_late_delivery(settings):
    feed, old = "c09_complaints", {"received_on": OLD, "closed_on": OLD}
    assert validate(settings, deliver(settings, feed, **old)).passed, "a first delivery carries history"
    publish_earlier(settings, feed, "2026-03", status="missing")
    publish_earlier(settings, feed, "2026-06")
    assert validate(settings, deliver(settings, feed, **old)).passed, "neither a missing nor a later month counts"
    publish_earlier(settings, feed)
    assert not validate(settings, deliver(settings, feed, **old)).passed
    assert validate(settings, deliver(settings, feed, **old).with_summary(supersedes=["f00d"])).passed


@pytest.mark.parametrize("rows", [0, 1])
@pytest.mark.parametrize("feed", [FEED, "c01_base", "c06_penalties", "c10_defaulters", "w01_web_signals"])
def test_empty_and_tiny_deliveries_pass(settings, feed, rows):
    publish_earlier(settings, feed)
    report = validate(settings, deliver(settings, feed, rows=rows))
    assert report.failures == [] and report.page.is_file()


def test_quarantine_is_judged_even_where_no_row_was_accepted(settings):
    report = validate(settings, deliver(settings, FEED, rows=0).with_summary(delivered=100, quarantined=100))
    assert [result.column for result in report.results if not result.passed] == ["quarantined_share"]
    few = deliver(settings, FEED, rows=0).with_summary(delivered=5, quarantined=5)
    assert validate(settings, few).passed, "five rows say nothing about a share"


def test_three_odd_rows_are_tolerated_and_four_are_not(settings):
    odd = "CASE WHEN i < {} THEN 'x' ELSE '91410105MA' || lpad(i::VARCHAR, 8, '0') END"
    assert validate(settings, deliver(settings, FEED, rows=10, enterprise_id=odd.format(3))).passed
    report = validate(settings, deliver(settings, FEED, rows=10, enterprise_id=odd.format(4)))
    assert [result.column for result in report.results if not result.passed] == ["enterprise_id"]


def test_a_hard_rule_tolerates_nothing(settings):
    open_number = f"CASE WHEN i = 0 THEN '41010519900101001X' ELSE '{'a' * 32}' END"
    report = validate(settings, deliver(settings, "c01_persons", rows=500, person_id=open_number))
    assert [result.expectation for result in report.results if not result.passed] == ["person_id_hashed"]


def test_page_is_self_contained_and_tells_nothing_of_persons(settings):
    delivery = deliver(settings, "c01_persons", rows=300, person_id="'41010519900101001X'", person_name="'张三丰' || i")
    page = validate(settings, delivery).page
    text = page.read_text(encoding="utf-8")
    assert page == settings.quality / "c01_persons" / f"{MONTH}.html"
    assert "主要人员信息" in text and "Registration, key persons" in text and MONTH in text
    assert all(zh in text for zh in ("完整性", "规范性", "冗余性", "关联性", "准确性", "及时性", "全面性"))
    assert not re.search(r"https?://|src=|href=", text)
    assert "41010519900101001X" not in text and "张三丰" not in text
    assert [path.name for path in page.parent.iterdir()] == [page.name]


def test_text_of_a_delivery_cannot_become_markup(settings):
    delivery = deliver(settings, FEED, rows=300, ground="'<script>'")
    text = validate(settings, delivery).page.read_text(encoding="utf-8")
    assert "<script>" not in text and "&lt;script&gt;" in text


def test_same_delivery_same_report_and_page(settings):
    delivery = deliver(settings, FEED, removed_on=OLD)
    first = validate(settings, delivery)
    page = first.page.read_bytes()
    second = validate(settings, delivery)
    assert first == second and second.page.read_bytes() == page


def test_large_delivery_is_judged_in_part_and_repeated_keys_are_still_found(settings, monkeypatch):
    monkeypatch.setattr(frame, "MOST_ROWS", 200)
    good = deliver(settings, "c09_complaints", rows=4000)
    text = validate(settings, good).page.read_text(encoding="utf-8")
    judged = int(re.search(r"rows judged[^<]*</dt><dd>(\d+)", text)[1])  # type: ignore[index]
    assert 100 < judged < 400 and "delivered 交付</dt><dd>4000" in text
    one_twice = "'N' || CASE WHEN i = 3999 THEN 0 ELSE i END"
    report = validate(settings, deliver(settings, "c09_complaints", rows=4000, complaint_no=one_twice))
    assert [result.expectation for result in report.results if not result.passed] == ["key_unique"]


def test_every_type_exists_in_great_expectations():
    implementation = engine.engine()[2]
    for kind in TYPES:
        assert implementation(kind).__name__.lower() == kind.replace("_", "")


def test_nothing_is_written_elsewhere(settings, tmp_path, monkeypatch):
    home = tmp_path / "person"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    engine.engine.cache_clear()
    validate(settings, deliver(settings, FEED))
    assert list(home.iterdir()) == []
