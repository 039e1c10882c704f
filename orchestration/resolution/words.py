"""The word lists by which names are read: places, legal forms, trades, character variants; ``data/resolution/*.csv``.

Belongs here: reading and checking those lists. Does not belong here: what is done with them (``spelling``).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LEVELS = ("province", "prefecture", "county")
FORM_KINDS = ("company", "partnership", "cooperative", "enterprise", "individual", "branch")


class WordError(ValueError):
    """A word list cannot be used; the message says file, line and cure."""


@dataclass(frozen=True)
class Place:
    """A place of GB/T 2260: six-digit code, name, the short form that names use (empty if none), its level."""

    code: str
    name: str
    short: str
    level: str


@dataclass(frozen=True)
class Form:
    """A legal form as it ends a name, and of what kind it is."""

    form: str
    kind: str


def _rows(canonical: Path, name: str, columns: tuple[str, ...]) -> list[tuple[int, dict[str, str]]]:
    path = canonical / "resolution" / name
    if not path.is_file():
        raise WordError(f"{path}: is missing; names cannot be read without it.")
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        if tuple(reader.fieldnames or ()) != columns:
            raise WordError(f"{path}:1: the columns are {reader.fieldnames}; write {','.join(columns)}.")
        rows = [(reader.line_num, row) for row in reader]
    seen: set[str] = set()
    for line, row in rows:
        key = row[columns[0]]
        if not key or None in row.values() or key in seen:
            raise WordError(
                f"{path}:{line}: {columns[0]} {key!r} is empty, stands twice or lacks a column; mend the line."
            )
        seen.add(key)
    return rows


@cache
def load_places(canonical: Path) -> tuple[Place, ...]:
    """All places of ``places.csv``, retired counties of the home province among them."""
    found = []
    for line, row in _rows(canonical, "places.csv", ("code", "name", "short", "level")):
        if not (len(row["code"]) == 6 and row["code"].isdigit()) or row["level"] not in LEVELS:
            raise WordError(
                f"{canonical / 'resolution' / 'places.csv'}:{line}: {row['code']!r}, {row['level']!r}: give six "
                f"digits and one of {', '.join(LEVELS)}."
            )
        found.append(Place(row["code"], row["name"], row["short"], row["level"]))
    return tuple(found)


@cache
def load_forms(canonical: Path) -> tuple[Form, ...]:
    """All legal forms of ``forms.csv``."""
    found = []
    for line, row in _rows(canonical, "forms.csv", ("form", "kind")):
        if row["kind"] not in FORM_KINDS:
            raise WordError(
                f"{canonical / 'resolution' / 'forms.csv'}:{line}: {row['kind']!r} is no kind of form; use one "
                f"of {', '.join(FORM_KINDS)}."
            )
        found.append(Form(row["form"], row["kind"]))
    return tuple(found)


@cache
def load_trades(canonical: Path) -> tuple[str, ...]:
    """Words of trades that names use (行业用语), of ``trades.csv``."""
    return tuple(row["trade"] for _, row in _rows(canonical, "trades.csv", ("trade",)))


@cache
def load_variants(canonical: Path) -> dict[str, str]:
    """Traditional character -> simplified one (繁体 -> 简体), of ``variants.csv``."""
    rows = _rows(canonical, "variants.csv", ("traditional", "simplified"))
    for line, row in rows:
        if len(row["traditional"]) != 1 or len(row["simplified"]) != 1:
            raise WordError(
                f"{canonical / 'resolution' / 'variants.csv'}:{line}: one character stands for one character."
            )
    return {row["traditional"]: row["simplified"] for _, row in rows}


@cache
def load_neighbours(canonical: Path) -> tuple[str, ...]:
    """Words that may stand right before a name in running text and do not belong to it, of ``neighbours.csv``."""
    return tuple(row["word"] for _, row in _rows(canonical, "neighbours.csv", ("word",)))
