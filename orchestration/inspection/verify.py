"""Drawing again from what is recorded, and comparing: is a draw what its seed, frame and rules make it?

Belongs here: the comparisons and their sentences, and with what a draw was made. Does not belong here: the draw
(``run``), the package (``package``).

A published draw is drawn again from its package, so it can be verified for ever; one that is not, from the lake.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import polars as pl

from orchestration.inspection.frame import DrawError, frame_hash
from orchestration.inspection.package import MANIFEST, Package, digest, read_package
from orchestration.inspection.run import Inputs, make, read_inputs
from orchestration.inspection.store import HASHED, TABLES, TEAM_HASHED, read, rows_hash
from orchestration.lake import connect
from orchestration.settings import Settings, month_check, region_codes

DRAWN = ("inspection_draw", "inspection_stratum", "inspection_visit", "inspection_shortage")
"""Tables of a draw that are compared beside its record."""
COUNTED = ("draw_id", "enterprises", "visits", "put_off", "pool")
"""Columns of a record that are compared as they are."""
MADE_WITH = "made_with"
"""What a manifest calls the versions with which its draw was made."""


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
        packages = {region: _package(settings, month, region) for region in chosen}
        # a published draw keeps its frame: what the lake would say today does not matter
        fresh = [region for region in chosen if packages[region] is None]
        inputs = read_inputs(connection, settings, month, fresh) if fresh else {}
        drawn = drawn_rows(connection, month, chosen)
    return [_verify(records[region], packages[region], inputs.get(region), drawn[region]) for region in chosen]


def drawn_rows(
    connection: duckdb.DuckDBPyConnection, month: str, regions: list[str]
) -> dict[str, dict[str, pl.DataFrame]]:
    """Region -> its rows in every table of ``DRAWN``, read once for all: a query takes as long for one region."""
    every = {table: read(connection, table, month, regions) for table in DRAWN}
    return {
        region: {table: rows.filter(pl.col("region_code") == region) for table, rows in every.items()}
        for region in regions
    }


def _package(settings: Settings, month: str, region: str) -> Package | Finding | None:
    """The package, what is wrong with its manifest, or None where there is none."""
    try:
        return read_package(settings, month, region)
    except DrawError as error:
        return Finding("package", False, str(error))


def _verify(
    record: dict, package: Package | Finding | None, inputs: Inputs | None, rows: Mapping[str, pl.DataFrame]
) -> Verified:
    month, region = record["month"], record["region_code"]
    whole = package if isinstance(package, Finding) else _package_finding(record, package)
    findings = [whole]
    # a package that was changed is no witness any more: drawing from it would accuse the lake
    if isinstance(package, Package):
        inputs = inputs_of(package) if whole.passed else None
    if inputs is not None:
        before = package.about.get(MADE_WITH) if isinstance(package, Package) else None
        findings += draw_again(record, inputs, rows, before if isinstance(before, dict) else None)
    published = record["published_at"] is not None
    return Verified(month, region, record["draw_id"], published, tuple(findings))


def inputs_of(package: Package) -> Inputs | None:
    """What the draw of a package was made from; None where its files no longer tell."""
    frame, conflicts = package.table("frame"), package.table("conflicts")
    if frame is None or conflicts is None:
        return None
    earlier = [tuple(str(text).split("=", 1)) for text in _listed(package.about.get("earlier"))]
    return Inputs(frame, [(pair[0], pair[1]) for pair in earlier], package.table("pool"), conflicts, package.policy())


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else []


def _package_finding(record: dict, package: Package | None) -> Finding:
    """Whether the package of a draw is whole, and is the one that the lake recorded."""
    if package is None:
        gone = record["published_at"] is not None
        said = "the draw is published, but its package is gone" if gone else "not published, no package"
        return Finding("package", not gone, said)
    wrong = package.changed()
    if record["manifest_hash"] is None:
        wrong.append("the package stands, but the lake does not call the draw published; run make publish once more")
    elif digest(package.folder / MANIFEST) != record["manifest_hash"]:
        wrong.append(f"{package.folder / MANIFEST} was changed: its sha256 is not the one recorded in the lake")
    said = "; ".join(wrong) or f"{len(package.files)} files have the sha256 of the manifest, and it the one recorded"
    return Finding("package", not wrong, said)


def made_with() -> dict[str, str]:
    """What decides the rows of a draw beside its inputs: this code, and the libraries that sort and find flows."""
    code = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        code.update(path.read_bytes())
    return {"code": code.hexdigest()[:16], "polars": version("polars"), "scipy": version("scipy")}


def draw_again(
    record: Mapping[str, object],
    inputs: Inputs,
    drawn: Mapping[str, pl.DataFrame],
    before: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Draw one region again and compare hashes and rows with the record and the lake.

    Args:
        record: of the region.
        inputs: what it was drawn from.
        drawn: table of ``DRAWN`` -> rows of the region in the lake.
        before: what ``made_with`` said when it was published; None where that is not known.
    """
    month, region = str(record["month"]), str(record["region_code"])
    again = make(inputs, month, region, str(record["seed"])).tables
    made = again["inspection_record"].row(0, named=True)
    rows, teams = drawn["inspection_draw"], drawn["inspection_visit"]
    stated = {
        "frame": (frame_hash(inputs.frame, inputs.earlier), record["frame_hash"]),
        "rules": (inputs.policy.digest, record["policy_hash"]),
        "draw": (made["draw_hash"], record["draw_hash"]),
        "rows": (rows_hash(rows, HASHED), record["draw_hash"]),
        "teams": (made["team_hash"], record["team_hash"]),
        "team rows": (rows_hash(teams, TEAM_HASHED), record["team_hash"]),
        "put off": (_put_off(rows), _put_off(again["inspection_draw"])),
        "strata": _both(drawn, again, "inspection_stratum"),
        "shortages": _both(drawn, again, "inspection_shortage"),
        "record": (_counts(record), _counts(made)),
    }
    words = {
        "frame": "the frame has the hash recorded",
        "rules": f"the rules are {record['policy_version']} as recorded",
        "draw": f"seed {record['seed']} draws the same {made['visits']} visits again",
        "rows": "the rows in the lake are those drawn",
        "teams": "the teams come out the same",
        "team rows": "the teams in the lake are those drawn",
        "put off": "the same visits are put off",
        "strata": "the strata in the lake are those of the draw",
        "shortages": "the shortages in the lake are those of the draw",
        "record": "the numbers of the record are those of the draw",
    }
    differs = {
        "frame": "classes, visits known or earlier draws are not those recorded",
        "rules": f"the rules are not {record['policy_version']} as recorded",
        "draw": f"seed {record['seed']} draws other visits than recorded",
        "rows": "the visits in the lake are not those recorded",
        "teams": f"the teams come out otherwise: {_versions(before)}",
        "team rows": "the teams in the lake are not those recorded",
        "put off": "other visits are put off in the lake than by the draw",
        "strata": "the strata in the lake are not those of the draw",
        "shortages": "the shortages in the lake are not those of the draw",
        "record": f"the record counts {_counts(record)}, the draw {_counts(made)}",
    }
    return [
        Finding(name, now == then, words[name] if now == then else differs[name])
        for name, (now, then) in stated.items()
    ]


def _versions(before: Mapping[str, str] | None) -> str:
    """Why teams come out otherwise, by the versions that made them and that are here."""
    now = made_with()
    here = ", ".join(f"{name} {value}" for name, value in now.items())
    if before is None:
        return f"inspectors or their conflicts of interest changed since, or it was made by other versions than {here}"
    then = ", ".join(f"{name} {value}" for name, value in before.items())
    return f"it was made by {then}, here are {here}" if before != now else f"though made by the versions here, {here}"


def _both(drawn: Mapping[str, pl.DataFrame], again: Mapping[str, pl.DataFrame], table: str) -> tuple[str, str]:
    columns = tuple(TABLES[table])
    return rows_hash(drawn[table], columns), rows_hash(again[table], columns)


def _counts(record: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {record[name]}" for name in COUNTED)


def _put_off(rows: pl.DataFrame) -> str:
    off = rows.filter(pl.col("put_off").is_not_null())
    return rows_hash(off, ("visit_id", "put_off"))
