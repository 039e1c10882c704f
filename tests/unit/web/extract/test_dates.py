"""Days as pages write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from orchestration.web.extract.dates import DayError, read_day

ZONE = ZoneInfo("Asia/Shanghai")
FETCHED = datetime(2026, 5, 6, 2, 0, tzinfo=UTC)  # 10:00 on 6 May in Henan


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-05-03", date(2026, 5, 3)),
        ("2026年5月3日", date(2026, 5, 3)),
        ("2026年05月03日 10:20 来源：晚报 阅读：2310", date(2026, 5, 3)),
        ("2026/5/3 08:00", date(2026, 5, 3)),
        ("2026.5.3", date(2026, 5, 3)),
        ("20260503", date(2026, 5, 3)),
        ("20260503102000", date(2026, 5, 3)),
        ("二〇二六年五月三日", date(2026, 5, 3)),
        ("二零二五年十二月二十一日", date(2025, 12, 21)),
        ("二○二五年十月三十日", date(2025, 10, 30)),
        ("05-03", date(2026, 5, 3)),
        ("5月3日", date(2026, 5, 3)),
        ("12-31", date(2025, 12, 31)),  # the last one before the fetch
        ("5月7日", date(2025, 5, 7)),
        ("02-29", date(2024, 2, 29)),
        ("3天前", date(2026, 5, 3)),
        ("两周前", date(2026, 4, 22)),
        ("11小时前", date(2026, 5, 5)),
        ("半小时前", date(2026, 5, 6)),
        ("昨天 12:30", date(2026, 5, 5)),
        ("前天", date(2026, 5, 4)),
        ("刚刚", date(2026, 5, 6)),
        ("2026-05-02T23:30:00Z", date(2026, 5, 3)),  # half past seven in the morning there
        ("2026-05-03T00:30:00+08:00", date(2026, 5, 3)),
        ("Sat, 02 May 2026 20:00:00 GMT", date(2026, 5, 3)),
        ("1777766400", date(2026, 5, 3)),
        ("1777766400000", date(2026, 5, 3)),
    ],
)
def test_a_day_is_read(text: str, day: date):
    assert read_day(text, FETCHED, ZONE) == day


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_date"),
        ("近日", "no_date"),
        ("共 12 页", "no_date"),
        ("2026-02-30", "impossible_date"),
        ("2026年13月3日", "impossible_date"),
        ("二〇二六年五月九十日", "impossible_date"),
        ("1970-01-01", "impossible_date"),
        ("0001-01-01", "impossible_date"),
        ("2026-13-45T10:00:00Z", "impossible_date"),
        ("2026-05-07", "future_date"),
        ("2062年5月3日", "future_date"),
        ("9999-12-31", "future_date"),
    ],
)
def test_what_is_no_day_is_refused_with_its_reason(text: str, reason: str):
    with pytest.raises(DayError) as caught:
        read_day(text, FETCHED, ZONE)
    assert caught.value.reason == reason


def test_the_day_of_the_fetch_is_the_day_there():
    """At 17:00 UTC it is already the next day in Henan."""
    late = datetime(2026, 5, 6, 17, 0, tzinfo=UTC)
    assert read_day("2026-05-07", late, ZONE) == date(2026, 5, 7)
    with pytest.raises(DayError):
        read_day("2026-05-07", datetime(2026, 5, 6, 15, 0, tzinfo=UTC), ZONE)
