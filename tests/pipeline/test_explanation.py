"""Every enterprise of the small province is explained: points add up, rules agree, evidence is in raw."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.catalogue import load_catalogue
from orchestration.explanation import page, to_json
from orchestration.explanation.explain import explain_on
from orchestration.explanation.points import raw_points, score
from orchestration.explanation.read import rows_of, values_of
from orchestration.explanation.ruling import rule
from orchestration.lake import connect
from tests.pipeline.walk import BEFORE, COMPUTED, MONTH, Walked, person_ids

pytestmark = pytest.mark.slow

POINTED = "SELECT * FROM risk_factor WHERE points + cap_taken <> 0"
"""Factors that give or take points before caps."""
EXPLAINED = 40
"""Enterprises whose whole explanation is made; the sums are looked at for all."""


@pytest.mark.parametrize("month", COMPUTED)
def test_what_is_computed_for_one_is_what_was_computed_for_everybody(walked: Walked, month: str) -> None:
    catalogue = load_catalogue(walked.settings, month)
    with connect(walked.settings, read_only=True) as connection:
        rows = rows_of(
            connection,
            "SELECT s.*, c.computed_class, c.direct_rule, c.floor_rule, c.thin_file "
            "FROM lake.scores.enterprise_score AS s JOIN risk_class AS c USING (month, enterprise_id) "
            "WHERE month = $month",
            month=month,
        )
    assert len(rows) > 300
    for row in rows:
        values = values_of(catalogue, row)
        found = score(catalogue, raw_points(catalogue, values))
        assert found.score == row["score"] == sum(found.points.values())
        assert found.points == {code: row[f"p_{code.lower()}"] for code in catalogue.codes}
        ruling = rule(catalogue, found.score, values)
        assert ruling.class_name == row["computed_class"]
        assert (ruling.direct.code if ruling.direct else None) == row["direct_rule"]
        assert (ruling.floor.code if ruling.floor else None) == row["floor_rule"]
        assert (ruling.thin is not None) == row["thin_file"]


def test_every_factor_with_points_has_evidence_and_no_other(ask: Callable[..., list[tuple]]) -> None:
    assert (
        ask(
            f"""
            SELECT month, indicator_code, count(*) FILTER (e.month IS NULL) AS missing,
                count(*) FILTER (f.month IS NULL) AS too_many
            FROM ({POINTED}) AS f
            FULL JOIN (SELECT DISTINCT month, enterprise_id, indicator_code FROM lake.scores.risk_evidence) AS e
                USING (month, enterprise_id, indicator_code)
            GROUP BY ALL HAVING missing + too_many > 0 ORDER BY ALL
            """
        )
        == []
    )


def test_every_record_that_evidence_names_is_in_raw_and_counts(ask: Callable[..., list[tuple]], walked: Walked) -> None:
    named = ask("SELECT DISTINCT feed FROM lake.scores.risk_evidence WHERE record_id IS NOT NULL ORDER BY 1")
    assert len(named) > 15
    for (feed,) in named:
        lost = ask(
            f"""
            SELECT e.record_id, e.received_month FROM lake.scores.risk_evidence AS e
            WHERE e.feed = $feed AND e.record_id IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM memory.raw.{feed} AS r
                WHERE r.received_month = e.received_month
                    AND r.delivery_id || ':' || CAST(r.row_no AS VARCHAR) = e.record_id
            )
            """,
            feed=feed,
        )
        assert lost == [], feed
    odd = "record_id IS NOT NULL AND (received_month > month OR stops_in <= month OR record_key IS NULL)"
    assert ask(f"SELECT * FROM lake.scores.risk_evidence WHERE {odd} LIMIT 5") == []


def test_the_rows_of_the_explanation_say_the_same(ask: Callable[..., list[tuple]]) -> None:
    (found,) = ask(
        """
        WITH once AS (
            SELECT DISTINCT month, enterprise_id, score, indicator_code, points, band, label_zh FROM risk_explanation
        ),
        summed AS (
            SELECT month, enterprise_id, any_value(score) AS score, sum(points) AS points, count(*) AS indicators,
                count(*) FILTER ((band IS NULL) <> (label_zh IS NULL)) AS unlabelled
            FROM once GROUP BY ALL
        )
        SELECT count(*) FILTER (points <> score), min(indicators), max(indicators), sum(unlabelled) FROM summed
        """
    )
    assert found[0] == found[3] == 0 and found[1] == found[2]
    ((rows, evidence),) = ask(
        "SELECT (SELECT count(*) FROM risk_explanation WHERE feed IS NOT NULL), "
        "(SELECT count(*) FROM lake.scores.risk_evidence)"
    )
    assert rows == evidence > 0


def test_changes_are_those_between_two_months(ask: Callable[..., list[tuple]]) -> None:
    differences = ask(
        """
        SELECT coalesce(c.enterprise_id, d.enterprise_id), coalesce(c.indicator_code, d.indicator_code)
        FROM (SELECT * FROM risk_factor_change WHERE month = $month) AS c
        FULL JOIN (
            SELECT now.enterprise_id, now.indicator_code, now.value, now.points, was.value AS value_before,
                was.points AS points_before
            FROM risk_factor AS now JOIN risk_factor AS was USING (enterprise_id, indicator_code)
            WHERE now.month = $month AND was.month = $before
                AND (now.band IS DISTINCT FROM was.band OR now.points <> was.points)
        ) AS d ON c.enterprise_id = d.enterprise_id AND c.indicator_code = d.indicator_code
            AND c.points = d.points AND c.points_before = d.points_before
            AND c.value IS NOT DISTINCT FROM d.value AND c.value_before IS NOT DISTINCT FROM d.value_before
        WHERE c.enterprise_id IS NULL OR d.enterprise_id IS NULL
        """,
        month=MONTH,
        before=BEFORE,
    )
    assert differences == []
    ((changes,),) = ask("SELECT count(*) FROM risk_factor_change WHERE month = $month", month=MONTH)
    assert changes > 0


def test_whole_explanations_add_up_show_their_records_and_no_person(
    ask: Callable[..., list[tuple]], walked: Walked
) -> None:
    firms = ask(
        "SELECT enterprise_id FROM risk_class WHERE month = $month "
        "QUALIFY row_number() OVER (PARTITION BY class ORDER BY md5(enterprise_id)) <= $few ORDER BY 1",
        month=MONTH,
        few=EXPLAINED // 4,
    )
    persons = person_ids(walked.settings)
    with connect(walked.settings, read_only=True) as connection:
        for (firm,) in firms:
            found = explain_on(connection, walked.settings, firm, MONTH)
            assert sum(factor.points for factor in found.factors) == found.score
            for factor in found.factors:
                if factor.points or factor.cap_taken:
                    assert factor.records, f"{firm} {factor.code}"
                assert all(record.content for record in factor.records if record.record_id), f"{firm} {factor.code}"
            text = to_json(found) + page(found, "zh") + page(found, "en")
            assert not any(person in text for person in persons)
            assert all(step.score <= found.score for step in (*found.outlook.alone, *found.outlook.other))
