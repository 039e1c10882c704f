"""What a crawl did, counted, and the words for what it left out.

Belongs here: counts, outcome, the vocabulary of skips.
Does not belong here: deciding that something is left out (``spider``, ``pages``, ``guard``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["ok", "partial", "failed"]

AGAIN = frozenset({"timeout", "no_answer", "broken", "server_error", "too_many_requests"})
"""Reasons that may be gone by the next crawl; such an address is asked again, three times at most."""
ODD = "odd_value"
"""Reason of a row on one value of an item that could not be used; the item itself is kept."""
TRIES = 3
"""Crawls in which an address that gave no usable answer is asked before it is left alone."""


class CrawlError(RuntimeError):
    """A crawl cannot begin; the message says what, where and how to mend it."""


@dataclass
class Tally:
    """Counts of one month while it is being crawled.

    Attributes:
        items: state of an item (live, changed, gone) -> new rows.
        unchanged: items that were asked again and are as before, or stand in a list as before.
        skipped: reason -> addresses left out in this crawl.
        by_status: HTTP status -> answers, robots.txt and redirects among them.
        requests: requests sent, further attempts among them.
        retries: further attempts.
        bytes: bytes of bodies as they came.
        charset_mended: pages that are in another charset than they say.
        failures: sentences, each of which makes the crawl fail.
        bounds: sentences, each of which makes the crawl partial.
    """

    items: Counter[str] = field(default_factory=Counter)
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    by_status: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    retries: int = 0
    bytes: int = 0
    charset_mended: int = 0
    failures: list[str] = field(default_factory=list)
    bounds: list[str] = field(default_factory=list)

    def fail(self, sentence: str) -> None:
        """Note once why the crawl fails."""
        if sentence not in self.failures:
            self.failures.append(sentence)

    def bound(self, sentence: str) -> None:
        """Note once which bound ended the crawl."""
        if sentence not in self.bounds:
            self.bounds.append(sentence)

    @property
    def status(self) -> Status:
        """Failed where something was said to fail, partial where a bound was reached, else ok."""
        if self.failures:
            return "failed"
        return "partial" if self.bounds else "ok"

    def line(self) -> dict[str, Any]:
        """The counts as they pass from the crawling process to the one that waits."""
        return {
            "items": dict(self.items),
            "unchanged": self.unchanged,
            "skipped": dict(self.skipped),
            "by_status": dict(self.by_status),
            "requests": self.requests,
            "retries": self.retries,
            "bytes": self.bytes,
            "charset_mended": self.charset_mended,
            "status": self.status,
            "sentences": [*self.failures, *self.bounds],
        }


@dataclass(frozen=True)
class CrawlSummary:
    """What the crawl of one source for one month did; the meaning of the counts is that of ``Tally``.

    Attributes:
        source: name of the source.
        month: YYYY-MM.
        status: ok; partial: a bound was reached; failed: a list could not be read or the process ended early.
        sentence: why it is not ok; else what was found.
        seconds: wall time.
        rows: rows of the partition's table of items after this crawl.
    """

    source: str
    month: str
    status: Status
    sentence: str
    items: dict[str, int]
    unchanged: int
    skipped: dict[str, int]
    by_status: dict[str, int]
    requests: int
    retries: int
    bytes: int
    charset_mended: int
    seconds: float
    rows: int
