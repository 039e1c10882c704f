"""The model that comes with the platform, learnt only from texts that the project made itself.

Belongs here: making it anew by one command, and its card. Does not belong here: the texts (``simulation.web``).

Invented texts are put together from sentences, some hundred in all. Folds by text would show the model each sentence in
training; so the sentences are in two sides, and every figure and probability is about sentences of the other side.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from orchestration.simulation.web.labelled import labelled_texts
from orchestration.web.judge.labels import key
from orchestration.web.judge.model import Model, load, save
from orchestration.web.judge.train import Figures, Plan, fit, measure

SEED = 20_211_101
TEXTS = 4_000
"""Texts of each side."""
STRENGTH = 4.0
"""Inverse regularization strength; not chosen by the figures of the card."""
NOT_GOOD_FOR = (
    "Real pages. It has learnt from invented texts made of some hundred sentences; on real headlines it ranks hardly "
    "better than chance and worse than a list of words (docs/judge.md). Train a model on texts of your own before its "
    "judgements count. In the demo it reads the sentences that it has learnt from: it shows the walk, not its skill."
)


@dataclass(frozen=True)
class Shipped:
    """A model made from invented texts.

    Attributes:
        model: learnt from both sides.
        figures: of a model of one side, on the other.
        card: what stands in ``card.json``.
    """

    model: Model
    figures: Figures
    card: dict[str, Any]


def invented(texts: int = TEXTS) -> tuple[pl.DataFrame, np.ndarray]:
    """Labelled rows as ``Labelled.frame`` has them, and the side of the sentences (0 or 1) of each."""
    sides = [labelled_texts(SEED + side, texts, split) for side, split in enumerate(("train", "test"))]
    parts = pl.col("text").str.splitn("\n", 2).struct
    frame = (
        pl.concat(sides)
        .with_columns(title=parts[0], text=parts[1], day=pl.lit(None, pl.Date))
        .with_columns(key=key())
        .select("title", "text", "polarity", "topic", "day", "key")
    )
    return frame, np.repeat([0, 1], [part.height for part in sides])


def make(texts: int = TEXTS, say: Callable[[str], None] = print) -> Shipped:
    """Make the model; the same number of texts gives the same model."""
    frame, side = invented(texts)
    say(f"{frame.height:,} invented texts in two sides of sentences")
    # Weights from the first side; its probabilities calibrated with a model of the other; measured on the other.
    one = fit(frame, True, STRENGTH, Plan(side, side == 0))
    figures = measure(one, frame.filter(pl.Series(side == 1)))
    say(f"AUC for negative on sentences not seen: {figures.auc.value:.3f}")
    model = fit(frame, True, STRENGTH, Plan(side))
    card = {
        "trained_on": "texts invented by orchestration/simulation/web, none of them from a real page",
        "rows": frame.height,
        "seed": SEED,
        "command": "python -m orchestration.web.judge ship",
        "classes": {name: list(head.classes) for name, head in model.heads.items()},
        "figures_are_of": "a model of one side of the sentences on texts made of the other side",
        "figures": figures.told(),
        "not_good_for": NOT_GOOD_FOR,
    }
    return Shipped(model, figures, card)


def ship(folder: Path, say: Callable[[str], None] = print) -> Model:
    """Make the model and write it into ``folder``; the model as it was written."""
    made = make(say=say)
    path = save(made.model, folder, made.card)
    say(f"written to {path} ({path.stat().st_size:,} bytes)")
    return load(folder)
