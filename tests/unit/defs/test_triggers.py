"""Schedules and sensors: what they ask for, and when they ask for nothing."""

import json
import os
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from orchestration.defs.failures import KEPT, alerts_path, causes, write_alert
from orchestration.defs.jobs import Jobs
from orchestration.defs.landing import new_folders
from orchestration.defs.partitions import month_range_tags, rectangle_tags
from orchestration.defs.schedules import build_schedules
from orchestration.defs.sensors import ASKED_AT_ONCE, SCORE, build_sensors
from orchestration.defs.translator import RISK_CLASS
from orchestration.defs.web import pages_key
from orchestration.feeds.contract import delivered_feeds
from orchestration.feeds.ledger import seal
from orchestration.web.sources import load_sources

END = "dagster/asset_partition_range_end"
START = "dagster/asset_partition_range_start"


@dg.op
def nothing():
    pass


def job(name):
    @dg.job(name=name)
    def made():
        nothing()

    return made


@pytest.fixture
def jobs():
    return Jobs(**{field.name: job(field.name) for field in fields(Jobs)})


@pytest.fixture
def sensors(fakes, jobs):
    return {sensor.name: sensor for sensor in build_sensors(fakes.settings, jobs, fakes.platform())}


def drop(settings, feed, month, name="a.csv", text="x"):
    path = settings.landing / feed / month / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def publish(settings, feed, month):
    path = settings.raw / feed / f"month={month}" / "manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("{}")


def test_the_schedule_asks_for_the_month_just_ended(settings, jobs):
    schedule = next(item for item in build_schedules(settings, jobs, ()) if item.name == "month_just_ended")
    assert schedule.cron_schedule == "0 3 10 * *"
    assert schedule.execution_timezone == "Asia/Shanghai"
    context = dg.build_schedule_context(scheduled_execution_time=datetime(2027, 1, 10, 3, tzinfo=UTC))
    request = schedule(context)
    assert (request.partition_key, request.run_key) == ("2026-12", "2026-12")


def test_maintenance_is_off_at_first_and_meets_no_other_schedule(settings, jobs):
    found = {item.name: item for item in build_schedules(settings, jobs, list(load_sources(settings).values()))}
    weekly = found["maintain_weekly"]
    assert weekly.default_status == dg.DefaultScheduleStatus.STOPPED
    others = {item.cron_schedule.split()[:2][1] for name, item in found.items() if name != "maintain_weekly"}
    assert weekly.cron_schedule.split()[1] not in others


def test_sources_are_crawled_as_often_as_they_say_for_the_month_in_progress(settings, jobs):
    sources = list(load_sources(settings).values())
    found = {item.name: item for item in build_schedules(settings, jobs, sources) if item.name.startswith("crawl_")}
    assert set(found) == {f"crawl_{source.frequency}" for source in sources}
    name, schedule = next(iter(found.items()))
    assert schedule.execution_timezone == "Asia/Shanghai"
    # the last evening of the month in UTC is the first of the next in Henan
    moment = datetime(2026, 12, 1, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    request = schedule(dg.build_schedule_context(scheduled_execution_time=moment))
    mine = {pages_key(source.name) for source in sources if f"crawl_{source.frequency}" == name}
    assert (request.partition_key, set(request.asset_selection)) == ("2026-12", mine)
    assert {key.asset_key for key in request.asset_check_keys} == mine


class Looks:
    """The delivery sensor, looked at again and again with the cursor of the last look."""

    def __init__(self, sensor):
        self.sensor, self.cursor = sensor, None

    def __call__(self):
        found = self.sensor(dg.build_sensor_context(cursor=self.cursor))
        self.cursor = found.cursor
        return [
            (request.partition_key, [key.path[-1] for key in request.asset_selection])
            for request in found.run_requests or []
        ]


def test_a_delivery_is_read_once_it_has_settled_and_only_once(settings, sensors):
    look = Looks(sensors["deliveries"])
    assert look() == []
    path = drop(settings, "c01_base", "2026-10")
    drop(settings, "c06_penalties", "2026-10")
    assert look() == []  # seen for the first time: it may still be growing
    path.write_text("more")
    assert look() == [("2026-10", ["c06_penalties"])]
    assert look() == [("2026-10", ["c01_base"])]
    assert look() == []  # asked for, not published: a stopped feed is not tried over and over
    publish(settings, "c01_base", "2026-10")
    assert look() == []
    assert "c01_base" not in look.cursor
    drop(settings, "c01_base", "2026-10", "corrected.csv")
    os.utime(settings.landing / "c01_base" / "2026-10" / "corrected.csv", (1, 1))  # a copy that keeps an old time
    look()
    assert look() == [("2026-10", ["c01_base"])]


def test_what_has_been_published_is_not_new(settings):
    drop(settings, "c01_base", "2026-10")
    publish(settings, "c01_base", "2026-10")
    drop(settings, "c01_changes", "2026-10", ".part")
    assert list(new_folders(settings, delivered_feeds(settings), ["2026-10"])) == []


def test_a_month_that_is_not_open_and_a_feed_nobody_knows_wait(settings, sensors):
    drop(settings, "c01_base", "2026-12")
    drop(settings, "c01_base", "latest")
    drop(settings, "unheard_of", "2026-10")
    look = Looks(sensors["deliveries"])
    assert look() == look() == []


def test_a_file_that_comes_after_its_month_was_classified_is_read_into_the_next_open_one(settings, sensors):
    publish(settings, "c01_base", "2026-10")
    seal(settings, "c01_base", "2026-10")
    look = Looks(sensors["deliveries"])
    drop(settings, "c01_base", "2026-10", "late.csv")
    look()
    assert look() == [("2026-11", ["c01_base"])]
    publish(settings, "c01_base", "2026-11")
    assert look() == look() == []


def test_the_month_in_progress_waits_for_the_last_one_to_be_classified(settings, sensors, fakes):
    drop(settings, "c01_base", "2026-11")
    look = Looks(sensors["deliveries"])
    fakes.now = datetime(2026, 11, 9, tzinfo=UTC)
    assert look() == look() == []
    fakes.now = datetime(2026, 11, 11, tzinfo=UTC)
    look()
    assert look() == [("2026-11", ["c01_base"])]


def test_one_look_asks_for_a_bounded_number_of_months(settings, sensors):
    months = [f"2026-{number:02d}" for number in range(1, 11)]
    for month in months:
        drop(settings, "c01_base", month)
    look = Looks(sensors["deliveries"])
    look()
    asked = [month for _ in range(4) for month, _ in look()]
    assert asked == months
    assert len(months) > ASKED_AT_ONCE


def finished(instance, **run):
    """A finished run and the context in which a status sensor sees it."""
    given = {"job_name": "month", "tags": {START: "2026-05", END: "2026-10"}, "asset_selection": None} | run
    found = SimpleNamespace(run_id="r1", **given)
    return dg.DagsterRun(job_name=found.job_name, run_id="r1", tags=found.tags, asset_selection=found.asset_selection)


def asked_by(sensors, instance, jobs, sensor="classify_after_month", **run):
    context = dg.build_run_status_sensor_context(
        sensor_name=sensor,
        dagster_instance=instance,
        dagster_run=finished(instance, **run),
        dagster_event=dg.DagsterEvent(event_type_value="PIPELINE_SUCCESS", job_name="month"),
    )
    return sensors[sensor](context)


def test_a_computed_range_is_classified_for_all_regions_in_one_run(sensors, instance, jobs):
    request = asked_by(sensors, instance, jobs)
    assert isinstance(request, dg.RunRequest)
    assert (request.tags[START], request.tags[END]) == ("2026-05|410100", "2026-10|419001")


def test_a_computed_month_is_classified(sensors, instance, jobs):
    request = asked_by(sensors, instance, jobs, tags={"dagster/partition": "2026-10"})
    assert (request.tags[START], request.tags[END]) == ("2026-10|410100", "2026-10|419001")


@pytest.mark.parametrize(
    ("job_name", "span"),
    [("classify", ("2026-05", "2026-10")), ("month", None), ("classify", None)],
)
def test_classes_of_months_are_followed_by_their_effect(settings, sensors, instance, jobs, job_name, span):
    tags = rectangle_tags(settings, *span) if span else {}
    asked = asked_by(sensors, instance, jobs, "effect_after_classify", job_name=job_name, tags=tags)
    assert (isinstance(asked, dg.RunRequest) and (asked.tags[START], asked.tags[END])) == (span or False)


@pytest.mark.parametrize(
    ("job_name", "learned", "month"),
    [("effect", "2026-07", "2026-10"), ("effect", "2026-10", None), ("effect", None, None), ("month", "2026-07", None)],
)
def test_outcomes_are_watched_once_something_was_learned_before(
    settings, sensors, instance, jobs, job_name, learned, month
):
    if learned:
        card = settings.home / "models" / "scorecard" / f"{learned}-0123456789ab" / "card.json"
        card.parent.mkdir(parents=True)
        card.write_text("{}")
    tags = month_range_tags("2026-05", "2026-10")
    asked = asked_by(sensors, instance, jobs, "watch_after_effect", job_name=job_name, tags=tags)
    assert (asked.partition_key if isinstance(asked, dg.RunRequest) else None) == month


@pytest.mark.parametrize(
    "run",
    [
        {"job_name": "ingest"},
        {"job_name": "classify"},
        {"job_name": "__ASSET_JOB", "asset_selection": {SCORE, RISK_CLASS}},
        {"job_name": "month", "asset_selection": {dg.AssetKey(["raw", "c01_base"])}},
        {"tags": {}},
    ],
)
def test_other_runs_are_not_followed_by_classes(sensors, instance, jobs, run):
    assert isinstance(asked_by(sensors, instance, jobs, **run), dg.SkipReason)


def test_scores_computed_from_the_graph_are_followed_by_classes(sensors, instance, jobs):
    assert isinstance(asked_by(sensors, instance, jobs, job_name="__ASSET_JOB", asset_selection={SCORE}), dg.RunRequest)


def test_messages_name_the_cause_and_stay_bounded(settings):
    for number in range(KEPT + 3):
        message = write_alert(
            settings, at="2026-11-12T00:00:00+00:00", run_id=str(number), job="month", partition="2026-10",
            found=["raw__c01_base: no file for 2026-10; ask the department."],
        )  # fmt: skip
    assert message == "month 2026-10 failed: raw__c01_base: no file for 2026-10; ask the department."
    lines = [json.loads(line) for line in alerts_path(settings).read_text().splitlines()]
    assert len(lines) == KEPT
    assert lines[-1]["run_id"] == str(KEPT + 2)
    assert lines[-1]["causes"] == ["raw__c01_base: no file for 2026-10; ask the department."]


def test_the_failure_sensor_writes_the_cause(sensors, settings, instance):
    @dg.op
    def breaks():
        raise dg.Failure("c01_base 2026-10, file a.csv: not a table; send it again.", allow_retries=False)

    @dg.job(executor_def=dg.in_process_executor)
    def month():
        breaks()

    result = month.execute_in_process(instance=instance, raise_on_error=False)
    assert causes(instance, result.run_id) == ["breaks: c01_base 2026-10, file a.csv: not a table; send it again."]
    event = next(item for item in result.all_events if item.event_type_value == "PIPELINE_FAILURE")
    context = dg.build_run_status_sensor_context(
        sensor_name="failure_messages", dagster_instance=instance, dagster_run=result.dagster_run, dagster_event=event
    ).for_run_failure()
    list(sensors["failure_messages"](context))
    (line,) = alerts_path(settings).read_text().splitlines()
    assert "not a table; send it again" in json.loads(line)["causes"][0]
