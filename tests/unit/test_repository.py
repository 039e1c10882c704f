"""What must never stand in the repository, and what must: lock file, dependencies, paths."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=False)
    if listed.returncode or not listed.stdout:
        pytest.skip("not a git checkout, so there is no list of what belongs to the repository")
    return [PROJECT / name for name in listed.stdout.splitlines() if (PROJECT / name).is_file()]


def test_the_lock_has_a_hash_for_every_package_and_no_address():
    text = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==\S+", text, re.MULTILINE)
    assert len(pinned) > 50
    blocks = re.split(r"\n(?=[a-z0-9][a-z0-9._-]*(?:\[[a-z0-9,-]+\])?==)", "\n" + text)[1:]
    assert all("--hash=sha256:" in block for block in blocks)
    assert not re.search(r"https?://|file:|--index-url|--find-links", text)


def test_every_direct_dependency_is_justified():
    text = (PROJECT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    named = re.findall(r'^    "([A-Za-z0-9-]+)[^"]*",$', project.split("[project.optional")[0], re.MULTILINE)
    assert len(named) > 10
    assert [name for name in named if name not in text] == []


def test_no_path_of_a_machine_and_no_run_time_state_is_tracked():
    bad = re.compile(r"(?<![\w.])/(?:home|root|work|Users)/[\w.-]+")
    found = []
    for path in tracked():
        if path.suffix in {".py", ".md", ".yml", ".yaml", ".toml", ".sql", ".csv", ".json", ".cfg"}:
            found += [f"{path.name}: {hit}" for hit in bad.findall(path.read_text(encoding="utf-8"))]
    assert found == []
    state = {"landing", "lake", "quality", "dagster", "secrets", "tmp"}
    assert [path for path in tracked() if path.is_relative_to(PROJECT / "data") and path.parent.name in state] == []
