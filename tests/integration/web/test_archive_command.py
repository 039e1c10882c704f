"""The command that shows an archived page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.lake import connect
from orchestration.settings import Settings
from orchestration.web import archive
from orchestration.web.crawl import crawl
from orchestration.web.sources import Source
from orchestration.web.store import Partition
from tests.integration.web.conftest import article, listed
from tests.integration.web.sites import Web

SITE = "http://news.example"


@pytest.fixture
def crawled(settings: Settings, web: Web, news: Callable[..., Source], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Two articles, one of which is long, and one that is missing."""
    web.page(f"{SITE}/list.html", listed("/a/1", "/a/2", "/a/3"))
    web.page(f"{SITE}/a/1", article("短"))
    web.page(f"{SITE}/a/2", article("长" * 3_000 + "完"))
    web.page(f"{SITE}/a/3", "")
    crawl(settings, news(), ["2026-10"], lambda line: None)
    monkeypatch.setattr(archive.Settings, "from_env", lambda: settings)
    return settings


def test_a_short_page_is_shown_whole_and_a_long_one_on_demand(
    crawled: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert archive.main([f"{SITE}/a/1"]) == 0
    said = capsys.readouterr().out
    assert "短" in said and "--whole" not in said and "number: " in said and "item_id" not in said
    assert archive.main(["--", f"{SITE}/a/2"]) == 0
    said = capsys.readouterr().out
    assert "the first 2,000 of" in said and "--whole" in said and "完" not in said
    assert archive.main(["--whole", "--", f"{SITE}/a/2"]) == 0
    assert "完" in capsys.readouterr().out


def test_an_entry_of_a_list_shows_its_own_fields_first(
    crawled: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    items = archive.find_items(crawled, f"{SITE}/a/1").with_columns(kind=archive.pl.lit("json"))
    monkeypatch.setattr(archive, "find_items", lambda settings, wanted: items)
    assert archive.main([f"{SITE}/a/1"]) == 0
    said = capsys.readouterr().out
    assert said.index("entry:") < said.index("published_on: 2026-10-20") < said.index("warc:")


def test_nothing_asked_and_nothing_found(crawled: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert (archive.main(["--", ""]), archive.main(["x"])) == (2, 1)
    said = capsys.readouterr().err
    assert "make page P=" in said and "No crawl has found 'x'" in said


def test_what_was_left_out_is_a_view_of_the_lake(crawled: Settings) -> None:
    left_out = Partition(crawled, "crawl", "2026-10", "news").read("skipped")
    with connect(crawled, read_only=False) as connection:
        rows = connection.execute("SELECT step, source, month, reason FROM web.skipped").fetchall()
    assert rows == [("crawl", "news", "2026-10", reason) for reason in left_out["reason"]] != []
