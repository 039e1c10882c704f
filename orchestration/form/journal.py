"""The journal: what was written on the form, kept from the first moment; and which of it was delivered.

Belongs here: appending, reading, the lock; entries as they are on disk.
Does not belong here: making deliveries of it (``deliver``), judging rows (``judge``).

One file of JSON lines for each month of arrival under ``form/journal`` of ``ECR_HOME``, for its owner only, only ever
appended to. A line is on the disk before the person is told that it was kept. A line that a crash cut in two was never
told to anybody: it is passed over, and the next one begins on a line of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from orchestration.settings import Settings, month_check

KEPT, BATCH, DELIVERED = "kept", "batch", "delivered"
RECENT = 3
"""Months of which the pages look at what was written; older ones are in the lake, or were never delivered at all."""
RECEIPT = 12
"""Hexadecimal digits of a receipt."""


_reading = threading.Lock()
_pages: dict[Path, _Page] = {}


@dataclass(frozen=True)
class Submission:
    """What was written at once.

    Attributes:
        receipt: number by which it is found again.
        at: moment, UTC, ISO 8601 with milliseconds.
        month: month in which it arrived.
        source: ``page``, ``file`` or ``correction``.
        rows: column -> text, as the door reads it; persons as sealed hashes.
        refused: rows of the same file that were not taken.
        sha256: of the uploaded file.
    """

    receipt: str
    at: str
    month: str
    source: str
    rows: tuple[Mapping[str, str], ...]
    refused: int = 0
    sha256: str | None = None


@dataclass(frozen=True)
class Batch:
    """Submissions that go into one delivery.

    Attributes:
        name: name of the file.
        month: month in which they arrived.
        receipts: of the submissions, in their order.
        folder: month folder of the landing zone; None until it was delivered.
    """

    name: str
    month: str
    receipts: tuple[str, ...]
    folder: str | None = None


class Journal:
    """The journal of one platform."""

    def __init__(self, settings: Settings) -> None:
        self.home = settings.home / "form"
        self.folder = self.home / "journal"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else appends or delivers meanwhile, in this process or another."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self.home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def keep(
        self,
        month: str,
        source: str,
        rows: Sequence[Mapping[str, str | None]],
        *,
        at: datetime,
        refused: int = 0,
        sha256: str | None = None,
    ) -> Submission:
        """Write a submission down; when this returns it is on the disk."""
        given = tuple({name: text for name, text in row.items() if text is not None} for row in rows)
        moment = at.astimezone(UTC).isoformat(timespec="milliseconds")
        made = Submission(secrets.token_hex(RECEIPT // 2), moment, month, source, given, refused, sha256)
        line = {"kind": KEPT} | {name: value for name, value in vars(made).items() if value is not None}
        with self.alone():
            self.append(month, line)
        return made

    def append(self, month: str, line: Mapping[str, Any]) -> None:
        """Append one line to a month's file; call it within ``alone``."""
        path = self.folder / f"{month_check(month)}.jsonl"
        fresh = not path.exists()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
            data = (("\n" if torn else "") + text + "\n").encode()
            while data:
                data = data[os.write(descriptor, data) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if fresh:
            folder = os.open(self.folder, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def read(self, *, whole: bool = False) -> tuple[list[Submission], list[Batch]]:
        """Submissions and batches, the oldest first: of the last months, or the whole journal.

        What was read once is remembered, and a file only grows: it costs what was appended since.
        """
        paths = sorted(self.folder.glob("*.jsonl"))
        pages = [_page(path) for path in (paths if whole else paths[-RECENT:])]
        with _reading:
            for path in set(_pages) - set(paths[-RECENT:]):
                del _pages[path]
        return [one for page in pages for one in page.submissions], [
            batch for page in pages for batch in page.batches.values()
        ]

    def find(self, receipt: str) -> tuple[Submission, Batch | None] | None:
        """A submission and the batch that it went into; None if there is no such receipt."""
        for whole in (False, True):
            submissions, batches = self.read(whole=whole)
            mine = next((one for one in submissions if one.receipt == receipt), None)
            if mine is not None:
                return mine, next((batch for batch in batches if receipt in batch.receipts), None)
        return None


@dataclass
class _Page:
    """What one file says up to a byte."""

    read: int = 0
    submissions: list[Submission] = field(default_factory=list)
    batches: dict[str, Batch] = field(default_factory=dict)

    def take(self, text: bytes) -> None:
        """Read one line; one that a crash cut in two says nothing."""
        try:
            line = json.loads(text)
        except ValueError:
            return
        kind = line.pop("kind")
        if kind == KEPT:
            self.submissions.append(Submission(**(line | {"rows": tuple(line["rows"])})))
        elif kind == BATCH:
            self.batches[line["name"]] = Batch(line["name"], line["month"], tuple(line["receipts"]))
        elif kind == DELIVERED:
            self.batches[line["name"]] = replace(self.batches[line["name"]], folder=line["folder"])


def _page(path: Path) -> _Page:
    """What a file says, as far as it is written."""
    with _reading:
        page = _pages.setdefault(path, _Page())
        with path.open("rb") as stream:
            stream.seek(page.read)
            for text in stream:
                # the last line may be on its way
                if text.endswith(b"\n"):
                    page.take(text)
                    page.read += len(text)
        return _Page(page.read, list(page.submissions), dict(page.batches))
