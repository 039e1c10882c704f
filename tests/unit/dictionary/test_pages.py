"""The pages of the data dictionary follow the registry, and nothing of the registry is missing from them."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import get_args

import pytest

from orchestration.catalogue import catalogue_versions
from orchestration.dictionary import __main__ as command
from orchestration.dictionary import compose
from orchestration.dictionary.feeds import LEDGER, TYPES
from orchestration.dictionary.indicators import read_parameters
from orchestration.dictionary.kinds import decided_tables
from orchestration.dictionary.models import DictionaryError, read_models
from orchestration.feeds.contract import LEDGER_COLUMNS, ColumnType, all_feeds, code_list, load_contract
from orchestration.settings import PROJECT, Settings
from orchestration.specialised.load import specialised_versions

SETTINGS = Settings(home=PROJECT / "data")


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return {path.stem: text for path, text in compose.pages(SETTINGS).items()}


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of any level."""
    found = re.findall(rf"^#+ {re.escape(heading)}(?: [^\n]*)?\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
    assert len(found) == 1, heading
    return found[0]


def first_cells(text: str) -> list[str]:
    return re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)


def test_committed_pages_are_fresh():
    names = [path.name for path in compose.stale(SETTINGS)]
    assert names == [], "run python -m orchestration.dictionary"


def test_every_feed_stands_with_all_its_columns(written):
    for feed in all_feeds(SETTINGS):
        contract = load_contract(SETTINGS, feed)
        here = section(written["feeds"], feed)
        assert first_cells(here) == [column.name for column in contract.columns]
        assert f"**{contract.title_zh} / {contract.title_en}**" in here
        assert f"Rows a month: {contract.volume.min:,} to {contract.volume.max:,}\n" in here
        for column in contract.columns:
            row = next(line for line in here.splitlines() if line.startswith(f"| `{column.name}` |"))
            cells = [cell.strip() for cell in row.removeprefix("|").split(" |")]
            assert cells[1:4] == [f"`{column.national}`", column.zh, column.type]
            assert cells[6] == ("yes" if column.required else "")
            assert (f"[{column.codes}](codes.md#{column.codes})" in row) == bool(column.codes)


def test_a_feed_says_by_what_rows_without_a_code_are_found(written):
    told = "- A row without a usable code is taken in by its name, its enterprise looked for by: "
    for feed in all_feeds(SETTINGS):
        resolve = load_contract(SETTINGS, feed).resolve
        roles = ", ".join(f"{role} `{column}`" for role, column in resolve.roles.items()) if resolve else None
        lines = [line for line in section(written["feeds"], feed).splitlines() if line.startswith(told)]
        assert lines == ([told + roles] if roles else []), feed


def test_every_type_and_ledger_column_is_explained():
    assert set(TYPES) == set(get_args(ColumnType))
    assert set(LEDGER) == set(LEDGER_COLUMNS)


def test_every_code_stands_in_its_list(written):
    with (PROJECT / "data" / "reference" / "code_lists.csv").open(encoding="utf-8", newline="") as stream:
        names = {row["list"] for row in csv.DictReader(stream)}
    for name in names:
        assert first_cells(section(written["codes"], name)) == [row["code"] for row in code_list(SETTINGS, name)]


def test_every_indicator_stands_with_bands_and_parameters(written):
    newest = catalogue_versions(SETTINGS)[-1]
    for version in catalogue_versions(SETTINGS):
        stem = "indicators" if version is newest else f"indicators_{version.version}"
        chapter = written[stem].split(f"\n## Catalogue {version.version}\n")[1]
        parameters = read_parameters(version.folder)
        assert set(parameters) <= set(version.by_code)
        for indicator in version.indicators:
            here = section(chapter, indicator.code)
            assert f"**{indicator.name_zh} / {indicator.name_en}**" in here
            numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", here, re.MULTILINE)]
            assert numbers == [band.band for band in version.bands_of(indicator.code)]
            assert first_cells(here) == [row["name"] for row in parameters.get(indicator.code, [])]
        for rule in (*version.direct_rules, *version.floors):
            assert f"| `{rule.code}` |" in section(chapter, "Direct rules, floors and thin file")


def test_points_and_bounds_read_as_the_catalogue_says(written):
    here = section(written["indicators"], "H040301")
    assert "| 2 | 0.5 ≤ value < 1 | 1次且已修复 | one, repaired | 15 | 48 |" in here
    assert "| 6 | ≥ 5 | 5次及以上 | 5 or more | 100 | 320 |" in here
    assert "| 1 | < 0.5 | 无 | none | 0 | 0 |" in here
    assert "| 4 | `declared` |" in section(written["indicators"], "H010302")


def test_every_key_field_stands_with_its_indicators(written):
    for version in specialised_versions(SETTINGS):
        for field in version.fields:
            here = section(written["fields"], f"{field.zh} {field.en}")
            own = [indicator.code for indicator in version.indicators if indicator.field == field.field]
            assert first_cells(here) == own
            assert field.members_zh in here


def test_every_column_stands_once_with_its_chinese_name(written):
    rows = first_cells(written["columns"])
    assert rows == sorted(set(rows))
    contracts = [load_contract(SETTINGS, feed) for feed in all_feeds(SETTINGS)]
    assert {column.name for contract in contracts for column in contract.columns} <= set(rows)
    assert "| `penalty_kind` | 处罚类别 |" in written["columns"]


def test_data_models_are_counted_by_kind(written):
    here = section(written["models"], "Kinds of data models")
    total, kinds = map(int, re.match(r"\n(\d+) data models of (\d+) kinds", here).groups())
    numbers = [int(number) for number in re.findall(r"\| (\d+) \|", here)]
    assert (sum(numbers), len(numbers)) == (total, kinds)
    assert total > 130, "fewer than the published system counts"
    assert len(read_models()) == sum(numbers) - 2 * len(all_feeds(SETTINGS)) - len(decided_tables())


def test_every_model_stands_with_its_columns(written):
    files = sorted(path.stem for path in (PROJECT / "dbt_project" / "models").rglob("*.sql"))
    models = read_models()
    assert sorted(model.name for model in models) == files
    for model in models:
        columns = [column["name"] for column in model.entry.get("columns") or []]
        assert first_cells(section(written["models"], model.name)) == columns


def test_every_link_leads_somewhere(written):
    anchors = {
        stem: {
            re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.+)$", page, re.MULTILINE)
        }
        for stem, page in written.items()
    }
    for stem, page in written.items():
        for name, anchor in re.findall(r"\]\((?:(\w+)\.md)?#([^)]+)\)", page):
            assert anchor in anchors[name or stem], f"{stem}: {name}#{anchor}"
        for path in re.findall(r"\]\((\.\./\.\./[^)]+)\)", page):
            assert (compose.DICTIONARY / path).resolve().is_file(), path


def test_a_changed_page_is_named_and_mended(written, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(compose, "DICTIONARY", tmp_path)
    monkeypatch.setattr(command, "PROJECT", tmp_path)
    for stem in ("feeds", "indicators"):
        (tmp_path / f"{stem}.md").write_text(written[stem], encoding="utf-8")
    (tmp_path / "codes.md").write_text("nothing", encoding="utf-8")
    assert command.main(["--check"]) == 1
    said = capsys.readouterr().out
    assert said == (
        "codes.md, indicators_v1.md, columns.md, fields.md, models.md: stale against data/ and dbt_project/; "
        "run python -m orchestration.dictionary.\n"
    )
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0


def test_a_model_without_description_is_refused(tmp_path: Path):
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / "bare.sql").write_text("select 1", encoding="utf-8")
    with pytest.raises(
        DictionaryError, match=r"^dbt_project/models/marts/bare\.sql: has no description .*; add one\.$"
    ):
        read_models(tmp_path)
