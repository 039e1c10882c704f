"""The month written plainly, without the platform: one set of SQL files on DuckDB and on Spark. See README.md."""

from benchmarks.plain.compare import compare
from benchmarks.plain.duckdb_run import run_duckdb

__all__ = ["compare", "run_duckdb"]
