"""Findings of draws beside what was planted."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.evaluation.loop import compare, table, together
from orchestration.simulation.answers import Regime
from orchestration.simulation.records.compliance import FIND_RATES

CHANGE = Regime("2026-06", 4.0)
PLANTED = pl.DataFrame({"enterprise_id": list("abcdef"), "latent_class": list("AABBCD")})
CLASSED = pl.DataFrame({"month": ["2026-04"] * 6 + ["2026-05"] * 4, "enterprise_id": list("abcdef") + list("abcd")})
OUTCOMES = pl.DataFrame(
    {
        "enterprise_id": ["f", "a", "c", "e"],
        "visit_month": ["2026-06", "2026-05", "2026-05", "2026-05"],
        "check_kind": ["1", "1", "2", "1"],
        "found": [True, False, True, True],
    }
)


def test_visits_findings_and_what_was_planted_are_counted_by_month_and_by_lot():
    may, june = compare(OUTCOMES, CLASSED, PLANTED, None, {"2026-06": ["calibration"]})
    a, b, c, d = FIND_RATES
    assert (may.month, may.every.count, may.every.found, may.lot.count, may.lot.found) == ("2026-05", 3, 2, 2, 1)
    assert may.every.expected == pytest.approx(a + b + c)
    assert may.lot.expected == pytest.approx(a + c)
    # a random draw is from those who had a class in the month before
    assert may.by_chance == pytest.approx((2 * a + 2 * b + c + d) / 6)
    assert june.by_chance == pytest.approx((2 * a + 2 * b) / 4)
    assert (may.alarms, june.alarms) == ((), ("calibration",))


def test_a_planted_change_moves_what_a_random_draw_finds_from_its_month():
    quiet, changed = (compare(OUTCOMES, CLASSED, PLANTED, regime, {}) for regime in (None, CHANGE))
    assert changed[0] == quiet[0]
    assert changed[1].by_chance > quiet[1].by_chance
    assert changed[1].every.expected == quiet[1].every.expected  # class D is not touched


def test_saved_is_what_a_random_draw_needs_more():
    may = compare(OUTCOMES, CLASSED, PLANTED, None, {})[0]
    assert may.every.saved(1 / 3) == pytest.approx(0.5)
    assert may.every.saved(1.0) == pytest.approx(-0.5)


def test_months_together_add_up_and_weigh_by_visits():
    months = compare(OUTCOMES, CLASSED, PLANTED, None, {})
    one = together(months)
    assert (one.every.count, one.every.found, one.lot.count) == (4, 3, 3)
    assert one.by_chance == pytest.approx((3 * months[0].by_chance + months[1].by_chance) / 4)
    assert one.month == "2026-05 to 2026-06"


def test_the_table_sets_months_before_and_after_the_change_apart():
    lines = table(compare(OUTCOMES, CLASSED, PLANTED, CHANGE, {"2026-06": ["find rate"]}), CHANGE).splitlines()
    names = [line.split("  ")[0] for line in lines[2:]]
    assert names == ["2026-05", "2026-06", "2026-05", "2026-06"]
    assert lines[3].endswith("find rate")
    assert "66.7 (20.8-93.9)" in lines[2]


def test_a_month_without_a_lot_shows_dashes():
    due = OUTCOMES.filter(pl.col("check_kind") == "2")
    assert table(compare(due, CLASSED, PLANTED, None, {})).count("  -") >= 3
