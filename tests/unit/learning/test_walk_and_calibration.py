"""Months before teach, the next is tried; rates are held against what was found."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.learning import challenger, scorecard
from orchestration.learning.calibrate import Curve, fit_curve, measure
from orchestration.learning.policy import LearningError
from orchestration.learning.rows import Rows
from orchestration.learning.train import class_bounds, data_hash
from orchestration.learning.walk import folds, lift, walk_forward


def test_a_fold_is_scored_from_visits_before_it_only(rows):
    seen = []

    def score(before: Rows, fold: Rows) -> np.ndarray:
        seen.append((before.months[-1], fold.months))
        return np.zeros(fold.frame.height)

    months = folds(rows.months, 3)
    held_out = walk_forward(rows, months, score)
    assert seen == [("2025-09", ["2025-10"]), ("2025-10", ["2025-11"]), ("2025-11", ["2025-12"])]
    assert held_out.frame.height == rows.frame.filter(pl.col("visit_month") >= "2025-10").height
    assert held_out.worth.auc.value == 0.5 and held_out.worth.half == 0.5 and held_out.worth.lift == pytest.approx(1)


def test_too_few_months_are_refused():
    with pytest.raises(LearningError, match="too few"):
        folds(["2025-01", "2025-02", "2025-03"], 2)


def test_scorecard_and_challenger_come_near_what_can_be_known(rows, aims, policy):
    months = folds(rows.months, 3)
    card = walk_forward(rows, months, lambda before, fold: scorecard.fit(before, aims, policy).log_odds(fold.frame))
    trees = walk_forward(rows, months, lambda before, fold: challenger.fit(before, aims, policy).score(fold.frame))
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
    honest = measure(rate, label, 10)
    assert honest.error.value < 2 * honest.by_chance
    assert honest.brier.lower < honest.brier.value < honest.brier.upper
    assert sum(one.visits for one in honest.reliability) == 4000
    boastful = measure(np.clip(rate * 2, 0, 1), label, 10)
    assert boastful.error.lower > 5 * boastful.by_chance


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


def test_classes_begin_where_the_shares_are_nearest():
    points = np.arange(100.0)
    assert class_bounds(points, {"A": 0.4, "B": 0.4, "C": 0.15, "D": 0.05}) == {"A": 0, "B": 40, "C": 80, "D": 95}
    with pytest.raises(LearningError, match="cannot begin above"):
        class_bounds(np.zeros(10), {"A": 0.5, "B": 0.5})


def test_the_hash_of_the_rows_is_that_of_the_same_rows_in_any_order(rows):
    shuffled = Rows(rows.frame.sample(fraction=1.0, shuffle=True, seed=1), rows.features)
    assert data_hash(shuffled) == data_hash(rows)
    assert data_hash(rows.where(pl.col("visit") != "0")) != data_hash(rows)
