"""What a decided month and region shows: counts, shares, changes since the month before, top reasons.

Belongs here: questions to the tables of classes and scores. Does not belong here: writing them (``decide``).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import duckdb

from orchestration.catalogue.model import Catalogue
from orchestration.settings import month_shift

SHOWN_REASONS = 5
UNDECIDED = "No class has been decided yet; classify a month first, for example with make demo."
COUNTS = {
    "thin_file": "thin_file",
    "overridden": "override_no IS NOT NULL",
    "raised": "class > computed_class",
    "lowered": "class < computed_class",
    "refused": "override_refused IS NOT NULL",
}
"""Counts of a summary beside those by class, and the rows they count."""
COUNTED = ", ".join(f"count(*) FILTER (WHERE {test})" for test in COUNTS.values())


@dataclass(frozen=True)
class PartitionSummary:
    """One month and region after its decision.

    Attributes:
        month: ``YYYY-MM``.
        region_code: the region.
        rows: enterprises classed.
        counts: enterprises by class; every class of the catalogue is there.
        shares: the same as shares of ``rows``; 0 where there are no rows.
        changes: enterprises by change since the month before: ``up`` to a riskier class, ``down`` to a safer one,
            ``same``, ``new`` (had no class in any region), ``gone`` (had one here and has no score in any region now).
            Empty if the month before was not decided.
        top_reasons: indicators with the most points: indicator, name_zh, name_en, share of all points, firms.
        thin_file: enterprises about which too little is known.
        overridden: enterprises whose class a person set.
        raised: those of them whose class is riskier than the computed one; lowered: safer.
        refused: enterprises with an open override that is not applied.
        catalogue_version: version in force.
    """

    month: str
    region_code: str
    rows: int
    counts: dict[str, int]
    shares: dict[str, float]
    changes: dict[str, int]
    top_reasons: list[dict[str, object]] = field(default_factory=list)
    thin_file: int = 0
    overridden: int = 0
    raised: int = 0
    lowered: int = 0
    refused: int = 0
    catalogue_version: str = ""


def newest_month(connection: duckdb.DuckDBPyConnection) -> str | None:
    """The newest month with decided classes; None where none has been decided yet."""
    try:
        found = connection.execute("SELECT max(month) FROM lake.main.risk_class").fetchone()
    except duckdb.CatalogException:
        return None
    return found[0] if found else None


def summarise(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, month: str, regions: list[str]
) -> list[PartitionSummary]:
    """Summaries of the decided ``regions`` of ``month``, in the order of ``regions``."""
    counts: dict[str, dict[str, int]] = {}
    others: dict[str, Counter[str]] = {}
    for region, name, rows, *more in connection.execute(
        f"SELECT region_code, class, count(*), {COUNTED} FROM lake.main.risk_class "
        "WHERE month = $month AND region_code IN (SELECT unnest($regions)) GROUP BY ALL",
        {"month": month, "regions": regions},
    ).fetchall():
        counts.setdefault(region, {})[name] = rows
        others.setdefault(region, Counter()).update(dict(zip(COUNTS, more, strict=True)))
    changes = _changes(connection, month, regions)
    reasons = _top_reasons(connection, catalogue, month, regions)
    summaries = []
    for region in regions:
        by_class = {c.name: 0 for c in catalogue.classes} | counts.get(region, {})
        rows = sum(by_class.values())
        summaries.append(
            PartitionSummary(
                month=month,
                region_code=region,
                rows=rows,
                counts=by_class,
                shares={name: count / rows if rows else 0.0 for name, count in by_class.items()},
                changes=changes.get(region, {}),
                top_reasons=reasons.get(region, []),
                catalogue_version=catalogue.version,
                **{name: others.get(region, Counter())[name] for name in COUNTS},
            )
        )
    return summaries


def _changes(connection: duckdb.DuckDBPyConnection, month: str, regions: list[str]) -> dict[str, dict[str, int]]:
    before = month_shift(month, -1)
    known = connection.execute("SELECT 1 FROM lake.main.risk_class WHERE month = ? LIMIT 1", [before]).fetchone()
    if not known:
        return {}
    # an enterprise that moved to another region is compared with its class there, and is gone nowhere
    found = connection.execute(
        """
        WITH now AS (SELECT enterprise_id, region_code, class FROM lake.main.risk_class
                     WHERE month = $month AND region_code IN (SELECT unnest($regions))),
             before AS (SELECT enterprise_id, region_code, class FROM lake.main.risk_class WHERE month = $before),
             alive AS (SELECT enterprise_id FROM lake.scores.enterprise_score WHERE month = $month),
             changed AS (
                SELECT now.region_code, CASE
                    WHEN before.class IS NULL THEN 'new'
                    WHEN now.class > before.class THEN 'up'
                    WHEN now.class < before.class THEN 'down'
                    ELSE 'same' END AS change
                FROM now LEFT JOIN before USING (enterprise_id)
                UNION ALL
                SELECT region_code, 'gone' FROM before ANTI JOIN alive USING (enterprise_id)
                WHERE region_code IN (SELECT unnest($regions)))
        SELECT region_code, change, count(*) FROM changed GROUP BY ALL
        """,
        {"month": month, "before": before, "regions": regions},
    ).fetchall()
    changes = {region: dict.fromkeys(("up", "down", "same", "new", "gone"), 0) for region in regions}
    for region, change, rows in found:
        changes[region][change] = rows
    return changes


def _top_reasons(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, month: str, regions: list[str]
) -> dict[str, list[dict[str, object]]]:
    # count_if takes a third of the time of a count with a filter, of which there would be one for every indicator
    columns = [
        f"CAST(sum(greatest(p_{i.column}, 0)) AS DOUBLE), count_if(p_{i.column} > 0)" for i in catalogue.indicators
    ]
    found = connection.execute(
        f"SELECT region_code, {', '.join(columns)} FROM lake.scores.enterprise_score "
        "WHERE month = $month AND region_code IN (SELECT unnest($regions)) GROUP BY region_code",
        {"month": month, "regions": regions},
    ).fetchall()
    reasons: dict[str, list[dict[str, object]]] = {}
    for region, *sums in found:
        total = sum(sums[::2])
        ranked = sorted(zip(sums[::2], sums[1::2], catalogue.indicators, strict=True), key=lambda x: (-x[0], x[2].code))
        reasons[region] = [
            {
                "indicator": indicator.code,
                "name_zh": indicator.name_zh,
                "name_en": indicator.name_en,
                "share": round(points / total, 4),
                "firms": firms,
            }
            for points, firms, indicator in ranked[:SHOWN_REASONS]
            if points > 0
        ]
    return reasons
