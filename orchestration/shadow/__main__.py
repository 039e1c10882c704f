"""``python -m orchestration.shadow <version> [first month] [last month]``: compute a candidate and compare it.

Months default to the newest one that is classified. Raw rows and classes in force are only read.
"""

from __future__ import annotations

import sys

from orchestration.catalogue import CatalogueError
from orchestration.lake import connect, missing_lake
from orchestration.risk import DecisionError
from orchestration.risk.summary import UNDECIDED, newest_month
from orchestration.settings import Settings, SettingsError, month_range
from orchestration.shadow.compare import ShadowError
from orchestration.shadow.whole import shadow
from orchestration.warehouse.project import WarehouseError


def main(arguments: list[str]) -> int:
    """Run, compare, print and write the report; an error is one sentence on stderr and exit status 1."""
    if not 1 <= len(arguments) <= 3:
        print("Name a version, for example: make shadow V=v3 FROM=2026-08 TO=2026-10.", file=sys.stderr)
        return 2
    settings = Settings.from_env()
    if missing := missing_lake(settings):
        print(missing, file=sys.stderr)
        return 1
    candidate, *span = arguments
    try:
        if not span:
            with connect(settings, read_only=True) as connection:
                newest = newest_month(connection)
            if newest is None:
                raise ShadowError(UNDECIDED)
            span = [newest]
        months = month_range(span[0], span[-1])
        found = shadow(settings, candidate, months, lambda line: print(f"== {line}", flush=True))
    except (
        CatalogueError,
        DecisionError,
        SettingsError,
        ShadowError,
        WarehouseError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{found.text}\nwritten to {found.path}")
    if found.record:
        print(f"record of the run: {found.record}; keep it with the candidate")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
