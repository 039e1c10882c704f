"""Inspectors and areas: each found where it was planted, neither taken for the other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from orchestration.effect.sample import Sample
from orchestration.effect.spread import SHOWN_CHARACTERS, spread


def visits(seed, inspectors_sd, areas_sd, crossing=0.3, size=6000, inspectors=60, areas=12):
    """A sample in which each inspector mostly works in one area; returns it with the planted effects (log odds)."""
    rng = np.random.default_rng(seed)
    own, area = rng.normal(0, inspectors_sd, inspectors), rng.normal(0, areas_sd, areas)
    home = rng.integers(0, areas, inspectors)
    who = rng.integers(0, inspectors, size)
    where = np.where(rng.random(size) < crossing, rng.integers(0, areas, size), home[who])
    of_class = rng.integers(0, 4, size)
    odds = np.log(np.array([0.05, 0.3, 0.5, 0.8]) / (1 - np.array([0.05, 0.3, 0.5, 0.8])))[of_class]
    found = rng.random(size) < 1 / (1 + np.exp(-(odds + own[who] + area[where])))
    frame = pl.DataFrame({
        "found": found, "class": np.array(list("ABCD"))[of_class], "region_code": [f"{one:06d}" for one in where],
        "lead_inspector_id": [f"{one:08d}" + "f" * 56 for one in who],
    })  # fmt: skip
    return Sample("2026-06", "2026-06", frame, pl.DataFrame(), pl.DataFrame()), own, area


def test_inspectors_are_not_taken_for_areas_nor_areas_for_inspectors():
    people = spread(visits(1, 0.6, 0.0)[0], 5)
    places = spread(visits(2, 0.0, 0.6)[0], 5)
    assert people.inspectors_sd.lower > 0.3
    assert people.areas_sd.lower == 0
    assert places.areas_sd.lower > 0.3
    assert places.inspectors_sd.lower == 0
    assert people.several_areas > 0


def test_effects_come_out_where_they_were_planted():
    sample, own, area = visits(3, 0.6, 0.3)
    found = spread(sample, 5)
    for effects, planted, least in ((found.inspectors, own, 0.9), (found.areas, area, 0.7)):
        told = np.array([np.log(one.odds) for one in sorted(effects, key=lambda one: one.name)])
        assert np.corrcoef(told, planted)[0, 1] > least
        held = [np.log(one.lower) <= planted[int(one.name)] <= np.log(one.upper) for one in effects]
        assert np.mean(held) > 0.8


def test_nothing_planted_shows_nothing():
    found = spread(visits(4, 0.0, 0.0)[0], 5)
    assert found.inspectors_sd.lower == found.areas_sd.lower == 0
    assert max(found.inspectors_sd.upper, found.areas_sd.upper) < 0.3
    assert not [one for one in (*found.inspectors, *found.areas) if one.lower > 1 or one.upper < 1]


def test_few_visits_leave_the_interval_wide_and_inspectors_without_a_name():
    sample, _, _ = visits(5, 0.6, 0.2, size=400, inspectors=40)
    found = spread(sample, least_visits=1)
    assert {len(one.name) for one in found.inspectors} == {SHOWN_CHARACTERS}
    few = [one.upper / one.lower for one in found.inspectors if one.visits <= 6]
    many = [one.upper / one.lower for one in found.inspectors if one.visits >= 14]
    assert min(few) > max(many)
    assert all(one.visits >= 10 for one in spread(sample, least_visits=10).inspectors)


def test_one_inspector_or_a_handful_of_visits_tell_nothing():
    assert spread(visits(6, 0.5, 0.5, inspectors=1)[0], 5) is None
    assert spread(visits(6, 0.5, 0.5, size=20)[0], 5) is None


def test_inspectors_who_stay_in_their_region_are_measured_on_the_visits_that_name_one():
    """As teams of draws are: chosen from the pool of the region; older results name nobody."""
    sample, _, _ = visits(7, 0.5, 0.0, crossing=0.0)
    named = pl.when(pl.int_range(pl.len()) % 2 == 0).then("lead_inspector_id")
    found = spread(replace(sample, visits=sample.visits.with_columns(lead_inspector_id=named)), 5)
    assert (found.visits, found.several_areas) == (3000, 0)
    assert found.inspectors_sd.lower < 0.5 < found.inspectors_sd.upper
