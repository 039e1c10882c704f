"""Wrong rules of key fields are refused with a sentence that names file and line; each is made in a copy of s1."""

from __future__ import annotations

import re
import shutil

import pytest

from orchestration.catalogue import CatalogueError
from orchestration.settings import Settings
from orchestration.specialised import check_specialised, load_specialised
from orchestration.warehouse.environment import parameters, windows
from tests import definition


@pytest.fixture
def own(tmp_path):
    return definition.copied(tmp_path, "specialised")


def change(settings, file, old, new, version="s1"):
    return definition.change(settings.definition / "specialised" / version / file, old, new)


HEADER = "specialised.yml"
FAULTS = {
    "gap in bands": ("bands.csv", "S010103,2,2,4", "S010103,2,3,4", "a gap in S010103 from 2 to 3"),
    "overlapping bands": ("bands.csv", "S010103,2,2,4", "S010103,2,1,4", "an overlap in S010103 from 1 to 2"),
    "open at the top": ("bands.csv", "S010103,3,4,,", "S010103,3,4,9,", "values of S010103 beyond 9 have no band"),
    "band missing": ("bands.csv", "S010103,2,", "S010103,5,", "are numbered 1, 3, 5"),
    "band of nothing": ("bands.csv", "S010103,2,", "S010199,2,", "S010199 is not in indicators.csv"),
    "a reward": ("bands.csv", "S010103,1,,2,0", "S010103,1,,2,-5", "risk: Input should be greater than or equal to 0"),
    "part of a cent": ("bands.csv", "S010103,2,2,4,40", "S010103,2,2,4,33.33", "is no whole cent"),
    "mark that scores": ("bands.csv", "S010301,2,1,,0", "S010301,2,1,,10", "S010301 is a mark and gives no points"),
    "unknown feed": ("indicators.csv", "c15_food_operators,24", "c15_fod,24", "'c15_fod', which has no contract"),
    "unknown field": ("indicators.csv", "S010101,food", "S010101,foot", "'foot', which is no field"),
    "code of another field": (
        "indicators.csv",
        "S010101,food",
        "S020199,food",
        "codes of food begin with S01, not with",
    ),
    "part by the code": ("indicators.csv", "S010101,food,static", "S010101,food,dynamic", "is static by its code"),
    "weight beyond the cap": (
        "indicators.csv",
        "sum,unknown,25,unknown",
        "sum,unknown,61,unknown",
        "more than the cap 60",
    ),
    "a mark that weighs": (
        "indicators.csv",
        "count,sum,zero,0,HACCP",
        "count,sum,zero,5,HACCP",
        "only a mark weighs 0",
    ),
    "no such measure": ("indicators.csv", "grade,max", "grade,median", "measure: Input should be"),
    "cap missing": ("parts.csv", "food,general,20\n", "", "food has no cap for its general part"),
    "caps of a fusion": (
        "parts.csv",
        "drugs,dynamic,40",
        "drugs,dynamic,50",
        "three parts of drugs add up to 100, not 110",
    ),
    "caps of a result": (
        "parts.csv",
        "food,dynamic,60",
        "food,dynamic,50",
        "static and dynamic of food are 100, not 90",
    ),
    "general in an overlay": (
        "parts.csv",
        "industrial,general,0",
        "industrial,general,9",
        "general of industrial is 0",
    ),
    "entry of nothing": ("lists.csv", "S010303,FOOD", "S010399,FOOD", "S010399 is not in indicators.csv"),
    "parameter of nothing": ("parameters.csv", "S020202,", "S020299,", "S020299 is not in indicators.csv"),
    "half a month": ("parameters.csv", "ahead_months,3,", "ahead_months,2.5,", "2.5 months is not a whole number"),
    "no visit": ("visits.csv", "food,A,0.5", "food,A,0", "visits_per_year: Input should be greater than 0"),
    "visits fall": ("visits.csv", "food,C,2", "food,C,0.9", "the statutory frequency falls from 1 in B to 0.9 in C"),
    "visits missing": (
        "visits.csv",
        "food,C,2,documented,at least twice a year\n",
        "",
        "class C of food has no statutory",
    ),
    "cell missing": (
        "matrix.csv",
        "industrial,C,B,C,normal\n",
        "",
        "has no cell for specialised class C and general class B; add the row industrial,C,B.",
    ),
    "cell twice": ("matrix.csv", "industrial,C,B,", "industrial,C,A,", "stands here a second time"),
    "milder cell": ("matrix.csv", "industrial,D,D,D", "industrial,D,D,B", "riskier may not be milder"),
    "milder tier": ("matrix.csv", "industrial,B,C,C,normal", "industrial,B,C,C,credit", "riskier may not be milder"),
    "no such tier": ("matrix.csv", "C,C,C,tightened", "C,C,C,harsh", "'harsh' is no tier"),
    "matrix of a fusion": (
        "matrix.csv",
        "industrial,A,A",
        "food,A,A",
        "food is of mode result_fusion, which has no matrix",
    ),
    "unknown mode": (HEADER, "mode: result_fusion", "mode: fusion", "mode: Input should be 'indicator_fusion'"),
    "gap in classes": (HEADER, "{class: B, from: 30, to: 45}", "{class: B, from: 31, to: 45}", "have no class"),
    "classes end early": (HEADER, "from: 60, to: 120}", "from: 60, to: 110}", "end at 110, but scores reach 120"),
    "move to nowhere": (HEADER, "at_least: 1, to: D", "at_least: 1, to: E", "SERIOUS_LIST sets 'E'"),
    "move of another field": (HEADER, "indicator: S010303", "indicator: S020301", "which is no indicator of food"),
    "move without effect": (HEADER, "by: -1", "by: 0", "give exactly one of by (steps, not 0) and to"),
    "move without condition": (HEADER, "general_class: D, to: C", "to: C", "give either indicator and at_least"),
    "steps twice": (HEADER, "by: -1, applies_to: combined", "by: -1, applies_to: both", "would move by steps twice"),
    "tier missing": (HEADER, "tiers: {A: credit, B", "tiers: {B", "class A of food has no tier"),
    "unknown tier": (HEADER, "tiers: {A: credit", "tiers: {A: cradle", "'cradle' is no tier"),
    "exempt class": (HEADER, "{A: 0.01,", "{A: 0,", "no class is exempt"),
    "word that nobody reads": (HEADER, "member_months: 24", "member_month: 24", "member_month"),
    "ends before it begins": (HEADER, "effective_to:", 'effective_to: "2021-10"', "before it begins in 2021-11"),
    "another folder": (HEADER, "version: s1", "version: s9", "the folder is called 's1'"),
    "no month": (HEADER, 'effective_from: "2021-11"', "effective_from: 2021-13", "effective_from"),
}


ELSEWHERE = {
    "band missing", "cap missing", "caps of a fusion", "caps of a result", "visits missing", "cell missing",
    "word that nobody reads",
}  # fmt: skip
"""Faults shown at another line than the one changed: the row that is missing or meets the changed one."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_line(own, fault):
    file, old, new, sentence = FAULTS[fault]
    line = change(own, file, old, new)
    with pytest.raises(CatalogueError) as refused:
        check_specialised(own)
    told = [one for one in str(refused.value).splitlines() if sentence in one]
    assert told, str(refused.value)
    assert re.search(rf"{file}:{line}: ", told[0]) or fault in ELSEWHERE, told[0]
    assert re.search(rf"{file}:[0-9]+: ", told[0]), "every sentence names a line"


def test_the_canonical_rules_are_right_and_every_cap_is_in_reach():
    assert check_specialised(Settings.from_env()) == []


def test_overlapping_versions(own):
    root = own.definition / "specialised"
    shutil.copytree(root / "s1", root / "s2")
    change(own, HEADER, "version: s1", "version: s2", "s2")
    change(own, HEADER, 'effective_from: "2021-11"', 'effective_from: "2026-01"', "s2")
    with pytest.raises(CatalogueError, match="s2 begins in 2026-01, while s1 is in force to an open end"):
        check_specialised(own)
    change(own, HEADER, "effective_to:", 'effective_to: "2025-12"')
    assert check_specialised(own) == []
    assert [load_specialised(own, month).version for month in ("2020-01", "2025-12", "2026-01")] == ["s1", "s1", "s2"]


def test_a_month_after_the_last_version(own):
    change(own, HEADER, "effective_to:", 'effective_to: "2025-12"')
    with pytest.raises(CatalogueError, match="no version is in force in 2026-01"):
        load_specialised(own, "2026-01")


def test_a_missing_file(own):
    (own.definition / "specialised" / "s1" / "visits.csv").unlink()
    with pytest.raises(CatalogueError, match=r"visits\.csv: is missing"):
        check_specialised(own)


def test_a_jurisdiction_without_rules_of_its_own_is_under_the_canonical_ones(tmp_path):
    settings = Settings(home=tmp_path, jurisdiction="chicago")
    assert load_specialised(settings, "2014-01").version == "s1"


def test_models_get_windows_and_parameters_beside_those_of_the_catalogue():
    settings = Settings.from_env()
    found = windows(settings, "2026-05")
    assert (found["S010202"], found["S01"], found["H040501"]) == (12, 24, 12)
    assert parameters(settings, "2026-05")["S030201"] == {"prior_samples": "8"}
