"""``python -m orchestration.dictionary [--check]``: write the pages that are stale, or only name them (status 1)."""

from __future__ import annotations

import argparse
import sys

from orchestration.catalogue import CatalogueError
from orchestration.dictionary.compose import stale, write
from orchestration.dictionary.models import DictionaryError
from orchestration.feeds.contract import ContractError
from orchestration.settings import PROJECT, Settings, SettingsError


def main(arguments: list[str] | None = None) -> int:
    """Write or check; 1 if a page is stale or the registry cannot be read."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.dictionary", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, only name the stale pages")
    chosen = parser.parse_args(arguments)
    try:
        settings = Settings.from_env()
        if not chosen.check:
            for path in write(settings):
                print(f"wrote {path.relative_to(PROJECT)}")
            return 0
        names = [str(path.relative_to(PROJECT)) for path in stale(settings)]
    except (SettingsError, ContractError, CatalogueError, DictionaryError) as error:
        print(error, file=sys.stderr)
        return 1
    if names:
        print(f"{', '.join(names)}: stale against data/ and dbt_project/; run python -m orchestration.dictionary.")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
