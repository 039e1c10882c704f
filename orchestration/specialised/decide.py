"""Decides the classes of members of key fields and writes ``specialised_class`` and ``combined_class``.

Belongs here: the tables, the transaction, what stops a decision. Does not belong here: the rules in SQL (``rules``).

A decision replaces exactly the given months x regions of its table in one transaction; every other partition keeps its
files. The combined class needs the specialised and the general class of the same month and region.
"""

from __future__ import annotations

import duckdb

from orchestration.catalogue import load_catalogue
from orchestration.lake import connect, failed_scores
from orchestration.risk.decide import DecisionError
from orchestration.risk.partitions import columns_of, replace_partitions
from orchestration.settings import Settings
from orchestration.specialised.load import load_specialised
from orchestration.specialised.model import Specialised
from orchestration.specialised.rules import combined_query, specialised_query
from orchestration.specialised.summary import FieldSummary, summarise

SPECIALISED_CLASS = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "enterprise_id": "VARCHAR",
    "field": "VARCHAR",
    "score": "DECIMAL(7,2)",
    "static_points": "DECIMAL(7,2)",
    "dynamic_points": "DECIMAL(7,2)",
    "known_share": "DOUBLE",
    "class_by_score": "VARCHAR",
    "class": "VARCHAR",
    "thin_file": "BOOLEAN",
    "moves": "VARCHAR",
    "mode": "VARCHAR",
    "tier": "VARCHAR",
    "visits_per_year": "DOUBLE",
    "reason": "VARCHAR",
    "specialised_version": "VARCHAR",
}
"""Columns of ``lake.main.specialised_class``; their meaning stands with the asset."""

COMBINED_CLASS = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "enterprise_id": "VARCHAR",
    "field": "VARCHAR",
    "mode": "VARCHAR",
    "score": "DECIMAL(7,2)",
    "specialised_score": "DECIMAL(7,2)",
    "static_points": "DECIMAL(7,2)",
    "dynamic_points": "DECIMAL(7,2)",
    "general_score": "DECIMAL(7,2)",
    "general_points": "DECIMAL(7,2)",
    "specialised_class": "VARCHAR",
    "general_class": "VARCHAR",
    "class_by_rule": "VARCHAR",
    "class": "VARCHAR",
    "thin_file": "BOOLEAN",
    "moves": "VARCHAR",
    "tier": "VARCHAR",
    "statutory_visits": "DOUBLE",
    "sampling_visits": "DOUBLE",
    "visits_per_year": "DOUBLE",
    "reason": "VARCHAR",
    "specialised_version": "VARCHAR",
    "catalogue_version": "VARCHAR",
}
"""Columns of ``lake.main.combined_class``; their meaning stands with the asset."""


def decide_specialised(settings: Settings, months: list[str], regions: list[str]) -> list[FieldSummary]:
    """Decide and write the specialised classes of ``months`` x ``regions``, all or none.

    Args:
        settings: where the lake is and which rules are in force.
        months: ``YYYY-MM``, whose scores have been computed.
        regions: region codes; a region without members gets an empty partition.

    Returns:
        One summary per month and region, months ascending.

    Raises:
        DecisionError: scores of a month are missing, failed a test, or come from another version.
        CatalogueError: no version is in force in a month, or one is wrong.
    """
    versions = {month: load_specialised(settings, month) for month in sorted(set(months))}

    with connect(settings, views=False) as connection:
        for month, version in versions.items():
            _check_scores(connection, settings, version, month)
        rows = [specialised_query(version, month, regions) for month, version in versions.items()]
        replace_partitions(
            connection, "specialised_class", SPECIALISED_CLASS, rows, months=list(versions), regions=regions
        )
        return summarise(connection, "specialised_class", versions, regions)


def decide_combined(settings: Settings, months: list[str], regions: list[str]) -> list[FieldSummary]:
    """Decide and write the combined classes of ``months`` x ``regions``, all or none.

    Args:
        settings: where the lake is and which rules are in force.
        months: ``YYYY-MM``, whose specialised and general classes have been decided for ``regions``.
        regions: region codes.

    Returns:
        One summary per month and region, months ascending.

    Raises:
        DecisionError: a member has no specialised or no general class in the month.
        CatalogueError: no version is in force in a month, or one is wrong.
    """
    versions = {month: load_specialised(settings, month) for month in sorted(set(months))}
    highest = {month: load_catalogue(settings, month).max_score for month in versions}

    with connect(settings, views=False) as connection:
        for month, version in versions.items():
            _check_scores(connection, settings, version, month)
            _check_classes(connection, version, month, regions)
        rows = [combined_query(version, month, regions, highest[month]) for month, version in versions.items()]
        replace_partitions(connection, "combined_class", COMBINED_CLASS, rows, months=list(versions), regions=regions)
        return summarise(connection, "combined_class", versions, regions)


def _check_scores(connection: duckdb.DuckDBPyConnection, settings: Settings, version: Specialised, month: str) -> None:
    if failure := failed_scores(settings).of(month):
        raise DecisionError(f"{month} is not classified, because its scores failed: {failure}")
    missing = [
        name for name in ("enterprise_score", "specialised_score", "specialised_factor")
        if not columns_of(connection, "scores", name)
    ]  # fmt: skip
    # a month without members is a month; one without any enterprise was not computed
    if (
        missing
        or not connection.execute(
            "SELECT 1 FROM lake.scores.enterprise_score WHERE month = ? LIMIT 1", [month]
        ).fetchone()
    ):
        raise DecisionError(
            f"compute scores for {month} first: lake.scores.{(missing or ['enterprise_score'])[0]} has nothing of that "
            "month; materialise specialised/specialised_score and scores/enterprise_score for it."
        )
    found = connection.execute(
        "SELECT DISTINCT specialised_version FROM lake.scores.specialised_score WHERE month = ?", [month]
    ).fetchall()
    if others := [name for (name,) in found if name != version.version]:
        raise DecisionError(
            f"compute scores for {month} again: specialised scores come from version {', '.join(others)}, while "
            f"{version.version} is in force in that month."
        )


def _check_classes(connection: duckdb.DuckDBPyConnection, version: Specialised, month: str, regions: list[str]) -> None:
    """Every member of the month has both of its classes, once, from the rules in force."""
    for table in ("specialised_class", "risk_class"):
        if not columns_of(connection, "main", table):
            raise DecisionError(f"decide {table} for {month} first: there is no table lake.main.{table} yet.")
    without_own, without_general = connection.execute(
        """
        WITH member AS (SELECT enterprise_id, field, region_code FROM lake.scores.specialised_score
                        WHERE month = $month AND region_code IN (SELECT unnest($regions))),
             own AS (SELECT enterprise_id, field FROM lake.main.specialised_class
                     WHERE month = $month AND specialised_version = $version),
             general AS (SELECT enterprise_id FROM lake.main.risk_class WHERE month = $month)
        SELECT count(*) FILTER (WHERE own.enterprise_id IS NULL), count(*) FILTER (WHERE general.enterprise_id IS NULL)
        FROM member
        LEFT JOIN own ON member.enterprise_id = own.enterprise_id AND member.field = own.field
        LEFT JOIN general ON member.enterprise_id = general.enterprise_id
        """,
        {"month": month, "regions": regions, "version": version.version},
    ).fetchall()[0]
    for count, table in ((without_own, "specialised_class"), (without_general, "risk_class")):
        if count:
            raise DecisionError(
                f"decide {table} for {month} first: {count} members of key fields there have no row in it."
            )
