"""The empty partition that gives every feed its columns follows its contract."""

from __future__ import annotations

import json
import shutil

import duckdb

from orchestration.feeds.contract import load_contract
from orchestration.lake import NO_MONTH, connect, prepare
from orchestration.settings import Settings

FEED = "w01_web_signals"


def test_a_lake_of_an_earlier_contract_gets_the_columns_that_came_since(tmp_path):
    settings = Settings(home=tmp_path)
    prepare(settings)
    folder = settings.raw / FEED / f"month={NO_MONTH}"
    schema = load_contract(settings, FEED).schema_sql
    old = {name: kind for name, kind in schema.items() if name != "resolved_on"}
    columns = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in old.items())
    duckdb.execute(f"COPY (SELECT {columns} WHERE false) TO '{folder / 'accepted.parquet'}' (FORMAT parquet)")
    manifest = {"feed": FEED, "month": NO_MONTH, "status": "none", "supersedes": []}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    shutil.copytree(folder, settings.raw / FEED / "month=2026-05")

    with connect(settings) as connection:
        found = connection.execute(f"DESCRIBE memory.raw.{FEED}").fetchall()
    assert {name: kind for name, kind, *_ in found} == schema
    assert sorted(path.name for path in folder.iterdir()) == ["accepted.parquet", "manifest.json"]


def test_an_up_to_date_partition_is_left_alone(tmp_path):
    settings = Settings(home=tmp_path)
    prepare(settings)
    files = sorted(settings.raw.rglob("*.parquet"))
    before = [path.stat().st_mtime_ns for path in files]
    prepare(settings)
    assert [path.stat().st_mtime_ns for path in files] == before
