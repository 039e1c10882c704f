"""Pages that break off, lie, never end or lead elsewhere are left out with a reason; everything else is there."""

from __future__ import annotations

from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.web.archive import ArchiveError, read_page, read_pages
from orchestration.web.crawl import crawl
from orchestration.web.sources import Source
from orchestration.web.store import ITEMS, SKIPPED, Partition
from tests.integration.web.conftest import article, listed
from tests.integration.web.sites import HUGE, Answer, Route, Web, bomb

SITE = "http://news.example"


def _flaky(handler: BaseHTTPRequestHandler, number: int) -> Answer:
    if number == 1:
        return Answer(b"later", status=503, headers={"Retry-After": "0"})
    return Answer(article("终于").encode())


def _hostile(web: Web) -> None:
    pages: dict[str, Route] = {
        "good": Answer(article("河南某公司").encode()),
        "loop": Answer(status=302, headers={"Location": "/a/loop2"}),
        "loop2": Answer(status=302, headers={"Location": "/a/loop"}),
        "away": Answer(status=302, headers={"Location": "http://elsewhere.example/x"}),
        "inside": Answer(status=302, headers={"Location": "http://169.254.169.254/latest/meta-data/"}),
        "huge": Answer(bomb(), headers={"Content-Encoding": "gzip"}),
        "big": Answer(b"x" * 1000, length=HUGE),
        "slow": Answer(b"x" * 400, drip=0.1),
        "empty": Answer(b""),
        "broken": Answer(b"<h1>x</h1>", length=5000),
        "flaky": _flaky,
        "old": Answer(article("洛阳市涧西区镕鑫商贸").encode("gb18030"), kind="text/html; charset=gb2312"),
        "liar": Answer(article("郑州市金水区某商贸有限公司").encode("gb18030"), kind="text/html; charset=utf-8"),
        "refused": Answer(b"no", status=403),
        "down": Answer(b"no", status=500),
        "moved": Answer(status=301, headers={"Location": "/b/moved"}),
        "odd": Answer(b"<p>no headline</p>"),
    }
    links = [f"/a/{name}" for name in (*pages, "missing") if name != "loop2"]
    others = ("doc.pdf", "../internal/x", "http://elsewhere.example/y", "javascript:void(0)", "http://127.0.0.1:9/z")
    web.page(f"{SITE}/list.html", listed(*links, *others))
    for name, answer in pages.items():
        web.routes[f"{SITE}/a/{name}"] = answer
    web.page(f"{SITE}/b/moved", article("搬家"))
    web.routes[f"{SITE}/doc.pdf"] = Answer(b"%PDF-1.7 binary", kind="application/pdf")


REASONS = {
    "/a/loop": "redirect_loop",
    "/a/away": "redirect_away",
    "/a/inside": "redirect_away",
    "/a/huge": "too_large",
    "/a/big": "too_large",
    "/a/slow": "timeout",
    "/a/empty": "empty",
    "/a/broken": "broken",
    "/a/missing": "gone",
    "/a/refused": "refused",
    "/a/down": "server_error",
    "/a/odd": "missing_field",
    "/doc.pdf": "content_type",
    "/internal/x": "robots",
}


def test_hostile_pages_are_left_out_each_with_its_reason(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    _hostile(web)
    source = news(limits={"seconds": 1, "minutes": 1, "redirects": 3})
    (summary,) = crawl(settings, source, ["2026-10"], lambda line: None)
    partition = Partition(settings, "crawl", "2026-10", "news")
    items, skipped = partition.read("items"), partition.read("skipped")

    assert summary.status == "ok", summary.sentence
    assert (dict(items.schema), dict(skipped.schema)) == (dict(ITEMS), dict(SKIPPED))
    found = dict(skipped.select("url", "reason").iter_rows())
    expected = {f"{SITE}{path}": reason for path, reason in REASONS.items()} | {
        "http://elsewhere.example/y": "host_not_allowed",
        "javascript:void(0)": "bad_scheme",
        "http://127.0.0.1:9/z": "private_address",
    }
    assert found == expected
    assert summary.skipped == dict(pl.Series(list(expected.values())).value_counts().iter_rows())
    assert all(url in sentence or url in expected for url, sentence in skipped.select("url", "sentence").iter_rows())
    assert sorted(items["url"]) == [f"{SITE}/a/{name}" for name in ("flaky", "good", "liar", "moved", "old")]
    assert not any("elsewhere" in url or "169.254" in url or "internal" in url for url in web.asked)

    by_url = {row["url"]: row for row in items.iter_rows(named=True)}
    for name, text in {"old": "镕鑫", "liar": "金水区", "good": "河南"}.items():
        row = by_url[f"{SITE}/a/{name}"]
        page = read_page(settings, row["warc"], row["warc_offset"], row["payload_sha256"])
        assert text in page.body.decode(row["charset"])
    assert by_url[f"{SITE}/a/old"]["charset"] == by_url[f"{SITE}/a/liar"]["charset"] == "gb18030"
    assert summary.charset_mended == 1
    assert by_url[f"{SITE}/a/moved"]["fetched_url"] == f"{SITE}/b/moved"
    assert summary.items == {"live": 5}
    assert summary.by_status["503"] == 1 and summary.retries == 3  # flaky, down, broken

    again = web.asked.copy()
    (second,) = crawl(settings, source, ["2026-10"], lambda line: None)
    asked = {url.removeprefix(SITE) for url, count in (web.asked - again).items() if count}
    assert asked == {"/robots.txt", "/list.html", "/a/slow", "/a/broken", "/a/down"}, "only what may be better by now"
    assert second.items == {} and second.rows == 5
    assert partition.read("items").equals(items)


def test_a_page_that_was_altered_or_is_missing_is_not_given(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    web.page(f"{SITE}/list.html", listed("/a/1", "/a/2"))
    for number in (1, 2):
        web.page(f"{SITE}/a/{number}", article(f"第{number}篇"))
    crawl(settings, news(), ["2026-10"], lambda line: None)
    items = Partition(settings, "crawl", "2026-10", "news").read("items")
    assert [page.status for _, page in read_pages(settings, items)] == [200, 200]  # type: ignore[union-attr]

    row = items.row(0, named=True)
    with pytest.raises(ArchiveError, match="altered since"):
        read_page(settings, row["warc"], row["warc_offset"], "0" * 64)
    with pytest.raises(ArchiveError, match="does not lie in the archive"):
        read_page(settings, "../crawl/news/state.sqlite", 0, row["payload_sha256"])
    with pytest.raises(ArchiveError, match="has no file"):
        read_page(settings, "news/2026-10/crawl-0009.warc.gz", 0, row["payload_sha256"])
    path = settings.home / "lake" / "web" / "archive" / row["warc"]
    whole = path.read_bytes()
    path.write_bytes(whole[: row["warc_offset"] + 200])
    with pytest.raises(ArchiveError, match=r"restore it|restore the file|Restore the file"):
        read_page(settings, row["warc"], row["warc_offset"], row["payload_sha256"])
    assert isinstance(dict(read_pages(settings, items))[0], ArchiveError)
