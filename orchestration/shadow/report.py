"""The comparison as a person reads it (Markdown), and as JSON.

Belongs here: layout and files. Does not belong here: any arithmetic beyond rounding (``compare``).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from orchestration.catalogue import Catalogue
from orchestration.settings import Settings
from orchestration.shadow.compare import SHIFTED, WATCH, Comparison, Stability

SHOWN = 10
"""Indicators named per direction, and in the list of unstable ones."""


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    return [*lines, *("| " + " | ".join(map(str, row)) + " |" for row in rows), ""]


def matrix_table(comparison: Comparison, month: str) -> list[str]:
    """Who is in which class in force (rows) and under the candidate (columns)."""
    rows = comparison.matrix.filter(pl.col("month") == month)
    classes = sorted({*rows["in_force"], *rows["candidate"]})
    counts = {(row["in_force"], row["candidate"]): row["enterprises"] for row in rows.to_dicts()}
    body = [[f"**{name}**", *[f"{counts.get((name, other), 0):,}" for other in classes]] for name in classes]
    return _table([f"in force, {month}", *[f"{comparison.candidate} {name}" for name in classes]], body)


def _shares(comparison: Comparison) -> list[str]:
    body = [
        [row["month"], row["class"], f"{100 * row['in_force']:.1f} %", f"{100 * row['candidate']:.1f} %"]
        for row in comparison.shares.to_dicts()
    ]
    return _table(["month", "class", "in force", comparison.candidate], body)


def _drivers(comparison: Comparison, names: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for direction in ("riskier", "safer"):
        rows = comparison.drivers.filter(pl.col("direction") == direction).head(SHOWN).to_dicts()
        body = [
            [f"{row['indicator']} {names.get(row['indicator'], '')}", f"{row['mean_points']:+.1f}",
             f"{row['enterprise_months']:,}"]
            for row in rows
        ]  # fmt: skip
        title = f"moved to a {direction} class"
        lines += _table([title, "points on average", "largest part of the move"], body) if body else []
    return lines or ["Nobody changes class.", ""]


def _stability(comparison: Comparison, names: dict[str, str]) -> list[str]:
    def row(found: Stability) -> list[object]:
        return [f"{found.name} {names.get(found.name, '')}".strip(), found.months, f"{found.psi:.3f}", found.word]

    lines = _table(["candidate against in force", "month", "PSI", ""], [row(found) for found in comparison.between])
    if comparison.over_time:
        worst = sorted(comparison.over_time[1:], key=lambda found: -found.psi)[:SHOWN]
        lines += _table(
            ["candidate over time", "months", "PSI", ""], [row(found) for found in [comparison.over_time[0], *worst]]
        )
    return [*lines, f"PSI below {WATCH} is stable, from {SHIFTED} the distribution has shifted.", ""]


def text(comparison: Comparison, version: Catalogue) -> str:
    """The report in Markdown."""
    names = {indicator.code: f"{indicator.name_zh} {indicator.name_en}" for indicator in version.indicators}
    status = (
        f"in force from {version.effective_from}" if version.effective_from else "a candidate, in force in no month"
    )
    lines = [
        f"# {comparison.candidate} in the shadow, {comparison.months[0]} to {comparison.months[-1]}",
        "",
        f"{version.title_zh} {version.title_en}: {len(version.indicators)} indicators, {status}.",
        "",
        "## Migration 等级迁移",
        "",
        *[line for month in comparison.months for line in matrix_table(comparison, month)],
        "## Shares 等级占比",
        "",
        *_shares(comparison),
        "## What drives the moves 迁移原因",
        "",
        *_drivers(comparison, names),
        "## Stability 稳定性",
        "",
        *_stability(comparison, names),
    ]
    return "\n".join(lines)


def write(settings: Settings, comparison: Comparison, version: Catalogue) -> Path:
    """Write ``report.md`` and ``report.json`` beside the shadow's lake; return the Markdown file."""
    folder = settings.home / "shadow" / comparison.candidate
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "candidate": comparison.candidate,
        "months": comparison.months,
        "matrix": comparison.matrix.to_dicts(),
        "shares": comparison.shares.to_dicts(),
        "drivers": comparison.drivers.to_dicts(),
        "between": [asdict(found) | {"word": found.word} for found in comparison.between],
        "over_time": [asdict(found) | {"word": found.word} for found in comparison.over_time],
    }
    (folder / "report.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    path = folder / "report.md"
    path.write_text(text(comparison, version), encoding="utf-8")
    return path
