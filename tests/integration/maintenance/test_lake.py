"""Upkeep of a real lake: it gets smaller, reads the same, and keeps what audit and readers need."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.lake import connect
from orchestration.maintenance import MaintenanceError, load_policy, maintain_lake
from orchestration.maintenance.upkeep import compact_catalogue
from orchestration.risk.decisions import decisions
from orchestration.risk.partitions import replace_partitions
from orchestration.settings import Settings

MONTHS = ("2026-04", "2026-05")
REGIONS = ["410100", "410200", "410300"]
COLUMNS = {"month": "VARCHAR", "region_code": "VARCHAR", "enterprise_id": "VARCHAR", "class": "VARCHAR"}
TABLES = ("main.risk_class", "scores.enterprise_score")
PIECES = 3
LATER = datetime.now(tz=UTC) + timedelta(days=400)
"""A moment at which everything that the tests write is older than any number of days of the policy."""


def score(connection: duckdb.DuckDBPyConnection, month: str, points: int) -> None:
    """Compute a month as dbt does: its rows are replaced."""
    connection.execute("DELETE FROM lake.scores.enterprise_score WHERE month = ?", [month])
    for piece in range(PIECES):
        connection.execute(
            "INSERT INTO lake.scores.enterprise_score "
            "SELECT $month, 'firm ' || range, range * $points FROM range($a, $b)",
            {"month": month, "points": points, "a": piece * 100, "b": piece * 100 + 100},
        )


def decide(connection: duckdb.DuckDBPyConnection, month: str, name: str, regions: list[str] | None = None) -> None:
    """Decide as the platform does: some inserts in one transaction, with a note."""
    regions = regions or REGIONS
    query = "SELECT $month, region, 'firm ' || range, $name FROM unnest($regions) AS r(region), range($a, $b)"
    rows = [
        (query, {"month": month, "regions": regions, "name": name, "a": piece * 50, "b": piece * 50 + 50})
        for piece in range(PIECES)
    ]
    replace_partitions(connection, "risk_class", COLUMNS, rows, months=[month], regions=regions)


def read(connection: duckdb.DuckDBPyConnection, version: int | None = None) -> dict[str, tuple]:
    """Rows and hash of each table, now or at a snapshot."""
    at = "" if version is None else f" AT (VERSION => {version})"
    return {
        table: connection.execute(f"SELECT count(*), bit_xor(hash(t)) FROM (FROM lake.{table}{at}) AS t").fetchone()
        for table in TABLES
    }


def aged(settings: Settings, hours: dict[int, float]) -> None:
    """Make snapshots older than they are."""
    with closing(sqlite3.connect(settings.computed / "catalog.sqlite")) as catalogue, catalogue:
        for snapshot, by in hours.items():
            moment = datetime.now(tz=UTC) - timedelta(hours=by)
            catalogue.execute(
                "UPDATE ducklake_snapshot SET snapshot_time = ? WHERE snapshot_id = ?",
                [moment.strftime("%Y-%m-%d %H:%M:%S.%f+00"), snapshot],
            )


def files(settings: Settings) -> set[Path]:
    return set(Path(settings.data_path).rglob("*.parquet"))


@pytest.fixture
def lake(settings: Settings) -> Settings:
    """Two months, computed and decided four times each, one region once more on its own."""
    with connect(settings) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute(
            "CREATE TABLE lake.scores.enterprise_score (month VARCHAR, enterprise_id VARCHAR, points INT)"
        )
        connection.execute("ALTER TABLE lake.scores.enterprise_score SET PARTITIONED BY (month)")
        for turn in range(4):
            for month in MONTHS:
                score(connection, month, turn + 1)
                decide(connection, month, "ABCD"[turn])
        decide(connection, MONTHS[0], "B", [REGIONS[1]])
    return settings


def test_files_and_snapshots_shrink_and_tables_read_the_same(lake: Settings) -> None:
    with connect(lake, read_only=True) as connection:
        before = read(connection)
    paths = files(lake)
    policy = load_policy(lake)
    report = maintain_lake(lake, policy, LATER)
    with connect(lake, read_only=True) as connection:
        assert read(connection) == before
    assert report.expired > 20
    assert report.after.snapshots == report.before.snapshots - report.expired + len(TABLES)  # each merge is a snapshot
    # 2 months x 3 regions and 2 months, in one file each instead of one per insert
    assert (report.before.files, report.after.files) == (24, 8)
    assert report.merged == 24
    assert len(files(lake)) < len(paths) / 2
    again = maintain_lake(lake, policy, LATER)
    assert (again.merged, again.rewritten, again.orphans) == (0, 0, 0)
    assert again.after.files == report.after.files


def test_decisions_that_stood_can_be_read_as_they_were_taken(lake: Settings) -> None:
    policy = load_policy(lake)
    with connect(lake, read_only=True) as connection:
        taken = decisions(connection, policy.snapshots.trial_hours)
        assert len(taken) == 9
        # two days between the first decision of the first month and its second; the others follow within the hour
        first = taken[0]
        then = {one.snapshot: read(connection, one.snapshot) for one in taken}
    aged(lake, {first.snapshot: 48})
    maintain_lake(lake, policy, LATER)
    with connect(lake, read_only=True) as connection:
        kept = [one.snapshot for one in decisions(connection, policy.snapshots.trial_hours)]
        # the newest ones of each month, that of the one region, and the one that stood for two days
        assert kept == [first.snapshot, taken[6].snapshot, taken[7].snapshot, taken[8].snapshot]
        for snapshot in kept:
            assert read(connection, snapshot) == then[snapshot]
        assert connection.execute(
            f"SELECT DISTINCT class FROM lake.main.risk_class AT (VERSION => {first.snapshot})"
        ).fetchall() == [("A",)]
        with pytest.raises(duckdb.Error, match="No snapshot found"):
            read(connection, taken[2].snapshot)


def test_every_decision_is_kept_where_the_policy_knows_no_trials(lake: Settings) -> None:
    policy = load_policy(lake)
    whole = policy.model_copy(update={"snapshots": policy.snapshots.model_copy(update={"trial_hours": 0})})
    report = maintain_lake(lake, whole, LATER)
    with connect(lake, read_only=True) as connection:
        assert len(decisions(connection, 0)) == report.audited == 9


def test_a_held_snapshot_and_one_without_a_note_are_kept(lake: Settings) -> None:
    policy = load_policy(lake)
    with connect(lake) as connection:
        taken = decisions(connection, 24)
        held, between = taken[0].snapshot, taken[1].snapshot
        seen = {one: read(connection, one) for one in (held, between)}
    with closing(sqlite3.connect(lake.computed / "catalog.sqlite")) as catalogue, catalogue:
        catalogue.execute(
            "UPDATE ducklake_snapshot_changes SET commit_message = NULL, commit_extra_info = NULL "
            "WHERE snapshot_id = ?",
            [between],
        )
    hold = policy.model_copy(update={"snapshots": policy.snapshots.model_copy(update={"hold": (held,)})})
    maintain_lake(lake, hold, LATER)
    with connect(lake, read_only=True) as connection:
        assert {one: read(connection, one) for one in (held, between)} == seen


def test_young_snapshots_and_files_in_their_grace_period_stay(lake: Settings) -> None:
    policy = load_policy(lake)
    paths = files(lake)
    report = maintain_lake(lake, policy, datetime.now(tz=UTC))
    assert (report.expired, report.removed, report.orphans) == (0, 0, 0)
    assert report.merged == 24
    assert paths < files(lake)
    soon = datetime.now(tz=UTC) + timedelta(days=policy.snapshots.keep_days, hours=1)
    patient = policy.model_copy(update={"files": policy.files.model_copy(update={"grace_days": 60})})
    report = maintain_lake(lake, patient, soon)
    assert report.expired > 20
    assert report.removed == 0
    assert report.after.waiting_files > 0
    assert paths < files(lake)


def test_a_reader_is_not_disturbed(lake: Settings) -> None:
    policy = load_policy(lake)
    patient = policy.model_copy(update={"files": policy.files.model_copy(update={"grace_days": 500})})
    with connect(lake, read_only=True) as reader, connect(lake, read_only=True) as streaming:
        reader.execute("BEGIN TRANSACTION")
        before = read(reader)
        rows = streaming.execute("SELECT * FROM lake.main.risk_class ORDER BY ALL")
        first = rows.fetchmany(10)
        report = maintain_lake(lake, patient, LATER)
        assert report.expired > 0
        assert report.merged > 0
        assert read(reader) == before
        reader.execute("COMMIT")
        assert read(reader) == before
        assert len(first) + len(rows.fetchall()) == before["main.risk_class"][0]


def test_what_a_crash_left_goes_and_what_is_new_stays(lake: Settings) -> None:
    folder = Path(lake.data_path) / "scores" / "enterprise_score"
    old, new = folder / "old.parquet", folder / "new.parquet"
    for path in (old, new):
        path.write_bytes(b"half a file")
    past = (datetime.now(tz=UTC) - timedelta(days=30)).timestamp()
    os.utime(old, (past, past))
    report = maintain_lake(lake, load_policy(lake), datetime.now(tz=UTC))
    assert report.orphans == 1
    assert not old.exists()
    assert new.exists()


def test_a_file_that_is_not_there_is_told(lake: Settings) -> None:
    next(iter((Path(lake.data_path) / "main" / "risk_class").rglob("*.parquet"))).unlink()
    policy = load_policy(lake)
    whole = policy.model_copy(update={"files": policy.files.model_copy(update={"merge_below_mb": 1})})
    with pytest.raises((MaintenanceError, duckdb.Error)):
        maintain_lake(lake, whole, datetime.now(tz=UTC))


def test_deleted_rows_are_written_out_of_their_files(lake: Settings) -> None:
    with connect(lake) as connection:
        connection.execute("DELETE FROM lake.scores.enterprise_score WHERE enterprise_id > 'firm 15'")
        before = read(connection)
    report = maintain_lake(lake, load_policy(lake), datetime.now(tz=UTC))
    assert report.rewritten > 0
    with connect(lake, read_only=True) as connection:
        assert read(connection) == before


def test_the_catalogue_gives_back_its_empty_pages(lake: Settings) -> None:
    path = lake.computed / "catalog.sqlite"
    with closing(sqlite3.connect(path)) as catalogue, catalogue:
        catalogue.execute("CREATE TABLE filler AS SELECT randomblob(2000000) AS block")
    with closing(sqlite3.connect(path)) as catalogue, catalogue:
        catalogue.execute("DROP TABLE filler")
    size = path.stat().st_size
    assert compact_catalogue(lake, 0.25).startswith("yes")
    assert path.stat().st_size < size / 2
    assert compact_catalogue(lake, 0.25).startswith("no")
