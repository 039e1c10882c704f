"""The crawling process: Twisted's reactor runs once in a process, so a crawl has one of its own.

Belongs here: Scrapy's settings, one walk after the other, lines of progress on standard output.
Does not belong here: starting and ending this process (``run``), tables (``partition``).

Standard input brings the job as one line of JSON and stays open; when it closes, whoever waits is gone and so is this
process. Each line of standard output is a JSON object with ``event``: begun, progress or done.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.utils.defer import deferred_from_coro
from scrapy.utils.reactor import install_reactor

from orchestration.web.crawl.summary import Tally
from orchestration.web.sources import Source

TELL_EVERY = 2.0
"""Seconds between two lines of progress."""
REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"

Tell = Callable[[dict[str, Any]], None]


@dataclass(frozen=True)
class Job:
    """What the crawling process has to do; passes as JSON.

    Attributes:
        source: the source as its file gives it.
        months: month and instant (ISO) as of which it is read, in order.
        zone: time zone of the jurisdiction.
        state: SQLite file.
        archive: folder of all archives.
        proxy: address of the proxy; None asks directly.
    """

    source: dict[str, Any]
    months: Sequence[tuple[str, str]]
    zone: str
    state: str
    archive: str
    proxy: str | None

    def line(self) -> str:
        """One line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)


def main() -> None:
    """Do the job that standard input brings."""
    job = Job(**json.loads(sys.stdin.readline()))
    # What matters is told in the lines; Scrapy's own log would fill the pipe of the one who waits.
    logging.disable(logging.CRITICAL)
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    walk_all(job, lambda line: print(json.dumps(line, ensure_ascii=False), flush=True))


def walk_all(job: Job, tell: Tell) -> None:
    """Walk the months of a job; runs the reactor, so once in a process."""
    install_reactor(REACTOR)
    from twisted.internet import reactor as installed

    from orchestration.web.crawl.guard import PublicResolver

    reactor: Any = installed
    allowed = [urlsplit(job.proxy).hostname or ""] if job.proxy else []
    resolver = PublicResolver(reactor.nameResolver, allowed)
    reactor.installNameResolver(resolver)
    failed: list[BaseException] = []

    def end(outcome: Any) -> None:
        error = getattr(outcome, "value", None)
        if isinstance(error, BaseException):
            failed.append(error)
        reactor.stop()

    reactor.callWhenRunning(lambda: deferred_from_coro(_walks(job, resolver, tell)).addBoth(end))
    reactor.run()
    if failed:
        raise failed[0]


async def _walks(job: Job, resolver: Any, tell: Tell) -> None:
    from orchestration.web.crawl.spider import SourceSpider
    from orchestration.web.crawl.state import State
    from orchestration.web.crawl.walk import Walk
    from orchestration.web.crawl.warc import Archive

    source = Source.model_validate(job.source)
    with State(Path(job.state)) as state:
        for month, moment in job.months:
            as_of, tally = datetime.fromisoformat(moment), Tally()
            tell({"event": "begun", "month": month})
            about = {
                "software": "enterprise-credit-risk",
                "format": "WARC File Format 1.1",
                "robots": "obey",
                "isPartOf": f"{source.name} {month}",
                "description": f"{source.title_zh}: {source.legal_basis}",
            }
            with Archive(Path(job.archive), source.name, month, about) as archive:
                state.begin(month, as_of)
                zone = ZoneInfo(job.zone)
                walk = Walk(source, month, as_of, zone, state, archive, tally, job.proxy, resolver.refused)
                crawling = AsyncCrawlerRunner(scrapy_settings(source)).crawl(SourceSpider, walk)
                teller = asyncio.ensure_future(_progress(month, tally, tell))
                try:
                    await crawling
                finally:
                    teller.cancel()
            tell({"event": "done", "month": month, "tally": tally.line()})


def scrapy_settings(source: Source) -> dict[str, Any]:
    """Scrapy's settings for one walk: nothing on that is not needed, every bound set."""
    from orchestration.web.crawl.middlewares import AGENT

    pace, limits = source.pace, source.limits
    contact = f" (+{source.contact})" if source.contact else ""
    package = "orchestration.web.crawl"
    scrapys = "scrapy.downloadermiddlewares"
    off = ("offsite.OffsiteMiddleware", "robotstxt.RobotsTxtMiddleware", "httpauth.HttpAuthMiddleware",
           "retry.RetryMiddleware", "redirect.MetaRefreshMiddleware", "cookies.CookiesMiddleware",
           "httpproxy.HttpProxyMiddleware", "stats.DownloaderStats", "httpcache.HttpCacheMiddleware")  # fmt: skip
    return {
        "BOT_NAME": AGENT,
        "USER_AGENT": f"{AGENT}/1.0{contact}",
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": AGENT,
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "*/*", "Accept-Language": "zh-CN,zh;q=0.9", "Accept-Encoding": "gzip, deflate",
        },
        "DOWNLOADER_MIDDLEWARES": {
            **{f"{scrapys}.{name}": None for name in off},
            f"{package}.guard.GuardMiddleware": 50,
            f"{package}.middlewares.RobotsMiddleware": 100,
            f"{package}.middlewares.BackoffMiddleware": 550,
            f"{package}.middlewares.ArchiveMiddleware": 800,
        },
        "SPIDER_MIDDLEWARES": {
            "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
            "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
        },
        "EXTENSIONS": {
            f"scrapy.extensions.{name}": None
            for name in (
                "telnet.TelnetConsole", "memusage.MemoryUsage", "logstats.LogStats", "feedexport.FeedExporter",
                "remote_control.RemoteControl", "spiderstate.SpiderState", "memdebug.MemoryDebugger",
                "logcount.LogCount",
            )
        },
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "HTTPERROR_ALLOW_ALL": True,
        "COOKIES_ENABLED": False,
        "DOWNLOAD_DELAY": pace.delay,
        "CONCURRENT_REQUESTS": pace.parallel * len(source.hosts) + 1,
        "CONCURRENT_REQUESTS_PER_DOMAIN": pace.parallel,
        "AUTOTHROTTLE_ENABLED": pace.delay > 0,
        "AUTOTHROTTLE_START_DELAY": pace.delay,
        "AUTOTHROTTLE_TARGET_CONCURRENCY": float(pace.parallel),
        "DOWNLOAD_TIMEOUT": limits.seconds,
        "DOWNLOAD_MAXSIZE": limits.page_bytes,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_FAIL_ON_DATALOSS": True,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "REDIRECT_MAX_TIMES": limits.redirects,
        "CLOSESPIDER_TIMEOUT": limits.minutes * 60,
        "DNSCACHE_ENABLED": False,
        "LOG_ENABLED": False,
        "STATS_DUMP": False,
        "TWISTED_REACTOR": REACTOR,
    }  # fmt: skip


async def _progress(month: str, tally: Tally, tell: Tell) -> None:
    while True:
        await asyncio.sleep(TELL_EVERY)
        tell({"event": "progress", "month": month, "tally": tally.line()})


def _leave_with_parent() -> None:
    """End at once when the process that waits is gone; what was archived is on disk and in the state."""
    while sys.stdin.read(1):
        pass
    os._exit(3)
