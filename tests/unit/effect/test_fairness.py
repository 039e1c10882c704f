"""Groups that are treated unlike others are flagged, and those that are not are left alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from orchestration.effect.fairness import BEYOND, SOFT, UNEVEN, by_lot, fairness
from orchestration.effect.policy import Policy
from tests.unit.effect.planted import planted

POLICY = Policy(window_months=12, lot="1", safest=("A",), riskier=("C", "D"), least_visits=5, significance=0.05)
LARGE = 60_000


def groups(sample):
    return {(row.dimension, row.name): row for row in fairness(sample, POLICY)}


def test_a_group_in_which_less_is_found_than_its_classes_say_is_flagged():
    found = groups(planted(1, enterprises=LARGE, odd={"1 under 1 year": 0.4}))
    hard, soft = found["age", "1 under 1 year"], found["age", "2 older"]
    assert BEYOND in hard.flags
    assert hard.truth.upper < 1 < soft.truth.lower
    assert hard.warranted.lower > 1 > soft.warranted.upper
    assert hard.false_alarms.lower > soft.false_alarms.upper
    assert BEYOND not in soft.flags
    assert SOFT in soft.flags


def test_groups_that_are_treated_alike_are_rarely_flagged():
    flags = sum(bool(row.flags) for seed in range(30) for row in fairness(planted(seed, enterprises=6000), POLICY))
    assert flags <= 6, "three dimensions in 30 reports, one of twenty each"


def test_shares_add_up_and_errors_are_counted_by_class():
    found = groups(planted(2, enterprises=LARGE))
    ages = [row for (dimension, _), row in found.items() if dimension == "age"]
    for name in ("enterprise_share", "visit_share", "finding_share"):
        assert sum(getattr(row, name) for row in ages) == pytest.approx(1)
    assert sum(row.enterprises for row in ages) == LARGE
    assert all(0.2 < row.false_alarms.value < 0.45 for row in ages)
    assert all(row.missed.value < 0.1 for row in ages)


def test_a_group_drawn_more_often_than_others_of_its_class_is_flagged():
    sample = planted(3, enterprises=LARGE)
    fewer = sample.population.with_columns(
        enterprises=pl.when(pl.col("size_class") == "micro").then("enterprises").otherwise(pl.col("enterprises") // 2)
    )
    found = groups(type(sample)(sample.month, sample.first, sample.visits, fewer, sample.members))
    assert UNEVEN in found["size", "large"].flags
    assert found["size", "large"].even.lower > 1


def test_nothing_found_anywhere_flags_nobody():
    found = fairness(planted(4, rates=(0.0,) * 4), POLICY)
    assert found
    assert all(row.warranted is None and row.truth is None and not row.flags for row in found)


def test_without_visits_by_lot_there_is_nothing_to_judge():
    assert fairness(planted(5, ratios=(0.0,) * 4, apart=50), POLICY) == []


def test_groups_with_many_visits_by_date_are_not_taken_for_spared():
    """Those that come by date are spared from the lot; a group with many of them is treated like any other."""
    sample = planted(6, enterprises=LARGE, statutory=0.3, statutory_rates=(0.3, 0.5, 0.7, 0.9))

    # nearly all of the large ones come by date, none of the others
    def large(frame):
        return frame.filter((pl.col("size_class") == "large") | ~pl.col("statutory"))

    few = pl.col("size_class").is_in(["micro"]) | pl.col("statutory") | (pl.col("region_code") == "410100")
    sample = replace(sample, visits=large(sample.visits).filter(few), population=large(sample.population).filter(few))
    found = groups(sample)
    assert not [name for name, row in found.items() if row.flags]
    sizes = [found["size", name] for name in ("large", "micro")]
    assert sum(row.enterprises for row in sizes) == sample.population.filter(~pl.col("statutory"))["enterprises"].sum()
    assert sum(row.visits for row in sizes) == by_lot(sample)
