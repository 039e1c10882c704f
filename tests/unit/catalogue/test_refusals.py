"""A wrong catalogue is refused with a sentence that names file and line; here each fault is made in a copy of v1."""

from __future__ import annotations

import shutil

import pytest

from orchestration.catalogue import CatalogueError, catalogue_folder, check_catalogue, load_catalogue
from orchestration.catalogue.faults import warnings
from tests import definition


@pytest.fixture
def own(tmp_path):
    settings = definition.copied(tmp_path, "catalogue/v1")
    change(settings, "catalogue.yml", 'effective_to: "2023-06"', "effective_to:")
    return settings


def change(settings, file, old, new, version="v1"):
    return definition.change(settings.definition / "catalogue" / version / file, old, new)


FAULTS = {
    "gap": ("bands.csv", "H010101,2,10,100", "H010101,2,11,100", "a gap in H010101 from 10 to 11"),
    "overlap": ("bands.csv", "H010101,2,10,100", "H010101,2,9,100", "an overlap in H010101 from 9 to 10"),
    "open at the bottom": ("bands.csv", "H010101,1,,10", "H010101,1,0,10", "values of H010101 beyond 0 have no band"),
    "open at the top": ("bands.csv", "H010101,4,1000,,", "H010101,4,1000,9999,", "beyond 9999 have no band"),
    "no category": ("bands.csv", "H010301,2,,,foreign", "H010301,2,,,", "this band has no category"),
    "category twice": ("bands.csv", "H010301,2,,,foreign", "H010301,2,,,state", "'state' of H010301 stands twice"),
    "category of a number": ("bands.csv", "H010101,2,10,100,", "H010101,2,10,100,some", "H010101 is numeric"),
    "band of nothing": ("bands.csv", "H010101,2,", "H019999,2,", "H019999 is not in indicators.csv"),
    "band missing": ("bands.csv", "H010101,3,", "H010101,5,", "are numbered 1, 2, 4, 5"),
    "band twice": ("bands.csv", "H010101,2,", "H010101,1,", "H010101 band 1 stands here a second time"),
    "risk beyond 100": ("bands.csv", "H040101,2,1,,,100", "H040101,2,1,,,101", "risk: Input should be less than"),
    "reward": ("bands.csv", "H010101,4,1000,,,0", "H010101,4,1000,,,-5", "H010101 is not protective"),
    "part of a cent": ("bands.csv", "H040101,2,1,,,100", "H040101,2,1,,,33.333", "is no whole cent"),
    "class from the web": (
        "catalogue.yml",
        "indicator: H040201, at_least: 1",
        "indicator: H050201, at_least: 9",
        "rule SERIOUS_LIST rests on H050201, which reads w01_web_signals; nothing from the public web may set a class",
    ),
    "floor from the web": (
        "catalogue.yml",
        "indicator: H010302, equals: declared",
        "indicator: H050301, at_least: 1",
        "rule DECLARED_INDUSTRY rests on H050301, which reads w01_web_signals",
    ),
    "unknown feed": ("indicators.csv", "c01_branches,0", "c01_banches,0", "'c01_banches', which has no contract"),
    "no weight": ("indicators.csv", "wan_yuan,80,", "wan_yuan,,", "weight: Input should be a valid decimal"),
    "wrong parent": (
        "indicators.csv",
        "企业属性,Enterprise attributes,H0102",
        "企业属性,Enterprise attributes,H0103",
        "H01 and H0102 by its code",
    ),
    "two names": (
        "indicators.csv",
        "H0301,年报报送,Annual report filing,最近",
        "H0301,年报,Annual report filing,最近",
        "H0301 is ",
    ),
    "weight beyond its cap": (
        "indicators.csv",
        "wan_yuan,80,",
        "wan_yuan,101,",
        "H010101 alone gives up to 60.6 points",
    ),
    "cap beyond its level 1": (
        "levels.csv",
        "H0101,2,60,0",
        "H0101,2,191,0",
        "the cap 191 of H0101 is beyond the cap 190",
    ),
    "cap beyond the total": ("levels.csv", "H07,1,270,0", "H07,1,1001,0", "the cap 1001 of H07 is beyond the cap 1000"),
    "negative cap": ("levels.csv", "H0101,2,60,0", "H0101,2,-60,0", "cap: Input should be greater than or equal to 0"),
    "cap missing": ("levels.csv", "H0101,2,60,0\n", "", "H0101 has no cap"),
    "cap of nothing": ("levels.csv", "H0101,2,60,0", "H0109,2,60,0", "H0109 has no indicator in this version"),
    "wrong level": ("levels.csv", "H0101,2,60,0", "H0101,1,60,0", "H0101 is of level 2, not 1"),
    "offset leaves its level 1": ("levels.csv", "H07,1,270,0", "H07,1,270,-10", "the floor of H07 must be 0"),
    "parameter of nothing": (
        "parameters.csv",
        "H030202,capital",
        "H039999,capital",
        "H039999 is not in indicators.csv",
    ),
    "parameter no number": (
        "parameters.csv",
        "at_least,10000,",
        "at_least,1亿,",
        "value: Input should be a valid decimal",
    ),
    "parameter empty": ("parameters.csv", "at_least,10000,", "at_least,,", "value: Input should be a valid decimal"),
    "parameter below 0": ("parameters.csv", "at_least,10000,", "at_least,-1,", "value: Input should be greater than"),
    "parameter without meaning": ("parameters.csv", ",衰减期\n", ",\n", "meaning_zh: String should have at least 1"),
    "parameter twice": ("parameters.csv", "H030202,revenue_below", "H030202,capital_at_least", "stands here a second"),
    "half a month": ("parameters.csv", "decay_every,12,", "decay_every,12.5,", "12.5 months is not a whole number"),
    "total missing": ("levels.csv", "TOTAL,0,1000,0\n", "", "TOTAL has no cap"),
    "classes with a gap": (
        "catalogue.yml",
        "class: B, from: 200",
        "class: B, from: 201",
        "scores between have no class",
    ),
    "classes overlap": (
        "catalogue.yml",
        "class: B, from: 200",
        "class: B, from: 199",
        "scores between have two classes",
    ),
    "classes end early": ("catalogue.yml", "to: 1000", "to: 999", "the classes end at 999"),
    "classes begin late": (
        "catalogue.yml",
        "class: A, from: 0",
        "class: A, from: 1",
        "class A begins at 1 instead of 0",
    ),
    "class twice": ("catalogue.yml", "class: B, from", "class: A, from", "a class is named twice"),
    "letters astray": ("catalogue.yml", "class: B, from", "class: E, from", "classes stand as A, E, C, D"),
    "rule on nothing": ("catalogue.yml", "indicator: H040201", "indicator: H049999", "a rule names H049999"),
    "rule to no class": (
        "catalogue.yml",
        "at_least: 1, class: D",
        "at_least: 1, class: E",
        "sets 'E', which is not among",
    ),
    "rule on no category": (
        "catalogue.yml",
        "equals: declared",
        "equals: declaired",
        "'declaired' is no category of H010302",
    ),
    "rule without order": (
        "catalogue.yml",
        "equals: declared",
        "at_least: 3",
        "H010302 is categorical and has no order",
    ),
    "rule of two tests": ("catalogue.yml", "equals: declared", "equals: declared, below: 3", "give exactly one of"),
    "thin file on nothing": ("catalogue.yml", "indicator: H030101", "indicator: H039999", "a rule names H039999"),
    "unknown field": ("catalogue.yml", "title_zh:", "titel_zh:", "title_zh: Field required"),
    "not YAML": ("catalogue.yml", "classes:", "classes: [", "not valid YAML"),
    "not a month": ("catalogue.yml", '"2021-11"', '"2021-13"', "effective_from: String should match"),
    "ends before it begins": (
        "catalogue.yml",
        "effective_to:",
        'effective_to: "2020-01"',
        "before it begins in 2021-11",
    ),
    "folder of another name": ("catalogue.yml", "version: v1", "version: v9", "the folder is called 'v1'"),
}
WITHOUT_LINE = ["cap missing", "total missing"]
# the sentence stands at another line than the one changed
ELSEWHERE = [
    "band missing",
    "class twice",
    "letters astray",
    "not YAML",
    "open at the bottom",
    "two names",
    "unknown field",
    "wrong parent",
]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_refused_with_file_and_line(own, name):
    file, old, new, sentence = FAULTS[name]
    line = change(own, file, old, new)
    with pytest.raises(CatalogueError) as refused:
        check_catalogue(own)
    told = next(text for text in str(refused.value).splitlines() if sentence in text)
    place = f"{own.definition / 'catalogue' / 'v1' / file}"
    assert told.startswith(place)
    if name not in (*WITHOUT_LINE, *ELSEWHERE):
        assert told.startswith(f"{place}:{line}: ")
    assert told.endswith(".")


def test_a_file_is_missing(own):
    (own.definition / "catalogue" / "v1" / "levels.csv").unlink()
    with pytest.raises(CatalogueError, match=r"levels\.csv: is missing"):
        check_catalogue(own)


def test_no_version_at_all(own):
    shutil.rmtree(own.definition / "catalogue" / "v1")
    with pytest.raises(CatalogueError, match="catalogue: holds no version"):
        check_catalogue(own)


def second_version(settings, begins):
    shutil.copytree(settings.definition / "catalogue" / "v1", settings.definition / "catalogue" / "v2")
    change(settings, "catalogue.yml", "version: v1", "version: v2", "v2")
    change(settings, "catalogue.yml", '"2021-11"', f'"{begins}"', "v2")


def test_versions_may_not_overlap(own):
    second_version(own, "2026-01")
    with pytest.raises(CatalogueError, match=r"v2/catalogue\.yml:\d+: v2 begins in 2026-01, while v1 is in force"):
        check_catalogue(own)
    change(own, "catalogue.yml", "effective_to:", 'effective_to: "2026-01"')
    with pytest.raises(CatalogueError, match="end the earlier version the month before"):
        check_catalogue(own)


def test_each_month_has_the_version_in_force(own):
    second_version(own, "2026-01")
    change(own, "catalogue.yml", "effective_to:", 'effective_to: "2025-12"')
    assert load_catalogue(own, "2025-12").version == "v1"
    assert load_catalogue(own, "2026-01").version == "v2"
    assert catalogue_folder(own, "2030-06").name == "v2"
    with pytest.raises(CatalogueError, match="no catalogue version is in force in 2021-10"):
        load_catalogue(own, "2021-10")


def test_a_class_out_of_reach_warns(own):
    version = load_catalogue(own, "2026-01")
    assert list(warnings(version)) == []
    lower = [
        level.model_copy(update={"cap": min(level.cap, 100)}) if level.level else level for level in version.levels
    ]
    (told,) = warnings(version.model_copy(update={"levels": tuple(lower)}))
    assert "class D from 750 is only reached by rule" in told


def test_a_candidate_is_in_force_in_no_month(own):
    second_version(own, "2026-01")
    change(own, "catalogue.yml", 'effective_from: "2026-01"', "effective_from:", "v2")
    assert load_catalogue(own, "2026-05").version == "v1"
    assert check_catalogue(own) == []
    change(own, "catalogue.yml", "effective_to:", 'effective_to: "2026-05"', "v2")
    with pytest.raises(CatalogueError, match=r"v2/catalogue\.yml:\d+: v2 ends in 2026-05 and never begins"):
        check_catalogue(own)
