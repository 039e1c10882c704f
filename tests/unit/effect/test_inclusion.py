"""What a visit stands for: one function for effect and learning, and which fields make visits due."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.effect.inclusion import draw_rules, stands_for
from orchestration.learning.rows import weights
from orchestration.settings import Settings


def test_a_visit_by_date_stands_for_the_months_of_its_interval():
    told = stands_for(pl.Series([1 / 12, 0.02 / 12, 1.0, None]))
    assert told.to_list() == [pytest.approx(12), pytest.approx(600), 1, None]


def test_learning_weighs_as_the_effect_does():
    inclusion = pl.Series([1 / 12, 0.02 / 12, 1.0])
    weight, trimmed, _ = weights(inclusion, 1e9)
    assert (weight / weight[2]).to_list() == pytest.approx(stands_for(inclusion).to_list())
    assert trimmed == 0


def test_rules_of_a_draw_say_which_fields_make_visits_due(tmp_path):
    [rule] = draw_rules(Settings(home=tmp_path), ["2026-03", "1999-01"]).to_dicts()
    assert (rule["class_month"], rule["statutory_kind"]) == ("2026-03", "2")
    assert sorted(rule["statutory_fields"]) == ["drugs", "food", "industrial", "special_equipment"]
