"""Shares and mean points of groups, and find rates by class, from decided classes.

Classes are the computed ones: an override is a decision about one enterprise and says nothing about the points.

Belongs here: questions to the lake. Does not belong here: what is worth a warning (``judge``).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.calibration.policy import CalibrationError, Policy
from orchestration.catalogue import Catalogue
from orchestration.risk.rules import Query, class_by_score_sql

AGE = "H010201"
"""Indicator whose bands are the age groups: years in operation."""
NOTHING_FOUND = ("1", "7")
"""Results of a spot check that found nothing: no problem, no relevant activity (code list ``check_results``)."""


@dataclass(frozen=True)
class Measures:
    """What one month shows.

    Attributes:
        month: ``YYYY-MM``.
        groups: one row per dimension (``all``, ``region``, ``section``, ``age``, ``size``, ``type``) and group:
            enterprises, enterprises per class (``class_A`` ...), riskier, riskier by conduct alone, with a floor, mean
            points of each level 1 (``l1_h01`` ...).
        find_rates: class, visits, found: spot checks whose enterprise had the class in the month before the check.
        visited: months of those checks.
    """

    month: str
    groups: pl.DataFrame
    find_rates: pl.DataFrame
    visited: list[str]


def measure(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, policy: Policy, month: str) -> Measures:
    """Measure one decided month.

    Raises:
        CalibrationError: the month has no classes.
    """
    groups = _groups(connection, catalogue, policy, month)
    if groups.is_empty():
        raise CalibrationError(f"{month} has no classes; classify it first, or choose another month.")
    rates, visited = _find_rates(connection)
    return Measures(month, groups, rates, visited)


def _age_sql(query: Query, catalogue: Catalogue) -> str:
    bands = catalogue.bands_of(AGE)
    cases = [f"WHEN {number} THEN {query.value(f'{number} {band.label_en}')}" for number, band in enumerate(bands, 1)]
    return f"coalesce(CASE b_{AGE.lower()} {' '.join(cases)} END, 'unknown')" if cases else "'unknown'"


def _groups(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, policy: Policy, month: str) -> pl.DataFrame:
    """One scan of the month: classes as decided, and as they were if all had the mean points for what they are."""
    query = Query()
    levels = sorted({indicator.l1_code.lower() for indicator in catalogue.indicators})
    own = f"l1_{policy.attributes.lower()}"
    text = f"""
        WITH scored AS (
            SELECT
                risk_class.computed_class AS class, risk_class.direct_rule, risk_class.floor_rule,
                coalesce(score.region_code, 'unknown') AS region,
                coalesce(enterprise.industry_section, 'unknown') AS section,
                {_age_sql(query, catalogue)} AS age,
                enterprise.size_group AS size,
                coalesce(enterprise.type_group, 'unknown') AS type,
                least(score.score - {own} + avg({own}) OVER (), {query.value(float(catalogue.max_score))}) AS score,
                {", ".join(f"score.l1_{level}" for level in levels)}
            FROM lake.main.risk_class
            INNER JOIN lake.scores.enterprise_points AS score
                ON risk_class.month = score.month AND risk_class.enterprise_id = score.enterprise_id
            INNER JOIN lake.scores.enterprise AS enterprise
                ON risk_class.month = enterprise.month AND risk_class.enterprise_id = enterprise.enterprise_id
            WHERE risk_class.month = {query.value(month)}
                AND score.month = {query.value(month)} AND enterprise.month = {query.value(month)}
        ),
        judged AS (
            SELECT
                *,
                CASE WHEN direct_rule IS NOT NULL THEN class ELSE {class_by_score_sql(query, catalogue)} END
                    AS class_by_conduct
            FROM scored
        )
        SELECT
            CASE
                WHEN grouping(region) = 0 THEN 'region' WHEN grouping(section) = 0 THEN 'section'
                WHEN grouping(age) = 0 THEN 'age' WHEN grouping(size) = 0 THEN 'size'
                WHEN grouping(type) = 0 THEN 'type' ELSE 'all'
            END AS dimension,
            coalesce(region, section, age, size, type, 'all') AS name,
            count(*) AS enterprises,
            {
        ", ".join(f"count(*) FILTER (WHERE class = {query.value(c.name)}) AS class_{c.name}" for c in catalogue.classes)
    },
            count(*) FILTER (WHERE class IN (SELECT unnest({query.value(list(policy.riskier))}))) AS riskier,
            count(*) FILTER (WHERE class_by_conduct IN (SELECT unnest({query.value(list(policy.riskier))})))
                AS riskier_by_conduct,
            count(floor_rule) AS with_floor,
            {", ".join(f"CAST(avg(l1_{level}) AS DOUBLE) AS l1_{level}" for level in levels)}
        FROM judged
        GROUP BY GROUPING SETS ((), (region), (section), (age), (size), (type))
        HAVING count(*) > 0
        ORDER BY dimension, name
    """
    return connection.execute(text, query.parameters).pl()


def _find_rates(connection: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, list[str]]:
    """Checks by the class of the month before the check, over all months in which there are both."""
    frame = connection.execute(
        """
        WITH tasks AS (
            SELECT
                enterprise_id,
                task_id,
                strftime(max(checked_on), '%Y-%m') AS visited,
                strftime(max(checked_on) - INTERVAL 1 MONTH, '%Y-%m') AS month,
                bool_or(result NOT IN (SELECT unnest($nothing))) AS found
            FROM memory.raw.c07_spot_checks
            WHERE checked_on >= (SELECT min(CAST(month || '-01' AS DATE)) FROM lake.main.risk_class)
                AND delivery_id NOT IN (SELECT unnest(supersedes) FROM memory.raw.feed_month)
            GROUP BY enterprise_id, task_id
        )
        SELECT
            tasks.visited, risk_class.computed_class AS class,
            count(*) AS visits, count(*) FILTER (WHERE tasks.found) AS found
        FROM tasks
        INNER JOIN lake.main.risk_class
            ON tasks.month = risk_class.month AND tasks.enterprise_id = risk_class.enterprise_id
        GROUP BY ALL
        ORDER BY ALL
        """,
        {"nothing": list(NOTHING_FOUND)},
    ).pl()
    rates = frame.group_by("class").agg(pl.col("visits", "found").sum()).sort("class")
    return rates, sorted(frame["visited"].unique().to_list())
