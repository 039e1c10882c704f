"""What is known of a source: versions of its items, validators, addresses left out, how far each walk came.

Belongs here: the SQLite file beside the partitions of a source and every question asked of it.
Does not belong here: the partitions that other steps read (``partition``), archived pages (``archive``).

The file is written while a crawl goes on, so that a crash loses nothing that was archived. Every question names a
month and is answered from rows of that month and earlier ones only.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from orchestration.web.crawl.summary import AGAIN, ODD, TRIES

TABLES = """
create table if not exists version (
    seq integer primary key, url text not null, month text not null, item_id text not null, content text not null,
    fetched_url text not null, fetched_at text not null, status integer not null, kind text not null, charset text,
    fields text not null, payload_sha256 text not null, warc text not null, warc_offset integer not null,
    state text not null, etag text, last_modified text, day text, run integer not null, unique (month, item_id)
);
create index if not exists version_of on version (url, month);
create index if not exists version_in on version (month);
create table if not exists asked (url text not null, month text not null, at text not null, primary key (url, month));
create table if not exists skipped (
    url text not null, month text not null, reason text not null, sentence text not null, at text not null,
    fields text not null, tries integer not null, primary key (url, month, reason)
);
create table if not exists page (
    url text not null, month text not null, etag text, last_modified text, next text, newest text,
    primary key (url, month)
);
create table if not exists run (
    run integer primary key, month text not null, as_of text not null, complete integer not null default 0
);
"""
ITEM_COLUMNS = (
    "item_id", "url", "fetched_url", "fetched_at", "status", "kind", "charset", "fields", "payload_sha256", "warc",
    "warc_offset", "state",
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """The newest version of an item.

    Attributes:
        content: hash by which a change is noticed.
        settled: the walk that found it came to its end, so that nothing older is missing.
    """

    url: str
    content: str
    state: str
    payload_sha256: str
    fields: dict[str, str]
    etag: str | None
    last_modified: str | None
    fetched_at: str
    settled: bool


@dataclass(frozen=True)
class KnownPage:
    """A list page as the last complete walk found it."""

    etag: str | None
    last_modified: str | None
    next: str | None
    newest: str | None


class State:
    """The SQLite file of one source; one process at a time writes it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._db.execute("pragma journal_mode = wal")
        self._db.execute("pragma synchronous = normal")
        self._db.executescript(TABLES)
        self._run = 0

    def __enter__(self) -> State:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.close()

    def begin(self, month: str, as_of: datetime) -> None:
        """Begin a walk; what is added belongs to it."""
        found = self._db.execute("insert into run (month, as_of) values (?, ?)", (month, as_of.isoformat()))
        self._run = int(found.lastrowid or 0)

    def complete(self) -> None:
        """The walk came to its end: whatever the lists held is known."""
        self._db.execute("update run set complete = 1 where run = ?", (self._run,))

    def last_complete(self, month: str) -> datetime | None:
        """Instant of the newest complete walk of this month and earlier ones."""
        (at,) = self._db.execute("select max(as_of) from run where complete = 1 and month <= ?", (month,)).fetchone()
        return datetime.fromisoformat(at) if at else None

    def batch(self) -> Batch:
        """Several writes that are kept together."""
        return Batch(self._db)

    def known(self, url: str, month: str) -> Known | None:
        """The newest version of an item that this month may know."""
        row = self._db.execute(
            """
            select content, state, payload_sha256, fields, etag, last_modified, fetched_at, run.complete
            from version join run using (run)
            where url = ? and version.month <= ? order by version.month desc, seq desc limit 1
            """,
            (url, month),
        ).fetchone()
        if row is None:
            return None
        content, state, payload, fields, etag, modified, fetched_at, complete = row
        return Known(url, content, state, payload, json.loads(fields), etag, modified, fetched_at, bool(complete))

    def add(self, month: str, item: Mapping[str, Any], content: str, validators: tuple[str | None, str | None]) -> bool:
        """Keep a version of an item; False if this very version is there already. A skip of its address is taken back.

        Args:
            month: partition.
            item: the columns of ``ITEM_COLUMNS``; ``fields`` as a mapping, ``fetched_at`` as ISO text.
            content: hash by which a change is noticed.
            validators: ETag and Last-Modified.
        """
        fields: Mapping[str, str] = item["fields"]
        row = {**item, "fields": json.dumps(dict(fields), ensure_ascii=False, sort_keys=True)}
        names = (*ITEM_COLUMNS, "month", "content", "etag", "last_modified", "day", "run")
        values = (
            *(row[name] for name in ITEM_COLUMNS),
            month,
            content,
            *validators,
            fields.get("published_on"),
            self._run,
        )
        marks = ", ".join("?" * len(names))
        found = self._db.execute(f"insert or ignore into version ({', '.join(names)}) values ({marks})", values)
        self._db.execute("delete from skipped where url = ? and month = ? and reason <> ?", (item["url"], month, ODD))
        return found.rowcount > 0

    def skip(
        self, month: str, url: str, reason: str, sentence: str, *, at: datetime, fields: Mapping[str, str]
    ) -> None:
        """Keep why an address was left out; the newest sentence of a reason stays, attempts are counted."""
        self._db.execute(
            """
            insert into skipped values (?, ?, ?, ?, ?, ?, 1)
            on conflict do update set sentence = excluded.sentence, tries = tries + 1
            """,
            (url, month, reason, sentence, at.isoformat(), json.dumps(dict(fields), ensure_ascii=False)),
        )

    def left_alone(self, url: str, month: str) -> bool:
        """Whether an address was left out for good, or too often, so that it is not asked any more."""
        rows = self._db.execute(
            "select reason, tries from skipped where url = ? and month <= ? and reason <> ?", (url, month, ODD)
        ).fetchall()
        return any(reason not in AGAIN for reason, _ in rows) or sum(tries for _, tries in rows) >= TRIES

    def to_try_again(self, month: str) -> Iterator[tuple[str, dict[str, str]]]:
        """Addresses whose answer may be better by now, with what the list said of them."""
        rows = self._db.execute(
            """
            select url, max(fields), group_concat(distinct reason), sum(tries) from skipped
            where month <= ? and reason <> ? group by url
            """,
            (month, ODD),
        ).fetchall()
        for url, fields, reasons, tries in rows:
            if set(reasons.split(",")) <= AGAIN and tries < TRIES and self.known(url, month) is None:
                yield url, json.loads(fields)

    def to_refresh(self, month: str, since: date, asked_before: datetime) -> list[str]:
        """Pages of their own that were published, or first fetched, since a day and not asked again lately."""
        rows = self._db.execute(
            """
            select url, max(coalesce(day, substr(at, 1, 10))) as day, max(at) as at
            from (
                select url, month, day, fetched_at as at from version where kind = 'html'
                union all
                select url, month, '' as day, at from asked
            )
            where month <= ? group by url having day >= ? and at <= ? order by url
            """,
            (month, since.isoformat(), asked_before.isoformat()),
        ).fetchall()
        return [url for url, _, _ in rows]

    def asked(self, url: str, month: str, at: datetime) -> None:
        """An item was asked again and nothing new was heard."""
        self._db.execute(
            "insert into asked values (?, ?, ?) on conflict do update set at = excluded.at",
            (url, month, at.isoformat()),
        )

    def page(self, url: str, month: str) -> KnownPage | None:
        """A list page as the last complete walk of this month or an earlier one found it."""
        row = self._db.execute(
            """
            select etag, last_modified, next, newest from page
            where url = ? and month <= ? order by month desc limit 1
            """,
            (url, month),
        ).fetchone()
        return KnownPage(*row) if row else None

    def keep_page(self, url: str, month: str, page: KnownPage) -> None:
        """Keep the validators of a list page; only after a walk that came to its end."""
        self._db.execute(
            "insert or replace into page values (?, ?, ?, ?, ?, ?)",
            (url, month, page.etag, page.last_modified, page.next, page.newest),
        )

    def items(self, month: str) -> list[tuple[Any, ...]]:
        """Versions found in a month, in ``ITEM_COLUMNS``."""
        return self._db.execute(f"select {', '.join(ITEM_COLUMNS)} from version where month = ?", (month,)).fetchall()

    def skips(self, month: str) -> list[tuple[Any, ...]]:
        """What was left out in a month: url, reason, sentence, at."""
        return self._db.execute("select url, reason, sentence, at from skipped where month = ?", (month,)).fetchall()


class Batch:
    """A transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def __enter__(self) -> None:
        self._db.execute("begin")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._db.execute("rollback" if kind else "commit")
