"""Where the steps of the web branch leave their tables, and which columns these have.

Belongs here: folders and table schemas.
Does not belong here: how rows come to be (the packages of the steps), how a partition is replaced (``partition``).

Everything lies under ``lake/web``: ``archive/<source>/`` pages as fetched (WARC), ``<table>/<source>/month=<YYYY-MM>/``
for what is made source by source, ``<table>/month=<YYYY-MM>/`` for what is made of all of them. A partition is written
beside its place and renamed into it, so that a reader sees the old one or the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import polars as pl

from orchestration import partition
from orchestration.settings import Settings, month_check

ITEMS: Mapping[str, Any] = {
    "item_id": pl.String,  # first 32 hex digits of sha256(source, url, payload hash); a changed page is a new item
    "source": pl.String,
    "url": pl.String,  # address of the item, the same through all its versions
    "fetched_url": pl.String,  # after redirects; for items of a list the address of the list
    "fetched_at": pl.Datetime("us", "UTC"),
    "status": pl.Int32,
    "kind": pl.String,  # html: a page of its own; json, feed: an entry with its text (feed: of HTML too)
    "charset": pl.String,
    "fields": pl.String,  # JSON object: what the list or the page's markup says: title, text, published_on, ...
    "payload_sha256": pl.String,  # of the archived body
    "warc": pl.String,  # path below lake/web/archive
    "warc_offset": pl.Int64,
    "state": pl.String,  # live, changed (seen before with other content) or gone (404, 410, withdrawn)
}
"""What a crawl found, one row per version of an item."""
SKIPPED: Mapping[str, Any] = {
    "source": pl.String,
    "url": pl.String,
    "reason": pl.String,  # a lower-case identifier by which skips are counted
    "sentence": pl.String,  # what, where, how to mend
    "at": pl.Datetime("us", "UTC"),
}
"""What was left out and why; nothing is dropped without a row here."""
TEXTS: Mapping[str, Any] = {
    "text_id": pl.String,  # the item_id
    "source": pl.String,
    "url": pl.String,
    "topic_hint": pl.String,  # topic of the source: NEWS, COMPLAINT, AD, TRADE, RECRUIT, COURT
    "title": pl.String,
    "text": pl.String,
    "published_on": pl.Date,
    "published_by": pl.String,
    "fields": pl.String,  # JSON object as in ITEMS
    "content_hash": pl.String,  # sha256 of the text without spaces and punctuation
    "state": pl.String,
    "fetched_at": pl.Datetime("us", "UTC"),
    "payload_sha256": pl.String,
    "warc": pl.String,
    "warc_offset": pl.Int64,
}
"""Texts worth reading, one row per item of which one could be made."""
COPIES: Mapping[str, Any] = {
    "text_id": pl.String,
    "near_duplicate_of": pl.String,  # text_id of the oldest text that this one repeats, over all sources; else null
    "likeness": pl.Float64,  # share of runs of characters that both have, 0 to 1, with the text it was found by
}
"""Which texts of a month repeat which; one row per text that repeats one, and none for the others."""
SIGNATURES: Mapping[str, Any] = {
    "text_id": pl.String,
    "source": pl.String,
    "url": pl.String,
    "published_on": pl.Date,
    "fetched_at": pl.Datetime("us", "UTC"),
    "signature": pl.Array(pl.UInt32, 32),  # two texts that are alike have at least one of the first 16 in common
}
"""What later months need to find copies of the texts of this one."""
MENTIONS: Mapping[str, Any] = {
    "mention_id": pl.String,  # first 32 hex digits of sha256(source, url, mention): the same for all versions of a text
    "text_id": pl.String,
    "enterprise_id": pl.String,
    "mention": pl.String,  # the name as the text has it
    "name_kind": pl.String,  # code, full, former, short
    "start": pl.Int32,  # first character of the first mention in title + newline + text; null if in a field
    "confidence": pl.Float64,
    "band": pl.String,  # accept, review, reject
    "reasons": pl.String,  # what spoke for it, for a person
}
"""Enterprises found in texts; accept: one row per text and enterprise; review and reject: the best candidate."""
REVIEW: Mapping[str, Any] = {
    "mention_id": pl.String,
    "kind": pl.String,  # text or record
    "where_found": pl.String,  # url of the text, or feed and key of the record
    "mention": pl.String,
    "context": pl.String,  # the sentence around the name, or the other fields of the record
    "candidates": pl.String,  # JSON list: enterprise_id, name, district, confidence, reasons; best first, at most 10
    "asked_in": pl.String,  # month in which it first came up
    "answer": pl.String,  # enterprise_id, 'none', or null while open
    "answered_on": pl.Date,
}
"""What a person should decide."""
JUDGED: Mapping[str, Any] = {
    "text_id": pl.String,
    "topic": pl.String,
    "topic_confidence": pl.Float64,
    "polarity": pl.String,  # -1, 0, 1
    "negative": pl.Float64,  # probability that the text is negative
    "model": pl.String,  # name and first 12 hex digits of the sha256 of the model
}
"""What texts are about and how they speak."""
JUDGED_PARTS: Mapping[str, Any] = {
    "text_id": pl.String,
    "mention_id": pl.String,
    "polarity": pl.String,  # -1, 0, 1
    "negative": pl.Float64,  # probability that the text is negative about the enterprise
    "model": pl.String,  # as in JUDGED
}
"""How texts that name several enterprises speak of each; one row per text and standing mention.

The key is the mention, not the enterprise: it stays the same when a person answers later who is meant by it.
"""
SIGNALS: Mapping[str, Any] = {
    "enterprise_id": pl.String,
    "signal_no": pl.String,  # W and 32 hex digits of sha256(source, url, enterprise): the same for all versions
    "topic": pl.String,
    "polarity": pl.String,
    "confirmed": pl.String,  # as the source says it
    "match_confidence": pl.Float64,
    "published_on": pl.Date,
    "url": pl.String,
    "content_hash": pl.String,  # of the oldest text of the group of copies
    "resolved_on": pl.String,  # as the source says it
    "source": pl.String,
    "title": pl.String,
    "mention": pl.String,
    "match_kind": pl.String,
    "band": pl.String,
    "withdrawn_on": pl.Date,
    "negative": pl.Float64,
    "judged_by": pl.String,
    "page": pl.String,  # the item_id
    "payload_sha256": pl.String,
    "fetched_on": pl.Date,  # local time of the jurisdiction
    "copies": pl.String,  # text_id of the oldest text of the group
    "mention_id": pl.String,
}
"""What is delivered as feed w01_web_signals, its columns and the mention it comes from."""
TABLES: Mapping[str, Mapping[str, Any]] = {
    "items": ITEMS,
    "skipped": SKIPPED,
    "texts": TEXTS,
    "copies": COPIES,
    "signatures": SIGNATURES,
    "mentions": MENTIONS,
    "review": REVIEW,
    "judged": JUDGED,
    "judged_parts": JUDGED_PARTS,
    "signals": SIGNALS,
}


def web_home(settings: Settings) -> Path:
    """Folder of the web branch in the lake."""
    return settings.home / "lake" / "web"


@dataclass(frozen=True)
class Partition(partition.Partition):
    """One month of a step (crawl, texts, copies, matches, judged, signals), of one source or of all."""

    branch: ClassVar[str] = "web"
    tables: ClassVar[Mapping[str, Mapping[str, Any]]] = TABLES


def months_until(settings: Settings, step: str, month: str, source: str | None = None) -> list[str]:
    """Months up to ``month`` for which a step has been done, oldest first."""
    return partition.months_until(settings, Partition.branch, step, month, source)


def sources_of(settings: Settings, step: str, month: str) -> list[str]:
    """Sources for which a step that is made source by source has been done in a month, by name."""
    found = (web_home(settings) / step).glob(f"*/month={month_check(month)}/summary.json")
    return sorted(path.parent.parent.name for path in found)
