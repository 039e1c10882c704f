"""Upkeep of the lake: fewer files, fewer snapshots, nothing lost that a reader or audit needs.

Belongs here: the order of the steps, the looks before and after. Does not belong here: which snapshots audit needs
(``risk.decisions``), days and sizes (``policy``).

Readers are never disturbed. A file that was merged or that no snapshot needs is put on a list first and removed
``grace_days`` later; one that no snapshot ever knew, left by a crash, is removed at the same age. Before a file is
removed, the list is compared with the catalogue; afterwards every file of the catalogue must be there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from orchestration.lake import connect
from orchestration.maintenance.policy import Policy
from orchestration.risk.decisions import needed_snapshots
from orchestration.settings import Settings

MEGABYTE = 1024 * 1024
MERGED_AT_ONCE = 256
"""New files that one merge writes before it commits; bounds what a crash can undo."""
BUSY_SECONDS = 30
"""Seconds for which compacting the embedded catalogue waits for others."""

_META = "__ducklake_metadata_lake"
_KNOWN = f"""
    WITH base AS (SELECT value AS path FROM {_META}.ducklake_metadata WHERE key = 'data_path' AND scope IS NULL),
         place AS (
            SELECT t.table_id, any_value(
                CASE WHEN NOT t.path_is_relative THEN t.path
                     WHEN NOT s.path_is_relative THEN s.path || t.path
                     ELSE base.path || s.path || t.path END) AS path
            FROM {_META}.ducklake_table t JOIN {_META}.ducklake_schema s USING (schema_id), base GROUP BY t.table_id),
         file AS (SELECT table_id, path, path_is_relative FROM {_META}.ducklake_data_file
                  UNION ALL SELECT table_id, path, path_is_relative FROM {_META}.ducklake_delete_file)
    SELECT CASE WHEN file.path_is_relative THEN place.path || file.path ELSE file.path END AS path
    FROM file JOIN place USING (table_id)
"""
"""Full names of all files that a snapshot needs."""


class MaintenanceError(RuntimeError):
    """The lake is not as it must be; the message says what was found and that nothing more was removed."""


@dataclass(frozen=True)
class LakeState:
    """How large the lake is.

    Attributes:
        snapshots: snapshots that can be read.
        files: files of the newest snapshot; ``bytes``: their size.
        kept_files: files of all snapshots; ``kept_bytes``: their size.
        waiting_files: files that nothing needs, until the grace period is over.
        catalogue_bytes: size of the embedded catalogue; 0 where another database holds it.
    """

    snapshots: int
    files: int
    bytes: int
    kept_files: int
    kept_bytes: int
    waiting_files: int
    catalogue_bytes: int


@dataclass(frozen=True)
class LakeReport:
    """What one maintenance of the lake did.

    Attributes:
        before, after: the lake before and after.
        expired: snapshots forgotten.
        audited: snapshots kept because classes were decided in them.
        merged: files merged into fewer; ``rewritten``: files written anew without their deleted rows.
        removed: files removed because nothing needed them; ``orphans``: files removed that no snapshot ever knew.
        compacted: whether the embedded catalogue was written anew, or why not.
    """

    before: LakeState
    after: LakeState
    expired: int
    audited: int
    merged: int
    rewritten: int
    removed: int
    orphans: int
    compacted: str


def maintain_lake(
    settings: Settings, policy: Policy, now: datetime, tell: Callable[[str], None] = lambda _: None
) -> LakeReport:
    """Compact the lake and forget what the policy does not keep.

    Safe beside readers. Another writer makes a step fail without harm, hence the pool of writers.

    Args:
        settings: where the lake is.
        policy: what is kept.
        now: with a time zone; the policy's days count back from it.
        tell: is given one line per step.

    Raises:
        MaintenanceError: catalogue and files do not agree.
    """
    with connect(settings) as connection:
        before = _state(connection, settings)
        audited = needed_snapshots(connection, policy.snapshots.trial_hours)
        expired = _expire(connection, audited | set(policy.snapshots.hold), now, policy.snapshots.keep_days)
        tell(f"{expired} snapshots forgotten, {len(audited)} kept for audit")
        rewritten, merged = _rewrite(connection, policy), _merge(connection, policy)
        tell(f"{rewritten} files rewritten, {merged} merged")
        until = now - timedelta(days=policy.files.grace_days)
        removed, orphans = _remove(connection, "ducklake_cleanup_old_files", until), 0
        if connection.execute("SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' LIMIT 1").fetchone():
            orphans = _remove(connection, "ducklake_delete_orphaned_files", until)
        tell(f"{removed} files removed that nothing needs, {orphans} that a crash had left")
        _check_files(connection)
    compacted = compact_catalogue(settings, policy.catalogue.compact_free_share)
    with connect(settings, read_only=True) as connection:
        after = _state(connection, settings)
    return LakeReport(before, after, expired, len(audited), merged, rewritten, removed, orphans, compacted)


def _state(connection: duckdb.DuckDBPyConnection, settings: Settings) -> LakeState:
    snapshots, waiting = _row(
        connection,
        "SELECT (SELECT count(*) FROM ducklake_snapshots('lake')), "
        f"(SELECT count(*) FROM {_META}.ducklake_files_scheduled_for_deletion)",
    )
    live, live_bytes, kept, kept_bytes = _row(
        connection,
        f"""WITH file AS (SELECT end_snapshot, file_size_bytes FROM {_META}.ducklake_data_file
                          UNION ALL SELECT end_snapshot, file_size_bytes FROM {_META}.ducklake_delete_file)
            SELECT count(*) FILTER (WHERE end_snapshot IS NULL),
                   coalesce(sum(file_size_bytes) FILTER (WHERE end_snapshot IS NULL), 0),
                   count(*), coalesce(sum(file_size_bytes), 0) FROM file""",
    )
    path = _embedded(settings)
    size = path.stat().st_size if path and path.is_file() else 0
    return LakeState(snapshots, live, int(live_bytes), kept, int(kept_bytes), waiting, size)


def _row(connection: duckdb.DuckDBPyConnection, query: str) -> tuple:
    found = connection.execute(query).fetchone()
    assert found is not None  # noqa: S101 (an aggregate always has a row)
    return found


def _expire(connection: duckdb.DuckDBPyConnection, keep: set[int], now: datetime, days: int) -> int:
    """Forget the snapshots older than ``days`` but for those to ``keep`` and the newest."""
    old = connection.execute(
        "SELECT snapshot_id FROM ducklake_snapshots('lake') WHERE snapshot_time < $until "
        "AND snapshot_id < (SELECT max(snapshot_id) FROM ducklake_snapshots('lake')) ORDER BY snapshot_id",
        {"until": now - timedelta(days=days)},
    ).fetchall()
    forget = [snapshot for (snapshot,) in old if snapshot not in keep]
    if forget:
        connection.execute("CALL ducklake_expire_snapshots('lake', versions => $forget)", {"forget": forget})
    return len(forget)


def _tables(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(
        "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'lake' ORDER BY ALL"
    ).fetchall()


def _rewrite(connection: duckdb.DuckDBPyConnection, policy: Policy) -> int:
    """Write files anew of which many rows are deleted; how many."""
    written = 0
    for schema, table in _tables(connection):
        rows = connection.execute(
            "CALL ducklake_rewrite_data_files('lake', $table, schema => $schema, delete_threshold => $share)",
            {"table": table, "schema": schema, "share": policy.files.rewrite_deleted_share},
        ).fetchall()
        written += sum(int(row[2]) for row in rows)
    return written


def _merge(connection: duckdb.DuckDBPyConnection, policy: Policy) -> int:
    """Merge small files of one partition, table by table; how many became fewer."""
    merged = 0
    for schema, table in _tables(connection):
        # a step that merges fewer than it may has found the last of them
        while True:
            rows = connection.execute(
                "CALL ducklake_merge_adjacent_files('lake', $table, schema => $schema, "
                "max_file_size => $size, max_compacted_files => $most)",
                {
                    "table": table,
                    "schema": schema,
                    "size": policy.files.merge_below_mb * MEGABYTE,
                    "most": MERGED_AT_ONCE,
                },
            ).fetchall()
            merged += sum(int(row[2]) for row in rows)
            if sum(int(row[3]) for row in rows) < MERGED_AT_ONCE:
                break
    return merged


def _remove(connection: duckdb.DuckDBPyConnection, step: str, until: datetime) -> int:
    """Remove the files that ``step`` names and that are older than ``until``, unless a snapshot needs one of them."""
    named = connection.execute(f"CALL {step}('lake', older_than => $until, dry_run => true)", {"until": until})
    files = [path for (path, *_) in named.fetchall()]
    if not files:
        return 0
    needed = connection.execute(
        f"SELECT path FROM ({_KNOWN}) WHERE path IN (SELECT unnest($files)) LIMIT 1", {"files": files}
    ).fetchone()
    if needed:
        raise MaintenanceError(
            f"{step} would remove {needed[0]}, which a snapshot needs; nothing of its {len(files)} files was removed."
        )
    connection.execute(f"CALL {step}('lake', older_than => $until)", {"until": until})
    return len(files)


def _check_files(connection: duckdb.DuckDBPyConnection) -> None:
    """Every file that a snapshot needs is there."""
    base = _row(connection, f"SELECT value FROM {_META}.ducklake_metadata WHERE key = 'data_path' AND scope IS NULL")
    missing, example = _row(
        connection,
        f"WITH known AS ({_KNOWN}), here AS (SELECT file FROM glob('{str(base[0]).replace(chr(39), chr(39) * 2)}**')) "
        "SELECT count(*), min(path) FROM known ANTI JOIN here ON here.file = known.path",
    )
    if missing:
        raise MaintenanceError(f"{missing} files of the catalogue are not there, for example {example}.")


def _embedded(settings: Settings) -> Path | None:
    return Path(settings.catalog.removeprefix("sqlite:")) if settings.catalog.startswith("sqlite:") else None


def compact_catalogue(settings: Settings, free_share: float) -> str:
    """Write the embedded catalogue anew if more than ``free_share`` of it is empty; says what was done.

    A catalogue in PostgreSQL is left to its own autovacuum. One that others keep busy is left for the next time.
    """
    path = _embedded(settings)
    if path is None:
        return "no: the catalogue is a server of its own"
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        pages, free = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count"))
        try:
            if free <= free_share * pages:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                return f"no: {free / max(pages, 1):.0%} of it is empty"
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.OperationalError as error:
            return f"no: {error}"
    return f"yes: {free / pages:.0%} of it was empty"
