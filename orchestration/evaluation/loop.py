"""What a loop on the simulated province came to, beside what was planted: visits, findings, savings, alarms by month.

Belongs here: joining outcomes of draws with the planted truth, the closing table.
Does not belong here: walking the months (``orchestration.loop``), what is measured without the truth (``effect``,
``learning.drift``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from orchestration.effect.store import known_outcomes
from orchestration.evaluation.measures import wilson
from orchestration.lake import connect
from orchestration.settings import Settings, month_shift
from orchestration.simulation.answers import Regime, find_rates
from orchestration.table import render

BY_LOT = "1"
"""Kind of a check that a lot chose; others were due by statute whatever the class."""


@dataclass(frozen=True)
class Visits:
    """Visits whose results came home.

    Attributes:
        count: how many.
        found: how many of them found something.
        expected: how many the planted truth expects of them.
    """

    count: int
    found: int
    expected: float

    def __add__(self, other: Visits) -> Visits:
        return Visits(self.count + other.count, self.found + other.found, self.expected + other.expected)

    def saved(self, by_chance: float) -> float:
        """Share of the visits that a random draw would need to find as much, 0 to 1; below 0 where it needs fewer."""
        return 1 - by_chance * self.count / self.found if self.found else 0.0


@dataclass(frozen=True)
class LoopMonth:
    """Visits of one month, or of some together, that draws led to.

    Attributes:
        month: of the visits.
        every: all visits.
        lot: those that a lot chose among the enterprises of a class.
        by_chance: share of findings that the planted truth expects of a random draw from all enterprises.
        alarms: series of the watch that raised an alarm in the month.
    """

    month: str
    every: Visits
    lot: Visits
    by_chance: float
    alarms: tuple[str, ...] = ()


def measure(
    settings: Settings, month: str, regime: Regime | None, alarms: Mapping[str, Sequence[str]]
) -> list[LoopMonth]:
    """Months of visits up to ``month``, as known at its end.

    Args:
        settings: whose lake and planted truth.
        month: ``YYYY-MM``.
        regime: the planted change, if any.
        alarms: month of visits -> series with an alarm.
    """
    planted = pl.read_parquet(
        settings.home / "simulation" / "planted.parquet", columns=["enterprise_id", "latent_class"]
    )
    with connect(settings, read_only=True, views=False) as connection:
        outcomes = known_outcomes(connection, month).filter(pl.col("draw_id").is_not_null())
        classed = connection.execute("SELECT month, enterprise_id FROM lake.main.risk_class").pl()
    return compare(outcomes, classed, planted, regime, alarms)


def compare(
    outcomes: pl.DataFrame,
    classed: pl.DataFrame,
    planted: pl.DataFrame,
    regime: Regime | None,
    alarms: Mapping[str, Sequence[str]],
) -> list[LoopMonth]:
    """Findings beside what was planted, by month of the visits, ascending.

    Args:
        outcomes: a row for each visit: enterprise_id, visit_month, check_kind, found.
        classed: month and enterprise_id of everybody who had a class; of the month before each visit at least.
        planted: enterprise_id and latent_class (A to D).
        regime: the planted change, if any.
        alarms: month of visits -> series with an alarm.
    """
    grades = planted.select(
        "enterprise_id",
        grade=pl.col("latent_class").replace_strict(list("ABCD"), list(range(4)), return_dtype=pl.Int64),
    )
    everybody = classed.join(grades, on="enterprise_id")
    months = []
    for (visited,), rows in (
        outcomes.join(grades, on="enterprise_id").sort("visit_month").group_by("visit_month", maintain_order=True)
    ):
        name = str(visited)
        before = everybody.filter(pl.col("month") == month_shift(name, -1))
        chance = float(find_rates(before["grade"].to_numpy(), name, regime).mean())
        lot = rows.filter(pl.col("check_kind") == BY_LOT)
        every, by_lot = (
            Visits(
                some.height, int(some["found"].sum()), float(find_rates(some["grade"].to_numpy(), name, regime).sum())
            )
            for some in (rows, lot)
        )
        months.append(LoopMonth(name, every, by_lot, chance, tuple(alarms.get(name, ()))))
    return months


def together(months: Sequence[LoopMonth]) -> LoopMonth:
    """Months as one; at least one.

    What a random draw finds is weighted by the visits of each month.
    """
    every = sum((one.every for one in months[1:]), months[0].every)
    lot = sum((one.lot for one in months[1:]), months[0].lot)
    chance = sum(one.by_chance * one.every.count for one in months) / every.count
    name = months[0].month if len(months) == 1 else f"{months[0].month} to {months[-1].month}"
    return LoopMonth(name, every, lot, chance)


def table(months: Sequence[LoopMonth], regime: Regime | None = None) -> str:
    """The months as lines of text, then those before and after the planted change as one each."""
    changed = [one for one in months if regime is not None and one.month >= regime.month]
    spans = [part for part in (months[: len(months) - len(changed)], changed) if part]
    header = ["visits in", "made", "found %", "planted %", "random draw %", "visits saved %"]
    header += ["by lot", "found %", "planted %", "visits saved %", "alarms"]
    body = [_line(one) for one in (*months, *map(together, spans))]
    return render(header, body)


def _line(one: LoopMonth) -> tuple[str, ...]:
    every, planted, saved = _told(one.every, one.by_chance)
    return (
        one.month,
        f"{one.every.count:,}",
        every,
        planted,
        f"{100 * one.by_chance:.1f}",
        saved,
        f"{one.lot.count:,}",
        *_told(one.lot, one.by_chance),
        ", ".join(one.alarms) or "-",
    )


def _told(visits: Visits, by_chance: float) -> tuple[str, str, str]:
    """Found with its interval, planted, saved; dashes where nobody was visited."""
    if not visits.count:
        return "-", "-", "-"
    rate = wilson(visits.found, visits.count)
    return (
        f"{100 * rate.value:.1f} ({100 * rate.lower:.1f}-{100 * rate.upper:.1f})",
        f"{100 * visits.expected / visits.count:.1f}",
        f"{100 * visits.saved(by_chance):.0f}",
    )
