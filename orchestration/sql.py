"""``make sql``: one query on the lake, printed as CSV.

Belongs here: opening the lake read-only, running the query, writing CSV. Reading never waits for a running write.
Does not belong here: any knowledge of the tables.
"""

from __future__ import annotations

import csv
import os
import sys

import duckdb

from orchestration.feeds.contract import ContractError
from orchestration.lake import connect, missing_lake
from orchestration.settings import Settings, SettingsError

BATCH = 10_000
EXAMPLE = "select class, count(*) from risk_class group by 1"


def main(query: str) -> int:
    """Print the rows of ``query`` as CSV with a header; an error is one line on stderr and exit status 1."""
    if not query.strip():
        print(f'Give a query, for example: make sql Q="{EXAMPLE}"', file=sys.stderr)
        return 2
    try:
        settings = Settings.from_env()
        if missing := missing_lake(settings):
            print(missing, file=sys.stderr)
            return 1
        with connect(settings, read_only=True) as connection:
            result = connection.execute(query)
            writer = csv.writer(sys.stdout, lineterminator="\n")
            if result.description:
                writer.writerow([column[0] for column in result.description])
            while rows := result.fetchmany(BATCH):
                writer.writerows(rows)
    except (SettingsError, ContractError) as error:
        print(error, file=sys.stderr)
        return 1
    except duckdb.Error as error:
        print(str(error).strip().splitlines()[0], file=sys.stderr)
        return 1
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main(" ".join(sys.argv[1:])))
