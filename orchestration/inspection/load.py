"""Reading versions of the rules of draws from their folders, and finding the one in force.

Belongs here: files, lines, the choice by month. Does not belong here: whether the parts agree (``faults``).

A jurisdiction without a folder ``inspection`` of its own is under the canonical rules.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.catalogue.load import Lines, checked_versions, read_header, read_rows
from orchestration.catalogue.model import CatalogueError, Part
from orchestration.inspection.faults import version_faults
from orchestration.inspection.model import Alternative, Item, Plan, Policy, PolicyHeader, Ratio
from orchestration.policy import version_in_force
from orchestration.settings import Settings

HEADER = "policy.yml"
TABLES: dict[str, tuple[str, type[Part], tuple[str, ...]]] = {
    "plans": ("plans.csv", Plan, ("plan",)),
    "items": ("items.csv", Item, ("item",)),
    "ratios": ("ratios.csv", Ratio, ("plan", "class_name")),
    "alternatives": ("alternatives.csv", Alternative, ("scheme", "class_name")),
}
"""Attribute of a version -> its file, what a row is, what names a row."""
FILES = (HEADER, *(file for file, _, _ in TABLES.values()))


@cache
def _read(folder: Path, digest: str) -> Policy:
    header, lines = read_header(folder / HEADER, PolicyHeader)
    parts: dict[str, Any] = {}
    more: Lines
    for name, (file, model, key) in TABLES.items():
        parts[name], more = read_rows(folder / file, model, key)
        lines |= more
    return Policy.model_construct(
        **{name: getattr(header, name) for name in PolicyHeader.model_fields},
        **parts,
        folder=folder,
        digest=digest,
        lines=lines,
    )


def read_version(folder: Path) -> Policy:
    """The version in ``folder``, each part well formed; whether the parts agree is for ``faults``.

    Raises:
        CatalogueError: a file is missing or a part is malformed; the sentence names file and line.
    """
    digest = hashlib.sha256()
    for name in FILES:
        if not (folder / name).is_file():
            raise CatalogueError(f"{folder / name}: is missing; a version has the files {', '.join(FILES)}.")
        digest.update(name.encode() + b"\0" + (folder / name).read_bytes() + b"\0")
    return _read(folder, digest.hexdigest())


def policy_versions(settings: Settings) -> list[Policy]:
    """The versions that hold in this jurisdiction, see ``checked_versions``."""
    return checked_versions(settings, settings.own_or_canonical("inspection"), FILES, read_version, version_faults)


def load_policy(settings: Settings, month: str) -> Policy:
    """The version in force in ``month`` (``YYYY-MM``).

    Raises:
        CatalogueError: none is in force in that month, or a version is wrong.
    """
    return version_in_force(
        policy_versions(settings),
        month,
        CatalogueError,
        settings.own_or_canonical("inspection"),
        none="no rules of draws are",
        cure="widen effective_from or effective_to.",
    )
