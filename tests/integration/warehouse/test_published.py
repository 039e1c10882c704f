"""Published views are made again where anything about them changed, and only there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.lake import connect
from orchestration.settings import PROJECT, Settings
from orchestration.warehouse import published

MONTH = "2026-05"


def make(settings: Settings, view: str = "class_summary") -> None:
    with connect(settings, views=False) as connection:
        connection.execute(f"CREATE OR REPLACE VIEW lake.main.{view} AS SELECT 1 AS one")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A lake whose one published view was just made, and lists and catalogues of its own."""
    monkeypatch.setattr(published, "fingerprint", lambda settings: "project as it is")
    view = SimpleNamespace(name="class_summary", tags=["published"], resource_type=SimpleNamespace(value="model"))
    monkeypatch.setattr(published, "manifest_of", lambda settings: SimpleNamespace(nodes={"model.view": view}))
    settings = Settings(home=tmp_path)
    make(settings)
    published.note(settings, MONTH)
    return settings


def test_they_stand_where_nothing_changed(settings: Settings) -> None:
    assert published.stand(settings, MONTH)


def test_they_do_not_stand_before_they_were_made(tmp_path: Path) -> None:
    assert not published.stand(Settings(home=tmp_path), MONTH)


def test_another_project_makes_them_again(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "fingerprint", lambda settings: "another project")
    assert not published.stand(settings, MONTH)


def test_a_list_or_catalogue_with_other_content_makes_them_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own"
    for name in ("catalogue", "reference", "specialised"):
        shutil.copytree(PROJECT / "data" / name, own / name)
    monkeypatch.setattr(Settings, "definition", own)
    monkeypatch.setattr(published, "dbt_environment", lambda settings, month: {"ECR_MONTH": month})
    published.note(settings, MONTH)
    assert published.stand(settings, MONTH)
    changed = next(iter(sorted((own / "reference").glob("*.csv"))))
    kept = changed.stat()
    changed.write_bytes(changed.read_bytes().replace(b"1", b"2"))
    os.utime(changed, ns=(kept.st_atime_ns, kept.st_mtime_ns))
    assert not published.stand(settings, MONTH)


def test_views_that_somebody_replaced_or_removed_are_made_again(settings: Settings) -> None:
    make(settings)
    assert not published.stand(settings, MONTH)
    published.note(settings, MONTH)
    make(settings, "another_view")
    assert published.stand(settings, MONTH)
    with connect(settings, views=False) as connection:
        connection.execute("DROP VIEW lake.main.class_summary")
    assert not published.stand(settings, MONTH)


def test_a_month_computed_since_makes_them_again(settings: Settings) -> None:
    published.forget(settings)
    assert not published.stand(settings, MONTH)


def test_another_month_in_force_makes_them_again(settings: Settings) -> None:
    assert not published.stand(settings, "2026-06")
