"""What version 1 must hold: the structure of Henan's catalogue, and the promises about who gets which class."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.catalogue import check_catalogue, load_catalogue
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def catalogue():
    return load_catalogue(Settings.from_env(), "2026-05")


def test_seven_twentyfour_fortyeight(catalogue):
    assert len({i.l1_code for i in catalogue.indicators}) == 7
    assert len({i.l2_code for i in catalogue.indicators}) == 24
    assert len(catalogue.indicators) == 48
    assert catalogue.effective_from == "2021-11"
    assert catalogue.effective_to is None


def test_numbers_inside_the_rules_are_its_own(catalogue):
    numbers = {(p.code, p.name): p.text for p in catalogue.parameters}
    assert numbers[("H030202", "capital_at_least")] == "10000"
    assert numbers[("H060202", "key_holder_share")] == "0.05"
    repaired = {value for (_, name), value in numbers.items() if name == "repaired_weight"}
    assert repaired == {"0.5"}


def test_it_is_clean():
    assert check_catalogue(Settings.from_env()) == []


def test_bounds_are_henans(catalogue):
    bounds = [(c.name, int(c.lower), int(c.upper)) for c in catalogue.classes]
    assert bounds == [("A", 0, 200), ("B", 200, 500), ("C", 500, 750), ("D", 750, 1000)]


def test_direct_rules_rest_on_official_lists_only(catalogue):
    assert {(rule.indicator, rule.class_name) for rule in catalogue.direct_rules} == {
        ("H040201", "D"),
        ("H040601", "D"),
    }
    for rule in catalogue.direct_rules:
        assert not any(feed.startswith("w") for feed in catalogue.by_code[rule.indicator].feeds)


def test_attributes_alone_never_leave_class_a(catalogue):
    cap = next(level.cap for level in catalogue.levels if level.code == "H01")
    assert cap < catalogue.classes[0].upper


def test_any_three_areas_of_conduct_reach_d(catalogue):
    caps = sorted(level.cap for level in catalogue.levels if level.level == 1 and level.code != "H01")
    assert sum(caps[:3]) >= catalogue.classes[-1].lower


def test_the_caps_add_up_to_more_than_the_total(catalogue):
    assert sum(level.cap for level in catalogue.levels if level.level == 1) > catalogue.max_score == 1000


def test_patents_offset_within_their_level_1_only(catalogue):
    floors = {level.code: level.floor for level in catalogue.levels}
    assert floors["H0703"] == Decimal(-10)
    assert all(floor == 0 for code, floor in floors.items() if code != "H0703")
