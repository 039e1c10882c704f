"""What is read off the state between the stages: accounts of the deliveries, rows and their hashes, bytes by area.

Belongs here: queries and walks that change nothing.
Does not belong here: what has to hold of it (``invariants``).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.lake import connect, feed_month_sql, scratch
from orchestration.settings import MONTH, Settings

Fingerprint = tuple[int, str]
"""Rows, and the sum of their hashes, which does not depend on their order."""

HASHED = {
    "risk_class": "main.risk_class",
    "enterprise_score": "scores.enterprise_score",
    "risk_evidence": "scores.risk_evidence",
    "specialised_class": "main.specialised_class",
    "combined_class": "main.combined_class",
}
"""Tables whose rows must come out alike, whichever run made them."""
AREAS = {
    "raw": ("lake", "raw"),
    "originals": ("lake", "originals"),
    "links": ("lake", "resolution"),
    "tables": ("lake", "tables"),
    "standing": ("lake", "standing"),
    "catalogue": ("lake",),
    "quality": ("quality",),
    "dagster": ("dagster",),
    "dbt": ("dbt",),
    "landing": ("landing",),
}
"""Areas of the state, by their folder; a file belongs to the deepest that holds it."""


@dataclass(frozen=True)
class Account:
    """What one feed's month says about its rows, and what its files hold."""

    feed: str
    month: str
    delivered: int
    accepted: int
    quarantined: int
    superseded: int
    found: tuple[int, int, int]


def accounts(settings: Settings) -> list[Account]:
    """Every published feed and month."""
    with scratch(settings) as connection:
        told = connection.execute(
            f"SELECT feed, month, delivered, accepted, quarantined, superseded FROM ({feed_month_sql(settings)})"
        ).fetchall()
        held = dict(
            connection.execute(
                "SELECT file_name, num_rows FROM parquet_file_metadata(?)", [str(settings.raw / "*/month=2*/*.parquet")]
            ).fetchall()
        )

    def found(feed: str, month: str) -> tuple[int, int, int]:
        folder = settings.raw / feed / f"month={month}"
        accepted, quarantined, superseded = (
            int(held.get(str(folder / f"{name}.parquet"), 0)) for name in ("accepted", "quarantined", "superseded")
        )
        return accepted, quarantined, superseded

    return [
        Account(feed, month, delivered, accepted, quarantined, superseded, found(feed, month))
        for feed, month, delivered, accepted, quarantined, superseded in sorted(told)
    ]


def raw_rows(settings: Settings, last: str) -> dict[str, int]:
    """Accepted records by received month, up to ``last``."""
    found: dict[str, int] = {}
    for account in accounts(settings):
        if MONTH.match(account.month) and account.month <= last:
            found[account.month] = found.get(account.month, 0) + account.accepted
    return found


def fingerprints(settings: Settings, months: list[str]) -> dict[str, dict[str, Fingerprint]]:
    """Rows and hash of each table of ``HASHED`` for each of the months."""
    with connect(settings, read_only=True) as connection:
        return {
            month: {name: _fingerprint(connection, table, "month = ?", [month]) for name, table in HASHED.items()}
            for month in months
        }


def _fingerprint(connection: duckdb.DuckDBPyConnection, table: str, where: str, values: list[str]) -> Fingerprint:
    row = connection.execute(
        f"SELECT count(*), coalesce(sum(hash(rows)::HUGEINT), 0) FROM lake.{table} AS rows WHERE {where}", values
    ).fetchone()
    assert row is not None  # noqa: S101  an aggregate gives one row
    return int(row[0]), str(row[1])


def region_files(settings: Settings) -> dict[str, list[str]]:
    """Data files of ``risk_class`` by partition, ``<month>/<region>``: what a run touched has other files."""
    with connect(settings, read_only=True) as connection:
        files = connection.execute("SELECT data_file FROM ducklake_list_files('lake', 'risk_class')").fetchall()
    found: dict[str, list[str]] = {}
    for (file,) in sorted(files):
        parts = dict(part.split("=", 1) for part in Path(file).parts if "=" in part)
        found.setdefault(f"{parts.get('month')}/{parts.get('region_code')}", []).append(Path(file).name)
    return found


def regions(settings: Settings, month: str) -> dict[str, Fingerprint]:
    """Rows and hash of ``risk_class`` by region."""
    with connect(settings, read_only=True) as connection:
        return {
            code: (int(rows), str(total))
            for code, rows, total in connection.execute(
                "SELECT region_code, count(*), sum(hash(c)::HUGEINT) FROM lake.main.risk_class AS c "
                "WHERE month = ? GROUP BY 1 ORDER BY 1",
                [month],
            ).fetchall()
        }


@dataclass(frozen=True)
class Classified:
    """What one month's classes come to.

    Attributes:
        month: YYYY-MM.
        enterprises: live ones at its end.
        classes: rows of ``risk_class``.
        unclassified: live enterprises without a class, or classes without a live enterprise.
        twice: enterprises with more than one class.
        strange: classes other than A to D.
        unequal: scores that are not the sum of their points, or not the one that was classified.
    """

    month: str
    enterprises: int
    classes: int
    unclassified: int
    twice: int
    strange: int
    unequal: int


def classified(settings: Settings, month: str) -> Classified:
    """Counts of one month."""
    with connect(settings, read_only=True) as connection:
        columns = connection.execute(
            "SELECT column_name FROM duckdb_columns() WHERE database_name = 'lake' AND schema_name = 'scores' "
            "AND table_name = 'enterprise_score' AND starts_with(column_name, 'p_')"
        ).fetchall()
        points = " + ".join(f"coalesce({name}, 0)" for (name,) in columns)
        row = connection.execute(
            f"""
            WITH live AS (SELECT enterprise_id FROM lake.scores.enterprise WHERE month = $month),
            decided AS (
                SELECT enterprise_id, count(*) AS n, min(score) AS score,
                    count(*) FILTER (class IS NULL OR class NOT IN ('A', 'B', 'C', 'D')) AS strange
                FROM lake.main.risk_class WHERE month = $month GROUP BY 1
            ),
            scored AS (
                SELECT enterprise_id, score, {points} AS points FROM lake.scores.enterprise_score WHERE month = $month
            )
            SELECT count(live.enterprise_id), coalesce(sum(decided.n), 0),
                count(*) FILTER (live.enterprise_id IS NULL OR decided.enterprise_id IS NULL),
                count(*) FILTER (decided.n > 1), coalesce(sum(decided.strange), 0),
                count(*) FILTER (
                    scored.score IS DISTINCT FROM scored.points OR decided.score IS DISTINCT FROM scored.score
                )
            FROM live FULL JOIN decided USING (enterprise_id) FULL JOIN scored USING (enterprise_id)
            """,
            {"month": month},
        ).fetchone()
    assert row is not None  # noqa: S101  an aggregate gives one row
    return Classified(month, *map(int, row))


def area_of(parts: tuple[str, ...]) -> str:
    """The area that a file belongs to, by the parts of its path below the home folder."""
    fitting = [(len(folder), name) for name, folder in AREAS.items() if parts[: len(folder)] == folder]
    return max(fitting)[1] if fitting else "other"


def sizes(home: Path) -> dict[str, int]:
    """Bytes of all files by area."""
    found: dict[str, int] = {}
    for folder, _, names in os.walk(home):
        area = area_of(Path(folder).relative_to(home).parts)
        for name in names:
            path = Path(folder, name)
            if path.is_file():
                found[area] = found.get(area, 0) + path.stat().st_size
    return found


def written(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Bytes by which each area grew; areas that did not are left out."""
    return {area: size - before.get(area, 0) for area, size in sorted(after.items()) if size > before.get(area, 0)}
