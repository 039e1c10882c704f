"""A trained model: its numbers, its file and what it says on texts.

Belongs here: probabilities from weights, writing and reading ``model.npz`` and ``card.json``.
Does not belong here: how weights are learnt (``train``), which model is in force (``policy``).

The file holds plain arrays (no pickle), so that reading a model cannot run code.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.features import BUCKETS, occurrences, seen, weighted

TOPICS = ("NEWS", "COMPLAINT", "AD", "TRADE", "RECRUIT", "COURT")
POLARITIES = ("-1", "0", "1")
KNOWN: Mapping[str, tuple[str, ...]] = {"polarity": POLARITIES, "topic": TOPICS}
"""What a head may tell apart."""
FORMAT = 1
"""Version of features and file; a model of another one is refused."""
BATCH = 1024
"""Texts per batch: their runs stay in the cache of the processor, and memory is bounded."""


@dataclass(frozen=True)
class Head:
    """One question that the model answers, by one logistic regression per class.

    Attributes:
        classes: the possible answers.
        weights: float32, buckets x classes.
        constants: float32, 3 x classes: intercept; slope and shift that turn the margin into a probability.
    """

    classes: tuple[str, ...]
    weights: np.ndarray
    constants: np.ndarray

    def probabilities(self, rows: Any) -> np.ndarray:
        """Probability of each class (texts x classes, float64); every row adds up to 1."""
        margins = (rows @ self.weights + self.constants[0]).astype(np.float64)
        alone = 1.0 / (1.0 + np.exp(-(self.constants[1] * margins + self.constants[2])))
        return alone / alone.sum(axis=1, keepdims=True)


@dataclass(frozen=True)
class Model:
    """Everything that is needed to judge a text.

    Attributes:
        rare: float32, rarity of every bucket.
        heads: ``polarity`` and, if topics were labelled, ``topic``.
        name: name with the first 12 hex digits of the sha256 of the file; the bare name before it is saved.
    """

    rare: np.ndarray
    heads: Mapping[str, Head]
    name: str

    def judge(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the model says.

        Args:
            frame: columns ``title`` and ``text``.

        Returns:
            One row per text, in order: ``negative`` (probability, 0 to 1), ``polarity`` and, where the model knows
            topics, one column per topic with its share of the probability, adding up to 1.
        """
        parts = [self._batch(frame.slice(first, BATCH)) for first in range(0, max(frame.height, 1), BATCH)]
        return pl.concat(parts)

    def _batch(self, frame: pl.DataFrame) -> pl.DataFrame:
        rows = weighted(occurrences(seen(frame)), self.rare)
        said: dict[str, Any] = {}
        head = self.heads["polarity"]
        chances = head.probabilities(rows)
        bad = head.classes.index("-1")
        others = [place for place in range(len(head.classes)) if place != bad]
        best = np.array(others)[np.argmax(chances[:, others], axis=1)]
        place = np.where(chances[:, bad] >= 0.5, bad, best)
        said["negative"] = chances[:, bad]
        said["polarity"] = pl.Series(head.classes, dtype=pl.String).gather(place)
        if topics := self.heads.get("topic"):
            chances = topics.probabilities(rows)
            said |= {name: chances[:, index] for index, name in enumerate(topics.classes)}
        return pl.DataFrame(said)


def save(model: Model, folder: Path, card: Mapping[str, Any]) -> Path:
    """Write ``model.npz`` and ``card.json`` into ``folder``; buckets that were not learnt are not written.

    Weights are kept with 16 bits; the same numbers give the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    used = np.flatnonzero(model.rare)
    arrays: dict[str, np.ndarray] = {
        "format": np.array([FORMAT, BUCKETS], np.int64),
        "buckets": used.astype(np.int32),
        "rare": model.rare[used].astype(np.float16),
    }
    for name, head in model.heads.items():
        arrays[f"{name}_classes"] = np.array(head.classes, dtype="U16")
        arrays[f"{name}_weights"] = head.weights[used].astype(np.float16)
        arrays[f"{name}_constants"] = head.constants.astype(np.float32)
    path = folder / "model.npz"
    np.savez_compressed(path, **arrays)  # type: ignore[arg-type]
    told = {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "bytes": path.stat().st_size} | dict(card)
    text = json.dumps(told, ensure_ascii=False, indent=2, default=str) + "\n"
    (folder / "card.json").write_text(text, encoding="utf-8")
    return path


def read_card(folder: Path) -> dict[str, Any]:
    """The card of a model: what it was trained on and how well it did.

    Raises:
        JudgeError: there is none, or it is no JSON object.
    """
    path = folder / "card.json"
    try:
        card = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise JudgeError(f"{path}: no card of a model can be read ({error}); train the model anew.") from error
    if not isinstance(card, dict):
        raise JudgeError(f"{path}: is not a JSON object; train the model anew.")
    return card


def load(folder: Path) -> Model:
    """Read a model and hold it against its card.

    Raises:
        JudgeError: a file is missing, altered since the card was written, or of another format.
    """
    path = folder / "model.npz"
    card = read_card(folder)
    if not path.is_file():
        raise JudgeError(f"{path}: is missing; train the model or name another one in judge.yml.")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != card.get("sha256"):
        raise JudgeError(f"{path}: is not the file that its card describes (sha256 differs); train the model anew.")
    try:
        with np.load(path, allow_pickle=False) as stored:
            return _read(stored, f"{folder.name}-{digest[:12]}", path)
    except (KeyError, ValueError, OSError, zipfile.BadZipFile) as error:
        raise JudgeError(f"{path}: cannot be read as a model ({error}); train the model anew.") from error


def _read(stored: Any, name: str, path: Path) -> Model:
    if stored["format"].tolist() != [FORMAT, BUCKETS]:
        raise JudgeError(f"{path}: was made by another version of this program; train the model anew.")
    used = stored["buckets"]
    rare = np.zeros(BUCKETS, np.float32)
    rare[used] = stored["rare"]
    heads = {}
    for head in KNOWN:
        if f"{head}_classes" in stored:
            classes = tuple(str(value) for value in stored[f"{head}_classes"])
            weights = np.zeros((BUCKETS, len(classes)), np.float32)
            weights[used] = stored[f"{head}_weights"]
            heads[head] = Head(classes, weights, stored[f"{head}_constants"])
    return Model(rare, heads, name)
