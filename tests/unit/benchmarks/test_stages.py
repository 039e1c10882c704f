"""What is kept from run to run, what a fresh lake is without, and that a failure loses no measurement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.processes import ProcessError
from benchmarks.province import parameters, stages
from benchmarks.province.parameters import Parameters
from benchmarks.province.stages import Bench

TAKEN = {"wall": 1.0, "cpu": 1.0, "peak": 1, "largest": 1, "written": {}, "reused": False}


def bench(home: Path, *, keep: bool = True, months: int = 12) -> Bench:
    home.mkdir(exist_ok=True)
    return Bench(Parameters(scale=1.0, months=months, keep=keep), home, lambda _: None)


def test_kept_work_is_used_again_for_the_same_parameters_and_code_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    (tmp_path / "code.py").write_text("a", encoding="utf-8")
    first = bench(tmp_path / "1")
    assert not first.kept("ingest", ("code.py",))
    first.note("ingest", TAKEN, 5)
    first.keep("ingest", ("code.py",))
    again = bench(tmp_path / "1")
    assert again.kept("ingest", ("code.py",))
    assert again.stages["ingest"] == TAKEN | {"rows": 5, "reused": True}
    assert not bench(tmp_path / "1", keep=False).kept("ingest", ("code.py",))
    assert not bench(tmp_path / "1", months=6).kept("ingest", ("code.py",))
    (tmp_path / "code.py").write_text("b", encoding="utf-8")
    assert not bench(tmp_path / "1").kept("ingest", ("code.py",))


def test_a_fresh_lake_keeps_deliveries_and_links(tmp_path: Path):
    own = bench(tmp_path / "1")
    for name in ("raw", "originals", "resolution", "tables", "standing", "failed"):
        (own.home / "lake" / name).mkdir(parents=True)
    (own.home / "lake" / "catalog.sqlite").touch()
    own.fresh()
    assert sorted(path.name for path in (own.home / "lake").iterdir()) == ["originals", "raw", "resolution"]


def test_what_was_measured_stays_when_a_later_stage_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def fails(own: Bench) -> None:
        own.note("floor", TAKEN)
        raise ProcessError("month failed with exit code 1.")

    monkeypatch.setattr(Bench, "whole", fails)
    for name in ("ECR_HOME", "DAGSTER_HOME", "PYTHONPATH"):
        monkeypatch.setenv(name, "")
    for name in stages.OWN:
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ProcessError):
        stages.measure(Parameters(scale=1.0, months=12), tmp_path, {"scale": 1.0}, lambda _: None)
    told = json.loads((tmp_path / "1.partial").read_text(encoding="utf-8"))
    assert told["scale"] == 1.0 and list(told["stages"]) == ["floor"]
    assert not (tmp_path / "1").exists()


def ran(own: Bench, stage: str, done: list[str], *, broken: str = "") -> None:
    def measure() -> None:
        done.append(stage)
        own.found["2026-09"] = {"risk_class": (3, "77")}
        own.broken += [broken] if broken else []
        own.note(stage, TAKEN)

    own.once(stage, measure)


def test_a_run_goes_on_where_one_of_the_same_code_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    monkeypatch.setattr(stages, "COMPUTED", ("dbt_project",))
    (tmp_path / "dbt_project").mkdir()
    (tmp_path / "dbt_project" / "model.sql").write_text("select 1", encoding="utf-8")
    done: list[str] = []
    ran(bench(tmp_path / "1"), "month", done, broken="two classes for one enterprise")
    again = bench(tmp_path / "1")
    ran(again, "month", done)
    assert done == ["month"] and again.stages["month"]["reused"]
    assert again.broken == ["two classes for one enterprise"] and again.found == {"2026-09": {"risk_class": (3, "77")}}
    again.finished()
    ran(bench(tmp_path / "1"), "month", done)
    assert done == ["month", "month"]
    (tmp_path / "dbt_project" / "model.sql").write_text("select 2", encoding="utf-8")
    ran(bench(tmp_path / "1"), "month", done)
    assert done == ["month"] * 3


def test_a_run_that_is_done_keeps_deliveries_and_links_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    monkeypatch.setattr(stages, "COMPUTED", ("dbt_project",))
    own = bench(tmp_path / "1")
    for stage in ("simulate", "ingest", "links"):
        own.note(stage, TAKEN)
        own.keep(stage, ())
    ran(own, "floor", [])
    own.finished()
    assert set(json.loads((own.home / "kept.json").read_text(encoding="utf-8"))) == {"simulate", "ingest", "links"}


def test_a_backfill_of_another_length_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parameters, "PROJECT", tmp_path)
    monkeypatch.setattr(stages, "COMPUTED", ("dbt_project",))
    done: list[str] = []
    for backfilled in (12, 3, 3):
        home = tmp_path / "1"
        home.mkdir(exist_ok=True)
        own = Bench(Parameters(scale=1.0, months=12, keep=True, backfilled=backfilled), home, lambda _: None)
        for stage in ("month", "backfill"):
            ran(own, stage, done)
    assert done == ["month", "backfill", "backfill"]
