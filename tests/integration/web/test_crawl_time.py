"""What a source shows month by month: changes, withdrawals, what stays, and nothing of a later month."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from warcio.archiveiterator import ArchiveIterator

from orchestration.settings import Settings
from orchestration.web.archive import main
from orchestration.web.crawl import crawl
from orchestration.web.sources import Source
from orchestration.web.store import Partition
from tests.integration.web.conftest import article, listed
from tests.integration.web.sites import Answer, Web, month_of

SITE = "http://news.example"


def _quiet(line: str) -> None:
    """Tests are silent."""


def _growing(handler: BaseHTTPRequestHandler, number: int) -> Answer:
    new = ["/a/5"] if month_of(handler) >= "2026-10" else []
    body = listed(*new, day="2026-10-20") + listed("/a/1", "/a/2", "/a/3", "/a/4", day="2026-09-25")
    return Answer(body.encode())


def _site(web: Web) -> None:
    """In October 1 stays but for what is around it, 2 is corrected, 3 withdrawn, 4 deleted, 5 new."""

    def changing(before: Answer, after: Answer) -> Callable[[BaseHTTPRequestHandler, int], Answer]:
        return lambda handler, number: after if month_of(handler) >= "2026-10" else before

    web.routes[f"{SITE}/list.html"] = _growing
    side = [Answer(article("一", side=text).encode()) for text in ("旧闻", "新闻")]
    web.routes[f"{SITE}/a/1"] = changing(*side)
    web.routes[f"{SITE}/a/2"] = changing(Answer(article("二").encode()), Answer(article("二,更正").encode()))
    gone = Answer(article("三", '<div class="withdrawn">本文已撤回</div>').encode())
    web.routes[f"{SITE}/a/3"] = changing(Answer(article("三").encode()), gone)
    web.routes[f"{SITE}/a/4"] = changing(Answer(article("四").encode()), Answer(b"gone", status=410))
    web.page(f"{SITE}/a/5", article("五"))


def _states(settings: Settings, month: str) -> dict[str, str]:
    items = Partition(settings, "crawl", month, "news").read("items")
    return {url.removeprefix(SITE): state for url, state in items.select("url", "state").iter_rows()}


def test_a_later_month_brings_what_is_new_changed_or_gone(
    settings: Settings, web: Web, news: Callable[..., Source], capsys: pytest.CaptureFixture[str]
) -> None:
    _site(web)
    first, second = crawl(settings, news(), ["2026-10", "2026-09"], _quiet)

    assert (first.month, first.items) == ("2026-09", {"live": 4})
    assert _states(settings, "2026-09") == {f"/a/{number}": "live" for number in (1, 2, 3, 4)}
    assert _states(settings, "2026-10") == {"/a/2": "changed", "/a/3": "gone", "/a/4": "gone", "/a/5": "live"}
    assert (second.items, second.unchanged) == ({"live": 1, "changed": 1, "gone": 2}, 1)
    items = Partition(settings, "crawl", "2026-10", "news").read("items")
    assert {moment.isoformat() for moment in items["fetched_at"]} == {"2026-10-31T15:59:59+00:00"}
    assert Partition(settings, "crawl", "2026-10", "news").summary()["rows"] == 4
    deleted = items.filter(url=f"{SITE}/a/4").row(0, named=True)
    assert (deleted["status"], json.loads(deleted["fields"])["title"]) == (410, "标题")

    assert main([f"{SITE}/a/2"]) == 0
    told = capsys.readouterr().out
    assert "state: changed" in told and "二,更正" in told and "(agrees)" in told and "versions: 2" in told
    assert main([items.filter(url=f"{SITE}/a/2")["item_id"][0]]) == 0
    assert main([f"{SITE}/nowhere"]) == 1
    assert "No crawl has found" in capsys.readouterr().err


def test_an_unchanged_page_is_asked_conditionally_and_archived_as_a_revisit(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    web.page(f"{SITE}/list.html", listed("/a/1", "/a/2", day="2026-09-25"))
    web.page(f"{SITE}/a/1", article("一"))
    web.page(f"{SITE}/a/2", article("二"), etag=False)
    _, second = crawl(settings, news(), ["2026-09", "2026-10"], _quiet)

    assert (second.items, second.unchanged, second.by_status) == ({}, 3, {"200": 2, "304": 2})
    conditional = [url for url, headers in web.headers if "if-none-match" in headers]
    assert sorted(conditional) == [f"{SITE}/a/1", f"{SITE}/list.html"]
    (path,) = (settings.home / "lake" / "web" / "archive" / "news" / "2026-10").iterdir()
    with path.open("rb") as stream:
        records = [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI")) for record in ArchiveIterator(stream)
        ]
    assert records[0][0] == "warcinfo"
    # two pages are asked at a time, so either may be answered first
    assert sorted(url for kind, url in records if kind == "revisit") == [f"{SITE}/a/1", f"{SITE}/a/2"]
    assert len([1 for kind, _ in records if kind == "request"]) == 4


def test_an_earlier_month_knows_nothing_of_a_later_one(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    _site(web)
    crawl(settings, news(), ["2026-10"], _quiet)
    (earlier,) = crawl(settings, news(), ["2026-09"], _quiet)
    assert earlier.items == {"live": 4}
    assert _states(settings, "2026-09") == {f"/a/{number}": "live" for number in (1, 2, 3, 4)}


def test_a_site_that_does_not_say_as_of_when_it_answers_fails(
    settings: Settings, web: Web, news: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    web.routes[f"{SITE}/list.html"] = lambda handler, number: _forgetful(handler)
    (summary,) = crawl(settings, news(), ["2026-10"], _quiet)
    assert summary.status == "failed"
    assert "no Memento-Datetime" in summary.sentence
    assert summary.rows == 0


def _forgetful(handler: BaseHTTPRequestHandler) -> Answer:
    del handler.headers["Accept-Datetime"]
    return Answer(listed("/a/1").encode())
