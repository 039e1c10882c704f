"""The whole road on a tenth of a city's real records: replay, ingest, indicators, classes, study.

The records are not part of the repository: without them the test skips and says so.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from orchestration.catalogue import load_catalogue
from orchestration.evaluation.study import Study, run_study
from orchestration.feeds.contract import delivered_feeds, load_contract
from orchestration.feeds.ingest import FeedMonth, publish_feed, stage_feed
from orchestration.feeds.replay import replay
from orchestration.lake import connect
from orchestration.risk.decide import decide
from orchestration.settings import PROJECT, Settings, month_range
from orchestration.warehouse.dbt import build_month

REAL = Path(os.environ.get("ECR_REAL_DATA") or PROJECT.parent / "shared" / "real") / "chicago"
CLASSIFIED = ["2014-08", "2014-09"]
"""The months before the study's two test months."""

pytestmark = [
    pytest.mark.real,
    pytest.mark.slow,
    pytest.mark.skipif(
        not REAL.is_dir(),
        reason=f"the real records are not at {REAL}; set ECR_REAL_DATA to the folder that holds chicago/",
    ),
]

PARTS = {
    "food_inspections.csv": "License #",
    "business_licences.csv": "LICENSE NUMBER",
    "published_rows.csv": "License #",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every tenth licence of the real archive, all rows of it, in the files' own order."""
    folder = tmp_path_factory.mktemp("archive")
    for name, number in PARTS.items():
        rows = pl.read_csv(REAL / name, infer_schema=False)
        rows.filter(pl.col(number).str.ends_with("3")).write_csv(folder / name)
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=tmp_path_factory.mktemp("home"), jurisdiction="chicago")


@pytest.fixture(scope="module")
def ingested(settings: Settings, archive: Path) -> list[FeedMonth]:
    replay(settings, archive, until="2014-10")
    return [
        publish_feed(settings, stage_feed(settings, feed, month))
        for feed in delivered_feeds(settings)
        for month in month_range(str(settings.profile["first_month"]), "2014-10")
    ]


def regions(settings: Settings) -> list[str]:
    return pl.read_csv(settings.definition / "reference" / "regions.csv", infer_schema=False)["region_code"].to_list()


@pytest.fixture(scope="module")
def classified(settings: Settings, ingested: list[FeedMonth]) -> Settings:
    for month in CLASSIFIED:
        build_month(settings, month)
    decide(settings, CLASSIFIED, regions(settings))
    return settings


@pytest.fixture(scope="module")
def study(classified: Settings, archive: Path) -> Study:
    return run_study(classified, archive)


@pytest.fixture
def ask(classified: Settings) -> Callable[[str], list[tuple]]:
    def fetch(query: str) -> list[tuple]:
        with connect(classified, read_only=True) as connection:
            return connection.execute(query).fetchall()

    return fetch


def archive_rows(archive: Path, settings: Settings, feed: str) -> int:
    """Rows of the archive that belong to a feed and were known by 2014-10."""
    contract = load_contract(settings, feed)
    assert contract.replay is not None
    rows = pl.read_csv(archive / contract.replay.file, infer_schema=False)
    for header, values in contract.replay.where.items():
        rows = rows.filter(pl.col(header).is_in(values))
    return rows.filter(pl.col(contract.replay.known_on) < "2014-11").height


def test_every_row_of_the_archive_is_accounted_for(
    settings: Settings, archive: Path, ingested: list[FeedMonth]
) -> None:
    for feed in delivered_feeds(settings):
        months = [one for one in ingested if one.feed == feed]
        assert all(one.delivered == one.accepted + one.quarantined + one.superseded for one in months)
        assert sum(one.delivered for one in months) == archive_rows(archive, settings, feed)
        assert sum(one.accepted for one in months) > 0


def test_an_inspection_is_received_in_its_month(ask: Callable[[str], list[tuple]]) -> None:
    assert ask(
        "SELECT count(*) FROM memory.raw.c07_spot_checks WHERE strftime(checked_on, '%Y-%m') <> received_month"
    ) == [(0,)]


def test_texts_of_results_are_mapped_and_kept(ask: Callable[[str], list[tuple]]) -> None:
    assert ask("SELECT DISTINCT result_code, result FROM memory.raw.c07_spot_checks ORDER BY 1") == [
        ("Fail", "8"),
        ("Pass", "1"),
        ("Pass w/ Conditions", "5"),
    ]


def test_the_latest_licence_term_that_had_begun_is_the_one_known(
    ask: Callable[[str], list[tuple]], archive: Path
) -> None:
    expected = duckdb.execute(
        'SELECT count(DISTINCT "LICENSE NUMBER") FROM read_csv(?, all_varchar = true) '
        'WHERE "LICENSE TERM START DATE" < ? AND "WARD" IS NOT NULL',
        [str(archive / "business_licences.csv"), "2014-09-01"],
    ).fetchone()
    assert ask("SELECT count(*) FROM lake.scores.enterprise WHERE month = '2014-08'") == [expected]


def test_what_the_citys_catalogue_does_not_know_is_no_part_of_the_score(
    ask: Callable[[str], list[tuple]], classified: Settings
) -> None:
    columns = ask(
        "SELECT column_name FROM (DESCRIBE lake.scores.enterprise_score) WHERE starts_with(column_name, 'v_')"
    )
    known = {indicator.column for indicator in load_catalogue(classified, "2014-08").indicators}
    assert {name.removeprefix("v_") for (name,) in columns} == known and len(known) == 3


def test_points_are_those_of_the_records_known_then(ask: Callable[[str], list[tuple]], archive: Path) -> None:
    """Score of 2014-08 worked out anew from the archive, for premises that no cap or decay touches."""
    expected = duckdb.execute(
        """
        WITH known AS (
            SELECT "License #" AS enterprise_id, count(*) FILTER ("Results" = 'Pass w/ Conditions') AS conditions,
                count(*) FILTER ("Results" = 'Fail') AS failed
            FROM read_csv(?, all_varchar = true)
            WHERE "Inspection Date" > '2012-08-31' AND "Inspection Date" <= '2014-08-31'
            GROUP BY 1
        ),
        premises AS (
            SELECT "LICENSE NUMBER" AS enterprise_id, min("FIRST LICENSED ON") AS since
            FROM read_csv(?, all_varchar = true)
            WHERE "LICENSE TERM START DATE" <= '2014-08-31' AND "WARD" IS NOT NULL
            GROUP BY 1
        )
        SELECT enterprise_id, 500 * coalesce(conditions, 0) + CASE WHEN failed > 0 THEN 280 ELSE 0 END
        FROM premises LEFT JOIN known USING (enterprise_id)
        WHERE since < '2004-08-01' AND coalesce(conditions, 0) <= 1
        ORDER BY 1
        """,
        [str(archive / "food_inspections.csv"), str(archive / "business_licences.csv")],
    ).fetchall()
    found = ask("SELECT enterprise_id, CAST(score AS DOUBLE) FROM lake.main.risk_class WHERE month = '2014-08'")
    scores = dict(found)
    assert len(expected) > 100
    assert {key: scores[key] for key, _ in expected} == {key: float(score) for key, score in expected}


def test_the_study_covers_the_test_rows(study: Study, archive: Path) -> None:
    outcomes = pl.read_csv(archive / "published_rows.csv", infer_schema=False).filter(pl.col("is_test") == "true")
    assert study.test.rows == outcomes.height
    assert sum(row.visits for row in study.test.classes) == study.test.rows - study.test.without_class
    assert study.test.without_class <= 2
    assert set(study.rows.filter("is_test")["month"]) == set(CLASSIFIED)
