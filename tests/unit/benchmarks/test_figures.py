"""Ratios, the split of a stage, growth and aims, on a result with round figures."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from benchmarks.province import figures


def test_ratios_are_floors_of_one_pass_without_its_process(result: dict[str, Any]):
    assert figures.unit(result) == (2.0, 3.0)
    assert figures.ratio(result, "month") == 5
    assert figures.ratio(result, "floor") == 1


def test_a_stage_splits_into_work_and_orchestration(result: dict[str, Any]):
    parts = figures.split(result["stages"]["month"])
    assert [round(one, 6) for one in (parts.start_up, parts.dagster, parts.dbt, parts.duckdb, parts.own)] == [
        1,
        1,
        1,
        5,
        2,
    ]
    assert parts.orchestration == pytest.approx(0.3)


def test_the_evidence_of_a_month_is_told_apart(result: dict[str, Any]):
    assert figures.reasons(result["stages"]["month"]) == pytest.approx(2)


def test_links_count_for_their_month_only(result: dict[str, Any]):
    assert figures.links_of(result, "2026-09") == 5
    assert figures.links_of(result, "2026-08") == 0


def test_effect_and_fairness_are_work_and_lineage_is_not(result: dict[str, Any]):
    month = result["stages"]["month"]
    month["told"][0]["functions"][1]["name"] = "write_effect"
    assert figures.split(month).own == pytest.approx(2)
    month["told"][0]["functions"][1]["name"] = "column_lineage"
    assert figures.split(month).own == 0


def test_growth_is_one_where_ten_times_the_rows_take_ten_times_as_long(result: dict[str, Any]):
    larger = copy.deepcopy(result) | {"scale": 1.0}
    larger["stages"]["month"] |= {"wall": 100, "rows": 10_000}
    assert figures.growth(result, larger, "month") == pytest.approx(1)
    # fewer months than the scale says
    larger["stages"]["backfill"] |= {"wall": 55, "rows": 5_000}
    assert figures.growth(result, larger, "backfill") == pytest.approx(0.2)
    # links have no rows
    assert figures.growth(result, larger, "links") == pytest.approx(0.1)
    del larger["stages"]["region"]
    assert figures.growth(result, larger, "region") is None


def test_the_newest_month_of_both_backfills_is_compared(result: dict[str, Any]):
    def backfill(**months: float) -> dict[str, Any]:
        functions = [
            {"name": "build_month", "key": month.replace("_", "-"), "nodes": {"enterprise_score": spent, "other": 1.0}}
            for month, spent in months.items()
        ]
        views = {"name": "build_month", "key": "2027-01", "nodes": {"risk_factor": 9.0}}
        return {"stages": {"backfill": {"told": [{"functions": [*functions, views]}]}}}

    smaller, larger = backfill(m2026_01=2.0, m2026_02=3.0), backfill(m2026_01=5.0, m2026_02=7.0, m2026_03=9.0)
    assert figures.same_month(smaller, larger) == ("m2026-02", 4.0, 8.0)
    assert figures.same_month(smaller, backfill(m2026_04=1.0)) is None
    assert figures.same_month(smaller, {"stages": {}}) is None


def test_aims_are_met_up_to_their_bound_and_not_beyond(result: dict[str, Any]):
    found = {one.text: (round(one.found, 6), one.met) for one in figures.targets(result)}
    assert found == {
        "one month, records to classes": (5, True),
        "the same with names and links of the month": (7.5, True),
        "peak memory of the month": (3, True),
        "ingest with checks, all deliveries": (25, True),
        "backfill of twelve months": (5.5, True),
        "a region again, beyond start-up": (3, True),
        "orchestration of the month, start-up included": (30, False),
    }
    result["stages"]["month"]["wall"] = 20.0
    assert [one.met for one in figures.targets(result)][:2] == [True, False]


def test_what_the_plain_programs_leave_out_is_told_apart(result: dict[str, Any]):
    stage = result["stages"]["month"]
    nodes = {
        "risk_evidence": 2.0,
        "evidence_adds_up": 0.5,
        "h0101_enterprise_scale_holds": 0.25,
        "enterprise_score": 9.0,
        "specialised_factor": 1.0,
        "field_product_records": 0.5,
    }
    stage["told"][0]["functions"] = [
        {"name": "build_month", "key": "2026-09", "seconds": 9, "nodes": nodes},
        {"name": "decide_combined", "key": "", "seconds": 0.25},
        {"name": "write_effect", "key": "", "seconds": 0.125},
        {"name": "decide", "key": "", "seconds": 4},
    ]
    assert figures.beyond(stage) == figures.Beyond(evidence=2.0, tests=0.75, fields=1.75, effect=0.125)
    assert figures.beyond(stage).total == 4.625


def test_the_newest_month_is_set_beside_what_people_would_write(result: dict[str, Any]):
    result["stages"] |= {"plain duckdb": {"wall": 10.0}, "plain spark": {"wall": 60.0}}
    # 12 s, of which 2.4 s are evidence and its tests
    same_plain, plain, same_spark, spark = figures.targets(result)[-4:]
    assert (same_plain.found, same_plain.met) == (pytest.approx(0.96), True)
    assert (plain.found, plain.met) == (pytest.approx(1.2), False)
    assert (same_spark.found, same_spark.met) == (pytest.approx(0.16), True)
    assert (spark.found, spark.met) == (pytest.approx(0.2), True)


def test_a_run_of_few_months_has_no_backfill_to_judge(result: dict[str, Any]):
    texts = [one.text for one in figures.targets(result | {"backfill": 2})]
    assert "backfill of twelve months" not in texts and len(texts) == 6
