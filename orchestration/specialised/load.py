"""Reading versions of the specialised classification from their folders, and finding the one in force.

Belongs here: files, lines, the choice by month. Does not belong here: whether the parts agree (``faults``).

A jurisdiction without a folder ``specialised`` of its own is under the canonical rules.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from orchestration.catalogue.load import checked_versions, read_header, read_rows
from orchestration.catalogue.model import CatalogueError
from orchestration.policy import version_in_force
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
    return settings.own_or_canonical("specialised")


def specialised_versions(settings: Settings) -> list[Specialised]:
    """The versions that hold in this jurisdiction, see ``checked_versions``."""
    return checked_versions(settings, specialised_root(settings), FILES, read_version, version_faults)


def load_specialised(settings: Settings, month: str) -> Specialised:
    """The version in force in ``month`` (``YYYY-MM``); in months before the first one, the first.

    Models are computed for every month; a month older than the rules is no reason to stop the general classes.

    Raises:
        CatalogueError: the month lies in a gap or after the last version, or a version is wrong.
    """
    versions = specialised_versions(settings)
    if month_check(month) < versions[0].effective_from:
        return versions[0]
    root = specialised_root(settings)
    return version_in_force(versions, month, CatalogueError, root, none="no version is", cure="widen effective_to.")
