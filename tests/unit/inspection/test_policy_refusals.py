"""Wrong rules of draws are refused with a sentence that names file and line; each is made in a copy of p1."""

from __future__ import annotations

import re
import shutil
from decimal import Decimal

import pytest

from orchestration.catalogue import CatalogueError
from orchestration.inspection.load import load_policy, policy_versions
from orchestration.inspection.model import Population
from orchestration.settings import Settings
from tests import definition

HEADER, PLANS, ITEMS, RATIOS, ALTERNATIVES = "policy.yml", "plans.csv", "items.csv", "ratios.csv", "alternatives.csv"


@pytest.fixture
def own(tmp_path):
    return definition.copied(tmp_path, "inspection")


def change(settings, file, old, new, version="p1"):
    return definition.change(settings.definition / "inspection" / version / file, old, new)


FAULTS = {
    "class with ratio 0": (RATIOS, "*,A,0.01,", "*,A,0,", "no class is exempt"),
    "less than the least ratio": (RATIOS, "ecology,A,0.0025,", "ecology,A,0.0005,", "less than least_ratio 0.001"),
    "falling ratio": (RATIOS, "*,D,0.30,", "*,D,0.05,", "falls from 0.10 in C to 0.05 in D"),
    "more than all": (RATIOS, "*,D,0.30,", "*,D,1.30,", "less than or equal to 1"),
    "too fine": (RATIOS, "*,D,0.30,", "*,D,0.3000001,", "decimal"),
    "ratio of no plan": (RATIOS, "ecology,A", "ecologie,A", "'ecologie' is no plan"),
    "ratio of no class": (RATIOS, "*,D,", "*,E,", "'E' is no class"),
    "ratio twice": (RATIOS, "*,B,", "*,A,", "stands here a second time"),
    "no ratio": (RATIOS, "*,D,0.30,documented,Henan 2021\n", "", "general has no ratio for class D"),
    "unknown department": (PLANS, "ecology,ecology", "ecology,ecologie", "'ecologie' is not in the code list"),
    "unknown field": (PLANS, "field:food", "field:fish", "'fish' is no key field"),
    "unknown population": (PLANS, "sections:B;C;D", "section B", "is none of all, field:<name>"),
    "statute without a field": (PLANS, "indicator:H030201>=1,no", "indicator:H030201>=1,yes", "only a key field has"),
    "statute twice": (PLANS, "field:drugs", "field:food", "two plans make the statutory visits of food"),
    "nobody for all": (PLANS, "market_regulation,all", "market_regulation,sections:A", "no plan is about all"),
    "plan without item": (
        ITEMS,
        "pollution,ecology,ecology",
        "pollution,labour,human_resources",
        "ecology has no item",
    ),
    "item of no plan": (ITEMS, "pollution,ecology", "pollution,ecologie", "'ecologie' is no plan"),
    "item of another department": (ITEMS, "pollution,ecology,ecology", "pollution,ecology,tax", "make them agree"),
    "unknown skill": (ITEMS, ",food,食品", ",fish,食品", "'fish' is no skill"),
    "one text for two items": (ITEMS, "公示信息检查", "登记事项检查", "names two items"),
    "unknown kind": (HEADER, 'statutory: "2"', 'statutory: "9"', "'9' is not in the code list check_kinds"),
    "one kind for two": (HEADER, 'statutory: "2"', 'statutory: "1"', "name two kinds"),
    "lot does not spare": (HEADER, 'spare: ["1", "2"]', 'spare: ["2"]', "kind 1 is missing"),
    "one inspector": (HEADER, "least_inspectors: 2", "least_inspectors: 1", "greater than or equal to 2"),
    "least ratio 0": (HEADER, "least_ratio: 0.001", "least_ratio: 0", "greater than 0"),
    "skill twice": (HEADER, "skill: drugs", "skill: food", "food stands twice"),
    "word that nobody reads": (HEADER, "put_off_at_most: 3", "put_off: 3", "put_off"),
    "ends before it begins": (HEADER, "effective_to:", 'effective_to: "2021-10"', "before it begins in 2021-11"),
    "another folder": (HEADER, "version: p1", "version: p9", "the folder is called 'p1'"),
    "upside down": (ALTERNATIVES, "Yuexiu 2021,A,0.05,0.05", "Yuexiu 2021,A,0.05,0.01", "is below least_ratio"),
}
ELSEWHERE = {
    "no ratio",
    "nobody for all",
    "plan without item",
    "word that nobody reads",
    "statute twice",
    "skill twice",
}
"""Faults shown at another line than the one changed: the row that is missing, or the list it stands in."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_line(own, fault):
    file, old, new, sentence = FAULTS[fault]
    line = change(own, file, old, new)
    with pytest.raises(CatalogueError) as refused:
        policy_versions(own)
    told = [one for one in str(refused.value).splitlines() if sentence in one]
    assert told, str(refused.value)
    assert any(re.search(rf"{file}:{line}: ", one) for one in told) or fault in ELSEWHERE, told
    assert re.search(r"(csv|yml)(:[0-9]+)?: ", told[0]), "every sentence names a file"


def test_henan_2021_is_in_force():
    policy = load_policy(Settings.from_env(), "2026-01")
    assert [policy.ratio("general", name) for name in "ABCD"] == [Decimal(r) for r in ("0.01", "0.02", "0.10", "0.30")]
    assert policy.ratio("zero_reports", "A") == 1
    assert {row.scheme for row in policy.alternatives} == {"Henan 2020", "Yuexiu 2021", "Daqing 2024"}


def test_a_ratio_of_the_plan_comes_before_that_of_the_class(own):
    change(own, RATIOS, "zero_reports,*,1,", "zero_reports,D,1,")
    policy = load_policy(own, "2026-01")
    assert (policy.ratio("zero_reports", "D"), policy.ratio("zero_reports", "A")) == (1, Decimal("0.01"))


def test_versions_follow_each_other_and_gaps_are_told(own):
    root = own.definition / "inspection"
    shutil.copytree(root / "p1", root / "p2")
    change(own, HEADER, "version: p1", "version: p2", "p2")
    change(own, HEADER, 'effective_from: "2021-11"', 'effective_from: "2026-01"', "p2")
    with pytest.raises(CatalogueError, match="p2 begins in 2026-01, while p1 is in force to an open end"):
        policy_versions(own)
    change(own, HEADER, "effective_to:", 'effective_to: "2025-11"')
    assert [load_policy(own, month).version for month in ("2025-11", "2026-01")] == ["p1", "p2"]
    with pytest.raises(CatalogueError, match="no rules of draws are in force in 2025-12"):
        load_policy(own, "2025-12")


def test_a_missing_file(own):
    (own.definition / "inspection" / "p1" / ITEMS).unlink()
    with pytest.raises(CatalogueError, match=r"items\.csv: is missing"):
        policy_versions(own)


def test_the_digest_changes_with_any_file(own):
    before = load_policy(own, "2026-01").digest
    change(own, ALTERNATIVES, "documented: middle-low 4 %", "documented")
    assert load_policy(own, "2026-01").digest != before


def test_populations_are_read():
    assert Population.parse("indicator:H030201>=1") == Population(indicator="H030201", at_least=Decimal(1))
    assert Population.parse("sections:B;C").sections == ("B", "C")
    with pytest.raises(ValueError, match="is none of"):
        Population.parse("sections:B,C")
