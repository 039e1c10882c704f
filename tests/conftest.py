"""Fixtures that every test may use: a platform in a temporary folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.settings import Settings

WALKERS = tuple(f"tests/pipeline/test_{name}.py" for name in ("walk", "walk_content", "explanation", "shadow"))
"""Files whose tests share one walk of a province, which is dear: they stay in one process."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """The tests of a file, and those of one walk, in one process. (Groups by mark do not work with this pytest.)"""
    from xdist.scheduler import LoadFileScheduling

    class OneWalk(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            return WALKERS[0] if file in WALKERS else file

    return OneWalk(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that the processes end together."""
    order = {"pipeline": 0, "integration": 1}
    items.sort(key=lambda item: order.get(item.path.relative_to(Path(__file__).parent).parts[0], 2))


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A fresh platform of the default jurisdiction, with a fixed identity key."""
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    monkeypatch.setenv("ECR_IDENTITY_KEY", "test key, not a secret")
    monkeypatch.delenv("ECR_JURISDICTION", raising=False)
    return Settings(home=tmp_path)
