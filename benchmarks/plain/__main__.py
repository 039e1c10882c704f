"""``python -m benchmarks.plain duckdb|spark|compare <home> <month> <out.parquet>``: run it, or compare it."""

from __future__ import annotations

import os
import resource
import sys
from pathlib import Path

USAGE = "usage: python -m benchmarks.plain duckdb|spark|compare <home> <month> <out.parquet>"


def main(arguments: list[str]) -> int:
    """Do one of the three; 1 if the months differ, 2 if asked wrongly, 3 if Spark is not here or failed."""
    if len(arguments) != 4 or arguments[0] not in ("duckdb", "spark", "compare"):
        print(USAGE, file=sys.stderr)
        return 2
    what, home, month, out = arguments
    os.environ["ECR_HOME"] = home

    from benchmarks.plain.compare import compare
    from benchmarks.plain.duckdb_run import run_duckdb
    from orchestration.settings import Settings

    settings = Settings.from_env()
    if what == "compare":
        found = compare(settings, month, Path(out))
        print("\n".join(found) or f"{month}: the same, row for row")
        return 1 if found else 0
    if what == "spark":
        from benchmarks.plain.spark import run_spark

        try:
            seconds = run_spark(settings, month, Path(out))
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 3
    else:
        seconds = run_duckdb(settings, month, Path(out))
    for part, spent in seconds.items():
        print(f"{part:16} {spent:8.2f} s")
    who = resource.RUSAGE_CHILDREN if what == "spark" else resource.RUSAGE_SELF
    used = resource.getrusage(who)
    print(f"{'sum':16} {sum(seconds.values()):8.2f} s wall, {used.ru_utime + used.ru_stime:.2f} s CPU", end="")
    print(f", peak {used.ru_maxrss / 1024 / 1024:.2f} GB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
