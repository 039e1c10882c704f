"""A web for the tests, and a source of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orchestration.web.sources import Source
from tests.integration.web.sites import Web, serving

NEWS: dict[str, Any] = {
    "name": "news",
    "title_zh": "新闻",
    "title_en": "News",
    "owner": "market_regulation",
    "legal_basis": "public",
    "topic": "NEWS",
    "effective_from": "2026-01",
    "memento": True,
    "start": {"kind": "pages", "urls": ["http://news.example/list.html"]},
    "hosts": ["news.example"],
    "list": {
        "items": "ul.news li",
        "link": "a::attr(href)",
        "next": "a.next::attr(href)",
        "fields": {"title": "a", "published_on": "span.date"},
    },
    "item": {"content": "div.content", "withdrawn": "div.withdrawn", "fields": {"title": "h1"}, "expect": ["title"]},
    "expect": {"items": 1, "fields": ["title"]},
    "pace": {"delay": 0, "parallel": 4, "retries": 1, "backoff": 0.05},
    "limits": {"seconds": 1, "minutes": 1},
}


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """A server that the crawler reaches as its proxy."""
    with serving() as found:
        monkeypatch.setenv("ECR_WEB_PROXY", f"http://127.0.0.1:{found.port}")
        yield found


@pytest.fixture
def news() -> Callable[..., Source]:
    """A source of articles; keywords replace its parts, a part of None goes."""

    def made(**parts: Any) -> Source:
        given = {name: value for name, value in {**NEWS, **parts}.items() if value is not None}
        return Source.model_validate(given)

    return made


def listed(*links: str, day: str = "2026-10-20", following: str = "") -> str:
    """A list page of articles."""
    items = "".join(f'<li><a href="{link}">标题 {link}</a><span class="date">{day}</span></li>' for link in links)
    return f'<meta charset="utf-8"><ul class="news">{items}</ul>' + (
        f'<a class="next" href="{following}">下一页</a>' if following else ""
    )


def article(text: str, extra: str = "", side: str = "") -> str:
    """An article with something around it."""
    return f'<h1>标题</h1><div class="side">{side}</div>{extra}<div class="content"><p>{text}</p></div>'
