"""Partitions: months, regions, and month x region.

Belongs here: which partitions exist, and which of them a run is about.
Does not belong here: what is done for a partition.

The month in progress has a partition too, so that deliveries are read as they land; nothing asks for its classes
before it has ended.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.storage.tags import ASSET_PARTITION_RANGE_END_TAG, ASSET_PARTITION_RANGE_START_TAG

from orchestration.settings import Settings, month_shift, region_codes

MONTH = "month"
REGION = "region"


def months(settings: Settings) -> dg.MonthlyPartitionsDefinition:
    """Months of the jurisdiction as ``YYYY-MM``, from its first month to the one in progress."""
    profile = settings.profile
    return dg.MonthlyPartitionsDefinition(
        start_date=str(profile["first_month"]),
        fmt="%Y-%m",
        timezone=str(profile["timezone"]),
        end_offset=1,
    )


def month_in_progress(settings: Settings, now: datetime) -> str:
    """The month that ``now`` lies in, in the jurisdiction's local time."""
    local = now.astimezone(ZoneInfo(str(settings.profile["timezone"])))
    return f"{local.year:04d}-{local.month:02d}"


def open_months(settings: Settings, now: datetime) -> list[str]:
    """Months whose deliveries may be read: those that ended, and the one in progress once the last was classified.

    Publishing a month closes the one before it for new files, so the month in progress has to wait until the month
    before it had its day of classification.
    """
    current = month_in_progress(settings, now)
    day = now.astimezone(ZoneInfo(str(settings.profile["timezone"]))).day
    last = current if day > int(str(settings.profile["classify_on_day"])) else month_shift(current, -1)
    return [month for month in months(settings).get_partition_keys(current_time=now) if month <= last]


def regions(settings: Settings) -> dg.StaticPartitionsDefinition:
    """Regions of the jurisdiction, for example the 18 prefecture-level regions of Henan."""
    return dg.StaticPartitionsDefinition(region_codes(settings))


def month_regions(settings: Settings) -> dg.MultiPartitionsDefinition:
    """Month x region: the partitions of the classes."""
    return dg.MultiPartitionsDefinition({MONTH: months(settings), REGION: regions(settings)})


def key(month: str, region: str) -> dg.MultiPartitionKey:
    """The partition key of one month and region."""
    return dg.MultiPartitionKey({MONTH: month, REGION: region})


def rectangle(keys: Iterable[str | dg.MultiPartitionKey]) -> tuple[list[str], list[str]]:
    """Months and regions that the keys span; ranges of two dimensions are always rectangles.

    Raises:
        ValueError: the keys are not a whole rectangle, so that computing it would touch partitions nobody asked for.
    """
    pairs = {tuple(str(item).split("|")) for item in keys}
    first = sorted({pair[0] for pair in pairs})
    second = sorted({pair[1] for pair in pairs})
    if len(pairs) != len(first) * len(second):
        raise ValueError(
            f"{len(pairs)} partitions of {len(first)} months x {len(second)} regions are not a rectangle; "
            "start one run per month or choose the same regions for every month."
        )
    return first, second


def month_range_tags(first: str, last: str) -> dict[str, str]:
    """Run tags for all months from ``first`` to ``last`` in one run."""
    return {ASSET_PARTITION_RANGE_START_TAG: first, ASSET_PARTITION_RANGE_END_TAG: last}


def cell_tags(month: str, region: str) -> dict[str, str]:
    """Run tags for one month and region."""
    return {
        ASSET_PARTITION_RANGE_START_TAG: str(key(month, region)),
        ASSET_PARTITION_RANGE_END_TAG: str(key(month, region)),
    }


def rectangle_tags(settings: Settings, first: str, last: str) -> dict[str, str]:
    """Run tags for all months from ``first`` to ``last`` x all regions of the jurisdiction in one run."""
    codes = region_codes(settings)
    return {
        ASSET_PARTITION_RANGE_START_TAG: str(key(first, codes[0])),
        ASSET_PARTITION_RANGE_END_TAG: str(key(last, codes[-1])),
    }
