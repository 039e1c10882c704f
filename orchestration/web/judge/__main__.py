"""``python -m orchestration.web.judge train|measure|ship``: a model from labelled texts, and how well it does.

Belongs here: the command line. Does not belong here: learning (``train``), the file of labels (``labels``).
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from orchestration.evaluation.measures import Estimate, MeasureError
from orchestration.settings import Settings, SettingsError
from orchestration.table import render
from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.labels import LEAST_ROWS, Columns, Labelled, read_labels
from orchestration.web.judge.model import load, save
from orchestration.web.judge.policy import judge_period, model_folder
from orchestration.web.judge.ship import ship
from orchestration.web.judge.train import Figures, measure, train
from orchestration.web.periods import PeriodError

SHIPPED = "invented_1"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; an error is one sentence and exit status 1."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "train":
            _given(given.labels, given.out)
            _train(read_labels(Path(given.labels), _columns(given)), _free(Path(given.out)))
        elif given.command == "measure":
            _given(given.labels)
            _measure(read_labels(Path(given.labels), _columns(given), learn=False), given.model, given.month)
        else:
            ship(given.out or Settings.from_env().canonical / "web" / "models" / SHIPPED)
    except (JudgeError, MeasureError, PeriodError, SettingsError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m orchestration.web.judge", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="learn a model from labelled texts")
    training.add_argument("--out", default="", help="folder for model.npz and card.json; required")
    measuring = commands.add_parser("measure", help="hold a model against labelled texts")
    measuring.add_argument("--model", type=Path, help="folder of the model; default: the one in force in --month")
    measuring.add_argument("--month", default=f"{date.today():%Y-%m}", help="month, YYYY-MM; default: this one")
    for command in (training, measuring):
        command.add_argument("labels", nargs="?", default="", help="CSV with polarity, title or text, perhaps topic")
        command.add_argument("--time-column", help="column of days: hold out the last fifth of them")
        command.add_argument("--polarity-column", default="polarity")
        command.add_argument("--topic-column", default="topic")
        command.add_argument("--title-column", default="title")
        command.add_argument("--text-column", default="text")
        command.add_argument("--negative", help="label that stands for -1, for example 0")
        command.add_argument("--positive", help="label that stands for 1")
    shipping = commands.add_parser("ship", help="make the model that comes with the platform anew")
    shipping.add_argument("--out", type=Path, help="folder; default: where the platform has it")
    return parser


def _given(labels: str, out: str | None = None) -> None:
    """Refuse what is left out; the targets of ``make`` pass an empty text for it."""
    if not labels.strip():
        raise JudgeError("Say which file holds the labelled texts: LABELS=<file.csv> with make, else as an argument.")
    if out is not None and not out.strip():
        raise JudgeError(
            "Say where the model goes: OUT=data/web/models/<name> with make, --out data/web/models/<name> else."
        )


def _free(folder: Path) -> Path:
    """The folder, refused before anything is learnt where a model could not be written or would be replaced."""
    if folder.exists() and not folder.is_dir():
        raise JudgeError(f"{folder}: is a file; name a folder for the model.")
    if any((folder / name).exists() for name in ("model.npz", "card.json")):
        raise JudgeError(f"{folder}: holds a model already, which months may rest on; name another folder.")
    return folder


def _columns(given: argparse.Namespace) -> Columns:
    spelled = ((given.negative, "-1"), (given.positive, "1"))
    return Columns(
        polarity=given.polarity_column,
        topic=given.topic_column,
        title=given.title_column,
        text=given.text_column,
        day=given.time_column,
        spellings={label.strip().lower(): meaning for label, meaning in spelled if label is not None},
    )


def _train(labelled: Labelled, folder: Path) -> None:
    trained = train(labelled)
    card = {
        "trained_on": labelled.source,
        "trained_on_sha256": labelled.sha256,
        "trained_at": f"{date.today():%Y-%m-%d}",
        "rows": labelled.frame.height,
        "labels": {
            name: dict(sorted(labelled.frame[name].value_counts().iter_rows()))
            for name in ("polarity", *(["topic"] if labelled.has_topics else []))
        },
        "strength": trained.strength,
        "figures_are_of": f"a model of the other rows on those held out ({trained.split}); this one knows all",
        "figures": trained.figures.told(),
        "not_good_for": "Texts of another kind, time or length than those it was trained on; measure it on such first.",
    }
    path = save(trained.model, folder, card)
    print(table(trained.figures))
    print(f"\nWritten to {path}. {_next(folder)}")


def _next(folder: Path) -> str:
    """What is left to do before the model judges."""
    models = Settings.from_env().canonical / "web" / "models"
    period = f"add a period with model: {folder.resolve().name} to data/web/judge.yml."
    if folder.resolve().parent == models.resolve():
        return f"To use it, {period}"
    return f"To use it, copy its folder to data/web/models and {period}"


def _measure(labelled: Labelled, folder: Path | None, month: str) -> None:
    settings = Settings.from_env()
    model = load(folder or model_folder(settings, judge_period(settings, month).model))
    print(f"{model.name} on {labelled.source}:")
    print(table(measure(model, labelled.frame)))
    if labelled.frame.height < LEAST_ROWS:
        print(f"\nOnly {labelled.frame.height} texts: the intervals are wide, {LEAST_ROWS} or more say more.")


def table(figures: Figures) -> str:
    """The figures for a terminal, with 95 % intervals."""

    def shown(estimate: Estimate | None) -> str:
        if estimate is None:
            return "-"
        return f"{estimate.value:.4f} ({estimate.lower:.4f}-{estimate.upper:.4f})"

    rows = [
        ("texts, negative among them", f"{figures.texts:,}, {figures.negative_texts:,}"),
        ("AUC for negative", shown(figures.auc)),
        ("precision of negative from 0.5 on", shown(figures.precision)),
        ("recall of negative from 0.5 on", shown(figures.recall)),
        ("mean squared error of the probability", f"{figures.brier:.4f}"),
        ("topic right", shown(figures.topic_right)),
    ]
    if figures.unrepeated is not None:
        repeated = f"the same without {figures.repeated_texts:,} texts also trained on"
        rows.insert(2, (repeated, shown(figures.unrepeated)))
    return render(["measure", "value"], rows)


if __name__ == "__main__":
    sys.exit(main())
