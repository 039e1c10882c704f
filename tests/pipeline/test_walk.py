"""The promises of the walk over time, on a small province that walks it whole: accounts, hashes, readers, the unknown.

Real functions from file to class, without Dagster; that a failed check keeps what follows from being computed stands in
``test_definitions``. What the rows say stands in ``test_walk_content``.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pytest

from orchestration.feeds.contract import delivered_feeds
from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.lake import connect
from orchestration.risk.decide import decide
from orchestration.settings import PROJECT, Settings, region_codes
from orchestration.warehouse.dbt import build_month
from orchestration.warehouse.published import stand
from tests.pipeline import walk
from tests.pipeline.walk import ABSENT, AFTER, BEFORE, COMPUTED, CORRECTED, MONTH, RECEIVED, Walked, asked, of_month

pytestmark = pytest.mark.slow
READERS = 20
"""At most so many queries are asked while a month is written."""


# -- 1 row accounting -----------------------------------------------------------------------------------------------


def test_every_delivered_row_is_accepted_quarantined_or_superseded(walked: Walked) -> None:
    published = walk.manifests(walked.settings)
    assert set(published) == {(feed, month) for feed in delivered_feeds(walked.settings) for month in RECEIVED}
    for feed in delivered_feeds(walked.settings):
        lying = walk.landed(walked.settings, feed)
        months = [published[feed, month] for month in RECEIVED]
        taken = [delivery for month in months for delivery in month.deliveries]
        repeated = {(repeat.arrived_folder, repeat.file) for month in months for repeat in month.repeats}
        places = Counter((delivery.arrived_folder, delivery.file) for delivery in taken)
        assert places == Counter((p.parent.name, p.name) for p in lying if (p.parent.name, p.name) not in repeated), (
            feed
        )
        for month in months:
            assert month.delivered == month.accepted + month.quarantined + month.superseded, (feed, month.month)
            really = 0
            for delivery in month.deliveries:
                path = walked.settings.landing / feed / delivery.arrived_folder / delivery.file
                assert lying[path] == delivery.sha256
                assert delivery.rows == walk.rows_in(path), path
                really += delivery.rows
            assert month.delivered == really
            folder = walked.settings.raw / feed / f"month={month.month}"
            counted = [
                duckdb.read_parquet(str(folder / f"{part}.parquet")).count("*").fetchone() for part in walk.PARTS
            ]
            assert counted == [(month.accepted,), (month.quarantined,), (month.superseded,)], folder
    assert sum(month.delivered for month in published.values()) > 10 * walk.ENTERPRISES


# -- 2 idempotence, 3 isolation, 4 as known then --------------------------------------------------------------------


def test_computing_a_later_month_leaves_the_earlier_ones(walked: Walked) -> None:
    assert {month for _, month in walked.then} == {BEFORE, MONTH}
    assert {key: walked.now[key] for key in walked.then} == walked.then
    computed = {name for name, month in walked.now if month == AFTER}
    assert computed >= {"scores.enterprise", "scores.enterprise_score", "main.risk_class", "main.risk_factor"}


def test_a_month_computed_again_when_more_is_known_says_what_was_known_then(walked: Walked) -> None:
    """The month's rows are spoilt first: only a computation, not what lay there, can bring them back."""
    settings = walked.settings
    with connect(settings) as connection:
        written = walk.base_tables(settings) & {name for name, month in walked.then if month == MONTH}
        for name in written:
            connection.execute(f"DELETE FROM lake.{name} WHERE month = ?", [MONTH])
    spoilt = walk.lake_hashes(settings)
    assert all(spoilt.get((name, MONTH)) != walked.then[name, MONTH] for name in written)
    assert {"main.risk_class", "main.combined_class", "scores.risk_evidence", "affiliates.control_group"} < written
    assert of_month(spoilt, BEFORE) == of_month(walked.then, BEFORE)
    walk.compute(settings, MONTH)
    again = walk.lake_hashes(settings)
    assert of_month(again, MONTH) == of_month(walked.then, MONTH)
    assert again == walked.now


def test_what_came_later_was_more_than_nothing(walked: Walked) -> None:
    """Without late and corrected deliveries of the month, 'as known then' would be shown on nothing."""
    later = [one for one in walk.manifests(walked.settings).values() if one.month > MONTH]
    earlier = RECEIVED[: RECEIVED.index(AFTER)]
    late = {(one.feed, one.month) for one in later for d in one.deliveries if any(month in d.file for month in earlier)}
    assert {("c14_trademarks", "2026-08"), ("c06_penalties", AFTER), (CORRECTED, AFTER)} <= late
    before = walk.manifests(walked.settings)[CORRECTED, RECEIVED[0]]
    assert walk.manifests(walked.settings)[CORRECTED, AFTER].supersedes == (before.deliveries[0].delivery_id,)


def test_a_corrected_delivery_counts_from_the_month_in_which_it_came(walked: Walked, other: Settings) -> None:
    withdrawn = asked(
        walked.settings,
        f"""
        WITH counted AS (
            SELECT *, repeat_complainant OR count(*) OVER (PARTITION BY complainant_id) >= 5 AS left_out
            FROM memory.raw.{CORRECTED} WHERE received_month <= $month
        )
        SELECT enterprise_id FROM counted JOIN lake.scores.enterprise AS e USING (enterprise_id)
        WHERE e.month = $month AND left_out IS NOT TRUE GROUP BY 1
        HAVING bool_and(received_month = $initial AND row_no > 1) AND max(received_on) > DATE '2025-08-01'
        """,
        month=AFTER,
        initial=RECEIVED[0],
    )
    firms = [firm for (firm,) in withdrawn]
    assert len(firms) > 5

    def complained_of(settings: Settings, month: str) -> int:
        """Firms with points for complaints; those without a comparable firm have none in any case."""
        table = "lake.scores.enterprise_score"
        query = f"SELECT count(*) FROM {table} WHERE month = $month AND enterprise_id IN $firms AND v_h050101 > 0"
        ((found,),) = asked(settings, query, month=month, firms=firms)
        return found

    assert complained_of(walked.settings, MONTH) > len(firms) / 3
    assert complained_of(walked.settings, AFTER) == 0
    assert complained_of(other, AFTER) > len(firms) / 3


def test_what_a_delivery_does_not_touch_is_the_same_in_another_lake_without_earlier_months(
    walked: Walked, other: Settings
) -> None:
    assert {month for _, month in walk.lake_hashes(other)} == {AFTER}
    here, there = (walk.value_hashes(settings, AFTER) for settings in (walked.settings, other))
    assert len(here) == 24
    differ = {level for level in here if here[level] != there[level]}
    # the indicators whose feeds, by the catalogue, were changed; a new listing ends the effect of a repair (H040204)
    affected = {"h0303", "h0401", "h0402", "h0501", "h0601"}
    assert differ <= affected
    assert {"h0401", "h0501"} <= differ


def test_taking_deliveries_in_again_changes_no_row(walked: Walked) -> None:
    settings = walked.settings
    before = walk.manifests(settings)
    shutil.rmtree(settings.raw / "c01_base" / f"month={RECEIVED[-1]}")  # as if it had never been taken in
    walk.ingest(settings, [MONTH, RECEIVED[-1]], check=False)
    walk.ingest(settings, RECEIVED, {feed for feed, _ in before if feed[:3] in ("c06", "c08", "c09")}, check=False)
    assert walk.raw_hashes(settings) == walked.raw
    assert walk.manifests(settings) == before


def test_a_delivery_sent_twice_changes_nothing(walked: Walked) -> None:
    """Files of every month come once more in the newest month, which is still open, under other names."""
    settings, feed, month = walked.settings, "c06_penalties", RECEIVED[-1]
    for path in walk.landed(settings, feed):
        if path.parent.name < month and walk.rows_in(path):
            shutil.copyfile(path, settings.landing / feed / month / f"again_{path.name}")
    again = sorted((settings.landing / feed / month).glob("again_*"))
    summary = publish_feed(settings, stage_feed(settings, feed, month))
    assert len(again) > 3 and sorted(r.file for r in summary.repeats) == [path.name for path in again]
    assert walk.raw_hashes(settings) == walked.raw


def test_a_month_can_be_read_while_it_is_written_and_gives_the_same_rows_again(walked: Walked) -> None:
    """``make sql`` in another process: never an error, never half a month."""
    settings = walked.settings
    query = (
        f"select (select count(*) from lake.scores.enterprise where month = '{AFTER}') as live, "
        f"(select count(*) from lake.scores.enterprise_score where month = '{AFTER}') as scored, "
        f"(select count(*) from risk_class where month = '{AFTER}') as classed"
    )
    environment = os.environ | {"ECR_HOME": str(settings.home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("ECR_JURISDICTION", None)
    while_writing = []
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(build_month, settings, AFTER)
        for _ in range(READERS):
            done = subprocess.run(
                [sys.executable, "-W", "ignore", "-m", "orchestration.sql", query],
                capture_output=True, text=True, check=False, cwd=PROJECT, env=environment, timeout=120,
            )  # fmt: skip
            if writing.done():
                break
            while_writing.append((done.returncode, done.stderr, done.stdout))
        assert {node.status for node in writing.result().nodes} <= {"success", "pass"}
    assert while_writing, "no query came back before the month was written"
    for code, complaint, answer in while_writing:
        assert (code, complaint) == (0, "")
        _, counts = csv.reader(io.StringIO(answer))
        assert len(set(counts)) == 1 and int(counts[0]) > walk.ENTERPRISES / 2
    assert walk.lake_hashes(settings) == walked.now


def test_deciding_one_region_anew_replaces_that_region_only(walked: Walked) -> None:
    settings, (region, *_) = walked.settings, region_codes(walked.settings)
    by = "month || ' ' || region_code"
    before = walk.lake_hashes(settings, by=by)
    assert len(before) > 30
    with connect(settings) as connection:
        connection.execute("UPDATE lake.main.risk_class SET reason = 'spoilt'")
    spoilt = walk.lake_hashes(settings, by=by)
    decide(settings, [MONTH], [region])
    once = walk.lake_hashes(settings, by=by)
    assert {key for key in spoilt if once[key] != spoilt[key]} == {("main.risk_class", f"{MONTH} {region}")}
    decide(settings, COMPUTED, region_codes(settings))
    assert walk.lake_hashes(settings, by=by) == before


def test_published_views_stand_once_they_were_made_and_not_for_another_month(other: Settings) -> None:
    assert stand(other, AFTER)
    assert not stand(other, MONTH)


@pytest.mark.parametrize(
    "spoilt",
    [
        "lake.main.risk_class SET score = score + 1",
        "lake.scores.enterprise_score SET p_h010101 = p_h010101 + 1",
    ],
)
def test_what_people_read_is_tested_against_what_was_decided(other: Settings, spoilt: str) -> None:
    (path,) = other.dbt_target.rglob("compiled/**/factors_add_up.sql")
    problems = path.read_text(encoding="utf-8")
    with connect(other) as connection:
        assert connection.execute(problems).fetchall() == []
        connection.execute("BEGIN TRANSACTION")
        connection.execute(f"UPDATE {spoilt} WHERE month = '{AFTER}'")
        assert len(connection.execute(problems).fetchall()) == 1
        connection.execute("ROLLBACK")


# -- 9 unknown is not zero ------------------------------------------------------------------------------------------


def test_what_was_not_delivered_is_unknown_and_gives_no_points(walked: Walked, other: Settings) -> None:
    assert not (other.landing / ABSENT).exists()
    query = (
        "SELECT indicator_code, bool_or(known), bool_or(value IS NOT NULL OR band IS NOT NULL), sum(abs(points)) "
        "FROM risk_factor WHERE month = $month AND indicator_code IN ('H040101', 'H040102', 'H040103') "
        "GROUP BY 1 ORDER BY 1"
    )
    unknown = asked(other, query, month=AFTER)
    assert unknown == [("H040101", False, False, 0), ("H040102", False, False, 0), ("H040103", False, False, 0)]
    assert all(known and points > 0 for _, known, _, points in asked(walked.settings, query, month=AFTER))
