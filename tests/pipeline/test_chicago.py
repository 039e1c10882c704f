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
from orchestration.catalogue.load import catalogue_versions
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


def test_what_no_version_of_the_city_knows_is_no_part_of_the_score(
    ask: Callable[[str], list[tuple]], classified: Settings
) -> None:
    columns = ask(
        "SELECT column_name FROM (DESCRIBE lake.scores.enterprise_score) WHERE starts_with(column_name, 'v_')"
    )
    # what is only measured, to be learned from, has a value and no points
    known = {indicator.column for version in catalogue_versions(classified) for indicator in version.indicators}
    assert {name.removeprefix("v_") for (name,) in columns} == known
    in_force = {indicator.column for indicator in load_catalogue(classified, "2014-08").indicators}
    only_measured = sorted(known - in_force)
    assert only_measured
    for column in only_measured:
        assert ask(f"SELECT count(v_{column}) > 0, count(p_{column}) FROM lake.scores.enterprise_score") == [(True, 0)]


def test_what_visits_found_is_that_of_the_records_known_then(ask: Callable[[str], list[tuple]], archive: Path) -> None:
    """Rate, last result and number of others of 2014-08 worked out anew from the archive."""
    expected = duckdb.execute(
        """
        WITH visits AS (
            SELECT "License #" AS enterprise_id, CAST("Critical Violations" AS INTEGER) > 0 AS critical,
                power(0.5, floor((2014 * 12 + 8 - year(day) * 12 - month(day)) / 12)) AS weight,
                "Results" AS result, day, CAST("Inspection ID" AS VARCHAR) AS visit
            FROM (SELECT *, CAST("Inspection Date" AS DATE) AS day FROM read_csv(?, all_varchar = true))
            WHERE day <= DATE '2014-08-31'
        )
        SELECT enterprise_id, round((sum(weight * CAST(critical AS INTEGER)) + 1.5 * 0.14) / (sum(weight) + 1.5), 4),
            CASE arg_max(result, (day, visit))
                WHEN 'Pass' THEN 'nothing' WHEN 'Fail' THEN 'pending' ELSE 'corrected'
            END
        FROM visits GROUP BY 1 ORDER BY 1
        """,
        [str(archive / "food_inspections.csv")],
    ).fetchall()
    found = ask("SELECT enterprise_id, v_h040702, v_h040701 FROM lake.scores.enterprise_score WHERE month = '2014-08'")
    visited = {enterprise: rest for enterprise, *rest in expected}
    assert len(found) > 500
    assert all(values == visited.get(enterprise, [0.14, "never"]) for enterprise, *values in found)


def test_the_points_of_a_score_add_up(ask: Callable[[str], list[tuple]], classified: Settings) -> None:
    columns = " + ".join(f"p_{code.lower()}" for code in load_catalogue(classified, "2014-08").codes)
    assert ask(
        f"SELECT count(*) > 500, count_if({columns} <> score) FROM lake.scores.enterprise_score WHERE month = '2014-08'"
    ) == [(True, 0)]


def test_the_study_covers_the_test_rows(study: Study, archive: Path) -> None:
    outcomes = pl.read_csv(archive / "published_rows.csv", infer_schema=False).filter(pl.col("is_test") == "true")
    assert study.test.rows == outcomes.height
    assert sum(row.visits for row in study.test.classes) == study.test.rows - study.test.without_class
    assert study.test.without_class <= 2
    assert set(study.rows.filter("is_test")["month"]) == set(CLASSIFIED)
