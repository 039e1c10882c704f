"""Settings: folders from the environment, months, the identity key."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from orchestration.settings import Settings, SettingsError, memory_shared, month_check, month_range, month_shift


def test_all_state_lies_under_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    for name in ("ECR_CATALOG", "ECR_DATA_PATH", "ECR_JURISDICTION"):
        monkeypatch.delenv(name, raising=False)
    settings = Settings.from_env()
    folders = ["landing", "raw", "originals", "quality", "temporary", "dbt_target", "dagster_home", "extensions"]
    assert all(getattr(settings, name).is_relative_to(tmp_path) for name in folders)
    assert settings.data_path.startswith(str(tmp_path))
    assert settings.catalog.startswith(f"sqlite:{tmp_path}")


@pytest.mark.parametrize("name", ["../data", "Chicago", "nowhere"])
def test_a_jurisdiction_without_a_folder_is_refused(tmp_path, monkeypatch, name):
    monkeypatch.setenv("ECR_HOME", str(tmp_path))
    monkeypatch.setenv("ECR_JURISDICTION", name)
    with pytest.raises(SettingsError, match="ECR_JURISDICTION"):
        Settings.from_env()


def test_the_identity_key_is_made_once_and_for_its_owner_only(tmp_path, monkeypatch):
    monkeypatch.delenv("ECR_IDENTITY_KEY", raising=False)
    first = Settings(home=tmp_path).identity_key
    assert len(first) == 64
    assert Settings(home=tmp_path).identity_key == first
    assert stat.S_IMODE((tmp_path / "secrets" / "identity.key").stat().st_mode) == 0o600
    monkeypatch.setenv("ECR_IDENTITY_KEY", "given")
    assert Settings(home=tmp_path).identity_key == "given"


def test_months():
    assert month_shift("2026-01", -1) == "2025-12"
    assert month_shift("2025-11", 3) == "2026-02"
    assert month_range("2025-12", "2026-02") == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "202601", "2026-01-01", ""])
def test_what_is_no_month_is_refused(text):
    with pytest.raises(SettingsError, match="write it as YYYY-MM"):
        month_check(text)


@pytest.mark.parametrize(
    ("limit", "share"), [(None, "2GB"), ("5GB", "2.5GB"), ("700 MiB", "350MiB"), ("60%", "30%"), ("lots", "lots")]
)
def test_processes_side_by_side_share_the_memory(
    limit: str | None, share: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if limit is None:
        monkeypatch.delenv("ECR_MEMORY_LIMIT", raising=False)
    else:
        monkeypatch.setenv("ECR_MEMORY_LIMIT", limit)
    settings = Settings(tmp_path)
    with memory_shared(2):
        assert settings.memory_limit == share
    assert settings.memory_limit == (limit or "4GB")
