"""Every band of the thin indicators is reached by a few enterprises, counted on the simulated rows themselves."""

from __future__ import annotations

import datetime

import numpy as np
import polars as pl
import pytest

from orchestration.settings import month_shift
from orchestration.simulation import tails
from orchestration.simulation.chance import day
from orchestration.simulation.world import build_world

MONTHS = ("2026-05", "2026-06", "2026-07", "2026-08", "2026-09", "2026-10")


def first(month: str, shift: int = 0) -> datetime.date:
    return datetime.date.fromisoformat(f"{month_shift(month, shift)}-01")


def known(province, feed: str, month: str, key: str | list[str]) -> pl.DataFrame:
    """The rows of a feed as known at the end of a month: the last delivered one of each key."""
    number = province.calendar.received.index(month)
    frame = province.records(feed).filter(pl.col("_seen") <= number).sort("_seen", maintain_order=True)
    return frame.unique(key, keep="last", maintain_order=True)


def live(province, month: str) -> pl.DataFrame:
    """Enterprises in operation at the end of a month."""
    world, after = province.world, day(month_shift(month, 1))
    there = (world.established < after) & (world.ended >= after)
    return pl.DataFrame({"enterprise_id": world.uscc.filter(there.tolist())})


def bands(province, month: str, values: pl.DataFrame, bounds: list[float]) -> list[int]:
    """Enterprises in each band; one without a row has the value 0."""
    joined = live(province, month).join(values, on="enterprise_id", how="left")
    band = np.searchsorted(np.array(bounds), joined["value"].fill_null(0).to_numpy(), side="right")
    return np.bincount(band, minlength=len(bounds) + 1).tolist()


def thin(province, found: list[int], least: list[int]) -> None:
    """The bands above the first are reached, by less than half a per cent altogether."""
    assert all(number >= low for number, low in zip(found[1:], least, strict=True)), found
    assert sum(found[1:]) < 0.005 * province.world.count, found


def branches(province, month: str) -> list[int]:
    frame = known(province, "c01_branches", month, "branch_id")
    open_ = pl.col("closed_on").is_null() | (pl.col("closed_on") >= first(month, 1))
    counted = frame.filter(open_).group_by("enterprise_id").agg(value=pl.len())
    return bands(province, month, counted, [3, 11, 51])


def heads(province, month: str) -> list[int]:
    frame = known(province, "c01_base", month, "enterprise_id").filter(pl.col("state") == "1")
    return bands(
        province,
        month,
        frame.select("enterprise_id", value=pl.len().over("legal_rep_id")),
        [4, 10, 20],
    )


def complaints(province, month: str) -> list[int]:
    frame = known(province, "c09_complaints", month, "complaint_no").filter(~pl.col("repeat_complainant"))
    received = pl.col("received_on")
    counted = frame.group_by("enterprise_id").agg(
        recent=received.is_between(first(month, -2), first(month, 1), closed="left").sum().cast(pl.Int64),
        before=received.is_between(first(month, -5), first(month, -2), closed="left").sum().cast(pl.Int64),
    )
    before = pl.col("before").clip(lower_bound=1)
    growth = counted.select(
        "enterprise_id",
        value=pl.when(pl.col("recent") >= 5).then((pl.col("recent") - before) / before).otherwise(0),
    )
    return bands(province, month, growth, [0.500001, 1.000001, 3.000001])


def news(province, month: str) -> pl.DataFrame:
    frame = known(province, "w01_web_signals", month, "signal_no").filter(
        (pl.col("topic") == "NEWS")
        & (pl.col("match_confidence") >= 0.9)
        & pl.col("published_on").is_between(first(month), first(month, 1), closed="left")
    )
    assert frame["content_hash"].n_unique() == frame.height
    return frame.group_by("enterprise_id").agg(items=pl.len(), bad=(pl.col("polarity") == "-1").sum())


def licences(province, month: str) -> list[int]:
    frame = known(province, "c02_licences", month, ["licence_no", "valid_from"]).filter("required_for_business")
    last = frame.group_by("enterprise_id", "licence_item").agg(pl.col("valid_to").max())
    expired = last.filter(pl.col("valid_to") < first(month, 1) - datetime.timedelta(days=1))
    return bands(province, month, expired.group_by("enterprise_id").agg(value=pl.len()), [1, 2])


def patents(province, month: str) -> list[int]:
    frame = known(province, "c14_patents", month, "patent_no")
    in_force = pl.col("ended_on").is_null() | (pl.col("ended_on") >= first(month, 1))
    counted = frame.filter(in_force & (pl.col("granted_on") >= first(month, -59)))
    return bands(province, month, counted.group_by("enterprise_id").agg(value=pl.len()), [1, 5])


@pytest.mark.parametrize("month", (MONTHS[0], MONTHS[-1]))
def test_a_few_chains_have_many_branches(demo, month):
    thin(demo, branches(demo, month), [5, 2, 1])


@pytest.mark.parametrize("month", (MONTHS[0], MONTHS[-1]))
def test_a_few_persons_head_many_enterprises(demo, month):
    found = heads(demo, month)
    assert found[1] >= 4 and found[2] >= 10 and found[3] >= 20, found
    assert found[3] < 0.005 * demo.world.count


@pytest.mark.parametrize("month", MONTHS)
def test_complaints_grow_in_bursts_in_every_month(demo, month):
    thin(demo, complaints(demo, month), [1, 1, 1])


@pytest.mark.parametrize("month", MONTHS)
def test_news_comes_in_clusters_in_every_month(demo, month):
    counted = news(demo, month)
    share = counted.filter(pl.col("items") >= 5).select("enterprise_id", value=pl.col("bad") / pl.col("items"))
    thin(demo, bands(demo, month, share, [0.2, 0.500001]), [1, 1])
    many = bands(demo, month, counted.select("enterprise_id", value="bad"), [1, 3, 10])
    assert many[2] >= 1 and many[3] >= 1 and many[2] + many[3] < 0.005 * demo.world.count, many


@pytest.mark.parametrize("month", (MONTHS[0], MONTHS[-1]))
def test_a_few_firms_let_several_required_licences_expire(demo, month):
    found = licences(demo, month)
    assert 5 <= found[2] < 0.005 * demo.world.count, found


@pytest.mark.parametrize("month", (MONTHS[0], MONTHS[-1]))
def test_a_few_firms_hold_many_patents(demo, month):
    found = patents(demo, month)
    assert 10 <= found[2] < 0.01 * demo.world.count, found


def test_tails_are_as_thin_in_a_larger_province(demo, province):
    for count in (branches, licences, patents):
        few, many = (np.array(count(one, "2026-10")[1:]).sum() / one.world.count for one in (demo, province))
        assert many == pytest.approx(few, rel=0.5)


def test_the_same_seed_draws_the_same_tails(demo):
    again = build_world(demo.settings, 12_000, 7, demo.calendar)
    assert (again.parent == demo.world.parent).all() and (again.head == demo.world.head).all()


def test_the_drawing_of_a_tail_keeps_to_weights_and_share():
    weight = np.concatenate([np.zeros(500), np.ones(400), np.full(100, 50.0)])
    drawn = tails.choose(np.random.default_rng(1), weight, 0.05)
    assert len(drawn) == len(set(drawn)) == 50 and (weight[drawn] > 0).all()
    assert (weight[drawn] == 50).sum() > 35
    assert len(tails.choose(np.random.default_rng(1), weight, 0.9)) == 500
    assert len(tails.choose(np.random.default_rng(1), np.zeros(10), 0.5)) == 0


@pytest.mark.parametrize("size", (0, 1, 7, 500))
def test_groups_are_filled_in_turn(size):
    rng = np.random.default_rng(2)
    members, parents = tails.chains(rng, np.arange(1000, 1000 + size), np.arange(900), np.arange(2000) % 50)
    assert len(members) == len(parents) == int(size * tails.CHAINED) and len(set(members)) == len(members)
    if size == 500:
        assert sorted(np.bincount(parents)[np.unique(parents)])[-1] == 60


def test_capital_never_changes_from_a_sum_to_the_same_sum(province):
    changed = province.records("c01_changes").filter(pl.col("change_item") == "04")
    assert changed.height > 500 and (changed["value_before"] != changed["value_after"]).all()
    amounts = changed.select(pl.col("value_before", "value_after").str.strip_suffix("万元").cast(pl.Float64))
    assert amounts.min_horizontal().min() > 0
    branch = province.world.uscc.filter(province.world.branch.tolist())
    assert not changed["enterprise_id"].is_in(branch.to_list()).any()
