"""The connection to the lake: with views for people, alone for steps that know their tables."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pytest

from orchestration.feeds.contract import all_feeds
from orchestration.lake import SPILL, connect, scratch, workbench
from orchestration.settings import Settings


def views(connection):
    found = connection.execute(
        "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = 'memory' AND NOT internal"
    )
    return {name for (name,) in found.fetchall()}


def test_a_step_that_asks_for_no_views_gets_the_lake_alone(tmp_path):
    settings = Settings(home=tmp_path)
    with connect(settings) as connection:
        assert views(connection) >= {f"raw.{feed}" for feed in all_feeds(settings)} | {"raw.feed_month"}
        connection.execute("CREATE TABLE lake.main.noted AS SELECT 1 AS one")
    with connect(settings, read_only=True, views=False) as connection:
        assert views(connection) == set()
        assert connection.execute("SELECT one FROM lake.main.noted").fetchall() == [(1,)]


def test_an_instance_is_kept_for_the_next_step_with_nothing_of_the_last_one(tmp_path):
    settings = Settings(home=tmp_path)
    with connect(settings, views=False) as first:
        first.execute("CREATE TABLE lake.main.noted AS SELECT 1 AS one")
        with connect(settings, read_only=True, views=False) as beside:
            assert beside is not first
    with connect(settings, read_only=True, views=False) as second:
        assert second is first or second is beside
        with pytest.raises(duckdb.InvalidInputException):
            second.execute("CREATE TABLE lake.main.other AS SELECT 1 AS one")
    held = [link for link in Path("/proc/self/fd").iterdir() if str(settings.computed) in os.path.realpath(link)]
    assert held == []


def test_an_instance_in_which_something_went_wrong_is_not_used_again(tmp_path):
    settings = Settings(home=tmp_path)
    with pytest.raises(ValueError), connect(settings, views=False) as broken:
        broken.execute("BEGIN TRANSACTION")
        raise ValueError
    with connect(settings, views=False) as other:
        assert other is not broken
        other.execute("CREATE TABLE lake.main.noted AS SELECT 1 AS one")


def test_the_workbench_is_one_duckdb_on_which_nobody_sees_what_another_one_left(tmp_path):
    settings = Settings(home=tmp_path)
    with workbench(settings) as first, workbench(settings) as second:
        first.execute("CREATE TEMP TABLE rows AS SELECT 1 AS one")
        first.execute("SET VARIABLE key = 'secret'")
        assert second.execute("SELECT getvariable('key')").fetchall() == [(None,)]
        with pytest.raises(duckdb.CatalogException):
            second.execute("FROM rows")
        # one instance: what is not temporary is everybody's
        first.execute("CREATE TABLE everybodys AS SELECT 2 AS two")
        assert second.execute("FROM everybodys").fetchall() == [(2,)]
    with workbench(settings) as again:
        with pytest.raises(duckdb.CatalogException):
            again.execute("FROM rows")
        assert again.execute("SELECT getvariable('key')").fetchall() == [(None,)]
    with workbench(Settings(home=tmp_path / "other")) as other, pytest.raises(duckdb.CatalogException):
        other.execute("FROM everybodys")


ROWS = 2_500_000
TEXTS = "SELECT md5((i * {step})::VARCHAR) || md5(i::VARCHAR) AS text FROM range({rows}) AS t (i)"
SUMS = "SELECT count(*), sum(hash(text)::HUGEINT)"


def put_in_order(settings: Settings, step: int) -> tuple[bool, bool]:
    """Whether sorting in too little memory gave the rows it was given, and whether it went to disk."""
    texts = TEXTS.format(step=step, rows=ROWS)
    with scratch(settings) as connection:
        connection.execute("SET memory_limit = '100MB'")
        connection.execute("SET threads = 1")
        given = connection.execute(f"{SUMS} FROM ({texts})").fetchall()
        connection.execute(f"CREATE TEMP TABLE sorted AS {texts} ORDER BY text")
        spilled = connection.execute("SELECT sum(size) > 0 FROM duckdb_temporary_files()").fetchall()
        return connection.execute(f"{SUMS} FROM sorted").fetchall() == given, spilled == [(True,)]


def test_what_two_put_on_disk_at_once_stays_their_own(tmp_path):
    settings = Settings(home=tmp_path)
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(put_in_order, [settings] * 2, (1, 3)))
    assert done == [(True, True)] * 2
    assert list((settings.temporary / SPILL).iterdir()) == []
