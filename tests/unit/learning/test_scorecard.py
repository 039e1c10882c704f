"""Points that add up, monotone where the catalogue says so."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from orchestration.learning import scorecard
from orchestration.learning.bins import Aim, choose
from orchestration.learning.policy import LearningError
from orchestration.learning.rows import Rows, weight_bound, weights


@pytest.fixture(scope="module")
def card(rows, aims, policy):
    return scorecard.fit(rows, aims, policy)


def test_what_tells_gets_points_and_what_tells_nothing_hardly_any(card):
    points = card.points()
    assert list(points["H010101"]) == sorted(points["H010101"])
    # log-odds of 0.6 per unit: the outer fifths of a normal number lie 2.8 units apart
    assert max(points["H010101"]) / card.scale == pytest.approx(0.6 * 2.8, abs=0.5)
    bands = {one.code: one for one in card.bands}
    z = bands["H010102"].place(pl.Series(["z"]))[0]
    assert max(points["H010102"]) == points["H010102"][z] and max(points["H010102"]) / card.scale > 0.25
    assert max(points["H010103"][:-1]) < 0.4 * max(points["H010102"])


def test_points_are_whole_add_up_and_reach_the_top(card, rows):
    parts = card.parts(rows.frame)
    assert np.array_equal(np.sum(list(parts.values()), axis=0), card.score(rows.frame))
    assert sum(max(values) for values in card.points().values()) == pytest.approx(1000, abs=len(parts))
    assert all(min(values) == 0 for values in card.points().values())


def test_the_score_is_the_log_odds_but_for_rounding(card, rows):
    least = sum(min(values) for values in card.worths.values())
    assert (
        np.abs(card.log_odds(rows.frame) - least - card.score(rows.frame) / card.scale).max() <= 1.5 / card.scale + 1e-9
    )


def test_ranks_are_cut_on_the_grid_and_those_who_share_one_stay_together():
    rng = np.random.default_rng(5)
    ranks = np.concatenate([np.zeros(600), np.full(300, 0.8366), rng.uniform(0.3, 1.0, 700)])

    def bands(grid: float | None):
        return choose(
            pl.Series("R", ranks), np.ones(ranks.size), Aim("higher_riskier", grid=grid), numeric=True, most=5,
            least_share=0.03, least_rows=30,
        )  # fmt: skip

    def on_grid(cut: float) -> bool:
        return abs(cut / 0.05 - round(cut / 0.05)) < 1e-9

    free, held = bands(None), bands(0.05)
    assert not all(map(on_grid, free.cuts)) and len(held.cuts) >= 3
    assert all(map(on_grid, held.cuts))
    # a rank that hundreds share moves by thousandths from month to month
    assert len(set(held.place(pl.Series("R", [0.8346, 0.8366, 0.8386])).tolist())) == 1


def test_a_direction_against_the_data_gives_no_points_rather_than_wrong_ones(rows, aims, policy):
    card = scorecard.fit(rows, {**aims, "H010101": Aim("lower_riskier")}, policy)
    assert set(card.points()["H010101"]) == {0}


def test_a_month_that_finds_more_is_not_taken_for_what_enterprises_are(rows, aims, policy):
    # every visit of the last month finds something, and in that month all have the category x
    campaign = pl.col("visit_month") == "2025-12"
    frame = rows.frame.with_columns(
        pl.when(campaign).then(True).otherwise(pl.col("label")).alias("label"),
        pl.when(campaign).then(pl.lit("x")).otherwise(pl.col("H010102")).alias("H010102"),
    )
    card = scorecard.fit(Rows(frame, rows.features), aims, policy)
    bands = next(one for one in card.bands if one.code == "H010102")
    x, z = bands.place(pl.Series(["x", "z"]))
    assert card.worths["H010102"][z] > card.worths["H010102"][x]


def test_a_weight_counts_like_so_many_visits(rows, aims, policy):
    half = rows.where(pl.col("visit").cast(pl.Int64) < 2000)
    doubled = Rows(pl.concat([half.frame, half.frame]), rows.features)
    weighed = Rows(half.frame.with_columns(weight=pl.lit(2.0)), rows.features)
    one, other = (scorecard.fit(given, aims, policy) for given in (doubled, weighed))
    for code in rows.features:
        assert one.worths[code] == pytest.approx(other.worths[code], abs=0.02)


def test_it_can_be_written_and_read(card, rows):
    again = scorecard.Scorecard.from_dict(json.loads(json.dumps(card.as_dict())))
    assert again == card
    assert np.array_equal(again.score(rows.frame), card.score(rows.frame))


def test_alike_outcomes_teach_nothing(rows, aims, policy):
    with pytest.raises(LearningError, match="same outcome"):
        scorecard.fit(rows.where(pl.col("label")), aims, policy)


def test_bands_hold_their_share_and_end_on_values_that_occur():
    values = pl.Series("v", [0.0] * 90 + [1.0] * 8 + [2.0] * 2)
    bands = choose(values, np.ones(100), Aim("higher_riskier"), numeric=True, most=5, least_share=0.05, least_rows=5)
    assert bands.cuts == (1.0,)  # a band from 2 on would hold 2 %
    assert bands.coded(pl.Series("v", [0.9, 1.0, None])).tolist() == [[0.0], [1.0], [0.0]]


def test_rare_categories_and_few_unknown_values_have_no_worth_of_their_own():
    values = pl.Series("v", ["a"] * 50 + ["b"] * 30 + ["c"] * 3 + [None] * 4)
    bands = choose(values, np.ones(87), Aim("categorical"), numeric=False, most=5, least_share=0.05, least_rows=10)
    assert bands.categories == ("b",) and not bands.unknown  # a is the yardstick


def test_an_unknown_value_without_a_worth_stands_with_the_yardstick(card):
    frame = pl.DataFrame({"H010101": [0.0], "H010102": [None], "H010103": [0.0]}).cast({"H010102": pl.String})
    assert card.parts(frame)["H010102"][0] == card.points()["H010102"][0]


def test_categories_with_an_order_rise_with_it_and_rare_ones_join_their_neighbour():
    values = pl.Series("v", ["A"] * 40 + ["B"] * 60 + ["C"] * 5 + ["unknown"] * 30)
    bands = choose(
        values, np.ones(135), Aim("higher_riskier", ("A", "B", "C", "D")),
        numeric=False, most=5, least_share=0.05, least_rows=20,
    )  # fmt: skip
    assert bands.cuts == (1.0,) and bands.categories == ("unknown",) and bands.signs == [1, 0]
    assert bands.place(pl.Series(["A", "B", "C", "D", "unknown", "else", None])).tolist() == [0, 1, 1, 1, 2, 0, 0]
    assert bands.worths([0.5, 0.2]) == [0.0, 0.5, 0.2]


def test_an_order_against_the_data_gives_no_points(rows, aims, policy):
    # z is the riskiest: an order that puts it first may not rise
    card = scorecard.fit(rows, {**aims, "H010102": Aim("higher_riskier", ("z", "x", "y"))}, policy)
    assert set(card.points()["H010102"]) == {0}


def test_weights_are_one_over_the_probability_and_cut():
    probability = pl.Series([1.0, 1.0, 0.5, 0.01])
    # mean of 1, 1, 2, 100 is 26: cut at 52
    assert weight_bound(probability, 2) == pytest.approx(52)
    weight, trimmed, heaviest = weights(probability, 52)
    assert (weight / weight[0]).to_list() == pytest.approx([1, 1, 2, 52])
    assert weight.mean() == pytest.approx(1) and trimmed == 0.25 and heaviest == pytest.approx(100 / 26)
    unknown = pl.Series([None, None], dtype=pl.Float64)
    assert weights(unknown, weight_bound(unknown, 2))[0].to_list() == [1, 1]


def test_more_penalty_less_points(rows, aims, policy):
    light, heavy = (scorecard.fit(rows, aims, policy.model_copy(update={"ridge": ridge})) for ridge in (1.0, 5000.0))
    reach = [max(card.worths["H010101"]) - min(card.worths["H010101"]) for card in (light, heavy)]
    assert reach[1] < 0.5 * reach[0]
    assert replace(light, scale=1.0).points() != light.points()
