"""Draws on a small lake: what is due, who is spared, months after each other, what is put off comes again."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.inspection.check import check_draws
from orchestration.inspection.frame import DrawError, read_frame
from orchestration.inspection.load import load_policy
from orchestration.inspection.run import RECORDED, draw_months
from orchestration.inspection.store import read
from orchestration.inspection.verify import verify_draw
from orchestration.inspection.why import told, why
from orchestration.lake import connect
from orchestration.settings import Settings, month_range, month_shift
from tests.integration.inspection.province import FIRST, LAST, REGIONS, build, pool, visit
from tests.integration.raw_rows import publish

MONTHS = month_range(FIRST, LAST)


def table(settings, name, month, regions=REGIONS):
    with connect(settings, read_only=True, views=False) as connection:
        return read(connection, f"inspection_{name}", month, regions)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Four months drawn in one run with a pool, then looked at."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    firms = build(settings)
    pool(settings)
    summaries = draw_months(settings, MONTHS, REGIONS, "a seed")
    return settings, firms, summaries


def test_every_partition_has_a_record_and_the_checks_hold(drawn):
    settings, firms, summaries = drawn
    assert [(one.month, one.region_code) for one in summaries] == [(m, r) for m in MONTHS for r in REGIONS]
    for month in MONTHS:
        assert all(check.passed for check in check_draws(settings, month, REGIONS))
        records = table(settings, "record", month)
        assert records["enterprises"].sum() == len(firms)
        coming = table(settings, "draw", month).select("visit_month").unique().to_series().to_list()
        assert coming in ([], [month_shift(month, 1)])


def test_every_food_firm_that_was_never_visited_is_visited_within_its_interval(drawn):
    """D three times a year, so within four months; the load is spread by a hash, not by lot."""
    settings, firms, _ = drawn
    visits = pl.concat([table(settings, "draw", month) for month in MONTHS])
    due = visits.filter(pl.col("check_kind") == "2")
    seen = visits.filter(pl.col("plans").list.contains("food"))["enterprise_id"]
    assert {firm["enterprise_id"] for firm in firms if firm["food"] == 3.0} <= set(seen)
    assert due["month"].n_unique() == len(MONTHS)
    assert (due["probability"] == 1.0).all()
    assert set(due["enterprise_id"]) <= {firm["enterprise_id"] for firm in firms if firm["food"]}
    assert due["fields"].to_list() == [["food"]] * len(due)


def test_nobody_is_drawn_by_lot_twice(drawn):
    settings, _, _ = drawn
    lots = pl.concat([table(settings, "draw", month) for month in MONTHS]).filter(pl.col("check_kind") == "1")
    assert len(lots) > 3 and lots["enterprise_id"].is_unique().all()


def test_drawing_again_uses_the_recorded_seed_and_gives_the_same_rows(drawn):
    settings, _, _ = drawn
    before = table(settings, "draw", LAST), table(settings, "visit", LAST)
    again = draw_months(settings, [LAST], REGIONS)
    assert {one.seed_origin for one in again} == {RECORDED}
    assert table(settings, "draw", LAST).equals(before[0]) and table(settings, "visit", LAST).equals(before[1])


def test_another_seed_is_remembered_beside_the_one_before(drawn):
    settings, _, _ = drawn
    other = draw_months(settings, [LAST], REGIONS[:1], "another")[0]
    assert (other.seed, other.seeds_before) == ("another", ("a seed",))
    back = draw_months(settings, [LAST], REGIONS[:1], "a seed")[0]
    assert back.seeds_before == ("a seed", "another")
    assert all(one.passed for one in verify_draw(settings, LAST))


def test_a_changed_row_is_found(drawn):
    settings, _, _ = drawn
    with connect(settings, views=False) as connection:
        connection.execute("UPDATE lake.main.inspection_draw SET class = 'A' WHERE month = ? AND class <> 'A'", [FIRST])
    found = {f.check: f.passed for one in verify_draw(settings, FIRST) for f in one.findings if not f.passed}
    assert "rows" in found and "draw" not in found
    assert not next(c for c in check_draws(settings, FIRST, REGIONS) if c.name == "rows_match_hash").passed
    draw_months(settings, [FIRST], REGIONS)
    assert all(one.passed for one in verify_draw(settings, FIRST))


def test_why_tells_the_numbers_behind_a_visit_and_behind_none(drawn):
    settings, _, _ = drawn
    row = table(settings, "draw", MONTHS[1]).filter(pl.col("check_kind") == "1").row(0, named=True)
    found = why(settings, row["enterprise_id"], MONTHS[1])
    assert (found.visit_id, found.place, found.probability) == (row["visit_id"], row["place"], row["probability"])
    assert found.place <= found.drawn <= found.eligible <= found.enterprises
    assert row["order_hash"] in told(found) and row["visit_id"] in told(found)
    later = why(settings, row["enterprise_id"], MONTHS[2])
    assert later.spared == f"drawn in {MONTHS[1]}" and later.visit_id is None and later.place is None
    assert "not drawn by lot" in told(later)
    with pytest.raises(DrawError, match="was not live at the end of 2026-01"):
        why(settings, "91000000000000000X", FIRST)


def test_classes_that_are_missing_stop_the_draw(drawn):
    settings, _, _ = drawn
    with pytest.raises(DrawError, match="classify 2026-05 first"):
        draw_months(settings, ["2026-05"], REGIONS)
    with connect(settings, views=False) as connection:
        connection.execute("INSERT INTO lake.scores.enterprise VALUES ('2026-04', '410100', 'new', 'F')")
    with pytest.raises(DrawError, match="decide risk_class for 2026-04 first: 1 enterprises"):
        draw_months(settings, [LAST], REGIONS)
    with connect(settings, views=False) as connection:
        connection.execute("INSERT INTO lake.main.risk_class VALUES ('2026-04', '410100', 'new', 'A')")
        connection.execute("INSERT INTO lake.scores.specialised_score VALUES ('2026-04', '410100', 'new', 'food')")
    with pytest.raises(DrawError, match="decide combined_class for 2026-04 first: 1 members"):
        draw_months(settings, [LAST], REGIONS)


@pytest.fixture(scope="module")
def visited(tmp_path_factory):
    """A province without a pool in which some food firms were visited before."""
    settings = Settings(home=tmp_path_factory.mktemp("visited"))
    firms = build(settings)
    food = [firm["enterprise_id"] for firm in firms if firm["food"] == 1.0]
    rows = [
        visit(food[0], "2025-01-20"),
        visit(food[1], "2025-03-02"),
        visit(food[2], "2025-01-20", item="登记事项检查"),
        visit(food[3], "2025-01-20", kind="3"),
        visit(firms[1]["enterprise_id"], "2025-02-28", kind=None),
        visit(firms[2]["enterprise_id"], "2025-01-31", kind="1"),
        visit(firms[3]["enterprise_id"], "2025-12-30", kind="3"),
        visit(firms[6]["enterprise_id"], "2026-03-01", kind="1"),
    ]
    publish(settings, "c07_spot_checks", "2026-01", rows)
    with connect(settings, read_only=True, views=False) as connection:
        frame = read_frame(connection, settings, load_policy(settings, FIRST), FIRST, REGIONS)
    return settings, firms, food, {row["enterprise_id"]: row for row in frame.iter_rows(named=True)}


def test_a_statutory_visit_is_due_a_year_after_the_last_of_its_field(visited):
    _, _, food, frame = visited
    assert frame[food[0]]["due"] == "food@1.0", "13 months ago in February"
    assert frame[food[1]]["due"] == "", "March comes later"


def test_only_a_visit_that_checked_the_field_counts_for_it(visited):
    """Another item, or a complaint, leaves the firm one that was never visited: its month comes by a hash."""
    settings, _, food, frame = visited
    months = []
    with connect(settings, read_only=True, views=False) as connection:
        for code in (food[2], food[3]):
            months.append(
                connection.execute(
                    "SELECT md5_number_lower('food|' || ?) % 12 = 2026 * 12 % 12 + 1", [code]
                ).fetchone()[0]
            )
    assert [frame[code]["due"] != "" for code in food[2:4]] == months


def test_a_visit_within_a_year_spares_from_the_lot_and_a_complaint_does_not(visited):
    _, firms, _, frame = visited
    spared = [frame[firms[number]["enterprise_id"]]["spared"] for number in (1, 2, 3)]
    assert spared[0] is None, "a year has passed when February comes"
    assert spared[1] is None and spared[2] is None
    assert frame[firms[6]["enterprise_id"]]["spared"] is None, "what happened later is not known yet"


def test_the_day_on_which_a_visit_stops_to_spare(tmp_path):
    settings = Settings(home=tmp_path)
    firms = [firm["enterprise_id"] for firm in build(settings)]
    publish(
        settings,
        "c07_spot_checks",
        FIRST,
        [visit(firms[1], "2025-02-28", kind="1"), visit(firms[2], "2025-03-01", kind="1")],
    )
    with connect(settings, read_only=True, views=False) as connection:
        frame = read_frame(connection, settings, load_policy(settings, FIRST), FIRST, REGIONS)
    spared = dict(frame.select("enterprise_id", "spared").iter_rows())
    assert spared[firms[1]] is None
    assert spared[firms[2]] == "visited on 2025-03-01"


def test_without_a_pool_visits_are_drawn_and_nobody_is_put_off(visited):
    settings, _, _, _ = visited
    found = draw_months(settings, [FIRST], REGIONS, "x")
    assert {one.pool for one in found} == {None} and sum(one.rows for one in found) > 0
    assert {(one.assigned, one.put_off) for one in found} == {(0, 0)}
    checks = {check.name: check for check in check_draws(settings, FIRST, REGIONS)}
    assert checks["enough_inspectors"].passed and "no pool of inspectors" in checks["enough_inspectors"].sentence
    assert all(one.passed for one in verify_draw(settings, FIRST))


def test_what_is_put_off_comes_again_and_only_lots_are_given_up_in_the_end(tmp_path):
    """Nobody inspects the first region, so its visits are put off again and again; what the law asks for stays."""
    settings, region, months = Settings(home=tmp_path), REGIONS[:1], MONTHS[:2]
    build(settings)
    pool(settings, REGIONS[1:])
    draw_months(settings, months, region, "seed 3")
    first, second = (table(settings, "draw", month, region) for month in months)
    assert len(first) > 0 and set(first["put_off_times"]) == {1} and first["put_off"].null_count() == 0
    again = second.filter(pl.col("carried_from") == FIRST)
    assert set(again["enterprise_id"]) == set(first["enterprise_id"]) and set(again["put_off_times"]) == {2}
    kept = again.join(first, on="enterprise_id", suffix="_before").filter(pl.col("check_kind") == "1")
    assert len(kept) and (kept["probability"] == kept["probability_before"]).all()
    assert (kept["plans"] == kept["plans_before"]).all()
    short = table(settings, "shortage", FIRST, region)
    assert short["inspector_visits"].sum() >= 2 * len(first) and "market_regulation" in set(short["department"])
    assert all(check.passed for check in check_draws(settings, months[1], region))
    carried = {}
    for times in (3, 4):
        with connect(settings, views=False) as connection:
            connection.execute(
                "UPDATE lake.main.inspection_draw SET put_off_times = ? WHERE month = ?", [times, months[1]]
            )
            frame = read_frame(connection, settings, load_policy(settings, FIRST), MONTHS[2], region)
        carried[times] = frame["carried"].count()
    by_statute = len(second.filter(pl.col("check_kind") == "2"))
    assert carried == {3: len(second), 4: by_statute} and 0 < by_statute < len(second)
