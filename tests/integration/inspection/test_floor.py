"""The statutory frequency is a floor: a month that was not drawn, or without inspectors, loses nobody."""

from __future__ import annotations

from typing import Any

import duckdb
import polars as pl
import pytest

from orchestration.inspection.frame import read_frame
from orchestration.inspection.load import load_policy
from orchestration.inspection.run import draw_months
from orchestration.inspection.store import read
from orchestration.inspection.verify import verify_draw
from orchestration.lake import connect
from orchestration.settings import Settings, month_range, month_shift
from tests.integration.inspection.province import FIRST, REGIONS, build, pool

LAST = "2026-07"
AFTER = "2026-04"
"""The second draw; February and March are not drawn."""


def draws(settings: Settings, months: list[str]) -> pl.DataFrame:
    with connect(settings, read_only=True, views=False) as connection:
        return pl.concat([read(connection, "inspection_draw", month, REGIONS) for month in months])


def frame(settings: Settings, month: str, regions: list[str] = REGIONS) -> pl.DataFrame:
    with connect(settings, read_only=True, views=False) as connection:
        return read_frame(connection, settings, load_policy(settings, FIRST), month, regions)


def due_months(firms: list[dict[str, Any]], visits: float, first: str) -> dict[str, str]:
    """Food firm of a frequency -> month that its hash gives it within the interval that begins with ``first``."""
    interval = int(12 // visits)
    start = int(first[:4]) * 12 + int(first[5:]) - 1
    codes = pl.DataFrame({"code": [firm["enterprise_id"] for firm in firms if firm["food"] == visits]})
    with duckdb.connect() as connection:
        connection.register("codes", codes.to_arrow())
        rows = connection.execute("SELECT code, md5_number_lower('food|' || code) % ? FROM codes", [interval])
        return {code: month_shift(first, (int(phase) - start) % interval) for code, phase in rows.fetchall()}


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    """January is drawn, then nobody draws for two months, then every month is drawn."""
    settings = Settings(home=tmp_path_factory.mktemp("chain"))
    firms = build(settings, LAST)
    pool(settings)
    months = [FIRST, *month_range(AFTER, LAST)]
    draw_months(settings, months, REGIONS, "a seed")
    return settings, firms, draws(settings, months).filter(pl.col("plans").list.contains("food"))


def test_the_first_month_of_a_province_asks_only_for_those_whose_month_it_is(chain):
    _, firms, visits = chain
    first = visits.filter((pl.col("month") == FIRST) & (pl.col("check_kind") == "2"))
    theirs = {
        code
        for frequency in (0.5, 1.0, 2.0, 3.0)
        for code, month in due_months(firms, frequency, "2026-02").items()
        if month == "2026-02"
    }
    assert set(first["enterprise_id"]) == theirs
    assert 0 < len(theirs) < 12


@pytest.mark.parametrize("visits_a_year", [2.0, 3.0])
def test_who_was_missed_in_months_that_were_not_drawn_is_visited_in_the_next_one(chain, visits_a_year):
    _, firms, visits = chain
    months = due_months(firms, visits_a_year, "2026-02")
    missed = {code for code, month in months.items() if month in {"2026-03", "2026-04"}}
    assert missed, "the chain must skip somebody"
    seen = visits.filter(pl.col("month") == AFTER)["enterprise_id"]
    before = visits.filter(pl.col("month") == FIRST)["enterprise_id"]
    assert missed - set(before) <= set(seen)
    within = visits.filter(pl.col("visit_month") <= month_shift("2026-02", int(12 // visits_a_year) - 1))
    assert set(months) <= set(within["enterprise_id"]), "everybody within the first interval"


def test_who_was_visited_is_not_due_again_before_the_interval_is_over(chain):
    """Results never come here, so a draw counts for the months in which one may still be on its way."""
    _, _, visits = chain
    due = visits.filter(pl.col("check_kind") == "2").sort("enterprise_id", "visit_month")
    gap = due.with_columns(
        months=(
            pl.col("visit_month").str.slice(0, 4).cast(pl.Int64) * 12 + pl.col("visit_month").str.slice(5).cast(int)
        )
        .diff()
        .over("enterprise_id")
    )
    assert gap["months"].drop_nulls().min() > load_policy(Settings.from_env(), FIRST).results_within_months


def test_what_was_put_off_is_carried_over_months_that_were_not_drawn(tmp_path):
    settings, region = Settings(home=tmp_path), REGIONS[:1]
    build(settings)
    pool(settings, REGIONS[1:])
    draw_months(settings, [FIRST], region, "seed 3")
    draw_months(settings, [FIRST, "2026-02"], REGIONS[1:], "seed 3")
    draw_months(settings, ["2026-03"], region, "seed 3")
    first, later = (draws(settings, [month]).filter(pl.col("region_code") == region[0]) for month in (FIRST, "2026-03"))
    again = later.filter(pl.col("carried_from") == FIRST)
    assert len(first) and set(again["enterprise_id"]) == set(first["enterprise_id"])
    assert set(again["put_off_times"]) == {2}
    assert later["enterprise_id"].is_unique().all()
    assert all(one.passed for one in verify_draw(settings, "2026-03", region))
    with connect(settings, read_only=True, views=False) as connection:
        earlier = read(connection, "inspection_record", "2026-03", region)["earlier"].to_list()[0]
    assert earlier and earlier[0].startswith(f"{FIRST}-{region[0]}-"), "the hash of the frame knows that draw"


def test_a_new_member_waits_for_its_own_month_also_long_after_the_first_draw(tmp_path):
    """Class B is visited once a year; ten months after the first draw most of them would be late at once."""
    settings, joined = Settings(home=tmp_path), "2026-11"
    firms = build(settings, joined)
    draw_months(settings, [FIRST], REGIONS, "x")
    with connect(settings, views=False) as connection:
        connection.execute("DELETE FROM lake.main.inspection_draw")
    late = due_months(firms, 1.0, "2026-02")
    assert {row["enterprise_id"] for row in frame(settings, joined).to_dicts() if row["due"] == "food@1.0"} == {
        code for code, month in late.items() if month <= "2026-12"
    }
    with connect(settings, views=False) as connection:
        connection.execute("DELETE FROM lake.main.combined_class WHERE month < ? AND class = 'B'", [joined])
    new = due_months(firms, 1.0, "2026-12")
    assert {row["enterprise_id"] for row in frame(settings, joined).to_dicts() if row["due"] == "food@1.0"} == {
        code for code, month in new.items() if month == "2026-12"
    }
