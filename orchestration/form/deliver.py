"""From the journal to ``landing``: what was written since the last time becomes one file of the feed.

Belongs here: which submissions wait, the file, what a crash left half done.
Does not belong here: the journal's own form (``journal``), taking deliveries in (``feeds``).

A batch is written into the journal before its file is, and marked once the file lies in ``landing``. Whatever was left
between the two is done again under the same name with the same content, which is no second delivery.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import polars as pl

from orchestration.feeds.ledger import first_open
from orchestration.form.journal import BATCH, DELIVERED, Batch, Journal, Submission
from orchestration.form.layout import Layout
from orchestration.settings import Settings


@dataclass(frozen=True)
class Delivery:
    """A file that was put into landing: where, and how many rows and submissions it holds."""

    path: Path
    rows: int
    submissions: int


def deliver(settings: Settings, layout: Layout, *, whole: bool = False) -> list[Delivery]:
    """Deliver all that waits in the journal, one file for each month of arrival; nothing waits afterwards.

    A file goes into the folder of the month in which its rows arrived, or of the first one after it that is open.

    Args:
        settings: whose journal and landing zone.
        layout: contract and plan.
        whole: look at all months of the journal, as is done once at the start, not only at the last ones.
    """
    journal = Journal(settings)
    made = []
    with journal.alone():
        submissions, batches = journal.read(whole=whole)
        known = {receipt for batch in batches for receipt in batch.receipts}
        waiting = sorted((one for one in submissions if one.receipt not in known), key=lambda one: one.month)
        for month, group in groupby(waiting, key=lambda one: one.month):
            batch = _batch(month, list(group))
            journal.append(month, {"kind": BATCH, "name": batch.name, "month": month, "receipts": batch.receipts})
            batches.append(batch)
        by_receipt = {one.receipt: one for one in submissions}
        for batch in batches:
            if batch.folder is None:
                made.append(_land(settings, layout, journal, batch, [by_receipt[one] for one in batch.receipts]))
    return made


def _batch(month: str, waiting: list[Submission]) -> Batch:
    """Name and content of a file; the moment in front, so that of two results for one key the last one counts."""
    receipts = tuple(one.receipt for one in waiting)
    moment = "".join(character for character in max(one.at for one in waiting)[:23] if character.isdigit())
    digest = hashlib.sha256(" ".join(receipts).encode()).hexdigest()[:12]
    return Batch(f"form-{moment}-{digest}.csv", month, receipts)


def _land(
    settings: Settings, layout: Layout, journal: Journal, batch: Batch, submissions: list[Submission]
) -> Delivery:
    rows = [row for one in submissions for row in one.rows]
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in layout.columns},
        schema=dict.fromkeys(layout.columns, pl.String),
    )
    month = first_open(settings, layout.contract.feed, batch.month)
    folder = settings.landing / layout.contract.feed / month
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / batch.name
    text = io.BytesIO()
    frame.write_csv(text)
    _write(target, text.getvalue())
    journal.append(batch.month, {"kind": DELIVERED, "name": batch.name, "folder": month})
    return Delivery(target, frame.height, len(submissions))


def _write(target: Path, content: bytes) -> None:
    """Write a file beside its place, for its owner only, and rename it: a sensor never sees half of it."""
    unfinished = target.with_name(f".{target.name}")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.rename(target)
