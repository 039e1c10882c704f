"""What a person sees in the terminal: tables, the demo's refusals, `make sql` without a lake."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestration.demo import Parameters, simulate_once
from orchestration.lake import connect
from orchestration.settings import PROJECT, Settings, SettingsError, month_shift
from orchestration.sql import main as sql
from orchestration.table import render, width


def test_chinese_characters_take_two_columns():
    assert width("郑州市 Zhengzhou") == 16
    table = render(["region", "firms"], [["郑州市", 1234], ["a", 5]]).splitlines()
    assert table[2:] == ["郑州市  1,234", "a           5"]


def test_numbers_stand_to_the_right_and_texts_to_the_left():
    table = render(["n", "text"], [[5, "x"], [None, "long"]]).splitlines()
    assert table == ["n  text", "-  ----", "5  x", "   long"]


def chosen(seed: int = 7) -> Parameters:
    return Parameters(enterprises=200, seed=seed, first="2026-05", months=1)


def test_the_demo_leaves_the_deliveries_of_others_alone(settings):
    (settings.landing / "c06_penalties").mkdir(parents=True)
    with pytest.raises(SettingsError, match="holds deliveries that the demo did not make"):
        simulate_once(settings, chosen())


def test_the_demo_asks_for_another_folder_when_its_parameters_change(settings, capsys):
    marker = settings.home / "simulation" / "demo.json"
    marker.parent.mkdir(parents=True)
    marker.write_text(json.dumps(chosen().__dict__))
    simulate_once(settings, chosen())
    assert "computing them again" in capsys.readouterr().out
    with pytest.raises(SettingsError, match="holds a demo with other parameters"):
        simulate_once(settings, chosen(seed=8))


def test_a_demo_made_in_an_earlier_month_keeps_its_months(settings, monkeypatch):
    monkeypatch.delenv("FIRST", raising=False)
    monkeypatch.delenv("MONTHS", raising=False)
    fresh = Parameters.from_env()
    assert month_shift(fresh.last, 1) == f"{datetime.now(tz=UTC):%Y-%m}"
    marker = settings.home / "simulation" / "demo.json"
    marker.parent.mkdir(parents=True)
    marker.write_text(json.dumps(chosen().__dict__))
    assert simulate_once(settings, replace(chosen(), first="2026-09")).first == "2026-05"


def test_parameters_are_checked(monkeypatch):
    monkeypatch.setenv("ENTERPRISES", "many")
    with pytest.raises(SettingsError, match="whole numbers"):
        Parameters.from_env()
    monkeypatch.setenv("ENTERPRISES", "5")
    with pytest.raises(SettingsError, match="at least 100"):
        Parameters.from_env()
    monkeypatch.setenv("ENTERPRISES", "500")
    monkeypatch.setenv("MONTHS", "3")
    monkeypatch.setenv("FIRST", "2026-05")
    assert Parameters.from_env().last == "2026-07"


def test_sql_without_a_lake_says_what_to_do(settings, monkeypatch, capsys):
    monkeypatch.setenv("ECR_HOME", str(settings.home))
    assert sql("select 1") == 1
    assert "make demo" in capsys.readouterr().err
    assert sql("  ") == 2


def test_sql_says_in_one_sentence_what_is_wrong_with_the_definition(settings, monkeypatch, capsys, tmp_path_factory):
    with connect(settings):
        pass
    own = tmp_path_factory.mktemp("definition")
    shutil.copytree(PROJECT / "data" / "contracts", own / "contracts")
    broken = own / "contracts" / "c06_penalties.yml"
    broken.write_text("feed: [c06", encoding="utf-8")
    monkeypatch.setattr(Settings, "canonical", own)
    assert sql("select 1") == 1
    assert capsys.readouterr().err.strip() == (
        f"{broken}: not valid YAML (while parsing a flow sequence); mend the file."
    )
    monkeypatch.setenv("ECR_JURISDICTION", "nowhere")
    assert sql("select 1") == 1
    assert "nowhere" in capsys.readouterr().err
