"""The package of a published draw: its folder, its manifest, whether its files are as they were.

Belongs here: ``published/draws/<month>/<region>/``, writing it once, reading it, hashes of its files.
Does not belong here: what the files say (``export``), the mark in the lake (``publish``), drawing again (``verify``).

A package holds all that its draw is a function of: frame, pool, conflicts, rules, seed. So it can be checked for ever,
also after the lake has forgotten the month. Its files are read-only, and the manifest holds the sha256 of each.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.inspection.frame import DrawError
from orchestration.inspection.load import FILES, read_version
from orchestration.inspection.model import Policy
from orchestration.settings import Settings, month_check, month_shift

MANIFEST = "manifest.json"
RULES = "rules"
READ_ONLY = 0o444


def package_folder(settings: Settings, month: str, region: str) -> Path:
    """Folder of the package of one month and region.

    Raises:
        ValueError: the region is no plain code, so that the path would leave its folder.
    """
    if not region.isalnum():
        raise ValueError(f"{region!r} is no region code")
    return settings.draws / month_check(month) / region


def digest(path: Path) -> str:
    """sha256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Package:
    """A published package, read.

    Attributes:
        folder: where it lies.
        about: what the manifest says of the draw.
        files: name -> sha256 by the manifest.
    """

    folder: Path
    about: dict[str, object]
    files: dict[str, str]

    def table(self, name: str) -> pl.DataFrame | None:
        """A Parquet table of the package; None where it has none of that name."""
        path = self.folder / f"{name}.parquet"
        return pl.read_parquet(path) if path.is_file() else None

    def policy(self) -> Policy:
        """The rules as they were."""
        return read_version(self.folder / RULES)

    def changed(self) -> list[str]:
        """What is wrong with its files, one sentence each."""
        found = {
            str(path.relative_to(self.folder))
            for path in self.folder.rglob("*")
            if path.is_file() and path.name != MANIFEST
        }
        wrong = [f"{self.folder / name} is missing" for name in sorted(set(self.files) - found)]
        wrong += [f"{self.folder / name} does not belong to the package" for name in sorted(found - set(self.files))]
        wrong += [
            f"{self.folder / name} was changed: its sha256 is not that of the manifest"
            for name in sorted(found & set(self.files))
            if digest(self.folder / name) != self.files[name]
        ]
        return wrong


def read_package(settings: Settings, month: str, region: str) -> Package | None:
    """The package of one month and region; None where it is not published.

    Raises:
        DrawError: its manifest is damaged.
    """
    folder = package_folder(settings, month, region)
    path = folder / MANIFEST
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        draw, files = content["draw"], content["files"]
        if not isinstance(draw, dict) or not isinstance(files, dict):
            raise TypeError("draw and files are no objects")
    except (ValueError, KeyError, TypeError) as error:
        raise DrawError(
            f"{path} is damaged: it is not the manifest that publishing wrote; put back a copy of the package."
        ) from error
    return Package(folder, draw, files)


def made_visits(settings: Settings, month: str) -> pl.DataFrame:
    """Visits of a month that published draws ask for, without those put off.

    Args:
        settings: whose packages.
        month: of the visits, ``YYYY-MM``; the draws are of the month before.

    Returns:
        visit_id, enterprise_id, check_kind, lead and second (hashes of the inspectors; null where nobody was assigned),
        departments and items, these as feed c07_spot_checks calls them; no row where nothing was published.

    Raises:
        DrawError: a manifest is damaged.
    """
    home = settings.draws / month_shift(month, -1)
    kinds = {"visit_id": pl.String, "enterprise_id": pl.String, "check_kind": pl.String}
    roles = dict.fromkeys(("lead", "second"), pl.String)
    found = [pl.DataFrame(schema=kinds | roles | dict.fromkeys(("departments", "items"), pl.List(pl.String)))]
    for manifest in sorted(home.glob(f"*/{MANIFEST}")):
        package = read_package(settings, home.name, manifest.parent.name)
        visits = package.table("visits") if package else None
        if package is not None and visits is not None:
            texts = {item.item: item.zh for item in package.policy().items}
            teams = package.table("teams")
            people = [
                pl.DataFrame(schema={"visit_id": pl.String, role: pl.String})
                if teams is None
                else teams.filter(pl.col("role") == role).select("visit_id", pl.col("inspector_id").alias(role))
                for role in roles
            ]
            made = visits.filter(pl.col("put_off").is_null())
            for role in people:
                made = made.join(role, on="visit_id", how="left", maintain_order="left")
            rows = made.select(found[0].columns)
            found.append(rows.with_columns(pl.col("items").list.eval(pl.element().replace_strict(texts))))
    return pl.concat(found)


class Writer:
    """A package in the making: files are written beside its place, sealed and renamed into it."""

    def __init__(self, settings: Settings, month: str, region: str) -> None:
        self.target = package_folder(settings, month, region)
        self.folder = settings.temporary / f"draw-{month}-{region}-{uuid.uuid4().hex[:12]}"
        (self.folder / RULES).mkdir(parents=True)

    def rules(self, policy: Policy) -> None:
        """Copy the files of the rules."""
        for name in FILES:
            shutil.copyfile(policy.folder / name, self.folder / RULES / name)

    def tables(self, tables: Mapping[str, pl.DataFrame | None]) -> None:
        """Write tables as Parquet; None is left out."""
        for name, rows in tables.items():
            if rows is not None:
                rows.write_parquet(self.folder / f"{name}.parquet")

    def seal(self, about: Mapping[str, object]) -> str:
        """Write the manifest, make all files read-only, put the package in its place; the sha256 of the manifest."""
        files = sorted(path for path in self.folder.rglob("*") if path.is_file())
        content = {"draw": about, "files": {str(path.relative_to(self.folder)): digest(path) for path in files}}
        manifest = self.folder / MANIFEST
        manifest.write_text(json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8")
        for path in (*files, manifest):
            path.chmod(READ_ONLY)
        self.target.parent.mkdir(parents=True, exist_ok=True)
        self.folder.rename(self.target)
        return digest(self.target / MANIFEST)

    def discard(self) -> None:
        """Remove what was written, if it did not come to its place."""
        shutil.rmtree(self.folder, ignore_errors=True)
