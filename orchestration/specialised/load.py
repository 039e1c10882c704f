"""Reading versions of the specialised classification from their folders, and finding the one in force.

Belongs here: files, lines, the choice by month. Does not belong here: whether the parts agree (``faults``).

A jurisdiction without a folder ``specialised`` of its own is under the canonical rules.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from orchestration.catalogue.faults import refuse
from orchestration.catalogue.load import read_header, read_rows
from orchestration.catalogue.model import CatalogueError
from orchestration.settings import Settings, month_check
from orchestration.specialised.faults import version_faults
from orchestration.specialised.model import (
    Cell,
    Entry,
    FieldBand,
    FieldHeader,
    FieldIndicator,
    FieldParameter,
    FieldPart,
    Specialised,
    Visits,
)

HEADER = "specialised.yml"
FILES = (
    HEADER, "indicators.csv", "bands.csv", "parts.csv", "lists.csv", "parameters.csv", "visits.csv", "matrix.csv",
)  # fmt: skip


@cache
def _read(folder: Path, stamp: str) -> Specialised:
    for name in FILES:
        if not (folder / name).is_file():
            raise CatalogueError(f"{folder / name}: is missing; a version has the files {', '.join(FILES)}.")
    header, lines = read_header(folder / HEADER, FieldHeader)
    indicators, more = read_rows(folder / "indicators.csv", FieldIndicator, ("code",))
    lines |= more
    bands, more = read_rows(folder / "bands.csv", FieldBand, ("code", "band"))
    lines |= more
    parts, more = read_rows(folder / "parts.csv", FieldPart, ("field", "part"))
    lines |= more
    lists, more = read_rows(folder / "lists.csv", Entry, ("code", "entry"))
    lines |= more
    parameters, more = read_rows(folder / "parameters.csv", FieldParameter, ("code", "name"))
    lines |= more
    visits, more = read_rows(folder / "visits.csv", Visits, ("field", "class_name"))
    lines |= more
    matrix, more = read_rows(folder / "matrix.csv", Cell, ("field", "specialised_class", "general_class"))
    lines |= more
    return Specialised.model_construct(
        **{name: getattr(header, name) for name in FieldHeader.model_fields},
        folder=folder,
        indicators=indicators,
        bands=bands,
        parts=parts,
        lists=lists,
        parameters=parameters,
        visits=visits,
        matrix=matrix,
        lines=lines,
    )


def read_version(folder: Path) -> Specialised:
    """The version in ``folder``, each part well formed; whether the parts agree is for ``faults``.

    Raises:
        CatalogueError: a file is missing or a part is malformed; the sentence names file and line.
    """
    files = [folder / name for name in FILES]
    stamp = [(path.stat().st_mtime_ns, path.stat().st_size) if path.is_file() else None for path in files]
    return _read(folder, json.dumps(stamp))


def specialised_root(settings: Settings) -> Path:
    """Folder of the versions that hold in this jurisdiction: its own, else the canonical one."""
    own = settings.definition / "specialised"
    return own if own.is_dir() else settings.canonical / "specialised"


def specialised_versions(settings: Settings) -> list[Specialised]:
    """All versions that hold in this jurisdiction, oldest first, checked singly and against each other.

    Raises:
        CatalogueError: one is malformed, contradicts itself, or two are in force in the same month.
    """
    root = specialised_root(settings)
    folders = sorted(path.parent for path in root.glob(f"*/{HEADER}"))
    if not folders:
        raise CatalogueError(f"{root}: holds no version; add a folder with {', '.join(FILES)}.")
    versions = sorted((read_version(folder) for folder in folders), key=lambda version: version.effective_from)
    refuse(version_faults(settings, versions))
    return versions


def load_specialised(settings: Settings, month: str) -> Specialised:
    """The version in force in ``month`` (``YYYY-MM``); in months before the first one, the first.

    Models are computed for every month; a month older than the rules is no reason to stop the general classes.

    Raises:
        CatalogueError: the month lies in a gap or after the last version, or a version is wrong.
    """
    versions = specialised_versions(settings)
    if month_check(month) < versions[0].effective_from:
        return versions[0]
    found = [version for version in versions if version.in_force(month)]
    if not found:
        spans = "; ".join(f"{v.version}: {v.effective_from} to {v.effective_to or 'open'}" for v in versions)
        raise CatalogueError(
            f"{specialised_root(settings)}: no version is in force in {month} ({spans}); widen effective_to."
        )
    return found[0]
