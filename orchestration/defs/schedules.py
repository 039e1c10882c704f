"""Schedules: when the month is computed and when freshness is looked at.

Belongs here: times. Does not belong here: what is computed.
"""

import dagster as dg

from orchestration.defs.jobs import Jobs
from orchestration.settings import Settings, month_shift

HOUR = 3
"""Hour of the day, local time, at which the month is computed: when nobody works on the lake."""


def build_schedules(settings: Settings, jobs: Jobs) -> list[dg.ScheduleDefinition]:
    """The monthly schedule for the month just ended, and the daily look at freshness."""
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
    return [month_just_ended, daily]
