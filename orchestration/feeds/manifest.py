"""The manifest of a feed's month: what was delivered and what became of it.

Belongs here: its shape, reading and writing it.
Does not belong here: deciding what it says (``ledger``, ``ingest``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

MANIFEST = "manifest.json"
ACCEPTED, MISSING = "accepted", "missing"
ID_LENGTH = 16
"""Hexadecimal digits of a file's sha256 that name its delivery."""


@dataclass(frozen=True)
class Delivery:
    """One delivered file whose rows count for the month.

    Attributes:
        delivery_id: first 16 hexadecimal digits of the sha256.
        sha256: of the file as it came.
        file: its name when it was first seen.
        revision: 1, or n for ``<stem>.r<n>.<ext>`` and for a file that was replaced under its name.
        replaced_by: delivery of the same month that corrects this one; all its rows then count as superseded.
        format: csv, jsonl, xlsx, xls, parquet, or zip(...) and gzip(...) of these.
        encoding: of text formats.
        rows: data rows, those that did not parse included.
        arrived_folder: month folder in which the file lay.
    """

    delivery_id: str
    sha256: str
    file: str
    revision: int
    replaced_by: str | None
    format: str
    encoding: str | None
    rows: int
    arrived_folder: str


@dataclass(frozen=True)
class Repeat:
    """A file that had been delivered before; it changes nothing."""

    sha256: str
    file: str
    arrived_folder: str
    first_month: str
    first_file: str


@dataclass(frozen=True)
class FeedMonth:
    """What was delivered for a feed in a month; ``delivered`` is the sum of the three counts behind it.

    Attributes:
        feed: name of the feed.
        month: month in which the rows were received.
        status: ``accepted``, or ``missing`` if no file came.
        delivered: data rows of all deliveries.
        accepted: rows that went on.
        quarantined: rows kept out, each with its reason.
        superseded: rows replaced by a later one of the same month.
        supersedes: deliveries of earlier months that a file of this month corrects as a whole.
        deliveries: files that count.
        repeats: files that had come before.
        cleaned: rule -> values mended or remarked, over all delivered rows that parse.
        quarantine_reasons: reason -> rows.
        warnings: sentences for a person.
    """

    feed: str
    month: str
    status: str
    delivered: int
    accepted: int
    quarantined: int
    superseded: int
    supersedes: tuple[str, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    repeats: tuple[Repeat, ...] = ()
    cleaned: dict[str, int] = field(default_factory=dict)
    quarantine_reasons: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def write(self, folder: Path) -> None:
        """Write ``manifest.json`` into ``folder``."""
        text = json.dumps(asdict(self), ensure_ascii=False, indent=1)
        (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> FeedMonth:
    """The manifest in ``folder``."""
    content = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return FeedMonth(
        **content
        | {
            "supersedes": tuple(content["supersedes"]),
            "deliveries": tuple(Delivery(**delivery) for delivery in content["deliveries"]),
            "repeats": tuple(Repeat(**repeat) for repeat in content["repeats"]),
            "warnings": tuple(content["warnings"]),
        }
    )
