"""Draws with known probabilities and planted rates, as the effect reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import polars as pl

from orchestration.effect.sample import Sample, weighted

CLASSES = "ABCD"
SHARES = (0.60, 0.30, 0.07, 0.03)
RATES = (0.02, 0.15, 0.50, 0.85)
RATIOS = (0.01, 0.02, 0.10, 0.30)
"""Shares of classes as in published provinces, rates about those of Henan, its ratios of 2021."""
REGIONS = ("410100", "410200", "410300")
AGES = ("1 under 1 year", "2 older")
SIZES = ("micro", "large")
MONTH = "2026-06"


def planted(
    seed: int,
    enterprises: int = 12_000,
    rates: tuple[float, ...] = RATES,
    ratios: tuple[float, ...] = RATIOS,
    odd: Mapping[str, float] | None = None,
    inspectors: int = 0,
    apart: int = 0,
    ages: tuple[str, ...] = AGES,
    statutory: float = 0.0,
    statutory_rates: tuple[float, ...] = RATES,
    visits_a_year: int = 1,
) -> Sample:
    """One month of visits.

    Args:
        seed: of everything.
        enterprises: how many there are.
        rates: find rate by class.
        ratios: share of each class that is drawn; 0 draws nobody.
        odd: value of a group -> factor on the rates of its enterprises.
        inspectors: how many lead the visits; 0 names none.
        apart: visits after a complaint, all with a finding, at no known probability.
        ages: the age groups.
        statutory: share of the enterprises that a statutory frequency binds; those due in the month are visited for
            sure, the others by nobody.
        statutory_rates: their find rate by class.
        visits_a_year: their frequency; a visit that is due has probability 1, and is one of 12 / frequency months.
    """
    rng = np.random.default_rng(seed)
    of_class = rng.choice(4, enterprises, p=SHARES)
    firms = pl.DataFrame({
        "enterprise_id": np.arange(enterprises).astype(str),
        "class": np.array(list(CLASSES))[of_class],
        "region_code": rng.choice(REGIONS, enterprises),
        "age_class": rng.choice(ages, enterprises),
        "size_class": rng.choice(SIZES, enterprises, p=(0.8, 0.2)),
        "score": np.array([100, 350, 600, 850])[of_class] + rng.integers(-50, 50, enterprises),
        "probability": np.array(ratios)[of_class],
        "rate": np.array(rates)[of_class],
        "due_share": 0.0,
    })  # fmt: skip
    due = np.zeros(enterprises, dtype=bool)
    if statutory:
        bound, due = rng.random(enterprises) < statutory, rng.random(enterprises) < visits_a_year / 12
        firms = firms.with_columns(
            due_share=pl.Series(np.where(bound, visits_a_year / 12, 0.0)),
            rate=pl.Series(np.where(bound, np.array(statutory_rates)[of_class], firms["rate"].to_numpy())),
        )
        due &= bound
    for group, factor in (odd or {}).items():
        inside = pl.any_horizontal(pl.col("region_code", "age_class", "size_class") == group)
        firms = firms.with_columns(rate=pl.when(inside).then(pl.col("rate") * factor).otherwise("rate"))
    # as many of each class as its ratio asks for: a draw does not leave that to chance
    place = pl.Series("place", rng.random(enterprises))
    wanted = (pl.col("probability") * pl.len().over("class")).round()
    lots = firms.with_columns(place).filter(pl.col("due_share") == 0)
    drawn = lots.filter(pl.col("place").rank("ordinal").over("class") <= wanted)
    drawn = drawn.drop("place").with_columns(check_kind=pl.lit("1"), inclusion=pl.col("probability"))
    by_date = firms.filter(pl.Series(due)).with_columns(
        check_kind=pl.lit("2"), probability=1.0, inclusion=pl.col("due_share")
    )
    nothing = pl.lit(None, pl.Float64)
    complained = firms.filter(pl.Series(rng.permutation(enterprises) < apart)).with_columns(
        check_kind=pl.lit("3"), probability=nothing, rate=1.0, inclusion=nothing
    )
    visits = pl.concat([drawn, by_date, complained])
    found = rng.random(visits.height) < visits["rate"].to_numpy()
    days = [date(2026, 6, 1) + timedelta(int(day)) for day in rng.integers(0, 28, visits.height)]
    lead = [f"{number:064d}" for number in rng.integers(0, max(inspectors, 1), visits.height)]
    visits = visits.with_columns(
        found=found,
        visit_month=pl.lit(MONTH),
        checked_on=pl.Series(days),
        fields=pl.when(pl.col("size_class") == "large")
        .then(pl.lit(["food"]))
        .otherwise(pl.lit([], pl.List(pl.String))),
        lead_inspector_id=pl.Series(lead if inspectors else [None] * visits.height, dtype=pl.String),
        visit_id=pl.lit(None, pl.String),
    )
    groups = ["visit_month", "region_code", "class", "statutory", "age_class", "size_class"]
    counted = firms.with_columns(visit_month=pl.lit(MONTH), statutory=pl.col("due_share") > 0)
    population = counted.group_by(groups).agg(enterprises=pl.len().cast(pl.Int64))
    large = population.filter(pl.col("size_class") == "large").with_columns(field=pl.lit("food"))
    members = large.group_by("visit_month", "field", "class", "statutory").agg(pl.col("enterprises").sum())
    return Sample(MONTH, MONTH, weighted(visits, population, "1"), population.sort(groups), members)


def true_rate(
    rates: tuple[float, ...] = RATES, statutory: float = 0.0, statutory_rates: tuple[float, ...] = RATES
) -> float:
    """Rate of the whole population."""
    one, other = (sum(s * rate for s, rate in zip(SHARES, each, strict=True)) for each in (rates, statutory_rates))
    return (1 - statutory) * one + statutory * other
