"""The plain month: what it knows of a feed, placeholders, points. That it equals the platform's the bench says."""

from __future__ import annotations

import duckdb
import pytest

from benchmarks.plain.compare import _differs
from benchmarks.plain.known import known_sql
from benchmarks.plain.plan import PLAIN, _end, _fill
from benchmarks.plain.score import class_sql, score_sql
from orchestration.catalogue import load_catalogue
from orchestration.feeds.contract import load_contract
from orchestration.settings import Settings


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def test_a_feed_as_known_has_the_latest_row_of_each_key_without_what_was_replaced_or_taken_back(settings):
    with duckdb.connect() as connection:
        connection.execute("""
            create table raw_c10_lawsuits as
            select * from (values
                ('A', 'a', 'changed', '2', 1, '2025-01', 'd1', 1), ('A', 'a', 'changed', '2', 2, '2025-02', 'd2', 1),
                ('A', 'a', 'replaced', '2', 1, '2025-01', 'd0', 1),
                ('A', 'a', 'upheld', '2', 1, '2025-01', 'd1', 2),
                (null, 'b', 'linked', '2', 1, '2025-01', 'd1', 3), (null, 'c', 'nobody', '2', 1, '2025-01', 'd1', 4)
            ) as rows (enterprise_id, party_name, case_no, role, amount, received_month, delivery_id, row_no)
        """)
        connection.execute("create table superseded as select 'c10_lawsuits' as feed, 'd0' as delivery_id")
        connection.execute(
            "create table upheld as select 'c10_lawsuits' as feed, 'A' as enterprise_id, 'upheld' as record_key"
        )
        connection.execute(
            "create table link as select 'c10_lawsuits' as feed, 'd1:3' as record_id, 'B' as enterprise_id"
        )
        sql = known_sql(load_contract(settings, "c10_lawsuits"), ["enterprise_id", "amount"])
        assert sorted(connection.execute(sql).fetchall()) == [("A", 2), ("B", 1)]


def test_placeholders_are_filled_in_and_an_unknown_one_is_refused():
    names = {"month_end": _end("2026-03"), "H040103.repaired_weight": "0.5"}
    assert _fill("{month_end}, {H040103.repaired_weight}", names) == "date '2026-03-31', 0.5"
    assert _fill("{plain address}", names) == PLAIN.format("address")
    with pytest.raises(KeyError):
        _fill("{month_begin}", names)


def test_a_window_opens_on_the_day_after_the_end_of_the_month_before_it():
    assert _end("2026-02") == "date '2026-02-28'"
    assert _end("2026-02", 12) == "date '2025-02-28'"
    assert _end("2024-02", 0) == "date '2024-02-29'"


def test_points_are_held_by_their_levels_and_rules_set_the_class(settings):
    catalogue = load_catalogue(settings, "2026-10")
    codes = [indicator.code for indicator in catalogue.indicators]
    kinds = {each.code: "varchar" if each.kind == "categorical" else "double" for each in catalogue.indicators}
    known = [
        # nothing is known; both scales of H0703 take points away, and H07 does not fall below 0
        {},
        {"H070301": 1000, "H010201": 20},
        # more than the cap of H0401 and of H04
        {"H040101": 1, "H040102": "3", "H040103": 9, "H040201": 1, "H010201": 20},
        {"H010302": "declared", "H010201": 20},
    ]
    rows = " union all ".join(
        "select '410100' as region_code, "
        + f"'{number}' as enterprise_id, "
        + ", ".join(f"cast({row.get(code, 'null')!r} as {kinds[code]}) as v_{code.lower()}" for code in codes)
        for number, row in enumerate(known)
    ).replace("'null'", "null")
    with duckdb.connect() as connection:
        connection.execute(f"create table valued as {rows}")
        connection.execute(f"create view scored as {score_sql(catalogue)}")
        found = connection.execute(
            f"select score, computed_class from ({class_sql(catalogue, '2026-10', codes)}) order by enterprise_id"
        ).fetchall()
    caps = {level.code: level.cap for level in catalogue.levels}
    assert [float(score) for score, _ in found] == [0, 0, float(caps["H04"]), 80]
    assert [risk_class for _, risk_class in found] == ["A", "A", "D", "C"]


@pytest.mark.parametrize(
    ("how", "ours", "plain", "differs"),
    [
        ("number", "1.0", "1.0000000001", False),
        ("number", "1.0", "1.00000001", True),
        ("number", "null", "0", True),
        ("number", "null", "null", False),
        ("text", "'A'", "'B'", True),
        ("text", "null", "'A'", True),
        ("exact", "1.20", "1.21", True),
        ("exact", "1.20", "1.2", False),
    ],
)
def test_two_values_differ(how, ours, plain, differs):
    sql = f"select {_differs('v', how)} from (select {ours} as v) as ours, (select {plain} as v) as plain"
    assert bool(duckdb.sql(sql).fetchone()[0]) is differs
