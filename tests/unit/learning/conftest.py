"""Visits made up with fixed seeds: what finds something is known, so that a test can say what must be learned."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orchestration.learning.bins import Aim
from orchestration.learning.policy import Policy, load_policy
from orchestration.learning.rows import Rows
from orchestration.settings import Settings

AIMS = {
    "H010101": Aim("higher_riskier"),
    "H010102": Aim("categorical"),
    "H010103": Aim("lower_riskier"),
}


def made_up(size: int = 4000, seed: int = 1) -> Rows:
    """A number that tells, a category that tells, a number that tells nothing; 12 months, 4 regions, 20 inspectors."""
    rng = np.random.default_rng(seed)
    number, category, noise = rng.normal(size=size), rng.integers(0, 3, size), rng.normal(size=size)
    odds = -1.8 + 0.6 * number + 0.6 * (category == 2)
    frame = pl.DataFrame(
        {
            "enterprise_id": [f"e{place}" for place in range(size)],
            "visit": [str(place) for place in range(size)],
            "visit_month": [f"2025-{month:02d}" for month in rng.integers(1, 13, size)],
            "region_code": [str(one) for one in rng.integers(0, 4, size)],
            "lead_inspector_id": [str(one) for one in rng.integers(0, 20, size)],
            "label": rng.random(size) < 1 / (1 + np.exp(-odds)),
            "weight": np.ones(size),
            "H010101": number,
            "H010102": [("x", "y", "z")[one] for one in category],
            "H010103": np.where(noise > 1.5, np.nan, noise),
        }
    ).with_columns(pl.col("H010103").fill_nan(None), pl.col("visit_month").alias("class_month"))
    return Rows(frame, tuple(AIMS))


@pytest.fixture(scope="session")
def rows() -> Rows:
    return made_up()


@pytest.fixture(scope="session")
def aims() -> dict[str, Aim]:
    return AIMS


@pytest.fixture(scope="session")
def policy() -> Policy:
    return load_policy(Settings(home=Path("unused")), "2026-01")
