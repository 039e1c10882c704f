"""Strata, rounding, order, nesting, certain visits: what the draw of one region promises."""

from __future__ import annotations

import hashlib
from fractions import Fraction

import polars as pl
import pytest

from orchestration.inspection import draw
from orchestration.inspection.draw import UNIT, draw_region, order_hashes
from orchestration.inspection.frame import frame_hash
from tests.unit.inspection.conftest import firms, frame, with_ratios

JOINT = "general:D+ecology:D"


@pytest.fixture(scope="module")
def mixed():
    """Four classes, two of them with a joint plan, some spared, some due."""
    return frame(
        firms(90, "A")
        + firms(70, "B")
        + firms(40, "C")
        + firms(30, "D", plans=JOINT)
        + firms(20, "D", head="x")
        + firms(15, "D", head="spared", plans=JOINT, spared="drawn in 2025-11")
        + firms(6, "B", head="due", plans="food:C+general:B", due="food@2.0")
    )


def test_the_order_is_that_of_sha256_of_seed_and_code():
    found = order_hashes(pl.Series(["E1", "E2"]), "seed")
    assert found.to_list() == [hashlib.sha256(f"seed|{code}".encode()).hexdigest() for code in ("E1", "E2")]


def test_the_same_seed_draws_the_same_rows_whatever_the_order_of_the_frame(mixed, policy):
    once = draw_region(mixed, policy, "7", "410100")
    again = draw_region(mixed.sample(fraction=1, shuffle=True, seed=1), policy, "7", "410100")
    assert again.visits.equals(once.visits)
    assert again.strata.equals(once.strata)
    other = draw_region(mixed, policy, "8", "410100")
    assert not other.visits.equals(once.visits)


def test_the_hash_of_a_frame_knows_rows_and_earlier_draws_but_no_order(mixed):
    digest = frame_hash(mixed, [("a", "1"), ("b", "2")])
    assert frame_hash(mixed.reverse(), [("b", "2"), ("a", "1")]) == digest
    assert frame_hash(mixed, [("a", "1"), ("b", "3")]) != digest
    changed = mixed.with_columns(
        spared=pl.when(pl.col("enterprise_id") == "A0000").then(pl.lit("x")).otherwise("spared")
    )
    assert frame_hash(changed, [("a", "1"), ("b", "2")]) != digest


def test_the_expected_number_is_exact_over_the_rounding(mixed, policy, monkeypatch):
    """Averaged over an even grid of roundings every stratum and plan gives ratio / 12 x live enterprises."""
    grid = 240
    ordered = draw._with_strata(mixed)
    totals: dict[tuple[str, str], int] = {}
    for step in range(grid):
        monkeypatch.setattr(draw, "number_of", lambda *_, step=step: step * (UNIT // grid))
        for stratum in draw._lot_strata(ordered, policy, "s", "r"):
            for plan, number in stratum.drawn.items():
                totals[stratum.name, plan] = totals.get((stratum.name, plan), 0) + number
    for stratum in draw._lot_strata(ordered, policy, "s", "r"):
        for plan, expected in stratum.expected.items():
            assert abs(Fraction(totals[stratum.name, plan], grid) - Fraction(expected, UNIT)) <= Fraction(1, grid)
    joint = next(one for one in draw._lot_strata(ordered, policy, "s", "r") if "ecology" in one.name)
    assert Fraction(joint.expected["general"], UNIT) == Fraction(3, 10) / 12 * 45, "spared ones count among the live"
    assert joint.eligible == 30


def sums_by_class(strata: pl.DataFrame, plans: pl.DataFrame) -> pl.DataFrame:
    """class, expected (visits by lot, the largest plan of each stratum), drawn; the two differ by less than one."""
    largest = plans.group_by("stratum").agg(pl.col("expected").max())
    by_lot = strata.filter(~pl.col("certain")).join(largest, on="stratum")
    return by_lot.group_by("class").agg(pl.col("expected", "drawn").sum()).sort("class")


@pytest.mark.parametrize("seed", ["1", "2", "3", "4", "5"])
def test_sums_by_class_are_exact_to_one_visit(mixed, policy, seed):
    drawn = draw_region(mixed, policy, seed, "410100")
    sums = sums_by_class(drawn.strata, drawn.plans)
    assert (sums["drawn"] - sums["expected"]).abs().max() < 1
    assert abs(sums["drawn"].sum() - sums["expected"].sum()) < 1


def test_tiny_strata_are_drawn_together_not_never(policy):
    """Forty strata that expect a fortieth of a visit each make one visit, whatever the seed."""
    split = frame([{"enterprise_id": f"E{n}", "class": "D", "plans": f"general:D+p{n:02d}:D"} for n in range(40)])
    rules = with_ratios(policy, general_D="0.3", **{f"p{n:02d}_D": "0.3" for n in range(40)})
    assert {len(draw_region(split, rules, str(seed), "410100").visits) for seed in range(6)} == {1}


def test_plans_are_nested_and_one_visit_serves_them_all(mixed, policy):
    rules = with_ratios(policy, general_D="1", ecology_D="0.6")
    drawn = draw_region(mixed, rules, "3", "410100")
    visits = drawn.visits.filter(pl.col("stratum") == f"D|{JOINT}").sort("place")
    assert visits["enterprise_id"].is_unique().all()
    both = visits["plans"].list.contains("ecology").to_list()
    assert any(both) and not all(both)
    assert both == sorted(both, reverse=True), "the smaller plan has the first places of the larger"
    assert visits["plans"].list.contains("general").all()


def test_nobody_spared_is_drawn_and_no_more_than_are_eligible(mixed, policy):
    rules = with_ratios(policy, general_D="1", general_A="1", general_B="1", general_C="1")
    for seed in range(4):
        drawn = draw_region(mixed, rules, str(seed), "410100")
        assert not drawn.visits["enterprise_id"].str.starts_with("spared").any()
    few = frame(firms(2, "D") + firms(58, "D", head="s", spared="visited on 2026-01-03"))
    drawn = draw_region(few, with_ratios(policy, general_D="1"), "1", "410100")
    assert (drawn.strata["eligible"].item(), drawn.strata["drawn"].item(), drawn.strata["probability"].item()) == (
        2,
        2,
        1,
    )


def test_a_stratum_of_which_everybody_is_spared_has_no_probability(policy):
    drawn = draw_region(frame(firms(3, "D", spared="drawn in 2026-01")), policy, "1", "410100")
    assert drawn.strata.select("eligible", "drawn", "probability").row(0) == (0, 0, None)
    assert drawn.visits.is_empty()


def test_what_is_due_is_visited_for_sure_also_where_the_lot_spares(policy):
    due = frame(firms(8, "A", plans="food:B+general:A", due="food@1.0", spared="visited on 2025-01-02"))
    drawn = draw_region(due, policy, "1", "410100")
    assert drawn.visits["check_kind"].unique().to_list() == [policy.kinds.statutory]
    assert drawn.visits["probability"].unique().to_list() == [1.0]
    assert len(drawn.visits) == 8 and drawn.visits["plans"].list.contains("food").all()


def test_other_plans_join_a_due_visit_with_their_ratio_a_year(policy):
    """Two visits a year and a ratio of 0.5 a year: every fourth visit."""
    due = frame(firms(40, "A", plans="food:C+general:A", due="food@2.0"))
    rules = with_ratios(policy, general_A="0.5")
    joined = draw_region(due, rules, "1", "410100").visits["plans"].list.contains("general")
    assert joined.sum() == 10


def test_what_was_put_off_comes_first_of_its_kind_and_keeps_plans_and_probability(policy):
    put_off = firms(
        1, "C", head="late", carried="2026-02", carried_plans="ecology+general", carried_kind="1",
        carried_probability=0.25, carried_times=1, spared="drawn in 2026-02",
    )  # fmt: skip
    rules = with_ratios(policy, general_C="1")
    visits = draw_region(frame(firms(60, "C") + put_off), rules, "1", "410100").visits
    first = visits.row(0, named=True)
    assert first["enterprise_id"] == "lateC0000"
    assert (first["plans"], first["probability"], first["check_kind"]) == (["ecology", "general"], 0.25, "1")
    assert (first["carried_from"], first["times"]) == ("2026-02", 1)


def test_what_was_put_off_and_is_due_meanwhile_is_a_visit_by_statute(policy):
    row = firms(
        1, "C", plans="food:C+general:C", due="food@2.0", carried="2026-02", carried_plans="ecology", carried_kind="1",
        carried_probability=0.25, carried_times=1,
    )  # fmt: skip
    visit = draw_region(frame(row), policy, "1", "410100").visits.row(0, named=True)
    assert (visit["check_kind"], visit["probability"]) == (policy.kinds.statutory, 1.0)
    assert {"ecology", "food"} <= set(visit["plans"])


def test_all_zero_reports_are_all_seen_within_a_year(policy):
    """100 % a year is a twelfth a month of those who are left: nobody is missed after twelve months, none twice."""
    left = {row["enterprise_id"]: row for row in firms(36, "A", plans="general:A+zero_reports:A")}
    seen: list[str] = []
    for month in range(12):
        now = frame([row | {"spared": "drawn" if code in seen else None} for code, row in left.items()])
        seen += draw_region(now, policy, f"m{month}", "410100").visits["enterprise_id"].to_list()
    assert sorted(seen) == sorted(left)
