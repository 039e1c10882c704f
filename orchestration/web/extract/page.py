"""One HTML page: its title, text, day and publisher.

Belongs here: what trafilatura makes of a page, and how a list's own words are weighed against it.
Does not belong here: charset (``decode``), spellings of days (``dates``), tables (``month``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from orchestration.web.extract.decode import DecodeError, decode

LARGEST_BODY = 20_000_000
"""Bytes of a page beyond which it is not parsed."""
# Lengths are bounded, so that a page of angle brackets does not cost quadratic time.
_TAG = re.compile(
    r"<(?:script|style)\b[^>]{0,500}>.{0,20000}?</(?:script|style)>|<[^<>]{0,3000}>", re.DOTALL | re.IGNORECASE
)
_STATED = re.compile(
    r"(?:发布|发表|刊发|公告|公布|投诉|提交|发帖|裁判|公开|开庭|刊登)(?:时间|日期)|(?<!更新)(?<!营业)(?:时间|日期)(?=\s*[:：])"
)
_STATED_DAY = re.compile(r"[\s:：]*([^\s:：].{0,40})", re.DOTALL)


class PageError(ValueError):
    """Nothing can be made of a page; ``reason`` counts it, the message says it.

    Attributes:
        reason: empty_page, too_large, undecodable, no_text.
    """

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


@dataclass(frozen=True)
class Page:
    """What a page says; null where it does not say it.

    Attributes:
        title: its heading.
        text: its text without navigation, advertising and comments.
        day: the words that state its day, for ``dates.read_day``.
        by: its author, else the name of the site.
    """

    title: str | None
    text: str | None
    day: str | None
    by: str | None


@cache
def _config() -> Any:
    """Settings of trafilatura: court notices and complaints are short, so short texts count; no signals, no clock."""
    from trafilatura.settings import use_config

    config = use_config()
    for name, value in {"MIN_EXTRACTED_SIZE": "20", "MIN_OUTPUT_SIZE": "1", "EXTRACTION_TIMEOUT": "0"}.items():
        config.set("DEFAULT", name, value)
    return config


def read_page(body: bytes, declared: str | None, url: str, fetched_at: datetime) -> Page:
    """What an HTML page says.

    Args:
        body: the page as archived.
        declared: charset that the crawler noted.
        url: address of the page; it may hold the day.
        fetched_at: local time of the fetch; later days are not believed.

    Raises:
        PageError: it is empty, too large, or its charset cannot be told.
    """
    if not body.strip():
        raise PageError("empty_page", "The page has no content; if all are so, the site may refuse the crawler.")
    if len(body) > LARGEST_BODY:
        raise PageError("too_large", f"The page has {len(body):,} bytes, more than {LARGEST_BODY:,}; it is not parsed.")
    try:
        markup, _ = decode(body, declared)
    except DecodeError as error:
        raise PageError("undecodable", str(error)) from error
    page = _extracted(markup, url, fetched_at)
    return replace(page, day=stated_day(markup) or page.day)


def stated_day(markup: str) -> str | None:
    """The words behind a label such as 发布时间, which say more surely than any search which day is meant."""
    visible = _TAG.sub(" ", markup[:300_000])
    for label in _STATED.finditer(visible):
        words = _STATED_DAY.match(visible, label.end())
        if words and re.match(r"[\d〇零一二两三四五六七八九十半几刚今昨前]", words[1]):
            return " ".join(words[1].split())
    return None


def _extracted(markup: str, url: str, fetched_at: datetime) -> Page:
    from trafilatura import bare_extraction

    found = bare_extraction(
        markup,
        url=url,
        include_comments=False,
        include_tables=True,
        with_metadata=True,
        config=_config(),
        date_extraction_params={
            "original_date": True,
            "extensive_search": False,  # it would take any year in the page for a day
            "max_date": fetched_at.strftime("%Y-%m-%d"),
        },
    )
    if found is None:
        return Page(None, None, None, None)
    # Attribute access on purpose: the type of the result differs between versions of the library.
    title, text = getattr(found, "title", None), getattr(found, "text", None)
    by = getattr(found, "author", None) or getattr(found, "sitename", None)
    return Page(title, _below(title, text), getattr(found, "date", None), by)


def _below(title: str | None, text: str | None) -> str | None:
    """The text without lines that only repeat the title."""
    if not text or not title:
        return text
    return "\n".join(line for line in text.split("\n") if line.strip() != title.strip())
