"""Fakes for the functions behind the assets: what Dagster does with their answers is tested, not the answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.inspection import CHECKS
from orchestration.defs.resources import Platform
from orchestration.effect.measure import Effect, Fairness
from orchestration.effect.outcome import OutcomeSummary
from orchestration.effect.saving import Order
from orchestration.feeds.errors import FeedStop
from orchestration.feeds.manifest import Delivery
from orchestration.maintenance.upkeep import LakeReport, LakeState
from orchestration.settings import Settings


@dataclass(frozen=True)
class Summary:
    """A feed month as ``feeds.ingest`` reports it."""

    feed: str
    month: str
    status: str = "accepted"
    delivered: int = 12
    accepted: int = 10
    quarantined: int = 2
    superseded: int = 0
    supersedes: tuple[str, ...] = ()
    deliveries: tuple[Any, ...] = (Delivery("ab" * 8, "ab" * 32, "a.csv", 1, None, "csv", "gb18030", 12, "2026-05"),)
    repeats: tuple[str, ...] = ()
    cleaned: dict[str, int] = field(default_factory=lambda: {"full_width": 3})
    quarantine_reasons: dict[str, int] = field(default_factory=lambda: {"required": 2})
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Staged:
    summary: Summary


@dataclass(frozen=True)
class Outcome:
    dimension: str
    passed: bool
    sentence: str = ""


@dataclass(frozen=True)
class Report:
    passed: bool
    results: list[Outcome]
    page: Path


@dataclass(frozen=True)
class Node:
    unique_id: str
    name: str
    kind: str
    status: str
    rows: int | None
    seconds: float = 0.1
    message: str = ""


@dataclass(frozen=True)
class Build:
    nodes: list[Node]


@dataclass(frozen=True)
class Decided:
    month: str
    region_code: str
    rows: int = 4
    counts: dict[str, int] = field(default_factory=lambda: {"A": 3, "D": 1})
    shares: dict[str, float] = field(default_factory=lambda: {"A": 0.75, "D": 0.25})
    changes: dict[str, int] = field(default_factory=lambda: {"A>D": 1})
    top_reasons: list[dict[str, Any]] = field(default_factory=lambda: [{"reason": "penalties", "enterprises": 1}])
    thin_file: int = 0
    overridden: int = 0
    refused: int = 0
    catalogue_version: str = "v1"


@dataclass(frozen=True)
class FieldDecided:
    month: str
    region_code: str
    rows: int = 4
    counts: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"food": {"A": 3, "D": 1}, "drugs": {"A": 0, "D": 0}}
    )
    tiers: dict[str, dict[str, int]] = field(
        default_factory=lambda: {"food": {"credit": 3, "tightened": 1}, "drugs": {"credit": 0, "tightened": 0}}
    )
    moved: int = 1
    thin_file: int = 0
    visits: float = 4.5
    version: str = "s1"


@dataclass(frozen=True)
class StepDone:
    """A month of a step of the web branch or of entity resolution."""

    month: str
    rows: int = 3
    status: str = "ok"
    sentence: str = ""
    skipped: dict[str, int] = field(default_factory=lambda: {"robots": 1})


@dataclass(frozen=True)
class Drawn:
    """A drawn month and region."""

    month: str
    region_code: str
    rows: int = 3
    draw_id: str = "d"
    seed: str = "s"
    seed_origin: str = "system"
    frame_hash: str = "f"
    draw_hash: str = "h"
    policy_version: str = "p1"
    seeds_before: tuple[str, ...] = ("old",)
    enterprises: int = 40
    classes: list[dict[str, Any]] = field(default_factory=lambda: [{"class": "D", "by_lot": 2, "certain": 1}])
    departments: dict[str, int] = field(default_factory=lambda: {"market_regulation": 3})
    pool: int | None = None
    assigned: int = 0
    put_off: int = 1
    short: list[dict[str, Any]] = field(
        default_factory=lambda: [{"department": "ecology", "skill": "", "inspector_visits": 2, "put_off": 1}]
    )


@dataclass(frozen=True)
class Checked:
    """One check of a draw."""

    name: str
    passed: bool
    sentence: str


@dataclass(frozen=True)
class Published:
    """A sealed draw."""

    month: str
    region_code: str
    draw_id: str = "d"
    rows: int = 3
    folder: Path = Path("published")
    manifest_hash: str = "m"


STEPS = ("extract", "copies", "names", "resolve", "match", "judge", "signals")
"""Steps that do one month of all sources, or of one source, at a time."""


class Fakes:
    """A platform that notes what it was asked for and goes wrong where a test says so."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.calls: list[tuple[str, ...]] = []
        self.stops: dict[tuple[str, str], str] = {}
        self.refused: dict[tuple[str, str], str] = {}
        self.waiting: dict[str, list[str]] = {}
        self.warned: dict[tuple[str, str], str] = {}
        self.trouble: list[Exception] = []
        self.lines: list[str] = []
        self.now = datetime(2026, 11, 12, tzinfo=UTC)
        self.manifest: dict[str, Any] = {}
        self.views_stand = False

    def crawl(self, settings: Settings, source: Any, months: list[str], say: Any) -> list[StepDone]:
        self.calls.append(("crawl", source.name, *months))
        sentence = self.refused.get((source.name, months[-1]), "")
        return [StepDone(month, status="failed" if sentence else "ok", sentence=sentence) for month in months]

    def step(self, name: str, *given: Any, **_: Any) -> StepDone:
        """Any of ``STEPS``; the month is the last text given."""
        texts = [one for one in given if isinstance(one, str)]
        self.calls.append((name, *texts))
        if (name, texts[-1]) in self.stops:
            raise ValueError(self.stops[(name, texts[-1])])
        return StepDone(texts[-1])

    def stage_feed(self, settings: Settings, feed: str, month: str) -> Staged:
        self.calls.append(("stage", feed, month))
        if self.trouble:
            raise self.trouble.pop(0)
        if (feed, month) in self.stops:
            raise FeedStop(self.stops[(feed, month)])
        warning = self.warned.get((feed, month))
        return Staged(Summary(feed, month, warnings=(warning,) if warning else ()))

    def validate(self, settings: Settings, staged: Staged) -> Report:
        place = (staged.summary.feed, staged.summary.month)
        sentence = self.refused.get(place)
        results = [Outcome("completeness", True), Outcome("conformity", sentence is None, sentence or "")]
        return Report(sentence is None, results, settings.quality / place[0] / f"{place[1]}.html")

    def publish_feed(self, settings: Settings, staged: Staged) -> Summary:
        self.calls.append(("publish", staged.summary.feed, staged.summary.month))
        return staged.summary

    def discard_feed(self, staged: Staged) -> None:
        self.calls.append(("discard", staged.summary.feed, staged.summary.month))

    def build_month(self, settings: Settings, month: str, select: str | None = None, on_node: Any = None) -> Build:
        self.calls.append(("dbt", month))
        wanted = set((select or "").split())
        nodes = [
            Node(unique_id, node["name"], "model", "success", 7)
            for unique_id, node in self.manifest["nodes"].items()
            if node["resource_type"] == "model" and node["name"] in wanted
        ]
        nodes += [
            Node(unique_id, node["name"], "test", "pass", None)
            for unique_id, node in self.manifest["nodes"].items()
            if node["resource_type"] == "test"
        ]
        for node in nodes:
            on_node(node)
        return Build(nodes)

    def decide(self, settings: Settings, months: list[str], regions: list[str]) -> list[Decided]:
        self.calls.append(("decide", f"{months[0]}..{months[-1]}", str(len(regions))))
        return [Decided(month, region) for month in months for region in regions]

    def draw(self, settings: Settings, months: list[str], regions: list[str], seed: str | None) -> list[Drawn]:
        self.calls.append(("draw", f"{months[0]}..{months[-1]}", str(len(regions)), str(seed)))
        if self.trouble:
            raise self.trouble.pop(0)
        return [Drawn(month, region) for month in months for region in regions]

    def check_draws(self, settings: Settings, month: str, regions: list[str]) -> list[Checked]:
        return [Checked(name, name != "capacity_kept", f"said by {name}") for name in CHECKS]

    def publish_draw(
        self, settings: Settings, month: str, regions: list[str] | None, *, now: datetime
    ) -> list[Published]:
        self.calls.append(("publish draw", month, "all" if regions is None else str(len(regions))))
        return [Published(month, region) for region in regions or ["410100"]]

    def decide_specialised(self, settings: Settings, months: list[str], regions: list[str]) -> list[FieldDecided]:
        self.calls.append(("specialised", f"{months[0]}..{months[-1]}", str(len(regions))))
        return [FieldDecided(month, region) for month in months for region in regions]

    def decide_combined(self, settings: Settings, months: list[str], regions: list[str]) -> list[FieldDecided]:
        self.calls.append(("combined", f"{months[0]}..{months[-1]}", str(len(regions))))
        return [FieldDecided(month, region) for month in months for region in regions]

    def write_outcomes(self, settings: Settings, months: list[str], regions: list[str]) -> list[OutcomeSummary]:
        self.calls.append(("outcomes", *months))
        return [OutcomeSummary(month, region, rows=2, found=1) for month in months for region in regions]

    def write_effect(self, settings: Settings, months: list[str]) -> list[Effect]:
        self.calls.append(("effect", *months))
        return [
            Effect(month, month, 0, 0, 0, 0, [], [], [], {}, Order(0, 0, None, None, None), None) for month in months
        ]

    def write_fairness(self, settings: Settings, months: list[str]) -> list[Fairness]:
        self.calls.append(("fairness", *months))
        return [Fairness(month, month, 0, []) for month in months]

    def maintain_lake(self, settings: Settings, policy: Any, now: datetime, tell: Any) -> LakeReport:
        self.calls.append(("maintain", f"{now:%Y-%m-%d}"))
        sizes = [LakeState(9 - after, 8 - after, 700 - after, 60, 500, after, 4) for after in (0, 1)]
        return LakeReport(*sizes, expired=1, audited=2, merged=3, rewritten=4, removed=5, orphans=6, compacted="no")

    def overrides(self) -> dict[str, Any]:
        """What ``build_defs`` and ``Platform`` take."""
        return {
            "stage_feed": self.stage_feed,
            "validate": self.validate,
            "publish_feed": self.publish_feed,
            "discard_feed": self.discard_feed,
            "build_month": self.build_month,
            "views_stand": lambda settings, month: self.views_stand,
            "column_lineage": lambda settings, manifest: {},
            "decide": self.decide,
            "decide_specialised": self.decide_specialised,
            "decide_combined": self.decide_combined,
            "write_outcomes": self.write_outcomes,
            "write_effect": self.write_effect,
            "write_fairness": self.write_fairness,
            "draw": self.draw,
            "check_draws": self.check_draws,
            "publish_draw": self.publish_draw,
            "waiting": lambda settings, month: self.waiting.get(month, []),
            "seal": lambda settings, feed, month: self.calls.append(("seal", feed, month)),
            "crawl": self.crawl,
            **{name: partial(self.step, name) for name in STEPS},
            "maintain_lake": self.maintain_lake,
            "now": lambda: self.now,
            "progress": self.lines.append,
        }

    def platform(self) -> Platform:
        """The platform as a resource."""
        return Platform(settings=self.settings, **self.overrides())

    def published(self) -> list[tuple[str, str]]:
        """Feeds and months that were published."""
        return [(call[1], call[2]) for call in self.calls if call[0] == "publish"]


def pytest_configure(config: pytest.Config) -> None:
    for category in ("PreviewWarning", "BetaWarning"):
        config.addinivalue_line("filterwarnings", f"ignore::dagster.{category}")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
def fakes(settings: Settings) -> Fakes:
    return Fakes(settings)


@pytest.fixture
def instance() -> Any:
    with dg.DagsterInstance.ephemeral() as made:
        yield made
