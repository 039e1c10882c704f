"""Overrides in a real lake: who may, for how long, which of several, and that the computed class stays."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.lake import connect
from orchestration.risk import DecisionError, decide
from orchestration.settings import Settings

from .test_decide import CATALOGUE, KNOWN, OVERRIDES, RULED

MONTH = "2026-05"
SERIOUS = {"v_h040201": 1}
DECLARED = {"v_h010302": "declared"}
COUNTY, CITY, PROVINCE = 1, 2, 3


@pytest.fixture
def settings(tmp_path):
    settings = Settings(home=tmp_path)
    with connect(settings) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute(OVERRIDES)
        scores(connection)
    return settings


def scores(connection):
    points = ", ".join(f"p_{i.column} DECIMAL(9, 2) DEFAULT 0" for i in CATALOGUE.indicators)
    values = ", ".join(f"{name} {'VARCHAR' if name == 'v_h010302' else 'DOUBLE'}" for name in RULED)
    connection.execute(
        "CREATE TABLE lake.scores.enterprise_score (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
        f"catalogue_version VARCHAR, score DECIMAL(7, 2), {values}, {points})"
    )


def decided(settings, firms, overrides, month=MONTH):
    """Rows of risk_class and the summary.

    Firms are {name: (score, values)}, overrides (firm, number, class, rank, decided on, expires on).
    """
    version = load_catalogue(settings, month).version
    with connect(settings) as connection:
        for name, (score, values) in firms.items():
            row = {"month": month, "region_code": "410100", "enterprise_id": name, "catalogue_version": version}
            row |= {"score": score} | KNOWN | values
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO lake.scores.enterprise_score ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
        for firm, number, name, rank, since, until in overrides:
            connection.execute(
                "INSERT INTO lake.scores.enterprise_override VALUES (?, '410100', ?, ?, ?, 'tip', ?, ?, ?, ?, 'd:1')",
                [month, firm, number, name, rank, since, until, month],
            )
    (summary,) = decide(settings, [month], ["410100"])
    with connect(settings, read_only=True) as connection:
        cursor = connection.execute("SELECT * FROM lake.main.risk_class WHERE month = ?", [month])
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["enterprise_id"]: row for row in rows}, summary


def test_an_override_stands_beside_the_computed_class(settings):
    firms = {"raised": (100, {}), "lowered": (600, {}), "same": (300, {}), "plain": (300, {})}
    rows, summary = decided(
        settings,
        firms,
        [
            ("raised", "TZ1", "C", COUNTY, "2026-05-31", "2026-12-31"),
            ("lowered", "TZ2", "B", CITY, "2026-01-10", "2026-05-31"),
            ("same", "TZ3", "B", COUNTY, "2026-01-10", "2026-06-30"),
            ("of nobody", "TZ4", "D", PROVINCE, "2026-01-10", "2026-06-30"),
        ],
    )
    assert {n: (r["computed_class"], r["class"]) for n, r in rows.items()} == {
        "raised": ("A", "C"), "lowered": ("C", "B"), "same": ("B", "B"), "plain": ("B", "B"),
    }  # fmt: skip
    told = ("override_no", "override_reason", "override_rank", "override_until", "override_refused")
    assert [rows["raised"][name] for name in told] == ["TZ1", "tip", 1, date(2026, 12, 31), None]
    assert [rows["plain"][name] for name in told] == [None] * 5
    assert rows["raised"]["reason"] == (
        "C by override TZ1 (rank 1 县级局负责人 (head of a county office), until 2026-12-31): tip; "
        "computed A, score 100.00 in A [0, 200); no indicator gives points"
    )
    assert rows["plain"]["reason"] == "score 300.00 in B [200, 500); no indicator gives points"
    counted = (summary.overridden, summary.raised, summary.lowered, summary.refused)
    assert counted == (3, 1, 1, 0)
    assert summary.counts == {"A": 0, "B": 3, "C": 1, "D": 0}


def test_a_direct_rule_and_a_floor_yield_only_to_the_rank_that_the_catalogue_names(settings):
    firms = {
        "listed, city": (100, SERIOUS),
        "listed, province": (100, SERIOUS),
        "declared, city": (100, DECLARED),
        "declared, province": (100, DECLARED),
        "declared, raised": (100, DECLARED),
    }
    span = ("2026-05-01", "2026-08-31")
    rows, summary = decided(
        settings,
        firms,
        [
            ("listed, city", "TZ1", "B", CITY, *span),
            ("listed, province", "TZ2", "B", PROVINCE, *span),
            ("declared, city", "TZ3", "B", CITY, *span),
            ("declared, province", "TZ4", "B", PROVINCE, *span),
            ("declared, raised", "TZ5", "D", COUNTY, *span),
        ],
    )
    assert {n: (r["computed_class"], r["class"]) for n, r in rows.items()} == {
        "listed, city": ("D", "D"), "listed, province": ("D", "B"), "declared, city": ("C", "C"),
        "declared, province": ("C", "B"), "declared, raised": ("C", "D"),
    }  # fmt: skip
    assert rows["listed, city"]["override_refused"] == (
        "override TZ1 to B, decided on 2026-05-01 by rank 2 市级局负责人 (head of a prefecture office), until "
        "2026-08-31, is not applied: to set a safer class than D of the direct rule SERIOUS_LIST takes rank 3 "
        "(省级局负责人 (head of the provincial office))"
    )
    assert rows["listed, city"]["override_no"] is None
    assert rows["listed, city"]["reason"].endswith(rows["listed, city"]["override_refused"])
    assert "of the floor DECLARED_INDUSTRY takes rank 3" in rows["declared, city"]["override_refused"]
    assert rows["listed, province"]["reason"].startswith("B by override TZ2 ")
    assert "; computed D by direct rule SERIOUS_LIST " in rows["listed, province"]["reason"]
    assert (summary.overridden, summary.refused) == (3, 2)


def test_an_override_may_not_hold_longer_than_the_catalogue_allows(settings):
    rows, _ = decided(
        settings,
        {"to the day": (100, {}), "a day longer": (100, {}), "no such class": (100, {})},
        [
            ("to the day", "TZ1", "B", COUNTY, "2026-05-15", "2027-05-15"),
            ("a day longer", "TZ2", "B", PROVINCE, "2026-05-15", "2027-05-16"),
            ("no such class", "TZ3", "E", PROVINCE, "2026-05-15", "2026-06-16"),
        ],
    )
    assert {name: row["class"] for name, row in rows.items()} == {
        "to the day": "B", "a day longer": "A", "no such class": "A",
    }  # fmt: skip
    assert rows["a day longer"]["override_refused"].endswith("it holds longer than the 12 months allowed")
    assert rows["no such class"]["override_refused"].endswith("catalogue v2 has no such class")


def test_of_several_the_latest_that_may_be_applied_counts(settings):
    rows, summary = decided(
        settings,
        {"two": (100, {}), "one day": (100, {}), "refused later": (100, SERIOUS), "refused earlier": (100, SERIOUS)},
        [
            ("two", "TZ1", "C", COUNTY, "2026-03-01", "2026-12-31"),
            ("two", "TZ2", "B", COUNTY, "2026-04-01", "2026-12-31"),
            ("one day", "TZ3", "C", COUNTY, "2026-03-01", "2026-12-31"),
            ("one day", "TZ4", "D", COUNTY, "2026-03-01", "2026-12-31"),
            ("refused later", "TZ5", "C", PROVINCE, "2026-03-01", "2026-12-31"),
            ("refused later", "TZ6", "A", COUNTY, "2026-04-01", "2026-12-31"),
            ("refused earlier", "TZ7", "A", COUNTY, "2026-03-01", "2026-12-31"),
            ("refused earlier", "TZ8", "C", PROVINCE, "2026-04-01", "2026-12-31"),
        ],
    )
    assert {name: (row["class"], row["override_no"]) for name, row in rows.items()} == {
        "two": ("B", "TZ2"), "one day": ("D", "TZ4"), "refused later": ("C", "TZ5"), "refused earlier": ("C", "TZ8"),
    }  # fmt: skip
    assert rows["refused later"]["override_refused"].startswith("override TZ6 to A")
    assert rows["refused earlier"]["override_refused"] is None
    assert (summary.rows, summary.overridden, summary.refused) == (4, 4, 1)


def test_a_version_without_a_policy_applies_none_and_says_so(settings):
    rows, _ = decided(
        settings, {"firm": (100, {})}, [("firm", "TZ1", "D", PROVINCE, "2023-05-01", "2023-12-31")], month="2023-06"
    )
    assert rows["firm"]["class"] == "A"
    assert rows["firm"]["override_refused"].endswith("is not applied: catalogue v1 knows no overrides")


def test_a_table_of_an_earlier_release_gets_the_new_columns_and_keeps_its_rows(settings):
    with connect(settings) as connection:
        connection.execute(
            "CREATE TABLE lake.main.risk_class (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "score DECIMAL(7,2), computed_class VARCHAR, class VARCHAR, reason VARCHAR, thin_file BOOLEAN, "
            "direct_rule VARCHAR, floor_rule VARCHAR, catalogue_version VARCHAR)"
        )
        connection.execute("ALTER TABLE lake.main.risk_class SET PARTITIONED BY (month, region_code)")
        connection.execute(
            "INSERT INTO lake.main.risk_class VALUES "
            "('2026-04', '410100', 'firm', 1, 'A', 'A', 'old', false, NULL, NULL, 'v1')"
        )
    rows, summary = decided(settings, {"firm": (100, {})}, [("firm", "TZ1", "D", COUNTY, "2026-05-01", "2026-12-31")])
    assert rows["firm"]["class"] == "D" and summary.changes["up"] == 1
    with connect(settings, read_only=True) as connection:
        old = connection.execute(
            "SELECT reason, override_no, override_until FROM lake.main.risk_class WHERE month = '2026-04'"
        ).fetchall()
    assert old == [("old", None, None)]


def test_a_month_without_its_table_of_overrides_is_not_decided(tmp_path):
    settings = Settings(home=tmp_path)
    with connect(settings) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        scores(connection)
    with pytest.raises(DecisionError, match=r"compute scores for 2026-05 again: .*enterprise_override is not there"):
        decided(settings, {"firm": (100, {})}, [])
