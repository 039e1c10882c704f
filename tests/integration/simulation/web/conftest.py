"""A small web, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.simulation import simulate
from orchestration.simulation.web.serve import SmallWeb

ENTERPRISES, MONTHS = 2_500, 2


def written(home: Path) -> Settings:
    """Settings of a province of two months with a small web."""
    settings = Settings(home=home)
    simulate(settings, ENTERPRISES, 5, "2026-05", MONTHS, web="pages")
    return settings


@pytest.fixture(scope="package")
def home(tmp_path_factory) -> Settings:
    return written(tmp_path_factory.mktemp("web"))


@pytest.fixture(scope="package")
def web(home):
    with SmallWeb(home) as running:
        yield running
        assert list(running.errors) == []
