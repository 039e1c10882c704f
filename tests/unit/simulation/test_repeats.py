"""Every band of the indicators that need several events, or much of something, is reached: counted on simulated rows.

The bounds are those of the catalogue, so a band added there asks for enterprises in it here.
"""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.catalogue.load import load_catalogue
from orchestration.simulation import tails
from orchestration.simulation.business import business
from orchestration.simulation.facts import Part
from orchestration.simulation.records import RECORDS
from orchestration.simulation.repeats import repeated
from orchestration.simulation.stakes import MOST, stakes
from tests.unit.simulation.test_tails import MONTHS, bands, first, known, thin

NUMBER = pl.len().alias("value")


def counted(province, feed: str, month: str, key, *where: pl.Expr) -> pl.DataFrame:
    return known(province, feed, month, key).filter(*where).group_by("enterprise_id").agg(NUMBER)


def since(column: str, month: str, months: int) -> pl.Expr:
    return pl.col(column).is_between(first(month, 1 - months), first(month, 1), closed="left")


def in_force(column: str, month: str) -> pl.Expr:
    return pl.col(column).is_null() | (pl.col(column) >= first(month, 1))


def changed(item: str, months: int):
    key = ["enterprise_id", "change_item", "changed_on", "value_after"]
    return lambda province, month: counted(
        province, "c01_changes", month, key, pl.col("change_item") == item, since("changed_on", month, months)
    )


def holdings(province, month: str) -> pl.DataFrame:
    key = ["enterprise_id", "holder_id", "contributed_on"]
    return known(province, "c01_shareholders", month, key).filter(
        pl.col("holder_kind") == "2", in_force("left_on", month)
    )


def corporate(province, month: str) -> pl.DataFrame:
    return holdings(province, month).group_by("enterprise_id").agg(value=pl.col("holder_id").n_unique())


def invested(province, month: str) -> pl.DataFrame:
    held = holdings(province, month).group_by("holder_id").agg(value=pl.col("enterprise_id").n_unique())
    return held.rename({"holder_id": "enterprise_id"})


def neighbours(province, month: str) -> pl.DataFrame:
    frame = known(province, "c01_base", month, "enterprise_id").filter(pl.col("state") == "1")
    place = ["address", "district_code"]
    approved = known(province, "c01_cluster_addresses", month, place)
    return frame.join(approved, on=place, how="anti").select("enterprise_id", value=pl.len().over(place))


def held(province, month: str) -> pl.DataFrame:
    valid = (pl.col("valid_to") >= first(month, 1)) & (pl.col("licence_state") == "1")
    frame = known(province, "c02_licences", month, ["licence_no", "valid_from"]).filter(valid)
    return frame.group_by("enterprise_id").agg(value=pl.col("licence_no").n_unique())


def other_lists(province, month: str) -> pl.DataFrame:
    frame = known(province, "c05_serious_lists", month, ["enterprise_id", "list_field", "listed_on"])
    frame = frame.filter(pl.col("list_field").is_in(["TAX", "WAGE", "SAFE"]), in_force("removed_on", month))
    return frame.group_by("enterprise_id").agg(value=pl.col("list_field").n_unique())


def failed(province, month: str) -> pl.DataFrame:
    bad = pl.col("recheck_result").fill_null(pl.col("result")) == "2"
    return counted(province, "c08_sampling", month, "sample_no", bad, since("sampled_on", month, 12))


def findings(province, month: str) -> pl.DataFrame:
    frame = known(province, "c07_spot_checks", month, ["task_id", "item"]).filter(
        pl.col("result") == "5", since("checked_on", month, 12)
    )
    return frame.group_by("enterprise_id").agg(value=pl.col("task_id").n_unique())


def leads(topic: str):
    return lambda province, month: counted(
        province,
        "w01_web_signals",
        month,
        "signal_no",
        pl.col("topic") == topic,
        pl.col("confirmed"),
        pl.col("match_confidence") >= 0.9,
        since("published_on", month, 12),
    )


def freezes(province, month: str) -> pl.DataFrame:
    key = ["enterprise_id", "document_no"]
    live = (in_force("ended_on", month), since("frozen_on", month, 36))
    return counted(province, "c10_equity_freezes", month, key, *live)


def marks(province, month: str) -> pl.DataFrame:
    return counted(province, "c14_trademarks", month, "mark_no", since("registered_on", month, 120))


def debt(province, month: str) -> pl.DataFrame:
    frame = known(province, "c03_annual_reports", month, ["enterprise_id", "report_year"])
    frame = frame.filter((pl.col("report_year") == 2025) & (pl.col("assets") > 0))
    return frame.select("enterprise_id", value=pl.col("liabilities") / pl.col("assets")).drop_nulls()


def penalised(province, month: str) -> pl.DataFrame:
    counts = ~pl.col("summary_procedure") & (pl.col("penalty_kind") != "1")
    return counted(province, "c06_penalties", month, "document_no", counts, since("decided_on", month, 36))


VALUES = {
    "H010103": corporate,
    "H010104": invested,
    "H020104": changed("05", 12),
    "H020105": changed("01", 36),
    "H020201": neighbours,
    "H020302": held,
    "H040205": other_lists,
    "H040301": penalised,
    "H040401": findings,
    "H040501": failed,
    "H050301": leads("AD"),
    "H050302": leads("TRADE"),
    "H070101": debt,
    "H070302": marks,
    "H070402": freezes,
}
COMMON = (
    "H020201",
    "H020302",
    "H040301",
    "H040401",
    "H040501",
    "H050301",
    "H050302",
    "H070101",
    "H070302",
    "H070402",
)
"""Indicators whose lower bands are no tails."""


@pytest.mark.parametrize("month", (MONTHS[0], MONTHS[-1]))
@pytest.mark.parametrize("code", VALUES)
def test_every_band_is_reached_by_few(demo, code, month):
    catalogue = load_catalogue(demo.settings, month)
    bounds = [float(band.lower) for band in catalogue.bands if band.code == code and band.lower is not None]
    found = bands(demo, month, VALUES[code](demo, month), bounds)
    # a repaired one weighs half, which is not looked at here
    least = [0 if bound < 1 and code in ("H040301", "H040401") else 1 for bound in bounds]
    if code in COMMON:
        assert all(number >= low for number, low in zip(found[1:], least, strict=True)), found
        assert found[-1] < 0.01 * demo.world.count, found
    else:
        thin(demo, found, least)


def test_a_few_of_much_capital_pay_no_tax_and_some_insure_nobody(demo):
    capital = pl.DataFrame({"enterprise_id": demo.world.uscc, "capital": demo.world.capital})
    big = capital.filter(pl.col("capital") >= 10_000)
    tax = known(demo, "c12_tax_paid", "2026-10", ["enterprise_id", "tax_year"])
    tax = tax.filter((pl.col("tax_year") == 2025) & (pl.col("tax_paid") == 0)).join(big, on="enterprise_id")
    staff = known(demo, "c13_insured_staff", "2026-10", ["enterprise_id", "insured_month"])
    staff = staff.filter((pl.col("insured_month") == "2026-10") & (pl.col("insured_staff") == 0))
    assert 10 <= tax.height < 0.005 * demo.world.count
    assert 3 <= tax.join(staff, on="enterprise_id").height < tax.height


def test_whole_shell_groups_are_listed_as_unreachable_on_one_day(demo):
    world = demo.world
    shells = pl.DataFrame({"enterprise_id": world.uscc, "head": world.head, "shell": world.shell}).filter("shell")
    listed = demo.records("c04_abnormal_list").filter(pl.col("ground") == "4").join(shells, on="enterprise_id")
    groups = listed.group_by("head", "listed_on").len().filter(pl.col("len") >= 5)
    assert 1 <= groups.height < shells["head"].n_unique()
    fined = demo.records("c06_penalties").filter((pl.col("field") == "REG") & ~pl.col("summary_procedure"))
    fined = fined.join(listed, on="enterprise_id").group_by("head").agg(pl.col("enterprise_id").n_unique())
    assert fined["enterprise_id"].max() >= 5


def test_business_goes_on_from_year_to_year_and_worse_for_the_risky(province):
    figures = known(province, "c03_annual_reports", "2026-10", ["enterprise_id", "report_year"])
    latent = pl.DataFrame({"enterprise_id": province.world.uscc, "latent": province.world.latent_class})
    later, earlier = (figures.filter(pl.col("report_year") == year) for year in (2025, 2024))
    both = later.join(earlier, on="enterprise_id", suffix="_before").filter(pl.col("revenue_before") > 0)
    both = both.drop_nulls("revenue").join(latent, on="enterprise_id")
    fell = pl.col("revenue") < 0.8 * pl.col("revenue_before")
    assert 0.10 < both.select(fell.mean()).item() < 0.16
    by_class = both.group_by("latent").agg(share=fell.mean()).sort("latent")["share"].to_list()
    assert by_class[0] < by_class[1] < by_class[2] < by_class[3], by_class
    tax = known(province, "c12_tax_paid", "2026-10", ["enterprise_id", "tax_year"]).filter(pl.col("tax_paid") > 0)
    years = [tax.filter(pl.col("tax_year") == year).select("enterprise_id", "tax_paid") for year in (2025, 2024)]
    paid = years[0].join(years[1], on="enterprise_id", suffix="_before")
    assert np.corrcoef(np.log(paid["tax_paid"]), np.log(paid["tax_paid_before"]))[0, 1] > 0.9


def test_the_business_of_a_year_does_not_depend_on_the_year_asked_before(small):
    first_asked = business(small.world, small.part, 2025)
    business(small.world, small.part, 2023)
    again = business(small.world, small.part, 2025)
    assert (first_asked.size == again.size).all() and (first_asked.zero == again.zero).all()
    assert (business(small.world, small.part, 2024).size != again.size).mean() > 0.9


def test_small_stakes_stay_below_control_and_leave_the_owners_theirs(province):
    small = stakes(province.world)
    assert len(small.held) > 100 and small.share.max() < 0.25 and (small.held != small.holder).all()
    assert len(set(zip(small.held, small.holder, strict=True))) == len(small.held)
    assert np.bincount(small.held, small.share).max() <= MOST + 0.001
    assert (province.world.owner[small.held] < 0).all()
    total = province.records("c01_shareholders").unique(["enterprise_id", "holder_id", "contributed_on"], keep="last")
    total = total.group_by("enterprise_id").agg(pl.col("share").sum())["share"]
    assert total.is_between(0.99, 1.01).mean() > 0.99


def test_investors_and_stakes_are_those_of_the_whole_province_in_every_slice(small):
    halves = [RECORDS["c01_shareholders"](small.world, Part(0, np.arange(low, low + 1500))) for low in (0, 1500)]
    halves = [half.filter(pl.col("share") < 0.13, pl.col("holder_kind") == "2") for half in halves]
    found = pl.concat(halves).select("enterprise_id", "holder_id").n_unique()
    assert found >= (stakes(small.world).share < 0.12).sum() > 5


@pytest.mark.parametrize("name", tails.REPEATS)
def test_repeated_events_fall_on_different_days_of_living_enterprises(province, name):
    world, kind = province.world, tails.REPEATS[name]
    found = repeated(world, 0, province.part.rows, name)
    assert len(set(zip(found.row, found.day, strict=True))) == len(found.row)
    times = np.bincount(found.row)
    assert sorted(set(times[times > 0])) == sorted(set(kind.times))
    assert (times > 0).sum() == round(kind.share * world.count)
    assert (found.day > world.established[found.row]).all() and (found.day < world.calendar.end).all()
    assert (found.nth < times[found.row]).all()


def test_nobody_who_cannot_have_an_event_is_drawn_for_it(small):
    none = repeated(small.world, 0, small.part.rows, "freezes", np.zeros(3000, dtype=bool))
    assert len(none.row) == len(none.day) == 0


def test_names_change_back_and_forth_and_end_with_the_one_on_record(small):
    log = small.records("c01_changes").filter((pl.col("change_item") == "01") & (pl.col("_seen") == 0))
    assert (log["value_before"] != log["value_after"]).all()
    last = log.sort("changed_on", maintain_order=True).unique("enterprise_id", keep="last", maintain_order=True)
    base = small.records("c01_base").filter(pl.col("_seen") == 0)
    both = last.join(base, on="enterprise_id")
    assert both.height > 20 and (both["value_after"] == both["enterprise_name"]).all()
