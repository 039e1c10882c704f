"""Years of events without years of work: the real jobs over steps that answer at once.

Belongs here: the answers, as large as those of a full province, and the runs. Does not belong here: measuring (``ui``).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CLASSES = ("A", "B", "C", "D")
TIERS = ("credit", "responsibility", "normal", "tightened")
FIELDS = ("food", "drugs", "industrial", "special_equipment")
FIRMS = 137_000
"""Enterprises of one region."""
AT_ONCE = 12
"""Months of one run, as in a backfill."""


@dataclass(frozen=True)
class Step:
    """A month of a step of the web branch or of names and links."""

    month: str
    rows: int = 41_000
    status: str = "ok"
    sentence: str = ""
    skipped: dict[str, int] = field(default_factory=lambda: {f"reason_{number}": 90 + number for number in range(6)})


@dataclass(frozen=True)
class Outcome:
    """One expectation."""

    dimension: str
    passed: bool
    sentence: str = ""


@dataclass(frozen=True)
class Report:
    """A suite that held."""

    passed: bool
    results: list[Outcome]
    page: Path


@dataclass(frozen=True)
class Staged:
    """A staged feed month."""

    summary: Any


def feed_month(feed: str, month: str) -> Any:
    """A feed's month as large as they get: four files, eight rules, four reasons, two warnings."""
    from orchestration.feeds.manifest import Delivery, FeedMonth

    files = tuple(
        Delivery("ab" * 8, "ab" * 32, f"{feed}_{month}_p{part:02d}.csv", 1, None, "csv", "gb18030", 120_000, month)
        for part in range(4)
    )
    return FeedMonth(
        feed, month, "accepted", 480_000, 479_000, 900, 100, (), files, (),
        {f"rule_{number}": 1_000 * number for number in range(8)},
        {f"reason_{number}": 200 for number in range(4)},
        (f"{feed} {month}: 2 unified codes fail their check character (GB 32100); they were accepted.",) * 2,
    )  # fmt: skip


def platform(settings: Any, manifest: dict[str, Any]) -> dict[str, Any]:
    """Steps that answer at once, in place of those of ``Platform``."""
    from orchestration.risk.summary import PartitionSummary
    from orchestration.specialised.summary import FieldSummary
    from orchestration.warehouse.dbt import MonthBuild, NodeResult

    dimensions = ("accuracy", "completeness", "conformity", "consistency", "timeliness", "uniqueness", "validity")
    nodes = [
        (unique_id, node["name"], node["resource_type"])
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "test")
    ]

    def validate(_: Any, staged: Staged) -> Report:
        outcomes = [Outcome(dimension, True) for dimension in dimensions for _ in range(3)]
        return Report(True, outcomes, settings.quality / staged.summary.feed / f"{staged.summary.month}.html")

    def build_month(_: Any, month: str, select: str | None = None, on_node: Any = None) -> MonthBuild:
        wanted = set((select or "").split())
        return MonthBuild(
            month,
            [
                NodeResult(unique_id, name, kind, "success" if kind == "model" else "pass", 2_464_000, 1.25, "")
                for unique_id, name, kind in nodes
                if kind == "test" or name in wanted
            ],
        )

    def decide(_: Any, months: list[str], regions: list[str]) -> list[PartitionSummary]:
        reasons = [
            {"indicator": f"h0{number}01", "name_zh": "行政处罚信息", "name_en": "administrative penalties",
             "share": 0.1234, "firms": 12_345}
            for number in range(1, 6)
        ]  # fmt: skip
        return [
            PartitionSummary(
                month, region, FIRMS, dict.fromkeys(CLASSES, FIRMS // 4), dict.fromkeys(CLASSES, 0.25),
                dict.fromkeys(("up", "down", "same", "new", "gone"), 100), reasons, 9, 9, 5, 4, 1, "v2",
            )
            for month in months for region in regions
        ]  # fmt: skip

    def decide_field(_: Any, months: list[str], regions: list[str]) -> list[FieldSummary]:
        counts = {name: dict.fromkeys(CLASSES, 900) for name in FIELDS}
        tiers = {name: dict.fromkeys(TIERS, 900) for name in FIELDS}
        return [
            FieldSummary(month, region, 14_400, counts, tiers, 40, 30, 5_000.5, "s1")
            for month in months
            for region in regions
        ]

    def step(*given: Any, **_: Any) -> Step:
        return Step([one for one in given if isinstance(one, str)][-1])

    names = ("extract", "copies", "names", "resolve", "match", "judge", "signals")
    return dict.fromkeys(names, step) | {
        "stage_feed": lambda _, feed, month: Staged(feed_month(feed, month)),
        "validate": validate,
        "publish_feed": lambda _, staged: staged.summary,
        "build_month": build_month,
        "decide": decide,
        "decide_specialised": decide_field,
        "decide_combined": decide_field,
        "waiting": lambda *_: [],
        "seal": lambda *_: None,
    }


def make_empty(home: Path) -> None:
    """An instance without history."""
    from orchestration.defs.prepare import prepare_home
    from orchestration.settings import Settings

    prepare_home(Settings(home=home))


def _tell(line: str) -> None:
    """Say which run is done; lines about one feed say nothing here."""
    if ": done in " in line:
        print(line, flush=True)


def make_history(home: Path, months: int) -> str:
    """Run the jobs ``month`` and ``classify`` over the newest months, unless that was done; the last ``month`` run."""
    import dagster as dg

    from orchestration.defs.launch import Launcher
    from orchestration.defs.partitions import months as months_of
    from orchestration.defs.prepare import prepare_home
    from orchestration.defs.warehouse import read_manifest
    from orchestration.settings import Settings

    settings = Settings(home=home)
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        done = home / "made"
        if not done.exists():
            given = platform(settings, read_manifest(settings))
            launcher = Launcher(settings, instance, _tell, given)
            newest = months_of(settings).get_partition_keys()[-months - 1 : -1]
            for start in range(0, months, AT_ONCE):
                launcher.months(newest[start], newest[start : start + AT_ONCE][-1])
            done.touch()
        filters = dg.RunsFilter(job_name="month")
        return instance.get_runs(filters, limit=1)[0].run_id


def events(home: Path) -> dict[str, tuple[int, dict[str, tuple[int, int]]]]:
    """Job -> its runs, and by kind of event how many and how many bytes."""
    folder = home / "dagster" / "history"
    with closing(sqlite3.connect(folder / "runs.db")) as runs:
        jobs = dict(runs.execute("SELECT run_id, pipeline_name FROM runs").fetchall())
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    number: dict[str, int] = defaultdict(int)
    for run, job in jobs.items():
        number[job] += 1
        with closing(sqlite3.connect(folder / "runs" / f"{run}.db")) as log:
            for kind, many, size in log.execute(
                "SELECT coalesce(dagster_event_type, 'message'), count(*), sum(length(event)) "
                "FROM event_logs GROUP BY 1"
            ).fetchall():
                before = found[job].get(kind, (0, 0))
                found[job][kind] = (before[0] + many, before[1] + size)
    return {
        job: (number[job], dict(sorted(kinds.items(), key=lambda item: -item[1][1]))) for job, kinds in found.items()
    }
