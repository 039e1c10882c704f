"""The catalogues and the dbt project of this repository agree, for every jurisdiction in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.catalogue.check import check_catalogue, check_models
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.project import manifest_path

NAMES = ["henan", *sorted(path.name for path in (PROJECT / "data" / "jurisdictions").iterdir() if path.is_dir())]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.mark.parametrize("name", NAMES)
def test_catalogue_and_models_agree(home: Path, name: str) -> None:
    settings = Settings(home=home, jurisdiction=name)
    check_catalogue(settings)
    check_models(settings, manifest_path(settings))
