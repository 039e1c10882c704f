"""The table and the page say what a result holds."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

from benchmarks.province import report
from benchmarks.province.rows import area_of, written


def test_a_line_per_stage_in_order_with_its_ratio(result: dict[str, Any]):
    lines = {str(line[0]): line for line in report.lines_of(result)}
    assert list(lines) == [
        "simulate", "start-up", "ingest", "links", "floor", "month", "second month", "region", "backfill",
    ]  # fmt: skip
    assert lines["month"] == ["month", "10.0", "20.0", 1_000, 100, "3.00", "40", "5.0", "6.7"]
    assert lines["floor"] == ["floor", "2.0", "3.0", 900, 450, "3.00", "40", "1.0", "1.0"]
    assert lines["simulate"][3:5] == [None, None]


def test_what_was_kept_from_an_earlier_run_says_so(result: dict[str, Any]):
    result["stages"]["ingest"]["reused"] = True
    assert "ingest (kept)" in report.table([result])


def test_several_scales_show_growth_from_the_second_on(result: dict[str, Any]):
    larger = copy.deepcopy(result) | {"scale": 0.2}
    larger["stages"]["month"] |= {"wall": 30.0, "rows": 2_000}
    first, second = report.table([result, larger]).split("scale 0.2")
    assert "growth" not in first and "growth" in second
    assert report.lines_of(larger, result)[5][-1] == "1.50"


def test_scales_with_other_deliveries_are_compared_by_a_month_of_both(result: dict[str, Any]):
    larger = copy.deepcopy(result) | {"scale": 0.2}
    for one, spent in ((result, 10.0), (larger, 25.0)):
        (built, _) = one["stages"]["backfill"]["told"][0]["functions"]
        built |= {"key": "2026-09", "nodes": {"enterprise_score": spent}}
    assert "took 10.0 s at scale 0.1 and 25.0 s here: 1.25 for each" in report.page([result, larger])
    assert "here:" not in report.page([result])


def test_checks_and_links_are_told_apart(result: dict[str, Any]):
    assert "reading and cleaning 6.0, checks 2.0, publishing 1.0, Dagster 3.0" in report.checks_line(result)
    assert report.links_line(result).startswith("Names and links of 2026-09: 5.0 s")


def test_what_the_plain_programs_leave_out_is_said_where_they_ran(result: dict[str, Any]):
    assert "plain programs" not in report.page([result])
    result["stages"]["plain duckdb"] = result["stages"]["region"]
    assert "Of the 12.0 s of the same month the platform took 9.6 s for that" in report.page([result])


def test_the_page_says_on_what_it_ran_and_what_did_not_hold(result: dict[str, Any]):
    page = report.page([result])
    assert "2 cores (a processor), 24 GB" in page and "2026-11-23 at abc1234" in page and "duckdb 1.5.5" in page
    assert "Did not hold" not in page
    assert "- one class is missing" in report.page([result | {"broken": ["one class is missing"]}])


def test_only_a_whole_province_is_held_to_the_aims(result: dict[str, Any]):
    whole, brief = result | {"scale": 1.0}, result | {"brief": True}
    for show in (report.table, report.page):
        assert "orchestration of the month" in show([whole])
        assert "how the stages grow" in show([result]) and "orchestration of the month" not in show([result])
        assert "A brief run" in show([brief]) and "orchestration of the month" not in show([brief])


def test_results_are_read_by_scale(tmp_path: Path):
    for scale in (1, 0.1, 0.02):
        (tmp_path / f"{scale:g}.json").write_text(json.dumps({"scale": scale}), encoding="utf-8")
    assert [one["scale"] for one in report.load(tmp_path)] == [0.02, 0.1, 1]
    assert [one["scale"] for one in report.load(tmp_path, ["0.1"])] == [0.1]


def test_bytes_belong_to_the_deepest_area_and_only_growth_counts():
    assert area_of(("lake", "raw", "c01_base")) == "raw"
    assert area_of(("lake",)) == "catalogue"
    assert area_of(("elsewhere",)) == "other"
    assert written({"raw": 5, "tables": 7}, {"raw": 5, "tables": 9, "dbt": 1}) == {"dbt": 1, "tables": 2}


def test_results_are_kept_and_the_page_is_of_all_of_them(result: dict[str, Any], tmp_path: Path):
    new, kept, page = tmp_path / "new", tmp_path / "kept", tmp_path / "bench.md"
    new.mkdir()
    for scale, brief in ((0.1, False), (0.02, True)):
        told = result | {"scale": scale, "brief": brief}
        (new / f"{scale:g}.json").write_text(json.dumps(told), encoding="utf-8")
    assert report.publish(new, kept, page) == ["0.1"]
    (new / "0.1.json").write_text(json.dumps(result | {"scale": 0.2}), encoding="utf-8")
    assert report.publish(new, kept, page) == ["0.2"]
    assert sorted(path.name for path in kept.iterdir()) == ["0.1.json", "0.2.json"]
    text = page.read_text(encoding="utf-8")
    assert "## Scale 0.1" in text and "## Scale 0.2" in text and "0.02" not in text
    assert report.publish(tmp_path / "none", kept, page) == [] and page.read_text(encoding="utf-8") == text


def test_the_page_that_is_kept_is_of_the_results_that_are_kept():
    assert report.PAGE.read_text(encoding="utf-8") == report.page(report.load(report.RESULTS))
