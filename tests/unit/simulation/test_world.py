from __future__ import annotations

import numpy as np
import pytest
from stdnum.cn import uscc

from orchestration.settings import Settings
from orchestration.simulation.chance import SimulationError
from orchestration.simulation.places import load_places
from orchestration.simulation.world import build_world


def test_the_same_seed_gives_the_same_province_and_another_seed_another(small):
    again = build_world(small.settings, 3000, 11, small.calendar)
    other = build_world(small.settings, 3000, 12, small.calendar)
    assert again.uscc.equals(small.world.uscc) and (again.risk == small.world.risk).all()
    assert again.name.equals(small.world.name)
    assert (other.risk != small.world.risk).any()
    assert not set(other.uscc) & set(small.world.uscc)


def test_codes_are_unique_and_valid_but_for_the_pilots(province):
    world = province.world
    assert world.uscc.n_unique() == world.count
    bad = [code for code in world.uscc if not uscc.is_valid(code)]
    assert bad == world.uscc.filter(world.pilot.tolist()).to_list() and bad


def test_shares_are_those_of_a_province(province):
    world = province.world
    latent = np.bincount(world.latent_class, minlength=4) / world.count
    assert 0.55 < latent[0] < 0.70 and 0.24 < latent[1] < 0.38 and 0.04 < latent[2] < 0.07 and 0.015 < latent[3] < 0.03
    regions, count = np.unique(world.places.region[world.place], return_counts=True)
    assert len(regions) == 18
    assert 0.23 < count[list(regions).index("410100")] / world.count < 0.27
    limited = np.isin(world.entity, ["1100", "1130", "1151", "1152"]).mean()
    assert 0.68 < limited < 0.78 and 0.08 < (world.entity == "9600").mean() < 0.12


def test_nobody_is_placed_in_a_retired_district_or_a_whole_prefecture(province):
    places = province.world.places
    assert not set(places.code) & set(places.retired)
    assert all(code % 100 for code in places.code)


def test_branches_have_older_living_parents_that_are_no_branches(province):
    world = province.world
    parents = world.parent[world.branch]
    assert len(parents) > 100 and not world.branch[parents].any() and (world.ending[parents] == 0).all()
    assert (world.established[parents] < world.calendar.start).all()


def test_owners_go_round_in_small_rings_only(province):
    world = province.world
    owned = world.owner >= 0
    assert owned.sum() > 300
    # a ring has one owner of a lower rank than what it owns; all other ownership leads from low rows to high ones
    back = np.flatnonzero(owned & (world.owner >= np.arange(world.count)))
    sole = world.entity[back] == "1152"
    assert sole.any() and not sole.all()
    once, twice = world.owner[back], world.owner[world.owner[back]]
    assert (once != back).all() and ((twice == back) | (world.owner[twice] == back)).all()
    assert (twice == back).any() and (twice != back).any()
    assert len(back) < 0.002 * world.count


def test_pyramids_have_many_levels(province):
    world = province.world
    above = np.where(world.owner < np.arange(world.count), world.owner, -1)
    level, place = np.zeros(world.count, dtype=int), above
    while (place >= 0).any():
        level += place >= 0
        place = np.where(place >= 0, above[np.maximum(place, 0)], -1)
    assert level.max() >= 11 and (level == 3).sum() > 20
    assert world.company[above >= 0].all()


def test_shell_groups_share_person_and_address_and_are_risky(province):
    world = province.world
    members = np.flatnonzero(world.shell)
    assert len(members) >= 28
    assert (world.head[members] == world.home[members]).all()
    assert np.bincount(world.head[members]).max() >= 10
    assert world.risk[members].mean() > 2 * world.risk.mean()


def test_a_city_whose_districts_are_not_numbered_by_the_standard_is_refused(tmp_path):
    reference = tmp_path / "reference"
    reference.mkdir()
    (reference / "districts.csv").write_text("district_code,name_zh,region_code,replaced_by\nward-1,x,ward-1,\n")
    (reference / "regions.csv").write_text("region_code,name_zh,name_en\nward-1,x,x\n")

    class Elsewhere(Settings):
        definition = tmp_path

    with pytest.raises(SimulationError, match="districts of elsewhere are not numbered"):
        load_places(Elsewhere(home=tmp_path, jurisdiction="elsewhere"))
