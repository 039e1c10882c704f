"""Credit repair (信用修复) reaches the records it names from the month of its decision, and no other ones."""

from __future__ import annotations

import pytest

from orchestration.settings import Settings
from orchestration.warehouse.dbt import build_month
from tests.integration.warehouse.partitions import Row, enterprise, publish, query

SELECT = "+enterprise_score"
MONTHS = ("2026-05", "2026-06")

CASES = {
    "on the last day": ("2026-05-31", {}),
    "after the month": ("2026-06-01", {}),
    "of another record": ("2026-05-01", {"repaired_ref": "2020-01-01"}),
    "of another feed": ("2026-05-01", {"repaired_feed": "none"}),
    "of an unreadable reference": ("2026-05-01", {"repaired_ref": "no such day"}),
    "of another enterprise": ("2026-05-01", {"enterprise_id": "E999"}),
}
"""What is repaired, by the day of decision and by how the decision differs from one that names the record."""

REFERENCES = {"c06_penalties": "A1", "c04_abnormal_list": "2025/1/10", "c05_serious_lists": "2024-05-10"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """For each case one enterprise with a penalty, an abnormal listing and a past serious listing, all alike."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    ids = [f"E{number:03d}" for number in range(1, len(CASES) + 1)]
    publish(settings, "c01_base", "2026-05", [enterprise(number) for number in range(1, len(CASES) + 1)])
    publish(settings, "c06_penalties", "2026-05", [
        {"enterprise_id": id_, "subject_kind": "1", "document_no": "A1", "penalty_kind": "2", "fine": 3,
         "decided_on": "2025-05-01", "authority_code": "tax"} for id_ in ids
    ])  # fmt: skip
    publish(settings, "c04_abnormal_list", "2026-05", [
        {"enterprise_id": id_, "ground": "1", "listed_on": "2025-01-10", "removed_on": "2025-05-20",
         "removal_reason": "3"} for id_ in ids
    ])  # fmt: skip
    publish(settings, "c05_serious_lists", "2026-05", [
        {"enterprise_id": id_, "list_field": "FOOD", "listed_on": "2024-05-10", "removed_on": "2026-04-20",
         "listed_by": "market_regulation"} for id_ in ids
    ])  # fmt: skip
    publish(settings, "c05_repairs", "2026-05", [
        decision(id_, feed, *case) for id_, case in zip(ids, CASES.values(), strict=True) for feed in REFERENCES
    ])  # fmt: skip
    for month in MONTHS:
        build_month(settings, month, SELECT)
    return settings


def decision(id_: str, feed: str, decided_on: str, other: Row) -> Row:
    """A decision on repair; the feed "none" stands for one of the other two."""
    row: Row = {"enterprise_id": id_, "repaired_feed": feed, "repaired_ref": REFERENCES[feed], "decided_on": decided_on}
    row |= other
    if row["repaired_feed"] == "none":
        feeds = list(REFERENCES)
        row["repaired_feed"] = feeds[feeds.index(feed) - 1]
    return row


@pytest.mark.parametrize(
    ("month", "repaired"), [("2026-05", {"on the last day"}), ("2026-06", {"on the last day", "after the month"})]
)
def test_a_repair_halves_what_it_names_from_its_month_on(settings: Settings, month: str, repaired: set[str]) -> None:
    for column in ("v_h040103", "v_h040202", "v_h040301"):
        rows = query(
            settings, f"SELECT enterprise_id, {column} FROM enterprise_score WHERE month = ? ORDER BY 1", month
        )
        found = {case for case, (_, value) in zip(CASES, rows, strict=True) if value == 0.5}
        assert found == repaired, column
        assert {value for _, value in rows} == {0.5, 1.0}, column


def test_an_earlier_month_computed_again_does_not_know_of_a_later_repair(settings: Settings) -> None:
    sql = "SELECT enterprise_id, columns('v_h0403..') FROM enterprise_score WHERE month = '2026-05' ORDER BY 1"
    before = query(settings, sql)
    publish(settings, "c05_repairs", "2026-07", [decision("E003", "c06_penalties", "2026-07-01", {})])
    build_month(settings, "2026-05", SELECT)
    assert query(settings, sql) == before
