"""Decides the classes of months and regions and writes ``risk_class``.

Belongs here: the table, the transaction, what stops a decision. Does not belong here: the rules in SQL (``rules``).

A decision replaces exactly the given months x regions in one transaction; every other partition keeps its files.
"""

from __future__ import annotations

import duckdb

from orchestration.catalogue import Catalogue, load_catalogue
from orchestration.lake import connect, failed_scores
from orchestration.risk.rules import classes_query
from orchestration.risk.summary import PartitionSummary, summarise
from orchestration.settings import Settings

COLUMNS = {
    "month": "VARCHAR",
    "region_code": "VARCHAR",
    "enterprise_id": "VARCHAR",
    "score": "DECIMAL(7,2)",
    "computed_class": "VARCHAR",
    "class": "VARCHAR",
    "reason": "VARCHAR",
    "thin_file": "BOOLEAN",
    "direct_rule": "VARCHAR",
    "floor_rule": "VARCHAR",
    "catalogue_version": "VARCHAR",
}
"""Columns of ``lake.main.risk_class``. ``computed_class`` is what the rules say, direct rules, floors and thin file
included; ``class`` is what is in use, the same until a person overrides it."""


class DecisionError(RuntimeError):
    """Classes cannot be decided; one sentence says for which month, why, and what to do."""


def decide(settings: Settings, months: list[str], regions: list[str]) -> list[PartitionSummary]:
    """Decide and write the classes of ``months`` x ``regions``, all or none.

    Args:
        settings: where the lake is and which catalogue is in force.
        months: ``YYYY-MM``, whose scores have been computed.
        regions: region codes; a region without enterprises gets an empty partition.

    Returns:
        One summary per month and region, months ascending.

    Raises:
        DecisionError: scores of a month are missing, failed a test, or come from another catalogue version.
        CatalogueError: no catalogue is in force in a month.
    """
    ordered = sorted(set(months))
    catalogues = {month: load_catalogue(settings, month) for month in ordered}
    with connect(settings) as connection:
        for month in ordered:
            if failure := failed_scores(settings).of(month):
                raise DecisionError(f"{month} is not classified, because its scores failed: {failure}")
            _check_scores(connection, catalogues[month], month)
        connection.execute("BEGIN TRANSACTION")
        try:
            _create(connection)
            connection.execute(
                "DELETE FROM lake.main.risk_class WHERE month IN (SELECT unnest($months)) "
                "AND region_code IN (SELECT unnest($regions))",
                {"months": ordered, "regions": regions},
            )
            for month in ordered:
                query, parameters = classes_query(catalogues[month], month, regions)
                connection.execute(f"INSERT INTO lake.main.risk_class ({', '.join(COLUMNS)}) {query}", parameters)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        return [
            summary for month in ordered for summary in summarise(connection, catalogues[month], month, list(regions))
        ]


def _check_scores(connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, month: str) -> None:
    try:
        found = connection.execute(
            "SELECT DISTINCT catalogue_version FROM lake.scores.enterprise_score WHERE month = ?", [month]
        ).fetchall()
    except duckdb.CatalogException:
        found = []
    if not found:
        raise DecisionError(
            f"compute scores for {month} first: lake.scores.enterprise_score has no row of that month; "
            "materialise scores/enterprise_score for it."
        )
    others = [version for (version,) in found if version != catalogue.version]
    if others:
        raise DecisionError(
            f"compute scores for {month} again: they come from catalogue {', '.join(others)}, while "
            f"{catalogue.version} is in force in that month."
        )


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    known = connection.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = 'lake' AND schema_name = 'main' "
        "AND table_name = 'risk_class'"
    ).fetchone()
    if not known:
        columns = ", ".join(f"{name} {sql_type}" for name, sql_type in COLUMNS.items())
        connection.execute(f"CREATE TABLE lake.main.risk_class ({columns})")
        connection.execute("ALTER TABLE lake.main.risk_class SET PARTITIONED BY (month, region_code)")
