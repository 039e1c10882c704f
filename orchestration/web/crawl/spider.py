"""The one spider: walks the lists of a source, takes what is new, asks again what may have changed.

Belongs here: which address is asked next, what an answer means for an item, when the walk ends.
Does not belong here: reading pages (``lists``, ``pages``), what happens to every request (``middlewares``, ``guard``).
"""

from __future__ import annotations

import email.utils
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, timedelta
from typing import Any

import scrapy
from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.exceptions import CloseSpider
from scrapy.http import Request, Response
from twisted.python.failure import Failure

from orchestration.web.crawl import answers
from orchestration.web.crawl.charset import Charset, charset_of
from orchestration.web.crawl.guard import refusal
from orchestration.web.crawl.lists import Entry, ShapeError, read_list, with_parameter
from orchestration.web.crawl.pages import Reading, digest, item_id, read_page_of
from orchestration.web.crawl.state import Known, KnownPage
from orchestration.web.crawl.summary import ODD
from orchestration.web.crawl.walk import Walk
from orchestration.web.sources.model import EVERY, ItemPage

OVERLAP = timedelta(hours=1)
"""How much further back than the last walk an interface is asked for changes, for clocks that differ."""
LIST_PRIORITY = 10
"""Lists before items, so that pages of lists are not left over when a bound is reached."""
MISSING_PAGES = 3
"""Fewest item pages without an expected field from which on it is the pages that have changed and not one text."""


class SourceSpider(scrapy.Spider):
    """Walks one source for one month."""

    name = "source"

    def __init__(self, walk: Walk, **given: Any) -> None:
        super().__init__(**given)
        self.walk = walk
        self._taken: set[str] = set()
        self._lists: dict[str, KnownPage] = {}
        self._list_pages = 0
        self._read_pages = 0
        self._lacking = 0

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> SourceSpider:
        """As Scrapy makes its spiders; an error of our own is told, not only logged."""
        spider = super().from_crawler(crawler, *args, **given)
        crawler.signals.connect(spider.stumbled, signal=signals.spider_error)
        return spider

    async def start(self) -> AsyncIterator[Request]:
        """Lists first, then what may answer better by now, then what may have changed."""
        walk, source = self.walk, self.walk.source
        for url in source.start.urls:
            yield self._list_request(self._since(url), 1)
        if not source.own_pages:
            return
        for url, fields in walk.state.to_try_again(walk.month):
            if request := self._item_request(url, fields, None):
                yield request
        since = walk.as_of.astimezone(walk.zone).date() - timedelta(days=source.refresh_days)
        if source.refresh_days:
            for url in walk.state.to_refresh(walk.month, since, walk.as_of - EVERY[source.frequency]):
                if request := self._item_request(url, {}, walk.state.known(url, walk.month)):
                    yield request

    def parse_list(self, response: Response) -> Iterator[Request]:
        """Read a list page and go on from it."""
        walk, first = self.walk, response.meta["number"] == 1
        asked = response.meta["asked"]
        if response.status == 304 and (page := walk.state.page(asked, walk.month)):
            walk.tally.unchanged += 1
            self._lists[asked] = page
            yield from self._go_on(response, page.next, page.newest, settled=True)
            return
        if (fault := answers.list_fault(walk.source, response)) is not None:
            walk.tally.fail(fault)
            return
        charset = self._charset(response)
        text = response.body.decode(charset.name, "replace").removeprefix("\ufeff")
        try:
            found = read_list(walk.source, response.url, text, response.body, walk.zone, first=first)
        except ShapeError as error:
            walk.tally.fail(f"{walk.source.name}: {error}")
            return
        validators = answers.validators(response)
        self._lists[asked] = KnownPage(*validators, found.next, found.newest)
        settled = True
        with walk.state.batch():
            for entry in found.entries:
                known = self._heed(entry, response, charset)
                settled = settled and known
        if walk.source.own_pages:
            yield from self._new_items(found.entries)
        yield from self._go_on(response, found.next, found.newest, settled=settled and bool(found.entries))

    def parse_item(self, response: Response) -> None:
        """Take the page of an item."""
        walk = self.walk
        url, listed = response.meta["asked"], response.meta["fields"]
        known: Known | None = response.meta["known"]
        if response.status == 304 and known is not None:
            self._unchanged(url)
            return
        if response.status in (404, 410):
            self._gone(response, known)
            return
        if (skip := answers.item_fault(response)) is not None:
            self._skip(url, *skip, listed)
            return
        if walk.source.memento and (fault := answers.memento_fault(walk.source, response)):
            walk.tally.fail(fault)
            raise CloseSpider("failed")
        charset = self._charset(response)
        text = response.body.decode(charset.name, "replace").removeprefix("\ufeff")
        base = {**known.fields, **listed} if known else listed
        reading = read_page_of(walk.source.item or ItemPage(), text, base, walk.zone)
        self._read_pages += 1
        if reading.missing and not reading.withdrawn:
            self._lacking += 1
            place = f"item.fields.{reading.missing[0]}"
            self._skip(url, "missing_field", f"{url}: {place} finds nothing, and the source expects it.", listed)
            return
        # The same bytes are no change, whatever selector there is by now: they were not archived a second time.
        if known is not None and (known.content == reading.content or known.payload_sha256 == digest(response.body)):
            self._unchanged(url)
            return
        self._keep_page(response, known, reading, charset)

    def failed(self, failure: Failure) -> None:
        """A request that got no usable answer."""
        request: Any = failure.request  # type: ignore[attr-defined]
        reason, sentence = answers.meaning(self.walk.source, request, failure, self.walk.refused)
        if "number" in request.meta:
            self.walk.tally.fail(f"{self.walk.source.name}: {sentence}")
        else:
            self._skip(request.meta["asked"], reason, sentence, request.meta["fields"])

    def stumbled(self, failure: Failure, response: Response) -> None:
        """An error in this program while it read a page; the crawl goes on and is failed."""
        self.walk.tally.fail(
            f"{self.walk.source.name}: {response.url} could not be read: {type(failure.value).__name__} "
            f"{failure.value}; this is a fault of the crawler, report it with the archived page."
        )

    def closed(self, reason: str) -> None:
        """Remember how far the walk came."""
        walk = self.walk
        if self._lacking >= MISSING_PAGES and self._lacking * 2 > self._read_pages:
            walk.tally.fail(
                f"{walk.source.name}: {self._lacking} of {self._read_pages} pages of items lack a field of "
                f"item.expect; the pages have changed shape. Look at one of them and mend the source's file."
            )
        if reason == "closespider_timeout":
            walk.tally.bound(
                f"{walk.source.name}: {walk.month} was ended after {walk.source.limits.minutes:g} minutes "
                "(limits.minutes); run the month again to go on."
            )
        elif reason not in ("finished", "bound", "failed"):
            walk.tally.bound(
                f"{walk.source.name}: {walk.month} was ended early ({reason}); run the month again to go on."
            )
        if walk.tally.status == "ok":
            with walk.state.batch():
                walk.state.complete()
                for url, page in self._lists.items():
                    walk.state.keep_page(url, walk.month, page)

    def _since(self, url: str) -> str:
        walk, since = self.walk, self.walk.source.list.since
        if since is None:
            return url
        last = walk.state.last_complete(walk.month)
        at = last - OVERLAP if last else walk.as_of - timedelta(days=walk.source.days_back)
        at = at.astimezone(walk.zone).replace(microsecond=0)
        text = {"iso": at.isoformat(), "date": at.date().isoformat(), "epoch": str(int(at.timestamp()))}[since.format]
        return with_parameter(url, since.parameter, text)

    def _request(self, url: str, validators: Known | KnownPage | None, **given: Any) -> Request:
        headers = {}
        if validators and validators.etag:
            headers["If-None-Match"] = validators.etag
        elif validators and validators.last_modified:
            headers["If-Modified-Since"] = validators.last_modified
        if self.walk.source.memento:
            headers["Accept-Datetime"] = email.utils.format_datetime(self.walk.as_of.astimezone(UTC), usegmt=True)
        given["meta"] = {"asked": url, **given["meta"]}
        return Request(url, headers=headers, dont_filter=True, errback=self.failed, **given)

    def _list_request(self, url: str, number: int) -> Request:
        self._taken.add(url)
        self._list_pages += 1
        known = self.walk.state.page(url, self.walk.month)
        return self._request(url, known, callback=self.parse_list, priority=LIST_PRIORITY, meta={"number": number})

    def _item_request(self, url: str, fields: dict[str, str], known: Known | None) -> Request | None:
        if url in self._taken:
            return None
        self._taken.add(url)
        return self._request(url, known, callback=self.parse_item, meta={"fields": fields, "known": known})

    def _new_items(self, entries: Sequence[Entry]) -> Iterator[Request]:
        state, month = self.walk.state, self.walk.month
        for entry in entries:
            url = entry.address
            if url is None or entry.missing or state.known(url, month) or state.left_alone(url, month):
                continue
            if (fault := refusal(url, self.walk.source)) is not None:
                self._skip(url, *fault, entry.fields)
            elif request := self._item_request(url, entry.fields, None):
                yield request

    def _go_on(
        self, response: Response, following: str | None, newest: str | None, *, settled: bool
    ) -> Iterator[Request]:
        """Ask for the next list page unless everything behind it is known or too old."""
        walk, source = self.walk, self.walk.source
        today = walk.as_of.astimezone(walk.zone).date()
        if following is None or following in self._taken:
            return
        if source.list.since is None and newest is not None:
            if newest < (today - timedelta(days=source.days_back)).isoformat():
                return
            fresh = not source.own_pages and newest >= (today - timedelta(days=source.refresh_days)).isoformat()
            if settled and not fresh:
                return
        if (fault := refusal(following, source)) is not None:
            walk.tally.fail(f"{source.name}: the list {response.url} goes on where nothing may be asked: {fault[1]}")
            return
        if self._list_pages >= source.limits.pages:
            walk.tally.bound(
                f"{source.name}: {walk.month} ended at {response.url} after {self._list_pages} list pages "
                "(limits.pages); raise the limit, or look whether the list ever ends."
            )
            return
        self._check_bounds()
        yield self._list_request(following, response.meta["number"] + 1)

    def _check_bounds(self) -> None:
        walk, limits = self.walk, self.walk.source.limits
        taken = sum(walk.tally.items.values())
        for name, done, most in (("items", taken, limits.items), ("bytes", walk.tally.bytes, limits.bytes)):
            if done >= most:
                walk.tally.bound(
                    f"{walk.source.name}: {walk.month} was ended at {done:,} {name} (limits.{name}); raise the limit, "
                    "or run the month again to go on."
                )
                raise CloseSpider("bound")

    def _heed(self, entry: Entry, response: Response, charset: Charset) -> bool:
        """Note what the list says of an item; True if it and all before it were known from a complete walk."""
        walk = self.walk
        where = entry.address or f"{response.url}#{digest(repr(sorted(entry.fields.items())))[:12]}"
        for sentence in entry.odd:
            self._skip(where, ODD, f"{where}: {sentence}.", {})
        if entry.missing:
            self._skip(where, "missing_field", f"{where}: {', '.join(entry.missing)} is not in the list.", entry.fields)
            return True
        known = walk.state.known(where, walk.month)
        if walk.source.own_pages:
            return walk.state.left_alone(where, walk.month) if known is None else known.settled
        content = digest(
            "\n".join(f"{name}={entry.fields[name]}" for name in sorted(entry.fields)) + str(entry.withdrawn)
        )
        if known is not None and known.content == content:
            walk.tally.unchanged += 1
            return known.settled
        kind = "json" if walk.source.start.kind == "json" else "feed"
        state = "gone" if entry.withdrawn else "changed" if known else "live"
        self._add(response, where, kind, charset, fields=entry.fields, content=content, version=content, state=state)
        return False

    def _keep_page(self, response: Response, known: Known | None, reading: Reading, charset: Charset) -> None:
        url = response.meta["asked"]
        for sentence in reading.odd:
            self._skip(url, ODD, f"{url}: {sentence}.", {})
        state = "gone" if reading.withdrawn else "changed" if known else "live"
        version = digest(response.body)
        self._add(
            response, url, "html", charset, fields=reading.fields, content=reading.content, version=version, state=state
        )
        self._check_bounds()

    def _gone(self, response: Response, known: Known | None) -> None:
        url = response.meta["asked"]
        if known is None:
            sentence = f"{url} answers {response.status}: it was gone before it was seen."
            self._skip(url, "gone", sentence, response.meta["fields"])
        elif known.content == "gone":
            self._unchanged(url)
        else:
            version = f"gone {digest(response.body)}"
            self._add(response, url, "html", None, fields=known.fields, content="gone", version=version, state="gone")

    def _unchanged(self, url: str) -> None:
        self.walk.tally.unchanged += 1
        self.walk.state.asked(url, self.walk.month, self.walk.as_of)

    def _add(
        self,
        response: Response,
        url: str,
        kind: str,
        charset: Charset | None,
        fields: dict[str, str],
        *,
        content: str,
        version: str,
        state: str,
    ) -> None:
        """Keep a version of an item; its number is made of ``version``, a change is noticed by ``content``."""
        walk = self.walk
        item = {
            "item_id": item_id(walk.source.name, url, version),
            "url": url,
            "fetched_url": response.url,
            "fetched_at": walk.as_of.isoformat(),
            "status": response.status,
            "kind": kind,
            "charset": charset.name if charset else None,
            "fields": fields,
            "payload_sha256": digest(response.body),
            "warc": walk.archive.name,
            "warc_offset": response.meta["warc"],
            "state": state,
        }
        validators = answers.validators(response) if kind == "html" else (None, None)
        if walk.state.add(walk.month, item, content, validators):
            walk.tally.items[state] += 1

    def _skip(self, url: str, reason: str, sentence: str, fields: dict[str, str]) -> None:
        """Note what was left out."""
        self.walk.state.skip(self.walk.month, url, reason, sentence, at=self.walk.as_of, fields=fields)
        self.walk.tally.skipped[reason] += 1

    def _charset(self, response: Response) -> Charset:
        named = (response.headers.get("Content-Type") or b"").decode("latin-1")
        found = charset_of(response.body, named, self.walk.source.charset)
        if found.mended:
            self.walk.tally.charset_mended += 1
        return found
