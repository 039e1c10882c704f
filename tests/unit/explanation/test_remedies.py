"""Every indicator has a word on what ends it, and a wrong row is refused with its line."""

from __future__ import annotations

import re
import string

import pytest

from orchestration.catalogue import catalogue_versions
from orchestration.catalogue.model import CatalogueError
from orchestration.explanation.remedies import WAYS, _read, remedies, remedy_of
from orchestration.explanation.words import UNITS, WORDS
from orchestration.feeds.contract import load_contract
from orchestration.settings import Settings

SETTINGS = Settings.from_env()
VERSIONS = catalogue_versions(SETTINGS)
HEADER = "code,way,renewed,adds,act_zh,act_en\n"


@pytest.mark.parametrize("version", VERSIONS, ids=lambda one: one.version)
def test_every_indicator_has_a_remedy_and_every_row_an_indicator(version):
    for code in version.codes:
        assert remedy_of(SETTINGS, code).way in WAYS
    known = {code for one in VERSIONS for code in one.codes}
    for remedy in remedies(SETTINGS):
        assert any(code.startswith(remedy.code) for code in known), f"{remedy.code} fits no indicator"
        assert remedy.adds is None or remedy.adds in known


def test_the_longest_code_wins():
    assert remedy_of(SETTINGS, "H040101").code == "H0401"
    assert remedy_of(SETTINGS, "H040103").code == "H040103"
    assert remedy_of(SETTINGS, "H010201").way == "grows"


@pytest.mark.parametrize("version", VERSIONS, ids=lambda one: one.version)
def test_attributes_are_never_cured_and_lists_that_set_a_class_never_by_an_act(version):
    assert {remedy_of(SETTINGS, code).way for code in version.codes if code.startswith("H01")} <= {"none", "grows"}
    assert {remedy_of(SETTINGS, rule.indicator).way for rule in version.direct_rules} == {"decision"}


@pytest.mark.parametrize("version", VERSIONS, ids=lambda one: one.version)
def test_repair_is_only_named_where_a_feed_of_the_indicator_has_it(version):
    for indicator in version.indicators:
        if remedy_of(SETTINGS, indicator.code).way.startswith("repair"):
            assert any(load_contract(SETTINGS, feed).repair_ref for feed in indicator.feeds), indicator.code


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("H01,never,,,甲,a\n", r"remedies\.csv:2: the way 'never' is not known; use one of none, grows"),
        ("H01,none,,,甲,a\nH01,act,,,乙,b\n", r"remedies\.csv:3: H01 stands a second time; keep one row"),
        ("H01,none,,,,a\n", r"remedies\.csv:2: H01 lacks its words"),
        ("H01,none,,,甲,a, b\n", r"remedies\.csv:2: has more or fewer values than headers; quote the comma"),
        ("H01,none,no,,甲,a\n", r"remedies\.csv:2: renewed is 'no'; write yes or leave it empty"),
        ("H01,none\n", r"remedies\.csv:2: has more or fewer values"),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(tmp_path, rows, said):
    path = tmp_path / "remedies.csv"
    path.write_text(HEADER + rows, encoding="utf-8")
    with pytest.raises(CatalogueError, match=said):
        _read(path)


def test_an_indicator_without_a_row_is_refused():
    with pytest.raises(CatalogueError, match=r"remedies\.csv: has no row for H990101; add one"):
        remedy_of(SETTINGS, "H990101")


def test_every_unit_of_every_version_has_words():
    assert {indicator.unit for version in VERSIONS for indicator in version.indicators} <= set(UNITS)


@pytest.mark.parametrize("name", WORDS)
def test_a_sentence_has_the_same_blanks_in_both_languages(name):
    blanks = [
        {field for _, field, _, _ in string.Formatter().parse(text) if field}
        for text in (WORDS[name].zh, WORDS[name].en)
    ]
    assert blanks[0] == blanks[1]
    assert not re.search(r"[\u4e00-\u9fff]", WORDS[name].en.replace("不评价、不惩戒、不公开、不免抽", ""))
