"""Specialised classes of an enterprise (专业分类) and how they were combined with the general one.

Belongs here: reading the tables of the fields, if they are there. Does not belong here: how they are computed.
A platform without specialised classes, or an enterprise in no field, has none, and the explanation says nothing of it.
"""

from __future__ import annotations

import duckdb

from orchestration.explanation.model import FieldClass, Text
from orchestration.explanation.read import Row, by_indicator, rows_of
from orchestration.settings import Settings
from orchestration.specialised import Specialised, specialised_versions

TABLES = ("specialised_class", "combined_class", "specialised_factor", "specialised_evidence")
"""Tables or views with month, region_code, enterprise_id and field, in the schema ``main`` or ``scores``."""


def fields_of(
    connection: duckdb.DuckDBPyConnection, settings: Settings, enterprise_id: str, month: str, known: set[str]
) -> tuple[FieldClass, ...]:
    """The fields of an enterprise in a month, in order of their names."""
    found = {name: _rows(connection, name, enterprise_id, month, known) for name in TABLES}
    fields = sorted({row["field"] for name in TABLES[:2] for row in found[name]})
    versions = {version.version: version for version in specialised_versions(settings)} if fields else {}
    explained = []
    for field in fields:
        own = {name: [row for row in rows if row["field"] == field] for name, rows in found.items()}
        records = by_indicator(connection, settings, own["specialised_evidence"])
        explained.append(
            FieldClass(
                field=field,
                specialised=next(iter(own["specialised_class"]), None),
                combined=next(iter(own["combined_class"]), None),
                factors=tuple(
                    _named(row, versions.get(str(row.get("specialised_version"))))
                    for row in sorted(own["specialised_factor"], key=lambda row: str(row["indicator_code"]))
                ),
                records=tuple(record for group in records.values() for record in group),
            )
        )
    return tuple(explained)


def _named(row: Row, version: Specialised | None) -> Row:
    """A factor with the name of its indicator and the words of its band, where its version is known."""
    indicators = {one.code: one for one in version.indicators} if version else {}
    indicator = indicators.get(row["indicator_code"])
    if version is None or indicator is None:
        return row
    band = next((one for one in version.bands_of(indicator.code) if one.band == row.get("band")), None)
    label = Text(band.label_zh, band.label_en) if band else None
    return row | {"name": Text(indicator.name_zh, indicator.name_en), "label": label}


def _rows(
    connection: duckdb.DuckDBPyConnection, name: str, enterprise_id: str, month: str, known: set[str]
) -> list[Row]:
    place = next((schema for schema in ("main", "scores") if f"{schema}.{name}" in known), None)
    if place is None:
        return []
    return rows_of(
        connection,
        f"SELECT * FROM lake.{place}.{name} WHERE month = $month AND enterprise_id = $enterprise",
        month=month,
        enterprise=enterprise_id,
    )
