"""What was visited and what it stands for: visits of a window of months, and the enterprises behind them.

Belongs here: reading both as known at the end of a month, weights of the visits.
Does not belong here: rates (``rates``), how a draw comes to its probabilities (``orchestration.inspection``).

A visit that a draw led to has a known probability, and stands for 1 / probability enterprises of its class. How many
enterprises of each class there were is known, so the weights of each class are scaled to that number: enterprises
that could not be drawn because they had just been visited, and visits whose result has not come yet, are taken to be
like the others of their class. Visits of unknown probability (history, complaints, campaigns) say what was found, and
nothing about who was not visited.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from orchestration.effect.intervals import Numbers
from orchestration.effect.policy import Policy
from orchestration.effect.store import known_outcomes
from orchestration.risk.partitions import columns_of
from orchestration.settings import month_range, month_shift

UNKNOWN = "unknown"
GROUPS = ("visit_month", "region_code", "age_class", "size_class")
"""Dimensions in which an enterprise stands in one group."""

_POPULATION = """
    WITH risk AS (SELECT month, enterprise_id, region_code, class FROM lake.main.risk_class
                  WHERE month IN (SELECT month FROM months)),
         firm AS (SELECT month, enterprise_id, size_group, age_years FROM lake.scores.enterprise
                  WHERE month IN (SELECT month FROM months))
    SELECT visit_month, risk.region_code, risk.class, coalesce(ages.age_class, $unknown) AS age_class,
        coalesce(firm.size_group, $unknown) AS size_class, count(*) AS enterprises
    FROM risk
    JOIN months ON risk.month = months.month
    LEFT JOIN firm ON risk.month = firm.month AND risk.enterprise_id = firm.enterprise_id
    LEFT JOIN ages ON risk.month = ages.class_month AND firm.age_years >= ages.lower AND firm.age_years < ages.upper
    GROUP BY ALL ORDER BY ALL
"""
_MEMBERS = """
    WITH risk AS (SELECT month, enterprise_id, class FROM lake.main.risk_class
                  WHERE month IN (SELECT month FROM months)),
         member AS (SELECT month, enterprise_id, field FROM lake.main.combined_class
                    WHERE month IN (SELECT month FROM months))
    SELECT visit_month, member.field, risk.class, count(*) AS enterprises
    FROM member
    JOIN risk ON member.month = risk.month AND member.enterprise_id = risk.enterprise_id
    JOIN months ON member.month = months.month
    GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Sample:
    """Visits of a window, and what they are a sample of.

    Attributes:
        month: at whose end all of it was known, ``YYYY-MM``.
        first: first month of the visits; the last is ``month``.
        visits: one row per visit of the window: the columns of the table of outcomes; ``known``, whether it has a class
            and a probability; ``lot``, whether the classes steered it; ``weight``, enterprises it stands for, null
            where not known; ``section`` and groups never null.
        population: visit_month, region_code, class, age_class, size_class, enterprises: those classed in the month
            before each month with known visits, so enterprise-months.
        members: visit_month, field, class, enterprises: members of key fields among them, by their general class.
    """

    month: str
    first: str
    visits: pl.DataFrame
    population: pl.DataFrame
    members: pl.DataFrame

    @property
    def known(self) -> pl.DataFrame:
        """Visits that a statement about the population may rest on."""
        return self.visits.filter("known")

    @property
    def apart(self) -> pl.DataFrame:
        """The others."""
        return self.visits.filter(~pl.col("known"))


def read_sample(connection: duckdb.DuckDBPyConnection, policy: Policy, month: str, ages: pl.DataFrame) -> Sample:
    """The sample of the window that ends with ``month``, as known at its end.

    Args:
        connection: to the lake.
        policy: window and kind of lot.
        month: ``YYYY-MM``.
        ages: class_month, lower, upper, age_class, as ``outcome.age_bands`` gives them.
    """
    first = month_shift(month, 1 - policy.window_months)
    outcomes = known_outcomes(connection, month, first).filter(pl.col("visit_month") <= month)
    known = outcomes.filter(pl.col("class").is_not_null() & pl.col("probability").is_not_null())
    months = pl.DataFrame(
        {"visit_month": known["visit_month"].unique().sort()}, schema={"visit_month": pl.String}
    ).with_columns(month=pl.col("visit_month").map_elements(lambda one: month_shift(one, -1), return_dtype=pl.String))
    connection.register("months", months)
    connection.register("ages", ages)
    try:
        population = connection.execute(_POPULATION, {"unknown": UNKNOWN}).pl()
        members = connection.execute(_MEMBERS).pl() if columns_of(connection, "main", "combined_class") else _NO_MEMBERS
    finally:
        connection.unregister("months")
        connection.unregister("ages")
    return Sample(month, first, weighted(outcomes, population, policy.lot), population, members)


_NO_MEMBERS = pl.DataFrame(
    schema={"visit_month": pl.String, "field": pl.String, "class": pl.String, "enterprises": pl.Int64}
)


def class_months(policy: Policy, month: str) -> list[str]:
    """Months whose classes may stand beside a visit of the window that ends with ``month``."""
    return month_range(month_shift(month, -policy.window_months), month_shift(month, -1))


def weighted(outcomes: pl.DataFrame, population: pl.DataFrame, lot: str) -> pl.DataFrame:
    """The visits with ``known``, ``lot`` and ``weight``; groups that are not known are called so."""
    visits = outcomes.with_columns(
        pl.col("age_class", "size_class").fill_null(UNKNOWN),
        known=pl.col("class").is_not_null() & pl.col("probability").is_not_null(),
    ).with_columns(lot=pl.col("known") & (pl.col("check_kind") == lot).fill_null(value=False))
    totals = population.group_by("class").agg(enterprises=pl.col("enterprises").sum())
    inverse = pl.when("known").then(1 / pl.col("probability"))
    return (
        visits.join(totals, on="class", how="left", maintain_order="left")
        .with_columns(weight=inverse * pl.col("enterprises") / inverse.sum().over("class"))
        .drop("enterprises")
    )


def numbers(column: pl.Series) -> Numbers:
    """A column of numbers or booleans as an array."""
    return column.cast(pl.Float64).to_numpy().astype(np.float64, copy=False)
