"""The calibration report as a person reads it, and as JSON.

Belongs here: layout and files. Does not belong here: any judgement (``judge``).
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from orchestration.calibration.judge import Apart, find_rate_warnings, groups_apart, share_warnings
from orchestration.calibration.measure import Measures
from orchestration.calibration.policy import Policy
from orchestration.evaluation.measures import wilson
from orchestration.settings import Settings
from orchestration.table import render

TITLES = {
    "all": "全部 All",
    "region": "按地区 By region",
    "section": "按行业门类 By industry section (GB/T 4754)",
    "age": "按经营年限 By years in operation",
    "size": "按规模 By size",
    "type": "按企业类型 By type of enterprise",
}


@dataclass(frozen=True)
class Report:
    """Everything that was measured and judged in one month.

    Attributes:
        version: catalogue version in force.
        measures: the numbers.
        apart: groups far apart, with or without a reason.
        warnings: sentences worth acting on.
    """

    version: str
    measures: Measures
    apart: list[Apart]
    warnings: list[str]


def judge(version: str, measures: Measures, policy: Policy) -> Report:
    """Compare what was measured with the policy."""
    apart = groups_apart(measures, policy)
    without = [
        f"{row.dimension} {row.name}: {100 * row.share:.1f} % of {row.enterprises:,} enterprises are in class "
        f"{' or '.join(policy.riskier)} against {100 * row.others:.1f} % of all others, and only "
        f"{100 * row.by_conduct:.0f} % of the gap comes from what they did; look at the points for what they are."
        for row in apart
        if not row.reason
    ]
    warnings = [*share_warnings(measures, policy), *find_rate_warnings(measures), *without]
    return Report(version, measures, apart, warnings)


def text(report: Report, names: dict[str, str]) -> str:
    """The report for the terminal; ``names`` maps group codes to names people read."""
    measures = report.measures
    classes = [name for name in measures.groups.columns if name.startswith("class_")]
    lines = [f"Calibration of {measures.month}, catalogue {report.version}", ""]
    for dimension, title in TITLES.items():
        rows = measures.groups.filter(pl.col("dimension") == dimension).to_dicts()
        header = [title, "enterprises", *[f"{name.removeprefix('class_')} %" for name in classes], "mean score"]
        body = [
            [
                f"{row['name']} {names.get(row['name'], '')}".strip(),
                row["enterprises"],
                *[f"{100 * row[name] / row['enterprises']:.1f}" for name in classes],
                f"{sum(row[level] for level in row if level.startswith('l1_')):.1f}",
            ]
            for row in rows
        ]
        lines += [render(header, body), ""]
    lines += [*_find_rates(measures), *_apart(report, names)]
    lines += [f"warning: {sentence}" for sentence in report.warnings] or ["no warning"]
    return "\n".join(lines)


def _find_rates(measures: Measures) -> list[str]:
    rows = measures.find_rates.to_dicts()
    if not rows:
        return ["No spot check followed a decided month yet, so there are no find rates.", ""]
    span = f"{measures.visited[0]} to {measures.visited[-1]}"
    body = []
    for row in rows:
        rate = wilson(row["found"], row["visits"])
        body.append([
            row["class"], row["visits"], row["found"], f"{100 * rate.value:.1f}",
            f"{100 * rate.lower:.1f} - {100 * rate.upper:.1f}",
        ])  # fmt: skip
    header = ["class of the month before", "visits", "found", "find rate %", "95 % interval"]
    return [f"Spot checks {span}", render(header, body), ""]


def _apart(report: Report, names: dict[str, str]) -> list[str]:
    if not report.apart:
        return []
    body = [
        [
            row.dimension, f"{row.name} {names.get(row.name, '')}".strip(), row.enterprises, f"{100 * row.share:.1f}",
            f"{100 * row.others:.1f}", f"{100 * row.by_conduct:.0f}", row.reason or "none found",
        ]
        for row in report.apart
    ]  # fmt: skip
    header = ["groups far apart", "", "enterprises", "share %", "others %", "by conduct %", "reason"]
    return [render(header, body), ""]


def write(settings: Settings, report: Report) -> Path:
    """Write ``<month>.json`` under ``ECR_HOME/calibration``; return the file."""
    folder = settings.home / "calibration"
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "month": report.measures.month,
        "catalogue_version": report.version,
        "groups": report.measures.groups.to_dicts(),
        "find_rates": report.measures.find_rates.to_dicts(),
        "visited": report.measures.visited,
        "apart": [asdict(row) for row in report.apart],
        "warnings": report.warnings,
    }
    path = folder / f"{report.measures.month}.json"
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path
