"""Objections and overrides of the invented province: what they point to and in which states they are delivered."""

from __future__ import annotations

import polars as pl

from orchestration.feeds.contract import all_feeds, load_contract
from orchestration.simulation.records.decisions import DISPUTED


def latest(frame: pl.DataFrame, key: str) -> pl.DataFrame:
    return frame.sort("_seen", maintain_order=True).unique(key, keep="last", maintain_order=True)


def test_records_are_named_by_the_key_of_their_contract(small):
    for feed, rule in DISPUTED.items():
        contract = load_contract(small.settings, feed)
        assert contract.objections and rule.key == contract.record_key, feed


def test_every_objection_names_a_record_that_was_delivered_before_it(province):
    objections = latest(province.records("s01_objections"), "objection_no")
    assert set(objections["feed"]) == set(DISPUTED)
    for feed, rule in DISPUTED.items():
        key = pl.concat_str([pl.col(name).cast(pl.String) for name in rule.key], separator="|", ignore_nulls=True)
        records = province.records(feed).group_by("enterprise_id", record_key=key).agg(first=pl.col("_seen").min())
        found = objections.filter(pl.col("feed") == feed)
        joined = found.join(records, on=["enterprise_id", "record_key"])
        assert joined.height == found.height, feed
        assert (joined["first"] <= joined["_seen"]).all(), feed


def test_objections_are_under_review_first_and_a_third_is_upheld(province):
    every = province.records("s01_objections")
    assert every.filter((pl.col("state") == "1") != pl.col("decided_on").is_null()).is_empty()
    assert (every["decided_on"] >= every["filed_on"]).drop_nulls().all()
    decided = latest(every, "objection_no").filter(pl.col("state") != "1")
    assert 0.22 < (decided["state"] == "2").mean() < 0.45
    again = every.filter(pl.len().over("objection_no") == 2).sort("objection_no", "_seen")
    assert again.height > 20
    assert again["state"].gather_every(2).unique().to_list() == ["1"]
    assert "1" not in again["state"].gather_every(2, 1)


def test_overrides_are_few_go_both_ways_and_some_break_the_policy(province):
    overrides = latest(province.records("s01_overrides"), "override_no")
    assert overrides.height < 0.01 * province.world.count
    latent = pl.DataFrame({"enterprise_id": province.world.uscc, "latent": province.world.latent_class})
    joined = overrides.join(latent, on="enterprise_id").with_columns(
        chosen=pl.col("override_class").replace_strict({"A": 0, "B": 1, "C": 2, "D": 3})
    )
    assert 0.2 < (joined["chosen"] > joined["latent"]).mean() < 0.9
    assert (joined["chosen"] < joined["latent"]).any()
    days = (overrides["expires_on"] - overrides["decided_on"]).dt.total_days()
    assert days.min() > 80 and (days > 366).any() and (days > 366).mean() < 0.2
    assert 0 < overrides["withdrawn_on"].is_not_null().mean() < 0.3
    assert set(overrides["decider_rank"]) == {"1", "2", "3"}
    assert not overrides["reason"].is_null().any()


def test_only_complaints_are_settled_and_the_risky_leave_more_open(province):
    signals = latest(province.records("w01_web_signals"), "signal_no")
    assert (
        signals.filter(pl.col("topic") != "COMPLAINT")["resolved_on"].null_count()
        == signals.filter(pl.col("topic") != "COMPLAINT").height
    )
    latent = pl.DataFrame({"enterprise_id": province.world.uscc, "latent": province.world.latent_class})
    complaints = signals.filter(pl.col("topic") == "COMPLAINT").join(latent, on="enterprise_id")
    share = complaints.group_by("latent").agg(pl.col("resolved_on").is_null().mean()).sort("latent")["resolved_on"]
    assert share.is_sorted() and share[0] < 0.2 < share[3]


def test_holders_have_a_type_that_fits_their_kind(province):
    holders = province.records("c01_shareholders")
    persons = holders.filter(pl.col("holder_kind") == "1")["investor_type"].drop_nulls().unique()
    firms = holders.filter(pl.col("holder_kind") == "2")["investor_type"].drop_nulls().unique()
    assert set(persons) == {"10", "30", "35", "36"} and set(firms) >= {"20", "21"}
    assert 0.01 < holders["investor_type"].null_count() / holders.height < 0.1
    assert (holders["subscribed_until"] > holders["contributed_on"]).drop_nulls().all()


def test_code_lists_name_the_feeds_that_take_repairs_and_objections(small):
    from orchestration.feeds.contract import code_list

    contracts = [load_contract(small.settings, feed) for feed in all_feeds(small.settings)]
    repaired = {row["code"] for row in code_list(small.settings, "repaired_feeds")}
    objected = {row["code"] for row in code_list(small.settings, "objection_feeds")}
    assert repaired == {contract.feed for contract in contracts if contract.repair_ref}
    assert objected == {contract.feed for contract in contracts if contract.objections}
