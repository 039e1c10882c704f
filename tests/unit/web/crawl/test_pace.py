"""How fast a host is asked, and how long until it is asked again."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from scrapy.exceptions import DownloadFailedError, DownloadTimeoutError
from scrapy.http import Request, Response

from orchestration.settings import Settings
from orchestration.web.crawl import middlewares
from orchestration.web.crawl.child import scrapy_settings
from orchestration.web.crawl.middlewares import BackoffMiddleware, RobotsMiddleware
from orchestration.web.crawl.summary import Tally
from orchestration.web.sources import Source, load_sources
from orchestration.web.sources.model import Limits, Pace


def _source(settings: Settings, **pace: Any) -> Source:
    return load_sources(settings)["news_heluo"].model_copy(update={"pace": Pace(**pace), "limits": Limits(minutes=2)})


def test_pace_and_bounds_become_settings(settings: Settings) -> None:
    source = _source(settings, delay=2, parallel=3)
    found = scrapy_settings(source)
    assert (found["DOWNLOAD_DELAY"], found["CONCURRENT_REQUESTS_PER_DOMAIN"]) == (2, 3)
    assert (found["AUTOTHROTTLE_ENABLED"], found["AUTOTHROTTLE_TARGET_CONCURRENCY"]) == (True, 3.0)
    assert (found["CLOSESPIDER_TIMEOUT"], found["DOWNLOAD_TIMEOUT"]) == (120, 30)
    assert (found["DOWNLOAD_MAXSIZE"], found["ROBOTSTXT_OBEY"]) == (8_000_000, True)
    assert not scrapy_settings(_source(settings, delay=0))["AUTOTHROTTLE_ENABLED"]


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds that were waited; nothing waits."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(middlewares.asyncio, "sleep", sleep)
    return waited


def _backoff(source: Source) -> BackoffMiddleware:
    walk = SimpleNamespace(source=source, tally=Tally())
    return BackoffMiddleware(SimpleNamespace(spider=SimpleNamespace(walk=walk)))  # type: ignore[arg-type]


def test_attempts_wait_longer_each_time_and_end(settings: Settings, waits: list[float]) -> None:
    backoff = _backoff(_source(settings, retries=3, backoff=20))
    request: Any = Request("http://news.example/a")
    for _ in range(3):
        answer = asyncio.run(backoff.process_response(request, Response(request.url, status=503)))
        assert isinstance(answer, Request)
        request = answer
    assert asyncio.run(backoff.process_response(request, Response(request.url, status=503))).status == 503  # type: ignore[union-attr]
    assert waits == [20, 40, 60], "doubled, a minute at most"


def test_the_site_may_name_the_wait_but_not_for_ever(settings: Settings, waits: list[float]) -> None:
    backoff, request = _backoff(_source(settings, retries=1)), Request("http://news.example/a")
    for named in ("7", "86400", "Sat, 03 Oct 2020 20:00:00 GMT", "soon"):
        asyncio.run(backoff.process_response(request, Response(request.url, 429, {"Retry-After": named})))
    assert waits == [7, 60, 0, 2]


def test_a_slow_page_is_not_asked_again_at_once(settings: Settings, waits: list[float]) -> None:
    backoff, request = _backoff(_source(settings, retries=1)), Request("http://news.example/a")
    assert asyncio.run(backoff.process_exception(request, DownloadTimeoutError())) is None
    assert isinstance(asyncio.run(backoff.process_exception(request, DownloadFailedError())), Request)
    ok = Response(request.url, status=404)
    assert asyncio.run(backoff.process_response(request, ok)) is ok


def test_crawl_delay_of_robots_txt_is_kept() -> None:
    slot = SimpleNamespace(delay=0.5, concurrency=4)
    throttle = SimpleNamespace(mindelay=0.5)
    robots = RobotsMiddleware.__new__(RobotsMiddleware)
    downloader = SimpleNamespace(slots={"news.example": slot})
    robots.crawler = SimpleNamespace(  # type: ignore[assignment]
        engine=SimpleNamespace(downloader=downloader), get_extension=lambda kind: throttle
    )
    request = Request("http://news.example:8080/a")
    for asked, expected in ((None, 0.5), (0, 0.5), (3, 3.0), (1, 3.0), (600, 60.0)):
        parser = SimpleNamespace(rp=SimpleNamespace(crawl_delay=lambda agent, asked=asked: asked))
        robots._delay(parser, request)
        assert (slot.delay, throttle.mindelay) == (expected, expected)
    assert slot.concurrency == 1
