"""Blocking, with the real reader, suites and models: what a bad delivery stops, and what goes on."""

from __future__ import annotations

import shutil

import dagster as dg
import pytest

from orchestration.defs.feeds import QUALITY, feed_key
from orchestration.defs.launch import Launcher, LaunchError
from orchestration.defs.partitions import month_range_tags
from orchestration.defs.translator import RISK_CLASS
from orchestration.feeds.ledger import published, waiting
from orchestration.lake import connect
from orchestration.simulation import simulate

FEEDS = ("c01_base", "c04_abnormal_list", "c06_penalties", "c07_spot_checks")
LISTED = "enterprise_id,ground,listed_on,listed_by,removed_on,removal_reason"
MONTH = "2026-05"

pytestmark = pytest.mark.slow


@pytest.fixture
def launcher(settings):
    simulate(settings, 300, 7, MONTH, 1)
    with dg.DagsterInstance.ephemeral() as instance:
        # this test delivers four feeds only, and waits for no other
        mine = {"waiting": lambda *of: [text for text in waiting(*of) if text.startswith(FEEDS)]}
        launcher = Launcher(settings, instance, lambda _: None, mine)
        launcher.run("ingest", month_range_tags("2026-04", "2026-04"), [feed_key(feed) for feed in FEEDS])
        yield launcher, instance


def deliver(settings, feed: str, text: str) -> None:
    """Put one CSV in the place of what was delivered for the feed in the month."""
    folder = settings.landing / feed / MONTH
    shutil.rmtree(folder)
    folder.mkdir()
    (folder / f"{feed}.csv").write_text(text, encoding="utf-8")


def walk(launcher: Launcher) -> None:
    """The job `month` on the feeds of this test and all models."""
    job = launcher._definitions.resolve_job_def("month")
    models = [key for key in job.asset_layer.selected_asset_keys if key.path[0] != "raw"]
    launcher.run("month", month_range_tags(MONTH, MONTH), [*(feed_key(feed) for feed in FEEDS), *models])


def test_a_refused_and_a_stopped_feed_keep_the_month_from_being_computed_until_they_are_cured(settings, launcher):
    launcher, instance = launcher
    with connect(settings) as connection:
        known = f"read_parquet('{settings.raw}/c01_base/*/accepted.parquet')"
        codes = [code for (code,) in connection.execute(f"SELECT enterprise_id FROM {known} LIMIT 12").fetchall()]
    backwards = [f"{code},1,2026-05-10,局,2026-05-01,1" for code in codes]  # removed before they were listed
    deliver(settings, "c04_abnormal_list", "\n".join([LISTED, *backwards, ""]))
    deliver(settings, "c06_penalties", "XDR_LB,CF_WSH,mood\n1,A1,good\n")

    with pytest.raises(LaunchError) as refusal:
        walk(launcher)

    said = str(refusal.value)
    assert "raw__c04_abnormal_list" in said and "accuracy 准确性, removed_on" in said
    assert "raw__c06_penalties" in said and "c06_penalties.csv" in said and "mood" in said
    check = dg.AssetCheckKey(feed_key("c04_abnormal_list"), QUALITY)
    record = instance.event_log_storage.get_asset_check_execution_history(check, limit=1)[0]
    assert record.partition == MONTH
    evaluation = record.event.dagster_event.event_specific_data
    assert (evaluation.passed, evaluation.blocking) == (False, True)
    assert evaluation.metadata["data_docs"].value.endswith(f"/c04_abnormal_list/{MONTH}.html")
    assert (settings.quality / "c04_abnormal_list" / f"{MONTH}.html").is_file()
    # the other feeds went on, these two published nothing, and nothing behind them was computed
    assert MONTH in published(settings, "c01_base") and MONTH in published(settings, "c07_spot_checks")
    assert MONTH not in published(settings, "c04_abnormal_list") and MONTH not in published(settings, "c06_penalties")
    with connect(settings, read_only=True) as connection:
        tables = connection.execute("SELECT table_name FROM information_schema.tables WHERE table_catalog = 'lake'")
        assert tables.fetchall() == []
    assert not instance.get_materialized_partitions(RISK_CLASS)
    # nor does a run of the models alone walk past them
    with pytest.raises(LaunchError, match=r"2026-05 is not computed. c04_abnormal_list 2026-05 was refused"):
        launcher.compute(MONTH, MONTH)

    deliver(settings, "c04_abnormal_list", "\n".join([LISTED, *(f"{code},1,2026-05-10,局,," for code in codes), ""]))
    deliver(settings, "c06_penalties", "XDR_LB,UNISCID,CF_WSH,CF_CFLB,CF_JDRQ,CF_CFJG\n")
    walk(launcher)
    with connect(settings, read_only=True) as connection:
        query = "SELECT count(*) FILTER (v_h040101 = 1), count(*) > 0 FROM scores.enterprise_score WHERE month = ?"
        listed, any_row = connection.execute(query, [MONTH]).fetchone()
    assert any_row and listed > 0


def test_no_check_is_left_hanging(launcher):
    launcher, instance = launcher
    store = instance.event_log_storage
    checks = launcher._definitions.get_repository_def().asset_graph.asset_check_keys
    records = {key: store.get_asset_check_execution_history(key, limit=20) for key in checks}
    hanging = [str(key) for key, found in records.items() if any(record.status.value == "PLANNED" for record in found)]
    assert hanging == []
    assert any(records.values())
