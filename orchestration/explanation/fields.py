"""Specialised classes of an enterprise (专业分类) and how they were combined with the general one.

Belongs here: reading the tables of the fields, if they are there. Does not belong here: how they are computed.
A platform without specialised classes, or an enterprise in no field, has none, and the explanation says nothing of it.
"""

from __future__ import annotations

import duckdb

from orchestration.explanation.model import FieldClass, Text
from orchestration.explanation.read import Row, by_indicator, rows_of
from orchestration.settings import Settings, month_shift
from orchestration.specialised import Specialised, specialised_versions

MODES = {
    "indicator_fusion": Text("指标融合", "indicator fusion"),
    "result_fusion": Text("结果融合", "result fusion"),
    "result_overlay": Text("结果叠加", "result overlay"),
}
"""How a field joins the specialised and the general result."""

TABLES = ("specialised_class", "combined_class", "specialised_factor", "specialised_evidence")
"""Tables or views with month, region_code, enterprise_id and field, in the schema ``main`` or ``scores``."""


def fields_of(
    connection: duckdb.DuckDBPyConnection, settings: Settings, enterprise_id: str, month: str, known: set[str]
) -> tuple[FieldClass, ...]:
    """The fields of an enterprise in a month, in order of their names."""
    found = {name: _rows(connection, name, enterprise_id, month, known) for name in TABLES}
    earlier = _rows(connection, TABLES[1], enterprise_id, month_shift(month, -1), known)
    fields = sorted({row["field"] for name in TABLES[:2] for row in found[name]})
    versions = {version.version: version for version in specialised_versions(settings)} if fields else {}
    explained = []
    for field in fields:
        own = {name: [row for row in rows if row["field"] == field] for name, rows in found.items()}
        records = by_indicator(connection, settings, own["specialised_evidence"], month)
        combined = next(iter(own["combined_class"]), None)
        specialised = next(iter(own["specialised_class"]), None)
        named = [row.get("specialised_version") for row in (combined, specialised, *own["specialised_factor"]) if row]
        version = next((versions[str(name)] for name in named if str(name) in versions), None)
        explained.append(
            FieldClass(
                field=field,
                title=_title(version, field),
                mode=MODES.get(str((combined or {}).get("mode"))),
                tier=_tier(version, (combined or specialised or {}).get("tier")),
                specialised=specialised,
                combined=combined,
                before=next((row for row in earlier if row["field"] == field), None),
                factors=tuple(
                    _named(row, version) | {"records": tuple(records.get(str(row["indicator_code"]), ()))}
                    for row in sorted(own["specialised_factor"], key=lambda row: str(row["indicator_code"]))
                ),
            )
        )
    return tuple(explained)


def _title(version: Specialised | None, field: str) -> Text:
    known = next((one for one in version.fields if one.field == field), None) if version else None
    return Text(known.zh, known.en) if known else Text(field, field)


def _tier(version: Specialised | None, tier: object) -> Text | None:
    known = next((one for one in version.tiers if one.tier == tier), None) if version else None
    return Text(known.zh, known.en) if known else None


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
