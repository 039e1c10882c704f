"""One turn of the loop without the walk around it: draw, publish, visit, deliver, outcome."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import polars as pl
import pytest

from orchestration.effect.outcome import write_outcomes
from orchestration.effect.store import known_outcomes
from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.inspection.package import made_visits
from orchestration.inspection.publish import publish_draw
from orchestration.inspection.run import draw_months
from orchestration.inspection.store import read
from orchestration.inspection.verify import verify_draw
from orchestration.lake import connect
from orchestration.settings import Settings
from orchestration.simulation.answers import FEED, answer
from tests.integration.inspection.province import REGIONS, build, inspector
from tests.integration.raw_rows import publish

CLASSED, VISITED, AFTER = "2026-02", "2026-03", "2026-04"
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    firms = build(settings)
    with connect(settings, views=False) as connection:
        for column in ("score DECIMAL(7, 2)", "computed_class VARCHAR"):
            connection.execute(f"ALTER TABLE lake.main.risk_class ADD COLUMN {column}")
        for column in ("size_group VARCHAR", "age_years DOUBLE"):
            connection.execute(f"ALTER TABLE lake.scores.enterprise ADD COLUMN {column}")
    planted = settings.home / "simulation" / "planted.parquet"
    planted.parent.mkdir(parents=True)
    pl.DataFrame(
        [{"enterprise_id": firm["enterprise_id"], "latent_class": firm["class"]} for firm in firms]
    ).write_parquet(planted)
    # as the door leaves them: hashes
    people = [
        hashlib.sha256(f"{region} {number}".encode()).hexdigest()[:32] for region in REGIONS for number in range(6)
    ]
    publish(
        settings, "s02_inspectors", CLASSED, [inspector(one, REGIONS[place // 6]) for place, one in enumerate(people)]
    )
    draw_months(settings, [CLASSED], REGIONS, "a seed")
    publish_draw(settings, CLASSED, now=NOW)
    answer(settings, made_visits(settings, VISITED), VISITED, seed=1)
    for month in (VISITED, AFTER):
        publish_feed(settings, stage_feed(settings, FEED, month))
    write_outcomes(settings, [VISITED, AFTER], REGIONS)
    return settings


def test_every_visit_that_is_made_comes_home_as_an_outcome_of_its_draw(settings):
    with connect(settings, read_only=True, views=False) as connection:
        drawn = read(connection, "inspection_draw", CLASSED, REGIONS).filter(pl.col("put_off").is_null())
        outcomes = known_outcomes(connection, AFTER)
    assert drawn.height > 2
    columns = ["visit_id", "enterprise_id", "draw_id", "probability"]
    told = outcomes.select(pl.col("visit").alias("visit_id"), *columns[1:]).sort("visit_id")
    assert told.equals(drawn.select(columns).sort("visit_id"))


def test_inspectors_come_home_as_the_ones_who_were_assigned(settings):
    with connect(settings, read_only=True, views=False) as connection:
        teams = read(connection, "inspection_visit", CLASSED, REGIONS).filter(pl.col("role") == "lead")
        outcomes = known_outcomes(connection, AFTER)
    leads = dict(outcomes.select("visit", "lead_inspector_id").iter_rows())
    assert leads == dict(teams.select("visit_id", "inspector_id").iter_rows())


def test_the_published_draws_can_be_drawn_again(settings):
    checked = verify_draw(settings, CLASSED)
    assert [one.region_code for one in checked] == REGIONS
    assert all(one.passed for one in checked)
