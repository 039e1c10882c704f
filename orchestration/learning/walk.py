"""How much a model is worth: trained on the months before, tried on the next, month after month.

Belongs here: the folds, scores of held-out visits, measures over them.
Does not belong here: the models (``scorecard``, ``challenger``), formulas (``orchestration.evaluation.measures``).

The visits of fold V are scored by a model that was trained on visits of months before V, so that no number of it saw
the fold or anything after it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.evaluation.measures import Estimate, MeasureError, auc, riskier_half
from orchestration.learning.policy import LearningError
from orchestration.learning.rows import LABEL, WEIGHT, Rows

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
    """

    visits: int
    found: int
    auc: Estimate
    half: float
    lift: float
    months_auc: float
    months_half: float


@dataclass(frozen=True)
class HeldOut:
    """Visits scored by a model that did not know them: ``visit_month``, ``score``, ``label``, ``weight``."""

    frame: pl.DataFrame

    @property
    def worth(self) -> Worth:
        """Measures over all of them."""
        return worth(self.frame["visit_month"], self.frame["score"].to_numpy(), self.frame[LABEL])


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


def walk_forward(rows: Rows, months: Sequence[str], score: Callable[[Rows, Rows], np.ndarray]) -> HeldOut:
    """Score the visits of each of ``months`` by what was learned before it.

    Args:
        rows: all visits.
        months: folds, each with visits before it.
        score: is given the visits before a fold and those of the fold; returns scores of the latter.
    """
    parts = []
    for month in months:
        # a result that came home late was not known when the model of that month was made; `rows` holds what is known
        # now, so the visits before the fold are told apart by their own month
        fold = rows.where(pl.col("visit_month") == month)
        before = rows.where(pl.col("visit_month") < month)
        parts.append(
            fold.frame.select("visit_month", LABEL, WEIGHT).with_columns(pl.Series("score", score(before, fold)))
        )
    return HeldOut(pl.concat(parts))


def worth(month: pl.Series, score: np.ndarray, label: pl.Series) -> Worth:
    """Measures of scores against outcomes.

    Raises:
        LearningError: all outcomes are alike.
    """
    frame = pl.DataFrame({"month": month, "score": score, "outcome": label.cast(pl.Boolean)})
    try:
        whole, half = auc(frame), riskier_half(frame)
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
    )


def lift(frame: pl.DataFrame, top: float = TOP) -> float:
    """Find rate of the ``top`` part with the highest scores over that of all; ties share the places they stand on."""
    size = top * frame.height
    placed = frame.sort("score", descending=True).with_row_index("place")
    inside = (size - pl.col("place").cast(pl.Float64)).clip(0, 1).mean().over("score")
    found = placed.select((inside * pl.col("outcome")).sum()).item()
    return float(found) / size / float(frame["outcome"].mean())  # type: ignore[arg-type]
