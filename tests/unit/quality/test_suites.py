"""Every feed has a suite that speaks of its own columns, and a wrong suite is refused with one sentence."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import pytest

from orchestration.feeds.contract import all_feeds, load_contract
from orchestration.quality import suites
from orchestration.quality.suites import DELIVERY_COLUMNS, DIMENSIONS, SuiteError, all_suites, load_suite
from orchestration.settings import Settings

SETTINGS = Settings(home=Path("unused"))
FEED = "c04_abnormal_list"


def test_each_contract_has_one_suite():
    assert all_suites() == all_feeds(SETTINGS)
    assert len(all_suites()) == 47


@pytest.mark.parametrize("feed", all_feeds(SETTINGS))
def test_suite_names_columns_of_its_contract(feed):
    contract = load_contract(SETTINGS, feed)
    suite = load_suite(SETTINGS, contract)
    allowed = {c.name for c in contract.columns} | set(suite.derived) | {"region_code"} | set(DELIVERY_COLUMNS)
    assert suite.feed == feed
    assert suite.path == suites.FOLDER / f"{feed}.yml"
    assert all(set(check.columns) <= allowed for check in suite.checks)
    assert all(len(check.why) > 12 for check in suite.checks)
    used = {column for check in suite.checks for column in check.columns}
    assert set(suite.derived) <= used, "a helper column nobody checks"


@pytest.mark.parametrize("feed", all_feeds(SETTINGS))
def test_suite_checks_what_every_feed_owes(feed):
    contract = load_contract(SETTINGS, feed)
    suite = load_suite(SETTINGS, contract)
    by_dimension = Counter(check.dimension for check in suite.checks)
    assert {"completeness", "redundancy", "accuracy", "timeliness", "coverage"} <= set(by_dimension)
    key = next(check for check in suite.checks if check.id == "key_unique")
    assert key.columns == contract.key and "mostly" not in key.kwargs
    people = {c.name for c in contract.columns if c.type == "person_id"}
    hashed = {c.columns[0] for c in suite.checks if c.id.endswith("_hashed") and "mostly" not in c.kwargs}
    assert people <= hashed


def test_all_seven_dimensions_are_in_use():
    found = {check.dimension for feed in all_feeds(SETTINGS) for check in
             load_suite(SETTINGS, load_contract(SETTINGS, feed)).checks}  # fmt: skip
    assert found == set(DIMENSIONS) and len(DIMENSIONS) == 7


def test_codes_and_identifier_form_are_filled_in():
    checks = {check.id: check for check in load_suite(SETTINGS, load_contract(SETTINGS, FEED)).checks}
    assert checks["ground_codes"].kwargs["value_set"] == ["1", "2", "3", "4"]
    assert checks["subject_code_form"].kwargs["regex"] == suites.USCC_PATTERN


def test_reading_suites_does_not_import_great_expectations():
    import subprocess

    code = "import orchestration.quality.bridge, sys; assert 'great_expectations' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


CHECK = "{id: x, type: expect_column_values_to_not_be_null, kwargs: {column: ground}, why: because of the test}"
BAD = {
    "unknown dimension 'beauty'": f"expectations: {{beauty: [{CHECK}]}}",
    "unknown expectation type 'expect_column_values_to_be_joy'": "expectations: {accuracy: ["
    + CHECK.replace("not_be_null", "be_joy")
    + "]}",
    "column 'grund' is not in the contract": f"expectations: {{accuracy: [{CHECK.replace('ground', 'grund')}]}}",
    "needs the argument 'column'": f"expectations: {{accuracy: [{CHECK.replace('column: ground', 'a: b')}]}}",
    "needs id, type, kwargs and why": "expectations: {accuracy: [{id: x}]}",
    "is missing, taken": f"expectations: {{accuracy: [{CHECK}, {CHECK}]}}",
    "unknown kind 'magic'": "derived: {d: {magic: [ground]}}",
    "column 'gone' is not in the contract": "derived: {d: {age_days: [gone]}}",
    "takes 2 to 2 arguments": "derived: {d: {days_between: [listed_on]}}",
    "expected only the keys": "expectation: {}",
    "write always or update": f"expectations: {{accuracy: [{CHECK[:-1]}, when: never}}]}}",
    "$codes needs a column with a code list": "expectations: {accuracy: [{id: x, why: because of the test, "
    "type: expect_column_values_to_be_in_set, kwargs: {column: listed_on, value_set: $codes}}]}",
    "not valid YAML": "expectations: {",
}


@pytest.mark.parametrize("sentence", BAD)
def test_wrong_suite_is_refused_in_one_sentence(tmp_path, monkeypatch, sentence):
    monkeypatch.setattr(suites, "FOLDER", tmp_path)
    (tmp_path / f"{FEED}.yml").write_text(f"feed: {FEED}\n{BAD[sentence]}\n", encoding="utf-8")
    with pytest.raises(SuiteError) as error:
        load_suite(SETTINGS, load_contract(SETTINGS, FEED))
    assert sentence in str(error.value)
    assert f"{FEED}.yml" in str(error.value) and "\n" not in str(error.value)


def test_missing_suite_says_where_to_put_it(tmp_path, monkeypatch):
    monkeypatch.setattr(suites, "FOLDER", tmp_path)
    with pytest.raises(SuiteError, match=rf"{FEED}.yml: no suite for feed.*add the file"):
        load_suite(SETTINGS, load_contract(SETTINGS, FEED))


def test_jurisdiction_leaves_out_replaces_and_adds(tmp_path):
    folder = tmp_path / "expectations"
    folder.mkdir()
    (folder / f"{FEED}.yml").write_text(
        "leave_out: [regions_present]\nexpectations:\n  conformity:\n"
        f"    - {CHECK.replace('id: x', 'id: ground_codes')}\n    - {CHECK.replace('id: x', 'id: own')}\n",
        encoding="utf-8",
    )
    abroad = SimpleNamespace(
        definition=tmp_path, canonical=SETTINGS.canonical, profile={"enterprise_id_pattern": "^[0-9]+$"}
    )
    contract = load_contract(SETTINGS, FEED)
    checks = {check.id: check for check in load_suite(abroad, contract).checks}  # type: ignore[arg-type]
    here = {check.id for check in load_suite(SETTINGS, contract).checks}
    assert set(checks) == (here - {"regions_present"}) | {"own"}
    assert checks["ground_codes"].type == "expect_column_values_to_not_be_null"
    assert checks["subject_code_form"].kwargs["regex"] == "^[0-9]+$"
    (folder / f"{FEED}.yml").write_text("leave_out: [gone]\n", encoding="utf-8")
    suites._text.cache_clear()
    with pytest.raises(SuiteError, match="leave_out names 'gone'"):
        load_suite(abroad, contract)  # type: ignore[arg-type]


def test_suites_of_every_jurisdiction_load(tmp_path):
    for folder in sorted((SETTINGS.canonical / "jurisdictions").iterdir()):
        abroad = Settings(home=tmp_path, jurisdiction=folder.name)
        for path in sorted((folder / "expectations").glob("*.yml")):
            suite = load_suite(abroad, load_contract(abroad, path.stem))
            assert suite.path == path and len(suite.checks) >= 3
