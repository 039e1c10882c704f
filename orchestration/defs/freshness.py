"""Freshness: whether the partition of the last due month exists.

Belongs here: the due day of each asset and the check on it.
Does not belong here: whether a delivery's volume is plausible (``feeds``).

A freshness policy looks at when an asset was last computed, so recomputing an old month makes it look fresh. These
checks ask for one partition: the newest month whose due day has passed.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg

from orchestration.defs.feeds import PREFIX, feed_key
from orchestration.defs.partitions import key
from orchestration.defs.resources import Platform
from orchestration.defs.translator import RISK_CLASS
from orchestration.feeds.contract import delivered_feeds, load_contract
from orchestration.settings import Settings, month_shift, region_codes

CHECK = "on_time"


def due_month(now: datetime, due_day: int, timezone: str) -> str:
    """The newest month that must be there: after ``due_day`` of a month, the month before it; until then, one less."""
    local = now.astimezone(ZoneInfo(timezone))
    return month_shift(f"{local.year:04d}-{local.month:02d}", -1 if local.day > due_day else -2)


def due_days(settings: Settings) -> dict[dg.AssetKey, int]:
    """Day of the following month by which each guarded asset must have its partition."""
    classify_on = int(str(settings.profile["classify_on_day"]))
    days = {feed_key(feed): load_contract(settings, feed).due_day for feed in delivered_feeds(settings)}
    return days | {RISK_CLASS: classify_on}


def build_freshness(settings: Settings) -> dg.AssetChecksDefinition:
    """One ``on_time`` check for every feed and for the classes."""
    days = due_days(settings)
    timezone = str(settings.profile["timezone"])
    first = str(settings.profile["first_month"])
    codes = region_codes(settings)

    @dg.multi_asset_check(
        name="partitions_on_time",
        specs=[
            dg.AssetCheckSpec(
                CHECK,
                asset=asset,
                description=f"The newest month that was due (day {day} of the month after it) has its partition.",
            )
            for asset, day in days.items()
        ],
        required_resource_keys={"platform"},
        can_subset=True,  # else no run of a single feed could be asked for: its checks come with it
    )
    def partitions_on_time(context: dg.AssetCheckExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        now = platform.now()
        for asset in (item.asset_key for item in context.selected_asset_check_keys):
            day = days[asset]
            month = due_month(now, day, timezone)
            present = context.instance.get_materialized_partitions(asset)
            wanted = {str(key(month, code)) for code in codes} if asset == RISK_CLASS else {month}
            missing = sorted(wanted - present)
            if asset.path[0] == PREFIX and platform.came_missing(platform.settings, asset.path[-1], month):
                missing = [month]
            passed = not missing or month < first
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name=CHECK,
                passed=passed,
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"month": month, "missing": len(missing)},
                description=None
                if passed
                else f"{asset.to_user_string()} has nothing for {', '.join(missing[:3])}; day {day} has passed.",
            )

    return partitions_on_time
