"""Precision and recall on planted rows: what is accepted is right, and most of what can be found is."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.evaluation.links import by_kind, measure, outcomes
from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.lake import prepare
from orchestration.resolution.names import build_names
from orchestration.resolution.records import LinkSummary, resolve_records
from orchestration.resolution.unresolved import resolved_feeds
from orchestration.settings import Settings, SettingsError
from orchestration.simulation import simulate

REGISTER = ("c01_base", "c01_changes", "c01_persons", "c01_deregistrations", "c01_revocations")
MONTHS = ("2026-04", "2026-05")


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, list[LinkSummary]]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    simulate(settings, 12_000, 7, "2026-05", 1)
    prepare(settings)
    summaries = []
    for month in MONTHS:
        for feed in (*REGISTER, *(contract.feed for contract in resolved_feeds(settings))):
            publish_feed(settings, stage_feed(settings, feed, month))
        build_names(settings, month)
        summaries.append(resolve_records(settings, month))
    return settings, summaries


def test_what_is_accepted_is_right_and_most_is_found(walked: tuple[Settings, list[LinkSummary]]) -> None:
    found = measure(outcomes(walked[0], MONTHS[-1]))
    assert found.rows > 300 and found.findable > 270
    assert found.precision >= 0.98, found
    assert found.recall >= 0.85, found
    assert found.reach >= 0.95, found


def test_every_kind_is_planted_and_firms_of_elsewhere_are_left_alone(
    walked: tuple[Settings, list[LinkSummary]],
) -> None:
    kinds = by_kind(outcomes(walked[0], MONTHS[-1]))
    assert set(kinds) == {
        "missing", "masked", "malformed", "misspelt", "short", "former", "bracketed", "namesake", "elsewhere",
        "stranger",
    }  # fmt: skip
    assert kinds["elsewhere"].linked == kinds["elsewhere"].findable == 0
    assert kinds["stranger"].linked <= 1
    for kind in ("missing", "masked", "malformed", "former"):
        assert kinds[kind].recall >= 0.97, (kind, kinds[kind])


def test_every_row_without_a_code_is_decided_once(walked: tuple[Settings, list[LinkSummary]]) -> None:
    settings, summaries = walked
    without = sum(
        pl.read_parquet(settings.raw / contract.feed / f"month={month}" / "accepted.parquet")
        .filter(pl.col("enterprise_id").is_null() & ~pl.col(contract.resolve.name).str.ends_with("*"))
        .height
        for contract in resolved_feeds(settings)
        for month in MONTHS
    )
    assert sum(summary.rows for summary in summaries) == without


def test_without_planted_truth_nothing_is_measured(settings: Settings) -> None:
    with pytest.raises(SettingsError, match=r"codeless.parquet is not there; only links of simulated deliveries"):
        outcomes(settings, "2026-05")
