"""Learning a model from labelled texts, and how well it does on texts that it has not seen.

Belongs here: splits, logistic regression, calibration, measures. Does not belong here: files (``labels``, ``model``).

Every choice is made inside the training part: the strength of regularization on its own later fifth, the calibration on
folds of it. The held-out part is used once, to say how well the model does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy import sparse

from orchestration.evaluation.measures import Estimate, MeasureError, auc, wilson
from orchestration.web.grams import codes, grams
from orchestration.web.judge.features import occurrences, rarity, seen, weighted
from orchestration.web.judge.labels import Labelled
from orchestration.web.judge.model import KNOWN, Head, Model

STRENGTHS = (1.0, 4.0, 16.0)
"""Inverse regularization strengths that are tried."""
HELD_OUT = 0.2
FOLDS = 3

Say = Callable[[str], None]


@dataclass(frozen=True)
class Figures:
    """How well a model does on labelled texts.

    Attributes:
        texts: labelled texts measured on.
        negative_texts: how many of them are negative.
        auc: AUC for negative, 0 to 1, with its 95 % interval.
        unrepeated: the same without texts that also stand in the training part; None where none does.
        repeated_texts: texts that also stand in the training part.
        precision: share truly negative among those with a probability of at least 0.5; None where there are none.
        recall: share of the negative ones with a probability of at least 0.5; None where there are none.
        brier: mean squared error of the probability of negative.
        topic_right: share of texts whose likeliest topic is right; None where topics are not known.
    """

    texts: int
    negative_texts: int
    auc: Estimate
    unrepeated: Estimate | None
    repeated_texts: int
    precision: Estimate | None
    recall: Estimate | None
    brier: float
    topic_right: Estimate | None

    def told(self) -> dict[str, Any]:
        """The same as plain values, rounded to five digits, for a card."""
        return _rounded(asdict(self))


@dataclass(frozen=True)
class Trained:
    """A model learnt from all rows, and the figures of one learnt from the training part only."""

    model: Model
    figures: Figures
    split: str
    strength: float


def train(labelled: Labelled, say: Say = print) -> Trained:
    """Learn a model.

    Held out is the last fifth of days, or without days a fifth by the hash of the text, so that repeated texts fall on
    one side. The figures are those of a model that has not seen it; the model returned has learnt from all rows.

    Raises:
        MeasureError: the held-out part has negative texts only, or none.
    """
    early, late, split = divide(labelled)
    say(f"{labelled.source}: {early.height:,} texts to learn from, {late.height:,} held out ({split})")
    strength = _choose(labelled, early, say)
    figures = measure(fit(early, labelled.has_topics, strength, by_text(early)), late, early["key"])
    say(
        f"AUC for negative on held-out texts: {figures.auc.value:.4f} ({figures.auc.lower:.4f}-{figures.auc.upper:.4f})"
    )
    model = fit(labelled.frame, labelled.has_topics, strength, by_text(labelled.frame))
    return Trained(model, figures, split, strength)


def divide(labelled: Labelled) -> tuple[pl.DataFrame, pl.DataFrame, str]:
    """Rows to learn from, rows held out, and the split in words."""
    early, late = _divided(labelled.frame, labelled.has_days)
    if not labelled.has_days:
        return early, late, "a fifth, by the hash of the text"
    return early, late, f"from {late['day'].min()!s} on, by time"


def _divided(frame: pl.DataFrame, by_day: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    if by_day:
        first = frame["day"].sort()[min(int((1 - HELD_OUT) * frame.height), frame.height - 1)]
        return frame.filter(pl.col("day") < first), frame.filter(pl.col("day") >= first)
    place = _fold(frame, 10)
    return frame.filter(place >= 2), frame.filter(place < 2)


def _fold(frame: pl.DataFrame, folds: int) -> pl.Series:
    """Fold of each row by its text; equal texts share a fold on every machine."""
    given = codes(frame["key"])
    hashes, offsets = grams(given, 1)
    place = np.arange(len(hashes)) - np.repeat(offsets[:-1], np.diff(offsets)) + 1
    total = np.add.reduceat(np.append(hashes * place.astype(np.uint64), np.uint64(0)), offsets[:-1])
    return pl.Series((total >> np.uint64(32)).astype(np.int64) % folds)


def _choose(labelled: Labelled, early: pl.DataFrame, say: Say) -> float:
    """The strength with the best AUC on the later fifth of the training part; the strongest of equals."""
    first, second = _divided(early, labelled.has_days)
    results = []
    for strength in STRENGTHS:
        try:
            results.append(measure(fit(first, False, strength, Plan(None)), second).auc.value)
        except (MeasureError, ValueError):
            return STRENGTHS[1]  # too small to try: one label is missing in one of the parts
    say(
        "inside the training part: "
        + ", ".join(f"C {s:g} AUC {r:.4f}" for s, r in zip(STRENGTHS, results, strict=True))
    )
    return STRENGTHS[int(np.argmax(np.round(results, 4)))]


@dataclass(frozen=True)
class Plan:
    """Which rows are learnt from, and which are left out together to calibrate.

    Attributes:
        folds: fold of each row; margins for the calibration come from models that have not seen the row's fold. None:
            no calibration, so that margins only rank.
        learn: rows that weights and calibration are learnt from; the others only stand in for them when a fold is left
            out. None: all.
    """

    folds: np.ndarray | None
    learn: np.ndarray | None = None


def by_text(frame: pl.DataFrame) -> Plan:
    """Learn from all rows; equal texts are left out together."""
    return Plan(_fold(frame, FOLDS).to_numpy())


def fit(frame: pl.DataFrame, topics: bool, strength: float, plan: Plan, name: str = "model") -> Model:
    """Learn from labelled rows.

    Args:
        frame: columns of ``Labelled.frame``.
        topics: whether to learn topics too.
        strength: inverse regularization strength.
        plan: rows to learn and to calibrate with.
        name: name of the model.
    """
    found = occurrences(seen(frame))
    learn = np.ones(frame.height, bool) if plan.learn is None else plan.learn
    rare = rarity(found[learn])
    rows = weighted(found, rare)
    heads = {}
    for head in KNOWN if topics else ("polarity",):
        labels = frame[head].to_numpy()
        classes = tuple(value for value in KNOWN[head] if value in set(labels))
        heads[head] = _head(rows, labels, classes, strength, Plan(plan.folds, learn))
    return Model(rare, heads, name)


def _head(rows: sparse.csr_matrix, labels: np.ndarray, classes: tuple[str, ...], strength: float, plan: Plan) -> Head:
    weights = np.zeros((rows.shape[1], len(classes)), np.float32)
    constants = np.array([[0.0], [1.0], [0.0]], np.float32).repeat(len(classes), axis=1)
    for place, value in enumerate(classes):
        is_it = labels == value
        weights[:, place], constants[0, place] = _line(rows[plan.learn], is_it[plan.learn], strength)
        constants[1:, place] = _calibration(rows, is_it, strength, plan)
    return Head(classes, weights, constants)


def _line(rows: sparse.csr_matrix, is_it: np.ndarray, strength: float) -> tuple[np.ndarray, float]:
    """Weights and intercept of one logistic regression; columns that no row has are left at zero."""
    from sklearn.linear_model import LogisticRegression

    used = np.unique(rows.indices)
    # No chance in this solver: the same rows give the same weights. Balanced, since negative texts are few.
    fitted = LogisticRegression(C=strength, solver="newton-cg", tol=1e-4, class_weight="balanced")
    fitted.fit(rows[:, used], is_it)
    weights = np.zeros(rows.shape[1], np.float32)
    weights[used] = fitted.coef_[0]
    return weights, float(fitted.intercept_[0])


def _calibration(rows: sparse.csr_matrix, is_it: np.ndarray, strength: float, plan: Plan) -> tuple[float, float]:
    """Slope and shift from margin to probability (Platt 1999), learnt on margins of rows left out of the fit.

    1 and 0 where the plan has no folds, or a fold has too few labels to learn from.
    """
    from sklearn.linear_model import LogisticRegression

    margins = np.zeros(len(is_it))
    known = np.zeros(len(is_it), bool)
    if plan.folds is None or plan.learn is None:
        return 1.0, 0.0
    for fold in np.unique(plan.folds):
        left_out = plan.folds == fold
        if (left_out & plan.learn).any() and len(np.unique(is_it[~left_out])) == 2:
            weights, intercept = _line(rows[~left_out], is_it[~left_out], strength)
            margins[left_out] = rows[left_out] @ weights + intercept
            known |= left_out & plan.learn
    if len(np.unique(is_it[known])) < 2:
        return 1.0, 0.0
    # Weak regularization, so that classes that are told apart without error do not give an endless slope.
    fitted = LogisticRegression(C=1.0).fit(margins[known, None], is_it[known])
    # A margin must never count against its own class, however odd the folds.
    return max(float(fitted.coef_[0, 0]), 0.05), float(fitted.intercept_[0])


def measure(model: Model, frame: pl.DataFrame, learnt: pl.Series | None = None) -> Figures:
    """How well a model does on labelled rows.

    Args:
        model: the model.
        frame: columns of ``Labelled.frame``.
        learnt: keys of the texts that the model has learnt from, to measure without them too.

    Raises:
        MeasureError: the rows are all negative, or none is.
    """
    said = model.judge(frame)
    is_bad = frame["polarity"] == "-1"
    scored = pl.DataFrame({"score": said["negative"], "outcome": is_bad})
    repeated = frame["key"].is_in(learnt.implode()) if learnt is not None else is_bad & False
    called = scored["score"] >= 0.5
    hits = int((called & is_bad).sum())
    right = None
    if "topic" in model.heads and frame["topic"].null_count() == 0:
        classes = model.heads["topic"].classes
        likeliest = pl.Series(classes, dtype=pl.String).gather(said.select(classes).to_numpy().argmax(axis=1))
        right = wilson(int((likeliest == frame["topic"]).sum()), frame.height)
    return Figures(
        texts=frame.height,
        negative_texts=int(is_bad.sum()),
        auc=auc(scored),
        unrepeated=auc(scored.filter(~repeated)) if repeated.any() else None,
        repeated_texts=int(repeated.sum()),
        precision=wilson(hits, int(called.sum())) if called.any() else None,
        recall=wilson(hits, int(is_bad.sum())) if is_bad.any() else None,
        brier=float(((scored["score"] - is_bad.cast(pl.Float64)) ** 2).mean()),  # type: ignore[arg-type]
        topic_right=right,
    )


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    return round(value, 5) if isinstance(value, float) else value
