"""Charsets, days, lists and pages, read without a network."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from orchestration.settings import Settings
from orchestration.web.crawl.charset import charset_of
from orchestration.web.crawl.lists import ShapeError, day_of, read_list, settle, with_parameter
from orchestration.web.crawl.pages import read_page_of
from orchestration.web.sources import Source, load_sources
from orchestration.web.sources.model import FieldRule, ItemPage

ZONE = ZoneInfo("Asia/Shanghai")
TEXT = "河南省郑州市金水区某某商贸有限公司被投诉"


@pytest.mark.parametrize(
    ("body", "header", "name", "mended"),
    [
        (TEXT.encode(), "text/html", "utf-8", False),
        (TEXT.encode("gb18030"), "text/html; charset=gb2312", "gb18030", False),
        (b'<meta charset="gbk">' + TEXT.encode("gb18030"), "text/html", "gb18030", False),
        (TEXT.encode("gb18030"), "", "gb18030", False),
        (TEXT.encode("gb18030"), "text/html; charset=utf-8", "gb18030", True),
        (TEXT.encode(), "text/html; charset=gb2312", "utf-8", True),
        (b"plain", "text/html; charset=gb2312", "utf-8", False),
        (b"\xef\xbb\xbf" + TEXT.encode(), "text/html; charset=gbk", "utf-8", False),
        (b"\xff\xfe" + TEXT.encode("utf-16-le"), "", "utf-16-le", False),
        (TEXT.encode(), "text/html; charset=nonsense", "utf-8", False),
        (("镕" + TEXT).encode("gb18030"), "text/html; charset=gb2312", "gb18030", False),
    ],
)
def test_charset(body: bytes, header: str, name: str, mended: bool) -> None:
    found = charset_of(body, header)
    assert (found.name, found.mended, found.sure) == (name, mended, True)
    assert "<" in body.decode(name) or body.decode(name).lstrip("\ufeff镕") in (TEXT, "plain")


def test_a_charset_that_a_page_says_and_keeps_is_taken() -> None:
    assert charset_of("某某商貿有限公司被投訴".encode("big5"), "text/html; charset=big5").name == "big5"


def test_charset_given_by_the_source_and_bytes_that_are_none() -> None:
    assert charset_of(TEXT.encode(), "charset=utf-8", "gb18030").name == "gb18030"
    broken = TEXT.encode()[:-1] + b"\xff\xff\x00\x81"
    assert not charset_of(broken, "text/html; charset=utf-8", "utf-8").sure


@pytest.mark.parametrize(
    ("given", "day"),
    [
        ("2026-10-03", "2026-10-03"),
        ("2026-10-03 09:12", "2026-10-03"),
        ("2026-10-03T20:00:00+00:00", "2026-10-04"),
        ("2026-10-03T20:00:00Z", "2026-10-04"),
        ("发布于 2026年1月3日", "2026-01-03"),
        ("2026/1/3", "2026-01-03"),
        ("Sat, 03 Oct 2026 20:00:00 GMT", "2026-10-04"),
        ("1790971200", "2026-10-03"),
        ("1790971200000", "2026-10-03"),
        ("2026-02-30", None),
        ("昨天", None),
    ],
)
def test_days_as_sites_write_them(given: str, day: str | None) -> None:
    assert day_of(given, ZONE) == day


def test_values_are_kept_as_the_source_says() -> None:
    rules = {
        "published_by": FieldRule(at="x", pattern="来源[::](.+)"),
        "confirmed": FieldRule.model_validate({"at": "x", "values": {"已核实": "true"}}),
        "published_on": FieldRule(at="x"),
    }
    raw = {"published_by": "来源:大河", "confirmed": "未知", "published_on": "昨天", "title": None}
    kept, odd = settle(rules, raw, ZONE)
    assert kept == {"published_by": "大河", "published_on": "昨天"}
    assert len(odd) == 2 and "未知" in odd[0] and "昨天" in odd[1]
    assert settle(rules, {"published_by": "大河"}, ZONE) == ({}, [])


def _read(source: Source, text: str, *, first: bool = True, url: str = "") -> Any:
    return read_list(source, url or source.start.urls[0], text, text.encode(), ZONE, first=first)


@pytest.fixture
def sources(settings: Settings) -> dict[str, Source]:
    """What ships."""
    return load_sources(settings)


def test_a_page_that_changed_shape_says_selector_and_address(sources: dict[str, Source]) -> None:
    news = sources["news_heluo"]
    with pytest.raises(ShapeError, match=r"http://news.example/list.html: list.items 'ul.news-list li.item' finds 0"):
        _read(news, "<ul><li>x</ul>")
    assert _read(news, "<ul></ul>", first=False).entries == []
    items = '<ul class="news-list">' + '<li class="item"><a class="headline">x</a></li>' * 3 + "</ul>"
    with pytest.raises(ShapeError, match=r"list.fields.published_on 'span.date' finds nothing in 3 of 3"):
        _read(news, items)
    dated = items.replace("</li>", '<span class="date">2026-10-01</span></li>')
    with pytest.raises(ShapeError, match=r"list.link 'a.headline::attr\(href\)' finds nothing in 3 of 3"):
        _read(news, dated)


def test_json_that_changed_shape_says_so(sources: dict[str, Source]) -> None:
    complaints = sources["complaints_consumer"]
    assert _read(complaints, '{"items": [], "next": null}').entries == []
    for text, told in (('{"rows": []}', "finds no list"), ("<html>", "is no JSON"), ("[" * 100_000, "is no JSON")):
        with pytest.raises(ShapeError, match=told):
            _read(complaints, text)


def test_one_item_that_lacks_a_field_is_no_change_of_shape(sources: dict[str, Source]) -> None:
    entry = '{"leadId": "%s", "adText": "x", "seenOn": "2026-10-01"}'
    text = '{"data": {"list": [' + ",".join(entry % name for name in ("a", "b", "")) + "]}}"
    found = _read(sources["leads_advertising"], text)
    assert [entry.missing for entry in found.entries] == [(), (), ("id",)]
    assert found.entries[0].address == "http://ads.example/api/leads#a"
    assert found.next == "http://ads.example/api/leads?size=200&page=2"


@pytest.mark.parametrize(
    "text",
    [
        "<rss><channel><item><title>聘</title><link>http://jobs.example/1</link><pubDate>Sat, 03 Oct 2026 20:00:00 GMT"
        "</pubDate><guid>g</guid></item></channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>聘</title><link rel="alternate" href="/1"/><id>g</id>'
        "<published>2026-10-04T04:00:00+08:00</published></entry></feed>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><item><title>聘</title><link>/1</link><guid>g</guid>'
        "<dc:date>2026-10-04</dc:date></item></rdf:RDF>",
    ],
)
def test_feeds_of_three_kinds(sources: dict[str, Source], text: str) -> None:
    (entry,) = _read(sources["jobs_central"], text).entries
    assert entry.address == "http://jobs.example/1"
    assert entry.fields == {"title": "聘", "published_on": "2026-10-04", "id": "g", "url": "http://jobs.example/1"}


def test_a_feed_cannot_read_files_or_grow(sources: dict[str, Source]) -> None:
    inside = '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    text = f"{inside}<rss><channel><item><title>&x;</title><link>http://jobs.example/1</link></item></channel></rss>"
    (entry,) = _read(sources["jobs_central"], text).entries
    assert entry.fields["title"] == "&x;", "what the entity names was not opened"
    steps = "".join(f'<!ENTITY {one} "{f"&{other};" * 99}">' for one, other in ("ba", "cb", "dc", "ed"))
    grown = f'<!DOCTYPE r [<!ENTITY a "{"x" * 999}">{steps}]><rss><channel><title>&e;</title></channel></rss>'
    with pytest.raises(ShapeError, match=r"is no XML|finds 0 items"):
        _read(sources["jobs_central"], grown)
    with pytest.raises(ShapeError, match="is no XML"):
        _read(sources["jobs_central"], "<rss><channel>")


def test_pages_of_items() -> None:
    item = ItemPage.model_validate(
        {"content": "div.content", "withdrawn": "p.gone", "fields": {"title": "h1"}, "expect": ["title"]}
    )

    def read(text: str) -> Any:
        return read_page_of(item, text, {"title": "列表", "id": "1"}, ZONE)

    page = read("<h1> 标 题 </h1><aside>甲</aside><div class=content>正文</div>")
    assert page.fields == {"title": "标 题", "id": "1"}
    assert page.content == read("<h1>别的</h1><aside>乙</aside><div class=content> 正文</div>").content
    assert page.content != read("<h1>标题</h1><div class=content>正文改</div>").content
    withdrawn = read("<h1>标题</h1><p class=gone>撤</p><div class=content>正文</div>")
    assert withdrawn.withdrawn and withdrawn.content != page.content
    assert read("<p>nothing</p>").missing == ("title",)


def test_a_parameter_is_set_once() -> None:
    assert with_parameter("http://h.example/a?x=1&page=2&y=", "page", "3") == "http://h.example/a?x=1&y=&page=3"
