"""What happens to every request and answer on its way: robots.txt, further attempts, the archive.

Belongs here: Scrapy's downloader middlewares other than the guard.
Does not belong here: what an answer means for an item (``spider``).
"""

from __future__ import annotations

import asyncio
import email.utils
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from scrapy import signals
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.extensions.throttle import AutoThrottle
from scrapy.http import Request, Response

from orchestration.web.crawl.answers import silence
from orchestration.web.crawl.guard import Refused
from orchestration.web.crawl.walk import walk_of
from orchestration.web.crawl.warc import Headers

AGENT = "enterprise-credit-risk-crawler"
"""Name by which robots.txt may address the crawler."""
LONGEST_WAIT = 60.0
"""Seconds that a further attempt or a Crawl-delay may make a host wait at most."""
AGAIN_STATUS = frozenset({408, 429, 500, 502, 503, 504})
AGAIN_ERRORS = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    ResponseDataLossError,
)
"""A page that was too slow is not among them: asked again it would cost the same time again."""
NOTHING_ALLOWED = b"User-agent: *\nDisallow: /\n"


class RobotsMiddleware(RobotsTxtMiddleware):
    """Robots.txt as RFC 9309 has it: 4xx allows everything, 5xx or no answer nothing; Crawl-delay is kept."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._walk = walk_of(crawler)
        self._unreachable: dict[str, str] = {}
        crawler.signals.connect(self._delay, signal=signals.robots_parsed)

    def process_request_2(self, rp: Any, request: Request) -> None:
        """Refuse what robots.txt forbids.

        Raises:
            Refused: robots.txt forbids the address, or could not be read.
        """
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            host = request.url.split("/")[2]
            why, inner = self._unreachable.get(host), self._walk.refused.get(host.partition(":")[0])
            if inner is not None:
                sentence = f"{request.url}: {host} resolves to {inner}, which is no public address; it is not asked."
                raise Refused("private_address", sentence) from error
            if why is not None:
                raise Refused("no_answer", f"{request.url}: {why}") from error
            raise Refused(
                "robots", f"{request.url} is forbidden by robots.txt of {host}; ask the owner of the site, or leave it."
            ) from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        body = response.body
        if response.status >= 500:
            self._unreachable[netloc] = f"robots.txt of {netloc} answers {response.status}, so nothing there is asked."
            body = NOTHING_ALLOWED
        elif response.status != 200:
            body = b""
        await super()._parse_robots(response.replace(body=body), netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._unreachable[netloc] = silence(self._walk.source, netloc.partition(":")[0], exc, self._walk.proxy)
        waiting: Any = self._parsers[netloc]
        nothing = self._parserimpl.from_crawler(self.crawler, NOTHING_ALLOWED)
        self._parsers[netloc] = nothing
        waiting.callback(nothing)

    def _delay(self, robotparser: Any, request: Request) -> None:
        asked = robotparser.rp.crawl_delay(AGENT)
        if not asked:
            return
        delay = min(float(asked), LONGEST_WAIT)
        engine: Any = self.crawler.engine
        slot = engine.downloader.slots.get(request.url.split("/")[2].partition(":")[0])
        if slot is not None:
            slot.delay = max(slot.delay, delay)
            slot.concurrency = 1
        throttle: Any = self.crawler.get_extension(AutoThrottle)
        if throttle is not None:
            throttle.mindelay = max(throttle.mindelay, delay)


class BackoffMiddleware:
    """Asks again after a growing time, or after the time the site names, a bounded number of times."""

    def __init__(self, crawler: Crawler) -> None:
        self._walk = walk_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> BackoffMiddleware:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Request | Response:
        """Ask again after an answer that may be better next time."""
        if response.status not in AGAIN_STATUS:
            return response
        named = _seconds((response.headers.get("Retry-After") or b"").decode("latin-1"))
        return await self._again(request, named) or response

    async def process_exception(self, request: Request, exception: Exception) -> Request | None:
        """Ask again after no answer; None lets the error go on."""
        return await self._again(request, None) if isinstance(exception, AGAIN_ERRORS) else None

    async def _again(self, request: Request, named: float | None) -> Request | None:
        done = int(request.meta.get("attempts", 0))
        if done >= self._walk.source.pace.retries:
            return None
        wait = self._walk.source.pace.backoff * 2**done if named is None else named
        await asyncio.sleep(min(wait, LONGEST_WAIT))
        self._walk.tally.retries += 1
        return request.replace(meta={**request.meta, "attempts": done + 1}, dont_filter=True)


class ArchiveMiddleware:
    """Writes each answer into the archive as it came, before anything is unpacked or followed."""

    def __init__(self, crawler: Crawler) -> None:
        self._walk = walk_of(crawler)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> ArchiveMiddleware:
        """As Scrapy makes its middlewares."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Count."""
        self._walk.tally.requests += 1

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer; its place goes with the request."""
        phrase = HTTPStatus(response.status).phrase if response.status in set(HTTPStatus) else ""
        request.meta["warc"] = self._walk.archive.write(
            request.url,
            _pairs(request),
            f"{response.status} {phrase}".strip(),
            _pairs(response),
            response.body,
            known=request.meta.get("known"),
        )
        self._walk.tally.bytes += len(response.body)
        self._walk.tally.by_status[str(response.status)] += 1
        return response


def _pairs(message: Request | Response) -> Headers:
    return [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in message.headers.items()
        if name.lower() != b"proxy-authorization"
        for value in values
    ]


def _seconds(named: str) -> float | None:
    """Seconds that a Retry-After header names, as a number or as a date."""
    named = named.strip()
    if named.isdigit():
        return float(named)
    try:
        return max(0.0, (email.utils.parsedate_to_datetime(named) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return None
