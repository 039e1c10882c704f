"""Find rates of planted draws: weighted towards the truth, told apart, and not told where nothing was drawn."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.effect.rates import rates, rates_apart
from orchestration.effect.sample import settled, weighted
from tests.unit.effect.planted import RATES, RATIOS, planted, true_rate


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


GENERAL, FOOD = (0.10,) * 4, (0.40,) * 4
"""One enterprise in ten with a problem by lot, four in ten of those with a statutory frequency."""


def with_food(seed, **others):
    """Nine enterprises of ten come by lot, two of a hundred in a month; the others once a year by date."""
    chosen = {"rates": GENERAL, "ratios": (0.02,) * 4, "statutory": 0.1, "statutory_rates": FOOD}
    return planted(seed, **(chosen | others))


def test_visits_by_date_speak_for_their_interval_not_for_the_lot():
    truth = true_rate(GENERAL, 0.1, FOOD)
    assert truth == pytest.approx(0.13)
    sample = with_food(1, enterprises=60_000)
    weight = sample.known.group_by("check_kind").agg(pl.col("weight").mean()).sort("check_kind")
    assert weight["weight"].to_list() == pytest.approx([50, 12], rel=0.06)
    found = by_name(sample, "all")["all"].population
    assert found.lower < truth < found.upper
    assert found.upper - found.lower < 0.05


def test_the_weighted_rate_is_right_on_average_with_visits_by_date():
    found = [by_name(with_food(seed), "all")["all"].population.value for seed in range(40)]
    assert np.mean(found) == pytest.approx(true_rate(GENERAL, 0.1, FOOD), abs=0.007)


@pytest.mark.parametrize(("rates", "other"), [(GENERAL, FOOD), (FOOD, GENERAL), (RATES, (0.3, 0.5, 0.7, 0.9))])
def test_intervals_cover_with_visits_by_date(rates, other):
    truth, held = true_rate(rates, 0.3, other), 0
    ratios = RATIOS if rates == RATES else (0.02,) * 4
    for seed in range(150):
        sample = planted(
            seed, enterprises=8000, rates=rates, ratios=ratios, statutory=0.3, statutory_rates=other, visits_a_year=2
        )
        found = by_name(sample, "all")["all"].population
        held += found.lower <= truth <= found.upper
    assert held / 150 >= 0.925


def test_a_few_enterprises_that_come_by_date_do_not_tell_of_those_that_come_by_lot():
    sample = with_food(3, ratios=(0.0, 0.02, 0.02, 0.02), enterprises=60_000)
    safest = by_name(sample, "class")["A"]
    assert safest.known > 0
    assert safest.population is None
    assert set(by_name(sample, "all")["all"].missing) == {"A"}


def test_the_smaller_part_of_a_class_may_be_spoken_for_by_the_other():
    sample = with_food(4)
    found, missing = settled({("A", False): 90, ("A", True): 10, ("B", False): 5}, {("A", False)})
    assert (found, missing) == ({("A", False): 100}, {"B": 5})
    assert settled({("A", False): 90, ("A", True): 10}, {("A", True)}) == ({}, {"A": 100})
    lots = sample.visits.filter(pl.col("check_kind") == "1").drop("known", "lot", "statutory", "weight")
    alone = weighted(lots, sample.population, "1")
    assert alone["weight"].sum() == pytest.approx(12_000)


def test_a_visit_whose_part_of_a_class_has_no_enterprise_stands_apart():
    sample = with_food(5)
    again = sample.visits.drop("known", "lot", "statutory", "weight")
    gone = weighted(again, sample.population.filter(~pl.col("statutory")), "1")
    assert gone.filter("known")["statutory"].any() is False
    assert gone.filter("known")["weight"].null_count() == 0
