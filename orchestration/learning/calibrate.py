"""From a score to the rate with which visits find something, on months the model was not trained on.

Belongs here: the curve (Platt's or isotonic), reliability, Brier score and calibration error with intervals.
Does not belong here: ranking (``orchestration.evaluation.measures``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from orchestration.effect.intervals import cell
from orchestration.evaluation.measures import Estimate
from orchestration.learning.policy import LearningError

ISOTONIC_FROM = 1000
"""Positives from which the curve may have any rising shape; fewer would make steps out of chance (Niculescu-Mizil and
Caruana 2005)."""
DRAWS = 200
"""Resamples for an interval."""


@dataclass(frozen=True)
class Curve:
    """Rising curve from scores to rates.

    Attributes:
        kind: ``platt`` or ``isotonic``.
        scores: knots, ascending; for ``platt`` slope and intercept.
        rates: rates at the knots; empty for ``platt``.
    """

    kind: str
    scores: tuple[float, ...]
    rates: tuple[float, ...] = ()

    def rate(self, score: np.ndarray) -> np.ndarray:
        """Rates of scores, 0 to 1."""
        if self.kind == "platt":
            slope, intercept = self.scores
            return 1 / (1 + np.exp(-(slope * score + intercept)))
        return np.interp(score, self.scores, self.rates)

    def as_dict(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Curve:
        """From what ``as_dict`` gave."""
        return cls(str(content["kind"]), tuple(content["scores"]), tuple(content["rates"]))


@dataclass(frozen=True)
class Reliability:
    """One group of visits with rates near each other: what was predicted and what was found, both weighted.

    The interval is that of the effective number of visits (``orchestration.effect.intervals``).
    """

    visits: int
    predicted: float
    found: Estimate


@dataclass(frozen=True)
class Calibration:
    """How true the rates are, of all enterprises: weighted like the curve that gives them.

    Attributes:
        reliability: groups of about as many visits, lowest rate first.
        brier: mean squared difference of rate and outcome, with interval.
        error: expected calibration error: mean difference of predicted and found rate over the groups, with interval.
            Chance alone makes it greater than 0; ``by_chance`` says how great on average if every rate were true.
        by_chance: mean calibration error of outcomes thrown by the rates themselves.
    """

    reliability: list[Reliability]
    brier: Estimate
    error: Estimate
    by_chance: float


def fit_curve(score: np.ndarray, label: np.ndarray, weight: np.ndarray) -> Curve:
    """The curve from scores to rates, of held-out visits; isotonic where there are enough positives.

    Raises:
        LearningError: all outcomes are alike.
    """
    positives = label.sum()
    if not 0 < positives < label.size:
        raise LearningError(f"All {label.size} held-out visits have the same outcome; they cannot calibrate a score.")
    if positives >= ISOTONIC_FROM:
        from sklearn.isotonic import IsotonicRegression

        found = IsotonicRegression(out_of_bounds="clip", y_min=1e-4, y_max=1 - 1e-4).fit(score, label, weight)
        return Curve("isotonic", tuple(map(float, found.X_thresholds_)), tuple(map(float, found.y_thresholds_)))
    from sklearn.linear_model import LogisticRegression

    spread = float(score.std()) or 1.0
    # scores of hundreds of points and log-odds alike: fitted on one scale, next to no penalty
    model = LogisticRegression(C=1e4).fit((score / spread)[:, None], label, weight)
    return Curve("platt", (max(0.0, float(model.coef_[0, 0])) / spread, float(model.intercept_[0])))


def measure(rate: np.ndarray, label: np.ndarray, weight: np.ndarray, bins: int, seed: int = 0) -> Calibration:
    """Calibration of predicted rates against outcomes.

    Args:
        rate: predicted, 0 to 1.
        label: 0 or 1.
        weight: how many enterprises each visit stands for, up to a factor.
        bins: groups of about as many visits.
        seed: of the resamples for the intervals.
    """
    rng = np.random.default_rng(seed)
    groups = _groups(rate, bins)
    reliability = [
        Reliability(
            int(part.sum()),
            float(np.average(rate[part], weights=weight[part])),
            cell(weight[part], label[part]).rate,
        )
        for part in (groups == number for number in np.unique(groups))
    ]
    size = label.size
    samples = [rng.integers(0, size, size) for _ in range(DRAWS)]
    off = (rate - label) ** 2
    brier = [float(np.average(off[one], weights=weight[one])) for one in samples]
    error = [_error(rate[one], label[one], weight[one], groups[one]) for one in samples]
    chance = [_error(rate, (rng.random(size) < rate).astype(float), weight, groups) for _ in range(DRAWS)]
    return Calibration(
        reliability,
        _between(float(np.average(off, weights=weight)), brier),
        _between(_error(rate, label, weight, groups), error),
        float(np.mean(chance)),
    )


def _groups(rate: np.ndarray, bins: int) -> np.ndarray:
    cuts = np.unique(np.quantile(rate, np.linspace(0, 1, bins + 1)[1:-1]))
    return np.searchsorted(cuts, rate, side="right")


def _error(rate: np.ndarray, label: np.ndarray, weight: np.ndarray, groups: np.ndarray) -> float:
    off = np.abs(np.bincount(groups, weight * (rate - label)))
    return float(off.sum() / weight.sum())


def _between(value: float, draws: list[float]) -> Estimate:
    low, high = np.quantile(draws, [0.025, 0.975])
    return Estimate(value, min(value, float(low)), max(value, float(high)))
