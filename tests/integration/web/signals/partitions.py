"""Hand-made partitions of the web branch: pages of sources, whom they name, how they speak."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import polars as pl

from orchestration.settings import Settings
from orchestration.web.store import COPIES, ITEMS, JUDGED, JUDGED_PARTS, MENTIONS, REVIEW, TEXTS, Partition
from tests.integration.warehouse.partitions import publish

FIRM, OTHER = "91410105MA00000001", "91410105MA00000002"
NAMES = {FIRM: "郑州大河商贸有限公司", OTHER: "郑州大河商贸城有限公司"}


@dataclass(frozen=True)
class Page:
    """One version of an item, and what was made of it; ``firms`` maps enterprise to (band, confidence)."""

    item: str
    firms: dict[str, tuple[str, float]]
    source: str = "news"
    topic: str = "NEWS"
    url: str | None = None
    day: str | None = "2026-05-03"
    fetched: str = "2026-05-04T02:00:00"
    state: str = "live"
    polarity: str | None = "-1"
    judged_topic: str | None = None
    copy_of: str | None = None
    fields: dict[str, Any] | None = None
    extracted: bool = True
    title: str | None = None

    @property
    def address(self) -> str:
        """Its address, by default made of its item."""
        return self.url or f"http://{self.source}.example/{self.item}"


def mention(url: str, firm: str) -> str:
    """Number of the mention of a firm by its name."""
    return f"mention of {NAMES[firm]} in {url}"


def put(settings: Settings, month: str, *pages: Page, sources: dict[str, str] | None = None) -> None:
    """Replace every step of a month; ``sources`` gives status of crawls, by default ok for the sources of the pages."""
    statuses = sources if sources is not None else {page.source: "ok" for page in pages} or {"news": "ok"}
    for source, status in statuses.items():
        own = [page for page in pages if page.source == source]
        items = pl.DataFrame([_item(page) for page in own], schema=dict(ITEMS))
        Partition(settings, "crawl", month, source).replace({"items": items}, {"status": status})
        texts = pl.DataFrame([_text(page) for page in own if page.extracted], schema=dict(TEXTS))
        Partition(settings, "texts", month, source).replace({"texts": texts}, {"status": "ok"})
    copies = [
        {"text_id": page.item, "near_duplicate_of": page.copy_of, "likeness": 0.9} for page in pages if page.copy_of
    ]
    Partition(settings, "copies", month).replace({"copies": pl.DataFrame(copies, schema=dict(COPIES))}, {})
    decide(settings, month, *(row for page in pages for row in _mentions(page)))
    judge(settings, month, *(_judged(page) for page in pages if page.polarity))


def decide(settings: Settings, month: str, *rows: dict[str, Any]) -> None:
    """Replace the mentions of a month."""
    tables = {
        "mentions": pl.DataFrame(list(rows), schema=dict(MENTIONS)),
        "review": pl.DataFrame(schema=dict(REVIEW)),
    }
    Partition(settings, "matches", month).replace(tables, {})


def answer(settings: Settings, month: str, page: Page, name: str, firm: str | None, day: str) -> None:
    """What a person said of a name in a page, as the answers' feed publishes it."""
    row = {"mention_id": mention(page.address, name), "decision": "1" if firm else "2", "enterprise_id": firm,
           "answered_on": day}  # fmt: skip
    publish(settings, "s01_match_answers", month, [row])


def decided(page: Page, name: str, firm: str | None, band: str = "accept", confidence: float = 1.0) -> dict[str, Any]:
    """A mention of ``name`` (the firm whose name it is) in a page, decided to be ``firm``."""
    return {
        "mention_id": mention(page.address, name), "text_id": page.item, "enterprise_id": firm, "mention": NAMES[name],
        "name_kind": "full", "start": 0, "confidence": confidence, "band": band, "reasons": "",
    }  # fmt: skip


def judge(settings: Settings, month: str, *rows: dict[str, Any], parts: Sequence[dict[str, Any]] = ()) -> None:
    """Replace the judgements of a month, of texts and of what they say of single enterprises."""
    tables = {
        "judged": pl.DataFrame(list(rows), schema=dict(JUDGED)),
        "judged_parts": pl.DataFrame(list(parts), schema=dict(JUDGED_PARTS)),
    }
    Partition(settings, "judged", month).replace(tables, {})


def part(page: Page, name: str, polarity: str) -> dict[str, Any]:
    """How a page that names several enterprises speaks of the one that it calls ``name``."""
    whole = judged(page.item, polarity)
    return {key: whole[key] for key in JUDGED_PARTS if key in whole} | {"mention_id": mention(page.address, name)}


def judged(item: str, polarity: str, topic: str = "NEWS", model: str = "small 0123456789ab") -> dict[str, Any]:
    """How a text speaks."""
    negative = {"-1": 0.97, "0": 0.2, "1": 0.01}[polarity]
    return {"text_id": item, "topic": topic, "topic_confidence": 0.9, "polarity": polarity, "negative": negative,
            "model": model}  # fmt: skip


def _item(page: Page) -> dict[str, Any]:
    return {
        "item_id": page.item, "source": page.source, "url": page.address, "fetched_at": _instant(page), "status": 200,
        "kind": "html", "state": page.state, "payload_sha256": f"sha of {page.item}",
    }  # fmt: skip


def _text(page: Page) -> dict[str, Any]:
    return {
        "text_id": page.item, "source": page.source, "url": page.address, "topic_hint": page.topic,
        "title": page.title or f"title of {page.item}", "text": "text",
        "published_on": page.day and date.fromisoformat(page.day),
        "fields": json.dumps(page.fields or {}), "content_hash": f"hash of {page.item}", "state": page.state,
        "fetched_at": _instant(page), "payload_sha256": f"sha of {page.item}",
    }  # fmt: skip


def _mentions(page: Page) -> list[dict[str, Any]]:
    return [decided(page, firm, firm, band, confidence) for firm, (band, confidence) in page.firms.items()]


def _judged(page: Page) -> dict[str, Any]:
    return judged(page.item, str(page.polarity), page.judged_topic or page.topic)


def _instant(page: Page) -> datetime:
    return datetime.fromisoformat(page.fetched).replace(tzinfo=UTC)
