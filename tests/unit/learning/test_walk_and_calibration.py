"""Months before teach, the next is tried; rates are held against what was found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.evaluation import measures
from orchestration.evaluation.measures import wilson
from orchestration.learning import challenger, population, scorecard
from orchestration.learning.calibrate import Curve, fit_curve, measure
from orchestration.learning.policy import LearningError
from orchestration.learning.rows import Rows
from orchestration.learning.train import class_bounds, data_hash
from orchestration.learning.walk import folds, lift, walk_forward, worth
from orchestration.settings import month_shift


def at_once(rows: Rows):
    """Every result comes home in the month of its visit."""
    return lambda end: rows.where(pl.col("visit_month") <= end)


def test_a_fold_is_scored_from_visits_before_it_only(rows):
    seen = []

    def score(before: Rows, fold: Rows) -> np.ndarray:
        seen.append((before.months[-1], fold.months))
        return np.zeros(fold.frame.height)

    months = folds(rows.months, 3)
    held_out = walk_forward(rows, months, {"any": score}, at_once(rows))["any"]
    assert seen == [("2025-09", ["2025-10"]), ("2025-10", ["2025-11"]), ("2025-11", ["2025-12"])]
    assert held_out.frame.height == rows.frame.filter(pl.col("visit_month") >= "2025-10").height
    assert held_out.worth.auc.value == 0.5 and held_out.worth.half == 0.5 and held_out.worth.lift == pytest.approx(1)


def test_what_came_home_late_or_was_corrected_later_teaches_no_fold_before_it(rows):
    late = pl.col("enterprise_id").str.ends_with("7")  # their results come two months after the visit
    wrong = pl.col("enterprise_id").str.ends_with("3")  # and these said the contrary until 2025-11

    def known(end: str) -> Rows:
        came = pl.when(late).then(pl.lit(month_shift(end, -2))).otherwise(pl.lit(end))
        said = pl.when(wrong & pl.lit(end < "2025-11")).then(~pl.col("label")).otherwise(pl.col("label"))
        seen = rows.frame.filter(pl.col("visit_month") <= came).with_columns(said.alias("label"))
        return Rows(seen, rows.features)

    taught: dict[str, pl.DataFrame] = {}

    def score(before: Rows, fold: Rows) -> np.ndarray:
        taught[fold.months[0]] = before.frame
        return np.zeros(fold.frame.height)

    held_out = walk_forward(rows, ["2025-11", "2025-12"], {"any": score}, known)["any"]
    assert taught["2025-11"].filter(late)["visit_month"].max() == "2025-08"
    assert taught["2025-11"].filter(~late)["visit_month"].max() == "2025-10"
    truth = rows.frame.select("visit", pl.col("label").alias("truth"))
    differing = {
        month: frame.join(truth, on="visit").filter(pl.col("label") != pl.col("truth")).height
        for month, frame in taught.items()
    }
    assert differing == {"2025-11": taught["2025-11"].filter(wrong).height, "2025-12": 0}
    # held against what is known now
    assert held_out.frame.join(truth, on="visit").filter(pl.col("label") != pl.col("truth")).is_empty()


def test_a_fold_before_which_nothing_was_known_is_refused(rows):
    with pytest.raises(LearningError, match="By the end of 2025-10 0 visits with an outcome were known, too little"):
        walk_forward(rows, ["2025-11"], {}, lambda end: rows.where(pl.lit(value=False)))


def test_too_few_months_are_refused():
    with pytest.raises(LearningError, match="too few"):
        folds(["2025-01", "2025-02", "2025-03"], 2)


def test_scorecard_and_challenger_come_near_what_can_be_known(rows, aims, policy):
    months = folds(rows.months, 3)
    models = {
        "card": lambda before, fold: scorecard.fit(before, aims, policy).log_odds(fold.frame),
        "trees": lambda before, fold: challenger.fit(before, aims, policy).score(fold.frame),
    }
    card, trees = walk_forward(rows, months, models, at_once(rows)).values()
    # the odds by which the outcomes were made rank them with an AUC of .66 - .70
    assert 0.63 < card.worth.auc.value < 0.72
    assert 0.62 < trees.worth.auc.value < 0.72
    assert card.worth.lift > 1.5 and card.worth.half > 0.6


def test_the_trees_as_arrays_are_the_trees_of_the_library(rows, aims, policy):
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = challenger.fit(rows, aims, policy)
    again = challenger.Challenger.from_arrays(model.arrays())
    given = policy.challenger
    design = challenger._design(rows.frame, model.columns)
    label, weight = rows.arrays()
    library = HistGradientBoostingClassifier(
        max_iter=given.trees, max_leaf_nodes=given.leaves, learning_rate=given.rate, min_samples_leaf=given.least_leaf,
        l2_regularization=given.ridge, max_features=given.share_of_features, monotonic_cst=[1, 0, 0, 0, -1],
        early_stopping=False, random_state=given.seed,
    ).fit(design, label, sample_weight=weight)  # fmt: skip
    assert np.allclose(again.score(rows.frame), library.decision_function(design), atol=1e-9)


def test_trees_are_monotone_where_the_catalogue_says_so(rows, aims, policy):
    model = challenger.fit(rows, aims, policy)
    grid = pl.DataFrame({"H010101": np.linspace(-3, 3, 50), "H010102": ["y"] * 50, "H010103": [0.1] * 50})
    assert (np.diff(model.score(grid)) >= -1e-12).all()


def test_true_rates_are_off_by_chance_only_and_wrong_ones_are_not():
    rng = np.random.default_rng(4)
    rate = rng.uniform(0.05, 0.4, 4000)
    label = (rng.random(4000) < rate).astype(float)
    honest = measure(rate, label, np.ones(4000), 10)
    assert honest.error.value < 2 * honest.by_chance
    assert honest.brier.lower < honest.brier.value < honest.brier.upper
    assert sum(one.visits for one in honest.reliability) == 4000
    boastful = measure(np.clip(rate * 2, 0, 1), label, np.ones(4000), 10)
    assert boastful.error.lower > 5 * boastful.by_chance


def test_rates_of_everybody_are_true_although_those_visited_are_the_riskier():
    # half of the visits stand for one enterprise each and find twice what others of the same score do
    rng = np.random.default_rng(5)
    size = 8000
    score = rng.normal(size=size)
    chosen = rng.random(size) < 0.5
    label = (rng.random(size) < 1 / (1 + np.exp(2 - 0.5 * score - 0.9 * chosen))).astype(float)
    weight = np.where(chosen, 1.0, 15.0)
    rate = fit_curve(score, label, weight).rate(score)
    fair = measure(rate, label, weight, 10)
    assert fair.error.value < 2.5 * fair.by_chance
    assert all(one.found.lower <= one.predicted <= one.found.upper for one in fair.reliability[1:-1])
    # the same rates held against the visits as they were made look wrong, and are not
    plain = measure(rate, label, np.ones(size), 10)
    assert plain.error.lower > 3 * plain.by_chance
    assert fair.brier.value < plain.brier.value


def test_intervals_are_those_of_the_effective_number_of_visits():
    rng = np.random.default_rng(7)
    rate, label = np.full(1000, 0.2), (np.arange(1000) % 5 == 0).astype(float)
    even = measure(rate, label, np.ones(1000), 2).reliability[0].found
    uneven = measure(rate, label, np.where(rng.random(1000) < 0.1, 40.0, 1.0), 2).reliability[0].found
    assert even == wilson(200, 1000)
    assert uneven.upper - uneven.lower > 2 * (even.upper - even.lower)


@pytest.mark.parametrize("size", [2000, 20000])
def test_a_curve_brings_log_odds_to_rates(size):
    rng = np.random.default_rng(6)
    score = rng.normal(size=size)
    rate = 1 / (1 + np.exp(-(0.5 * score - 2)))
    label = (rng.random(size) < rate).astype(float)
    curve = fit_curve(score, label, np.ones(size))
    assert curve.kind == ("isotonic" if label.sum() >= 1000 else "platt")
    assert np.abs(curve.rate(score) - rate).mean() < 0.02
    assert Curve.from_dict(curve.as_dict()) == curve
    order = np.sort(score)
    assert (np.diff(curve.rate(order)) >= 0).all()


def test_alike_outcomes_calibrate_nothing():
    with pytest.raises(LearningError, match="same outcome"):
        fit_curve(np.zeros(5), np.zeros(5), np.ones(5))


def test_lift_of_a_perfect_order_is_one_over_the_rate():
    frame = pl.DataFrame({"score": list(range(100)), "outcome": [place >= 80 for place in range(100)]})
    assert lift(frame) == pytest.approx(5)


def test_measures_of_everybody_are_those_of_visits_repeated_by_their_weight():
    rng = np.random.default_rng(2)
    score = rng.integers(0, 12, 300).astype(float)
    label, weight = (rng.random(300) < 0.05 + score / 24).astype(float), rng.integers(1, 6, 300)
    again = np.repeat(np.arange(300), weight)
    repeated = pl.DataFrame({"score": score[again], "outcome": label[again] > 0})
    found = population.auc(score, label, weight.astype(float))
    assert found.value == pytest.approx(measures.auc(repeated).value)
    assert population.riskier_half(score, label, weight.astype(float)) == pytest.approx(measures.riskier_half(repeated))
    # a visit that stands for five is one visit: the interval is wider than of five
    assert found.upper - found.lower > 1.3 * (measures.auc(repeated).upper - measures.auc(repeated).lower)
    plain = pl.DataFrame({"score": score, "outcome": label > 0})
    even = population.auc(score, label, np.ones(300))
    assert even.lower == pytest.approx(measures.auc(plain).lower)
    with pytest.raises(measures.MeasureError, match="both outcomes"):
        population.auc(score, np.zeros(300), np.ones(300))
    with pytest.raises(measures.MeasureError, match="none of the 300"):
        population.riskier_half(score, np.zeros(300), np.ones(300))


def test_worth_is_told_of_the_visits_and_of_everybody():
    # the score ranks those who were chosen and says nothing of the others, each of whom stands for twenty
    rng = np.random.default_rng(3)
    score, chosen = rng.normal(size=4000), rng.random(4000) < 0.5
    label = rng.random(4000) < 1 / (1 + np.exp(1.5 - 1.5 * score * chosen))
    weight = np.where(chosen, 1.0, 20.0)
    told = worth(pl.DataFrame({"visit_month": "2025-01", "score": score, "label": label, "weight": weight}))
    assert told.auc.value > told.auc_of_all.upper and told.half > told.half_of_all + 0.1
    even = worth(pl.DataFrame({"visit_month": "2025-01", "score": score, "label": label, "weight": np.ones(4000)}))
    assert even.auc == told.auc and even.auc_of_all.value == pytest.approx(even.auc.value)
    assert even.half_of_all == pytest.approx(even.half)


def test_classes_begin_where_the_shares_are_nearest():
    points = np.arange(100.0)
    assert class_bounds(points, {"A": 0.4, "B": 0.4, "C": 0.15, "D": 0.05}) == {"A": 0, "B": 40, "C": 80, "D": 95}
    with pytest.raises(LearningError, match="cannot begin above"):
        class_bounds(np.zeros(10), {"A": 0.5, "B": 0.5})


def test_the_hash_of_the_rows_is_that_of_the_same_rows_in_any_order(rows):
    shuffled = Rows(rows.frame.sample(fraction=1.0, shuffle=True, seed=1), rows.features)
    assert data_hash(shuffled) == data_hash(rows)
    assert data_hash(rows.where(pl.col("visit") != "0")) != data_hash(rows)
