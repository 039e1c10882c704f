"""What dbt is told about a month."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from orchestration.feeds.contract import load_contract
from orchestration.settings import Settings, SettingsError
from orchestration.warehouse.environment import dbt_environment, parameters, reference_folder, windows
from tests.definition import copied


def test_windows_are_those_of_the_catalogue(tmp_path: Path) -> None:
    found = windows(Settings(home=tmp_path), "2026-05")
    assert len([code for code in found if code.startswith("H")]) == 81
    assert found["H030102"] == 36 and found["H020101"] == 12 and found["H010101"] == 0


def test_parameters_are_those_of_the_catalogue_as_written(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    found = parameters(settings, "2026-05")
    assert found["H030202"] == {"capital_at_least": "10000", "revenue_below": "100"}
    assert found["H060101"] == {"affiliate_smoothing": "2", "control_share": "0.25"}
    assert json.loads(dbt_environment(settings, "2026-05")["ECR_PARAMETERS"]) == found


def test_what_the_own_catalogue_does_not_set_is_canonical(tmp_path: Path) -> None:
    own = copied(tmp_path, "catalogue/v2")
    folder = own.definition / "catalogue" / "v2"
    (folder / "parameters.csv").write_text(
        "code,name,value,unit,meaning_en,meaning_zh\nH030202,revenue_below,1E+2,wan_yuan,low,低\n"
        "H040401,decay,1,weight,none,无\n",
        encoding="utf-8",
    )
    found = parameters(own, "2026-05")
    assert found["H030202"] == {"capital_at_least": "10000", "revenue_below": "100"}
    assert found["H040401"] == {"decay": "1", "decay_every": "12"}
    (folder / "parameters.csv").unlink()
    assert parameters(own, "2026-05") == parameters(Settings(home=tmp_path), "2026-05")


def test_months_before_the_canonical_catalogue_have_parameters_too(tmp_path: Path) -> None:
    chicago = Settings(home=tmp_path, jurisdiction="chicago")
    month = str(chicago.profile["first_month"])
    assert month < "2021-11"
    assert parameters(chicago, month)["H040401"] == {"decay": "0.5", "decay_every": "12"}


def test_freshness_comes_from_the_contracts(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    variables = dbt_environment(settings, "2026-05")
    fresh = json.loads(variables["ECR_FRESH_MONTHS"])
    assert fresh["c01_cluster_addresses"] == load_contract(settings, "c01_cluster_addresses").fresh_months == 36
    assert variables["ECR_MONTH"] == "2026-05"
    assert variables["DBT_SEND_ANONYMOUS_USAGE_STATS"] == "false"
    assert all(isinstance(value, str) for value in variables.values())


def test_month_must_be_a_month(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a month"):
        dbt_environment(Settings(home=tmp_path), "2026-5")


def test_own_reference_files_win_and_canonical_ones_fill_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "definition"
    (own / "reference").mkdir(parents=True)
    (own / "reference" / "districts.csv").write_text(
        "district_code,name_zh,region_code,replaced_by\n1,一,9,\n", encoding="utf-8"
    )
    monkeypatch.setattr(Settings, "definition", own)
    settings = Settings(home=tmp_path / "home", jurisdiction="elsewhere")
    folder = reference_folder(settings)
    assert (folder / "districts.csv").read_bytes() == (own / "reference" / "districts.csv").read_bytes()
    canonical = settings.canonical / "reference" / "industry_risk.csv"
    assert (folder / "industry_risk.csv").read_bytes() == canonical.read_bytes()
    (own / "reference" / "districts.csv").write_text("district_code\n2\n", encoding="utf-8")
    assert (reference_folder(settings) / "districts.csv").read_text(encoding="utf-8") == "district_code\n2\n"


def rows(settings: Settings, name: str) -> list[dict[str, str]]:
    with (settings.canonical / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_industry_risk_lists_real_industries_once(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    known = {
        row["code"].lstrip("ABCDEFGHIJKLMNOPQRST"): row["name_zh"]
        for row in rows(settings, "industries")
        if row["level"] != "section"
    }
    listed = rows(settings, "industry_risk")
    assert {row["category"] for row in listed} <= {"general", "licensed", "key", "declared"}
    assert len({row["prefix"] for row in listed}) == len(listed)
    for row in listed:
        assert known.get(row["prefix"]) == row["name_zh"], row


def test_exchange_rates_are_positive_and_the_yuan_is_one(tmp_path: Path) -> None:
    rates = rows(Settings(home=tmp_path), "exchange_rates")
    assert all(float(row["cny_per_unit"]) > 0 for row in rates)
    assert {float(row["cny_per_unit"]) for row in rates if row["currency"] == "CNY"} == {1.0}
    names = [(row["name_zh"], row["effective_from"]) for row in rates]
    assert len(names) == len(set(names))
