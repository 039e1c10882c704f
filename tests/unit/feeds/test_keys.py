"""Repeated keys by their hashes."""

from __future__ import annotations

import duckdb

from orchestration.feeds.keys import repeated_hashes


def hashes(keys: list[str | None]) -> list[int]:
    query = "SELECT hash(k) AS h FROM (SELECT unnest(?::VARCHAR[]) AS k)"
    return repeated_hashes(duckdb.connect(), query, [keys]).tolist()


def test_each_repeated_hash_is_named_once():
    keys = ["a", "b", "c", "b", None, "d", None, "b"]
    expected = duckdb.execute("SELECT hash('b'), hash(NULL::VARCHAR)").fetchone()
    assert hashes(keys) == sorted(expected)


def test_nothing_is_repeated_among_unique_keys_or_none():
    assert hashes(["a", "b", None]) == []
    assert hashes([]) == []
