"""Scratch of crashed runs: old folders go, those of a run that lives and what mends a crash stay."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.maintenance import remove_leftovers
from orchestration.settings import Settings

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def put(path: Path, days_old: float, size: int = 10) -> Path:
    """A file in a folder, both of that age."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size)
    moment = (NOW - timedelta(days=days_old)).timestamp()
    for one in (path, path.parent):
        os.utime(one, (moment, moment))
    return path


def test_only_old_scratch_is_removed(settings: Settings) -> None:
    crashed = put(settings.temporary / "stage-c01_base-2026-01-aa" / "accepted.parquet", 8, 1000)
    parsed = put(settings.dbt_target / "parse-x" / "manifest.json", 30, 500)
    spilled = put(settings.temporary / "duckdb" / "0a" / "spill.tmp", 9, 300)
    living = put(settings.temporary / "stage-c01_base-2026-02-bb" / "accepted.parquet", 1)
    mends = put(settings.temporary / "replaced" / "c01_base-2026-01" / "accepted.parquet", 400)
    manifest = put(settings.dbt_target / "manifest-1.json", 400)
    found = remove_leftovers(settings, 7, NOW)
    assert (found.removed, found.bytes) == (3, 1800)
    assert not crashed.parent.exists() and not parsed.parent.exists() and not spilled.parent.exists()
    assert living.exists() and mends.exists() and manifest.exists()


def test_a_folder_that_is_still_written_to_stays(settings: Settings) -> None:
    old = put(settings.temporary / "stage-c01_base-2026-01-aa" / "files" / "a", 20)
    put(settings.temporary / "stage-c01_base-2026-01-aa" / "accepted.parquet", 0)
    assert remove_leftovers(settings, 7, NOW).removed == 0
    assert old.exists()


def test_nothing_to_remove_is_no_error(settings: Settings) -> None:
    assert remove_leftovers(settings, 7, NOW).removed == 0
