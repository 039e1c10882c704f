from __future__ import annotations

import datetime

import numpy as np
import polars as pl

from orchestration.simulation.chance import Calendar, by_class, class_number, day, happen, stream, versions

CALENDAR = Calendar("2026-05", 6)


def test_streams_are_reproducible_and_independent_of_each_other():
    assert stream(7, "c06_penalties", 1).random() == stream(7, "c06_penalties", 1).random()
    draws = [stream(7, "a").random(), stream(7, "b").random(), stream(7, "a", 1).random(), stream(8, "a").random()]
    assert len(set(draws)) == 4


def test_calendar_has_three_years_of_history_and_six_months():
    assert CALENDAR.received == ["2026-04", "2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10"]
    assert CALENDAR.start == day("2023-05") and CALENDAR.end == day("2026-11")


def test_month_of_counts_from_the_initial_load():
    days = np.array([day("2023-05"), day("2026-05") - 1, day("2026-05"), day("2026-11") - 1, day("2026-11")])
    assert CALENDAR.month_of(days).tolist() == [0, 0, 1, 6, 7]


def test_an_event_is_seen_in_its_month_or_later_and_old_ones_all_at_first():
    rng = np.random.default_rng(1)
    days = rng.integers(CALENDAR.start, CALENDAR.end, 5000)
    seen, month = CALENDAR.seen(days, rng, 0.2), CALENDAR.month_of(days)
    assert (seen >= month).all() and (seen <= month + 2).all()
    assert ((seen > month) & (month > 0)).any()
    assert (seen[days < day("2026-01")] == 0).all()


def test_classes_begin_at_their_bounds_and_rates_rise_through_their_middles():
    assert class_number(np.array([0, 0.1999, 0.2, 0.4999, 0.5, 0.7499, 0.75, 1])).tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert by_class(np.array([0.1, 0.35, 0.62, 0.87, 1]), 1, 2, 3, 4).tolist() == [1, 2, 3, 4, 4]


def test_events_stay_between_start_and_end_and_follow_the_rate():
    rate = np.repeat([0.0, 1.0, 4.0], 1000)
    start, end = np.full(3000, 100), np.full(3000, 100 + 731)
    place, days = happen(np.random.default_rng(3), rate, start, end)
    assert days.min() >= 100 and days.max() < 831
    count = np.bincount(place // 1000, minlength=3)
    assert count[0] == 0 and 1850 < count[1] < 2150 and 7700 < count[2] < 8300


def test_nothing_happens_to_what_has_ended_before_it_began():
    place, _ = happen(np.random.default_rng(3), np.array([50.0]), np.array([10]), np.array([5]))
    assert len(place) == 0


def test_a_record_that_closes_later_is_sent_again_with_its_closing():
    date = datetime.date
    frame = pl.DataFrame(
        {
            "key": ["open", "same month", "later"],
            "state": ["1", "2", "2"],
            "ended": [None, date(2026, 5, 30), date(2026, 8, 1)],
            "_seen": [1, 1, 1],
        }
    )
    sent = versions(frame, CALENDAR, "ended", {"state": "1"}).sort("_seen", "key")
    assert sent.rows() == [
        ("later", "1", None, 1),
        ("open", "1", None, 1),
        ("same month", "2", date(2026, 5, 30), 1),
        ("later", "2", date(2026, 8, 1), 4),
    ]
