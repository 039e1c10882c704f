"""What the measured seconds mean: ratios to the floor, work and orchestration, growth from scale to scale.

Belongs here: arithmetic over one or two results. Does not belong here: measuring, tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from orchestration.settings import PROJECT

Result = Mapping[str, Any]

FIELDS = ("decide_specialised", "decide_combined")
EFFECT = ("write_outcomes", "write_effect", "write_fairness")
WORK = ("stage_feed", "validate", "publish_feed", "names", "resolve", "decide", *FIELDS, *EFFECT)
"""Functions that are work from end to end. Of dbt's only what runs in DuckDB is; all else is orchestration."""
DBT = "build_month"
SCORES = "enterprise_score"
"""The model that every computed month has."""
REASONS = ("enterprise_pointed", "risk_evidence", "every_factor_has_evidence", "evidence_adds_up")
"""Nodes of dbt that put the records behind every factor; classes do not follow from them, but none is given without."""
TESTS = frozenset(path.stem for path in (PROJECT / "dbt_project" / "tests").rglob("*.sql"))
"""Tests of dbt that have a file of their own; the generic ones, ``<model>_holds``, stand with their models."""
PLAIN = (("plain duckdb", "plain SQL", 1.1), ("plain spark", "Spark", 0.2))
"""Stage, what it is called, and how much of its wall the platform may take: a tenth more for orchestration, a fifth."""
TIMES = "times its wall"
STAGES = (
    "simulate", "first start", "start-up", "ingest", "links", "floor", "month", "second month", "region", "month again",
    "backfill", "plain duckdb", "plain spark",
)  # fmt: skip
"""In the order of the tables."""


@dataclass(frozen=True)
class Split:
    """Where the wall seconds of a stage went.

    Attributes:
        start_up: imports, definitions, the instance; and ending.
        dagster: events, steps, what the UI is told.
        dbt: dbt's own Python.
        duckdb: statements of dbt's models and tests.
        own: functions of the platform: decisions, and what feeds and names need.
    """

    start_up: float
    dagster: float
    dbt: float
    duckdb: float
    own: float

    @property
    def orchestration(self) -> float:
        """Share of the wall that is no work."""
        beside = self.start_up + self.dagster + self.dbt
        return beside / (beside + self.duckdb + self.own)


def split(stage: Result) -> Split:
    """Where the time of a stage of one process went."""
    (told,) = stage["told"]
    functions = told["functions"]
    dbt = [one for one in functions if one["name"] == DBT]
    duckdb, in_dbt = sum(one["duckdb"] for one in dbt), sum(one["seconds"] for one in dbt)
    own = seconds(functions, WORK)
    return Split(stage["wall"] - told["seconds"], told["seconds"] - in_dbt - own, in_dbt - duckdb, duckdb, own)


def functions_of(stage: Result) -> list[Result]:
    """What was noted of each function of a stage, in all of its processes."""
    return [one for told in stage["told"] for one in told["functions"]]


def seconds(functions: Iterable[Result], names: Iterable[str], key: str | None = None) -> float:
    """Seconds of some functions, of one key or of all."""
    wanted = set(names)
    return float(sum(one["seconds"] for one in functions if one["name"] in wanted and key in (None, one["key"])))


def reasons(stage: Result) -> float:
    """Seconds of a stage in which the records behind every factor were put together and tested."""
    return float(sum(one.get("nodes", {}).get(name, 0.0) for one in functions_of(stage) for name in REASONS))


@dataclass(frozen=True)
class Beyond:
    """Wall seconds of a month in which the platform did what the plain programs leave out.

    Attributes:
        evidence: the records behind every factor.
        tests: what must hold of values, scores, evidence.
        fields: points and classes of the key fields.
        effect: what earlier visits found.
    """

    evidence: float
    tests: float
    fields: float
    effect: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.evidence + self.tests + self.fields + self.effect


def beyond(stage: Result) -> Beyond:
    """What a month took beside values, score and class, which is all that the plain programs compute."""
    functions = functions_of(stage)
    nodes = [pair for one in functions for pair in one.get("nodes", {}).items()]
    tests = sum(spent for name, spent in nodes if _is_test(name))
    evidence = sum(spent for name, spent in nodes if name in REASONS and not _is_test(name))
    fields = sum(spent for name, spent in nodes if name.startswith(("specialised_", "field_")) and not _is_test(name))
    return Beyond(evidence, tests, fields + seconds(functions, FIELDS), seconds(functions, EFFECT))


def _is_test(node: str) -> bool:
    return node in TESTS or node.endswith("_holds")


def unit(result: Result) -> tuple[float, float]:
    """The floor: wall and CPU seconds of one pass."""
    (told,) = result["stages"]["floor"]["told"]
    return float(told["wall"]), float(told["cpu"])


def wall(result: Result, stage: str) -> float:
    """Wall seconds of a stage; of the floor one pass without its process."""
    return unit(result)[0] if stage == "floor" else float(result["stages"][stage]["wall"])


def ratio(result: Result, stage: str) -> float:
    """Wall of a stage, in floors."""
    return wall(result, stage) / unit(result)[0]


def links_of(result: Result, month: str) -> float:
    """Seconds of a month's names and links."""
    told = result["stages"]["links"]["told"]
    return sum(seconds(one["functions"], ("names", "resolve"), month) for one in told)


def rows_of(result: Result, stage: str) -> int | None:
    """Rows that a stage read; None where that means nothing."""
    one = result["stages"][stage]
    return one["told"][0]["rows"] if stage == "floor" else one.get("rows")


def growth(smaller: Result, larger: Result, stage: str) -> float | None:
    """By how much a stage grew for each time its rows did: 1 is linear, less is better; None where unmeasured.

    Rows and not the scale, so that results of fewer months compare; the scale where a stage has no rows.
    """
    if stage not in smaller["stages"] or stage not in larger["stages"]:
        return None
    few, many = rows_of(smaller, stage), rows_of(larger, stage)
    grown = many / few if few and many else larger["scale"] / smaller["scale"]
    return float(wall(larger, stage) / wall(smaller, stage) / grown)


def same_month(smaller: Result, larger: Result) -> tuple[str, float, float] | None:
    """The newest month that both backfills computed, and the seconds of its models and tests in each; None without.

    Of results with different deliveries it is what compares best: the same history, in a warm process.
    """

    def built(result: Result) -> dict[str, float]:
        functions = functions_of(result["stages"]["backfill"]) if "backfill" in result["stages"] else []
        return {one["key"]: sum(one["nodes"].values()) for one in functions if SCORES in one.get("nodes", {})}

    few, many = built(smaller), built(larger)
    month = max(few.keys() & many.keys(), default=None)
    return None if month is None else (month, few[month], many[month])


@dataclass(frozen=True)
class Target:
    """One aim: what is looked at, what was found, what it must not exceed; digits shown."""

    text: str
    found: float
    most: float
    unit: str
    digits: int = 1

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return self.found <= self.most


def targets(result: Result) -> list[Target]:
    """The aims of the issue, with what one result found."""
    stages = result["stages"]
    month, floor = stages["month"], unit(result)[0]
    region = stages["region"]["wall"] - (stages["start-up"]["wall"] if "start-up" in stages else 0)
    linked = (month["wall"] + links_of(result, result["measured"])) / floor
    found = [
        Target("one month, records to classes", ratio(result, "month"), 10, "floors"),
        Target("the same with names and links of the month", linked, 10, "floors"),
        Target("peak memory of the month", month["peak"] / 1e9, 6, "GB"),
        Target("ingest with checks, all deliveries", ratio(result, "ingest"), 120, "floors"),
        Target("a region again, beyond start-up", region, 10, "s"),
        Target("orchestration of the month, start-up included", 100 * split(month).orchestration, 10, "% of wall"),
    ]
    for engine, name, most in PLAIN:
        if engine in stages:
            whole, plain = stages["second month"]["wall"], stages[engine]["wall"]
            same = whole - beyond(stages["second month"]).total
            found += [
                Target(f"values, score and class of the newest month, against {name}", same / plain, most, TIMES, 2),
                Target(f"all of the newest month, against {name}", whole / plain, most, TIMES, 2),
            ]
    if result["backfill"] == 12:
        factor = stages["backfill"]["wall"] / month["wall"]
        found.insert(4, Target("backfill of twelve months", factor, 6, "months"))
    return found
