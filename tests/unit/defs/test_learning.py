"""What the assets of learning do with what is learned: metadata, a check, a sentence when it cannot be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.failures import ALARM, alerts_path
from orchestration.defs.learning import DRIFT, HOLDS, build_learning
from orchestration.defs.resources import Platform
from orchestration.learning.drift import DriftReport, Signal, month_seen
from orchestration.learning.guard import LeakError
from orchestration.settings import Settings

MONTH = "2026-05"


def report(alarm: bool) -> DriftReport:
    import numpy as np

    seen = month_seen(MONTH, np.array([0.0, 1.0]), np.ones(2), np.array([0.2, 0.2]), {})
    signals = [
        Signal(MONTH, "calibration", 4.2 if alarm else 0.2, 3.5, alarm),
        Signal(MONTH, "calibration of visits", 0.3, 3.5, False),
        Signal(MONTH, "find rate", 0.1, 3.5, False),
    ]
    return DriftReport("2026-04-abc", ["2026-04"], [MONTH], signals, [seen])


def run(name: str, home: Path = Path("unused"), **functions: Any) -> dg.ExecuteInProcessResult:
    settings = Settings(home=home)
    (asset,) = [one for one in build_learning(settings) if one.key.path[-1] == name]
    platform = Platform(settings=settings, **functions)
    return dg.materialize([asset], partition_key=MONTH, resources={"platform": platform}, raise_on_error=False)


@pytest.mark.parametrize("alarm", [False, True])
def test_an_alarm_fails_the_check_and_not_the_run_and_is_told(alarm, tmp_path):
    result = run("drift", tmp_path, drift=lambda settings, month: report(alarm))
    assert result.success
    (check,) = result.get_asset_check_evaluations()
    assert (check.check_name, check.passed, check.severity) == (HOLDS, not alarm, dg.AssetCheckSeverity.WARN)
    assert ("calibration +4.20, limit 3.50" in check.description) is alarm
    (shown,) = result.asset_materializations_for_node("drift")
    assert shown.asset_key == DRIFT and shown.metadata["alarms"].value == int(alarm)
    assert shown.metadata["find_rate"].value == 0.1
    path = alerts_path(Settings(home=tmp_path))
    told = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    sentences = [(one["partition"], one["what"], one["causes"]) for one in told]
    assert sentences == ([(MONTH, ALARM, ["calibration +4.20, limit 3.50"])] if alarm else [])


def test_a_leak_stops_the_asset_with_its_sentence():
    def refused(settings: Settings, month: str) -> None:
        raise LeakError(f"H990101: leaks in {month}")

    result = run("scorecard", learn=refused)
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "H990101: leaks in 2026-05" in str(failure.event_specific_data)
