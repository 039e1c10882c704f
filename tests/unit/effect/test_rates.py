"""Find rates of planted draws: weighted towards the truth, told apart, and not told where nothing was drawn."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.effect.rates import rates, rates_apart
from tests.unit.effect.planted import RATES, planted, true_rate


def by_name(sample, dimension):
    return {row.name: row for row in rates(sample) if row.dimension == dimension}


def test_what_was_visited_and_what_it_stands_for():
    row = by_name(planted(1), "all")["all"]
    assert row.rate.value > 0.25, "a steered draw finds much more than there is"
    assert row.population.lower < true_rate() < row.population.upper
    assert row.population.value < 0.15
    assert row.enterprises == 12_000
    assert row.covered == 1
    assert row.known == row.visits


def test_the_weighted_rate_is_right_on_average():
    found = [by_name(planted(seed, enterprises=4000), "all")["all"].population.value for seed in range(40)]
    assert np.mean(found) == pytest.approx(true_rate(), abs=0.006)


def test_rates_by_class_hold_the_planted_ones():
    found = by_name(planted(2, enterprises=40_000), "class")
    assert list(found) == list("ABCD")
    for name, rate in zip("ABCD", RATES, strict=True):
        assert found[name].population.lower <= rate <= found[name].population.upper
        assert found[name].rate.value == found[name].found / found[name].visits


def test_a_class_that_nobody_was_drawn_from_is_not_zero():
    sample = planted(3, ratios=(0.0, 0.02, 0.1, 0.3))
    safest = by_name(sample, "class")["A"]
    assert (safest.visits, safest.rate, safest.population) == (0, None, None)
    everybody = by_name(sample, "all")["all"]
    assert everybody.population is None
    assert everybody.missing == {"A": safest.enterprises}
    assert everybody.covered == pytest.approx(1 - safest.enterprises / 12_000)
    assert everybody.rate is not None


def test_visits_of_unknown_probability_move_no_statement_about_the_population():
    plain, more = planted(4), planted(4, apart=200)
    assert by_name(more, "all")["all"].visits == by_name(plain, "all")["all"].visits + 200
    assert more.known.height == plain.known.height
    without = more.known.drop("found", "checked_on")
    assert without.select("enterprise_id", "weight").equals(plain.known.select("enterprise_id", "weight"))
    [apart] = rates_apart(more)
    assert (apart.kind, apart.classed, apart.visits, apart.found) == ("3", True, 200, 200)


def test_visits_without_a_class_stand_apart():
    sample = planted(4)
    nobody = sample.visits.with_columns(
        pl.lit(None, pl.String).alias("class"), known=pl.lit(value=False), lot=pl.lit(value=False)
    )
    history = type(sample)(sample.month, sample.first, nobody, sample.population.clear(), sample.members.clear())
    [apart] = rates_apart(history)
    assert not apart.classed
    assert rates(history) == []


def test_groups_of_fields_count_members_only():
    found = by_name(planted(5, enterprises=40_000), "field")["food"]
    large = by_name(planted(5, enterprises=40_000), "size")["large"]
    assert (found.visits, found.enterprises, found.population) == (large.visits, large.enterprises, large.population)
