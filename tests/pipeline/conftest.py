"""The small province of ``walk``, walked once per session."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from orchestration.settings import Settings
from tests.pipeline import walk
from tests.pipeline.walk import AFTER, BEFORE, MONTH, RECEIVED, Walked, asked


@pytest.fixture(scope="session")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    settings = Settings(home=tmp_path_factory.mktemp("walk"))
    walk.deliver(settings)
    known_then = RECEIVED.index(MONTH) + 1
    walk.ingest(settings, RECEIVED[:known_then])
    walk.compute(settings, BEFORE, MONTH)
    walk.publish_views(settings)
    then = walk.lake_hashes(settings)
    walk.ingest(settings, [AFTER])
    walk.ingest(settings, RECEIVED[known_then + 1 :], check=False)  # nothing is computed of these months
    walk.compute(settings, AFTER)
    return Walked(settings, then, walk.lake_hashes(settings), walk.raw_hashes(settings))


@pytest.fixture(scope="session")
def other(walked: Walked, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Another province, the same but for two feeds, in which only AFTER was ever computed."""
    settings = walk.copy_with_other_deliveries(walked.settings, tmp_path_factory.mktemp("other"))
    walk.compute(settings, AFTER)
    walk.publish_views(settings)
    return settings


@pytest.fixture(scope="session")
def defects(walked: Walked) -> list[dict]:
    return json.loads((walked.settings.home / "simulation" / "defects.json").read_text(encoding="utf-8"))


@pytest.fixture
def ask(walked: Walked) -> Callable[..., list[tuple]]:
    return lambda query, **values: asked(walked.settings, query, **values)
