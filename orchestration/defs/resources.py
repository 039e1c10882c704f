"""The plain functions behind the assets, bundled so that a test can replace any of them.

Belongs here: which function of which package does a step; turning passing trouble (a locked lake, a disk that
hiccups) into a retry with backoff.
Does not belong here: any logic of those steps.

The functions are imported when first called: Great Expectations and dbt are dear to import, and opening the UI
needs neither.
"""

from __future__ import annotations

# ruff: noqa: RUF009  (the functions are constants, not made per instance)
import errno
import importlib
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from orchestration.settings import Settings

MAX_RETRIES = 2
FIRST_WAIT = 2.0
"""Seconds before the first retry; doubled for each further one, plus up to half of it at random."""

LAKE_WRITER = "lake_writer"
"""Pool of everything that writes the lake: the embedded catalogue takes one writer at a time."""

_PASSING_ERRNO = {errno.EAGAIN, errno.EBUSY, errno.EINTR, errno.EIO, errno.ESTALE, errno.ETIMEDOUT, errno.ENOLCK}
_PASSING_TEXT = ("database is locked", "database table is locked", "could not set lock on file", "connection reset")


def late(module: str, name: str) -> Callable[..., Any]:
    """A function that imports ``module`` when it is first called."""

    def call(*args: Any, **kwargs: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args, **kwargs)

    call.__name__ = name
    return call


def _utc_now() -> datetime:
    return datetime.now(tz=UTC)


def _quiet(_: str) -> None:
    """Progress nobody reads."""


@dataclass(frozen=True)
class Platform:
    """The functions that the assets call.

    Attributes:
        settings: where things are.
        stage_feed: read, clean and sort one feed's month into a staged folder.
        validate: run the feed's suite of expectations on the staged rows.
        publish_feed: make the staged month visible.
        discard_feed: throw the staged month away.
        build_month: run dbt for one month.
        views_stand: whether making the published views again would change nothing.
        decide: classify months x regions.
        shadow: compute and compare a candidate catalogue in the shadow.
        decide_specialised: the specialised classes of the members of key fields.
        decide_combined: their combined classes.
        write_outcomes: visits whose results became known in some months, beside class and draw.
        write_effect: what the visits of the window that ends with each month show.
        write_fairness: how groups were treated in them.
        learn: a scorecard and its challenger from what was known by the end of a month.
        drift: whether the newest scorecard still holds.
        mark_stopped: remember that a feed's month was refused, until it is published.
        waiting: why a month cannot be computed yet, in sentences.
        came_missing: whether nothing had been delivered for a feed's month.
        seal: close a feed's month because its classes were decided; what comes later lands in a later month.
        column_lineage: where each column of each model comes from.
        crawl: fetch what a web source has for some months.
        extract: texts of the pages of a source and month.
        copies: which texts of a month repeat an older one.
        names: the names of the province at the end of a month.
        resolve: which enterprises the records without a code are about.
        match: which enterprises the texts of a month name.
        judge: topic and polarity of the texts of a month.
        signals: deliver the month's signals as a file of feed w01_web_signals.
        draw: draw the inspections of months x regions.
        check_draws: what must hold of the draws of a month.
        publish_draw: seal the draws of a month.
        maintenance_policy: what maintenance keeps and removes.
        maintain_lake: compact the lake and forget old snapshots.
        remove_leftovers: remove what crashed runs left in scratch folders.
        now: the present moment, with a time zone.
        progress: is told one short line per finished step.
    """

    settings: Settings
    stage_feed: Callable[..., Any] = late("orchestration.feeds.ingest", "stage_feed")
    validate: Callable[..., Any] = late("orchestration.quality.bridge", "validate")
    publish_feed: Callable[..., Any] = late("orchestration.feeds.ingest", "publish_feed")
    discard_feed: Callable[..., Any] = late("orchestration.feeds.ingest", "discard_feed")
    build_month: Callable[..., Any] = late("orchestration.warehouse.dbt", "build_month")
    views_stand: Callable[..., Any] = late("orchestration.warehouse.published", "stand")
    column_lineage: Callable[..., Any] = late("orchestration.warehouse.lineage", "column_lineage")
    decide: Callable[..., Any] = late("orchestration.risk.decide", "decide")
    shadow: Callable[..., Any] = late("orchestration.shadow.whole", "shadow")
    decide_specialised: Callable[..., Any] = late("orchestration.specialised.decide", "decide_specialised")
    decide_combined: Callable[..., Any] = late("orchestration.specialised.decide", "decide_combined")
    write_outcomes: Callable[..., Any] = late("orchestration.effect.outcome", "write_outcomes")
    write_effect: Callable[..., Any] = late("orchestration.effect.measure", "write_effect")
    write_fairness: Callable[..., Any] = late("orchestration.effect.measure", "write_fairness")
    learn: Callable[..., Any] = late("orchestration.learning.train", "learn")
    drift: Callable[..., Any] = late("orchestration.learning.drift", "drift")
    mark_stopped: Callable[..., Any] = late("orchestration.feeds.ledger", "mark_stopped")
    waiting: Callable[..., Any] = late("orchestration.feeds.ledger", "waiting")
    came_missing: Callable[..., Any] = late("orchestration.feeds.ledger", "came_missing")
    seal: Callable[..., Any] = late("orchestration.feeds.ingest", "seal")
    crawl: Callable[..., Any] = late("orchestration.web.crawl", "crawl")
    extract: Callable[..., Any] = late("orchestration.web.extract", "extract_month")
    copies: Callable[..., Any] = late("orchestration.web.extract", "near_duplicates")
    names: Callable[..., Any] = late("orchestration.resolution.names", "build_names")
    resolve: Callable[..., Any] = late("orchestration.resolution.records", "resolve_records")
    match: Callable[..., Any] = late("orchestration.web.match.run", "match_month")
    judge: Callable[..., Any] = late("orchestration.web.judge", "judge_month")
    signals: Callable[..., Any] = late("orchestration.web.signals", "deliver_signals")
    draw: Callable[..., Any] = late("orchestration.inspection.run", "draw_months")
    check_draws: Callable[..., Any] = late("orchestration.inspection.check", "check_draws")
    publish_draw: Callable[..., Any] = late("orchestration.inspection.publish", "publish_draw")
    maintenance_policy: Callable[..., Any] = late("orchestration.maintenance", "load_policy")
    maintain_lake: Callable[..., Any] = late("orchestration.maintenance", "maintain_lake")
    remove_leftovers: Callable[..., Any] = late("orchestration.maintenance", "remove_leftovers")
    now: Callable[[], datetime] = _utc_now
    progress: Callable[[str], None] = _quiet


def may_pass(error: BaseException) -> bool:
    """Whether trying again can help: a lock, a busy or flaky disk, a broken connection."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _PASSING_ERRNO:
            return True
        if isinstance(seen, (ConnectionError, TimeoutError)):
            return True
        if isinstance(seen, sqlite3.OperationalError) or type(seen).__module__.startswith(("duckdb", "_duckdb")):
            return any(text in str(seen).lower() for text in _PASSING_TEXT)
        seen = seen.__cause__ or seen.__context__
    return any(text in str(error).lower() for text in _PASSING_TEXT)


def wait_seconds(attempt: int) -> float:
    """Seconds before retry number ``attempt`` (from 0): exponential backoff with jitter."""
    base: float = FIRST_WAIT * 2**attempt
    return base * (1 + random.random() / 2)  # noqa: S311 (jitter, not a secret)


@contextmanager
def retried(context: dg.AssetExecutionContext) -> Iterator[None]:
    """Ask Dagster to run the step again for trouble that can pass; let everything else through.

    A retry policy on the step would also repeat what cannot pass, such as a missing column.
    """
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:
        if may_pass(error):
            raise dg.RetryRequested(MAX_RETRIES, wait_seconds(context.retry_number)) from error
        raise
