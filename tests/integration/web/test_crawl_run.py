"""What a crawl refuses to begin, what it says when it fails, and what is kept when it is ended."""

from __future__ import annotations

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from orchestration.settings import PROJECT, Settings
from orchestration.web.crawl import CrawlError, crawl, run
from orchestration.web.crawl.child import Job
from orchestration.web.sources import Source
from orchestration.web.store import Partition
from tests.integration.web.conftest import article, listed
from tests.integration.web.sites import Answer, Web

SITE = "http://news.example"
RESOLVED = """
import socket
whole = socket.getaddrinfo
def answered(host, *given, **more):
    return whole("127.0.0.1" if host == "news.example" else host, *given, **more)
socket.getaddrinfo = answered
from orchestration.web.crawl.child import main
main()
"""
"""The crawling process, with a name service that says news.example is this machine."""


def _quiet(line: str) -> None:
    """Tests are silent."""


def test_a_name_that_resolves_to_this_machine_is_not_asked(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    url = f"{SITE}:{web.port}/list.html"
    web.page(url, listed("/a/1"))
    source = news(start={"kind": "pages", "urls": [url]})
    folder = settings.home / "lake" / "web"
    job = Job(
        source.model_dump(mode="json"),
        [("2026-10", "2026-10-31T15:59:59+00:00")],
        "Asia/Shanghai",
        str(folder / "crawl" / "news" / "state.sqlite"),
        str(folder / "archive"),
        None,
    )
    with subprocess.Popen(
        [sys.executable, "-c", RESOLVED], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=PROJECT, text=True
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(job.line() + "\n")
        process.stdin.flush()
        lines = [json.loads(line) for line in process.stdout]
    assert lines[-1]["event"] == "done"
    told = lines[-1]["tally"]
    assert told["status"] == "failed"
    assert "127.0.0.1, which is no public address" in told["sentences"][0]
    assert not web.asked


def test_pages_that_changed_shape_fail_and_say_where(settings: Settings, web: Web, news: Callable[..., Source]) -> None:
    web.page(f"{SITE}/list.html", listed("/a/1").replace('class="news"', 'class="n2"'))
    (summary,) = crawl(settings, news(), ["2026-10"], _quiet)
    assert summary.status == "failed"
    assert "'ul.news li'" in summary.sentence and f"{SITE}/list.html" in summary.sentence
    assert "news.yml" in summary.sentence

    web.page(f"{SITE}/list.html", listed(*(f"/a/{number}" for number in range(4))))
    for number in range(4):
        web.page(f"{SITE}/a/{number}", f"<h2>第{number}篇</h2>")
    (summary,) = crawl(settings, news(), ["2026-11"], _quiet)
    assert summary.status == "failed"
    assert "4 of 4 pages of items lack a field of item.expect" in summary.sentence
    assert summary.skipped == {"missing_field": 4}


def test_a_dead_host_fails_with_its_name(
    settings: Settings, web: Web, news: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECR_WEB_PROXY", "http://127.0.0.1:1")
    (summary,) = crawl(settings, news(), ["2026-10"], _quiet)
    assert summary.status == "failed"
    assert "nothing listens at http://127.0.0.1:1, the proxy that ECR_WEB_PROXY names" in summary.sentence
    assert "docs/web.md" in summary.sentence
    assert summary.rows == 0 and Partition(settings, "crawl", "2026-10", "news").exists()


def test_a_host_whose_robots_txt_fails_is_not_asked(settings: Settings, web: Web, news: Callable[..., Source]) -> None:
    web.routes[f"{SITE}/robots.txt"] = Answer(b"later", status=500)
    web.page(f"{SITE}/list.html", listed("/a/1"))
    (summary,) = crawl(settings, news(), ["2026-10"], _quiet)
    assert summary.status == "failed"
    assert "robots.txt of news.example answers 500" in summary.sentence
    assert set(web.asked) == {f"{SITE}/robots.txt"}


def test_a_bound_on_items_ends_the_walk_and_the_next_one_goes_on(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    web.page(f"{SITE}/list.html", listed(*(f"/a/{number}" for number in range(9))))
    for number in range(9):
        web.page(f"{SITE}/a/{number}", article(f"第{number}篇"))
    pace = {"delay": 0, "parallel": 1}
    (first,) = crawl(settings, news(limits={"items": 1}, pace=pace), ["2026-10"], _quiet)
    (second,) = crawl(settings, news(pace=pace), ["2026-10"], _quiet)
    assert first.status == "partial" and 1 <= first.rows < 9
    assert "limits.items" in first.sentence
    assert (second.status, second.rows) == ("ok", 9)


def test_what_was_archived_before_the_process_was_stopped_is_kept(
    settings: Settings, web: Web, news: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "GRACE", 0.0)
    web.page(f"{SITE}/list.html", listed("/a/1", "/a/2"))
    web.page(f"{SITE}/a/1", article("一"))
    web.routes[f"{SITE}/a/2"] = Answer(article("二").encode(), hang=30)
    source = news(limits={"seconds": 60, "minutes": 0.06})
    (summary,) = crawl(settings, source, ["2026-10"], _quiet)
    assert summary.status == "failed"
    assert "was stopped" in summary.sentence
    assert Partition(settings, "crawl", "2026-10", "news").read("items")["url"].to_list() == [f"{SITE}/a/1"]

    web.page(f"{SITE}/a/2", article("二"))
    (summary,) = crawl(settings, news(), ["2026-10"], _quiet)
    assert (summary.status, summary.items, summary.rows) == ("ok", {"live": 1}, 2)
    assert web.asked[f"{SITE}/a/1"] == 1


@pytest.mark.parametrize(
    ("parts", "month", "sentence"),
    [
        ({"memento": False}, "2026-10", "cannot be crawled for 2026-10: .* crawl 2026-11 now"),
        ({"effective_from": "2026-11"}, "2026-10", "in force from 2026-11, not in 2026-10"),
        ({"effective_to": "2026-09"}, "2026-10", "in force from 2026-01 to 2026-09, not in 2026-10"),
    ],
)
def test_a_month_that_cannot_be_crawled_is_refused(
    settings: Settings,
    news: Callable[..., Source],
    monkeypatch: pytest.MonkeyPatch,
    parts: dict[str, object],
    month: str,
    sentence: str,
) -> None:
    monkeypatch.setattr(run, "now", lambda: datetime(2026, 10, 31, 17, tzinfo=UTC))
    with pytest.raises(CrawlError, match=sentence):
        crawl(settings, news(**parts), [month], _quiet)


def test_a_source_is_crawled_by_one_process_at_a_time(
    settings: Settings, news: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = settings.home / "lake" / "web" / "crawl" / "news"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        with pytest.raises(CrawlError, match="being crawled already"):
            crawl(settings, news(), ["2026-10"], _quiet)
    monkeypatch.setenv("ECR_WEB_PROXY", "http://user:secret@127.0.0.1:9")
    with pytest.raises(CrawlError, match="no address of a proxy") as refused:
        crawl(settings, news(), ["2026-10"], _quiet)
    assert "secret" not in str(refused.value)
