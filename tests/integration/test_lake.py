"""The connection to the lake: with views for people, alone for steps that know their tables."""

from __future__ import annotations

from orchestration.feeds.contract import all_feeds
from orchestration.lake import connect
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
