"""Frames made by hand, and the rules in force."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest

from orchestration.inspection.load import load_policy
from orchestration.inspection.model import Policy, Ratio
from orchestration.settings import Settings

SCHEMA: dict[str, Any] = {
    "region_code": pl.String, "enterprise_id": pl.String, "class": pl.String, "plans": pl.String, "due": pl.String,
    "spared": pl.String, "carried": pl.String, "carried_plans": pl.String, "carried_kind": pl.String,
    "carried_probability": pl.Float64, "carried_times": pl.Int32,
}  # fmt: skip


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """A frame; what a row does not name is null, nothing due, and the general plan about it."""
    blank = dict.fromkeys(SCHEMA) | {"region_code": "410100", "due": ""}
    filled = [blank | {"plans": f"general:{row['class']}"} | row for row in rows]
    return pl.DataFrame(filled, schema=SCHEMA)


def firms(count: int, class_name: str, head: str = "", **more: Any) -> list[dict[str, Any]]:
    """Rows of so many enterprises of a class."""
    return [{"enterprise_id": f"{head}{class_name}{n:04d}", "class": class_name} | more for n in range(count)]


def with_ratios(policy: Policy, **ratios: str) -> Policy:
    """The rules with other ratios: ``general_D="0.5"``."""
    rows = {(row.plan, row.class_name): row for row in policy.ratios}
    for name, value in ratios.items():
        plan, _, class_name = name.rpartition("_")
        rows[plan, class_name] = Ratio(
            plan=plan, class_name=class_name, ratio_per_year=Decimal(value), source="inferred", basis="test"
        )
    return policy.model_copy(update={"ratios": tuple(rows.values())})


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(Settings.from_env(), "2026-01")
