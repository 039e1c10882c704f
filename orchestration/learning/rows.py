"""Rows to learn from: a visit beside what was known of the enterprise at the end of the month before.

Belongs here: joining outcomes and indicator values, weights. Does not belong here: bands, fitting (``scorecard``).

A label of month V is joined to the values of month V - 1, and only outcomes known by the end of the asked month take
part. The weight of a visit is what it stands for (``effect.inclusion``), so that the rows speak for all enterprises;
where no draw led to it, 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import polars as pl

from orchestration.effect.inclusion import stands_for
from orchestration.effect.store import known_outcomes
from orchestration.learning.policy import LearningError, Policy
from orchestration.risk.partitions import columns_of

KEYS = ("enterprise_id", "visit", "visit_month", "class_month", "region_code", "lead_inspector_id")
LABEL, WEIGHT = "label", "weight"


@dataclass(frozen=True)
class Rows:
    """Visits with their labels, weights and features.

    Attributes:
        frame: ``KEYS``, ``label`` (boolean), ``weight`` (mean 1), and one column for each feature, null where unknown.
        features: codes of indicators, as column names.
        trimmed: share of the visits whose weight was cut to the bound.
        heaviest: greatest weight before it was cut, as a multiple of the mean.
        bound: greatest weight that counts, as one over a probability; None where no weights were cut.
    """

    frame: pl.DataFrame
    features: tuple[str, ...]
    trimmed: float = 0.0
    heaviest: float = 1.0
    bound: float | None = None

    @property
    def months(self) -> list[str]:
        """Months of the visits, ascending."""
        return sorted(self.frame["visit_month"].unique())

    def where(self, chosen: pl.Expr) -> Rows:
        """The same with some of the visits."""
        return replace(self, frame=self.frame.filter(chosen))

    def arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """Labels (0 or 1) and weights as arrays of floats."""
        return self.frame[LABEL].cast(pl.Float64).to_numpy(), self.frame[WEIGHT].to_numpy()


def weight_bound(inclusion: pl.Series, trim: float) -> float:
    """Greatest weight that counts, as one over a probability: ``trim`` times the mean one."""
    return trim * float(stands_for(inclusion).fill_null(1.0).mean() or 1.0)  # type: ignore[arg-type]


def weights(inclusion: pl.Series, bound: float) -> tuple[pl.Series, float, float]:
    """Weights of mean 1 from probabilities to be visited in a month, cut at ``bound``.

    Args:
        inclusion: above 0 to 1; null where no draw led to the visit, which counts as 1.
        bound: most that a visit may count, as one over a probability (``weight_bound``).

    Returns:
        The weights, the share of visits that were cut, and the greatest weight before as a multiple of the mean.
    """
    if not inclusion.len():
        return inclusion.cast(pl.Float64), 0.0, 1.0
    raw = stands_for(inclusion).fill_null(1.0)
    middle = float(raw.mean())  # type: ignore[arg-type]
    kept = raw.clip(upper_bound=bound)
    return kept / kept.mean(), float((raw > bound).mean() or 0.0), float(raw.max()) / middle  # type: ignore[arg-type]


def enough(rows: Rows, policy: Policy, month: str) -> Rows:
    """The same visits, known by the end of ``month``, if they are enough to learn from.

    Raises:
        LearningError: they are fewer than the policy asks for, or all alike.
    """
    height, alike = rows.frame.height, rows.frame[LABEL].n_unique() < 2
    if height < policy.least_visits or alike:
        raise LearningError(
            f"Up to {month} there are {height} visits with a class of the month before and an outcome"
            f"{'' if height < policy.least_visits else ', all alike'}; {policy.least_visits} are needed. "
            "Compute more months, or wait for results."
        )
    return rows


def known_rows(
    connection: duckdb.DuckDBPyConnection,
    policy: Policy,
    features: Sequence[str],
    month: str,
    bound: float | None = None,
) -> Rows:
    """Visits as they were known by the end of ``month``, with the values of the month before each.

    Args:
        connection: to the lake.
        policy: which outcome, from which month, how weights are cut.
        features: codes of indicators of any version of the catalogue.
        month: ``YYYY-MM``; nothing later is read, and no result or correction that came home later.
        bound: greatest weight that counts; None is that of these visits by the policy.

    Raises:
        LearningError: a feature has no column in the lake.
    """
    known = columns_of(connection, "scores", "enterprise_score")
    if missing := [code for code in features if f"v_{code.lower()}" not in known]:
        raise LearningError(
            f"lake.scores.enterprise_score has no values of {missing[0]}; compute a month with a catalogue "
            "that names it."
        )
    outcomes = known_outcomes(connection, month).filter(
        pl.col(policy.outcome).is_not_null(), pl.col("class_month") >= (policy.first_class_month or "")
    )
    connection.register("learned_outcomes", outcomes)
    try:
        values = ", ".join(f"score.v_{code.lower()} AS {code}" for code in features)
        frame = connection.execute(
            f"""
            SELECT {", ".join(f"told.{name}" for name in KEYS)}, told.{policy.outcome} AS label, told.inclusion,
                {values}
            FROM learned_outcomes AS told
            INNER JOIN lake.scores.enterprise_score AS score
                ON told.enterprise_id = score.enterprise_id AND told.class_month = score.month
            WHERE score.month <= $month ORDER BY told.visit_month, told.enterprise_id, told.visit
            """,
            {"month": month},
        ).pl()
    finally:
        connection.unregister("learned_outcomes")
    most = weight_bound(frame["inclusion"], policy.trim) if bound is None else bound
    weight, trimmed, heaviest = weights(frame["inclusion"], most)
    return Rows(frame.drop("inclusion").with_columns(weight.alias(WEIGHT)), tuple(features), trimmed, heaviest, most)
