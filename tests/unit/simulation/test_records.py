from __future__ import annotations

import calendar
import datetime

import numpy as np
import polars as pl
import pytest

from orchestration.feeds.contract import all_feeds, code_list, load_contract
from orchestration.simulation import departments
from orchestration.simulation.facts import Part, filings
from orchestration.simulation.records import RECORDS
from orchestration.simulation.world import build_world

KNOWN_WHEN_DELIVERED = (
    "removed_on",
    "closed_on",
    "ended_on",
    "left_on",
    "cleared_on",
    "decided_on",
    "withdrawn_on",
    "resolved_on",
)
RISING = [
    "c01_false_registrations",
    "c01_revocations",
    "c03_disclosure_orders",
    "c04_abnormal_list",
    "c05_serious_lists",
    "c06_penalties",
    "c07_spot_checks",
    "c09_complaints",
    "c10_defaulters",
    "c10_enforcement",
    "c10_equity_freezes",
    "c10_lawsuits",
    "c11_equity_pledges",
    "c12_abnormal_taxpayers",
    "c12_arrears",
    "s01_overrides",
    "w01_web_signals",
]


def month_end(month: str) -> datetime.date:
    year, number = map(int, month.split("-"))
    return datetime.date(year, number, calendar.monthrange(year, number)[1])


def test_every_feed_with_a_contract_has_records(small):
    assert sorted(RECORDS) == all_feeds(small.settings)


@pytest.mark.parametrize("feed", sorted(RECORDS))
def test_records_keep_their_contract(small, feed):
    contract, frame = load_contract(small.settings, feed), small.records(feed)
    names = {column.name for column in contract.columns}
    assert set(frame.columns) - {"_seen"} <= names
    # nobody can answer what has not been asked yet
    assert feed == "s01_match_answers" or frame.filter(pl.col("_seen") <= 0).height > 0, "the initial load is empty"
    for column in contract.columns:
        if column.required:
            assert frame[column.name].null_count() == 0, column.name
        if column.type == "code" and column.name in frame.columns:
            known = {row["code"] for row in code_list(small.settings, column.codes)}
            assert set(frame[column.name].drop_nulls()) <= known, column.name
    keys = frame.select([*contract.key, "_seen"])
    assert keys.n_unique() == frame.height, "a key comes twice in one delivery"


@pytest.mark.parametrize("feed", sorted(RECORDS))
def test_no_event_lies_after_the_month_in_which_it_is_delivered(small, feed):
    contract, frame = load_contract(small.settings, feed), small.records(feed)
    ends = {k: month_end(month) for k, month in enumerate(small.calendar.received)}
    known = [
        "event",
        # of signals delivered ready-made nothing is withdrawn
        *[c.name for c in contract.columns if c.name in KNOWN_WHEN_DELIVERED and c.name in frame.columns],
    ]
    frame = frame.with_columns(
        event=pl.col(contract.event_date), last=pl.col("_seen").replace_strict(ends, return_dtype=pl.Date)
    )
    for name in known:
        assert frame.filter(pl.col(name) > pl.col("last")).height == 0, name


@pytest.mark.parametrize("feed", RISING)
def test_what_goes_wrong_rises_with_latent_risk(province, feed):
    share = affected(province, feed)
    assert share[0] < share[1] < share[2] < share[3], share


def affected(province, feed) -> list[float]:
    world = province.world
    hit = world.uscc.is_in(province.records(feed)["enterprise_id"].drop_nulls().unique().to_list()).to_numpy()
    return [float(hit[world.latent_class == k].mean()) for k in range(4)]


def test_annual_reports_are_missed_more_by_the_risky(province):
    missed = np.zeros(4)
    due = np.zeros(4)
    for filing in filings(province.world, province.part):
        late = filing.filed > filing.deadline
        missed += np.bincount(province.world.latent_class[filing.rows], weights=late, minlength=4)
        due += np.bincount(province.world.latent_class[filing.rows], minlength=4)
    rate = missed / due
    assert rate[0] < rate[1] < rate[2] < rate[3]
    assert 0.04 < missed.sum() / due.sum() < 0.16


def test_spot_checks_find_problems_at_about_henans_rates(province):
    world = province.world
    latent = pl.DataFrame({"enterprise_id": world.uscc, "latent": world.latent_class})
    checks = province.records("c07_spot_checks").join(latent, on="enterprise_id")
    firms = checks.group_by("task_id", "latent").agg(bad=(~pl.col("result").is_in(["1", "7"])).any())
    found = firms.group_by("latent").agg(pl.col("bad").mean()).sort("latent")["bad"].to_list()
    assert found == pytest.approx([0.01, 0.40, 0.57, 0.85], abs=0.08)
    per_year = firms.height / world.count / 3.5
    assert 0.03 < per_year < 0.06


def test_base_rates_are_plausible(province):
    world = province.world
    last = {}
    for feed in ("c05_serious_lists", "c10_defaulters"):
        key = ["enterprise_id", "listed_on"] if feed == "c05_serious_lists" else ["case_no", "enterprise_id"]
        frame = province.records(feed).filter(pl.col("enterprise_id").is_not_null())
        frame = frame.sort("_seen", maintain_order=True).unique(key, keep="last", maintain_order=True)
        last[feed] = frame.filter(pl.col("removed_on").is_null())["enterprise_id"]
    assert 0.012 < pl.concat(list(last.values())).n_unique() / world.count < 0.026
    for feed, low, high in (("c04_abnormal_list", 0.06, 0.10), ("c06_penalties", 0.06, 0.11)):
        assert low < province.records(feed)["enterprise_id"].n_unique() / world.count < high


def test_every_department_penalises_and_most_license_or_list(province):
    known = {row["code"] for row in code_list(province.settings, "departments")}
    penalties = province.records("c06_penalties")
    assert len(known) == 18 and set(penalties["authority_code"]) == known
    assert 0.45 < (penalties["authority_code"] == departments.MARKET).mean() < 0.65
    licensing = set(province.records("c02_licences")["authority_code"])
    assert licensing == known - {"court", "tax"}
    assert set(province.records("c05_serious_lists")["listed_by"]) == {
        departments.MARKET, *departments.LIST_FIELDS.values()
    }  # fmt: skip


@pytest.mark.parametrize("shares", [departments.PENALTY_FIELDS, departments.OTHER_LICENCES])
def test_the_shares_of_departments_add_up(shares):
    assert {kind: sum(parts.values()) for kind, parts in shares.items()} == dict.fromkeys(shares, 100)


def test_a_list_of_another_department_is_kept_by_it(province):
    lists = province.records("c05_serious_lists")
    owners = dict(lists.select("list_field", "listed_by").unique().iter_rows())
    assert lists.select("list_field", "listed_by").n_unique() == len(owners) == 11
    assert {field: owners[field] for field in ("TAX", "WAGE", "SAFE", "DRUG", "FOOD")} == {
        "TAX": "tax", "WAGE": "human_resources", "SAFE": "emergency",
        "DRUG": "drug_administration", "FOOD": "market_regulation",
    }  # fmt: skip


def test_the_departments_of_a_field_are_those_that_supervise_it(province):
    found = province.records("c06_penalties").group_by("field").agg(pl.col("authority_code").unique())
    for field, owners in found.iter_rows():
        assert set(owners) <= set(departments.PENALTY_FIELDS[field]), field
    assert set(found["field"]) == set(departments.PENALTY_FIELDS)


def test_a_renewed_licence_comes_from_the_same_department(province):
    licences = province.records("c02_licences")
    renewed = licences.group_by("licence_no").agg(pl.col("valid_from", "authority_code").n_unique())
    assert renewed.filter(pl.col("valid_from") > 1).height > 100
    assert (renewed["authority_code"] == 1).all()


def test_departments_are_shared_out_by_a_stream_of_their_own(small, monkeypatch):
    before = small.records("c06_penalties")
    monkeypatch.setattr(departments, "PENALTY_FIELDS", {field: {"tax": 100} for field in departments.PENALTY_FIELDS})
    after = RECORDS["c06_penalties"](small.world, small.part).filter(pl.col("_seen") <= small.calendar.months)
    assert (after["authority_code"] == "tax").all()
    assert after.drop("authority_code").equals(before.drop("authority_code"))


def test_about_24_records_of_departments_for_each_enterprise(province):
    rows = sum(province.records(feed).height for feed in RECORDS if feed.startswith("c"))
    web = province.records("w01_web_signals").height
    assert 21 < rows / province.world.count < 28 and 0.5 < web / province.world.count < 3


def test_a_change_in_a_month_gives_a_new_base_record_that_shows_it(small):
    changes = small.records("c01_changes").filter((pl.col("change_item") == "02") & (pl.col("_seen") == 2))
    base = small.records("c01_base").filter(pl.col("_seen") == 2)
    changes = changes.sort("changed_on", maintain_order=True).unique("enterprise_id", keep="last", maintain_order=True)
    both = changes.join(base, on="enterprise_id", how="left")
    assert both.height > 5
    assert (both["address"] == both["value_after"]).all()
    before = small.records("c01_base").filter(pl.col("_seen") < 2).sort("_seen").unique("enterprise_id", keep="last")
    moved = changes.join(before, on="enterprise_id")
    assert (moved["address"] != moved["value_after"]).all()


def test_the_base_before_the_first_month_is_where_the_history_of_changes_ends(small):
    capital = small.records("c01_changes").filter((pl.col("change_item") == "04") & (pl.col("_seen") == 0))
    capital = capital.sort("changed_on", maintain_order=True).unique("enterprise_id", keep="last", maintain_order=True)
    both = capital.join(small.records("c01_base").filter(pl.col("_seen") == 0), on="enterprise_id")
    both = both.filter(pl.col("registered_capital").is_not_null())
    after = both["value_after"].str.strip_suffix("万元").cast(pl.Float64)
    assert both.height > 20 and ((after - both["registered_capital"]).abs() < 0.011).all()


def test_a_deregistered_enterprise_is_sent_with_its_state_and_stays_silent(small):
    gone = small.records("c01_deregistrations").filter(pl.col("_seen") == 3)
    base = small.records("c01_base").sort("_seen").unique("enterprise_id", keep="last")
    both = gone.join(base, on="enterprise_id", suffix="_base")
    assert gone.height > 0 and both.height == gone.height
    assert (both["state"] == "3").all() and (both["_seen_base"] == 3).all()
    staff = small.records("c13_insured_staff").join(gone, on="enterprise_id")
    assert (staff["counted_on"] < staff["deregistered_on"]).all()


def test_repairs_refer_to_delivered_records(small):
    repairs = small.records("c05_repairs")
    documents = set(small.records("c06_penalties")["document_no"])
    of_penalties = repairs.filter(pl.col("repaired_feed") == "c06_penalties")
    assert of_penalties.height and set(of_penalties["repaired_ref"]) <= documents
    joined = of_penalties.join(small.records("c06_penalties"), left_on="repaired_ref", right_on="document_no")
    assert ((joined["decided_on"] - joined["decided_on_right"]).dt.total_days() > 180).all()


def test_a_figure_that_is_not_published_is_empty(small):
    reports = small.records("c03_annual_reports")
    for name in ("assets", "revenue", "staff", "equity"):
        assert (reports[name].is_null() == ~reports[f"{name}_published"]).all()
    assert 0.3 < reports["revenue"].is_null().mean() < 0.6


def test_slices_do_not_share_numbers_of_records_or_persons(small):
    low, high = Part(0, np.arange(1500)), Part(1, np.arange(1500, 3000))
    for feed, number in (
        ("c06_penalties", "document_no"),
        ("c09_complaints", "complaint_no"),
        ("c10_lawsuits", "case_no"),
    ):
        first, second = (RECORDS[feed](small.world, part)[number] for part in (low, high))
        assert not set(first) & set(second), feed
    extra = [RECORDS["c01_persons"](small.world, part).filter(pl.col("position") != "01") for part in (low, high)]
    heads = set(small.world.people(small.world.head))
    assert not (set(extra[0]["person_id"]) & set(extra[1]["person_id"])) - heads


def test_one_feed_leaves_the_streams_of_the_others_alone(small):
    world = build_world(small.settings, 3000, 11, small.calendar)
    alone = RECORDS["c12_arrears"](world, small.part)
    for feed in ("c06_penalties", "c03_annual_reports"):
        RECORDS[feed](world, small.part)
    assert alone.equals(RECORDS["c12_arrears"](world, small.part))
