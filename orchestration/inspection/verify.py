"""Drawing again from what is recorded, and comparing: is a draw what its seed, frame and rules make it?

Belongs here: the comparisons and their sentences. Does not belong here: the draw (``run``), the package (``package``).

A published draw is drawn again from its package, so it can be verified for ever; one that is not, from the lake.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.inspection.frame import DrawError, frame_hash
from orchestration.inspection.package import MANIFEST, Package, digest, read_package
from orchestration.inspection.run import Inputs, make, read_inputs
from orchestration.inspection.store import HASHED, TEAM_HASHED, read, rows_hash
from orchestration.lake import connect
from orchestration.settings import Settings, month_check, region_codes


@dataclass(frozen=True)
class Finding:
    """One comparison: what was compared, whether it agrees, and one sentence."""

    check: str
    passed: bool
    sentence: str


@dataclass(frozen=True)
class Verified:
    """The comparisons of one month and region; ``passed`` if all agree."""

    month: str
    region_code: str
    draw_id: str
    published: bool
    findings: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether everything agrees."""
        return all(finding.passed for finding in self.findings)


def verify_draw(settings: Settings, month: str, regions: list[str] | None = None) -> list[Verified]:
    """Verify the draws of ``month``; without regions all that are drawn.

    Raises:
        DrawError: nothing is drawn for the month, or not for a region that was named.
    """
    month_check(month)
    asked = regions or region_codes(settings)
    with connect(settings, read_only=True, views=False) as connection:
        records = {row["region_code"]: row for row in read(connection, "inspection_record", month, asked).to_dicts()}
        missing = [region for region in asked if region not in records]
        if missing and (regions is not None or not records):
            raise DrawError(f"{month} is not drawn for {', '.join(missing)}; run make draw M={month} first.")
        chosen = [region for region in asked if region in records]
        packages = {region: read_package(settings, month, region) for region in chosen}
        # a published draw keeps its frame: what the lake would say today does not matter
        fresh = [region for region in chosen if packages[region] is None]
        inputs = read_inputs(connection, settings, month, fresh) if fresh else {}
        return [_verify(connection, records[region], packages[region], inputs.get(region)) for region in chosen]


def _verify(
    connection: duckdb.DuckDBPyConnection, record: dict, package: Package | None, inputs: Inputs | None
) -> Verified:
    month, region = record["month"], record["region_code"]
    findings = _package_findings(record, package)
    # a package that was changed is no witness any more: drawing from it would accuse the lake
    source = inputs if package is None else inputs_of(package) if findings[0].passed else None
    if source is not None:
        findings += _again(connection, record, source)
    published = record["published_at"] is not None
    return Verified(month, region, record["draw_id"], published, tuple(findings))


def inputs_of(package: Package) -> Inputs | None:
    """What the draw of a package was made from; None where its files no longer tell."""
    frame, conflicts = package.table("frame"), package.table("conflicts")
    if frame is None or conflicts is None:
        return None
    earlier = [tuple(str(text).split("=", 1)) for text in _listed(package.about["earlier"])]
    return Inputs(frame, [(pair[0], pair[1]) for pair in earlier], package.table("pool"), conflicts, package.policy())


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _package_findings(record: dict, package: Package | None) -> list[Finding]:
    if package is None:
        gone = record["published_at"] is not None
        said = "the draw is published, but its package is gone" if gone else "not published, no package"
        return [Finding("package", not gone, said)]
    wrong = package.changed()
    if record["manifest_hash"] is None:
        wrong.append("the package stands, but the lake does not call the draw published; run make publish once more")
    elif digest(package.folder / MANIFEST) != record["manifest_hash"]:
        wrong.append(f"{package.folder / MANIFEST} was changed: its sha256 is not the one recorded in the lake")
    said = "; ".join(wrong) or f"{len(package.files)} files have the sha256 of the manifest, and it the one recorded"
    return [Finding("package", not wrong, said)]


def _again(connection: duckdb.DuckDBPyConnection, record: dict, inputs: Inputs) -> list[Finding]:
    """Draw again and compare hashes and rows with the record and the lake."""
    month, region = record["month"], record["region_code"]
    again = make(inputs, month, region, record["seed"]).tables
    made = again["inspection_record"].row(0, named=True)
    rows = read(connection, "inspection_draw", month, [region])
    teams = read(connection, "inspection_visit", month, [region])
    stated = {
        "frame": (frame_hash(inputs.frame, inputs.earlier), record["frame_hash"]),
        "rules": (inputs.policy.digest, record["policy_hash"]),
        "draw": (made["draw_hash"], record["draw_hash"]),
        "rows": (rows_hash(rows, HASHED), record["draw_hash"]),
        "teams": (made["team_hash"], record["team_hash"]),
        "team rows": (rows_hash(teams, TEAM_HASHED), record["team_hash"]),
        "put off": (_put_off(rows), _put_off(again["inspection_draw"])),
    }
    words = {
        "frame": "the frame has the hash recorded",
        "rules": f"the rules are {record['policy_version']} as recorded",
        "draw": f"seed {record['seed']} draws the same {made['visits']} visits again",
        "rows": "the rows in the lake are those drawn",
        "teams": "the teams come out the same",
        "team rows": "the teams in the lake are those drawn",
        "put off": "the same visits are put off",
    }
    return [
        Finding(name, now == then, words[name] if now == then else f"{name}: {now} now, {then} recorded")
        for name, (now, then) in stated.items()
    ]


def _put_off(rows: pl.DataFrame) -> str:
    off = rows.filter(pl.col("put_off").is_not_null())
    return rows_hash(off, ("visit_id", "put_off"))
