"""``python -m orchestration.evaluation <folder>``: the study of the jurisdiction in force.

Belongs here: the command line. Does not belong here: what it prints.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from orchestration.evaluation.measures import MeasureError
from orchestration.evaluation.report import text, write
from orchestration.evaluation.study import StudyError, run_study
from orchestration.settings import Settings, SettingsError


def main(arguments: list[str] | None = None) -> int:
    """Print the study and write it under ``ECR_HOME/study``; an error is one sentence and exit status 1."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.evaluation", description="Classes beside outcomes.")
    parser.add_argument("folder", type=Path, help="folder with the file of outcomes named in jurisdiction.yml")
    folder = parser.parse_args(arguments).folder
    try:
        settings = Settings.from_env()
        study = run_study(settings, folder)
    except (StudyError, MeasureError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(text(study))
    print(f"\nWritten to {write(settings, study)}: study.json, by_class.csv, rows.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
