"""What every version must hold: the structure of Henan's catalogue, and the promises about who gets which class."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orchestration.catalogue import check_catalogue, load_catalogue
from orchestration.settings import Settings


@pytest.fixture(scope="module", params=["2023-06", "2023-07"])
def catalogue(request):
    return load_catalogue(Settings.from_env(), request.param)


@pytest.mark.parametrize(
    ("month", "version", "indicators"),
    [("2021-11", "v1", 48), ("2023-06", "v1", 48), ("2023-07", "v2", 81), ("2030-01", "v2", 81)],
)
def test_seven_twentyfour_and_fortyeight_then_eightyone(month, version, indicators):
    catalogue = load_catalogue(Settings.from_env(), month)
    assert catalogue.version == version
    assert len({i.l1_code for i in catalogue.indicators}) == 7
    assert len({i.l2_code for i in catalogue.indicators}) == 24
    assert len(catalogue.indicators) == indicators


def test_the_second_version_keeps_every_indicator_of_the_first():
    first, second = (load_catalogue(Settings.from_env(), month) for month in ("2023-06", "2023-07"))
    assert set(first.codes) < set(second.codes)


def test_numbers_inside_the_rules_are_its_own(catalogue):
    numbers = {(p.code, p.name): p.text for p in catalogue.parameters}
    assert numbers[("H030202", "capital_at_least")] == "10000"
    assert numbers[("H060202", "key_holder_share")] == "0.05"
    repaired = {value for (_, name), value in numbers.items() if name == "repaired_weight"}
    assert repaired == {"0.5"}
    # version 1 went in force without widening small groups of peers, and its past months stay as they were
    peers = {value for (_, name), value in numbers.items() if name == "peers_at_least"}
    assert peers == {"1" if catalogue.version == "v1" else "20"}


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


def test_offsets_stay_within_their_level_1(catalogue):
    floors = {level.code: level.floor for level in catalogue.levels if level.floor}
    published = {"v1": {"H0703": Decimal(-10)}, "v2": {"H0402": Decimal(-30), "H0703": Decimal(-15)}}
    assert floors == published[catalogue.version]


def test_web_signals_give_points_in_two_indicators_of_level_2_and_reach_no_d_alone(catalogue):
    read = {i.l2_code for i in catalogue.indicators if "w01_web_signals" in i.feeds}
    assert read == {"H0502", "H0503"}
    cap = next(level.cap for level in catalogue.levels if level.code == "H05")
    assert cap < catalogue.classes[-1].lower
    rules = [rule.indicator for rule in (*catalogue.direct_rules, *catalogue.floors)]
    assert rules and not any("w01_web_signals" in catalogue.by_code[code].feeds for code in rules)
