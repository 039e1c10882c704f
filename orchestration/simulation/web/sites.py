"""The six sites: what each answers to a path as of an instant.

Belongs here: lists, feeds, JSON, pages, robots.txt, charsets; pure functions from items to bytes.
Does not belong here: time (``shelf``), HTTP and hostile answers (``serve``).

Addresses and markup are those that the sources of ``data/web/sources`` describe.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from orchestration.simulation.web.fates import CLOCK, STATES
from orchestration.simulation.web.shelf import Item, Shelf
from orchestration.simulation.web.store import HOSTS

HTML, JSON, ATOM = "text/html; charset=utf-8", "application/json; charset=utf-8", "application/atom+xml; charset=utf-8"
BARE_HTML = "text/html"
NEWS_PAGE, FEED_PAGE, COURT_PAGE, JSON_PAGE, TRADE_PAGE = 30, 30, 50, 200, 40
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHINESE_DIGITS = "〇一二三四五六七八九"
ROBOTS = "User-agent: *\nCrawl-delay: 0\nDisallow: /internal/\n"


@dataclass(frozen=True)
class Answer:
    """Status, type of content, body; item: the item it shows, if it shows one."""

    status: int
    kind: str = HTML
    body: bytes = b""
    item: Item | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """A request that has come as far as a site: path with leading slash, query parameters, instant."""

    path: str
    query: Mapping[str, str]
    at: datetime

    def page(self) -> int:
        """Number of the page asked for, from 1."""
        text = self.query.get("page", "1")
        return int(text) if text.isdigit() and 0 < len(text) < 7 and int(text) > 0 else 1


def _local(moment: datetime) -> datetime:
    return moment + CLOCK


def _iso(moment: datetime) -> str:
    return _local(moment).strftime("%Y-%m-%dT%H:%M:%S+08:00")


def _chinese_day(day: datetime) -> str:
    """A day as courts write it: 二〇二六年十一月三日."""

    def small(number: int) -> str:
        tens, ones = divmod(number, 10)
        first = ("" if tens == 1 else CHINESE_DIGITS[tens]) + "十" if tens else ""
        return first + (CHINESE_DIGITS[ones] if ones else "")

    year = "".join(CHINESE_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{small(day.month)}月{small(day.day)}日"


def _paragraphs(text: str) -> str:
    return "".join(f"<p>{escape(line, quote=False)}</p>\n" for line in text.split("\n"))


def _frame(site: str, title: str, content: str, *, charset: str = "utf-8", aside: Sequence[str] = ()) -> str:
    """A page with what stands around the content of such sites."""
    side = "".join(f'<li><a href="#">{escape(line)}</a></li>' for line in aside)
    side = f'<div class="side"><h4>热点推荐</h4><ul>{side}</ul></div>' if aside else ""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{charset}">'
        f"<title>{escape(title)}_{site}</title></head>\n"
        f'<body><div class="header"><a href="/">{site}</a> <span>客户端</span> <span>登录</span> <span>注册</span>'
        "</div>\n"
        '<div class="nav"><a href="/">首页</a> | <a href="#">时政</a> | <a href="#">财经</a> | <a href="#">民生</a> | '
        f'<a href="#">关于我们</a></div>\n<div class="main">\n{content}\n</div>\n{side}\n'
        '<div class="share">分享到：微信 微博 QQ空间 打印本页 关闭窗口</div>\n'
        f'<div class="footer"><p>版权所有 {site} 未经授权不得转载</p>'
        "<p>豫ICP备00000000号 违法和不良信息举报电话：0371-00000000</p></div>"
        "</body></html>\n"
    )


def _cut(items: Sequence[Item], page: int, size: int) -> tuple[Sequence[Item], bool]:
    """The items of a page, and whether there are more."""
    return items[(page - 1) * size : page * size], len(items) > page * size


def news(shelf: Shelf, asked: Asked) -> Answer:
    """News: lists and articles in GB18030 that call themselves gb2312; withdrawn ones carry a mark or are gone."""
    name = "河洛商报网"
    if asked.path in ("/", "/list.html") or (asked.path.startswith("/list_") and asked.path[6:-5].isdigit()):
        page = int(asked.path[6:-5]) if asked.path.startswith("/list_") else 1
        shown, more = _cut(shelf.listed(asked.at), page, NEWS_PAGE)
        rows = "".join(
            f'<li class="item"><a class="headline" href="{item.row["path"]}">{escape(item.row["title"])}</a>'
            f'<span class="date">{_local(item.row["published"]):%Y-%m-%d}</span></li>\n'
            for item in shown
        )
        back = "/list.html" if page == 2 else f"/list_{page - 1}.html"
        pager = (f'<a class="prev" href="{back}">上一页</a> ' if page > 1 else "") + (
            f'<a class="next" href="/list_{page + 1}.html">下一页</a>' if more else ""
        )
        content = (
            f'<ul class="news-list">{rows}</ul>\n<div class="pager">{pager}</div>\n'
            '<p><a href="/calendar/2026/01/">往期回顾</a></p>'
        )
        return Answer(200, BARE_HTML, _frame(name, "新闻列表", content, charset="gb2312").encode("gb18030"))
    if asked.path.startswith("/calendar/"):
        return _calendar(name, asked.path)
    item = shelf.find(asked.path, asked.at)
    if item is None:
        return Answer(404)
    if item.change == "gone":
        return Answer(410, item=item)
    text = item.row["body_after"] if item.change == "corrected" else item.row["body"]
    mark = '<div class="withdrawn">本文因内容不实已撤回</div>\n' if item.change == "marked" else ""
    content = (
        f'<h1 class="title">{escape(item.row["title"])}</h1>\n<div class="info"><span class="date">'
        f"{_local(item.row['published']):%Y-%m-%d %H:%M}</span> "
        f'<span class="source">来源:{item.row["signed"]}</span></div>\n'
        f'{mark}<div class="content">{_paragraphs(text)}</div>'
    )
    page_text = _frame(name, item.row["title"], content, charset="gb2312", aside=shelf.before(item, 5))
    return Answer(200, BARE_HTML, page_text.encode("gb18030"), item)


def _calendar(name: str, path: str) -> Answer:
    """A trap: each page of the calendar links to the next, for ever."""
    digits = "".join(char for char in path if char.isdigit())[:12] or "1"
    number = int(digits) + 1
    links = f'<a href="/calendar/{number}/">下一天</a> <a href="/calendar/{number}/{number}/">更多</a>'
    return Answer(200, BARE_HTML, _frame(name, "日历", links, charset="gb2312").encode("gb18030"))


def jobs(shelf: Shelf, asked: Asked) -> Answer:
    """Jobs: an Atom feed in pages and one page per job; withdrawn ones are not found."""
    if asked.path == "/feed.xml":
        page = asked.page()
        shown, more = _cut(shelf.listed(asked.at), page, FEED_PAGE)
        newest = shown[0].row["published"] if shown else EPOCH
        entries = "".join(
            f"<entry><id>tag:jobs.example,2026:{item.row['key']}</id><title>{escape(item.row['title'])}</title>"
            f'<link href="{item.row["url"]}"/><published>{_iso(item.row["published"])}</published>'
            f"<updated>{_iso(item.row['published'])}</updated><author><name>{escape(item.row['company'])}</name></author>"
            f"<summary>{escape(item.row['body'][:40])}</summary></entry>\n"
            for item in shown
        )
        next_page = f'<link rel="next" href="http://jobs.example/feed.xml?page={page + 1}"/>\n' if more else ""
        feed = (
            '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>中原招聘</title>'
            f"<id>tag:jobs.example,2026:feed</id><updated>{_iso(newest)}</updated>\n{next_page}{entries}</feed>\n"
        )
        return Answer(200, ATOM, feed.encode("utf-8"))
    item = shelf.find(asked.path, asked.at)
    if item is None or item.change == "gone":
        return Answer(404, item=item)
    row = item.row
    content = (
        f'<h1 class="job-title">{escape(row["title"])}</h1>\n<div class="company">{escape(row["company"])}</div>'
        f'<div class="district">{escape(row["district"] or "")}</div><div class="time">发布时间：'
        f'{_local(row["published"]):%Y/%m/%d}</div>\n<div class="job-desc">{_paragraphs(row["body"])}</div>'
    )
    page_text = _frame("中原招聘", row["title"], content, aside=shelf.before(item, 4))
    return Answer(200, HTML, page_text.encode("gb18030" if row["trouble"] == "lies" else "utf-8"), item)


def complaints(shelf: Shelf, asked: Asked) -> Answer:
    """Complaints: JSON by the day of the last change, from an instant on."""
    if asked.path != "/api/complaints":
        item = shelf.find(asked.path, asked.at)
        if item is None:
            return Answer(404)
        text = f'<h1>{escape(item.row["title"])}</h1><div class="text">{_paragraphs(item.row["body"])}</div>'
        return Answer(200, HTML, _frame("消费投诉平台", item.row["title"], text).encode(), item)
    since, page = asked.query.get("updated_after"), asked.page()
    try:
        after = datetime.fromisoformat(since.replace(" ", "+")) if since else None
        found = [item for item in shelf.listed(asked.at) if after is None or item.updated > after]
    except (ValueError, TypeError):
        return Answer(400, JSON, b'{"error": "updated_after is no instant with an offset"}')
    found.sort(key=lambda item: (item.updated, item.place))
    shown, more = _cut(found, page, JSON_PAGE)
    given = f"updated_after={quote(since)}&" if since else ""
    answer = {
        "total": len(found),
        "next": f"http://complaints.example/api/complaints?{given}page={page + 1}" if more else None,
        "items": [_complaint(item) for item in shown],
    }
    return Answer(200, JSON, json.dumps(answer, ensure_ascii=False).encode("utf-8"))


def _complaint(item: Item) -> dict[str, object]:
    row = item.row
    status = {"settled": "已办结", "withdrawn": "已撤回"}.get(item.change or "", "处理中")
    return {
        "id": row["key"],
        "url": row["url"],
        "title": row["title"],
        "text": row["body"],
        "company": {"name": row["company"], "code": row["code"], "district": row["district"]},
        "published_at": _iso(row["published"]),
        "updated_at": _iso(item.updated),
        "status": status,
        "resolved_at": _iso(item.updated) if item.change == "settled" else None,
    }


def court(shelf: Shelf, asked: Asked) -> Answer:
    """Court notices: a table in pages and one page per notice; revoked ones say so."""
    name = "法院公告网"
    if asked.path == "/notices":
        page = asked.page()
        shown, more = _cut(shelf.listed(asked.at), page, COURT_PAGE)
        rows = "".join(
            f'<tr class="notice"><td class="case"><a href="{item.row["path"]}">{item.row["label"]}</a></td>'
            f'<td class="court">{item.row["signed"]}</td><td class="party">{escape(item.row["company"])}</td>'
            f'<td class="kind">{escape(item.row["title"])}</td>'
            f'<td class="date">{_local(item.row["published"]):%Y年%m月%d日}</td></tr>\n'
            for item in shown
        )
        head = "<thead><tr><th>案号</th><th>法院</th><th>当事人</th><th>公告类型</th><th>日期</th></tr></thead>"
        following = f'<a rel="next" href="/notices?page={page + 1}">下一页</a>' if more else ""
        table = f'<table class="notices">{head}<tbody>{rows}</tbody></table>\n{following}'
        return Answer(200, HTML, _frame(name, "公告列表", table).encode("utf-8"))
    item = shelf.find(asked.path, asked.at)
    if item is None:
        return Answer(404)
    row = item.row
    mark = '<p class="withdrawn">本公告已撤销</p>\n' if item.change == "marked" else ""
    content = (
        f'<h1 class="notice-title">{escape(row["title"])}</h1>\n{mark}<div class="notice-text"><p>{row["label"]}</p>\n'
        f'{_paragraphs(row["body"])}</div>\n<p class="sign">{row["signed"]}</p><p class="day">'
        f"{_chinese_day(_local(row['published']))}</p>"
    )
    return Answer(200, HTML, _frame(name, row["title"], content).encode("utf-8"), item)


def _state(item: Item) -> str:
    """State of a lead: one that is verified later is not yet."""
    later = item.row["change"] == "verified" and not item.changed
    return STATES[0] if later else item.row["label"]


def ads(shelf: Shelf, asked: Asked) -> Answer:
    """Advertising leads: JSON by number of page; behind the last page lists are empty."""
    if asked.path != "/api/leads":
        return Answer(404)
    text = asked.query.get("size", "")
    size = min(int(text), JSON_PAGE) if text.isdigit() and len(text) < 7 and int(text) > 0 else JSON_PAGE
    shown, more = _cut(shelf.listed(asked.at), asked.page(), size)
    leads = [
        {
            "leadId": item.row["key"],
            "advertiser": item.row["company"],
            "creditCode": item.row["code"],
            "area": item.row["district"],
            "headline": item.row["title"],
            "adText": item.row["body"],
            "media": item.row["signed"],
            "seenOn": f"{_local(item.row['published']):%Y-%m-%d}",
            "verified": _state(item),
        }
        for item in shown
    ]
    answer = {"code": 0, "data": {"hasMore": more, "list": leads}}
    return Answer(200, JSON, json.dumps(answer, ensure_ascii=False).encode("utf-8"))


def trade(shelf: Shelf, asked: Asked) -> Answer:
    """Trading leads: lists of entries with a byte order mark; a trap: there is always a next page."""
    middle = asked.path.removeprefix("/leads/p").removesuffix("/")
    if asked.path != "/leads/" and not (asked.path.startswith("/leads/p") and middle.isdigit() and len(middle) < 9):
        return Answer(404)
    page = 1 if asked.path == "/leads/" else max(int(middle), 1)
    shown, _ = _cut(shelf.listed(asked.at), page, TRADE_PAGE)
    entries = "".join(
        f'<article class="lead" id="{item.row["key"]}"><h3>{escape(item.row["title"])}</h3>'
        f'<time datetime="{day:%Y-%m-%d}">{day.month}月{day.day}日</time><dl><dt>经营者</dt>'
        f'<dd class="company">{escape(item.row["company"])}</dd><dt>统一社会信用代码</dt>'
        f'<dd class="code">{item.row["code"] or ""}</dd><dt>所在地</dt>'
        f'<dd class="district">{item.row["district"] or ""}</dd>'
        f'<dt>核实</dt><dd class="check">{_state(item)}</dd></dl><p class="text">'
        f"{escape(item.row['body'], quote=False)}</p></article>\n"
        for item in shown
        for day in (_local(item.row["published"]),)
    )
    content = entries or '<p class="empty">暂无数据</p>'
    content += f'\n<nav><a class="next" href="/leads/p{page + 1}/">下一页</a></nav>'
    return Answer(200, "text/html", b"\xef\xbb\xbf" + _frame("网络交易监测", "线索", content).encode("utf-8"))


SITES: dict[str, Callable[[Shelf, Asked], Answer]] = {
    HOSTS["NEWS"]: news,
    HOSTS["RECRUIT"]: jobs,
    HOSTS["COMPLAINT"]: complaints,
    HOSTS["COURT"]: court,
    HOSTS["AD"]: ads,
    HOSTS["TRADE"]: trade,
}


def answer(host: str, shelf: Shelf, asked: Asked) -> Answer:
    """What a site answers; robots.txt is the same at all times."""
    if asked.path == "/robots.txt":
        more = "Disallow: /calendar/\n" if host == HOSTS["NEWS"] else ""
        return Answer(200, "text/plain; charset=utf-8", (ROBOTS + more).encode("ascii"))
    return SITES[host](shelf, asked)
