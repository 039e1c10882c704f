"""What months of effect and fairness show."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestration.defs.effect import build_effect
from orchestration.defs.effect_shown import effect_metadata, fairness_metadata, outcome_metadata, saving_metadata
from orchestration.defs.shown import LENGTH
from orchestration.defs.translator import INSPECTION_EFFECT, INSPECTION_OUTCOME, RISK_CLASS
from orchestration.effect.fairness import fairness
from orchestration.effect.measure import Effect, Fairness
from orchestration.effect.outcome import OutcomeSummary
from orchestration.effect.policy import Policy
from orchestration.effect.rates import rates, rates_apart
from orchestration.effect.saving import lifts, order, savings
from orchestration.effect.spread import spread
from tests.unit.effect.planted import MONTH, planted

NAMES = {"region": {"410100": "郑州市 Zhengzhou"}, "class": {"A": "低 low"}}


@pytest.fixture(scope="module")
def sample():
    return planted(1, inspectors=30, apart=5)


@pytest.fixture(scope="module")
def effect(sample):
    return Effect(
        MONTH, MONTH, sample.visits.height, sample.known.height, 400, sample.known.height, rates(sample),
        rates_apart(sample), savings(sample), lifts(sample), order(sample), spread(sample, 5),
    )  # fmt: skip


def test_a_month_shows_tables_pictures_and_numbers_to_plot(effect):
    shown = effect_metadata(effect, NAMES)
    assert shown["visits"].value == effect.visits
    assert "郑州市" in shown["by_region"].value
    assert shown["by_class"].value.count("\n") == 5
    assert shown["picture_by_class"].value.count("h0") == 2 * 4, "two rates for each class"
    saved = saving_metadata(effect)
    assert saved["saved_share_lot"].value == pytest.approx(effect.savings[0].saved.value)
    assert saved["find_rate_random"].value < saved["find_rate_lot"].value


def test_a_month_without_draws_claims_nothing(effect):
    nothing = replace(effect, savings=[], spread=None)
    assert "saved_share_lot" not in saving_metadata(nothing)
    assert "cannot be told" in saving_metadata(nothing)["table"].value
    assert "too few visits" in effect_metadata(nothing, NAMES)["inspectors_and_areas"].value


def test_fairness_shows_every_dimension_and_counts_flags(sample):
    policy = Policy(window_months=12, lot="1", safest=("A",), riskier=("C", "D"), least_visits=5, significance=0.05)
    shown = fairness_metadata(Fairness(MONTH, MONTH, 100, fairness(sample, policy)), NAMES)
    assert {"by_region", "by_age", "by_size", "picture_by_age"} < set(shown)
    assert shown["groups_flagged"].value == 0
    assert "alike at equal class" in shown["summary"].value


def test_what_a_month_shows_is_bounded(effect):
    wild = replace(effect.rates[-1], dimension="region", name="很长" * 5_000)
    shown = effect_metadata(replace(effect, rates=[wild] * 3_000), NAMES)
    assert all(len(value.value) <= LENGTH for value in shown.values() if isinstance(value.value, str))


def test_outcomes_of_regions_are_added_up():
    rows = [OutcomeSummary("2026-05", code, rows=2, late=1, unplaced=4) for code in ("1", "2")]
    shown = outcome_metadata(rows)
    assert (shown["rows"].value, shown["late"].value, shown["unplaced"].value) == (4, 2, 4)


def test_effect_waits_for_outcomes_and_classes(settings):
    assets = {key: asset for asset in build_effect(settings) for key in asset.keys}
    assert {INSPECTION_OUTCOME, RISK_CLASS} < assets[INSPECTION_EFFECT].asset_deps[INSPECTION_EFFECT]
