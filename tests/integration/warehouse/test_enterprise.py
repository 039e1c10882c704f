"""The spine: who is live at the end of a month, and what is known of them."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.settings import Settings
from orchestration.warehouse.dbt import build_month
from tests.integration.warehouse.partitions import enterprise, publish, query

MONTH = "2026-06"


@pytest.fixture(scope="module")
def spine(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, object]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    publish(settings, "c01_base", MONTH, [
        enterprise(1),
        enterprise(2, state="2"),
        enterprise(3), enterprise(4), enterprise(5), enterprise(6),
        enterprise(7, established_on="2026-06-30"),
        enterprise(8, established_on="2026-07-01"),
        enterprise(9, entity_type="2100", parent_id="E001", registered_capital=None),
        enterprise(10, entity_type="2100", parent_id=None, registered_capital=None),
        enterprise(11, registered_capital=100, capital_currency="USD"),
        enterprise(12, registered_capital=100, capital_currency="美元"),
        enterprise(13, registered_capital=100, capital_currency="贝壳"),
        enterprise(14, legal_rep_id=None),
        enterprise(15, registered_capital=99.9999), enterprise(16, registered_capital=100),
        enterprise(17, registered_capital=1000), enterprise(18, registered_capital=10000),
        enterprise(19, registered_capital=10000), enterprise(20, registered_capital=None),
        enterprise(21, established_on="2016-07-01"),
    ])  # fmt: skip
    publish(settings, "c01_deregistrations", MONTH, [
        {"enterprise_id": "E003", "deregistered_on": "2026-06-30"},
        {"enterprise_id": "E004", "deregistered_on": "2026-07-01"},
    ])  # fmt: skip
    publish(settings, "c01_revocations", MONTH, [
        {"enterprise_id": "E005", "revoked_on": "2026-06-30"}, {"enterprise_id": "E006", "revoked_on": "2026-07-01"},
    ])  # fmt: skip
    publish(
        settings, "c01_branches", MONTH, [{"enterprise_id": "E001", "branch_id": "E010", "opened_on": "2020-01-01"}]
    )
    publish(settings, "c01_persons", MONTH, [
        {"enterprise_id": "E014", "person_id": "old", "position": "01", "appointed_on": "2015-01-01",
         "left_on": "2020-01-01"},
        {"enterprise_id": "E014", "person_id": "head", "position": "01", "appointed_on": "2020-01-01"},
        {"enterprise_id": "E014", "person_id": "director", "position": "02", "appointed_on": "2021-01-01"},
    ])  # fmt: skip
    publish(settings, "c03_annual_reports", MONTH, [
        {"enterprise_id": "E018", "report_year": 2024, "filed_on": "2025-05-01", "staff": 9},
        {"enterprise_id": "E018", "report_year": 2025, "filed_on": "2026-05-01", "staff": 299},
        {"enterprise_id": "E019", "report_year": 2025, "filed_on": "2026-05-01", "staff": 300},
        {"enterprise_id": "E020", "report_year": 2025, "filed_on": "2026-05-01", "staff": 10},
    ])  # fmt: skip
    build_month(settings, MONTH, "+enterprise")
    names = [
        "enterprise_id",
        "region_code",
        "type_group",
        "age_years",
        "registered_capital",
        "size_group",
        "parent_id",
        "legal_rep_id",
        "established_on",
    ]
    rows = query(settings, f"SELECT {', '.join(names)} FROM lake.scores.enterprise WHERE month = ?", MONTH)
    return {row[0]: dict(zip(names, row, strict=True)) for row in rows}


def test_live_at_the_end_of_the_last_day(spine: dict[str, dict[str, object]]) -> None:
    gone = {
        "E002": "state revoked",
        "E003": "deregistered on the last day",
        "E005": "revoked on it",
        "E008": "not yet established",
    }
    assert set(spine) == {f"E{number:03d}" for number in range(1, 22)} - set(gone)


def test_region_and_age(spine: dict[str, dict[str, object]]) -> None:
    assert spine["E001"]["region_code"] == "410100"
    assert spine["E001"]["age_years"] == 10.0
    assert spine["E021"]["age_years"] == pytest.approx(119 / 12)
    assert spine["E007"] | {"age_years": 0.0, "established_on": date(2026, 6, 30)} == spine["E007"]


def test_parent_comes_from_either_side(spine: dict[str, dict[str, object]]) -> None:
    assert spine["E009"]["parent_id"] == spine["E010"]["parent_id"] == "E001"
    assert spine["E009"]["type_group"] == "branch"


def test_capital_in_yuan(spine: dict[str, dict[str, object]]) -> None:
    assert spine["E011"]["registered_capital"] == spine["E012"]["registered_capital"] == pytest.approx(710)
    assert spine["E013"]["registered_capital"] is None


def test_head_in_office_where_the_record_names_none(spine: dict[str, dict[str, object]]) -> None:
    assert spine["E014"]["legal_rep_id"] == "head"


def test_size_is_the_smaller_of_capital_and_staff(spine: dict[str, dict[str, object]]) -> None:
    sizes = {number: spine[f"E{number:03d}"]["size_group"] for number in (13, 15, 16, 17, 18, 19, 20)}
    assert sizes == {13: "unknown", 15: "micro", 16: "small", 17: "medium", 18: "medium", 19: "large", 20: "small"}
