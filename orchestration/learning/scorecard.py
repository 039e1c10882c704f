"""A scorecard: points for every band of every feature, learned together, whose sum is the score.

Belongs here: the fit, points, explaining one score. Does not belong here: bands (``bins``), time (``walk``).

A weighted logistic regression on the coded bands (``bins``). Each step of a feature whose direction the catalogue gives
is held at 0 or on its side of it, and a ridge penalty on the steps keeps few visits from making large ones. Months of
the visits have intercepts of their own while it is fitted, so that a season, or a campaign that finds more, is not
mistaken for what enterprises are; the score leaves them out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import minimize

from orchestration.learning.bins import Aim, Bands, choose
from orchestration.learning.policy import LearningError, Policy
from orchestration.learning.rows import Rows

MONTH_RIDGE = 1e-3
"""Penalty on the intercept of a month, as a part of that on a step: next to none."""
STEPS = 300
"""Most steps of the search; it ends far before."""
TENTHS = 10


@dataclass(frozen=True)
class Scorecard:
    """A fitted scorecard.

    Attributes:
        bands: one per feature.
        worths: feature -> worth of each of its bands as log-odds, in the order of ``Bands.worths``.
        intercept: log-odds of all visits where every worth is 0, on the mean of the months.
        scale: points for log-odds of 1.
    """

    bands: tuple[Bands, ...]
    worths: dict[str, tuple[float, ...]]
    intercept: float
    scale: float

    @property
    def features(self) -> list[str]:
        """Codes of its features."""
        return [one.code for one in self.bands]

    def points(self) -> dict[str, tuple[int, ...]]:
        """Feature -> whole points of each band, the least of them 0."""
        return {
            code: tuple(round(self.scale * (worth - min(worths))) for worth in worths)
            for code, worths in self.worths.items()
        }

    def given(self) -> dict[str, tuple[int, ...]]:
        """Feature -> whole points of each band as a catalogue can give them, which gives none to what is unknown.

        Where the unknown has points of its own, those of the other bands are counted from there, none below 0. Where
        it was too rare for that, the others stay as they are.
        """
        known = {one.code: one.unknown for one in self.bands}
        return {
            code: (*(max(0, value - points[-1]) for value in points[:-1]), 0) if known[code] else points
            for code, points in self.points().items()
        }

    def band_of(self, code: str, frame: pl.DataFrame) -> np.ndarray:
        """Place of each row's band of a feature in the list of its worths."""
        return next(one for one in self.bands if one.code == code).place(frame[code])

    def parts(self, frame: pl.DataFrame) -> dict[str, np.ndarray]:
        """Feature -> whole points of each row; they add up to ``score``."""
        points = self.points()
        return {one.code: np.asarray(points[one.code])[one.place(frame[one.code])] for one in self.bands}

    def score(self, frame: pl.DataFrame) -> np.ndarray:
        """Sum of whole points of each row."""
        parts = self.parts(frame)
        return np.sum(list(parts.values()), axis=0).astype(float) if parts else np.zeros(frame.height)

    def given_score(self, frame: pl.DataFrame) -> np.ndarray:
        """Sum of whole points of each row as the candidate catalogue gives them (``given``); 0 for an unknown value."""
        given = self.given()
        total = np.zeros(frame.height)
        for one in self.bands:
            values = frame[one.code]
            points = np.asarray(given[one.code])[one.place(values)]
            total += np.where(values.is_null().to_numpy(), 0, points)
        return total

    def log_odds(self, frame: pl.DataFrame) -> np.ndarray:
        """The score before rounding, as log-odds without the intercept: comparable between scorecards."""
        parts = [np.asarray(self.worths[one.code])[one.place(frame[one.code])] for one in self.bands]
        return np.sum(parts, axis=0) if parts else np.zeros(frame.height)

    def as_dict(self) -> dict[str, Any]:
        """For a file; ``from_dict`` reads it back."""
        return {
            "bands": [one.as_dict() for one in self.bands],
            "worths": {code: list(worths) for code, worths in self.worths.items()},
            "intercept": self.intercept,
            "scale": self.scale,
        }

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Scorecard:
        """From what ``as_dict`` gave."""
        return cls(
            tuple(Bands.from_dict(one) for one in content["bands"]),
            {code: tuple(worths) for code, worths in content["worths"].items()},
            float(content["intercept"]),
            float(content["scale"]),
        )


def fit(rows: Rows, aims: Mapping[str, Aim], policy: Policy, most_points: float = 1000.0) -> Scorecard:
    """Learn a scorecard.

    Args:
        rows: visits of the training months.
        aims: feature -> where its values point, as in the catalogue.
        policy: bands and penalty.
        most_points: highest score possible; sets the scale.

    Raises:
        LearningError: the visits are all alike, or the search did not end.
    """
    label, weight = rows.arrays()
    if not 0 < label.sum() < label.size:
        raise LearningError(f"All {label.size} visits have the same outcome; nothing can be learned from them.")
    bands = tuple(
        choose(
            rows.frame[code], weight, aims[code], numeric=rows.frame[code].dtype.is_numeric(),
            most=policy.bands, least_share=policy.least_share, least_rows=policy.least_rows,
        )
        for code in rows.features
    )  # fmt: skip
    coded = [one.coded(rows.frame[one.code]) for one in bands]
    months = rows.months
    season = (rows.frame["visit_month"].to_numpy()[:, None] == np.asarray(months)[None, :]).astype(float)
    signs = [sign for one in bands for sign in one.signs]
    steps, intercepts = _search(np.column_stack([*coded, season]), (label, weight), signs, len(months), policy.ridge)
    worths: dict[str, tuple[float, ...]] = {}
    at = 0
    for one, block in zip(bands, coded, strict=True):
        worths[one.code] = tuple(one.worths(steps[at : at + block.shape[1]].tolist()))
        at += block.shape[1]
    reach = sum(max(values) - min(values) for values in worths.values())
    shares = (season * weight[:, None]).sum(axis=0) / weight.sum()
    return Scorecard(bands, worths, float(shares @ intercepts), most_points / reach if reach > 0 else 0.0)


def tenths(score: np.ndarray) -> list[float]:
    """Scores that part these into tenths, ascending; fewer where many are the same."""
    return list(map(float, np.unique(np.quantile(score, np.arange(1, TENTHS) / TENTHS))))


def _search(
    design: np.ndarray, outcome: tuple[np.ndarray, np.ndarray], signs: Sequence[int], months: int, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Steps and intercepts of the months that minimise the penalised, weighted log loss."""
    label, weight = outcome
    size = design.shape[1] - months
    penalty = ridge * np.concatenate([np.ones(size), np.full(months, MONTH_RIDGE)])

    def loss(beta: np.ndarray) -> tuple[float, np.ndarray]:
        odds = design @ beta
        residual = weight * (1 / (1 + np.exp(-odds)) - label)
        value = float((weight * (np.logaddexp(0, odds) - label * odds)).sum() + 0.5 * (penalty * beta * beta).sum())
        return value, design.T @ residual + penalty * beta

    bounds = [{1: (0.0, None), -1: (None, 0.0), 0: (None, None)}[sign] for sign in signs] + [(None, None)] * months
    mean = float(np.average(label, weights=weight))
    start = np.concatenate([np.zeros(size), np.full(months, np.log(mean / (1 - mean)))])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": STEPS})
    if not np.all(np.isfinite(found.x)):
        raise LearningError("The search for points did not end in numbers; look for a feature with infinite values.")
    return found.x[:size], found.x[size:]
