"""What was visited and what it stands for: visits of a window of months, and the enterprises behind them.

Belongs here: reading both as known at the end of a month, weights of the visits.
Does not belong here: rates (``rates``), how a draw comes to its probabilities (``orchestration.inspection``).

A visit that a draw led to has a known probability, and stands for 1 / inclusion enterprise-months (``inclusion``). How
many enterprises of each *stratum* there were is known, those of a class that a statutory frequency binds and those that
come by lot alone. So the weights of each stratum are scaled to that number: enterprises that could not be drawn because
they had just been visited, and visits whose result has not come yet, are taken to be like the others of their stratum.
A stratum without a visit is taken for the other one of its class if it is the smaller. Visits of unknown probability
(history, complaints, campaigns) say what was found, and nothing about who was not visited.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl
from numpy.typing import NDArray

from orchestration.effect.inclusion import RULES, due_shares, stands_for
from orchestration.effect.intervals import Numbers
from orchestration.effect.policy import Policy
from orchestration.effect.store import known_outcomes
from orchestration.risk.partitions import columns_of
from orchestration.settings import month_range, month_shift

UNKNOWN = "unknown"
GROUPS = ("visit_month", "region_code", "age_class", "size_class")
"""Dimensions in which an enterprise stands in one group."""
Stratum = tuple[str, bool]
"""Class, and whether a statutory frequency binds the enterprise."""

_POPULATION = """
    WITH risk AS (SELECT month, enterprise_id, region_code, class FROM lake.main.risk_class
                  WHERE month IN (SELECT month FROM months)),
         firm AS (SELECT month, enterprise_id, size_group, age_years FROM lake.scores.enterprise
                  WHERE month IN (SELECT month FROM months))
    SELECT visit_month, risk.region_code, risk.class, due.due_share IS NOT NULL AS statutory,
        coalesce(ages.age_class, $unknown) AS age_class,
        coalesce(firm.size_group, $unknown) AS size_class, count(*) AS enterprises
    FROM risk
    JOIN months ON risk.month = months.month
    LEFT JOIN firm ON risk.month = firm.month AND risk.enterprise_id = firm.enterprise_id
    LEFT JOIN ({due}) AS due ON risk.month = due.month AND risk.enterprise_id = due.enterprise_id
    LEFT JOIN ages ON risk.month = ages.class_month AND firm.age_years >= ages.lower AND firm.age_years < ages.upper
    GROUP BY ALL ORDER BY ALL
"""
_MEMBERS = """
    WITH risk AS (SELECT month, enterprise_id, class FROM lake.main.risk_class
                  WHERE month IN (SELECT month FROM months)),
         member AS (SELECT month, enterprise_id, field FROM lake.main.combined_class
                    WHERE month IN (SELECT month FROM months))
    SELECT visit_month, member.field, risk.class, due.due_share IS NOT NULL AS statutory, count(*) AS enterprises
    FROM member
    JOIN risk ON member.month = risk.month AND member.enterprise_id = risk.enterprise_id
    JOIN months ON member.month = months.month
    LEFT JOIN ({due}) AS due ON risk.month = due.month AND risk.enterprise_id = due.enterprise_id
    GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True)
class Sample:
    """Visits of a window, and what they are a sample of.

    Attributes:
        month: at whose end all of it was known, ``YYYY-MM``.
        first: first month of the visits; the last is ``month``.
        visits: one row per visit of the window: the columns of the table of outcomes; ``known``, whether it has a class
            and an inclusion; ``lot``, whether the classes steered it; ``statutory``, whether a statutory frequency
            binds the enterprise; ``weight``, enterprise-months it stands for, null where not known; groups never null.
        population: visit_month, region_code, class, statutory, age_class, size_class, enterprises: those classed in the
            month before each month with known visits, so enterprise-months.
        members: visit_month, field, class, statutory, enterprises: members of key fields among them, by their general
            class.
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


def read_sample(
    connection: duckdb.DuckDBPyConnection, policy: Policy, month: str, ages: pl.DataFrame, rules: pl.DataFrame
) -> Sample:
    """The sample of the window that ends with ``month``, as known at its end.

    Args:
        connection: to the lake.
        policy: window and kind of lot.
        month: ``YYYY-MM``.
        ages: class_month, lower, upper, age_class, as ``outcome.age_bands`` gives them.
        rules: of the draws of ``class_months``, as ``inclusion.draw_rules`` gives them.
    """
    first = month_shift(month, 1 - policy.window_months)
    outcomes = known_outcomes(connection, month, first).filter(pl.col("visit_month") <= month)
    known = outcomes.filter(_KNOWN)
    months = pl.DataFrame(
        {"visit_month": known["visit_month"].unique().sort()}, schema={"visit_month": pl.String}
    ).with_columns(month=pl.col("visit_month").map_elements(lambda one: month_shift(one, -1), return_dtype=pl.String))
    if months.is_empty():  # a lake without classes has no known visit, and no table to ask
        return Sample(month, first, weighted(outcomes, _NOBODY, policy.lot), _NOBODY, _NO_MEMBERS)
    connection.register("months", months)
    connection.register("ages", ages)
    connection.register(RULES, rules)
    try:
        due = due_shares(connection)
        population = connection.execute(_POPULATION.format(due=due), {"unknown": UNKNOWN}).pl()
        fields = bool(columns_of(connection, "main", "combined_class"))
        members = connection.execute(_MEMBERS.format(due=due)).pl() if fields else _NO_MEMBERS
    finally:
        for name in ("months", "ages", RULES):
            connection.unregister(name)
    return Sample(month, first, weighted(outcomes, population, policy.lot), population, members)


_KNOWN = pl.col("class").is_not_null() & pl.col("inclusion").is_not_null()
_COUNTED: dict[str, pl.DataType] = {"class": pl.String(), "statutory": pl.Boolean(), "enterprises": pl.Int64()}
_NOBODY = pl.DataFrame(schema=_COUNTED | dict.fromkeys(GROUPS, pl.String()))
_NO_MEMBERS = pl.DataFrame(schema=_COUNTED | dict.fromkeys(("visit_month", "field"), pl.String()))


def class_months(policy: Policy, month: str) -> list[str]:
    """Months whose classes may stand beside a visit of the window that ends with ``month``."""
    return month_range(month_shift(month, -policy.window_months), month_shift(month, -1))


def weighted(outcomes: pl.DataFrame, population: pl.DataFrame, lot: str) -> pl.DataFrame:
    """The visits with ``known``, ``lot``, ``statutory`` and ``weight``; groups that are not known are called so."""
    visits = outcomes.with_columns(
        pl.col("age_class", "size_class").fill_null(UNKNOWN),
        known=_KNOWN,
        statutory=(pl.col("due_share") > 0).fill_null(value=False),
        raw=stands_for(outcomes["inclusion"]),
    ).with_columns(
        lot=pl.col("known") & (pl.col("check_kind") == lot).fill_null(value=False),
        raw=pl.when("known").then("raw"),
    )
    visited: set[Stratum] = set(visits.filter("known").select("class", "statutory").unique().iter_rows())
    totals = counted(population.with_columns(name=pl.lit("all"))).get("all", {})
    spoken, _ = settled(totals, visited)
    # where a class cannot be told, its visits still speak for their own stratum
    rows = [(*stratum, count) for stratum, count in (totals | spoken).items()]
    scale = pl.col("enterprises") / pl.col("raw").sum().over("class", "statutory")
    return (
        visits.join(
            pl.DataFrame(rows, schema=_COUNTED, orient="row"),
            on=["class", "statutory"],
            how="left",
            maintain_order="left",
        )
        .with_columns(weight=pl.col("raw") * scale)
        .with_columns(pl.col("known", "lot") & pl.col("weight").is_not_null())
        .drop("enterprises", "raw")
    )


def counted(population: pl.DataFrame) -> dict[str, dict[Stratum, int]]:
    """Group (column ``name``) -> stratum -> enterprises, in order."""
    grouped = population.group_by("name", "class", "statutory").agg(pl.col("enterprises").sum())
    found: dict[str, dict[Stratum, int]] = {}
    for name, class_name, statutory, count in grouped.sort("name", "class", "statutory").iter_rows():
        found.setdefault(name, {})[class_name, statutory] = int(count)
    return found


def settled(totals: Mapping[Stratum, int], visited: Container[Stratum]) -> tuple[dict[Stratum, int], dict[str, int]]:
    """For how many enterprises the visits of each stratum speak, and which classes cannot be told.

    The smaller stratum of a class may be spoken for by the other one; where the larger has no visit, nobody speaks for
    the class: a few enterprises that come by date would else tell of all that come by lot.

    Args:
        totals: enterprises of each stratum, of one group.
        visited: strata with a visit of known probability.

    Returns:
        Enterprises by stratum with a visit, and enterprises of each class that cannot be told.
    """
    found, missing = {}, {}
    for name in dict.fromkeys(class_name for class_name, _ in totals):
        strata = {key: totals[key] for key in ((name, False), (name, True)) if key in totals}
        told = {key: count for key, count in strata.items() if key in visited}
        everybody = sum(strata.values())
        if not told or 2 * sum(told.values()) < everybody:
            missing[name] = everybody
        elif len(told) == 1:
            found[next(iter(told))] = everybody
        else:
            found |= told
    return found, missing


def strata_of(known: pl.DataFrame) -> NDArray[np.int64]:
    """Number of the stratum of each visit, from 0."""
    return known.select(pl.struct("class", "statutory").rank("dense")).to_series().cast(pl.Int64).to_numpy() - 1


def numbers(column: pl.Series) -> Numbers:
    """A column of numbers or booleans as an array."""
    return column.cast(pl.Float64).to_numpy().astype(np.float64, copy=False)
