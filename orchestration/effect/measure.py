"""Measuring the effect and the fairness of a month, and writing both to the lake.

Belongs here: what is measured together, the tables ``inspection_effect``, ``inspection_saving`` and
``inspection_fairness``. Does not belong here: any formula, how a person reads it (``report``).

The tables speak of the window of visits that ends with their month, as known at its end. They hold the province as one
partition, ``region_code`` = ``all``; regions are groups in it, since weights need all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.effect.columns import EFFECT, FAIRNESS, SAVING, TABLES
from orchestration.effect.fairness import GroupFairness, by_lot, fairness
from orchestration.effect.inclusion import draw_rules
from orchestration.effect.intervals import Ratio
from orchestration.effect.outcome import age_bands
from orchestration.effect.policy import Policy, load_policy
from orchestration.effect.rates import EVERYBODY, ApartRate, GroupRate, rates, rates_apart
from orchestration.effect.sample import Sample, class_months, read_sample
from orchestration.effect.saving import Order, Saved, Saving, lifts, order, savings
from orchestration.effect.spread import Spread, spread
from orchestration.evaluation.measures import Estimate
from orchestration.lake import connect
from orchestration.risk.partitions import Select, columns_of, replace_partitions
from orchestration.settings import Settings


@dataclass(frozen=True)
class Effect:
    """What the visits of a window show.

    Attributes:
        month: at whose end all of it was known; first: first month of the visits.
        visits: visits of the window; known: those of known probability.
        drawn: visits of published draws of the window, answered: those with a result by then.
        rates: find rates by group.
        apart: visits that no statement about the population rests on.
        savings: the draw against a random one.
        lifts: class -> its rate over that of the population.
        order: how well scores order the visits.
        spread: inspectors and areas apart; None where there are too few visits.
    """

    month: str
    first: str
    visits: int
    known: int
    drawn: int
    answered: int
    rates: list[GroupRate]
    apart: list[ApartRate]
    savings: list[Saving]
    lifts: dict[str, Ratio]
    order: Order
    spread: Spread | None

    def of(self, dimension: str) -> list[GroupRate]:
        """Rates of one dimension."""
        return [row for row in self.rates if row.dimension == dimension]


@dataclass(frozen=True)
class Fairness:
    """How groups were treated in a window; ``groups`` is empty where no visit by lot is known."""

    month: str
    first: str
    visits: int
    groups: list[GroupFairness]


def measure(connection: duckdb.DuckDBPyConnection, settings: Settings, month: str) -> tuple[Effect, Fairness]:
    """Measure the window that ends with ``month``, as known at its end.

    Raises:
        EffectError: the policy cannot be used.
    """
    policy = load_policy(settings)
    sample = _sample(connection, settings, policy, month)
    return _effect(connection, sample, policy), _fairness(sample, policy)


def write_effect(settings: Settings, months: Sequence[str]) -> list[Effect]:
    """Measure the effect of each month and write ``inspection_effect`` and ``inspection_saving``.

    Raises:
        EffectError: the policy cannot be used.
    """
    policy, found = load_policy(settings), []
    with connect(settings, views=False) as connection:
        for month in sorted(set(months)):
            effect = _effect(connection, _sample(connection, settings, policy, month), policy)
            _write(connection, EFFECT, month, [_rate_row(row, effect) for row in effect.rates])
            _write(connection, SAVING, month, [_saving_row(row) for row in effect.savings])
            found.append(effect)
    return found


def write_fairness(settings: Settings, months: Sequence[str]) -> list[Fairness]:
    """Measure the fairness of each month and write ``inspection_fairness``.

    Raises:
        EffectError: the policy cannot be used.
    """
    policy, found = load_policy(settings), []
    with connect(settings, views=False) as connection:
        for month in sorted(set(months)):
            fair = _fairness(_sample(connection, settings, policy, month), policy)
            _write(connection, FAIRNESS, month, [_fairness_row(row) for row in fair.groups])
            found.append(fair)
    return found


def _sample(connection: duckdb.DuckDBPyConnection, settings: Settings, policy: Policy, month: str) -> Sample:
    months = class_months(policy, month)
    return read_sample(connection, policy, month, age_bands(settings, months), draw_rules(settings, months))


def _effect(connection: duckdb.DuckDBPyConnection, sample: Sample, policy: Policy) -> Effect:
    drawn, answered = _response(connection, sample)
    return Effect(
        month=sample.month,
        first=sample.first,
        visits=sample.visits.height,
        known=sample.known.height,
        drawn=drawn,
        answered=answered,
        rates=rates(sample),
        apart=rates_apart(sample),
        savings=savings(sample),
        lifts=lifts(sample),
        order=order(sample),
        spread=spread(sample, policy.least_visits),
    )


def _fairness(sample: Sample, policy: Policy) -> Fairness:
    return Fairness(sample.month, sample.first, by_lot(sample), fairness(sample, policy))


def _response(connection: duckdb.DuckDBPyConnection, sample: Sample) -> tuple[int, int]:
    """Visits of draws whose month lies in the window, and how many of them have a result."""
    if not columns_of(connection, "main", "inspection_draw"):
        return 0, 0
    found = connection.execute(
        "SELECT DISTINCT visit_id FROM lake.main.inspection_draw WHERE visit_month BETWEEN $first AND $month "
        "AND put_off IS NULL AND published_at IS NOT NULL",
        {"first": sample.first, "month": sample.month},
    ).pl()
    answered = found.join(sample.visits.select("visit_id").drop_nulls().unique(), on="visit_id", how="semi")
    return found.height, answered.height


def _write(connection: duckdb.DuckDBPyConnection, table: str, month: str, rows: list[Mapping[str, object]]) -> None:
    columns = TABLES[table]
    named = [{"month": month, "region_code": EVERYBODY} | dict(row) for row in rows]
    frame = pl.DataFrame(named, schema={name: _KINDS[kind] for name, kind in columns.items()})
    connection.register("measured", frame)
    try:
        select: Select = (f"SELECT {', '.join(columns)} FROM measured", {})
        replace_partitions(connection, table, columns, [select], months=[month], regions=[EVERYBODY], decision=False)
    finally:
        connection.unregister("measured")


_KINDS: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(), "BIGINT": pl.Int64(), "DOUBLE": pl.Float64(), "VARCHAR[]": pl.List(pl.String())
}  # fmt: skip


def _limits(prefix: str, value: Estimate | Ratio | Saved | None, middle: str | None = None) -> dict[str, object]:
    """A value and its limits as three columns."""
    names = (middle or prefix, f"{prefix}_lower", f"{prefix}_upper")
    return dict(zip(names, (None,) * 3 if value is None else (value.value, value.lower, value.upper), strict=True))


def _rate_row(row: GroupRate, effect: Effect) -> dict[str, object]:
    lift = effect.lifts.get(row.name) if row.dimension == "class" else None
    return {
        "dimension": row.dimension, "name": row.name, "visits": row.visits, "found": row.found,
        **_limits("find_rate", row.rate), "known_visits": row.known, "effective_visits": row.effective,
        "enterprises": row.enterprises, "covered": row.covered, **_limits("population_rate", row.population),
        **_limits("lift", lift), "not_estimable": sorted(row.missing),
    }  # fmt: skip


def _saving_row(row: Saving) -> dict[str, object]:
    return {
        "scope": row.scope, "visits": row.visits, "found": row.found, **_limits("find_rate", row.rate),
        **_limits("random_rate", row.random), **_limits("ratio", row.ratio), **_limits("visits_needed", row.needed),
        **_limits("saved_share", row.saved),
    }  # fmt: skip


def _fairness_row(row: GroupFairness) -> dict[str, object]:
    return {
        "dimension": row.dimension, "name": row.name, "enterprises": row.enterprises,
        "enterprise_share": row.enterprise_share, "visits": row.visits, "visit_share": row.visit_share,
        "found": row.found, **_limits("find_rate", row.rate), **_limits("population_rate", row.population),
        "finding_share": row.finding_share, **_limits("warranted", row.warranted), "expected": row.expected,
        **_limits("truth", row.truth), **_limits("even", row.even), **_limits("false_alarms", row.false_alarms),
        **_limits("missed", row.missed), "flags": list(row.flags),
    }  # fmt: skip
