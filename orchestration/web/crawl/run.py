"""Crawling one source for some months: starts the crawling process, listens to it, writes the partitions.

Belongs here: which months may be crawled, the process and its time limit, what is told about it.
Does not belong here: the walk itself (``child``, ``spider``).
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import selectors
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import IO, Any, cast
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from orchestration.settings import PROJECT, Settings, month_check, month_shift
from orchestration.web.crawl.answers import PROXY
from orchestration.web.crawl.child import Job
from orchestration.web.crawl.partition import state_path, write_partition
from orchestration.web.crawl.state import State
from orchestration.web.crawl.summary import CrawlError, CrawlSummary, Tally
from orchestration.web.sources import Source
from orchestration.web.store import web_home

Say = Callable[[str], None]

GRACE = 60.0
"""Seconds beyond the bounds of its months after which a crawling process is killed."""
MEMENTO_SHIFT = timedelta(seconds=1)


def crawl(settings: Settings, source: Source, months: Sequence[str], say: Say = print) -> list[CrawlSummary]:
    """Crawl one source for some months, oldest first, in one process; a month that was crawled already is added to.

    What was found until something went wrong is kept: a summary says ``partial`` or ``failed`` and its rows are there.

    Args:
        settings: whose lake.
        source: what is crawled.
        months: YYYY-MM; other months than the present one need a source with ``memento``.
        say: takes lines of progress.

    Raises:
        CrawlError: nothing was asked: a month cannot be crawled, the source is being crawled already, the proxy's
            address is wrong.
    """
    zone = ZoneInfo(str(settings.profile["timezone"]))
    moments = [(month, _as_of(source, month, zone).isoformat()) for month in sorted(set(months))]
    proxy = _proxy()
    path = state_path(settings, source.name)
    job = Job(
        source=source.model_dump(mode="json"),
        months=moments,
        zone=str(zone),
        state=str(path),
        archive=str(web_home(settings) / "archive"),
        proxy=proxy,
    )
    if not moments:
        return []
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.with_name("lock"), source.name):
        heard: dict[str, dict[str, Any]] = {}
        summaries: list[CrawlSummary] = []
        ended = ""
        try:
            ended = _listen(job, source, heard, say)
        finally:
            # Also when the caller is interrupted: what was archived until then belongs into the partitions.
            with State(path) as state:
                for month, _ in moments:
                    summary = _summary(source, month, heard.get(month), ended)
                    rows = write_partition(settings, state, source.name, month, asdict(summary))
                    summaries.append(replace(summary, rows=rows))
                    say(summary.sentence)
        return summaries


def now() -> datetime:
    """The clock; a function of its own so that tests can hold it."""
    return datetime.now(UTC)


def _as_of(source: Source, month: str, zone: ZoneInfo) -> datetime:
    """Instant as of which a month is read, in UTC."""
    month_check(month)
    if not source.in_force(month):
        until = f" to {source.effective_to}" if source.effective_to else ""
        raise CrawlError(
            f"{source.name} is in force from {source.effective_from}{until}, not in {month}; choose another month or "
            f"mend effective_from and effective_to in {source.name}.yml."
        )
    if source.memento:
        year, number = map(int, month_shift(month, 1).split("-"))
        return (datetime(year, number, 1, tzinfo=zone) - MEMENTO_SHIFT).astimezone(UTC)
    clock = now().replace(microsecond=0)
    present = clock.astimezone(zone).strftime("%Y-%m")
    if month != present:
        raise CrawlError(
            f"{source.name} cannot be crawled for {month}: the site shows the present and does not say that it answers "
            f"as of an earlier time (memento); crawl {present} now, or set memento: true in {source.name}.yml if the "
            "site does answer so (RFC 7089)."
        )
    return clock


def _proxy() -> str | None:
    given = os.environ.get(PROXY) or None
    if given is not None:
        parts = urlsplit(given)
        if parts.scheme != "http" or not parts.hostname or not parts.port or parts.username:
            raise CrawlError(f"{PROXY} is no address of a proxy; write it as http://host:port, without a password.")
    return given


@contextmanager
def _alone(path: Any, name: str) -> Iterator[None]:
    """Only one process crawls a source at a time; the lock goes with the process that holds it."""
    with path.open("a") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CrawlError(f"{name} is being crawled already; wait until that run has ended, or end it.") from error
        yield


def _listen(job: Job, source: Source, heard: dict[str, dict[str, Any]], say: Say) -> str:
    """Run the crawling process and take its lines; returns how it ended, empty if well."""
    limit = source.limits.minutes * 60 * len(job.months) + GRACE
    until = time.monotonic() + limit
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestration.web.crawl"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=PROJECT,
        )
        asked, told = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        try:
            asked.write(job.line().encode() + b"\n")
            asked.flush()
            for line in _lines(told, until):
                _take(json.loads(line), source, heard, say)
            process.wait(timeout=max(1.0, until - time.monotonic()))
        except (TimeoutError, subprocess.TimeoutExpired):
            return f"it did not end within {limit / 60:.0f} minutes and was stopped"
        except (BrokenPipeError, ValueError) as error:
            return f"its process broke off ({error})"
        finally:
            process.kill()
            process.wait()
            told.close()
            with contextlib.suppress(BrokenPipeError):
                asked.close()
        if process.returncode != 0:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()
            return f"its process ended with {process.returncode}: {lines[-1] if lines else 'no message'}"
    return ""


def _lines(stream: IO[bytes], until: float) -> Iterator[bytes]:
    """Lines of a pipe as they come, until it closes.

    Raises:
        TimeoutError: the time is over.
    """
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError
            piece = os.read(stream.fileno(), 65536)
            if not piece:
                return
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole


def _take(line: dict[str, Any], source: Source, heard: dict[str, dict[str, Any]], say: Say) -> None:
    month = line["month"]
    told = heard.setdefault(month, {"began": time.monotonic(), "done": False, "tally": Tally().line(), "seconds": 0.0})
    told["seconds"] = time.monotonic() - told["began"]
    told["tally"] = line.get("tally", told["tally"])
    if line["event"] == "progress":
        tally = line["tally"]
        say(
            f"{source.name} {month}: {tally['requests']} requests, {sum(tally['items'].values())} items, "
            f"{sum(tally['skipped'].values())} skipped"
        )
    told["done"] = line["event"] == "done"


def _summary(source: Source, month: str, told: dict[str, Any] | None, ended: str) -> CrawlSummary:
    """What is to be said of one month."""
    tally = told["tally"] if told else Tally().line()
    status, sentences = tally.pop("status"), tally.pop("sentences")
    if told is None or not told["done"]:
        status = "failed"
        reason = ended or "it was interrupted"
        sentences.append(
            f"{source.name}: the crawl of {month} was not finished: {reason}; run the month again to go on."
        )
    counts = ", ".join(f"{count} {name}" for name, count in sorted(tally["items"].items())) or "nothing new"
    sentence = " ".join(sentences) or (
        f"{source.name}: {month} gave {counts}; {tally['unchanged']} as before, "
        f"{sum(tally['skipped'].values())} skipped."
    )
    return CrawlSummary(
        source=source.name,
        month=month,
        status=status,
        sentence=sentence,
        seconds=round(told["seconds"], 3) if told else 0.0,
        rows=0,
        **tally,
    )
