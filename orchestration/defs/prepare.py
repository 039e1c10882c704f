"""The Dagster instance: ``DAGSTER_HOME`` under ``ECR_HOME``.

Belongs here: making the folder and its ``dagster.yaml`` from the project's template.
Does not belong here: anything that runs.

``python -m orchestration.defs.prepare`` prints the folder, for ``export DAGSTER_HOME=$(...)``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.settings import PROJECT, Settings, SettingsError

TEMPLATE = PROJECT / "dagster.yaml"


def prepare_home(settings: Settings) -> Path:
    """Make DAGSTER_HOME, copy the template into it where it differs, and point this process at it."""
    home = settings.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    target, wanted = home / "dagster.yaml", TEMPLATE.read_text(encoding="utf-8").replace("{dagster_home}", str(home))
    if not target.exists() or target.read_text(encoding="utf-8") != wanted:
        scratch = home / f".dagster-{os.getpid()}.yaml"
        scratch.write_text(wanted, encoding="utf-8")
        scratch.replace(target)
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    return home


if __name__ == "__main__":
    try:
        print(prepare_home(Settings.from_env()))
    except SettingsError as error:
        sys.exit(str(error))
