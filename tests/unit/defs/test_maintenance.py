"""The job ``maintain``: what it asks for, what it shows, which runs it forgets."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg

from orchestration.defs.maintenance import HISTORY, LAKE, build_maintenance, forget_runs
from orchestration.defs.resources import LAKE_WRITER


def run(fakes: Any, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return dg.materialize(build_maintenance(), resources={"platform": fakes.platform()}, instance=instance)


def test_it_shows_what_it_did_and_the_size_before_and_after(fakes: Any, instance: dg.DagsterInstance) -> None:
    stale = fakes.settings.temporary / "stage-x"
    stale.mkdir(parents=True)
    os.utime(stale, (0, 0))
    assert run(fakes, instance).success
    assert ("maintain", f"{fakes.now:%Y-%m-%d}") in fakes.calls
    shown = instance.get_latest_materialization_event(LAKE).asset_materialization.metadata
    assert {name: shown[name].value for name in ("bytes", "bytes_before", "snapshots", "expired", "compacted")} == {
        "bytes": 699, "bytes_before": 700, "snapshots": 8, "expired": 1, "compacted": "no",
    }  # fmt: skip
    shown = instance.get_latest_materialization_event(HISTORY).asset_materialization.metadata
    assert shown["removed"].value == 1
    assert not stale.exists()


def test_the_lake_is_left_to_one_writer() -> None:
    lake, history = build_maintenance()
    assert lake.op.pool == LAKE_WRITER
    assert history.op.pool is None


def test_only_old_runs_that_materialised_nothing_are_forgotten(instance: dg.DagsterInstance) -> None:
    @dg.asset
    def made() -> None:
        pass

    @dg.asset
    def broken() -> None:
        raise ValueError("nothing came of it")

    kept = dg.materialize([made], instance=instance).run_id
    failed = dg.materialize([broken], instance=instance, raise_on_error=False).run_id
    now = datetime.now(tz=UTC)
    assert forget_runs(instance, now - timedelta(days=1)) == (0, 0)
    assert forget_runs(instance, now + timedelta(days=1)) == (1, 1)
    assert instance.get_run_by_id(failed) is None
    assert instance.get_run_by_id(kept) is not None
    assert instance.get_latest_materialization_event(made.key) is not None
