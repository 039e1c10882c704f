"""Outcomes in a real lake: which partition a visit stands in, its class and draw, corrections, nothing rewritten."""

from __future__ import annotations

import pytest

from orchestration.effect.outcome import OutcomeError, write_outcomes
from orchestration.effect.store import known_outcomes
from orchestration.lake import connect
from orchestration.settings import Settings
from tests.integration.raw_rows import publish

CHECKS, OBJECTIONS = "c07_spot_checks", "s01_objections"
MONTHS, REGIONS = ["2026-03", "2026-04", "2026-05"], ["410100", "410200"]
FIRMS = {"f1": "410100", "f2": "410200", "f3": "410100"}


def check(firm, task, day, result="1", item="I1", **others):
    return {"enterprise_id": firm, "task_id": task, "item": item, "checked_on": day, "result": result, **others}


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Three months: history and new visits, a late one, a correction, a correction that moves, an objection, a draw."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    publish(settings, CHECKS, "2026-03", [
        check("f1", "old", "2024-05-02", "5"),
        check("f1", "T1", "2026-03-05", lead_inspector_id="h1"), check("f1", "T1", "2026-03-06", "7", "I2"),
        check("f2", "T2", "2026-03-09", "5"),
        check("gone", "T9", "2026-03-09"),
    ])  # fmt: skip
    publish(settings, CHECKS, "2026-04", [
        check("f1", "T3", "2026-04-02", "1", visit_id="V1", authority_code="fire", critical_findings=0),
        check("f1", "T4", "2026-04-02", "5", visit_id="V1", authority_code="ecology", critical_findings=2),
        check("f3", "T5", "2026-02-20"),
        check("f1", "T1", "2026-03-05", "5", lead_inspector_id="h1", correction_reason="typing error"),
    ])  # fmt: skip
    publish(settings, OBJECTIONS, "2026-05", [
        {"objection_no": "O1", "enterprise_id": "f2", "feed": CHECKS, "record_key": "T2|I1", "filed_on": "2026-04-20",
         "state": "2", "decided_on": "2026-05-11"},
        {"objection_no": "O2", "enterprise_id": "f3", "feed": CHECKS, "record_key": "T5|I1", "filed_on": "2026-04-20",
         "state": "1"},
    ])  # fmt: skip
    with connect(settings, views=False) as connection:
        connection.execute("CREATE SCHEMA lake.scores")
        connection.execute(
            "CREATE TABLE lake.scores.enterprise (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "industry_section VARCHAR, size_group VARCHAR, age_years DOUBLE)"
        )
        connection.execute(
            "CREATE TABLE lake.main.risk_class (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "score DECIMAL(7, 2), computed_class VARCHAR, class VARCHAR)"
        )
        connection.execute(
            "CREATE TABLE lake.main.inspection_draw (month VARCHAR, region_code VARCHAR, draw_id VARCHAR, "
            "visit_id VARCHAR, enterprise_id VARCHAR, stratum VARCHAR, probability DOUBLE, check_kind VARCHAR, "
            "put_off VARCHAR, carried_from VARCHAR)"
        )
        for month in MONTHS:
            for firm, region in FIRMS.items():
                connection.execute(
                    "INSERT INTO lake.scores.enterprise VALUES (?, ?, ?, 'F', 'small', 4)", [month, region, firm]
                )
                connection.execute(
                    "INSERT INTO lake.main.risk_class VALUES (?, ?, ?, 610, 'C', 'D')", [month, region, firm]
                )
        connection.execute(
            "INSERT INTO lake.main.inspection_draw VALUES "
            "('2026-02', '410100', 'D0', 'V1', 'f1', 'D', 0.1, '1', 'nobody is free', NULL), "
            "('2026-03', '410100', 'D1', 'V1', 'f1', 'D', 0.3, '1', NULL, NULL)"
        )
    write_outcomes(settings, MONTHS, REGIONS)
    return settings


def rows(settings, month):
    with connect(settings, read_only=True, views=False) as connection:
        written = "SELECT * FROM lake.main.inspection_outcome WHERE month = ? ORDER BY visit"
        found = connection.execute(written, [month]).pl()
    return {row["visit"]: row for row in found.to_dicts()}


def known(settings, month, since=""):
    with connect(settings, read_only=True, views=False) as connection:
        return {row["visit"]: row for row in known_outcomes(connection, month, since).to_dicts()}


def test_first_month_holds_history_and_its_own_visits(settings):
    found = rows(settings, "2026-03")
    assert set(found) == {"old", "T1", "T2"}, "the visit of a firm that was never live stands nowhere"
    assert [found["old"][name] for name in ("class", "visit_month", "region_code")] == [None, "2024-05", "410100"]
    assert not found["T1"]["found"], "no problem and no relevant activity are no finding"
    assert found["T1"]["results"] == ["1", "7"]
    assert found["T1"]["items"] == ["I1", "I2"]
    assert found["T2"]["found"]
    assert found["T2"]["class"] is None, "its month before has no class"
    assert found["T2"]["critical"] is None


def test_tasks_of_one_drawn_visit_are_one_visit_with_class_and_probability(settings):
    visit = rows(settings, "2026-04")["V1"]
    assert visit["found"]
    assert visit["critical"]
    wanted = {"class_month": "2026-03", "class": "D", "computed_class": "C", "draw_id": "D1", "stratum": "D",
              "probability": 0.3, "check_kind": "1", "age_class": "3 3 to 5 years", "size_class": "small"}  # fmt: skip
    assert {name: visit[name] for name in wanted} == wanted


def test_a_month_holds_what_changed_in_it(settings):
    assert set(rows(settings, "2026-04")) == {"V1", "T5", "T1"}
    assert set(rows(settings, "2026-05")) == {"T2"}
    corrected = rows(settings, "2026-04")["T1"]
    assert corrected["found"]
    assert corrected["first_received"] == "2026-03"


def test_known_at_the_end_of_a_month(settings):
    assert not known(settings, "2026-03")["T1"]["found"]
    assert known(settings, "2026-04")["T1"]["found"]
    assert "T2" in known(settings, "2026-04")
    assert "T2" not in known(settings, "2026-05"), "the objection was upheld, so no result of it stands"
    assert set(known(settings, "2026-05", since="2026-04")) == {"V1"}


def test_a_month_again_is_the_same_after_later_deliveries(settings):
    before = [rows(settings, month) for month in MONTHS]
    write_outcomes(settings, ["2026-03"], REGIONS)
    write_outcomes(settings, ["2026-05"], REGIONS[:1])
    write_outcomes(settings, ["2026-04"], REGIONS)
    assert [rows(settings, month) for month in MONTHS] == before


def test_summaries_account_for_every_visit(settings):
    found = {(one.month, one.region_code): one for one in write_outcomes(settings, MONTHS, REGIONS)}
    march, april, may = (found[month, "410100"] for month in MONTHS)
    assert (march.rows, march.late, march.unplaced) == (2, 1, 1)
    assert (april.rows, april.late, april.changed, april.drawn, april.classed) == (3, 2, 1, 1, 1)
    assert may.rows == 0
    withdrawn = found["2026-05", "410200"]
    assert (withdrawn.rows, withdrawn.withdrawn, withdrawn.found) == (1, 1, 0)


def test_a_month_that_was_not_computed_says_so(settings):
    with pytest.raises(OutcomeError, match="compute scores for 2026-06 first"):
        write_outcomes(settings, ["2026-06"], REGIONS)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Visits of draws: by date, by lot to whoever comes by date too, put off, made late, of a kind told otherwise."""
    settings = Settings(home=tmp_path_factory.mktemp("drawn"))
    publish(settings, CHECKS, "2026-05", [
        check(firm, visit, "2026-05-05", visit_id=visit, check_kind=told)
        for firm, visit, told in (
            ("yearly", "V1", "1"), ("both", "V2", None), ("seldom", "V3", "3"), ("plain", "V4", "1"),
            ("monthly", "V5", "2"), ("put_off", "V6", None), ("late", "V7", None), ("nowhere", "V8", None),
        )
    ])  # fmt: skip
    firms = ("yearly", "both", "seldom", "plain", "monthly", "put_off", "late", "nowhere")
    with connect(settings, views=False) as connection:
        connection.execute(
            "CREATE SCHEMA lake.scores; CREATE TABLE lake.scores.enterprise (month VARCHAR, region_code VARCHAR, "
            "enterprise_id VARCHAR, industry_section VARCHAR, size_group VARCHAR, age_years DOUBLE); "
            "CREATE TABLE lake.main.risk_class (month VARCHAR, region_code VARCHAR, enterprise_id VARCHAR, "
            "score DECIMAL(7, 2), computed_class VARCHAR, class VARCHAR); "
            "CREATE TABLE lake.main.combined_class (month VARCHAR, enterprise_id VARCHAR, field VARCHAR, "
            "statutory_visits DOUBLE)"
        )
        for month, class_name in (("2026-02", "B"), ("2026-03", "C"), ("2026-04", "D"), ("2026-05", "A")):
            for firm in firms:
                connection.execute(
                    "INSERT INTO lake.scores.enterprise VALUES (?, '410100', ?, 'F', 'small', 4)", [month, firm]
                )
                connection.execute(
                    "INSERT INTO lake.main.risk_class VALUES (?, '410100', ?, 610, 'C', ?)", [month, firm, class_name]
                )
            connection.execute(
                "INSERT INTO lake.main.combined_class SELECT $month, * FROM (VALUES ('yearly', 'food', 1.0), "
                "('both', 'food', 2.0), ('both', 'drugs', 1.0), ('seldom', 'food', 0.5), ('monthly', 'food', 24.0), "
                "('plain', 'food', 0.0))", {"month": month},
            )  # fmt: skip
        connection.execute(
            "CREATE TABLE lake.main.inspection_draw AS SELECT *, '410100' AS region_code, 'D' AS draw_id, "
            "'s' AS stratum FROM (VALUES "
            "('2026-04', 'V1', 'yearly', 1.0, '2', NULL, NULL), ('2026-04', 'V2', 'both', 1.0, '2', NULL, NULL), "
            "('2026-04', 'V3', 'seldom', 0.1, '1', NULL, NULL), ('2026-04', 'V4', 'plain', 0.1, '1', NULL, NULL), "
            "('2026-04', 'V5', 'monthly', 1.0, '2', NULL, NULL), "
            "('2026-02', 'V0', 'put_off', 0.2, '1', 'nobody is free', NULL), "
            "('2026-04', 'V6', 'put_off', 0.2, '1', NULL, '2026-02'), "
            "('2026-03', 'V7', 'late', 0.2, '1', NULL, NULL), ('2026-04', 'V8', 'nowhere', 1.0, '2', NULL, NULL)) "
            "AS draw(month, visit_id, enterprise_id, probability, check_kind, put_off, carried_from)"
        )
    write_outcomes(settings, ["2026-05"], ["410100"])
    return rows(settings, "2026-05")


def test_a_visit_by_date_stands_for_its_interval_and_keeps_its_draw_probability(drawn):
    shown = {visit: (row["probability"], row["due_share"], row["inclusion"]) for visit, row in drawn.items()}
    assert shown["V1"] == pytest.approx((1, 1 / 12, 1 / 12))
    assert shown["V2"] == pytest.approx((1, 1 - 5 / 6 * 11 / 12, 1 - 5 / 6 * 11 / 12)), "two frequencies"
    assert shown["V3"] == pytest.approx((0.1, 1 / 24, 1 - 0.9 * 23 / 24)), "by lot, and by date too"
    assert shown["V4"] == pytest.approx((0.1, 0, 0.1))
    assert shown["V5"] == pytest.approx((1, 1, 1)), "no interval is shorter than a month"
    assert shown["V8"] == (1, 0, None), "due without a frequency: it stands apart"


def test_a_visit_has_the_class_of_the_draw_that_first_led_to_it(drawn):
    shown = {visit: (row["class_month"], row["class"]) for visit, row in drawn.items()}
    assert shown["V1"] == ("2026-04", "D")
    assert shown["V6"] == ("2026-02", "B"), "put off twice, it has the probability of its first draw"
    assert shown["V7"] == ("2026-03", "C"), "made a month late"
    assert drawn["V6"]["age_class"] == "3 3 to 5 years"
    assert {row["visit_month"] for row in drawn.values()} == {"2026-05"}


def test_why_a_visit_was_made_is_what_the_draw_says(drawn):
    kinds = {visit: row["check_kind"] for visit, row in drawn.items()}
    assert [kinds[visit] for visit in ("V1", "V2", "V3", "V6")] == ["2", "2", "1", "1"]
