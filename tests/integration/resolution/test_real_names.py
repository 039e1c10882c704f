"""Brands against legal names, on real pairs that are not part of the repository."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from orchestration.settings import PROJECT

pytestmark = pytest.mark.real


def test_the_ranking_beats_the_nearest_by_characters() -> None:
    folder = Path(os.environ.get("ECR_REAL_DATA", "/nowhere"))
    if not (folder / "names" / "brand_to_legal_name.csv").is_file():
        pytest.skip("ECR_REAL_DATA holds no names/brand_to_legal_name.csv; the real pairs are not in the repository.")
    spec = importlib.util.spec_from_file_location("names_bench", PROJECT / "benchmarks" / "names.py")
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    held_out = bench.measure(folder)["parts of names"][1]
    assert held_out[0] == "held out"
    assert float(held_out[2].split()[0]) > 0.739
    assert float(held_out[3].split()[0]) > 0.774
