"""Find rates (问题发现率): of what was visited, and of the enterprises it stands for.

Belongs here: rates by group with counts and intervals, and why a rate cannot be told.
Does not belong here: the formulas (``intervals``), weights (``sample``), what steering saves (``saving``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from orchestration.effect.intervals import Cell, cell, combined
from orchestration.effect.sample import Sample, Stratum, counted, numbers, settled
from orchestration.evaluation.measures import Estimate, wilson

EVERYBODY = "all"


@dataclass(frozen=True)
class GroupRate:
    """Find rates of one group.

    Attributes:
        dimension: ``all``, ``class``, ``field``, ``region``, ``month``, ``age`` or ``size``.
        name: the group.
        visits: visits whose enterprise had a class, of any kind.
        found: how many of them found something.
        rate: of these visits, with its interval; None where there is none. No statement about others.
        known: visits of known probability.
        effective: what they are worth: Kish's effective number, summed over strata.
        enterprises: enterprise-months that the group has.
        covered: share of them in classes that visits of known probability speak for.
        population: rate of all enterprises of the group, weighted; None where it cannot be told.
        missing: classes without a visit to most of their enterprises, with how many enterprises; the reason.
    """

    dimension: str
    name: str
    visits: int
    found: int
    rate: Estimate | None
    known: int
    effective: float
    enterprises: int
    covered: float
    population: Estimate | None
    missing: dict[str, int]


@dataclass(frozen=True)
class ApartRate:
    """Visits without a known probability or class, by why they were made."""

    kind: str
    classed: bool
    visits: int
    found: int
    rate: Estimate


def rates(sample: Sample) -> list[GroupRate]:
    """Rates of everybody and by class, field, region, month, age and size; groups with enterprises or visits."""
    one = pl.lit(EVERYBODY).alias("name")
    by_field = sample.visits.with_columns(name="fields").explode("name").filter(pl.col("name").is_not_null())
    plain = {
        "class": "class", "region": "region_code", "month": "visit_month", "age": "age_class", "size": "size_class",
    }  # fmt: skip
    found = _groups("all", sample.visits.with_columns(one), sample.population.with_columns(one))
    for dimension, column in plain.items():
        found += _groups(
            dimension, sample.visits.with_columns(name=column), sample.population.with_columns(name=column)
        )
        if dimension == "class":
            found += _groups("field", by_field, sample.members.with_columns(name="field"))
    return found


def _groups(dimension: str, visits: pl.DataFrame, population: pl.DataFrame) -> list[GroupRate]:
    classed = visits.filter(pl.col("class").is_not_null() & pl.col("name").is_not_null())
    totals = counted(population)
    counts = {
        name: (visited, found)
        for name, visited, found in classed.group_by("name").agg(pl.len(), pl.col("found").sum()).iter_rows()
    }
    cells = cells_by(classed.filter("known"), "name")
    return [
        _group(dimension, name, counts.get(name, (0, 0)), cells.get(name, {}), totals.get(name, {}))
        for name in sorted({*totals, *counts})
    ]


def cells_by(known: pl.DataFrame, by: str) -> dict[str, dict[Stratum, Cell]]:
    """Group -> stratum -> its cell, of visits of known probability."""
    found: dict[str, dict[Stratum, Cell]] = {}
    for (name, class_name, statutory), part in known.group_by(by, "class", "statutory"):
        one = cell(numbers(part["weight"]), numbers(part["found"]))
        found.setdefault(str(name), {})[str(class_name), bool(statutory)] = one
    return found


def _group(
    dimension: str, name: str, counts: tuple[int, int], cells: dict[Stratum, Cell], totals: dict[Stratum, int]
) -> GroupRate:
    visits, found = counts
    enterprises = sum(totals.values())
    _, missing = settled(totals, cells)
    return GroupRate(
        dimension=dimension,
        name=name,
        visits=visits,
        found=found,
        rate=wilson(found, visits) if visits else None,
        known=sum(one.visits for one in cells.values()),
        effective=sum(one.effective for one in cells.values()),
        enterprises=enterprises,
        covered=1 - sum(missing.values()) / enterprises if enterprises else 0.0,
        population=population_rate(cells, totals),
        missing=missing,
    )


def population_rate(cells: dict[Stratum, Cell], totals: dict[Stratum, int]) -> Estimate | None:
    """Rate of a population with so many enterprises in each stratum; None where a class of it cannot be told."""
    spoken, missing = settled(totals, cells)
    enterprises = sum(spoken.values())
    if missing or not enterprises:
        return None
    return combined([cells[one].rate for one in spoken], [count / enterprises for count in spoken.values()])


def rates_apart(sample: Sample) -> list[ApartRate]:
    """Visits that no statement about the population rests on, by kind of check."""
    kinds = sample.apart.with_columns(kind=pl.col("check_kind").fill_null(""), classed=pl.col("class").is_not_null())
    grouped: Iterable[tuple[str, bool, int, int]] = (
        kinds.group_by("kind", "classed").agg(pl.len(), pl.col("found").sum()).sort("kind", "classed").iter_rows()
    )
    return [ApartRate(kind, classed, visits, found, wilson(found, visits)) for kind, classed, visits, found in grouped]
