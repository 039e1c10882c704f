"""The study as a person reads it, and as files.

Belongs here: layout and files. Does not belong here: any arithmetic beyond rounding.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import polars as pl

from orchestration.evaluation.measures import Estimate
from orchestration.evaluation.study import Group, Study
from orchestration.settings import Settings


def _percent(estimate: Estimate) -> str:
    return f"{100 * estimate.value:6.1f} %   {100 * estimate.lower:5.1f} - {100 * estimate.upper:4.1f} %"


def _group(group: Group, heading: str) -> list[str]:
    known = group.rows - group.without_class
    lines = [
        f"{heading}: {group.rows:,} inspections from {group.first} to {group.last}, {group.found:,} positive "
        f"({100 * group.found / group.rows:.1f} %).",
        f"  class of the month before known for {known:,}; without a class {group.without_class:,}, "
        f"of them {group.found_without_class:,} positive, left out below.",
        "  class  inspections    share  positive  find rate   95 % interval",
    ]
    lines += [
        f"  {row.name:<5} {row.visits:>12,} {100 * row.share:>6.1f} % {row.found:>9,}   {_percent(row.rate)}"
        for row in group.classes
    ]
    return [*lines, ""]


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _line(label: str, area: float | None, half: float | None, days: float | None) -> str:
    return f"  {label:<58} {_figure(area, '.3f'):>6} {_figure(half, '.4f'):>13} {_figure(days, '+.1f'):>13}"


def text(study: Study) -> str:
    """The report for the terminal."""
    test, before = study.test, study.before
    lines = [study.definition.title, "=" * len(study.definition.title), ""]
    lines += _group(test, "Test rows")
    if before:
        lines += _group(before, "Earlier rows, on which points may have been set")
    lines += [f"  {'on the test rows':<58} {'AUC':>6} {'riskier half':>13} {'days earlier':>13}"]
    lines += [
        _line("this platform, score of the month before", test.auc.value, test.half, test.days_earlier),
        f"    95 % interval of the AUC {test.auc.lower:.3f} - {test.auc.upper:.3f}",
        _line("the same rows in the order in which they were visited", None, test.half_as_made, 0.0),
    ]
    lines += [
        _line("published: " + row.label, row.auc, row.half, row.days_earlier) for row in study.definition.published
    ]
    lines += [
        "",
        "riskier half: share of the positives in the half of the visits that comes first; expected value over ties.",
    ]
    return "\n".join(lines)


def _plain(group: Group | None) -> dict[str, object] | None:
    return None if group is None else asdict(group) | {"first": str(group.first), "last": str(group.last)}


def write(settings: Settings, study: Study) -> Path:
    """Write ``study.json``, ``by_class.csv`` and ``rows.csv`` under ``ECR_HOME/study``; return that folder."""
    folder = settings.home / "study"
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "title": study.definition.title,
        "jurisdiction": settings.jurisdiction,
        "test": _plain(study.test),
        "before": _plain(study.before),
        "published": [row.model_dump() for row in study.definition.published],
    }
    (folder / "study.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    pl.DataFrame(
        [
            {
                "rows": name,
                "class": row.name,
                "inspections": row.visits,
                "positive": row.found,
                "find_rate": row.rate.value,
                "lower_95": row.rate.lower,
                "upper_95": row.rate.upper,
            }
            for name, group in (("test", study.test), ("before", study.before))
            if group
            for row in group.classes
        ]
    ).write_csv(folder / "by_class.csv")
    study.rows.write_csv(folder / "rows.csv")
    return folder
