"""The Dagster instance: ``DAGSTER_HOME`` under ``ECR_HOME``.

Belongs here: making the folder and its ``dagster.yaml`` from the project's template.
Does not belong here: anything that runs.

``python -m orchestration.defs.prepare`` prints the folder, for ``export DAGSTER_HOME=$(...)``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestration.feeds.contract import ContractError, all_feeds, load_contract
from orchestration.settings import PROJECT, Settings, SettingsError
from orchestration.web.sources import SourceError, load_sources

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


def main() -> str:
    """Prepare the home, after a look whether contracts and sources can be used: the UI would show a stack trace."""
    settings = Settings.from_env()
    for feed in all_feeds(settings):
        load_contract(settings, feed)
    load_sources(settings)
    return str(prepare_home(settings))


if __name__ == "__main__":
    try:
        print(main())
    except (SettingsError, ContractError, SourceError) as error:
        sys.exit(str(error))
