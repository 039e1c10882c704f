"""Repair, objection and override over four months: each counts from its month on, and no earlier month moves."""

from __future__ import annotations

import pytest

from orchestration.settings import Settings
from orchestration.warehouse.dbt import build_month
from tests.integration.warehouse.partitions import Row, enterprise, month_hash, publish, query

MONTHS = ("2026-04", "2026-05", "2026-06", "2026-07")
SELECT = "+enterprise_score +enterprise_override"
TABLES = ("lake.scores.enterprise_score", "lake.scores.enterprise_override")
REPAIRED, REPAIRED_LATE, UPHELD, UPHELD_LATE, REJECTED, EXPIRES, WITHDRAWN, OVERRIDDEN_LATE = (
    f"E{number:03d}" for number in range(1, 9)
)


def penalty(firm: str) -> Row:
    return {
        "subject_kind": "1", "enterprise_id": firm, "document_no": f"罚{firm}", "penalty_kind": "2", "fine": 5,
        "summary_procedure": False, "decided_on": "2026-03-10", "authority_code": "market_regulation",
    }  # fmt: skip


def repair(firm: str) -> Row:
    return {
        "enterprise_id": firm, "repaired_feed": "c06_penalties", "repaired_ref": f"罚{firm}", "decided_on": "2026-06-10"
    }  # fmt: skip


def objection(firm: str, state: str) -> Row:
    return {
        "objection_no": f"YY{firm}", "enterprise_id": firm, "feed": "c06_penalties", "record_key": f"罚{firm}",
        "filed_on": "2026-05-05", "state": state, "decided_on": None if state == "1" else "2026-06-20",
    }  # fmt: skip


def override(firm: str, decided: str, expires: str, withdrawn: str | None = None) -> Row:
    return {
        "override_no": f"TZ{firm}", "enterprise_id": firm, "override_class": "C", "reason": "tip",
        "decider_rank": "2", "decider_id": "hash", "decided_on": decided, "expires_on": expires,
        "withdrawn_on": withdrawn,
    }  # fmt: skip


FIRMS = (REPAIRED, REPAIRED_LATE, UPHELD, UPHELD_LATE, REJECTED)
DELIVERED: dict[str, dict[str, list[Row]]] = {
    "2026-04": {
        "c01_base": [enterprise(number) for number in range(1, 9)],
        "c06_penalties": [penalty(firm) for firm in FIRMS],
    },
    "2026-05": {
        "c06_penalties": [],
        "s01_objections": [objection(firm, "1") for firm in (UPHELD, UPHELD_LATE, REJECTED)],
        "s01_overrides": [
            override(EXPIRES, "2026-05-31", "2026-06-30"),
            override(WITHDRAWN, "2026-05-10", "2026-12-31"),
        ],
    },
    "2026-06": {
        "c06_penalties": [],
        "c05_repairs": [repair(REPAIRED)],
        "s01_objections": [objection(UPHELD, "2"), objection(REJECTED, "3")],
        "s01_overrides": [
            override(WITHDRAWN, "2026-05-10", "2026-12-31", "2026-06-15"),
            override(OVERRIDDEN_LATE, "2026-05-10", "2026-12-31"),
        ],
    },
    "2026-07": {
        "c06_penalties": [penalty(UPHELD)],
        "c05_repairs": [repair(REPAIRED_LATE)],
        "s01_objections": [objection(UPHELD_LATE, "2")],
    },
}


def hashes(settings: Settings, months: tuple[str, ...]) -> dict[tuple[str, str], tuple[int, str]]:
    return {(table, month): month_hash(settings, table, month) for table in TABLES for month in months}


Seen = dict[tuple[str, str], tuple[int, str]]


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, Seen, list[str]]:
    """Months delivered and built one after the other: the lake, what each month said when it was new, what moved."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    first: Seen = {}
    moved: list[str] = []
    for number, month in enumerate(MONTHS):
        for feed, rows in DELIVERED[month].items():
            publish(settings, feed, month, rows)
        build_month(settings, month, SELECT)
        earlier = hashes(settings, MONTHS[:number])
        moved += [f"{key} moved when {month} was built" for key in earlier if earlier[key] != first[key]]
        first |= hashes(settings, (month,))
    return settings, first, moved


def counted(settings: Settings, firm: str) -> list[float]:
    rows = query(
        settings,
        "SELECT v_h040301 FROM lake.scores.enterprise_score WHERE enterprise_id = ? ORDER BY month",
        firm,
    )
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("firm", "penalties"),
    [
        (REPAIRED, [1, 1, 0.5, 0.5]),
        (REPAIRED_LATE, [1, 1, 1, 0.5]),
        (UPHELD, [1, 1, 0, 0]),
        (UPHELD_LATE, [1, 1, 1, 0]),
        (REJECTED, [1, 1, 1, 1]),
        (EXPIRES, [0, 0, 0, 0]),
    ],
)
def test_a_record_counts_until_the_month_in_which_the_decision_was_received(walked, firm, penalties):
    assert counted(walked[0], firm) == penalties


@pytest.mark.parametrize(
    ("firm", "months"),
    [
        (EXPIRES, ["2026-05", "2026-06"]),
        (WITHDRAWN, ["2026-05"]),
        (OVERRIDDEN_LATE, ["2026-06", "2026-07"]),
        (REPAIRED, []),
    ],
)
def test_an_override_is_open_in_the_months_at_whose_end_it_holds(walked, firm, months):
    found = query(
        walked[0], "SELECT month FROM lake.scores.enterprise_override WHERE enterprise_id = ? ORDER BY month", firm
    )
    assert [month for (month,) in found] == months


def test_no_earlier_month_moves_and_each_rebuilds_to_the_same_rows(walked):
    settings, first, moved = walked
    assert moved == []
    for month in MONTHS[:-1]:
        build_month(settings, month, SELECT)
    assert hashes(settings, MONTHS) == first
