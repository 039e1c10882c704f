"""Fixtures that every test may use: a platform in a temporary folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A fresh platform of the default jurisdiction, with a fixed identity key."""
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    monkeypatch.setenv("ECR_IDENTITY_KEY", "test key, not a secret")
    monkeypatch.delenv("ECR_JURISDICTION", raising=False)
    return Settings(home=tmp_path)
