"""Making the lists of replaced rows.

Belongs here: finding out which lists are stale, and from which month on; finding replaced rows.
Does not belong here: place and stamp (``store``).

A raw partition holds each key of its contract once (``feeds.rows``), so a row is replaced only by a row of a later
month. A month therefore costs one pass over the key columns of the earlier months, beside a hash table of its own keys,
and no earlier month has to be looked at again. Which of the replacing deliveries have themselves been superseded by a
month is for the reader to ask: then the earlier row stands again.

Of a feed whose rows may be found by name (``resolve``) only rows with a code replace each other here. The others have
the key of their enterprise, which changes with what is known; the warehouse looks at them month by month.
"""

from __future__ import annotations

import fcntl
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path

import duckdb

from orchestration.feeds.contract import Contract, all_feeds, load_contract
from orchestration.lake import NO_MONTH, prepare, quote, scratch
from orchestration.settings import Settings
from orchestration.standing.store import COLUMNS, STAMP, Seen, Stamp, folder, partitions, place, read_stamp


def prepare_standing(settings: Settings, month: str, feeds: Sequence[str] | None = None) -> list[str]:
    """Make what is missing or stale of the lists of replaced rows, up to a month.

    A list is stale from the first month whose partition is not the one it was made from. Later months than ``month``
    are left as they are where they still hold, and left out until they are asked for where they do not.

    Args:
        settings: whose raw rows.
        month: YYYY-MM.
        feeds: default all.

    Returns:
        The feeds whose lists were made.
    """
    contracts = [load_contract(settings, feed) for feed in feeds or all_feeds(settings)]
    if not any(_stale(settings, contract, month) for contract in contracts):
        return []
    prepare(settings)
    with _alone(settings), scratch(settings) as connection:
        stale = [contract for contract in contracts if _stale(settings, contract, month)]
        for contract in stale:
            _make(connection, settings, contract, month)
    return [contract.feed for contract in stale]


def _stale(settings: Settings, contract: Contract, month: str) -> bool:
    stamp, now = read_stamp(settings, contract.feed), partitions(settings, contract.feed, month)
    if stamp is None:
        return bool(now)
    known = {seen.month: seen.identity for seen in stamp.months if seen.month <= month}
    return stamp.rule != _rule(contract) or known != now


def _rule(contract: Contract) -> str:
    """Join condition under which row ``later`` of a later month replaces row ``earlier``."""
    # what a contract demands is never null in an accepted row, and plain equality lets the scan leave out row groups
    same = [
        f"earlier.{name} = later.{name}"
        if contract.column(name).required or (contract.resolve and name == "enterprise_id")
        else f"earlier.{name} IS NOT DISTINCT FROM later.{name}"
        for name in contract.key
    ]
    if contract.resolve:
        same.append("earlier.enterprise_id IS NOT NULL AND later.enterprise_id IS NOT NULL")
    return " AND ".join(same)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One process makes lists at a time; the next one finds them made."""
    folder(settings).mkdir(parents=True, exist_ok=True)
    with (folder(settings) / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make(connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, month: str) -> None:
    """Keep the months of the list that still hold, add the others up to ``month``, replace the file."""
    stamp, now = read_stamp(settings, contract.feed), partitions(settings, contract.feed, month)
    kept = _holding(stamp, now) if stamp and stamp.rule == _rule(contract) else []
    months = list(now)
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(f"CREATE OR REPLACE TEMP TABLE replaced ({columns})")
    added = [
        Seen(
            months[at],
            now[months[at]],
            _supersedes(settings, contract.feed, months[at]),
            _add_month(connection, settings, contract, months[: at + 1]),
        )
        for at in range(len(kept), len(months))
    ]
    _write(connection, place(settings, contract.feed), kept, Stamp(_rule(contract), (*kept, *added)))


def _holding(stamp: Stamp, now: Mapping[str, str]) -> list[Seen]:
    """Months of a list before the first whose partition is another one now."""
    pairs = zip(stamp.months, now.items(), strict=False)
    return [seen for seen, _ in takewhile(lambda pair: (pair[0].month, pair[0].identity) == pair[1], pairs)]


def _add_month(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, months: Sequence[str]
) -> int:
    """Add the rows of the earlier ``months`` that the last of them replaces; how many."""
    if len(months) == 1:
        return 0
    found = connection.execute(
        "INSERT INTO replaced SELECT later.received_month, later.delivery_id, earlier.delivery_id, earlier.row_no "
        f"FROM {_rows(settings, contract.feed, months[:-1])} AS earlier "
        f"JOIN {_rows(settings, contract.feed, months[-1:])} AS later ON {_rule(contract)}"
    ).fetchone()
    return int(found[0]) if found else 0


def _rows(settings: Settings, feed: str, months: Sequence[str]) -> str:
    # partitions written before the contract had a column lack it; the empty one has them all
    files = [settings.raw / feed / f"month={month}" / "accepted.parquet" for month in (NO_MONTH, *months)]
    return f"read_parquet([{', '.join(map(quote, files))}], union_by_name = true, hive_partitioning = false)"


def _supersedes(settings: Settings, feed: str, month: str) -> bool:
    path = settings.raw / feed / f"month={month}" / "manifest.json"
    return path.is_file() and bool(json.loads(path.read_text(encoding="utf-8"))["supersedes"])


def _write(connection: duckdb.DuckDBPyConnection, path: Path, kept: Sequence[Seen], stamp: Stamp) -> None:
    """Replace the file: its rows of the months ``kept``, then the new ones."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".replaced-{uuid.uuid4().hex[:12]}")
    old = f"SELECT * FROM read_parquet({quote(path)}, hive_partitioning = false) WHERE by_month <= " if kept else ""
    before = f"{old}{quote(kept[-1].month)} UNION ALL " if kept else ""
    connection.execute(
        f"COPY ({before}SELECT * FROM replaced) TO {quote(fresh)} "
        f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{STAMP}: {quote(stamp.text())}}})"
    )
    fresh.rename(path)
