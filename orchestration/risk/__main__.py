"""Which snapshot of the lake holds which decision, as CSV.

    python -m orchestration.risk            every decision whose snapshot is kept
    python -m orchestration.risk 2026-10    those about a month

Belongs here: printing. Does not belong here: what a decision is (``decisions``).
"""

from __future__ import annotations

import csv
import sys

from orchestration.lake import connect, missing_lake
from orchestration.maintenance.policy import PolicyError, load_policy
from orchestration.risk.decisions import decisions
from orchestration.settings import Settings, SettingsError, month_check

HEAD = ("snapshot", "classes", "first_month", "last_month", "regions", "decided_at", "state")


def main(month: str | None) -> int:
    """Print the decisions, oldest first; an error is one line on stderr and exit status 1."""
    try:
        settings = Settings.from_env()
        wanted = month and month_check(month)
        hours = load_policy(settings).snapshots.trial_hours
    except (SettingsError, PolicyError) as error:
        print(error, file=sys.stderr)
        return 1
    if missing := missing_lake(settings):
        print(missing, file=sys.stderr)
        return 1
    with connect(settings, read_only=True) as connection:
        found = decisions(connection, hours)
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(HEAD)
    for one in found:
        if not wanted or one.first <= wanted <= one.last:
            state = "in force" if one.stands else "replaced" if one.stood else "trial"
            writer.writerow(
                [one.snapshot, one.table, one.first, one.last, one.regions, f"{one.taken:%Y-%m-%d %H:%M:%S}", state]
            )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else None))
