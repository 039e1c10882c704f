"""Sensors: runs that something else causes.

Belongs here: new deliveries -> ``ingest``; a computed month -> ``classify`` -> ``effect`` -> ``watch``; a failed run
-> a message.
Does not belong here: what the runs do.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from orchestration.defs.failures import causes, write_alert
from orchestration.defs.feeds import ARRIVAL, QUALITY, feed_key
from orchestration.defs.jobs import Jobs
from orchestration.defs.landing import Folder, new_folders, settled
from orchestration.defs.partitions import month_range_tags, open_months, rectangle_tags
from orchestration.defs.resources import Platform
from orchestration.defs.translator import RISK_CLASS
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import Settings

PARTITION = "dagster/partition"
BACKFILL = "dagster/backfill"
WATCHED = 24
"""Newest months whose folders are watched; older ones are read by a backfill that a person starts."""
ASKED_AT_ONCE = 3
"""Months for which one look may ask for runs; the rest wait for the next look."""
SCORE = dg.AssetKey(["scores", "enterprise_score"])


def _deliveries(settings: Settings, jobs: Jobs, platform: Platform) -> dg.SensorDefinition:
    feeds = delivered_feeds(settings)

    @dg.sensor(
        name="deliveries",
        job=jobs.ingest,
        minimum_interval_seconds=60,
        description="Looks for new or changed files in landing/<feed>/<YYYY-MM>/ and reads them once they have stopped "
        f"changing between two looks. Watches the {WATCHED} newest open months; a file that comes after its month was "
        "classified is read into the next open one.",
    )
    def deliveries(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        cursor: dict[str, dict[str, str]] = json.loads(context.cursor) if context.cursor else {}
        asked = cursor.get("asked", {})
        watched = open_months(settings, platform.now())[-WATCHED:]
        new = list(new_folders(settings, feeds, watched))
        by_month: dict[str, list[Folder]] = {}
        for folder in settled(new, cursor.get("seen", {}), asked):
            by_month.setdefault(folder.month, []).append(folder)
        requests: list[dg.RunRequest] = []
        asked = {folder.name: asked[folder.name] for folder in new if folder.name in asked}
        for month, folders in list(by_month.items())[:ASKED_AT_ONCE]:
            requests.append(
                dg.RunRequest(
                    run_key=f"{month}:" + ",".join(f"{folder.feed}={folder.state}" for folder in folders),
                    partition_key=month,
                    asset_selection=[feed_key(folder.feed) for folder in folders],
                    asset_check_keys=[
                        dg.AssetCheckKey(feed_key(folder.feed), name)
                        for folder in folders
                        for name in (QUALITY, ARRIVAL)
                    ],
                    tags={"ecr/trigger": "deliveries"},
                )
            )
            asked |= {folder.name: folder.state for folder in folders}
        after = json.dumps({"seen": {folder.name: folder.state for folder in new}, "asked": asked}, sort_keys=True)
        if requests:
            return dg.SensorResult(run_requests=requests, cursor=after)
        waiting = len(new) - sum(folder.name in asked for folder in new)
        return dg.SensorResult(
            skip_reason=f"{waiting} folders changed and are given time to settle."
            if waiting
            else "Nothing new landed.",
            cursor=after,
        )

    return deliveries


def _months_of(run: dg.DagsterRun) -> tuple[str, str] | None:
    """First and last month that a run was about."""
    tags = run.tags
    if ASSET_PARTITION_RANGE_START_TAG in tags:
        return tags[ASSET_PARTITION_RANGE_START_TAG], tags[ASSET_PARTITION_RANGE_END_TAG]
    if PARTITION in tags:
        return tags[PARTITION], tags[PARTITION]
    return None


def _computes_scores(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether the run computed scores that nothing else will classify."""
    chosen = run.asset_selection
    if run.job_name != "month" and not (chosen and SCORE in chosen):
        return False
    if chosen and (SCORE not in chosen or RISK_CLASS in chosen):
        return False
    backfill = instance.get_backfill(run.tags[BACKFILL]) if BACKFILL in run.tags else None
    return not (backfill and RISK_CLASS in (backfill.asset_selection or []))


def _classify_after_month(settings: Settings, jobs: Jobs) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="classify_after_month",
        request_job=jobs.classify,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="When the scores of a month or of many were computed, classifies those months for all regions in "
        "one run.",
    )
    def classify_after_month(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        if not _computes_scores(context.instance, run):
            return dg.SkipReason(f"{run.job_name} computed no scores that wait for their classes.")
        span = _months_of(run)
        if span is None:
            return dg.SkipReason("The run was about no month.")
        return dg.RunRequest(
            run_key=run.run_id,
            tags=rectangle_tags(settings, *span) | {"ecr/trigger": "classify_after_month", "ecr/after": run.run_id},
        )

    return classify_after_month


def _effect_after_classify(jobs: Jobs) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="effect_after_classify",
        request_job=jobs.effect,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="When a month or many were classified, sets the results of visits beside the classes before them "
        "and measures effect and fairness.",
    )
    def effect_after_classify(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        span = _months_of(run) if run.job_name == jobs.classify.name else None
        if span is None:
            return dg.SkipReason(f"{run.job_name} classified nothing.")
        # the partitions of classes are months x regions, written 2026-05|410100
        first, last = (key.partition("|")[0] for key in span)
        return dg.RunRequest(
            run_key=run.run_id,
            tags=month_range_tags(first, last) | {"ecr/trigger": "effect_after_classify", "ecr/after": run.run_id},
        )

    return effect_after_classify


def _watch_after_effect(settings: Settings, jobs: Jobs) -> dg.SensorDefinition:
    @dg.run_status_sensor(
        run_status=dg.DagsterRunStatus.SUCCESS,
        name="watch_after_effect",
        request_job=jobs.watch,
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="When the outcomes of a month or of many were set beside the classes, looks whether what was "
        "learned before the last of them still holds; an alarm is written to alerts.jsonl under ECR_HOME.",
    )
    def watch_after_effect(context: dg.RunStatusSensorContext) -> dg.RunRequest | dg.SkipReason:
        run = context.dagster_run
        span = _months_of(run) if run.job_name == jobs.effect.name else None
        if span is None:
            return dg.SkipReason(f"{run.job_name} told no outcomes.")
        from orchestration.learning.registry import learned_before

        month = span[1]
        if not learned_before(settings, month):
            return dg.SkipReason(f"No scorecard was learned before {month}; there is nothing to hold it against.")
        return dg.RunRequest(
            run_key=run.run_id,
            partition_key=month,
            tags={"ecr/trigger": "watch_after_effect", "ecr/after": run.run_id},
        )

    return watch_after_effect


def _failure_messages(settings: Settings) -> dg.SensorDefinition:
    @dg.run_failure_sensor(
        name="failure_messages",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="Writes why a run failed, in the words of what stopped it, to alerts.jsonl under ECR_HOME.",
    )
    def failure_messages(context: dg.RunFailureSensorContext) -> Iterator[dg.SkipReason]:
        run = context.dagster_run
        span = _months_of(run)
        message = write_alert(
            settings,
            at=_moment(context),
            run_id=run.run_id,
            job=run.job_name,
            partition=None if span is None else span[0] if span[0] == span[1] else f"{span[0]} to {span[1]}",
            found=causes(context.instance, run.run_id),
        )
        context.log.error(message)
        yield dg.SkipReason(message)

    return failure_messages


def _moment(context: dg.RunFailureSensorContext) -> str:
    """When the run ended, in UTC."""
    stats = context.instance.get_run_record_by_id(context.dagster_run.run_id)
    end = stats.end_time if stats and stats.end_time else 0.0
    return datetime.fromtimestamp(end, tz=UTC).isoformat(timespec="seconds")


def build_sensors(settings: Settings, jobs: Jobs, platform: Platform) -> list[dg.SensorDefinition]:
    """All sensors."""
    return [
        _deliveries(settings, jobs, platform),
        _classify_after_month(settings, jobs),
        _effect_after_classify(jobs),
        _watch_after_effect(settings, jobs),
        _failure_messages(settings),
    ]
