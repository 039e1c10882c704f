"""Teams: every promise kept where it can be, and what is short told where it cannot."""

from __future__ import annotations

from itertools import product

import numpy as np
import polars as pl
import pytest

from orchestration.inspection.assign import CONFLICT, assign, need_of
from orchestration.inspection.flow import Pool, even_flow, flow

NO_CONFLICT = pl.DataFrame(schema={"inspector_id": pl.String, "enterprise_id": pl.String})
MARKET = "market_regulation"


def pool(*people: tuple[str, str, int]) -> pl.DataFrame:
    """Inspectors: department, skills, capacity; called i0, i1, ..."""
    rows = [(f"i{n}", department, skills, capacity) for n, (department, skills, capacity) in enumerate(people)]
    return pl.DataFrame(rows, schema=["inspector_id", "department", "skills", "capacity"], orient="row")


def visits(*plans: str) -> pl.DataFrame:
    """Visits of plans joined by +, in order of precedence."""
    rows = [(f"v{n:03d}", f"E{n:03d}", text.split("+")) for n, text in enumerate(plans)]
    return pl.DataFrame(
        rows, schema={"visit_id": pl.String, "enterprise_id": pl.String, "plans": pl.List(pl.String)}, orient="row"
    )


def held(made, asked, people, policy):
    """Assert what every team must be, of the visits that are made."""
    off = set(made.put_off["visit_id"])
    skills = {row["inspector_id"]: row for row in people.iter_rows(named=True)}
    for row in asked.iter_rows(named=True):
        team = made.teams.filter(pl.col("visit_id") == row["visit_id"])
        if row["visit_id"] in off:
            assert team.is_empty()
            continue
        need = need_of(policy, tuple(row["plans"]))
        assert team["inspector_id"].n_unique() == len(team) == sum(map(len, need.values())) >= policy.least_inspectors
        assert set(team["department"]) == set(need)
        assert sorted(team["role"]).count("lead") == 1
        for person in team.iter_rows(named=True):
            assert skills[person["inspector_id"]]["department"] == person["department"]
            assert not person["skill"] or person["skill"] in skills[person["inspector_id"]]["skills"].split(";")
    load = dict(made.teams.group_by("inspector_id").len().iter_rows())
    assert all(count <= skills[name]["capacity"] for name, count in load.items())


def test_what_a_visit_asks_for(policy):
    assert need_of(policy, ("general",)) == {MARKET: ("", "")}
    assert need_of(policy, ("food", "general")) == {MARKET: ("food", "")}
    assert need_of(policy, ("drugs", "food")) == {MARKET: ("drugs", "food")}
    assert need_of(policy, ("ecology", "general")) == {MARKET: ("",), "ecology": ("",)}
    assert next(iter(need_of(policy, ("ecology", "food", "general")))) == MARKET, "most items lead"


def test_every_visit_has_its_team_and_the_load_is_even(policy):
    people = pool(*[(MARKET, "food;drugs", 30)] * 6, *[(MARKET, "", 30)] * 6, *[("ecology", "", 30)] * 3)
    asked = visits(*["food+general"] * 20, *["ecology+general"] * 15, *["drugs+food"] * 10)
    made = assign(asked, people, NO_CONFLICT, policy, "seed")
    held(made, asked, people, policy)
    assert made.put_off.is_empty() and made.short.is_empty()
    load = made.teams.filter(pl.col("department") == MARKET).group_by("inspector_id").len()["len"]
    assert load.max() - load.min() <= 4, "nobody is spared while others are full"


def test_the_same_seed_makes_the_same_teams_and_another_other_ones(policy):
    people = pool(*[(MARKET, "food", 20)] * 8)
    asked = visits(*["food+general"] * 20)
    teams = [assign(asked, people, NO_CONFLICT, policy, seed).teams for seed in ("a", "a", "b")]
    assert teams[0].equals(teams[1]) and not teams[0].equals(teams[2])
    assert assign(asked, people.reverse(), NO_CONFLICT, policy, "a").teams.equals(teams[0])


def test_everybody_can_come_to_every_visit(policy):
    """Over seeds each of five inspectors leads or assists at the first visit about equally often."""
    people, asked = pool(*[(MARKET, "", 9)] * 5), visits(*["general"] * 4)
    seen = [
        name
        for seed in range(40)
        for name in assign(asked, people, NO_CONFLICT, policy, f"s{seed}").teams.filter(pl.col("visit_id") == "v000")[
            "inspector_id"
        ]
    ]
    counts = [seen.count(f"i{n}") for n in range(5)]
    assert sum(counts) == 80 and min(counts) >= 5 and max(counts) <= 28


def test_a_conflict_of_interest_is_avoided(policy):
    people, asked = pool(*[(MARKET, "food", 10)] * 3), visits(*["food+general"] * 8)
    barred = pl.DataFrame({"inspector_id": ["i0"] * 6, "enterprise_id": [f"E00{n}" for n in range(6)]})
    for seed in "abcde":
        made = assign(asked, people, barred, policy, seed)
        held(made, asked, people, policy)
        met = made.teams.join(asked, on="visit_id").join(barred, on=["inspector_id", "enterprise_id"])
        assert met.is_empty() and made.put_off.is_empty()


def test_a_conflict_that_nobody_can_step_in_for_puts_the_visit_off(policy):
    people, asked = pool((MARKET, "", 9), (MARKET, "", 9)), visits("general", "general")
    barred = pl.DataFrame({"inspector_id": ["i0"], "enterprise_id": ["E000"]})
    made = assign(asked, people, barred, policy, "a")
    assert made.put_off.to_dicts() == [{"visit_id": "v000", "put_off": CONFLICT}]
    assert made.teams["visit_id"].unique().to_list() == ["v001"]


def test_short_of_capacity_the_first_visits_are_made_and_the_rest_is_told(policy):
    people, asked = pool((MARKET, "", 3), (MARKET, "", 3)), visits(*["general"] * 5)
    made = assign(asked, people, NO_CONFLICT, policy, "a")
    held(made, asked, people, policy)
    assert made.put_off["visit_id"].to_list() == ["v003", "v004"]
    assert set(made.put_off["put_off"]) == {f"no inspector left: {MARKET} any+any"}
    assert made.short.to_dicts() == [{"department": MARKET, "skill": "", "inspector_visits": 4, "put_off": 2}]


def test_one_inspector_alone_makes_no_visit_of_two(policy):
    made = assign(visits("general"), pool((MARKET, "", 9)), NO_CONFLICT, policy, "a")
    assert made.put_off["visit_id"].to_list() == ["v000"]
    assert made.short["inspector_visits"].to_list() == [1]


def test_a_skill_that_is_missing_stops_only_the_visits_that_need_it(policy):
    people = pool(*[(MARKET, "drugs", 10)] * 3)
    asked = visits("food+general", "general", "drugs+general", "food+general", "general")
    made = assign(asked, people, NO_CONFLICT, policy, "a")
    held(made, asked, people, policy)
    assert made.put_off["visit_id"].to_list() == ["v000", "v003"]
    assert made.short.to_dicts() == [{"department": MARKET, "skill": "food", "inspector_visits": 2, "put_off": 2}]


def test_a_department_without_inspectors_stops_only_its_joint_visits(policy):
    people, asked = pool(*[(MARKET, "", 10)] * 2), visits("ecology+general", "general")
    made = assign(asked, people, NO_CONFLICT, policy, "a")
    assert made.put_off["visit_id"].to_list() == ["v000"]
    assert made.short["department"].to_list() == ["ecology"]


def test_nobody_at_all(policy):
    none = pool((MARKET, "", 1)).clear()
    made = assign(visits("general", "food+general"), none, NO_CONFLICT, policy, "a")
    assert len(made.put_off) == 2 and made.teams.is_empty()
    assert assign(visits("general").clear(), none, NO_CONFLICT, policy, "a").put_off.is_empty()


def test_rare_skills_are_kept_for_those_who_need_them(policy):
    """One inspector has both skills; only if the general visits leave that one free can all visits be made."""
    people = pool((MARKET, "drugs;food", 2), (MARKET, "food", 2), (MARKET, "", 2), (MARKET, "", 2))
    asked = visits("general", "general", "drugs+food", "drugs+food")
    made = assign(asked, people, NO_CONFLICT, policy, "a")
    held(made, asked, people, policy)
    assert made.put_off.is_empty()


@pytest.mark.parametrize("seed", range(6))
def test_promises_hold_for_pools_and_visits_at_random(policy, seed):
    """Also where much is short: no team breaks a promise, and no visit that is put off could have been made besides."""
    rng = np.random.default_rng(seed)
    skills = ["", "food", "drugs", "drugs;food", "equipment", "product;food"]
    people = pool(
        *[(MARKET, skills[rng.integers(6)], int(rng.integers(1, 5))) for _ in range(9)],
        *[("ecology", "", int(rng.integers(1, 4))) for _ in range(2)],
    )
    kinds = ["general", "food+general", "drugs+food", "ecology+general", "special_equipment", "industrial+food+general"]
    asked = visits(*[kinds[rng.integers(6)] for _ in range(24)])
    pairs = pl.DataFrame(
        {
            "inspector_id": [f"i{rng.integers(11)}" for _ in range(12)],
            "enterprise_id": [f"E{rng.integers(24):03d}" for _ in range(12)],
        }
    )
    made = assign(asked, people, pairs, policy, str(seed))
    held(made, asked, people, policy)
    assert made.teams.join(asked, on="visit_id").join(pairs, on=["inspector_id", "enterprise_id"]).is_empty()
    assert len(made.put_off) + made.teams["visit_id"].n_unique() == len(asked)
    assert made.short.is_empty() == made.put_off.filter(pl.col("put_off") != CONFLICT).is_empty()


def test_a_flow_knows_that_one_person_cannot_stand_twice_in_a_visit():
    two = Pool(("a", "b"), (frozenset(), frozenset()), np.array([9, 2]))
    assert flow(two, {("", ""): 2}).complete
    assert sum(flow(two, {("", ""): 3}).missing.values()) == 1, "the second of the third visit"


def possible(people, capacity, parts):
    """Whether all parts can be made, by trying everything."""
    if not parts:
        return True
    for team in product(range(len(people)), repeat=len(parts[0])):
        left = list(capacity)
        for person in team:
            left[person] -= 1
        able = all(not skill or skill in people[person] for person, skill in zip(team, parts[0], strict=True))
        if able and len(set(team)) == len(team) and min(left) >= 0 and possible(people, left, parts[1:]):
            return True
    return False


def test_a_flow_fits_exactly_where_trying_everything_finds_teams():
    rng, kinds, found = np.random.default_rng(5), [("", ""), ("food", ""), ("drugs", "food"), ("food",)], []
    for _ in range(60):
        people = [frozenset(s for s in ("food", "drugs") if rng.random() < 0.5) for _ in range(3)]
        capacity = rng.integers(1, 4, 3)
        parts = [kinds[k] for k in rng.integers(0, 4, 3)]
        pool_of = Pool(("a", "b", "c"), tuple(people), capacity)
        demand = {part: parts.count(part) for part in parts}
        found.append(possible(people, capacity, parts))
        assert flow(pool_of, demand).complete == found[-1], (people, capacity, parts)
    assert 10 < sum(found) < 50, "both outcomes are met"


def test_an_even_flow_uses_everybody():
    four = Pool(tuple("abcd"), (frozenset(),) * 4, np.array([20] * 4))
    found = even_flow(four, {("", ""): 10})
    used = sum(found.filled.values())
    assert found.complete and used.sum() == 20 and used.max() <= 7
