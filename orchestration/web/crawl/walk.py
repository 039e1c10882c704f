"""What one walk of a source is about, and what it has at hand.

Belongs here: the object that the spider and the middlewares share.
Does not belong here: anything that they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from scrapy.crawler import Crawler

from orchestration.web.crawl.state import State
from orchestration.web.crawl.summary import Tally
from orchestration.web.crawl.warc import Archive
from orchestration.web.sources import Source


@dataclass(frozen=True)
class Walk:
    """One source, one month.

    Attributes:
        month: partition.
        as_of: instant as of which the site is read: the clock, or the end of the month for a source with ``memento``.
        zone: time zone of the jurisdiction.
        state: what is known of the source.
        archive: where answers are kept.
        tally: what is counted.
        proxy: address of the proxy; None asks directly.
        refused: host -> address that is not public, for which the resolver refused it.
    """

    source: Source
    month: str
    as_of: datetime
    zone: ZoneInfo
    state: State
    archive: Archive
    tally: Tally
    proxy: str | None
    refused: dict[str, str]


def walk_of(crawler: Crawler) -> Walk:
    """The walk that a crawler was started for."""
    return cast(Walk, cast(Any, crawler.spider).walk)
