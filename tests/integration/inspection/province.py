"""A small classed province in a lake of its own: what a draw reads, without the walk before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from orchestration.lake import connect
from orchestration.settings import Settings, month_range
from tests.integration.raw_rows import publish

REGIONS = ["410100", "410200"]
FIRST, LAST = "2026-01", "2026-04"
MARKET = "market_regulation"
FOOD_ITEM = "食品经营监督检查"


def firms() -> list[dict[str, Any]]:
    """120 enterprises in two regions: classes by turns, every fifth sells food, some work in industry."""
    rows = []
    for number in range(120):
        name = "ABCD"[number % 4]
        rows.append(
            {
                "enterprise_id": f"91410100MA{number:07d}X",
                "region": REGIONS[number % 3 == 0],
                "class": name,
                "section": "CF"[number % 2],
                "zero": 1.0 if number % 17 == 0 else 0.0,
                "food": {"A": 0.5, "B": 1.0, "C": 2.0, "D": 3.0}[name] if number % 5 == 0 else None,
            }
        )
    return rows


def build(settings: Settings, last: str = LAST) -> list[dict[str, Any]]:
    """Write spine, scores and classes of the months up to ``last``; returns the enterprises."""
    rows = firms()
    months = pl.DataFrame({"month": month_range(FIRST, last)})
    known = months.join(pl.DataFrame(rows), how="cross").select(
        "month", "enterprise_id", "class", "food", region_code="region", industry_section="section", v_h030201="zero"
    )
    with connect(settings, views=False) as connection:
        connection.register("known", known.to_arrow())
        connection.execute("CREATE SCHEMA lake.scores")
        for table, query in (
            ("scores.enterprise", "SELECT month, region_code, enterprise_id, industry_section FROM known"),
            ("scores.enterprise_score", "SELECT month, enterprise_id, v_h030201 FROM known"),
            (
                "scores.specialised_score",
                "SELECT month, region_code, enterprise_id, 'food' AS field FROM known WHERE food IS NOT NULL",
            ),
            ("main.risk_class", "SELECT month, region_code, enterprise_id, class FROM known"),
            (
                "main.combined_class",
                "SELECT month, region_code, enterprise_id, 'food' AS field, class, food AS statutory_visits FROM known "
                "WHERE food IS NOT NULL",
            ),
        ):
            connection.execute(f"CREATE TABLE lake.{table} AS {query}")
        connection.unregister("known")
    publish(
        settings,
        "c01_base",
        FIRST,
        [
            {
                "enterprise_id": row["enterprise_id"],
                "enterprise_name": f"=cmd|' /C calc'!A{number}",
                "address": "郑州市",
            }
            for number, row in enumerate(rows)
        ],
    )
    return rows


def inspector(name: str, region: str, department: str = MARKET, skills: str = "food;drugs", capacity: int = 20) -> dict:
    """A row of feed s02_inspectors."""
    return {
        "inspector_id": name,
        "department": department,
        "district_code": region,
        "skills": skills,
        "monthly_capacity": capacity,
        "active_from": "2020-01-01",
    }


def pool(settings: Settings, regions: Sequence[str] = REGIONS) -> None:
    """Deliver a pool that can make every visit in these regions."""
    rows = [inspector(f"{region}m{n}", region) for region in regions for n in range(4)]
    rows += [
        inspector(f"{region}{department}{n}", region, department, "")
        for region in regions
        for department in ("ecology", "emergency", "human_resources")
        for n in range(2)
    ]
    publish(settings, "s02_inspectors", FIRST, rows)


def visit(firm: str, day: str, item: str = FOOD_ITEM, kind: str | None = "2", task: str = "") -> dict[str, Any]:
    """A row of feed c07_spot_checks."""
    return {
        "enterprise_id": firm,
        "task_id": task or f"T{firm}{day}",
        "item": item,
        "checked_on": day,
        "result": "1",
        "check_kind": kind,
    }
