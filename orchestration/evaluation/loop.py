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
from orchestration.evaluation.measures import Estimate, wilson
from orchestration.lake import connect
from orchestration.settings import Settings, month_shift
from orchestration.simulation.answers import Regime, find_rates
from orchestration.table import render

BY_LOT = "1"


@dataclass(frozen=True)
class LoopMonth:
    """Visits of one month that draws led to.

    Attributes:
        month: of the visits.
        visits: how many results came home.
        by_lot: how many of them were drawn by lot; the others were due by statute.
        found: share that found something.
        planted: share that the planted truth expects of these visits.
        by_chance: share that the planted truth expects of a random draw from all enterprises.
        alarms: series of the watch that raised an alarm in the month.
    """

    month: str
    visits: int
    by_lot: int
    found: Estimate
    planted: float
    by_chance: float
    alarms: tuple[str, ...] = ()

    @property
    def saved(self) -> float:
        """Share of the visits of a random draw that finds as much which the draws save; from what was found."""
        return 1 - self.by_chance / self.found.value if self.found.value else 0.0


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
    grades = planted.with_columns(
        grade=pl.col("latent_class").replace_strict(list("ABCD"), list(range(4)), return_dtype=pl.Int64)
    )
    with connect(settings, read_only=True, views=False) as connection:
        outcomes = known_outcomes(connection, month).filter(pl.col("draw_id").is_not_null())
        classed = connection.execute("SELECT month, enterprise_id FROM lake.main.risk_class").pl()
    everybody = classed.join(grades, on="enterprise_id")
    found = []
    for (visited,), rows in (
        outcomes.join(grades, on="enterprise_id").sort("visit_month").group_by("visit_month", maintain_order=True)
    ):
        name = str(visited)
        before = everybody.filter(pl.col("month") == month_shift(name, -1))
        expected, chance = (
            float(find_rates(frame["grade"].to_numpy(), name, regime).mean()) for frame in (rows, before)
        )
        found.append(
            LoopMonth(
                name,
                rows.height,
                rows.filter(pl.col("check_kind") == BY_LOT).height,
                wilson(int(rows["found"].sum()), rows.height),
                expected,
                chance,
                tuple(alarms.get(name, ())),
            )
        )
    return found


def table(months: Sequence[LoopMonth]) -> str:
    """The months as lines of text."""
    header = ["visits in", "made", "by lot", "found %", "planted %", "random draw %", "visits saved %", "alarms"]
    body = [
        (
            one.month,
            f"{one.visits:,}",
            f"{one.by_lot:,}",
            f"{100 * one.found.value:.1f} ({100 * one.found.lower:.1f}-{100 * one.found.upper:.1f})",
            f"{100 * one.planted:.1f}",
            f"{100 * one.by_chance:.1f}",
            f"{100 * one.saved:.0f}",
            ", ".join(one.alarms) or "-",
        )
        for one in months
    ]
    return render(header, body)
