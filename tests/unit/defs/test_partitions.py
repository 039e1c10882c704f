"""Months, regions and rectangles."""

from datetime import UTC, datetime

import pytest

from orchestration.defs.freshness import due_days, due_month
from orchestration.defs.partitions import (
    key,
    month_in_progress,
    month_regions,
    months,
    open_months,
    rectangle,
    rectangle_tags,
    region_codes,
)
from orchestration.feeds.contract import delivered_feeds


def test_the_month_in_progress_is_that_of_local_time(settings):
    partitions = months(settings)
    # 16:30 UTC of the last day is already the first of the next month in Shanghai.
    assert partitions.get_partition_keys(current_time=datetime(2026, 5, 31, 15, 30, tzinfo=UTC))[-1] == "2026-05"
    assert partitions.get_partition_keys(current_time=datetime(2026, 5, 31, 16, 30, tzinfo=UTC))[-1] == "2026-06"
    assert partitions.get_partition_keys(current_time=datetime(2026, 5, 31, tzinfo=UTC))[0] == "2021-11"
    assert month_in_progress(settings, datetime(2026, 12, 31, 16, 30, tzinfo=UTC)) == "2027-01"


def test_the_month_in_progress_opens_after_the_day_of_classification(settings):
    assert open_months(settings, datetime(2026, 6, 10, tzinfo=UTC))[-1] == "2026-05"
    assert open_months(settings, datetime(2026, 6, 11, tzinfo=UTC))[-1] == "2026-06"


def test_regions_are_those_of_the_jurisdiction(settings):
    codes = region_codes(settings)
    assert len(codes) == len(set(codes)) == 18
    assert set(month_regions(settings).partition_dimension_names) == {"month", "region"}


def test_a_rectangle_is_read_from_its_keys():
    keys = [key(month, region) for month in ("2026-06", "2026-05") for region in ("410200", "410100")]
    assert rectangle(keys) == (["2026-05", "2026-06"], ["410100", "410200"])
    assert rectangle(["2026-05|410100"]) == (["2026-05"], ["410100"])
    with pytest.raises(ValueError, match="not a rectangle"):
        rectangle(keys[:3])


def test_tags_of_a_rectangle_span_every_region(settings):
    assert sorted(rectangle_tags(settings, "2026-05", "2026-06").values()) == ["2026-05|410100", "2026-06|419001"]


@pytest.mark.parametrize(
    ("moment", "month"),
    [
        (datetime(2026, 11, 10, 15, 59, tzinfo=UTC), "2026-09"),  # 23:59 of the due day in Shanghai
        (datetime(2026, 11, 10, 16, 0, tzinfo=UTC), "2026-10"),
        (datetime(2027, 1, 10, 16, 0, tzinfo=UTC), "2026-12"),
        (datetime(2027, 1, 5, tzinfo=UTC), "2026-11"),
    ],
)
def test_a_month_is_due_after_the_due_day_of_the_next_one(moment, month):
    assert due_month(moment, 10, "Asia/Shanghai") == month


def test_everything_that_is_delivered_or_decided_has_a_due_day(settings):
    days = {asset.to_user_string(): day for asset, day in due_days(settings).items()}
    assert days["risk_class"] == 10
    assert days["raw/c01_base"] == 8
    assert {key for key in days if key.startswith("raw/")} == {f"raw/{feed}" for feed in delivered_feeds(settings)}
