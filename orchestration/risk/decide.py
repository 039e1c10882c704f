"""Decides the classes of months and regions and writes ``risk_class``.

Belongs here: the table, the transaction, what stops a decision. Does not belong here: the rules in SQL (``rules``).

A decision replaces exactly the given months x regions in one transaction; every other partition keeps its files.
"""

from __future__ import annotations

import duckdb

from orchestration.catalogue import Catalogue, load_catalogue
from orchestration.catalogue.faults import RANKS
from orchestration.feeds.contract import code_list
from orchestration.lake import connect, failed_scores
from orchestration.risk.partitions import columns_of, replace_partitions
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
    "override_no": "VARCHAR",
    "override_reason": "VARCHAR",
    "override_rank": "INTEGER",
    "override_until": "DATE",
    "override_refused": "VARCHAR",
}
"""Columns of ``lake.main.risk_class``. ``computed_class`` is what the rules say, direct rules, floors and thin file
included; ``class`` is what is in use, the same until a person overrides it. ``override_*`` tell of the override in
force on the last day of the month; ``override_refused`` is the sentence why one that is open is not applied."""


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
    ranks = {int(row["code"]): f"{row['label_zh']} ({row['label_en']})" for row in code_list(settings, RANKS)}
    with connect(settings, views=False) as connection:
        for month in ordered:
            if failure := failed_scores(settings).of(month):
                raise DecisionError(f"{month} is not classified, because its scores failed: {failure}")
            _check_scores(connection, catalogues[month], month)
        overrides = _has_overrides(connection)
        rows = [classes_query(catalogues[month], month, regions, overrides=overrides, ranks=ranks) for month in ordered]
        replace_partitions(connection, "risk_class", COLUMNS, rows, months=ordered, regions=regions)
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
    if catalogue.overrides is not None and not _has_overrides(connection):
        raise DecisionError(
            f"compute scores for {month} again: lake.scores.enterprise_override is not there, so overrides would be "
            "passed over; materialise scores/enterprise_override for it."
        )


def _has_overrides(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(columns_of(connection, "scores", "enterprise_override"))
