"""A month is computed with the catalogue version of its time: the last of version 1, the first of version 2."""

from __future__ import annotations

import pytest

from orchestration.settings import Settings
from orchestration.simulation import simulate
from tests.pipeline import walk
from tests.pipeline.walk import asked, of_month

LAST_OF_ONE, FIRST_OF_TWO = "2023-06", "2023-07"
RECEIVED = ["2023-05", LAST_OF_ONE, FIRST_OF_TWO]


@pytest.fixture(scope="module")
def province(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = Settings(home=tmp_path_factory.mktemp("versions"))
    simulate(settings, 300, 7, LAST_OF_ONE, 2)
    walk.ingest(settings, RECEIVED, check=False)
    walk.compute(settings, LAST_OF_ONE, FIRST_OF_TWO)
    walk.publish_views(settings)
    return settings


def test_each_month_has_the_indicators_of_its_version(province):
    rows = asked(
        province,
        "SELECT month, catalogue_version, count(DISTINCT indicator_code), count(*) / count(DISTINCT enterprise_id) "
        "FROM risk_factor GROUP BY 1, 2 ORDER BY 1",
    )
    assert rows == [(LAST_OF_ONE, "v1", 48, 48.0), (FIRST_OF_TWO, "v2", 81, 81.0)]


def test_what_was_not_in_force_carries_no_points_though_it_was_computed(province):
    ((known, points),) = asked(
        province,
        "SELECT count(v_h070104), count(p_h070104) FROM scores.enterprise_score WHERE month = $month",
        month=LAST_OF_ONE,
    )
    assert known > 0
    assert points == 0


def test_points_add_up_under_both_versions(province):
    wrong = asked(
        province,
        "SELECT month, enterprise_id FROM risk_factor JOIN risk_class USING (month, enterprise_id) "
        "GROUP BY month, enterprise_id HAVING sum(points) <> any_value(score)",
    )
    assert wrong == []


def test_the_older_month_computed_again_under_a_newer_catalogue_stays_what_it_was(province):
    before = of_month(walk.lake_hashes(province), LAST_OF_ONE)
    walk.compute(province, LAST_OF_ONE)
    assert of_month(walk.lake_hashes(province), LAST_OF_ONE) == before
