"""Publishing draws: sealing a month and its regions, after which they are not drawn again.

Belongs here: what must hold before a draw is published, the package of each region, the mark in the lake.
Does not belong here: files (``package``, ``export``), drawing again and comparing (``verify``).

Every draw is drawn again before it is sealed: what could not be verified later is refused now.

The package comes first, then the mark. If the machine stops between the two, the package stands: a draw of that
partition is refused, and publishing once more sets the mark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from orchestration.inspection import export
from orchestration.inspection.frame import DrawError, frame_hash
from orchestration.inspection.known import names
from orchestration.inspection.package import MANIFEST, Package, Writer, digest, package_folder, read_package
from orchestration.inspection.run import Inputs, read_inputs
from orchestration.inspection.store import read
from orchestration.inspection.verify import DRAWN, MADE_WITH, draw_again, drawn_rows, inputs_of, made_with
from orchestration.lake import connect
from orchestration.risk.decisions import note_decision
from orchestration.settings import Settings, month_check, region_codes

ABOUT = (
    "month", "region_code", "draw_id", "seed", "seed_origin", "seeds_before", "frame_hash", "draw_hash", "team_hash",
    "earlier", "policy_version", "policy_hash", "enterprises", "visits", "put_off", "pool",
)  # fmt: skip
"""Columns of the record that the manifest repeats."""


@dataclass(frozen=True)
class Published:
    """One sealed draw: month, region, draw, visits, its folder, sha256 of its manifest."""

    month: str
    region_code: str
    draw_id: str
    rows: int
    folder: Path
    manifest_hash: str


def publish_draw(settings: Settings, month: str, regions: list[str] | None = None, *, now: datetime) -> list[Published]:
    """Seal the draws of ``month``.

    Args:
        settings: where lake and packages are.
        month: ``YYYY-MM`` of the classes.
        regions: region codes; None: all that are drawn and not published yet.
        now: the moment, with a time zone.

    Raises:
        DrawError: a region is not drawn, is published already, or its draw is not what classes, rules, earlier draws,
            inspectors and their conflicts give today.
    """
    month_check(month)
    asked = regions or region_codes(settings)
    with connect(settings, views=False) as connection:
        records = {row["region_code"]: row for row in read(connection, "inspection_record", month, asked).to_dicts()}
        chosen = _chosen(settings, month, asked, records, named=regions is not None)
        kept = _kept(settings, month, chosen)
        fresh = [region for region in chosen if region not in kept]
        inputs = read_inputs(connection, settings, month, fresh) if fresh else {}
        drawn = drawn_rows(connection, month, chosen)
        for region in fresh:
            _check_stands(records[region], inputs[region], month)
        for region, package in kept.items():
            inputs[region] = _check_kept(records[region], package)
        for region in chosen:
            _check_again(records[region], inputs[region], drawn[region])
        stamp = now.astimezone(UTC).replace(tzinfo=None)
        # asked once for all regions: a query of the register takes as long for one of them
        visited = [code for region in fresh for code in drawn[region]["inspection_draw"]["enterprise_id"]]
        called = names(connection, settings, month, visited)
        sealed = [
            _stands(records[region], kept[region])
            if region in kept
            else _seal(settings, records[region], inputs[region], drawn[region], called, stamp=stamp)
            for region in chosen
        ]
        _mark(connection, month, sealed, stamp)
    return sealed


def _kept(settings: Settings, month: str, regions: list[str]) -> dict[str, Package]:
    """Packages that were sealed before their mark was set."""
    found = {region: read_package(settings, month, region) for region in regions}
    return {region: package for region, package in found.items() if package is not None}


def _chosen(settings: Settings, month: str, asked: list[str], records: dict[str, dict], *, named: bool) -> list[str]:
    missing = [region for region in asked if region not in records]
    published = [region for region in asked if region in records and records[region]["published_at"] is not None]
    if missing and (named or len(missing) == len(asked)):
        raise DrawError(f"{month} is not drawn for {', '.join(missing)}; run make draw M={month} first.")
    if published and (named or len(published) + len(missing) == len(asked)):
        where = package_folder(settings, month, published[0]).parent
        raise DrawError(f"the draw of {month} is published already for {', '.join(published)}; it lies in {where}.")
    return [region for region in asked if region in records and region not in published]


def _check_stands(record: dict, inputs: Inputs, month: str) -> None:
    """Refuse a draw made from classes, rules or earlier draws that have changed since."""
    region = record["region_code"]
    if record["policy_hash"] != inputs.policy.digest:
        raise DrawError(
            f"the draw of {month} for {region} was made by other rules than {inputs.policy.folder} holds now; "
            f"run make draw M={month} again."
        )
    if record["frame_hash"] != frame_hash(inputs.frame, inputs.earlier):
        raise DrawError(
            f"the draw of {month} for {region} no longer fits its frame: classes, visits known or an earlier draw have "
            f"changed since; run make draw M={month} again."
        )


def _check_kept(record: dict, package: Package) -> Inputs:
    """What the draw of a package was made from, which may be older than what the lake tells today."""
    about, folder = package.about, package.folder
    if about.get("draw_id") != record["draw_id"] or about.get("team_hash") != record["team_hash"]:
        raise DrawError(
            f"{folder} holds draw {about.get('draw_id')}, while the lake has {record['draw_id']}; a published "
            "draw stands, so compare the two and remove neither before it is clear which one was acted on."
        )
    if wrong := package.changed():
        raise DrawError(f"{'; '.join(wrong)}; put back a copy of the package, then publish again.")
    inputs = inputs_of(package)
    if inputs is None:
        raise DrawError(f"{folder} lacks its frame or its conflicts; put back a copy of the package.")
    return inputs


def _check_again(record: dict, inputs: Inputs, drawn: Mapping[str, pl.DataFrame]) -> None:
    """Refuse what drawing again does not give: nobody could verify it."""
    if wrong := [finding.sentence for finding in draw_again(record, inputs, drawn) if not finding.passed]:
        raise DrawError(
            f"the draw of {record['month']} for {record['region_code']} cannot be published, since drawing again does "
            f"not give it: {'; '.join(wrong)}; run make draw M={record['month']} again."
        )


def _stands(record: dict, package: Package) -> Published:
    """A package that was sealed before and lacks its mark."""
    month, region = record["month"], record["region_code"]
    manifest = digest(package.folder / MANIFEST)
    return Published(month, region, record["draw_id"], record["visits"], package.folder, manifest)


def _seal(
    settings: Settings,
    record: dict,
    inputs: Inputs,
    drawn: Mapping[str, pl.DataFrame],
    called: pl.DataFrame,
    *,
    stamp: datetime,
) -> Published:
    month, region = record["month"], record["region_code"]
    visits, strata, teams, short = (drawn[table] for table in DRAWN)
    about = {name: record[name] for name in ABOUT}
    about |= {"published_at": stamp.isoformat(timespec="seconds")}
    rows = export.sheet(visits, teams, called, {item.item: item.zh for item in inputs.policy.items})
    writer = Writer(settings, month, region)
    try:
        writer.rules(inputs.policy)
        writer.tables(
            {
                "visits": visits.drop("published_at"),
                "strata": strata,
                "teams": teams,
                "shortages": short,
                "frame": inputs.frame,
                "pool": inputs.pool,
                "conflicts": inputs.conflicts,
            }
        )
        export.write_csv(rows, writer.folder / "visits.csv")
        export.write_xlsx(rows, about, writer.folder / "visits.xlsx")
        export.write_json(visits, teams, about, writer.folder / "visits.json")
        manifest = writer.seal(about | {MADE_WITH: made_with()})
    finally:
        writer.discard()
    return Published(month, region, record["draw_id"], len(visits), writer.target, manifest)


def _mark(connection: duckdb.DuckDBPyConnection, month: str, sealed: list[Published], stamp: datetime) -> None:
    """Say in the lake that these draws are published, all or none."""
    regions = [one.region_code for one in sealed]
    hashes = pl.DataFrame({"region_code": regions, "manifest_hash": [one.manifest_hash for one in sealed]})
    connection.register("sealed", hashes.to_arrow())
    connection.execute("BEGIN TRANSACTION")
    try:
        wanted = {"month": month, "regions": regions, "at": stamp}
        connection.execute(
            "UPDATE lake.main.inspection_draw SET published_at = $at "
            "WHERE month = $month AND region_code IN (SELECT unnest($regions))",
            wanted,
        )
        connection.execute(
            "UPDATE lake.main.inspection_record SET published_at = $at, manifest_hash = "
            "(SELECT manifest_hash FROM sealed WHERE sealed.region_code = inspection_record.region_code) "
            "WHERE month = $month AND region_code IN (SELECT unnest($regions))",
            wanted,
        )
        note_decision(connection, "published_draw", [month], regions)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    finally:
        connection.unregister("sealed")
