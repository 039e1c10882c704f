"""Time is noted on the outermost function, DuckDB's on the function that asked for it, and nothing stays wrapped."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import duckdb
import pytest

from benchmarks.province.clock import Clock, month_of


def clock() -> Clock:
    """One that goes on by a second whenever it is read."""
    return Clock(clock=itertools.count().__next__)


def test_a_function_within_another_is_part_of_it():
    own = clock()
    inner = own.timed("inner", lambda: None)
    outer = own.timed("outer", lambda settings, month: inner(), month_of)
    outer(None, "2026-01")
    inner()
    assert [(one["name"], one["key"], one["calls"], one["seconds"]) for one in own.told()] == [
        ("outer", "2026-01", 1, 1),
        ("inner", "", 1, 1),
    ]


def test_what_a_run_of_dbt_did_is_noted_node_by_node():
    own = clock()
    nodes = [SimpleNamespace(name="h0403", seconds=2.0), SimpleNamespace(name="risk_evidence", seconds=3.0)]
    build = own.timed("build_month", lambda: SimpleNamespace(nodes=nodes))
    build()
    build()
    assert own.told()[0]["nodes"] == {"h0403": 4.0, "risk_evidence": 6.0}


def test_a_function_that_fails_is_noted_and_frees_the_clock():
    own = clock()

    def fails() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        own.timed("fails", fails)()
    own.timed("next", lambda: None)()
    assert [one["name"] for one in own.told()] == ["fails", "next"]


def test_duckdb_counts_within_functions_only_and_is_let_go():
    own, before = clock(), duckdb.DuckDBPyConnection.execute
    with own.watching_duckdb(), duckdb.connect() as connection:
        connection.execute("SELECT 1")
        ask = own.timed("ask", lambda: connection.execute("SELECT 2").fetchall())
        assert ask() == [(2,)]
    (told,) = own.told()
    assert (told["duckdb"], told["seconds"]) == (2, 5)
    assert duckdb.DuckDBPyConnection.execute is before


def test_every_step_of_the_walk_has_a_clock():
    steps = clock().platform()
    assert {"stage_feed", "validate", "publish_feed", "build_month", "decide", "names", "resolve"} <= set(steps)
    assert not {"settings", "now", "progress"} & set(steps)


def test_the_month_of_a_step_is_found_where_it_stands():
    assert month_of(None, "2026-01") == month_of(None, "c01_base", "2026-01") == "2026-01"
    assert month_of(None, ["2026-01"], ["410100"]) == ""
