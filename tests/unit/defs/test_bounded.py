"""What an event shows is bounded, whatever the data are: a province, or files gone wild."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs import classification, feeds, key_fields, warehouse, web
from orchestration.defs.maintenance import LAKE, lake_metadata
from orchestration.defs.shown import ENTRIES, LENGTH, bounded, counted, cut, listed, summary_metadata, table
from orchestration.feeds.manifest import Delivery
from orchestration.maintenance.upkeep import LakeReport, LakeState
from tests.unit.defs.conftest import Decided, FieldDecided, Node, Outcome, Report, StepDone, Summary

MANY = 5_000
LONG = "很长的一句话 " * 20_000
NAMES = {f"{number} {LONG[:2_000]}": number for number in range(MANY)}
EVENT = 64_000
"""Bytes of one event, all values together, that no data may exceed."""


@dataclass(frozen=True)
class Wild:
    """A summary whose every field is as large as it can get."""

    month: str = "2026-05"
    rows: int = 10**12
    text: str = LONG
    counts: dict[str, int] = field(default_factory=lambda: NAMES)
    mixed: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(list(NAMES)[:50], LONG))
    lines: tuple[str, ...] = (LONG,) * 50


def wild_feed() -> Summary:
    delivery = Delivery("ab" * 8, "ab" * 32, f"{LONG}.csv", 1, None, "csv", "gb18030", 10**9, "2026-05")
    return Summary(
        "c01_base", "2026-05", delivered=10**12, supersedes=("ab" * 8,) * MANY, deliveries=(delivery,) * MANY,
        repeats=(LONG,) * 9, cleaned=NAMES, quarantine_reasons=NAMES, warnings=(LONG,) * MANY,
    )  # fmt: skip


def wild_suite() -> dg.AssetCheckEvaluation:
    report = Report(False, [Outcome(f"dimension {number % 7}", False, LONG) for number in range(MANY)], Path("p.html"))
    return feeds.quality_evaluation("c01_base", "2026-05", report)


def wild_model() -> dg.AssetCheckEvaluation:
    node = Node("test.ecr.x", "x", "test", "fail", 10**12, message=LONG)
    return warehouse.check_evaluation(dg.AssetCheckSpec("x", asset="y"), node, "2026-05")


CLASSES = replace(
    Decided("2026-05", "410100"),
    changes=NAMES,
    top_reasons=[{"reason": LONG, "enterprises": number} for number in range(MANY)],
    catalogue_version=LONG,
)
FIELDS = replace(
    FieldDecided("2026-05", "410100"),
    counts={f"field {number} {LONG[:900]}": {"A": 10**9} for number in range(200)},
    tiers={f"field {number} {LONG[:900]}": {"credit": 10**9} for number in range(200)},
)
STATE = LakeState(*[10**12] * 7)

METADATA = {
    "feed": lambda: feeds.month_metadata(wild_feed()),
    "suite": lambda: wild_suite().metadata,
    "arrival": lambda: feeds.arrival_evaluation("c01_base", "2026-05", wild_feed()).metadata,
    "model": lambda: warehouse.model_metadata(Node("model.ecr.x", "x", "model", "success", 10**12)),
    "dbt test": lambda: wild_model().metadata,
    "classes": lambda: classification.partition_metadata(CLASSES),
    "key fields": lambda: key_fields.partition_metadata(FIELDS),
    "step": lambda: summary_metadata(Wild()),
    "maintenance": lambda: lake_metadata(LakeReport(STATE, STATE, 1, 1, 1, 1, 1, 1, LONG)),
}


@pytest.mark.parametrize("name", METADATA)
def test_no_event_grows_with_its_data(name: str) -> None:
    made = dg.AssetMaterialization(LAKE, metadata=METADATA[name]()).metadata
    assert made
    assert len(made) <= ENTRIES + 1
    sizes = {key: len(json.dumps(str(value.value), ensure_ascii=False)) for key, value in made.items()}
    assert max(sizes.values()) <= LENGTH + 500  # quotes and line ends of the longest value
    assert sum(sizes.values()) < EVENT / 4  # up to four bytes a character


@pytest.mark.parametrize(
    "evaluation",
    [
        wild_suite,
        wild_model,
        lambda: feeds.arrival_evaluation("c01_base", "2026-05", wild_feed()),
        lambda: web._evaluation(LAKE, "2026-05", StepDone("2026-05", status="failed", sentence=LONG)),
    ],
)
def test_a_check_says_a_sentence_and_not_a_book(evaluation: Any) -> None:
    assert 0 < len(evaluation().description or "") <= warehouse.SHOWN


def test_what_is_small_is_shown_as_it_is() -> None:
    counts = {"a": 1, "b": 2}
    assert cut("short") == "short"
    assert bounded({"x": dg.MetadataValue.md("| a |"), "n": 3, "t": "text"}) == {
        "x": dg.MetadataValue.md("| a |"), "n": 3, "t": "text",
    }  # fmt: skip
    assert counted(counts).md_str == "| kind | rows |\n|---|---:|\n| b | 2 |\n| a | 1 |"
    assert listed(["one", "two"]).md_str == "- one\n- two"
    assert table([{"a": 1, "b": "x"}]).md_str == "| a | b |\n|---|---|\n| 1 | x |"
    assert table([]).md_str == "none"


def test_what_is_cut_says_so() -> None:
    assert cut("x" * 1_000, 50).endswith("(1,000 characters)")
    assert len(cut("x" * 1_000, 50)) == 50
    assert listed(range(100), shown=2).md_str == "- 0\n- 1\n- 98 more"
    assert table([{"a": number} for number in range(100)], 2).md_str == "| a |\n|---|\n| 0 |\n| 1 |"
    rows = "\n".join(f"| {number} |" for number in range(MANY))
    shown = bounded({"t": dg.MetadataValue.md(rows)})["t"].md_str
    assert shown.startswith("| 0 |\n| 1 |")
    assert all(line.endswith("|") for line in shown.split("\n\n")[0].splitlines())
    assert "characters" in shown
    assert bounded({str(number): number for number in range(ENTRIES + 9)})["not_shown"].value == 9
