"""The model that comes with the platform: from invented texts only, and made anew by one command."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.settings import PROJECT, Settings
from orchestration.simulation.web.labelled import labelled_texts
from orchestration.web.judge.model import load, read_card, save
from orchestration.web.judge.policy import judge_period, model_folder
from orchestration.web.judge.ship import invented, make

SHIPPED = PROJECT / "data" / "web" / "models" / "invented_1"


def test_it_is_in_force_small_and_says_what_it_is(settings: Settings):
    rule = judge_period(settings, "2026-05")
    assert model_folder(settings, rule.model) == SHIPPED
    card = read_card(SHIPPED)
    assert "invented" in card["trained_on"]
    assert "Real pages" in card["not_good_for"]
    assert card["bytes"] == (SHIPPED / "model.npz").stat().st_size < 2_000_000


def test_it_tells_invented_texts_apart_that_it_has_not_seen():
    texts = labelled_texts(99, 600, "all")
    said = load(SHIPPED).judge(texts.select(title=pl.lit(None, pl.String), text="text"))
    assert (said["polarity"] == texts["polarity"]).mean() > 0.9


def test_it_is_made_anew_to_the_same_bytes(tmp_path):
    first, second = (make(300, lambda _: None) for _ in range(2))
    one, two = save(first.model, tmp_path / "one", first.card), save(second.model, tmp_path / "two", second.card)
    assert one.read_bytes() == two.read_bytes()
    assert (tmp_path / "one" / "card.json").read_bytes() == (tmp_path / "two" / "card.json").read_bytes()


def test_what_is_shipped_is_what_the_command_makes():
    """Not byte for byte: another processor may round differently, and so may give another last bit of a weight.

    A last bit turns some of the millions of pairs that the AUC counts, so the figures agree to a thousandth: a third of
    what their own interval allows.
    """
    made = make(say=lambda _: None)
    frame = invented(200)[0]
    anew, shipped = made.model.judge(frame), load(SHIPPED).judge(frame)
    assert np.abs(anew["negative"].to_numpy() - shipped["negative"].to_numpy()).max() < 0.02
    shipped_figures, anew_figures = read_card(SHIPPED)["figures"], made.card["figures"]
    assert anew_figures["texts"] == shipped_figures["texts"]
    for name in ("auc", "topic_right"):
        assert anew_figures[name]["value"] == pytest.approx(shipped_figures[name]["value"], abs=0.001), name
