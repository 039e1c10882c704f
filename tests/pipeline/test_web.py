"""From pages to points through Dagster: a small web is served, crawled, read, matched, judged, and enters the walk."""

from __future__ import annotations

import hashlib

import dagster as dg
import polars as pl
import pytest

from orchestration.defs.feeds import feed_key
from orchestration.defs.launch import Launcher
from orchestration.defs.partitions import month_range_tags
from orchestration.defs.web import COMPLETE, FEED, SIGNALS, pages_key, texts_key
from orchestration.settings import Settings
from orchestration.simulation import simulate
from orchestration.simulation.web.serve import SmallWeb
from orchestration.warehouse.dbt import build_month
from orchestration.web.archive import read_page
from orchestration.web.sources import load_sources
from orchestration.web.store import Partition
from tests.pipeline import walk
from tests.pipeline.walk import asked

RECEIVED = ["2026-04", "2026-05", "2026-06"]
NAMING = ("c01_base", "c01_changes", "c01_deregistrations", "c01_persons", "c01_revocations", "s01_match_answers")
DEAD = "jobs.example"
"""Site that does not answer at all."""

pytestmark = pytest.mark.slow


class Crawled:
    """A platform whose web branch has been run, and what the small web was asked for."""

    def __init__(self, settings: Settings, instance: dg.DagsterInstance, proxy: str) -> None:
        self.settings, self.instance = settings, instance
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("ECR_WEB_PROXY", proxy)
            launcher = Launcher(settings, instance, lambda _: None)
            pages = sorted(launcher._keys("crawl"))
            launcher.run("crawl", month_range_tags(RECEIVED[0], RECEIVED[-1]), pages)
            launcher.signals(RECEIVED[0], RECEIVED[-1])

    def raw(self, month: str) -> pl.DataFrame:
        """Accepted rows of the feed."""
        return pl.read_parquet(self.settings.raw / FEED / f"month={month}" / "accepted.parquet")

    def check(self, key: dg.AssetKey) -> bool:
        """Whether the newest evaluation of an asset's completeness passed."""
        history = self.instance.event_log_storage.get_asset_check_execution_history
        (record,) = history(dg.AssetCheckKey(key, COMPLETE), limit=1)
        return bool(record.event.dagster_event.event_specific_data.passed)


def _deliver(settings: Settings) -> None:
    simulate(settings, 800, 7, RECEIVED[1], len(RECEIVED) - 1, web="pages")
    walk.ingest(settings, RECEIVED, NAMING, check=False)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    settings = Settings(home=tmp_path_factory.mktemp("web"))
    _deliver(settings)
    with SmallWeb(settings) as web, dg.DagsterInstance.ephemeral() as instance:
        found = Crawled(settings, instance, web.url)
        found.requests = list(web.log)
        yield found


@pytest.fixture(scope="module")
def truth(crawled: Crawled) -> pl.DataFrame:
    return pl.read_parquet(crawled.settings.home / "simulation" / "web_truth.parquet")


def test_every_source_gives_what_it_should_in_every_month(crawled):
    for source in load_sources(crawled.settings):
        assert crawled.check(pages_key(source)) and crawled.check(texts_key(source)), source
        for month in RECEIVED:
            assert Partition(crawled.settings, "texts", month, source).read("texts").height


def test_what_robots_txt_forbids_and_what_lies_elsewhere_is_never_asked_for(crawled):
    hosts = {host for host, _ in crawled.requests}
    allowed = {host for source in load_sources(crawled.settings).values() for host in source.hosts}
    assert hosts <= allowed
    assert not [path for _, path in crawled.requests if path.startswith(("/internal/", "/calendar/"))]
    skipped = Partition(crawled.settings, "crawl", RECEIVED[-1], "news_heluo").read("skipped")
    reasons = set(skipped["reason"])
    assert {"robots", "redirect_away", "redirect_loop", "too_large", "timeout", "empty"} <= reasons
    assert skipped["sentence"].str.len_chars().min() > 20


def test_what_was_seen_is_not_fetched_again(crawled):
    parts = [Partition(crawled.settings, "crawl", month, "court_notices") for month in RECEIVED]
    items = pl.concat([part.read("items") for part in parts])
    assert items.filter(pl.col("state") == "live")["url"].is_unique().all()
    # pages young enough to change are asked whether they did, and not sent again
    again = [part.summary() for part in parts[1:]]
    assert sum(one["unchanged"] for one in again) > 0
    assert all(one["by_status"]["304"] >= one["unchanged"] for one in again)


def test_signals_walk_like_any_delivery_and_are_about_whom_they_say(crawled, truth):
    rows = pl.concat([crawled.raw(month) for month in RECEIVED])
    delivered = [Partition(crawled.settings, "signals", month).summary()["signals"] for month in RECEIVED]
    assert rows.height == sum(delivered) > 100
    meant = truth.drop_nulls("enterprise_id").select("url", "enterprise_id", "name_kind", right=True).unique()
    sure = rows.filter(pl.col("match_confidence") >= 0.9).select("url", "enterprise_id").unique()
    right = sure.join(meant, on=["url", "enterprise_id"], how="left")["right"].fill_null(False)
    assert right.mean() >= 0.98
    plain = meant.filter(pl.col("name_kind").is_in(["code", "full", "former"]))
    assert plain.height > 50 and sure.join(plain, on=["url", "enterprise_id"]).height >= 0.95 * plain.height


def test_a_signal_can_be_shown_as_the_page_it_came_from(crawled):
    row = crawled.raw(RECEIVED[-1]).sort("signal_no").row(0, named=True)
    items = pl.concat([Partition(crawled.settings, "crawl", month, row["source"]).read("items") for month in RECEIVED])
    (item,) = items.filter(pl.col("item_id") == row["page"]).rows(named=True)
    page = read_page(crawled.settings, item["warc"], item["warc_offset"], item["payload_sha256"])
    assert hashlib.sha256(page.body).hexdigest() == item["payload_sha256"] == row["payload_sha256"]


def test_signals_reach_points_with_their_page_as_evidence_and_nothing_unsure_does(crawled):
    build_month(crawled.settings, RECEIVED[-1])
    evidence = asked(
        crawled.settings,
        "SELECT evidence.indicator_code, signal.topic, signal.match_confidence, signal.page "
        "FROM risk_evidence AS evidence INNER JOIN raw.w01_web_signals AS signal "
        "ON evidence.record_id = signal.delivery_id || ':' || signal.row_no "
        "WHERE evidence.feed = 'w01_web_signals' AND evidence.month = $month",
        month=RECEIVED[-1],
    )
    assert {"H050201", "H050203"} <= {code for code, *_ in evidence}
    assert all(confidence >= 0.9 and page for _, _, confidence, page in evidence)
    assert {topic for _, topic, *_ in evidence} <= {"NEWS", "COMPLAINT", "AD", "TRADE"}


def test_a_second_run_of_a_month_changes_nothing(crawled):
    before = {month: crawled.raw(month) for month in RECEIVED}
    with SmallWeb(crawled.settings) as web:
        again = Crawled(crawled.settings, crawled.instance, web.url)
    for month in RECEIVED:
        assert again.raw(month).equals(before[month])


def test_a_source_that_fails_holds_back_no_other(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("dead"))
    _deliver(settings)
    path = settings.home / "simulation" / "web" / "items.parquet"
    pl.read_parquet(path).filter(pl.col("host") != DEAD).write_parquet(path)
    with SmallWeb(settings) as web, dg.DagsterInstance.ephemeral() as instance:
        found = Crawled(settings, instance, web.url)
        dead = {name for name, source in load_sources(settings).items() if DEAD in source.hosts}
        for name in load_sources(settings):
            assert found.check(pages_key(name)) == (name not in dead)
        assert instance.get_materialized_partitions(SIGNALS) == set(RECEIVED)
        assert instance.get_materialized_partitions(feed_key(FEED)) == set(RECEIVED)
    assert not set(found.raw(RECEIVED[-1])["source"]) & dead
    summary = Partition(settings, "crawl", RECEIVED[-1], *dead).summary()
    assert summary["status"] == "failed" and DEAD in summary["sentence"]
