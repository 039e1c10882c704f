"""Decisions in a real lake: rules in their order, exactly the partitions asked for, sentences where scores lack."""

from __future__ import annotations

import hashlib

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.lake import connect, failed_scores
from orchestration.risk import DecisionError, decide
from orchestration.settings import Settings

MONTHS = ["2026-04", "2026-05", "2026-06"]
REGIONS = ["410100", "410200"]
CATALOGUE = load_catalogue(Settings.from_env(), "2026-05")
RULED = ("v_h010201", "v_h010302", "v_h030101", "v_h040201", "v_h040601")
OVERRIDES = (
    "CREATE TABLE lake.scores.enterprise_override (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
    "override_no VARCHAR, override_class VARCHAR, reason VARCHAR, decider_rank INTEGER, decided_on DATE, "
    "expires_on DATE, received_month VARCHAR, record_id VARCHAR)"
)
KNOWN = {"v_h010201": 12.0, "v_h010302": "general", "v_h030101": 0, "v_h040201": 0, "v_h040601": 0}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """A lake with a table of scores that has what a decision reads: 40 firms in three months and two regions."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    points = ", ".join(f"p_{i.column} DECIMAL(9, 2) DEFAULT 0" for i in CATALOGUE.indicators)
    values = ", ".join(f"{name} {'VARCHAR' if name == 'v_h010302' else 'DOUBLE'}" for name in RULED)
    with connect(settings) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute(
            "CREATE TABLE lake.scores.enterprise_score (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            f"catalogue_version VARCHAR, score DECIMAL(7, 2), {values}, {points})"
        )
        connection.execute(OVERRIDES)
        for number, month in enumerate(MONTHS):
            connection.execute(
                "INSERT INTO lake.scores.enterprise_score BY NAME "
                "SELECT $month AS month, CASE WHEN range % 2 = 0 THEN '410100' ELSE '410200' END AS region_code, "
                "'firm ' || range AS enterprise_id, $version AS catalogue_version, "
                "CAST((range * 25 + $number * 200) % 1000 AS DECIMAL(7, 2)) AS score, score AS p_h040101, "
                "12.0 AS v_h010201, 'general' AS v_h010302, 0 AS v_h030101, 0 AS v_h040201, 0 AS v_h040601 "
                "FROM range(40)",
                {"month": month, "number": number, "version": CATALOGUE.version},
            )
    decide(settings, MONTHS, REGIONS)
    return settings


def classes(settings, month, firms):
    """Rows of risk_class, after the decision, for firms given as {name: (score, values, points)}."""
    with connect(settings) as connection:
        connection.execute("DELETE FROM lake.scores.enterprise_score WHERE month = ?", [month])
        for name, (score, values, points) in firms.items():
            row = {
                "month": month,
                "region_code": "410100",
                "enterprise_id": name,
                "catalogue_version": CATALOGUE.version,
            }
            row |= {"score": score} | KNOWN | values | points
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO lake.scores.enterprise_score ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
    (summary,) = decide(settings, [month], ["410100"])
    with connect(settings, read_only=True) as connection:
        cursor = connection.execute("SELECT * FROM risk_class WHERE month = ?", [month])
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {row["enterprise_id"]: row for row in rows}, summary


def partitions(settings):
    """Month and region -> hash of all its rows, with DuckLake's own row ids: equal only if nothing was rewritten."""
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(
            "SELECT rowid, * FROM lake.main.risk_class ORDER BY month, region_code, enterprise_id"
        ).fetchall()
    found = {}
    for row in rows:
        found.setdefault((row[1], row[2]), []).append(row)
    return {key: hashlib.sha256(repr(value).encode()).hexdigest() for key, value in found.items()}


def content(settings):
    """The same without row ids: what the partitions say."""
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(
            "SELECT * FROM lake.main.risk_class ORDER BY month, region_code, enterprise_id"
        ).fetchall()
    return hashlib.sha256(repr(rows).encode()).hexdigest()


def test_rules_in_their_order(settings):
    firms = {
        "lowest": (0, {}, {}),
        "just below B": (199.99, {}, {}),
        "B": (200, {}, {}),
        "just below C": (499.99, {}, {}),
        "C": (500, {}, {}),
        "just below D": (749.99, {}, {}),
        "D": (750, {}, {}),
        "highest": (1000, {}, {}),
        "serious list": (100, {"v_h040201": 1}, {"p_h040201": 100}),
        "defaulter": (100, {"v_h040601": 1}, {}),
        "both": (100, {"v_h040201": 1, "v_h040601": 1}, {}),
        "declared": (100, {"v_h010302": "declared"}, {}),
        "declared and bad": (800, {"v_h010302": "declared"}, {}),
        "declared and listed": (100, {"v_h010302": "declared", "v_h040201": 1}, {}),
        "young": (60, {"v_h010201": 0.99}, {}),
        "one year": (60, {"v_h010201": 1.0}, {}),
        "no report yet": (60, {"v_h010201": 2.99, "v_h030101": None}, {}),
        "old without report feed": (60, {"v_h010201": 3.0, "v_h030101": None}, {}),
        "young and bad": (600, {"v_h010201": 0.5}, {}),
        "lists unknown": (60, {"v_h040201": None, "v_h040601": None}, {}),
    }
    rows, summary = classes(settings, "2025-01", firms)
    assert {name: row["class"] for name, row in rows.items()} == {
        "lowest": "A", "just below B": "A", "B": "B", "just below C": "B", "C": "C", "just below D": "C", "D": "D",
        "highest": "D", "serious list": "D", "defaulter": "D", "both": "D", "declared": "C", "declared and bad": "D",
        "declared and listed": "D", "young": "B", "one year": "A", "no report yet": "B", "old without report feed": "A",
        "young and bad": "C", "lists unknown": "A",
    }  # fmt: skip
    assert all(row["class"] == row["computed_class"] for row in rows.values())
    assert {name for name, row in rows.items() if row["thin_file"]} == {"young", "no report yet", "young and bad"}
    assert rows["serious list"]["direct_rule"] == rows["both"]["direct_rule"] == "SERIOUS_LIST"
    assert rows["defaulter"]["direct_rule"] == "COURT_DEFAULTER"
    assert rows["declared"]["floor_rule"] == rows["declared and bad"]["floor_rule"] == "DECLARED_INDUSTRY"
    assert rows["serious list"]["reason"] == (
        "D by direct rule SERIOUS_LIST 当前列入严重违法失信名单 (on a serious-dishonesty list); "
        "score 100.00 in A [0, 200); most points: H040201 当前是否列入严重失信主体名单 100.00"
    )
    assert rows["declared"]["reason"].startswith("C at best by floor DECLARED_INDUSTRY 社会高度关注行业")
    assert rows["declared and bad"]["reason"].startswith("score 800.00 in D [750, 1000]")
    assert rows["young"]["reason"].startswith("B at best by thin file YOUNG 成立不足一年")
    assert rows["no report yet"]["reason"].startswith("B at best by thin file NO_REPORT 尚无首份年报")
    assert rows["lowest"]["reason"] == "score 0.00 in A [0, 200); no indicator gives points"
    assert (summary.rows, summary.thin_file, summary.counts) == (20, 3, {"A": 5, "B": 4, "C": 4, "D": 7})
    assert sum(summary.shares.values()) == pytest.approx(1)


def test_the_reason_names_the_three_indicators_with_the_most_points(settings):
    points = {"p_h040101": 80, "p_h040102": 54, "p_h030101": 80, "p_h010201": 25, "p_h070301": -10}
    rows, summary = classes(settings, "2025-02", {"firm": (229, {}, points)})
    assert rows["firm"]["reason"] == (
        "score 229.00 in B [200, 500); most points: H030101 最近一年年报未报 80.00; "
        "H040101 当前是否列入经营异常名录 80.00; H040102 列入经营异常原因 54.00"
    )
    assert [reason["indicator"] for reason in summary.top_reasons] == ["H030101", "H040101", "H040102", "H010201"]
    assert summary.top_reasons[0] == {
        "indicator": "H030101", "name_zh": "最近一年年报未报", "name_en": "Latest annual report not filed",
        "share": round(80 / 239, 4), "firms": 1,
    }  # fmt: skip


def test_deciding_one_partition_leaves_every_other_untouched(settings):
    before, meaning = partitions(settings), content(settings)
    decide(settings, ["2026-05"], ["410200"])
    after = partitions(settings)
    assert {key for key in before if before[key] != after[key]} == {("2026-05", "410200")}
    assert content(settings) == meaning, "the same scores must give the same rows"


def test_changes_compare_with_the_month_before(settings):
    (summary,) = decide(settings, ["2026-05"], ["410100"])
    assert sum(summary.changes.values()) == summary.rows == 20
    with connect(settings, read_only=True) as connection:
        up, down = connection.execute(
            "SELECT count(*) FILTER (WHERE a.class > b.class), count(*) FILTER (WHERE a.class < b.class) "
            "FROM risk_class a JOIN risk_class b USING (enterprise_id) "
            "WHERE a.month = '2026-05' AND b.month = '2026-04' AND a.region_code = '410100'"
        ).fetchone()
    assert (summary.changes["up"], summary.changes["down"]) == (up, down)
    assert up > 0 and down > 0
    (first,) = decide(settings, ["2026-04"], ["410100"])
    assert first.changes == {}


def test_new_gone_and_moved(settings):
    rows, _ = classes(settings, "2025-07", {"stays": (100, {}, {}), "leaves": (300, {}, {}), "moves": (100, {}, {})})
    assert set(rows) == {"stays", "leaves", "moves"}
    with connect(settings) as connection:
        connection.execute("DELETE FROM lake.scores.enterprise_score WHERE month = '2025-08'")
        for name, region, score in (("stays", "410100", 250), ("moves", "410200", 100), ("comes", "410200", 100)):
            row = KNOWN | {"month": "2025-08", "region_code": region, "enterprise_id": name, "score": score}
            row |= {"catalogue_version": CATALOGUE.version}
            marks = ", ".join("?" for _ in row)
            connection.execute(
                f"INSERT INTO lake.scores.enterprise_score ({', '.join(row)}) VALUES ({marks})", list(row.values())
            )
    here, there = decide(settings, ["2025-08"], REGIONS)
    assert here.changes == {"up": 1, "down": 0, "same": 0, "new": 0, "gone": 1}
    assert there.changes == {"up": 0, "down": 0, "same": 1, "new": 1, "gone": 0}


def test_a_region_without_enterprises_is_an_empty_partition(settings):
    (summary,) = decide(settings, ["2026-05"], ["411700"])
    assert (summary.rows, summary.counts, summary.top_reasons) == (0, {"A": 0, "B": 0, "C": 0, "D": 0}, [])


def test_missing_scores_stop_everything_with_a_sentence(settings):
    before = partitions(settings)
    with pytest.raises(DecisionError, match="compute scores for 2026-07 first: "):
        decide(settings, ["2026-06", "2026-07"], REGIONS)
    assert partitions(settings) == before


def test_scores_that_failed_a_test_are_not_classified(settings):
    failed_scores(settings).put("2026-06", "dbt test points_add_up failed.")
    with pytest.raises(DecisionError, match=r"2026-06 is not classified, because its scores failed: dbt test points"):
        decide(settings, ["2026-06"], ["410100"])
    failed_scores(settings).clear("2026-06")
    assert decide(settings, ["2026-06"], ["410100"])


def test_scores_of_another_version_stop_with_a_sentence(settings):
    with connect(settings) as connection:
        connection.execute(
            "INSERT INTO lake.scores.enterprise_score (month, region_code, enterprise_id, catalogue_version, score) "
            "VALUES ('2024-01', '410100', 'firm', 'v0', 1)"
        )
    with pytest.raises(DecisionError, match="they come from catalogue v0, while v2 is in force"):
        decide(settings, ["2024-01"], REGIONS)


def test_no_scores_at_all(tmp_path):
    with pytest.raises(DecisionError, match="compute scores for 2026-05 first"):
        decide(Settings(home=tmp_path), ["2026-05"], REGIONS)
