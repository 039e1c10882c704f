"""Where the lists of replaced rows lie, and what each was made from.

Belongs here: place and columns of a list, its stamp, what the stamps tell the warehouse.
Does not belong here: making a list (``make``), leaving replaced rows out (macro ``as_known``, ``resolution.known``).

``lake/standing/feed=<feed>/replaced.parquet`` holds all months of a feed. Its stamp lies in the same file, so that a
reader never sees the rows of one state beside the stamp of another. Raw is shared with the shadow, and so is this.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
import polars as pl

from orchestration.partition import write_empty
from orchestration.settings import MONTH, Settings

COLUMNS = {"by_month": "VARCHAR", "by_delivery": "VARCHAR", "delivery_id": "VARCHAR", "row_no": "BIGINT"}
"""A replaced row (``delivery_id``, ``row_no``), and month and delivery of one that replaces it."""
NO_FEED = "none"
"""A list without rows, so that the lists can be read before the first was made."""
STAMP = "made_from"


@dataclass(frozen=True)
class Seen:
    """A raw partition as it was when a list was made.

    Attributes:
        month: YYYY-MM, in which its rows were received.
        identity: size and time of change of its rows and of its manifest; a partition that is replaced has another.
        supersedes: whether its manifest replaces whole deliveries of earlier months.
        replaced: rows of earlier months that its rows replace.
    """

    month: str
    identity: str
    supersedes: bool = False
    replaced: int = 0


@dataclass(frozen=True)
class Stamp:
    """What a list was made from: by which rule one row replaces another, and the partitions, oldest first."""

    rule: str
    months: tuple[Seen, ...]

    def text(self) -> str:
        """As it is kept in the file."""
        return json.dumps(asdict(self))


def folder(settings: Settings) -> Path:
    """Folder of all lists."""
    return settings.home / "lake" / "standing"


def place(settings: Settings, feed: str) -> Path:
    """The list of a feed; there is none before its first month was taken in."""
    return folder(settings) / f"feed={feed}" / "replaced.parquet"


def read_stamp(settings: Settings, feed: str) -> Stamp | None:
    """What the list of a feed was made from; None where there is no list."""
    path = place(settings, feed)
    if not path.is_file():
        return None
    content = json.loads(pl.read_parquet_metadata(path)[STAMP])
    return Stamp(content["rule"], tuple(Seen(**month) for month in content["months"]))


def partitions(settings: Settings, feed: str, month: str) -> dict[str, str]:
    """Published months of a feed up to ``month``, oldest first, and the identity of each partition now."""
    found = {}
    for path in sorted((settings.raw / feed).glob("month=*")):
        name = path.name.removeprefix("month=")
        rows = path / "accepted.parquet"
        if MONTH.match(name) and name <= month and rows.is_file():
            found[name] = f"{_identity(rows)} {_identity(path / 'manifest.json')}"
    return found


def _identity(path: Path) -> str:
    try:
        kept = path.stat()
    except FileNotFoundError:
        return "none"
    return f"{kept.st_size}:{kept.st_mtime_ns}"


def joins(settings: Settings, feeds: Iterable[str], month: str) -> dict[str, list[str]]:
    """Which feeds have replaced rows, and which have superseded deliveries, at the end of a month.

    Readers of the others need not look for any. A feed without a list may have both.

    Returns:
        ``replaced`` and ``superseded``, each with names of feeds.
    """
    found: dict[str, list[str]] = {"replaced": [], "superseded": []}
    for feed in feeds:
        stamp = read_stamp(settings, feed)
        months = [seen for seen in stamp.months if seen.month <= month] if stamp else []
        if stamp is None or any(seen.replaced for seen in months):
            found["replaced"].append(feed)
        if stamp is None or any(seen.supersedes for seen in months):
            found["superseded"].append(feed)
    return found


def prepare_lists(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Give the lists an empty one; nothing that exists is changed."""
    write_empty(connection, place(settings, NO_FEED), COLUMNS)
