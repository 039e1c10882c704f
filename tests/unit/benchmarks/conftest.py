"""A result as `make bench` leaves it, with round figures."""

from __future__ import annotations

from typing import Any

import pytest


def stage(wall: float, told: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    return {
        "wall": wall,
        "cpu": 2 * wall,
        "peak": 3_000_000_000,
        "largest": 2_000_000_000,
        "written": {"tables": 40_000_000},
        "reused": False,
        "told": told or [{}],
    } | more


def function(name: str, seconds: float, duckdb: float = 0.0, key: str = "") -> dict[str, Any]:
    return {"name": name, "key": key, "calls": 1, "seconds": seconds, "duckdb": duckdb}


def computed(wall: float) -> dict[str, Any]:
    """Of the wall a tenth is start-up, a tenth Dagster, a tenth dbt, half DuckDB, the rest decisions."""
    nodes = {"enterprise_score": 0.3 * wall, "risk_evidence": 0.15 * wall, "evidence_adds_up": 0.05 * wall}
    built = function("build_month", 0.6 * wall, 0.5 * wall) | {"nodes": nodes}
    functions = [built, function("decide", 0.2 * wall, 0.1 * wall)]
    return stage(wall, [{"seconds": 0.9 * wall, "functions": functions}], rows=1_000)


@pytest.fixture
def result() -> dict[str, Any]:
    taken = [function("stage_feed", 6), function("validate", 2), function("publish_feed", 1)]
    linked = [
        function("names", 3, key="2026-09"),
        function("resolve", 2, key="2026-09"),
        function("names", 9, key="2026-10"),
    ]
    floor = {"wall": 2.0, "cpu": 3.0, "rows": 900, "values": 9_000, "passes": [1.0, 2.0, 9.0]}
    return {
        "scale": 0.1,
        "enterprises": 246_400,
        "months": 12,
        "backfill": 12,
        "brief": False,
        "seed": 20,
        "measured": "2026-09",
        "ran_on": {
            "day": "2026-11-23", "commit": "abc1234", "processor": "a processor", "cores": 2, "memory_gb": 24,
            "python": "3.11.7", "packages": {"duckdb": "1.5.5"}, "load": 0.3,
        },
        "stages": {
            "simulate": stage(30),
            "start-up": stage(5),
            "ingest": stage(50, [{"seconds": 8, "functions": taken}, {"seconds": 4, "functions": []}], rows=2_000),
            "links": stage(20, [{"seconds": 15, "functions": linked}]),
            "floor": stage(7, [floor]),
            "month": computed(10),
            "second month": computed(12),
            "region": computed(8),
            "backfill": computed(55),
        },
        "broken": [],
    }  # fmt: skip
