"""Reading versions of the rules of draws from their folders, and finding the one in force.

Belongs here: files, lines, the choice by month. Does not belong here: whether the parts agree (``faults``).

A jurisdiction without a folder ``inspection`` of its own is under the canonical rules.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from orchestration.catalogue.faults import refuse
from orchestration.catalogue.load import Lines, read_header, read_rows
from orchestration.catalogue.model import CatalogueError, Part
from orchestration.inspection.faults import version_faults
from orchestration.inspection.model import Alternative, Item, Plan, Policy, PolicyHeader, Ratio
from orchestration.settings import Settings, month_check

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


def policy_root(settings: Settings) -> Path:
    """Folder of the versions that hold in this jurisdiction: its own, else the canonical one."""
    own = settings.definition / "inspection"
    return own if own.is_dir() else settings.canonical / "inspection"


def policy_versions(settings: Settings) -> list[Policy]:
    """All versions that hold in this jurisdiction, oldest first, checked singly and against each other.

    Raises:
        CatalogueError: one is malformed, contradicts itself, or two are in force in the same month.
    """
    root = policy_root(settings)
    folders = sorted(path.parent for path in root.glob(f"*/{HEADER}"))
    if not folders:
        raise CatalogueError(f"{root}: holds no version; add a folder with {', '.join(FILES)}.")
    versions = sorted((read_version(folder) for folder in folders), key=lambda version: version.effective_from)
    refuse(version_faults(settings, versions))
    return versions


def load_policy(settings: Settings, month: str) -> Policy:
    """The version in force in ``month`` (``YYYY-MM``).

    Raises:
        CatalogueError: none is in force in that month, or a version is wrong.
    """
    month_check(month)
    versions = policy_versions(settings)
    found = [version for version in versions if version.in_force(month)]
    if not found:
        spans = "; ".join(f"{v.version}: {v.effective_from} to {v.effective_to or 'open'}" for v in versions)
        raise CatalogueError(
            f"{policy_root(settings)}: no rules of draws are in force in {month} ({spans}); widen effective_from or "
            "effective_to."
        )
    return found[0]
