"""What a decided month and region of a table of field classes shows: counts by field, class and tier.

Belongs here: questions to the tables. Does not belong here: writing them (``decide``).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from orchestration.specialised.faults import classes_of
from orchestration.specialised.model import Specialised


@dataclass(frozen=True)
class FieldSummary:
    """One month and region after its decision.

    Attributes:
        month: ``YYYY-MM``.
        region_code: the region.
        rows: members of all fields; an enterprise in two fields counts in both.
        counts: field -> class -> members; every field and class is there.
        tiers: field -> tier -> members.
        moved: members whose class a move changed or confirmed.
        thin_file: members about which too little is known.
        visits: visits per year that the classes ask for, all members together.
        version: version of the rules in force.
    """

    month: str
    region_code: str
    rows: int
    counts: dict[str, dict[str, int]]
    tiers: dict[str, dict[str, int]] = field(default_factory=dict)
    moved: int = 0
    thin_file: int = 0
    visits: float = 0.0
    version: str = ""


def summarise(
    connection: duckdb.DuckDBPyConnection, table: str, versions: dict[str, Specialised], regions: list[str]
) -> list[FieldSummary]:
    """Summaries of the decided ``regions`` of each month of ``versions``, in the order of months and ``regions``."""
    found = connection.execute(
        f"SELECT month, region_code, field, class, tier, count(*), count(moves), count(*) FILTER (WHERE thin_file), "
        f"sum(visits_per_year) FROM lake.main.{table} WHERE month IN (SELECT unnest($months)) "
        "AND region_code IN (SELECT unnest($regions)) GROUP BY ALL",
        {"months": list(versions), "regions": regions},
    ).fetchall()
    groups: dict[tuple[str, str], list[tuple]] = {}
    for month, region, *group in found:
        groups.setdefault((month, region), []).append(tuple(group))
    summaries = []
    for month, version in versions.items():
        for region in regions:
            counts = {known.field: dict.fromkeys(classes_of(known), 0) for known in version.fields}
            tiers = {known.field: dict.fromkeys((tier.tier for tier in version.tiers), 0) for known in version.fields}
            own = groups.get((month, region), [])
            for name, class_name, tier, rows, *_ in own:
                counts[name][class_name] += rows
                tiers[name][tier] += rows
            summaries.append(
                FieldSummary(
                    month=month,
                    region_code=region,
                    rows=sum(group[3] for group in own),
                    counts=counts,
                    tiers=tiers,
                    moved=sum(group[4] for group in own),
                    thin_file=sum(group[5] for group in own),
                    visits=float(sum(group[6] for group in own)),
                    version=version.version,
                )
            )
    return summaries
