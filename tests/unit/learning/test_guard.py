"""The guard catches planted leaks, each by the test it is made for, and lets an honest strong feature pass."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from orchestration.learning import guard, scorecard
from orchestration.learning.bins import Aim
from orchestration.learning.rows import Rows


def planted(rows: Rows, values: object) -> Rows:
    return Rows(rows.frame.with_columns(pl.Series("H990101", values)), (*rows.features, "H990101"))


def features(leaks) -> list[tuple[str, str]]:
    return [(leak.feature, leak.test) for leak in leaks]


def test_honest_features_pass(rows, aims, policy):
    card = scorecard.fit(rows, aims, policy)
    assert features(guard.by_gain(rows, policy.guard, card.log_odds)) == []
    assert features(guard.by_proxy(rows, policy.guard)) == []
    assert features(guard.by_name(list(rows.features), policy.guard)) == []


def test_an_honest_strong_feature_passes(rows, aims, policy):
    # as strong as the best single number that real inspections were ever reported with
    label = rows.frame["label"].to_numpy()
    strong = planted(rows, 0.75 * label + np.random.default_rng(5).normal(size=label.size))
    alone = guard._alone(strong, "H990101")
    assert 0.66 < alone < policy.guard.single_auc
    card = scorecard.fit(strong, {**aims, "H990101": Aim("higher_riskier")}, policy)
    assert features(guard.by_gain(strong, policy.guard, card.log_odds)) == []


@pytest.mark.parametrize("kind", ["number", "category", "filled in afterwards"])
def test_what_was_recorded_at_the_visit_is_caught_by_its_gain(rows, policy, kind):
    label = rows.frame["label"].to_numpy()
    rng = np.random.default_rng(3)
    told = np.where(rng.random(label.size) < 0.9, label, ~label)
    values = {
        "number": told * 3 + rng.normal(size=label.size),
        "category": ["bad" if one else "good" for one in told],
        "filled in afterwards": [1.0 if one else None for one in told],
    }[kind]
    assert features(guard.by_gain(planted(rows, values), policy.guard)) == [("H990101", "gain")]


def test_a_leak_that_hides_in_a_model_is_caught_by_what_its_loss_costs(rows, aims, policy):
    label = rows.frame["label"].to_numpy()
    leaky = planted(rows, label * 0.8 + np.random.default_rng(7).normal(size=label.size))
    bounds = policy.guard.model_copy(update={"single_auc": 0.99, "permutation_gain": 0.05})
    card = scorecard.fit(leaky, {**aims, "H990101": Aim("higher_riskier")}, policy)
    found = list(guard.by_gain(leaky, bounds, card.log_odds))
    assert ("H990101", "gain") in features(found)
    with pytest.raises(guard.LeakError, match="without it the AUC falls"):
        guard.refuse(found)


def test_the_inspector_and_the_region_under_another_name_are_caught(rows, policy):
    rng = np.random.default_rng(2)
    inspector = rows.frame["lead_inspector_id"].cast(pl.Int64).to_numpy()
    hidden = np.where(rng.random(inspector.size) < 0.9, inspector * 1.5, -1.0)
    assert features(guard.by_proxy(planted(rows, hidden), policy.guard)) == [("H990101", "proxy")]
    place = "p" + rows.frame["region_code"]
    assert features(guard.by_proxy(planted(rows, place), policy.guard)) == [("H990101", "proxy")]


def test_many_different_values_do_not_tell_by_chance(rows):
    assert guard.tells(rows.frame["visit"], rows.frame["lead_inspector_id"]) < 0.02


def test_names_that_are_never_a_feature(policy):
    names = ["lead_inspector_id", "visit_id", "region_code", "legal_person", "H010101", "something_else"]
    found = list(guard.by_name(names, policy.guard))
    assert [leak.feature for leak in found] == [*names[:4], "something_else"]
    assert "never a feature" in found[0].sentence and "no indicator" in found[-1].sentence


def test_records_of_after_the_month_are_caught_by_timing():
    told = pl.DataFrame(
        {
            "feature": ["H990101", "H990101", "H010101", "H010102", "H010103"],
            "class_month": ["2025-05"] * 5,
            "happened_on": [date(2025, 5, 31), date(2025, 6, 1), date(2025, 5, 31), None, date(2024, 1, 1)],
            "received_month": ["2025-05", "2025-05", "2025-06", "2025-05", None],
        }
    )
    found = list(guard.by_timing(told))
    assert features(found) == [("H010101", "timing"), ("H990101", "timing")]
    assert "2025-06-01" in found[1].sentence
