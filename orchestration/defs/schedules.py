"""Schedules: when the month is computed, the web crawled, freshness looked at and the lake maintained.

Belongs here: times. Does not belong here: what is computed.
"""

from collections.abc import Sequence

import dagster as dg

from orchestration.defs.jobs import Jobs
from orchestration.defs.web import COMPLETE, pages_key
from orchestration.settings import Settings, month_shift
from orchestration.web.sources import Source

HOUR = 3
"""Hour of the day, local time, at which the month is computed: when nobody works on the lake."""


CRAWLS = {"daily": "0 1 * * *", "weekly": "0 1 * * 1", "monthly": "0 1 25 * *"}
"""When the sources of a frequency are crawled, local time: at night, the monthly ones before the month ends."""


def _crawls(settings: Settings, jobs: Jobs, sources: Sequence[Source]) -> list[dg.ScheduleDefinition]:
    """One schedule per frequency that a source has, for the month in progress."""
    timezone = str(settings.profile["timezone"])
    if jobs.crawl is None:
        return []

    def schedule(job: dg.JobDefinition, frequency: str) -> dg.ScheduleDefinition:
        keys = [pages_key(source.name) for source in sources if source.frequency == frequency]

        @dg.schedule(
            job=job,
            name=f"crawl_{frequency}",
            cron_schedule=CRAWLS[frequency],
            execution_timezone=timezone,
            description=f"The web sources with frequency {frequency}, for the month in progress.",
        )
        def crawl(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
            now = context.scheduled_execution_time
            return dg.RunRequest(
                run_key=f"{frequency}:{now:%Y-%m-%d}",
                partition_key=f"{now.year:04d}-{now.month:02d}",
                asset_selection=keys,
                asset_check_keys=[dg.AssetCheckKey(key, COMPLETE) for key in keys],
                tags={"ecr/trigger": f"crawl_{frequency}"},
            )

        return crawl

    found = {source.frequency for source in sources}
    return [schedule(jobs.crawl, frequency) for frequency in CRAWLS if frequency in found]


def build_schedules(settings: Settings, jobs: Jobs, sources: Sequence[Source]) -> list[dg.ScheduleDefinition]:
    """The month just ended, the crawls, the daily look at freshness, and the weekly maintenance."""
    timezone = str(settings.profile["timezone"])
    day = int(str(settings.profile["classify_on_day"]))

    @dg.schedule(
        job=jobs.month,
        name="month_just_ended",
        cron_schedule=f"0 {HOUR} {day} * *",
        execution_timezone=timezone,
        description=f"On day {day} of every month, {HOUR}:00 {timezone}: the month that ended before it. "
        "The sensor classify_after_month then starts the classes.",
    )
    def month_just_ended(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
        now = context.scheduled_execution_time
        month = month_shift(f"{now.year:04d}-{now.month:02d}", -1)
        return dg.RunRequest(run_key=month, partition_key=month, tags={"ecr/trigger": "month_just_ended"})

    daily = dg.ScheduleDefinition(
        name="freshness_daily",
        job=jobs.freshness,
        cron_schedule="0 7 * * *",
        execution_timezone=timezone,
        description="Every morning: whether every partition that was due exists.",
    )
    weekly = dg.ScheduleDefinition(
        name="maintain_weekly",
        job=jobs.maintain,
        cron_schedule="0 5 * * 0",
        execution_timezone=timezone,
        description="Every Sunday at 5:00: the lake is compacted and old snapshots are forgotten, as "
        "data/maintenance.yml says.",
    )
    return [month_just_ended, *_crawls(settings, jobs, sources), daily, weekly]
