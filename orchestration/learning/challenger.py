"""The challenger: boosted trees on the same features, to see how much a sum of points leaves on the table.

Belongs here: the fit (scikit-learn), the trees as plain arrays, scores from them.
Does not belong here: classes; nothing that is decided reads the challenger, because nobody could say why.

Trees are monotone in numbers where the catalogue gives a direction. They are kept as
arrays of numbers (npz), never as a pickle, which would run code when it is read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from orchestration.learning.bins import SIGNS, Aim
from orchestration.learning.policy import Policy
from orchestration.learning.rows import Rows

FIELDS = {
    "feature": "feature_idx",
    "threshold": "num_threshold",
    "left": "left",
    "right": "right",
    "value": "value",
    "leaf": "is_leaf",
    "missing_left": "missing_go_to_left",
}
"""What is kept of a node, and what the library calls it."""
Columns = Sequence[tuple[str, str | None]]
"""Coded columns in order: ``(feature, None)`` is a number, ``(feature, category)`` whether it is that category."""


@dataclass(frozen=True)
class Challenger:
    """Boosted trees as arrays.

    Attributes:
        columns: coded columns in order.
        starts: first node of each tree.
        nodes: ``FIELDS`` -> one entry a node; ``left`` and ``right`` count from the start of the tree.
        baseline: log-odds before the first tree.
    """

    columns: Columns
    starts: np.ndarray
    nodes: dict[str, np.ndarray]
    baseline: float

    def score(self, frame: pl.DataFrame) -> np.ndarray:
        """Log-odds of each row."""
        design = _design(frame, self.columns)
        total = np.full(design.shape[0], self.baseline)
        for start in self.starts:
            place = np.full(design.shape[0], start)
            going = ~self.nodes["leaf"][place].astype(bool)
            while going.any():
                at = place[going]
                value = design[going, self.nodes["feature"][at]]
                left = np.where(
                    np.isnan(value), self.nodes["missing_left"][at].astype(bool), value <= self.nodes["threshold"][at]
                )
                place[going] = start + np.where(left, self.nodes["left"][at], self.nodes["right"][at])
                going = ~self.nodes["leaf"][place].astype(bool)
            total += self.nodes["value"][place]
        return total

    def arrays(self) -> dict[str, np.ndarray]:
        """What ``from_arrays`` reads back; plain numbers and texts."""
        return {
            **{f"node_{name}": self.nodes[name] for name in FIELDS},
            "starts": self.starts,
            "baseline": np.array([self.baseline]),
            "column_feature": np.array([code for code, _ in self.columns], dtype=np.str_),
            "column_category": np.array([category or "" for _, category in self.columns], dtype=np.str_),
            "column_is_category": np.array([category is not None for _, category in self.columns]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Any]) -> Challenger:
        """From what ``arrays`` gave."""
        columns = tuple(
            (str(code), str(category) if is_category else None)
            for code, category, is_category in zip(
                arrays["column_feature"], arrays["column_category"], arrays["column_is_category"], strict=True
            )
        )
        return cls(
            columns, arrays["starts"], {name: arrays[f"node_{name}"] for name in FIELDS}, float(arrays["baseline"][0])
        )


def fit(rows: Rows, aims: Mapping[str, Aim], policy: Policy) -> Challenger:
    """Learn the trees on the visits of the training months."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    columns: list[tuple[str, str | None]] = []
    for code in rows.features:
        if rows.frame[code].dtype.is_numeric():
            columns.append((code, None))
        else:
            columns += [(code, name) for name in sorted(rows.frame[code].drop_nulls().unique())]
    label, weight = rows.arrays()
    given = policy.challenger
    model = HistGradientBoostingClassifier(
        max_iter=given.trees,
        max_leaf_nodes=given.leaves,
        learning_rate=given.rate,
        min_samples_leaf=given.least_leaf,
        l2_regularization=given.ridge,
        max_features=given.share_of_features,
        monotonic_cst=[SIGNS[aims[code].direction] if name is None else 0 for code, name in columns],
        early_stopping=False,
        random_state=given.seed,
    ).fit(_design(rows.frame, columns), label, sample_weight=weight)
    trees = [stage[0].nodes for stage in model._predictors]
    joined = np.concatenate(trees)
    starts = np.cumsum([0, *(len(tree) for tree in trees[:-1])]) if trees else np.zeros(0)
    nodes: dict[str, np.ndarray] = {
        name: np.asarray(joined[source]).astype(np.float64 if name in ("threshold", "value") else np.int64)
        for name, source in FIELDS.items()
    }
    return Challenger(tuple(columns), starts.astype(np.int64), nodes, float(np.ravel(model._baseline_prediction)[0]))


def _design(frame: pl.DataFrame, columns: Columns) -> np.ndarray:
    parts = [
        frame[code].cast(pl.Float64).fill_null(float("nan")).to_numpy()
        if name is None
        else (frame[code].cast(pl.String) == name).fill_null(value=False).cast(pl.Float64).to_numpy()
        for code, name in columns
    ]
    return np.column_stack(parts) if parts else np.zeros((frame.height, 0))
