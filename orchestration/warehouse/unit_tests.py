"""Runs dbt's unit tests: every rule of an indicator, tried at its bounds on a handful of made-up rows.

Belongs here: the throwaway lake they need, because dbt takes the column types of mocked inputs from real tables.
Does not belong here: the tests themselves; they stand in the YAML beside each model.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from orchestration.settings import Settings
from orchestration.warehouse.dbt import FAILED, PUBLISHED, NodeResult, _node, invoke

UNIT_MONTH = "2026-06"
"""Month in force in unit tests that name none. Its windows: 12 months open after 2025-06-30, 36 after 2023-06-30."""


class _Throwaway(Settings):
    """Settings whose lake is under their own home, wherever ECR_CATALOG and ECR_DATA_PATH point."""

    @property
    def catalog(self) -> str:
        return f"sqlite:{self.home / 'lake' / 'catalog.sqlite'}"

    @property
    def data_path(self) -> str:
        return str(self.home / "lake" / "tables")


def unit_tests(settings: Settings, select: str | None = None, home: Path | None = None) -> list[NodeResult]:
    """Build the project empty in a lake of its own, each model's unit tests before the model.

    Args:
        settings: whose jurisdiction and catalogue are in force.
        select: names of models, e.g. ``h0403_penalties``, separated by spaces; default: all.
        home: where the throwaway lake goes; default: a temporary folder, removed afterwards.

    Returns:
        What each unit test did, and each model that could not be built.
    """
    if home is None:
        with tempfile.TemporaryDirectory(prefix="ecr-unit-") as folder:
            return unit_tests(settings, select, Path(folder))
    own = _Throwaway(home=home, jurisdiction=settings.jurisdiction)
    models = [f"+{name}" for name in select.split()] if select else []
    # one invocation, because the staging views live in memory and go with it
    arguments = [
        "build",
        "--exclude-resource-type",
        "test",
        "--exclude",
        PUBLISHED,
        *(["--select", *models] if models else []),
    ]
    nodes = [_node(result) for result in invoke(own, UNIT_MONTH, arguments)]
    kept = [node for node in nodes if node.kind == "unit_test" or node.status in FAILED]
    return [replace(node, message=node.message.strip()) for node in kept]
