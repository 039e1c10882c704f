"""Staging models follow the contracts."""

from __future__ import annotations

from pathlib import Path

from orchestration.feeds.contract import all_feeds, load_contract
from orchestration.settings import Settings
from orchestration.warehouse import staging


def test_committed_files_are_what_the_contracts_give(tmp_path: Path) -> None:
    paths = [str(path) for path in staging.stale(Settings(home=tmp_path))]
    assert paths == [], "run python -m orchestration.warehouse.staging"


def test_every_feed_has_a_model_with_its_columns(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    files = {path.name: text for path, text in staging.generated(settings).items()}
    for feed in all_feeds(settings):
        contract = load_contract(settings, feed)
        sql, documentation = files[f"stg_{feed}.sql"], files[f"stg_{feed}.yml"]
        key = f"""    "{feed}",\n    key=[{", ".join(f'"{name}"' for name in contract.key)}],\n"""
        assert (key in files["replaced_by_name.sql"]) == (contract.resolve is not None)
        for column in contract.columns:
            assert f'"{column.name}"' in sql
            assert f"- name: {column.name}\n        data_type: {column.sql_type.lower()}\n" in documentation
        assert f"      - name: {feed}\n" in files["sources.yml"]


def test_stale_names_changed_and_left_over_files(tmp_path: Path, monkeypatch) -> None:
    settings = Settings(home=tmp_path)
    monkeypatch.setattr(staging, "DBT_PROJECT", tmp_path)
    for path, text in staging.generated(settings).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert staging.stale(settings) == []
    changed = tmp_path / "models" / "staging" / "c01" / "stg_c01_base.sql"
    changed.write_text("select 1", encoding="utf-8")
    left = changed.with_name("stg_c01_gone.sql")
    left.write_text("select 1", encoding="utf-8")
    assert staging.stale(settings) == [changed, left]
