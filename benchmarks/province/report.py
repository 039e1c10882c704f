"""Tables of results: on the terminal after a run, and docs/bench.md from the JSON files.

Belongs here: words and columns, the results that are kept with the sources. Does not belong here: what the figures mean
(``figures``).
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.province.figures import (
    PLAIN,
    STAGES,
    Result,
    beyond,
    functions_of,
    growth,
    links_of,
    ratio,
    reasons,
    rows_of,
    same_month,
    seconds,
    split,
    targets,
    unit,
    wall,
)
from orchestration.settings import PROJECT
from orchestration.table import render

RESULTS = PROJECT / "benchmarks" / "results"
"""Results that docs/bench.md is made of, one file per scale, kept with the sources: scales take hours, and are measured
on different days."""
PAGE = PROJECT / "docs" / "bench.md"
HEADER = ("stage", "wall s", "CPU s", "rows", "rows/s", "peak GB", "written MB", "x floor", "x its CPU")
PACKAGES = ("duckdb", "dbt-core", "dagster", "great-expectations", "polars")
AIMS = ("aim at scale 1", "found", "at most", "met")
BRIEF = "A brief run: its stages shared one process, fixed costs rule its times, and it is there for what must hold."
ELSEWHERE = "The aims are those of scale 1; this one shows how the stages grow with the rows."
SPLIT = ("stage", "start-up s", "Dagster s", "dbt's Python s", "DuckDB s", "own functions s", "orchestration")


def load(folder: Path, names: Iterable[str] | None = None) -> list[dict[str, Any]]:
    """Results by scale, all or those named."""
    wanted = None if names is None else set(names)
    paths = [path for path in folder.glob("*.json") if wanted is None or path.stem in wanted]
    results = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    return sorted(results, key=lambda result: result["scale"])


def publish(folder: Path, results: Path = RESULTS, target: Path = PAGE) -> list[str]:
    """Take new results over to those that are kept, and write the page anew from all of them.

    Args:
        folder: where ``make bench`` left its results; brief ones, whose times compare with nothing, stay there.
        results: folder of the results that are kept.
        target: the page.

    Returns:
        Names of the scales that were taken over; the page is written even where there are none.
    """
    new = [result for result in load(folder) if not result["brief"]]
    results.mkdir(exist_ok=True)
    for result in new:
        text = json.dumps(_rounded(result), ensure_ascii=False, indent=1)
        (results / f"{result['scale']:g}.json").write_text(text + "\n", encoding="utf-8")
    target.write_text(page(load(results)), encoding="utf-8")
    return [f"{result['scale']:g}" for result in new]


def _rounded(value: Any) -> Any:
    """Milliseconds are enough."""
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def ran_on() -> dict[str, Any]:
    """The machine, the versions, the day and the state of the code."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"],  # noqa: S607
        cwd=PROJECT, capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "day": datetime.now(tz=UTC).date().isoformat(),
        "commit": commit,
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory / 1e9),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def lines_of(result: Result, smaller: Result | None = None) -> list[list[object]]:
    """One line per stage, with its growth from the next smaller scale where there is one."""
    found = []
    for name in (stage for stage in STAGES if stage in result["stages"]):
        stage = result["stages"][name]
        cpu = stage["told"][0]["cpu"] if name == "floor" else stage["cpu"]
        rows = rows_of(result, name)
        spent = wall(result, name)
        line: list[object] = [
            name + (" (kept)" if stage["reused"] else ""),
            f"{spent:.1f}",
            f"{cpu:.1f}",
            rows,
            round(rows / spent) if rows else None,
            f"{stage['peak'] / 1e9:.2f}",
            f"{sum(stage['written'].values()) / 1e6:.0f}",
            f"{ratio(result, name):.1f}",
            f"{cpu / unit(result)[1]:.1f}",
        ]
        if smaller is not None:
            grown = growth(smaller, result, name)
            line.append("" if grown is None else f"{grown:.2f}")
        found.append(line)
    return found


def split_lines(result: Result) -> list[list[object]]:
    """Where the time of the months went."""
    found: list[list[object]] = []
    for name in ("month", "second month", "region", "month again", "backfill"):
        if name in result["stages"]:
            parts = split(result["stages"][name])
            spent = (parts.start_up, parts.dagster, parts.dbt, parts.duckdb, parts.own)
            found.append([name, *(f"{one:.1f}" for one in spent), f"{parts.orchestration:.0%}"])
    return found


def target_lines(result: Result) -> list[list[object]]:
    """The aims and what was found."""
    return [
        [one.text, f"{one.found:.{one.digits}f} {one.unit}", f"{one.most:g} {one.unit}", "yes" if one.met else "no"]
        for one in targets(result)
    ]


def checks_line(result: Result) -> str:
    """What of the ingest is checking."""
    told = result["stages"]["ingest"]["told"]
    functions = functions_of(result["stages"]["ingest"])
    spent = sum(part["seconds"] for part in told)
    read, checked, published = (seconds(functions, (name,)) for name in ("stage_feed", "validate", "publish_feed"))
    return (
        f"Ingest, seconds of {len(told)} processes: reading and cleaning {read:.1f}, checks {checked:.1f}, publishing "
        f"{published:.1f}, Dagster {spent - read - checked - published:.1f}."
    )


def links_line(result: Result) -> str:
    """What names and links of the measured month add."""
    month = result["measured"]
    return (
        f"Names and links of {month}: {links_of(result, month):.1f} s beside the {wall(result, 'month'):.1f} s "
        "of the month itself."
    )


def reasons_line(result: Result) -> str:
    """What of the month is the evidence."""
    month = result["stages"]["month"]
    spent = reasons(month)
    without = (month["wall"] - spent) / unit(result)[0]
    return (
        f"Of the month {spent:.1f} s are evidence, the records behind every factor, and its tests; without them it "
        f"took {without:.1f} floors."
    )


def beyond_line(result: Result) -> str:
    """What of the newest month the plain programs leave out; nothing where none ran."""
    stage = result["stages"].get("second month")
    if stage is None or not any(engine in result["stages"] for engine, _, _ in PLAIN):
        return ""
    more = beyond(stage)
    return (
        f"The plain programs compute values, score and class. Of the {stage['wall']:.1f} s of the same month the "
        f"platform took {stage['wall'] - more.total:.1f} s for that, {more.evidence:.1f} s for evidence, "
        f"{more.fields:.1f} s for key fields, {more.tests:.1f} s for tests, {more.effect:.1f} s for what visits found."
    )


def same_month_line(result: Result, smaller: Result | None) -> str:
    """How the newest month grew that this scale and the one before both computed; nothing where there is none."""
    found = same_month(smaller, result) if smaller else None
    if smaller is None or found is None:
        return ""
    month, few, many = found
    grown = many / few / (result["scale"] / smaller["scale"])
    return (
        f"Models and tests of {month}, which both backfills computed, took {few:.1f} s at scale {smaller['scale']:g} "
        f"and {many:.1f} s here: {grown:.2f} for each time the enterprises."
    )


def sentences(result: Result, smaller: Result | None) -> list[str]:
    """What stands below the tables of a scale."""
    lines = [checks_line(result), links_line(result), reasons_line(result), beyond_line(result)]
    return list(filter(None, [*lines, same_month_line(result, smaller)]))


def aims(result: Result, show: Callable[[Sequence[str], list[list[object]]], str]) -> str:
    """The aims as a table; at another scale than theirs a sentence."""
    if result["scale"] == 1:
        return show(AIMS, target_lines(result))
    return BRIEF if result["brief"] else ELSEWHERE


def table(results: Sequence[Result]) -> str:
    """The results for the terminal."""
    parts = []
    for smaller, result in zip([None, *results], results, strict=False):
        header = [*HEADER, *(["growth"] if smaller else [])]
        parts += [
            f"scale {result['scale']:g}: {result['enterprises']:,} enterprises",
            render(header, lines_of(result, smaller)),
            render(SPLIT, split_lines(result)),
            "\n".join(sentences(result, smaller)),
            aims(result, render),
        ]
    return "\n\n".join(parts)


def markdown(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; whole numbers with separators."""

    def text(value: object) -> str:
        return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

    lines = ["| " + " | ".join(header) + " |", "|---" + "|---:" * (len(header) - 1) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(map(text, row)) + " |" for row in rows)])


INTRODUCTION = """# A full province on two cores

Written by `make bench-report` from the results of `make bench`, which lie in `benchmarks/results`; not by hand.
Scale 1 is Henan: 2,464,000 enterprises, three years of history in an initial load, then twelve monthly deliveries.
Each stage is a process of its own; ingest is two, as in the demo. **The floor** is one DuckDB pass that reads and
hashes every column of every raw record received by the measured month, the median of three; it is the unit of all
ratios, which is why they mean the same on other machines.

- *ingest*: delivered files to raw, cleaned, checked, accounted for; rows are all rows delivered.
- *links*: names of the province and the enterprises of records without a code, all months.
- *month*: raw to classes, 18 regions, the last delivery but one, in an empty lake and from a cold process: jobs
  `month` and `classify` of Dagster with dbt, evidence, points, tests, classes, views. *second month*: the newest
  delivery on top. *month again*: the same over itself.
- *backfill*: the last months, twelve unless said otherwise, in one run in an empty lake; rows are those read for each.
- *region*: the classes of the largest region of the newest month again. *start-up*: definitions loaded, nothing done.
- *peak*: memory of all processes of the stage together, sampled. *growth*: by how much the stage grew for each time
  its rows did since the scale before, or the scale where it has no rows; 1 is linear. A month follows the enterprises
  more than the rows: where scales have different deliveries, compare the month that both backfills computed.
- *orchestration*: start-up, Dagster, and dbt's own Python; work is what runs in DuckDB and in the platform's
  set-based functions.

In each run it was also checked that delivered rows are accepted, quarantined or superseded and files hold them, that
every live enterprise has exactly one class from A to D, that points add up to scores, that a region, a month and a
backfill computed again give the same rows, and that a region leaves the files of others alone. A bench in which one
of these does not hold fails; no time fails it.
"""


def page(results: Sequence[Result]) -> str:
    """The text of docs/bench.md."""
    parts = [INTRODUCTION.rstrip()]
    for smaller, result in zip([None, *results], results, strict=False):
        where = result["ran_on"]
        packages = ", ".join(f"{name} {number}" for name, number in where["packages"].items())
        parts += [
            f"## Scale {result['scale']:g}",
            f"{result['enterprises']:,} enterprises, {result['months']} monthly deliveries, month "
            f"{result['measured']}. Run on {where['day']} at {where['commit']}: {where['cores']} cores "
            f"({where['processor']}), {where['memory_gb']} GB, Python {where['python']}, {packages}; load of the "
            f"machine at the start {where['load']}.",
            markdown([*HEADER, *(["growth"] if smaller else [])], lines_of(result, smaller)),
            markdown(SPLIT, split_lines(result)),
            " ".join(sentences(result, smaller)),
            aims(result, markdown),
        ]
        if result["broken"]:
            parts.append("Did not hold:\n\n" + "\n".join(f"- {sentence}" for sentence in result["broken"]))
    return "\n\n".join(parts) + "\n"
