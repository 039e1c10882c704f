"""Many pages, parsed by this process or by several.

Belongs here: reading bodies from the archive, sharing pages among processes, what becomes of a page that fails.
Does not belong here: one page (``page``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from typing import Protocol

import polars as pl

from orchestration.settings import Settings
from orchestration.web.extract.page import PageError, read_page


class HasBody(Protocol):
    """An archived answer, as far as it is needed here."""

    @property
    def body(self) -> bytes:
        """The page without any encoding of its transfer."""


Read = Callable[[Settings, pl.DataFrame], Iterable[tuple[int, HasBody | Exception]]]
"""Reads archived pages of items: number of the row with its page, or with what is wrong; as ``archive.read_pages``."""
Parsed = tuple[str, str | None, str | None, str | None, str | None, str | None, str | None]
"""item_id, title, text, words of the day, publisher, reason of failure, sentence of failure."""
Job = tuple[str, bytes | None, str | None, str, datetime, str]
"""item_id, body (None if the archive has none), charset, url, time of fetch, what the archive said."""


def parse_pages(settings: Settings, items: pl.DataFrame, read: Read, workers: int) -> list[Parsed]:
    """What each page says, or why nothing can be made of it.

    Args:
        settings: whose archive.
        items: rows of ``items`` of kind html.
        read: reads the archive.
        workers: processes; 1 parses in this one.
    """
    charsets, ids, urls = items["charset"], items["item_id"], items["fetched_url"]
    moments = items["fetched_at"]
    jobs: list[Job] = []
    for row, page in read(settings, items):
        content, problem = (None, str(page)) if isinstance(page, Exception) else (page.body, "")
        jobs.append((ids[row], content, charsets[row], urls[row] or "", moments[row], problem))
    if workers <= 1 or len(jobs) < workers:
        return [parse(job) for job in jobs]
    # Spawned, not forked: polars has threads, and a fork of a process with threads may hang.
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return list(pool.map(parse, jobs, chunksize=64))


def parse(job: Job) -> Parsed:
    """One page; whatever a parser makes of a hostile page, it becomes a reason and not the end of the month."""
    item_id, content, charset, url, fetched_at, problem = job
    if content is None:
        sentence = f"The archive does not give the page back ({problem}); restore the archive or crawl the month again."
        return (item_id, None, None, None, None, "archive_unreadable", sentence)
    try:
        page = read_page(content, charset, url, fetched_at)
    except PageError as error:
        return (item_id, None, None, None, None, error.reason, str(error))
    except (ValueError, RecursionError, AttributeError, TypeError, LookupError, OverflowError) as error:
        sentence = (
            f"The parser failed on this page ({type(error).__name__}: {str(error)[:120]}); read it in the archive."
        )
        return (item_id, None, None, None, None, "unparseable", sentence)
    return (item_id, page.title, page.text, page.day, page.by, None, None)
