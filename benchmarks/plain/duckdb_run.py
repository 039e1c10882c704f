"""The plan on DuckDB: tables in memory, two threads, the platform's own limit of memory.

Belongs here: DuckDB. Does not belong here: what is computed (``plan``).
"""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from benchmarks.plain.plan import RESULT, plan_of
from orchestration.lake import quote
from orchestration.settings import Settings


def run_duckdb(settings: Settings, month: str, out: Path, threads: int = 2) -> dict[str, float]:
    """Compute the month and write it to the Parquet file ``out``.

    Returns:
        Wall seconds by part: ``known``, one per file of ``sql``, ``score``.
    """
    started = time.perf_counter()
    plan = plan_of(settings, month)
    seconds = {"plan": time.perf_counter() - started}
    connection = duckdb.connect(
        config={
            "threads": str(threads),
            "memory_limit": settings.memory_limit,
            "temp_directory": str(settings.temporary / "plain"),
            "preserve_insertion_order": "false",
        }
    )
    try:
        connection.execute("set enable_progress_bar = false")
        for name, files in plan.tables.items():
            listed = ", ".join(map(quote, files))
            connection.execute(f"create view {name} as from read_parquet([{listed}], union_by_name = true)")
        for name, path in plan.reference.items():
            connection.execute(f"create view {name} as from read_csv({quote(path)}, header = true, all_varchar = true)")
        for step in plan.steps:
            started = time.perf_counter()
            kind = "table" if step.kind == "table" else "view"
            connection.execute(f"create {kind} {step.name} as {step.sql}")
            seconds[step.part] = seconds.get(step.part, 0.0) + time.perf_counter() - started
        started = time.perf_counter()
        out.parent.mkdir(parents=True, exist_ok=True)
        connection.execute(f"copy {RESULT} to {quote(out)} (format parquet)")
        seconds["score"] += time.perf_counter() - started
    finally:
        connection.close()
    return seconds
