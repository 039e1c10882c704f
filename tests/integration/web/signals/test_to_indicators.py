"""From the web branch through the door to indicators, evidence and counts, over months."""

from __future__ import annotations

import pytest

from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.settings import Settings
from orchestration.warehouse.dbt import build_month
from orchestration.web.signals import deliver_signals
from orchestration.web.signals.deliver import FEED
from tests.integration.warehouse.partitions import enterprise, month_hash, publish, query

from .partitions import FIRM, OTHER, Page, decide, decided, put

MAY, JUNE = "2026-05", "2026-06"
SURE, UNSURE = ("accept", 0.97), ("review", 0.95)
QUIET = "91410105MA00000003"
SELECT = "+enterprise_score +web_topic_month"
COUNTS = "lake.scores.web_topic_month"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two months: news, complaints and leads come to light in May; a page is gone and an answer given in June."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    firms = [enterprise(number, enterprise_id=code) for number, code in enumerate((FIRM, OTHER, QUIET), 1)]
    publish(settings, "c01_base", MAY, firms)
    asked = Page("n2", {OTHER: UNSURE})
    put(
        settings, MAY,
        Page("n1", {FIRM: SURE, OTHER: SURE}),
        Page("n1b", {FIRM: SURE}, source="paper", copy_of="n1"),
        asked,
        Page("c1", {FIRM: SURE}, "complaints", "COMPLAINT"),
        Page("c2", {FIRM: SURE}, "complaints", "COMPLAINT"),
        Page("c3", {OTHER: UNSURE}, "complaints", "COMPLAINT"),
        Page("l1", {FIRM: SURE, OTHER: UNSURE}, "ads", "AD", fields={"confirmed": "true"}),
        Page("j1", {FIRM: SURE}, "jobs", "RECRUIT", polarity="0"),
    )  # fmt: skip
    take_in(settings, MAY)
    put(
        settings, JUNE,
        Page("c1-gone", {}, "complaints", "COMPLAINT", url="http://complaints.example/c1", state="gone",
             polarity=None, fetched="2026-06-10T00:00:00"),
        Page("c2-settled", {FIRM: SURE}, "complaints", "COMPLAINT", url="http://complaints.example/c2",
             state="changed", fetched="2026-06-10T00:00:00", fields={"resolved_on": "2026-06-09"}),
        Page("l1-gone", {}, "ads", "AD", url="http://ads.example/l1", state="gone", polarity=None,
             fetched="2026-06-10T00:00:00"),
    )  # fmt: skip
    settled = Page("c2-settled", {}, "complaints", url="http://complaints.example/c2")
    answered = Page("c3", {}, "complaints", "COMPLAINT")
    decide(settings, JUNE, decided(settled, FIRM, FIRM), decided(answered, OTHER, OTHER))
    take_in(settings, JUNE)
    for month in (MAY, JUNE):
        build_month(settings, month, SELECT)
    return settings


def take_in(settings: Settings, month: str) -> None:
    deliver_signals(settings, month)
    publish_feed(settings, stage_feed(settings, FEED, month))


def values(settings: Settings, month: str) -> dict[str, tuple]:
    rows = query(
        settings,
        "SELECT enterprise_id, v_h050201, v_h050203, v_h050301 FROM lake.scores.enterprise_score WHERE month = ?",
        month,
    )
    return {code: tuple(rest) for code, *rest in rows}


def test_only_surely_matched_texts_count_each_once(settings):
    # FIRM has two open complaints, more than two of three; what waits for review is not there
    assert values(settings, MAY) == {FIRM: (1, 2 / 3, 1), OTHER: (1, 0, 0), QUIET: (0, 0, 0)}


def test_what_was_taken_back_or_settled_ends_and_what_was_answered_counts_from_that_month_on(settings):
    assert values(settings, JUNE) == {FIRM: (0, 0, 0), OTHER: (0, 2 / 3, 0), QUIET: (0, 0, 0)}


def test_counts_by_topic_stand_in_the_month_in_which_a_signal_came_to_light(settings):
    columns = "enterprise_id, topic, signals, negative, neutral, positive, unsure, withdrawn"
    found = query(settings, f"SELECT {columns} FROM {COUNTS} WHERE month = ? ORDER BY ALL", MAY)
    assert found == [
        (FIRM, "AD", 1, 1, 0, 0, 0, 0),
        (FIRM, "COMPLAINT", 2, 2, 0, 0, 0, 0),
        (FIRM, "NEWS", 1, 1, 0, 0, 0, 0),
        (FIRM, "RECRUIT", 1, 0, 1, 0, 0, 0),
        (OTHER, "AD", 0, 0, 0, 0, 1, 0),
        (OTHER, "COMPLAINT", 0, 0, 0, 0, 1, 0),
        (OTHER, "NEWS", 1, 1, 0, 0, 1, 0),
    ]
    assert query(settings, f"SELECT count(*) FROM {COUNTS} WHERE month = ?", JUNE) == [(0,)]


def test_a_month_built_again_knows_nothing_of_later_ones(settings):
    tables = (COUNTS, "lake.scores.enterprise_score")
    before = [month_hash(settings, table, MAY) for table in tables]
    build_month(settings, MAY, SELECT)
    assert [month_hash(settings, table, MAY) for table in tables] == before
