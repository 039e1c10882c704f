"""The simulated pool of inspectors, its conflicts, and who stands in the results of checks."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.inspection.load import load_policy
from orchestration.settings import Settings
from orchestration.simulation.facts import Part
from orchestration.simulation.inspectors import LEAST, PER_ENTERPRISE, SKILLS, STRICTNESS, inspectors
from orchestration.simulation.records import inspectors as records


@pytest.fixture(scope="module")
def staff(province):
    return inspectors(province.world)


def test_every_region_has_inspectors_of_every_department_and_skill(province, staff):
    rows = pl.DataFrame({"region": staff.region, "department": staff.department, "skills": staff.skills})
    desks = rows.group_by("region", "department").len()
    assert len(desks) == 18 * len(PER_ENTERPRISE)
    assert (
        desks["len"].min() >= 3
        and desks.filter(department="market_regulation")["len"].min() >= LEAST["market_regulation"]
    )
    for skill in SKILLS:
        able = rows.filter(pl.col("skills").str.split(";").list.contains(skill)).group_by("region").len()
        assert len(able) == 18 and able["len"].min() >= 3


def test_skills_are_those_of_the_rules(staff):
    known = {skill.skill for skill in load_policy(Settings.from_env(), "2026-01").skills}
    assert set(SKILLS) == known
    assert {skill for text in staff.skills for skill in text.split(";") if skill} == known


def test_strictness_is_mild_and_zero_on_average_in_every_desk(staff):
    desks = pl.DataFrame({"region": staff.region, "department": staff.department, "s": staff.strictness})
    assert desks.group_by("region", "department").agg(pl.col("s").mean().abs())["s"].max() < 1e-12
    assert 0.05 < np.abs(staff.strictness).mean() < np.abs(staff.strictness).max() <= 2 * STRICTNESS


def test_the_pool_is_delivered_once_and_who_leaves_again(province, staff):
    rows = province.records("s02_inspectors")
    every = records.pool(province.world, province.part)
    later = every.filter(~pl.col("inspector_id").is_in(rows["inspector_id"].implode()))["inspector_id"].n_unique()
    assert rows["inspector_id"].n_unique() == len(staff.person) - later
    again = rows.group_by("inspector_id").len().filter(pl.col("len") > 1)
    assert (
        len(again) == rows.filter(pl.col("active_to").is_not_null() & (pl.col("_seen") > 0))["inspector_id"].n_unique()
    )
    assert records.pool(province.world, Part(1, np.arange(10))).is_empty()


def test_checks_name_two_inspectors_of_the_region_and_department(province, staff):
    world = province.world
    people = pl.DataFrame(
        {"person": world.people(staff.person), "region": staff.region, "department": staff.department}
    )
    homes = pl.DataFrame({"enterprise_id": world.uscc, "home": pl.Series(world.places.region).gather(world.place)})
    checks = province.records("c07_spot_checks").join(homes, on="enterprise_id")
    named = checks.filter(pl.col("lead_inspector_id").is_not_null())
    assert 0.9 < len(named) / len(checks) < 1
    assert (named["lead_inspector_id"] != named["second_inspector_id"]).all()
    for column in ("lead_inspector_id", "second_inspector_id"):
        met = named.join(people, left_on=column, right_on="person")
        assert len(met) == len(named)
        assert (met["home"] == met["region"]).all() and (met["authority_code"] == met["department"]).all()
    one = checks.group_by("task_id").agg(pl.col("lead_inspector_id", "check_kind").n_unique())
    assert one["lead_inspector_id"].max() == one["check_kind"].max() == 1
    assert "visit_id" not in checks.columns, "no draw of the platform led to visits of the past"


def test_strict_inspectors_find_more(province, staff):
    world = province.world
    strict = pl.DataFrame({"lead_inspector_id": world.people(staff.person), "s": staff.strictness})
    latent = pl.DataFrame({"enterprise_id": world.uscc, "risky": world.latent_class >= 1})
    checks = province.records("c07_spot_checks").join(strict, on="lead_inspector_id").join(latent, on="enterprise_id")
    visits = (
        checks.filter("risky")
        .group_by("task_id")
        .agg(pl.col("s").first(), bad=(~pl.col("result").is_in(["1", "7"])).any())
    )
    high = visits.filter(pl.col("s") > 0)["bad"].mean()
    low = visits.filter(pl.col("s") < 0)["bad"].mean()
    assert 0.01 < high - low < 0.2


def test_conflicts_bar_inspectors_of_the_region(province, staff):
    rows = province.records("s03_inspector_conflicts")
    assert 0.003 < rows["enterprise_id"].n_unique() / province.world.count < 0.007
    assert set(rows["inspector_id"]) <= set(province.world.people(staff.person))
    assert (rows["ends_on"].is_null() | (rows["ends_on"] >= rows["starts_on"])).all()
