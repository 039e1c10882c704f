"""Runs the plan on PySpark in a process and an environment of its own.

Belongs here: where Spark's Python is, what the process is told. Does not belong here: Spark itself (``spark_run``).

PySpark is no dependency of the platform: ``requirements-spark.lock`` beside this file is installed into ``.venv-spark``
by ``make bench``, where a Java is found.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path

from benchmarks.plain.plan import RESULT, plan_of
from orchestration.settings import PROJECT, Settings

RUN = Path(__file__).parent / "spark_run.py"
MEMORY = "4g"
"""Heap of the driver, which in local mode is all of Spark; the platform's DuckDB has 4 GB."""


def spark_python() -> Path | None:
    """The Python that has PySpark, ``ECR_SPARK_PYTHON`` or that of ``.venv-spark``; None without it or without Java."""
    python = Path(os.environ.get("ECR_SPARK_PYTHON") or PROJECT / ".venv-spark" / "bin" / "python")
    return python if python.is_file() and (shutil.which("java") or os.environ.get("JAVA_HOME")) else None


def run_spark(settings: Settings, month: str, out: Path, threads: int = 2) -> dict[str, float]:
    """Compute the month and write it to the folder ``out``.

    Returns:
        Wall seconds by part, as ``run_duckdb`` gives them; ``start`` is the start of Spark.

    Raises:
        RuntimeError: there is no Spark here, or it failed; the message ends with what it said.
    """
    python = spark_python()
    if python is None:
        raise RuntimeError("Spark is left out: it needs Java and the environment .venv-spark (make spark).")
    scratch = settings.temporary / "spark"
    # a run that was killed leaves tables there, which Spark refuses to write over
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    asked, told = scratch / "plan.json", scratch / "seconds.json"
    plan = asdict(plan_of(settings, month))
    plan |= {"result": RESULT, "threads": threads, "memory": MEMORY, "scratch": str(scratch)}
    asked.write_text(json.dumps(plan), encoding="utf-8")
    out.parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run([python, RUN, asked, out, told], capture_output=True, text=True, check=False)  # noqa: S603
    try:
        if done.returncode:
            said = [line for line in done.stderr.splitlines() if "Error" in line or "Exception" in line]
            raise RuntimeError("Spark failed: " + "\n".join(said[:8]))
        return json.loads(told.read_text(encoding="utf-8"))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
