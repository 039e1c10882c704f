"""Classes of key fields in a real lake: modes, moves, floors of visits, the matrix, exactly the partitions asked."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest

from orchestration.lake import connect, failed_scores
from orchestration.risk import DecisionError
from orchestration.settings import Settings
from orchestration.specialised import decide_combined, decide_specialised, load_specialised

MONTHS = ["2026-05", "2026-06"]
REGIONS = ["410100", "410200"]
RULES = load_specialised(Settings.from_env(), "2026-06")

# enterprise: field, static, dynamic, known share, values of marks, general score, general class
FIRMS = {
    "food lowest": ("food", 0, 0, 1, {}, 0, "A"),
    "food just below B": ("food", 20, 9.99, 1, {}, 0, "A"),
    "food B": ("food", 20, 10, 1, {}, 0, "A"),
    "food pushed to B by credit": ("food", 20, 5, 1, {}, 250, "B"),
    "food highest": ("food", 40, 60, 1, {}, 1000, "C"),
    "food certified": ("food", 20, 10, 1, {"S010301": 1}, 0, "A"),
    "food certified in A": ("food", 4, 0, 1, {"S010301": 2}, 0, "A"),
    "food wilful": ("food", 4, 0, 1, {"S010302": 1}, 0, "A"),
    "food certified and wilful": ("food", 20, 10, 1, {"S010301": 1, "S010302": 1}, 0, "A"),
    "food listed": ("food", 4, 0, 1, {"S010301": 1, "S010303": 1}, 0, "A"),
    "food mark unknown": ("food", 4, 0, 1, {"S010303": None}, 0, "A"),
    "food general D": ("food", 4, 0, 1, {}, 300, "D"),
    "food thin": ("food", 4, 0, 0.39, {}, 0, "A"),
    "food thin and certified": ("food", 20, 10, 0.39, {"S010301": 1}, 0, "A"),
    "drugs A": ("drugs", 20, 3.99, 1, {}, 300, "B"),
    "drugs B by fusion": ("drugs", 20, 3.99, 1, {}, 301, "B"),
    "drugs D": ("drugs", 30, 18, 1, {}, 600, "C"),
    "industrial B x C": ("industrial", 20, 10, 1, {}, 600, "C"),
    "industrial D x A": ("industrial", 40, 20, 1, {}, 0, "A"),
    "industrial A x D": ("industrial", 0, 0, 1, {}, 900, "D"),
    "industrial listed": ("industrial", 0, 0, 1, {"S030301": 1}, 0, "A"),
    "equipment D": ("special_equipment", 40, 20, 1, {}, 0, "A"),
}


def fill(settings, months=MONTHS):
    with connect(settings) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute("CREATE TABLE lake.scores.enterprise_score (month VARCHAR, enterprise_id VARCHAR)")
        connection.execute(
            "CREATE TABLE lake.scores.specialised_score (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "field VARCHAR, score DECIMAL(7, 2), static_points DECIMAL(7, 2), dynamic_points DECIMAL(7, 2), "
            "known_share DOUBLE, specialised_version VARCHAR)"
        )
        connection.execute(
            "CREATE TABLE lake.scores.specialised_factor (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "field VARCHAR, indicator_code VARCHAR, value DOUBLE, points DECIMAL(7, 2))"
        )
        connection.execute(
            "CREATE TABLE lake.main.risk_class (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "score DECIMAL(7, 2), class VARCHAR, catalogue_version VARCHAR)"
        )
        for month in months:
            for number, (name, (field, static, dynamic, known, marks, score, general)) in enumerate(FIRMS.items()):
                region = REGIONS[number % 2]
                connection.execute("INSERT INTO lake.scores.enterprise_score VALUES (?, ?)", [month, name])
                connection.execute(
                    "INSERT INTO lake.scores.specialised_score VALUES (?, ?, ?, ?, ?, ?, ?, ?, 's1')",
                    [month, region, name, field, Decimal(str(static)) + Decimal(str(dynamic)), static, dynamic, known],
                )
                code = next(one.code for one in RULES.indicators if (one.field, one.part) == (field, "static"))
                values = {code: 1} | marks
                for indicator, value in values.items():
                    points = static + dynamic if indicator == code else 0
                    connection.execute(
                        "INSERT INTO lake.scores.specialised_factor VALUES (?, ?, ?, ?, ?, ?, ?)",
                        [month, region, name, field, indicator, value, points],
                    )
                connection.execute(
                    "INSERT INTO lake.main.risk_class VALUES (?, ?, ?, ?, ?, 'v2')",
                    [month, region, name, score, general],
                )


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    fill(settings)
    decide_specialised(settings, MONTHS, REGIONS)
    decide_combined(settings, MONTHS, REGIONS)
    return settings


def rows_of(settings, table, month="2026-06"):
    with connect(settings, read_only=True) as connection:
        cursor = connection.execute(f"SELECT * FROM {table} WHERE month = ?", [month])
        names = [column[0] for column in cursor.description]
        return {row[names.index("enterprise_id")]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


@pytest.fixture(scope="module")
def combined(settings):
    return rows_of(settings, "combined_class")


def test_everybody_has_both_classes_once(settings, combined):
    assert set(rows_of(settings, "specialised_class")) == set(combined) == set(FIRMS)


def test_fusion_at_the_bounds_and_moves_in_their_order(combined):
    found = {name: row["class"] for name, row in combined.items() if not name.startswith("industrial")}
    assert found == {
        "food lowest": "A", "food just below B": "A", "food B": "B", "food pushed to B by credit": "B",
        "food highest": "D", "food certified": "A", "food certified in A": "A", "food wilful": "B",
        "food certified and wilful": "B", "food listed": "D", "food mark unknown": "A", "food general D": "C",
        "food thin": "B", "food thin and certified": "B",
        "drugs A": "A", "drugs B by fusion": "B", "drugs D": "D", "equipment D": "D",
    }  # fmt: skip
    assert combined["food highest"]["score"] == 120
    assert combined["drugs A"]["score"] == Decimal("29.99")
    assert combined["drugs B by fusion"]["general_points"] == Decimal("6.02")
    assert combined["food certified and wilful"]["moves"] == "CERTIFIED_MANAGEMENT;WILFUL_VIOLATION"
    assert combined["food lowest"]["moves"] is None
    assert all(row["class_by_rule"] == "A" for name, row in combined.items() if name in ("food wilful", "food listed"))


def test_parts_add_up_to_the_score(combined):
    for row in combined.values():
        assert row["static_points"] + row["dynamic_points"] == row["specialised_score"]
        if row["mode"] == "result_overlay":
            assert row["score"] is None
        else:
            assert row["specialised_score"] + row["general_points"] == row["score"]


def test_the_matrix_gives_class_and_tier_and_a_move_tightens_both(combined):
    found = {name: (row["class"], row["tier"]) for name, row in combined.items() if name.startswith("industrial")}
    assert found == {
        "industrial B x C": ("C", "normal"),
        "industrial D x A": ("C", "normal"),
        "industrial A x D": ("C", "tightened"),
        "industrial listed": ("D", "tightened"),
    }


def test_tiers_of_fusion_follow_the_class(combined):
    by_class = {"A": "credit", "B": "responsibility", "C": "normal", "D": "tightened"}
    assert all(r["tier"] == by_class[r["class"]] for r in combined.values() if r["mode"] != "result_overlay")


def test_the_statutory_frequency_is_a_floor(settings, combined):
    own = rows_of(settings, "specialised_class")
    for name, row in combined.items():
        floor = RULES.visits_of(row["field"])
        lawful = float(max(floor[row["class"]], floor[own[name]["class"]]))
        assert row["statutory_visits"] == lawful
        assert row["visits_per_year"] == max(lawful, float(RULES.sampling_per_year[row["class"]]))
        assert own[name]["visits_per_year"] == float(floor[own[name]["class"]])
    # certified management makes the class better, the visits that the law demands of the specialised class remain
    assert (combined["food certified"]["class"], combined["food certified"]["visits_per_year"]) == ("A", 1)
    assert combined["food lowest"]["visits_per_year"] == 0.5


def test_the_specialised_class_knows_only_its_own_moves(settings):
    own = rows_of(settings, "specialised_class")
    found = {name: own[name]["class"] for name in ("food certified", "food wilful", "food listed", "food general D")}
    assert found == {"food certified": "B", "food wilful": "A", "food listed": "D", "food general D": "A"}
    assert own["food thin"]["class"] == "B" and own["food thin"]["thin_file"]
    assert own["industrial listed"]["moves"] == "SERIOUS_LIST"


def test_reasons_in_words(settings, combined):
    assert combined["food certified"]["reason"] == (
        "食品 food, 结果融合 result fusion: specialised 30.00 + general 0.00 = 30.00 in B [30, 45); moves: "
        "CERTIFIED_MANAGEMENT 通过食品安全管理体系认证 (certified food safety management) -1; "
        "most points: S010101 经营业态 30.00"
    )
    assert combined["industrial D x A"]["reason"].startswith(
        "重点工业产品 key industrial products, 结果叠加 result overlay: specialised D x general A gives C"
    )
    assert combined["food lowest"]["reason"].endswith("in A [0, 30); no indicator gives points")
    assert rows_of(settings, "specialised_class")["food thin"]["reason"] == (
        "食品 food: score 4.00 in A [0, 30); 信息不足 thin file; most points: S010101 经营业态 4.00"
    )


def partitions(settings, table):
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(f"SELECT rowid, * FROM lake.main.{table} ORDER BY enterprise_id").fetchall()
    found = {}
    for row in rows:
        found.setdefault((row[1], row[2]), []).append(row)
    return {key: hashlib.sha256(repr(value).encode()).hexdigest() for key, value in found.items()}


@pytest.mark.parametrize(
    ("table", "decide"), [("specialised_class", decide_specialised), ("combined_class", decide_combined)]
)
def test_one_partition_is_replaced_and_every_other_untouched(settings, table, decide):
    before, meaning = partitions(settings, table), rows_of(settings, table)
    (summary,) = decide(settings, ["2026-06"], ["410100"])
    after = partitions(settings, table)
    assert {key for key in before if before[key] != after[key]} == {("2026-06", "410100")}
    assert rows_of(settings, table) == meaning
    assert summary.rows == sum(sum(counts.values()) for counts in summary.counts.values()) == 11
    assert sum(sum(tiers.values()) for tiers in summary.tiers.values()) == 11
    assert summary.version == "s1" and summary.visits > 0


def test_a_region_without_members_is_an_empty_partition(settings):
    (summary,) = decide_specialised(settings, ["2026-06"], ["410300"])
    assert summary.rows == 0 and summary.counts["food"] == {"A": 0, "B": 0, "C": 0, "D": 0}


def test_what_stops_a_decision(tmp_path):
    settings = Settings(home=tmp_path)
    with pytest.raises(DecisionError, match="compute scores for 2026-06 first"):
        decide_specialised(settings, ["2026-06"], REGIONS)
    fill(settings, ["2026-06"])
    with pytest.raises(DecisionError, match="decide specialised_class for 2026-06 first: there is no table"):
        decide_combined(settings, ["2026-06"], REGIONS)
    decide_specialised(settings, ["2026-06"], ["410100"])
    with pytest.raises(DecisionError, match="decide specialised_class for 2026-06 first: 11 members"):
        decide_combined(settings, ["2026-06"], REGIONS)
    with connect(settings) as connection:
        connection.execute("DELETE FROM lake.main.risk_class WHERE enterprise_id = 'food lowest'")
    with pytest.raises(DecisionError, match="decide risk_class for 2026-06 first: 1 members"):
        decide_combined(settings, ["2026-06"], ["410100"])
    with connect(settings) as connection:
        connection.execute("UPDATE lake.scores.specialised_score SET specialised_version = 's0'")
    with pytest.raises(DecisionError, match="come from version s0, while s1 is in force"):
        decide_specialised(settings, ["2026-06"], REGIONS)
    failed_scores(settings).put("2026-06", "a test failed.")
    with pytest.raises(DecisionError, match="because its scores failed: a test failed"):
        decide_specialised(settings, ["2026-06"], REGIONS)
