"""Who can make visits in a month, how many, and whom nobody may send where: the edges of the month."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.inspection.known import conflicts, inspectors
from orchestration.lake import connect
from orchestration.settings import Settings
from tests.integration.inspection.province import FIRST, REGIONS, inspector
from tests.integration.raw_rows import publish

APRIL = "2026-04-01", "2026-05-01"


@pytest.mark.parametrize(
    ("active_from", "active_to", "capacity"),
    [
        ("2020-01-01", None, 20),
        ("2020-01-01", "2026-04-30", 20),
        ("2020-01-01", "2026-04-15", 10),
        ("2026-04-16", None, 10),
        ("2026-04-11", "2026-04-20", 6),
        ("2020-01-01", "2026-04-02", 1),
        ("2020-01-01", "2026-04-01", 0),
        ("2020-01-01", "2026-03-31", 0),
        ("2026-05-01", None, 0),
    ],
)
def test_the_load_is_in_proportion_to_the_days_of_the_month(tmp_path, active_from, active_to, capacity):
    settings = Settings(home=tmp_path)
    row = inspector("one", REGIONS[0]) | {"active_from": active_from, "active_to": active_to}
    publish(settings, "s02_inspectors", FIRST, [row, inspector("other", REGIONS[0])])
    with connect(settings, read_only=False, views=False) as connection:
        found = inspectors(connection, settings, FIRST, APRIL, REGIONS)
    assert dict(found.select("inspector_id", "capacity").iter_rows()).get("one", 0) == capacity
    assert dict(found.select("inspector_id", "capacity").iter_rows())["other"] == 20


def test_a_conflict_counts_from_the_first_to_the_last_day_of_the_month(tmp_path):
    settings = Settings(home=tmp_path)
    spans = {
        "over": ("2026-01-01", "2026-03-31"),
        "ends": ("2026-01-01", "2026-04-01"),
        "begins": ("2026-04-30", None),
        "later": ("2026-05-01", None),
    }
    rows = [
        {"inspector_id": name, "enterprise_id": "E", "reason": "relative", "starts_on": start, "ends_on": end}
        for name, (start, end) in spans.items()
    ]
    publish(settings, "s03_inspector_conflicts", FIRST, rows)
    with connect(settings, read_only=False, views=False) as connection:
        found = conflicts(connection, settings, FIRST, APRIL)
    assert (
        found.to_dicts() == pl.DataFrame({"inspector_id": ["begins", "ends"], "enterprise_id": ["E", "E"]}).to_dicts()
    )
