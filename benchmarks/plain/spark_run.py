"""The plan on PySpark, local on two cores; runs in Spark's own environment, which has no library of the platform.

    python spark_run.py plan.json out.parquet seconds.json

Belongs here: Spark. Does not belong here: what is computed (``plan``), finding Spark (``spark``).

An ordinary configuration for a province on one machine: two cores, two partitions a shuffle for each of them, adaptive
execution; nothing is tuned by query. What is kept is written to Parquet tables, the values of each level 2 too: cached
instead, every query would carry all the queries before it, and planning them takes longer than computing them.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from pyspark.sql import SparkSession


def session(plan: dict) -> SparkSession:
    """A local session with as many cores and as much memory as DuckDB has; nothing is written outside ``scratch``."""
    return (
        SparkSession.builder.master(f"local[{plan['threads']}]")
        .appName("plain month")
        .config("spark.driver.memory", plan["memory"])
        .config("spark.sql.shuffle.partitions", 2 * plan["threads"])
        .config("spark.sql.adaptive.enabled", "true")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.local.dir", plan["scratch"])
        .config("spark.sql.warehouse.dir", plan["scratch"] + "/warehouse")
        .getOrCreate()
    )


def run(plan: dict, out: str) -> dict[str, float]:
    """Compute the month into the folder ``out``; wall seconds by part, the start of Spark among them."""
    started = time.perf_counter()
    spark = session(plan)
    spark.sparkContext.setLogLevel("ERROR")
    seconds = {"start": time.perf_counter() - started}
    started = time.perf_counter()
    for name, files in plan["tables"].items():
        spark.read.parquet(*files).createOrReplaceTempView(name)
    for name, path in plan["reference"].items():
        spark.read.csv(path, header=True).createOrReplaceTempView(name)
    seconds["known"] = time.perf_counter() - started
    for step in plan["steps"]:
        started = time.perf_counter()
        if step["kind"] == "view":
            spark.sql(step["sql"]).createOrReplaceTempView(step["name"])
        else:
            spark.sql(f"create table {step['name']} using parquet as {step['sql']}")
        seconds[step["part"]] = seconds.get(step["part"], 0.0) + time.perf_counter() - started
    started = time.perf_counter()
    spark.table(plan["result"]).write.mode("overwrite").parquet(out)
    seconds["score"] += time.perf_counter() - started
    gateway = spark.sparkContext._gateway
    spark.stop()
    # waited for, so that the CPU seconds and the memory of Java are counted as those of this process
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
    return seconds


if __name__ == "__main__":
    found = run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), sys.argv[2])
    Path(sys.argv[3]).write_text(json.dumps(found), encoding="utf-8")
