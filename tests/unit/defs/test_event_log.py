"""The event log asks its files once what they have, and answers as Dagster's own does."""

from __future__ import annotations

import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from orchestration.defs.event_log import EventLog


@pytest.fixture
def logs(tmp_path):
    return EventLog(str(tmp_path)), SqliteEventLogStorage(str(tmp_path))


def test_tables_and_columns_are_those_that_dagster_finds(logs):
    own, theirs = logs
    for log in logs:
        assert log.supports_asset_checks and log.can_read_asset_status_cache()
        assert not log.has_table("nothing") and not log.has_asset_key_col("nothing")
    own.dispose()
    theirs.dispose()


def test_what_was_found_is_not_looked_for_again_and_what_was_not_is(logs, monkeypatch):
    own, _ = logs
    looked = []

    def look(self, name):
        looked.append(name)
        return name == "there"

    def look_for_column(self, conn, name):
        return look(self, name)

    monkeypatch.setattr(SqliteEventLogStorage, "has_table", look)
    monkeypatch.setattr(SqliteEventLogStorage, "_has_asset_key_col_on_connection", look_for_column)
    for ask in (own.has_table, own.has_asset_key_col):
        looked.clear()
        assert [ask(name) for name in ("there", "there", "missing", "missing")] == [True, True, False, False]
        assert looked == ["there", "missing", "missing"]
    own.dispose()
