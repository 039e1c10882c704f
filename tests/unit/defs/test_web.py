"""The web branch as assets: sources stand apart, what a step tells is shown, trouble is told in its own words."""

from __future__ import annotations

import dagster as dg
import pytest

from orchestration.defs.shown import summary_metadata
from orchestration.defs.web import COMPLETE, Step, build_step, build_web, by_month, pages_key
from orchestration.settings import Settings
from orchestration.web.sources import load_sources
from tests.unit.defs.conftest import StepDone

MONTHS = ("2026-05", "2026-06")


@pytest.fixture
def platform(fakes):
    return fakes.platform()


def run(assets, platform, key, months=MONTHS):
    job = dg.Definitions(
        assets=assets,
        jobs=[dg.define_asset_job("one", dg.AssetSelection.assets(key))],
        resources={"platform": platform},
        executor=dg.in_process_executor,
    ).resolve_job_def("one")
    tags = {"dagster/asset_partition_range_start": months[0], "dagster/asset_partition_range_end": months[-1]}
    return job.execute_in_process(tags=tags, raise_on_error=False)


def test_months_of_a_source_are_crawled_in_one_go_and_each_has_its_check(fakes, platform):
    source = next(iter(load_sources(fakes.settings)))
    fakes.refused[(source, "2026-06")] = "news.example does not answer; look at hosts in the source's file."
    result = run(build_web(fakes.settings).assets, platform, pages_key(source))
    assert result.success  # the other sources go on
    assert [call for call in fakes.calls if call[0] == "crawl"] == [("crawl", source, *MONTHS)]
    evaluations = result.get_asset_check_evaluations()
    assert {one.partition for one in evaluations} == set(MONTHS)
    assert {(one.passed, one.blocking, one.severity) for one in evaluations} == {
        (False, False, dg.AssetCheckSeverity.ERROR)
    }
    assert all("does not answer" in str(one.description) for one in evaluations)
    events = result.get_asset_materialization_events()
    assert {event.partition for event in events} == set(MONTHS)
    shown = events[0].materialization.metadata
    assert shown["dagster/row_count"].value == 3 and "| robots | 1 |" in shown["skipped"].value


def test_a_step_that_stops_keeps_the_months_it_has_done_and_says_why(fakes, platform):
    fakes.stops[("names", "2026-06")] = "data/resolution/policy-r1.yml: accept is missing; add it."
    key = dg.AssetKey("some_step")
    step = Step(key, (), "", by_month(lambda given, month: given.names(given.settings, month)))
    result = run([build_step(fakes.settings, step)], platform, key)
    assert not result.success
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "accept is missing; add it." in str(failure.step_failure_data.user_failure_data.description)
    assert [event.partition for event in result.get_asset_materialization_events()] == ["2026-05"]


def test_a_guarded_step_has_one_check_that_blocks_nothing(settings):
    for asset in build_web(settings).assets:
        for spec in asset.check_specs:
            assert (spec.name, spec.blocking) == (COMPLETE, False)


def test_without_a_described_source_there_is_no_web_branch(tmp_path):
    web = build_web(Settings(home=tmp_path, jurisdiction="chicago"))
    assert (web.sources, web.assets, web.made_of) == ((), [], {})


def test_long_lists_are_shown_in_part_and_what_says_nothing_is_left_out():
    counts = {f"reason_{number:02d}": number for number in range(1, 21)}
    shown = summary_metadata(StepDone("2026-05", sentence="", skipped=counts))
    assert "sentence" not in shown
    assert shown["skipped"].value.count("\n") < 16 and "| 8 more | 36 |" in shown["skipped"].value
