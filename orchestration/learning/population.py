"""Measures of a ranking for all enterprises: each visit counts for as many as it stands for.

Belongs here: AUC and riskier half with weights. Does not belong here: the same for visits as they were made
(``orchestration.evaluation.measures``), where weights come from (``rows``).

With weights all alike each is what the measure without weights is, ties shared in the same way.
"""

from __future__ import annotations

import math

import numpy as np

from orchestration.evaluation.measures import Z95, Estimate, MeasureError


def auc(score: np.ndarray, label: np.ndarray, weight: np.ndarray) -> Estimate:
    """Probability that an enterprise with a finding scores above one without, ties counting half, with 95 % interval.

    Args:
        score: higher is riskier.
        label: 0 or 1.
        weight: how many each visit stands for, up to a factor.

    Raises:
        MeasureError: all visits have the same outcome.
    """
    found = label > 0
    if found.all() or not found.any():
        raise MeasureError(f"AUC needs visits of both outcomes, but all {label.size} are alike; choose other visits.")
    above = _share_below(score[found], score[~found], weight[~found])
    below = 1 - _share_below(score[~found], score[found], weight[found])
    value = float(np.average(above, weights=weight[found]))
    reach = Z95 * math.sqrt(_variance(above, weight[found], value) + _variance(below, weight[~found], value))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach))


def _share_below(score: np.ndarray, others: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """For each score the weight of the others below it, and half of those equal, as a share."""
    order = np.argsort(others)
    reached = np.concatenate([[0.0], np.cumsum(weight[order])])
    low, high = (np.searchsorted(others[order], score, side) for side in ("left", "right"))  # type: ignore[call-overload]
    return np.asarray((reached[low] + reached[high]) / 2 / reached[-1])


def _variance(values: np.ndarray, weight: np.ndarray, mean: float) -> float:
    """Of a weighted mean of independent values (DeLong's parts, with weights)."""
    if values.size < 2:
        return 0.0
    share = weight / weight.sum()
    return float((share * share * (values - mean) ** 2).sum() * values.size / (values.size - 1))


def riskier_half(score: np.ndarray, label: np.ndarray, weight: np.ndarray) -> float:
    """Share of the enterprises with a finding that lie in the half of all enterprises with the highest scores.

    Args: as for ``auc``.

    Raises:
        MeasureError: nothing was found.
    """
    if not label.any():
        raise MeasureError(f"The riskier half has no value: none of the {label.size} visits found something.")
    values, place = np.unique(-score, return_inverse=True)
    mass, found = np.bincount(place, weight, values.size), np.bincount(place, weight * label, values.size)
    before = np.cumsum(mass) - mass
    inside = ((weight.sum() / 2 - before) / mass).clip(0, 1)
    return float((inside * found).sum() / found.sum())
