"""``python -m orchestration.learning``: learn up to a month, list models, propose a catalogue, look for drift.

Belongs here: the command line. Does not belong here: what it prints.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from orchestration.catalogue import CatalogueError
from orchestration.evaluation.measures import MeasureError
from orchestration.lake import connect, missing_lake
from orchestration.learning.drift import drift
from orchestration.learning.drift import text as drift_text
from orchestration.learning.policy import LearningError
from orchestration.learning.proposal import propose
from orchestration.learning.registry import listed, load
from orchestration.learning.report import text
from orchestration.learning.train import CHALLENGER, SCORECARD, learn
from orchestration.risk.summary import UNDECIDED, newest_month
from orchestration.settings import Settings, SettingsError


def main(arguments: list[str] | None = None) -> int:
    """Do what is asked; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.learning", description="Learn from outcomes.")
    commands = parser.add_subparsers(dest="command", required=True)
    learned = commands.add_parser("learn", help="learn and register a scorecard and its challenger")
    learned.add_argument("month", nargs="?", help="YYYY-MM, up to which is learned; default the newest")
    commands.add_parser("models", help="list the registered models")
    watched = commands.add_parser(
        "drift", help="watch the months since the newest scorecard; exit status 3 on an alarm"
    )
    watched.add_argument("month", nargs="?", help="YYYY-MM, last month watched; default the newest")
    proposed = commands.add_parser("propose", help="write a candidate catalogue from a scorecard")
    proposed.add_argument("id", help="of the scorecard")
    proposed.add_argument("version", help="name of the candidate")
    given = parser.parse_args(arguments)
    try:
        return _run(Settings.from_env(), given)
    except (LearningError, CatalogueError, MeasureError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(settings: Settings, given: argparse.Namespace) -> int:
    if given.command == "models":
        for model in [*listed(settings, SCORECARD), *listed(settings, CHALLENGER)]:
            worth = model.card["worth"]
            print(
                f"{model.name:<10} {model.id}  {model.card['visits']:,} visits up to {model.card['month']}, "
                f"AUC {worth['auc']['value']:.3f}, half {worth['half']:.3f}{_of_all(worth)}"
            )
    elif given.command == "propose":
        folder, notes = propose(settings, load(settings, SCORECARD, given.id), given.version)
        print("\n".join([*notes, f"Written to {folder}; look at it with make shadow V={given.version}."]))
    elif given.command == "drift":
        report = drift(settings, given.month or _newest(settings))
        print(drift_text(report))
        return 3 if report.alarms(report.months[-1]) else 0
    else:
        print(text(learn(settings, given.month or _newest(settings))))
    return 0


def _of_all(worth: dict[str, Any]) -> str:
    """Worth for all enterprises; a card of before it was told has none."""
    if "auc_of_all" not in worth:
        return ""
    return f"; of all enterprises {worth['auc_of_all']['value']:.3f}, {worth['half_of_all']:.3f}"


def _newest(settings: Settings) -> str:
    if missing := missing_lake(settings):
        raise LearningError(missing)
    with connect(settings, read_only=True) as connection:
        newest = newest_month(connection)
    if newest is None:
        raise LearningError(UNDECIDED)
    return newest


if __name__ == "__main__":
    sys.exit(main())
