"""A candidate says in points of a catalogue what the scorecard learned, and its classes have the shares asked for."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import yaml

from orchestration.catalogue.load import load_version
from orchestration.catalogue.model import Catalogue
from orchestration.learning import scorecard
from orchestration.learning.policy import LearningError, Policy
from orchestration.learning.proposal import candidate, propose
from orchestration.learning.registry import Model, register
from orchestration.learning.rows import Rows
from orchestration.learning.train import aims_of, class_bounds
from orchestration.settings import Settings

YEARS, OWN, FINES, COUNT = "H010201", "H010101", "H040301", "H050101"
"""Two indicators that point down (years, capital), two that point up."""
SIZE = 6000


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    return load_version(Settings(home=tmp_path_factory.mktemp("home")), "v2")


def made_up(seed: int, unknown: float) -> pl.DataFrame:
    """Enterprises, a part of whose values are unknown; the unknown are riskier than the safest, safer than the rest."""
    rng = np.random.default_rng(seed)
    values = {code: rng.normal(size=SIZE).round(2) for code in (YEARS, OWN, FINES, COUNT)}
    missing = {code: rng.random(SIZE) < unknown for code in values}
    odds = -2.0 + sum(
        np.where(missing[code], 0.1, sign * values[code])
        for code, sign in ((YEARS, -0.7), (OWN, -0.4), (FINES, 0.9), (COUNT, 0.5))
    )
    frame = pl.DataFrame({code: np.where(missing[code], np.nan, values[code]) for code in values}).fill_nan(None)
    return frame.with_columns(
        pl.Series("label", rng.random(SIZE) < 1 / (1 + np.exp(-odds))),
        pl.Series("visit_month", [f"2026-{month:02d}" for month in rng.integers(1, 7, SIZE)]),
        pl.lit(1.0).alias("weight"),
    )


def told(card: scorecard.Scorecard, bounds: dict[str, int]) -> Model:
    about = {
        "month": "2026-06", "catalogue": "v2", "bounds": bounds, "points": card.given(), "visits": SIZE,
        "visit_months": ["2026-01", "2026-06"],
    }  # fmt: skip
    return Model("scorecard", "2026-06-abc", about, Path("unused"))


def scored(files: dict[str, str], everybody: pl.DataFrame) -> np.ndarray:
    """Points as dbt gives them: weight x risk / 100 of the band of each value, nothing for an unknown one."""
    weights = {row["code"]: float(row["weight"]) for row in csv.DictReader(io.StringIO(files["indicators.csv"]))}
    total = np.zeros(everybody.height)
    for row in csv.DictReader(io.StringIO(files["bands.csv"])):
        if row["code"] not in everybody.columns or row["category"]:
            continue
        value = pl.col(row["code"])
        inside = value.is_not_null()
        if row["lower"]:
            inside = inside & (value >= float(row["lower"]))
        if row["upper"]:
            inside = inside & (value < float(row["upper"]))
        total += everybody.select(inside).to_series().to_numpy() * weights[row["code"]] * float(row["risk"]) / 100
    return total


@pytest.mark.parametrize("learned_unknown", [0.3, 0.0])
def test_the_shares_of_the_classes_are_those_asked_for_where_values_are_unknown(
    base: Catalogue, policy: Policy, learned_unknown: float
):
    # what is unknown has points of its own (0.3), or was never seen while learning (0.0)
    train, everybody = made_up(1, learned_unknown), made_up(2, 0.3)
    card = scorecard.fit(Rows(train, (YEARS, OWN, FINES, COUNT)), aims_of(base), policy, 1000)
    bounds = class_bounds(card.given_score(everybody), policy.classes)
    files, notes = candidate(base, card, told(card, bounds), "c1")
    points = scored(files, everybody)
    assert np.allclose(points, card.given_score(everybody))
    places = np.searchsorted(list(bounds.values())[1:], points, side="right")
    shares = np.bincount(places, minlength=4) / SIZE
    assert shares == pytest.approx(list(policy.classes.values()), abs=0.02)
    # the scale of the scorecard itself is another one: its bounds would not give these shares
    own = class_bounds(card.score(everybody), policy.classes)
    wrong = np.bincount(np.searchsorted(list(own.values())[1:], points, side="right"), minlength=4) / SIZE
    assert abs(wrong[0] - policy.classes["A"]) > 0.05
    written = yaml.safe_load(files["catalogue.yml"])
    assert {one["class"]: one["from"] for one in written["classes"]} == bounds
    lower = [note for note in notes if note.startswith((YEARS, OWN))]
    assert len(lower) == 2
    said = "not known would be worth" if learned_unknown else "not known was too rare to learn from"
    assert all(said in note for note in lower)


def test_unknown_without_points_of_its_own_gets_none_and_the_bands_stay(base: Catalogue, policy: Policy):
    card = scorecard.fit(Rows(made_up(1, 0.0), (YEARS, FINES)), aims_of(base), policy, 1000)
    assert card.given() == card.points() and card.points()[YEARS][0] > 0
    none = pl.DataFrame({YEARS: [None, -9.0], FINES: [None, None]}, schema={YEARS: pl.Float64, FINES: pl.Float64})
    assert card.given_score(none).tolist() == [0, card.points()[YEARS][0]]


def test_the_header_names_the_model_and_leaves_month_and_person_open(base: Catalogue, policy: Policy):
    card = scorecard.fit(Rows(made_up(1, 0.3), (YEARS, FINES)), aims_of(base), policy, 1000)
    files, _ = candidate(base, card, told(card, {"A": 0, "B": 100, "C": 200, "D": 300}), "c1")
    written = yaml.safe_load(files["catalogue.yml"])
    assert written["learned_from"] == "scorecard 2026-06-abc"
    assert written["effective_from"] is None and written["approved_by"] is None
    names = list(written)
    assert names.index("approved_by") == names.index("effective_from") + 1


def test_bounds_of_before_catalogue_points_are_not_proposed(tmp_path):
    settings = Settings(home=tmp_path)
    model = register(settings, "scorecard", {"month": "2026-06", "catalogue": "v2", "bounds": {}}, {})
    with pytest.raises(LearningError, match="learn anew with make learn M=2026-06"):
        propose(settings, model, "c1")
