"""Lists of every kind: a feed, JSON by pages or by changes, entries in HTML, lists that never end."""

from __future__ import annotations

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from orchestration.settings import Settings
from orchestration.web.archive import read_page
from orchestration.web.crawl import crawl
from orchestration.web.sources import Source, load_sources
from orchestration.web.store import Partition
from tests.integration.web.sites import Answer, Web, month_of

ATOM = """<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<link rel="next" href="{next}"/>
<entry><id>tag:{n}</id><title>诚聘 {n}</title><link href="http://jobs.example/job/{n}"/>
<published>2026-10-0{n}T23:30:00Z</published><author><name>某公司</name></author></entry></feed>"""


def _quiet(line: str) -> None:
    """Tests are silent."""


def _rows(settings: Settings, source: str, month: str = "2026-10") -> dict[str, dict[str, Any]]:
    items = Partition(settings, "crawl", month, source).read("items")
    return {row["url"]: {**row, "fields": json.loads(row["fields"])} for row in items.iter_rows(named=True)}


def test_a_feed_whose_entries_have_pages(settings: Settings, web: Web) -> None:
    source = load_sources(settings)["jobs_central"]
    feed = {"kind": "application/atom+xml"}
    web.page("http://jobs.example/feed.xml", ATOM.format(n=2, next="http://jobs.example/feed.xml?page=2"), **feed)
    web.page("http://jobs.example/feed.xml?page=2", ATOM.format(n=1, next=""), **feed)
    for number in (1, 2):
        web.page(
            f"http://jobs.example/job/{number}",
            f'<h1 class="job-title">焊工</h1><div class="company">公司{number}</div><div class="job-desc">招焊工</div>',
        )
    (summary,) = crawl(settings, source, ["2026-10"], _quiet)
    assert summary.status == "ok", summary.sentence
    rows = _rows(settings, "jobs_central")
    assert sorted(rows) == ["http://jobs.example/job/1", "http://jobs.example/job/2"]
    fields = rows["http://jobs.example/job/2"]["fields"]
    assert (fields["company"], fields["title"], fields["published_on"]) == ("公司2", "焊工", "2026-10-03")


def test_changes_of_a_json_interface_are_asked_for_since_the_last_walk(settings: Settings, web: Web) -> None:
    source = load_sources(settings)["complaints_consumer"]

    def entry(number: int, status: str = "处理中", resolved: str | None = None) -> dict[str, Any]:
        url = f"http://complaints.example/complaint/{number}"
        company = {"name": "某某公司", "code": None, "district": "郑州市"}
        text = {"title": "退款", "text": f"退款难{number}", "published_at": "2026-09-30T20:00:00+00:00"}
        return {"id": f"TS{number}", "url": url, **text, "company": company, "status": status, "resolved_at": resolved}

    def interface(handler: BaseHTTPRequestHandler, asked: int) -> Answer:
        later = month_of(handler) == "2026-10"
        both = [entry(1, "已办结", "2026-10-09T10:00:00+08:00"), entry(2, "已撤回"), entry(3)]
        items = both if later else [entry(1), entry(2)]
        return Answer(json.dumps({"next": None, "items": items}).encode(), kind="application/json")

    first = "http://complaints.example/api/complaints?updated_after=2026-02-22T23%3A59%3A59%2B08%3A00"
    then = "http://complaints.example/api/complaints?updated_after=2026-09-30T22%3A59%3A59%2B08%3A00"
    web.routes[first] = web.routes[then] = interface
    one, two = crawl(settings, source, ["2026-09", "2026-10"], _quiet)
    assert (one.status, two.status) == ("ok", "ok"), (one.sentence, two.sentence)
    assert one.items == {"live": 2}
    assert two.items == {"changed": 1, "gone": 1, "live": 1}
    settled = _rows(settings, "complaints_consumer")["http://complaints.example/complaint/1"]
    assert (settled["kind"], settled["state"]) == ("json", "changed")
    assert settled["fields"]["resolved_on"] == "2026-10-09"
    assert settled["fields"]["published_on"] == "2026-10-01", "a day is a day where the regulator is"
    page = read_page(settings, settled["warc"], settled["warc_offset"], settled["payload_sha256"])
    assert page.url == then


def test_pages_of_a_json_interface_are_counted_until_one_is_empty(settings: Settings, web: Web) -> None:
    source = load_sources(settings)["leads_advertising"]

    def leads(*numbers: int) -> bytes:
        entries = [
            {
                "leadId": f"AD{n}",
                "headline": "广告",
                "adText": f"最佳疗效{n}",
                "seenOn": "2026-10-03",
                "verified": state,
            }
            for n, state in zip(numbers, ("已核实", "已排除", "待定"), strict=False)
        ]
        return json.dumps({"data": {"list": entries}}).encode()

    base = "http://ads.example/api/leads?size=200"
    for address, body in ((base, leads(1, 2, 3)), (f"{base}&page=2", leads(4)), (f"{base}&page=3", leads())):
        web.routes[address] = Answer(body, kind="application/json")
    (summary,) = crawl(settings, source, ["2026-10"], _quiet)
    assert summary.status == "ok", summary.sentence
    rows = _rows(settings, "leads_advertising")
    confirmed = {url.partition("#")[2]: row["fields"].get("confirmed") for url, row in rows.items()}
    assert confirmed == {"AD1": "true", "AD2": "false", "AD3": None, "AD4": "true"}
    skipped = Partition(settings, "crawl", "2026-10", "leads_advertising").read("skipped")
    assert skipped.select("url", "reason").rows() == [("http://ads.example/api/leads#AD3", "odd_value")]
    assert "待定" in skipped["sentence"][0]


LEAD = """<article class="lead" id="wl-{n}"><h3>直播</h3><time datetime="2026-10-03">10月3日</time>
<dl><dd class="company">某店</dd><dd class="code"></dd><dd class="check">未核实</dd></dl>
<p class="text">虚假{n}</p></article>"""


def test_a_list_that_never_ends_is_left_when_it_is_empty(settings: Settings, web: Web) -> None:
    source = load_sources(settings)["leads_trading"]
    following = '<nav><a class="next" href="/leads/p{}/">下一页</a></nav>'
    web.page("http://trade.example/leads/", "\ufeff" + LEAD.format(n=1) + following.format(2))
    for number in range(2, 6):
        web.page(f"http://trade.example/leads/p{number}/", "<p>暂无数据</p>" + following.format(number + 1))
    (summary,) = crawl(settings, source, ["2026-10"], _quiet)
    assert (summary.status, summary.items) == ("ok", {"live": 1})
    assert not web.asked["http://trade.example/leads/p3/"]
    row = _rows(settings, "leads_trading")["http://trade.example/leads/#wl-1"]
    assert row["kind"] == "feed"
    assert row["fields"]["confirmed"] == "false" and "code" not in row["fields"]


def test_a_list_that_always_has_something_new_ends_at_its_bound(
    settings: Settings, web: Web, news: Callable[..., Source]
) -> None:
    def calendar(handler: BaseHTTPRequestHandler, asked: int) -> Answer:
        day = int(parse_qs(urlsplit(handler.path).query).get("day", ["1"])[0])
        body = (
            f'<article id="{day}"><h3>第{day}天</h3></article><a class="next" href="/calendar?day={day + 1}">次日</a>'
        )
        return Answer(body.encode())

    for day in range(1, 9):
        web.routes["http://news.example/calendar" + (f"?day={day}" if day > 1 else "")] = calendar
    source = news(
        start={"kind": "pages", "urls": ["http://news.example/calendar"]},
        list={
            "items": "article",
            "next": "a.next::attr(href)",
            "address": "http://news.example/calendar#{id}",
            "fields": {"id": "./@id", "title": "h3"},
        },
        item=None,
        limits={"seconds": 1, "minutes": 1, "pages": 4},
    )
    (summary,) = crawl(settings, source, ["2026-10"], _quiet)
    assert (summary.status, summary.rows) == ("partial", 4)
    assert "limits.pages" in summary.sentence
