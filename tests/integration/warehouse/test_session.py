"""What surrounds a call of dbt, and that nothing of it stays."""

from __future__ import annotations

import os
from pathlib import Path

from orchestration.settings import Settings
from orchestration.warehouse.session import session


def test_no_two_calls_share_the_folder_for_what_does_not_fit_into_memory(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    folders = set()
    for _ in range(2):
        with session(settings, None):
            folders.add(Path(os.environ["ECR_SPILL"]))
    assert len(folders) == 2
    assert {folder.parent for folder in folders} == {settings.temporary / "duckdb"}
    assert all(folder.parent.is_dir() and not folder.exists() for folder in folders)


def test_the_environment_is_put_back(tmp_path: Path) -> None:
    before = dict(os.environ)
    with session(Settings(home=tmp_path), None):
        assert os.environ["ECR_HOME"] == str(tmp_path)
    assert dict(os.environ) == before
