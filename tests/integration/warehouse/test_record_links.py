"""A row without a code counts for the enterprise found by its name, from the month in which that was decided on."""

from __future__ import annotations

import pytest

from orchestration.resolution.names import build_names
from orchestration.resolution.records import resolve_records
from orchestration.resolution.review import open_questions
from orchestration.settings import Settings
from orchestration.warehouse.dbt import build_month
from tests.integration.warehouse.partitions import Row, enterprise, month_hash, publish, query

MONTHS = ("2026-05", "2026-06", "2026-07")
SELECT = "+enterprise_score"
FOUND, ASKED, SENT_AGAIN, LATE = "E001", "E002", "E003", "E004"
NAMES = {
    FOUND: "郑州华盛源商贸有限公司",
    ASKED: "郑州瑞丰达物流有限公司",
    SENT_AGAIN: "郑州天和佳超市有限公司",
    LATE: "郑州后来者商贸有限公司",
}


def penalty(number: str, name: str, code: str | None = None) -> Row:
    return {
        "subject_kind": "1", "enterprise_id": code, "subject_name": name, "document_no": number, "penalty_kind": "2",
        "fine": 3, "decided_on": "2026-05-06", "authority_code": "market_regulation",
    }  # fmt: skip


def firm(code: str) -> Row:
    return enterprise(int(code[1:]), enterprise_name=NAMES[code])


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, dict[str, tuple[int, str]]]:
    """Three months: linked at once, answered in June, sent again with its code in June, registered in July."""
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    publish(settings, "c01_base", "2026-05", [firm(code) for code in (FOUND, ASKED, SENT_AGAIN)])
    publish(settings, "c06_penalties", "2026-05", [
        penalty("1", NAMES[FOUND]), penalty("2", "郑州瑞风达物流有限公司"), penalty("3", NAMES[SENT_AGAIN]),
        penalty("4", NAMES[LATE]), penalty("5", "济南华盛源商贸有限公司"),
    ])  # fmt: skip
    publish(settings, "c06_penalties", "2026-06", [penalty("3", NAMES[SENT_AGAIN], SENT_AGAIN)])
    publish(settings, "c06_penalties", "2026-07", [])
    publish(settings, "c01_base", "2026-07", [firm(LATE)])
    first = {}
    for month in MONTHS:
        if month == "2026-06":
            (question,) = open_questions(settings, "2026-05").to_dicts()
            answer = {"decision": "1", "enterprise_id": ASKED, "answered_on": "2026-06-10"}
            publish(settings, "s01_match_answers", month, [answer | {"mention_id": question["mention_id"]}])
        build_names(settings, month)
        resolve_records(settings, month)
        build_month(settings, month, SELECT)
        first[month] = month_hash(settings, "lake.scores.enterprise_score", month)
    return settings, first


@pytest.mark.parametrize(
    ("firm", "penalties"), [(FOUND, [1, 1, 1]), (ASKED, [0, 1, 1]), (SENT_AGAIN, [1, 1, 1]), (LATE, [1])]
)
def test_a_linked_row_counts_once_from_the_month_of_its_decision(
    walked: tuple[Settings, dict[str, tuple[int, str]]], firm: str, penalties: list[int]
) -> None:
    sql = "SELECT v_h040301 FROM lake.scores.enterprise_score WHERE enterprise_id = ? ORDER BY month"
    assert [value for (value,) in query(walked[0], sql, firm)] == penalties


def test_no_earlier_month_moves_when_it_is_decided_and_computed_again(
    walked: tuple[Settings, dict[str, tuple[int, str]]],
) -> None:
    settings, first = walked
    for month in MONTHS[:2]:
        build_names(settings, month)
        resolve_records(settings, month)
        build_month(settings, month, SELECT)
    assert {month: month_hash(settings, "lake.scores.enterprise_score", month) for month in MONTHS} == first
