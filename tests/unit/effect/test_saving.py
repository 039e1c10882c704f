"""What steering saves, on draws whose truth is known."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from orchestration.defs.effect_shown import saving_metadata
from orchestration.effect.measure import _saving_row
from orchestration.effect.report import saved
from orchestration.effect.saving import Saved, lifts, order, savings
from tests.unit.effect.planted import RATES, RATIOS, SHARES, planted, true_rate

DRAW_RATE = sum(s * p * r for s, p, r in zip(SHARES, RATIOS, RATES, strict=True)) / sum(
    s * p for s, p in zip(SHARES, RATIOS, strict=True)
)
"""Find rate that the planted ratios lead to."""


def test_a_random_draw_needs_as_many_times_the_visits_as_it_finds_less():
    [lot, drawn] = savings(planted(1, enterprises=40_000))
    assert (lot.scope, drawn.scope) == ("lot", "drawn")
    assert lot.random.lower < true_rate() < lot.random.upper
    assert lot.ratio.lower < DRAW_RATE / true_rate() < lot.ratio.upper
    assert lot.rate.value == lot.found / lot.visits
    assert lot.needed.value == pytest.approx(lot.visits * lot.rate.value / lot.random.value)
    assert lot.saved.value == pytest.approx(1 - lot.random.value / lot.rate.value)
    assert lot.saved.lower < lot.saved.value < lot.saved.upper < 1


def test_a_draw_that_is_not_steered_saves_nothing():
    [lot, _] = savings(planted(7, enterprises=20_000, ratios=(0.05,) * 4))
    assert lot.saved.value == pytest.approx(0, abs=0.01), "each class has its share, to one visit"
    assert lot.saved.upper - lot.saved.lower < 0.01, "the two rates are those of the same visits"


def test_nothing_is_claimed_where_a_class_was_not_drawn():
    sample = planted(1, ratios=(0.0, 0.02, 0.1, 0.3))
    assert savings(sample) == []
    assert lifts(sample) == {}


def test_lift_by_class_holds_the_planted_one():
    found = lifts(planted(3, enterprises=40_000))
    for name, rate in zip("ABCD", RATES, strict=True):
        upper = np.inf if found[name].upper is None else found[name].upper
        assert found[name].lower <= rate / true_rate() <= upper


def test_findings_lie_in_the_riskier_half_and_come_earlier():
    found = order(planted(3))
    assert found.auc.value > 0.75
    assert 0.75 < found.half.lower < found.half.value <= 1
    assert found.days > 2
    assert order(planted(3, rates=(0.0,) * 4)).half is None


def test_a_random_draw_would_meet_those_that_come_by_date_too():
    rates, other = (0.10,) * 4, (0.40,) * 4
    sample = planted(8, enterprises=60_000, rates=rates, ratios=(0.02,) * 4, statutory=0.1, statutory_rates=other)
    [lot, drawn] = savings(sample)
    assert lot.random.lower < 0.13 < lot.random.upper
    assert drawn.visits > lot.visits
    assert lot.ratio.lower < 0.10 / 0.13 < lot.ratio.upper


def test_a_draw_without_findings_saves_nothing_that_could_be_told():
    rates, other = (0.0,) * 4, (0.40,) * 4
    sample = planted(9, enterprises=20_000, rates=rates, ratios=(0.02,) * 4, statutory=0.1, statutory_rates=other)
    [lot, drawn] = savings(sample)
    assert (lot.found, lot.saved.value, lot.saved.lower) == (0, None, None)
    assert saved(lot.saved) == "-"
    assert saved(Saved(0.2, None, 1.0)) == "20.0 (-∞-100.0)"
    row = _saving_row(lot)
    assert [row[name] for name in ("saved_share", "saved_share_lower")] == [None, None]
    told = saving_metadata(SimpleNamespace(savings=[lot, drawn]))
    assert "saved_share_lot" not in told
    assert "saved_share_drawn" in told
