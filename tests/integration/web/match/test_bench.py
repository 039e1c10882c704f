"""The bench of matching keeps its promise on a small province: precision, and every text matched."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.settings import PROJECT


def test_precision_on_a_small_province(tmp_path: Path) -> None:
    environment = os.environ | {"SCALE": "0.002", "PYTHONPATH": str(PROJECT)}
    command = [sys.executable, str(PROJECT / "benchmarks" / "web.py"), str(tmp_path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (result,) = json.loads((tmp_path / "web.json").read_text(encoding="utf-8"))
    assert result["texts"] == 10_000
    assert result["precision"] >= 0.98
    recall = {kind["kind"]: kind["right"] / kind["texts"] for kind in result["kinds"]}
    assert recall["full"] > 0.99
    assert recall["place_core"] > 0.95


@pytest.mark.parametrize("scale", ["-1", "0", "much", "nan", "inf"])
def test_a_scale_that_is_none_is_refused(tmp_path: Path, scale: str) -> None:
    command = [sys.executable, str(PROJECT / "benchmarks" / "web.py"), str(tmp_path / "x")]
    environment = os.environ | {"SCALE": scale, "PYTHONPATH": str(PROJECT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert f"SCALE={scale} is no positive number" in done.stderr and not (tmp_path / "x").exists()
