"""What inspections found, what steering saves, and whether groups are treated alike.

    python -m orchestration.effect            the newest decided month
    python -m orchestration.effect 2026-09    visits of the window that ends with it, as known at its end

Belongs here: the command line. Does not belong here: measuring (``measure``), layout (``report``).
"""

from __future__ import annotations

import sys

from orchestration.catalogue import CatalogueError
from orchestration.effect.measure import measure
from orchestration.effect.names import names_of
from orchestration.effect.policy import EffectError
from orchestration.effect.report import text
from orchestration.lake import connect, missing_lake
from orchestration.risk.partitions import columns_of
from orchestration.risk.summary import UNDECIDED, newest_month
from orchestration.settings import Settings, SettingsError, month_check


def main(arguments: list[str]) -> int:
    """Print the report; an error is one line on stderr and exit status 1."""
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
        if missing := missing_lake(settings):
            raise EffectError(missing)
        with connect(settings, read_only=True, views=False) as connection:
            month = month_check(arguments[0]) if arguments else newest_month(connection)
            if month is None:
                raise EffectError(UNDECIDED)
            if not columns_of(connection, "main", "risk_class"):
                raise EffectError(UNDECIDED)
            effect, fair = measure(connection, settings, month)
            if not effect.visits:
                raise EffectError(
                    f"No visit of the {effect.first} to {month} stands in inspection_outcome; "
                    f"materialise inspection_outcome for {month} first."
                )
        names = names_of(settings, month)
    except (EffectError, CatalogueError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    print(text(effect, fair, names))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
