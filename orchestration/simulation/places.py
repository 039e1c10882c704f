"""Where enterprises are and what they do: districts and industries of the reference data, with weights.

Belongs here: reading reference data for the simulator, shares of regions and sections.
Does not belong here: which enterprise is where (``world``).
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.settings import Settings
from orchestration.simulation.chance import SimulationError

REGION_WEIGHTS = {
    "410100": 25.0,
    "410200": 4.0,
    "410300": 8.5,
    "410400": 3.8,
    "410500": 4.5,
    "410600": 1.4,
    "410700": 6.0,
    "410800": 3.4,
    "410900": 3.6,
    "411000": 4.4,
    "411100": 2.3,
    "411200": 1.9,
    "411300": 8.0,
    "411400": 6.4,
    "411500": 5.2,
    "411600": 6.2,
    "411700": 5.4,
    "419001": 1.0,
}
"""Shares of enterprises by prefecture, per cent, after population with Zhengzhou about a quarter."""
SECTION_WEIGHTS = {
    "A": 5,
    "B": 0.3,
    "C": 12,
    "D": 0.4,
    "E": 9,
    "F": 34,
    "G": 3.2,
    "H": 4.5,
    "I": 6,
    "J": 0.4,
    "K": 1.6,
    "L": 10.5,
    "M": 6.5,
    "N": 0.6,
    "O": 3,
    "P": 0.9,
    "Q": 0.8,
    "R": 2.5,
}


@dataclass(frozen=True)
class Places:
    """Current districts with their weights and, where one exists, the retired code that old systems still send."""

    code: np.ndarray
    region: np.ndarray
    text: pl.Series
    city: pl.Series
    weight: np.ndarray
    retired: np.ndarray


def _reference(settings: Settings, name: str) -> list[dict[str, str]]:
    with settings.own_or_canonical(f"reference/{name}").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def load_places(settings: Settings) -> Places:
    """Districts of the jurisdiction; whole prefectures and retired codes are not places of their own."""
    rows = _reference(settings, "districts.csv")
    if not all(re.fullmatch("[0-9]{6}", row["district_code"]) for row in rows):
        raise SimulationError(
            f"the simulator invents Chinese provinces, but the districts of {settings.jurisdiction} are not numbered "
            "by GB/T 2260; unset ECR_JURISDICTION."
        )
    cities = {row["region_code"]: row["name_zh"] for row in _reference(settings, "regions.csv")}
    current = [
        r for r in rows if not r["replaced_by"] and (r["district_code"] not in cities or r["district_code"] == "419001")
    ]
    retired = {row["replaced_by"]: int(row["district_code"]) for row in rows if row["replaced_by"]}
    share = np.array([1.6 if row["name_zh"].endswith(("区", "市")) else 1.0 for row in current])
    region = np.array([row["region_code"] for row in current])
    for code in cities:
        mask = region == code
        share[mask] *= REGION_WEIGHTS.get(code, 1.0) / share[mask].sum()
    text = [
        cities[r["region_code"]] + ("" if r["name_zh"] == cities[r["region_code"]] else r["name_zh"]) for r in current
    ]
    return Places(
        code=np.array([int(row["district_code"]) for row in current]),
        region=region,
        text=pl.Series(text),
        city=pl.Series([cities[row["region_code"]].removesuffix("市") for row in current]),
        weight=share / share.sum(),
        retired=np.array([retired.get(row["district_code"], 0) for row in current]),
    )


def load_industries(settings: Settings) -> pl.DataFrame:
    """Industry classes (four digits) with section and weight; retail and catering classes lead their sections."""
    rows = [
        r for r in _reference(settings, "industries.csv") if r["level"] == "class" and r["section"] in SECTION_WEIGHTS
    ]
    frame = pl.DataFrame(
        {"code": [row["code"][-4:] for row in rows], "section": [row["section"] for row in rows]}
    ).with_columns(rank=pl.int_range(pl.len()).shuffle(seed=20).over("section"))
    weight = 1.0 / (pl.col("rank") + 4)
    weight = weight * pl.when(pl.col("code").str.starts_with("52")).then(2.0).otherwise(1.0)
    weight = pl.when(pl.col("code") == "6210").then(1.0).otherwise(weight)
    frame = frame.with_columns(weight=weight / weight.sum().over("section"))
    return frame.with_columns(
        weight=pl.col("weight") * pl.col("section").replace_strict({k: float(v) for k, v in SECTION_WEIGHTS.items()})
    )
