"""Items and pages of a small archive in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.web.archive import ArchiveError
from orchestration.web.store import ITEMS, TEXTS, Partition

FETCHED = datetime(2026, 5, 31, 15, 59, 59, tzinfo=UTC)
FRAME = """<!doctype html><html><head><meta charset="gb2312"><title>{title}_河洛商报网</title></head><body>
<header><nav><a href="/">首页</a> <a href="/c/1">时政</a> <a href="/c/2">财经</a> <a href="/c/3">消费</a></nav></header>
<div class="main"><h1 class="title">{title}</h1>
<div class="info"><span class="date">{day}</span><span class="source">来源：大河经济网</span></div>
<div class="content">{content}</div></div>
<aside><h3>热点新闻</h3><ul><li><a href="/a/9.html">别的公司的另一篇报道标题</a></li>
<li><a href="/a/8.html">又一篇报道</a></li></ul></aside>
<footer>版权所有 河洛商报网 豫ICP备00000000号 联系我们 广告服务</footer></body></html>"""


def article(title: str, *paragraphs: str, day: str = "2026-05-03 09:12") -> str:
    """A page as news sites make them: frame, headline, day, text."""
    content = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return FRAME.format(title=title, content=content, day=day)


@dataclass(frozen=True)
class Stored:
    """What the archive gives back."""

    body: bytes


def item(name: str, *, kind: str = "html", state: str = "live", charset: str | None = None, **fields: object) -> dict:
    """One row of table ``items``; its pages lie at ``warc`` = name."""
    return {
        "item_id": name,
        "source": "news_heluo",
        "url": f"http://news.example/{name}",
        "fetched_url": f"http://news.example/{name}",
        "fetched_at": FETCHED,
        "status": 200,
        "kind": kind,
        "charset": charset,
        "fields": json.dumps(fields, ensure_ascii=False),
        "payload_sha256": name * 4,
        "warc": name,
        "warc_offset": 0,
        "state": state,
    }


@pytest.fixture
def crawl(settings: Settings):
    """Writes items as if they had been crawled; gives a reader of their pages."""

    def write(rows: list[dict], pages: dict[str, bytes], month: str = "2026-05"):
        frame = pl.DataFrame(rows, schema=dict(ITEMS))
        Partition(settings, "crawl", month, "news_heluo").replace({"items": frame}, {})

        def read(_: Settings, items: pl.DataFrame) -> Iterator[tuple[int, Stored | ArchiveError]]:
            for row, name in reversed(list(enumerate(items["warc"]))):
                yield row, Stored(pages[name]) if name in pages else ArchiveError(f"{name} is not there")

        return read

    return write


@pytest.fixture
def put_texts(settings: Settings):
    """Writes texts of a source and month as if they had been extracted."""

    def write(source: str, month: str, texts: dict[str, str | None], *, url: dict[str, str] | None = None, **columns):
        rows = [
            {
                "text_id": name,
                "source": source,
                "url": (url or {}).get(name, f"http://{source}.example/{name}"),
                "topic_hint": "NEWS",
                "text": text,
                "fetched_at": datetime(int(month[:4]), int(month[5:]), 20, tzinfo=UTC),
                "state": "gone" if text is None else "live",
            }
            | {key: value.get(name) for key, value in columns.items()}
            for name, text in texts.items()
        ]
        frame = pl.DataFrame(rows, schema=dict(TEXTS))
        Partition(settings, "texts", month, source).replace({"texts": frame}, {})

    return write


@pytest.fixture
def own_rules(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, settings: Settings) -> Path:
    """A jurisdiction whose rules a test may write."""
    folder = tmp_path / "definition"
    (folder / "web").mkdir(parents=True)
    monkeypatch.setattr(Settings, "definition", property(lambda _: folder))
    return folder / "web"
