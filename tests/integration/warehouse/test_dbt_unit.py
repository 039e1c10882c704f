"""Every rule at its bounds: runs dbt's unit tests, which stand in the YAML beside each model."""

from __future__ import annotations

from pathlib import Path

from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.unit_tests import unit_tests

INDICATORS = PROJECT / "dbt_project" / "models" / "indicators"


def test_dbt_unit_tests_pass(tmp_path: Path) -> None:
    nodes = unit_tests(Settings(home=tmp_path / "caller"), home=tmp_path / "lake")
    failed = [f"{node.kind} {node.name} ({node.status})\n{node.message}" for node in nodes if node.status != "pass"]
    assert not failed, "\n\n".join(failed)
    tested = {node.name.split("_")[0] for node in nodes if node.kind == "unit_test"}
    models = {path.stem.split("_")[0] for path in INDICATORS.rglob("h*.sql")}
    assert models <= tested, f"models without a unit test: {sorted(models - tested)}"
