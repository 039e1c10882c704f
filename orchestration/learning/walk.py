"""How much a model is worth: trained on the months before, tried on the next, month after month.

Belongs here: the folds, scores of held-out visits, measures over them.
Does not belong here: the models (``scorecard``, ``challenger``), formulas (``orchestration.evaluation.measures`` for
the visits as they were made, ``population`` for all enterprises).

The visits of fold V are scored by a model that was trained on what was known of visits by the end of the month before
V: a result that came home later, or was corrected later, is not in it. What they are held against is the outcome as it
is known now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from orchestration.evaluation.measures import Estimate, MeasureError, auc, riskier_half
from orchestration.learning import population
from orchestration.learning.policy import LearningError
from orchestration.learning.rows import LABEL, WEIGHT, Rows
from orchestration.settings import month_shift

Score = Callable[[Rows, Rows], np.ndarray]
TOP = 0.1
"""Part of the visits with the highest scores in which the lift is measured."""


@dataclass(frozen=True)
class Worth:
    """What a ranking is worth on some visits.

    Attributes:
        visits: how many; ``found``: how many found something.
        auc: with DeLong's interval; months are compared within themselves only in ``months_auc``.
        half: share of the findings in the riskier half of the visits.
        lift: find rate in the riskiest tenth over the find rate of all.
        months_auc: mean over the months of the AUC within each.
        months_half: likewise of the riskier half.
        auc_of_all, half_of_all: the same with each visit counting for as many enterprises as it stands for; lift and
            the means over the months are of the visits only.
    """

    visits: int
    found: int
    auc: Estimate
    half: float
    lift: float
    months_auc: float
    months_half: float
    auc_of_all: Estimate
    half_of_all: float


@dataclass(frozen=True)
class HeldOut:
    """Visits scored by a model that did not know them.

    Attributes:
        frame: ``enterprise_id``, ``visit``, ``visit_month``, ``score``, ``label`` as it is known now, ``weight``.
    """

    frame: pl.DataFrame

    @property
    def worth(self) -> Worth:
        """Measures over all of them."""
        return worth(self.frame)


def folds(months: Sequence[str], count: int) -> list[str]:
    """The last ``count`` months of visits; at least two months stay before the first of them.

    Raises:
        LearningError: there are too few months.
    """
    ordered = sorted(set(months))
    if len(ordered) < count + 2:
        raise LearningError(
            f"{len(ordered)} months of visits are too few for {count} folds with two months before them; compute more "
            "months, or ask for fewer folds in learning.yml."
        )
    return ordered[-count:]


def walk_forward(
    rows: Rows, months: Sequence[str], models: Mapping[str, Score], known: Callable[[str], Rows]
) -> dict[str, HeldOut]:
    """Score the visits of each of ``months`` by what was learned from what was known before it.

    Args:
        rows: all visits as they are known now.
        months: folds.
        models: name -> function that is given the visits to learn from and those of the fold, and returns scores of
            the latter.
        known: month -> visits as they were known by its end.

    Raises:
        LearningError: too little was known before a fold.
    """
    parts: dict[str, list[pl.DataFrame]] = {name: [] for name in models}
    for month in months:
        fold = rows.where(pl.col("visit_month") == month)
        end = month_shift(month, -1)
        before = replace(known(end).where(pl.col("visit_month") < month), features=rows.features)
        if before.frame[LABEL].n_unique() < 2:
            raise LearningError(
                f"By the end of {end} {before.frame.height} visits with an outcome were known"
                f"{', all alike' if before.frame.height else ''}, too little to try {month} on; ask for fewer folds in "
                "learning.yml, or learn up to a later month."
            )
        told = fold.frame.select("enterprise_id", "visit", "visit_month", LABEL, WEIGHT)
        for name, score in models.items():
            parts[name].append(told.with_columns(pl.Series("score", score(before, fold))))
    return {name: HeldOut(pl.concat(some)) for name, some in parts.items()}


def worth(visits: pl.DataFrame) -> Worth:
    """Measures of scores against outcomes.

    Args:
        visits: ``visit_month``, ``score``, ``label`` and ``weight``.

    Raises:
        LearningError: all outcomes are alike.
    """
    outcome = pl.col(LABEL).cast(pl.Boolean).alias("outcome")
    frame = visits.select(pl.col("visit_month").alias("month"), "score", outcome)
    arrays = (visits["score"].to_numpy(), visits[LABEL].cast(pl.Float64).to_numpy(), visits[WEIGHT].to_numpy())
    try:
        whole, half = auc(frame), riskier_half(frame)
        of_all, half_of_all = population.auc(*arrays), population.riskier_half(*arrays)
    except MeasureError as error:
        raise LearningError(f"The worth of a score cannot be told: {error}") from error
    inside = [
        (auc(part).value, riskier_half(part)) for part in frame.partition_by("month") if part["outcome"].n_unique() == 2
    ]
    return Worth(
        visits=frame.height,
        found=int(frame["outcome"].sum()),
        auc=whole,
        half=half,
        lift=lift(frame),
        months_auc=float(np.mean([one for one, _ in inside])),
        months_half=float(np.mean([one for _, one in inside])),
        auc_of_all=of_all,
        half_of_all=half_of_all,
    )


def lift(frame: pl.DataFrame, top: float = TOP) -> float:
    """Find rate of the ``top`` part with the highest scores over that of all; ties share the places they stand on."""
    size = top * frame.height
    placed = frame.sort("score", descending=True).with_row_index("place")
    inside = (size - pl.col("place").cast(pl.Float64)).clip(0, 1).mean().over("score")
    found = placed.select((inside * pl.col("outcome")).sum()).item()
    return float(found) / size / float(frame["outcome"].mean())  # type: ignore[arg-type]
