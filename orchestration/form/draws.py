"""Visits of published draws, to fill the page in with what is known of a visit before it is made.

Belongs here: finding published packages, what the form uses of them, tolerance for their absence.
Does not belong here: drawing and publishing (``orchestration.inspection``).

A package is a folder ``published/draws/<month>/<region>/`` with a manifest, Parquet tables and its rules. The class of
an enterprise stands in it for those who plan; it is never read here, since it would colour what an inspector finds.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.settings import Settings

MANIFEST = "manifest.json"
VISITS, TEAMS = "visits.parquet", "teams.parquet"
ITEMS, PLANS = "rules/items.csv", "rules/plans.csv"
KNOWN = pl.Schema([(name, pl.String) for name in ("visit_id", "enterprise_id", "put_off")])
WANTED = pl.Schema(
    [
        *KNOWN.items(),
        ("check_kind", pl.String),
        *((name, pl.List(pl.String)) for name in ("plans", "departments", "items")),
    ]
)
TEAM = pl.Schema([(name, pl.String) for name in ("visit_id", "inspector_id", "role")])
LEAD, SECOND = "lead", "second"


@dataclass(frozen=True)
class Drawn:
    """One visit of a published draw.

    Attributes:
        visit: its number.
        enterprise: code of the enterprise.
        kind: why it is made, a code of ``check_kinds``.
        plans: titles of its plans.
        department: who leads it.
        items: text of each item, and the department that checks it.
        inspectors: role (``lead``, ``second``) -> hashed identifier.
    """

    visit: str
    enterprise: str
    kind: str | None
    plans: tuple[str, ...]
    department: str | None
    items: tuple[tuple[str, str | None], ...]
    inspectors: dict[str, str]


def enterprises(settings: Settings, numbers: Sequence[str]) -> pl.DataFrame:
    """Which of some visits were drawn, for whom, and why put off (else null); columns of ``KNOWN``."""
    wanted, frames = set(numbers), [pl.DataFrame(schema=KNOWN)]
    for folder in _packages(settings) if wanted else ():
        frames.append(_read(folder / VISITS, KNOWN, sorted(wanted)))
        wanted -= set(frames[-1]["visit_id"])
        if not wanted:
            break
    return pl.concat(frames).unique("visit_id", keep="first", maintain_order=True)


def find(settings: Settings, number: str) -> Drawn | None:
    """The visit of this number; None if no published draw has it."""
    for folder in _packages(settings):
        rows = _read(folder / VISITS, WANTED, [number])
        if rows.height:
            return _drawn(folder, rows.row(0, named=True))
    return None


def _drawn(folder: Path, row: dict[str, Any]) -> Drawn:
    items = {rule["item"]: rule for rule in _rules(folder / ITEMS)}
    plans = {rule["plan"]: rule.get("title_zh") for rule in _rules(folder / PLANS)}
    team = _read(folder / TEAMS, TEAM, [row["visit_id"]]).filter(pl.col("role").is_in([LEAD, SECOND]))
    return Drawn(
        visit=row["visit_id"],
        enterprise=row["enterprise_id"],
        kind=row["check_kind"],
        plans=tuple(plans.get(plan) or plan for plan in row["plans"] or ()),
        department=next(iter(row["departments"] or ()), None),
        items=tuple(
            (items.get(item, {}).get("zh") or item, items.get(item, {}).get("department"))
            for item in row["items"] or ()
        ),
        inspectors=dict(team.select("role", "inspector_id").iter_rows()),
    )


def _packages(settings: Settings) -> Iterator[Path]:
    """Folders of the finished packages, the newest month first; one without a manifest is not finished."""
    for folder in sorted(settings.draws.glob("*/*"), reverse=True):
        if (folder / MANIFEST).is_file():
            yield folder


def _rules(path: Path) -> list[dict[str, str]]:
    """Rows of a rule file of a package; none where it has no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _read(path: Path, columns: pl.Schema, visits: Sequence[str]) -> pl.DataFrame:
    """Some columns of a package's table, of some visits; a column that it does not have is empty."""
    if not path.is_file():
        return pl.DataFrame(schema=columns)
    rows = pl.scan_parquet(path)
    there = rows.collect_schema().names()
    given = [(pl.col(name) if name in there else pl.lit(None)).cast(kind).alias(name) for name, kind in columns.items()]
    return rows.filter(pl.col("visit_id").is_in(list(visits))).select(given).collect()
