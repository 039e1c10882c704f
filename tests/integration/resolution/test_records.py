"""Rows without a code over the months: found, asked about, answered; earlier months never change."""

from __future__ import annotations

import hashlib
import json

import polars as pl
import pytest

from orchestration.resolution.links import links_of
from orchestration.resolution.names import NamesError, build_names
from orchestration.resolution.records import LinkSummary, resolve_records
from orchestration.resolution.review import open_questions, questions
from orchestration.settings import Settings
from tests.integration.warehouse.partitions import Row, enterprise, publish

FEED = "c09_complaints"
SOLE, TWIN, OTHER_TWIN, SPELT, LATE, RENAMED = "E001", "E002", "E003", "E004", "E005", "E006"


def firm(number: int, name: str, district: str = "410105", **other: object) -> Row:
    return enterprise(
        number, enterprise_name=name, district_code=district, address=f"郑州市金水区经三路{number}号", **other
    )


REGISTER = [
    firm(1, "郑州华盛源商贸有限公司"),
    firm(2, "天和佳超市有限公司"),
    firm(3, "天和佳超市有限公司", "410302"),
    firm(4, "郑州瑞丰达物流有限公司"),
    firm(6, "郑州新名商贸有限公司", former_names="郑州旧名商贸有限公司"),
]


def complaint(number: str, name: str | None, address: str | None = None, code: str | None = None) -> Row:
    return {
        "complaint_no": number, "enterprise_id": code, "party_name": name, "party_address": address,
        "received_on": "2026-05-03",
    }  # fmt: skip


MAY = [
    complaint("coded", "郑州华盛源商贸有限公司", code=SOLE),
    complaint("full", "郑州华盛源商贸有限公司"),
    complaint("brackets", "华盛源（郑州）商贸有限公司"),
    complaint("former", "郑州旧名商贸有限公司"),
    complaint("twins", "天和佳超市有限公司"),
    complaint("twin here", "天和佳超市有限公司", "洛阳市老城区棉纺路9号"),
    complaint("misspelt", "郑州瑞风达物流有限公司"),
    complaint("misspelt there", "郑州瑞风达物流有限公司", "郑州市金水区经三路4号"),
    complaint("elsewhere", "济南华盛源商贸有限公司"),
    complaint("unknown", "郑州后来者商贸有限公司"),
    complaint("nameless", None),
]


def answer(settings: Settings, month: str, *rows: tuple[str, str, str | None]) -> None:
    publish(settings, "s01_match_answers", month, [
        {"mention_id": mention, "decision": decision, "enterprise_id": code, "answered_on": f"{month}-10",
         "desk": "甲科"}
        for mention, decision, code in rows
    ])  # fmt: skip


def walk(settings: Settings, month: str) -> LinkSummary:
    build_names(settings, month)
    return resolve_records(settings, month)


def decided(settings: Settings, month: str) -> dict[str, tuple[str, str | None]]:
    """Complaint -> band and enterprise, of what a month decided."""
    links = links_of(settings, month).read("links")
    return {key: (band, code) for key, band, code in links.select("record_key", "band", "enterprise_id").iter_rows()}


def asked_in(settings: Settings, month: str) -> list[dict[str, object]]:
    """The open questions of a month."""
    return open_questions(settings, month).to_dicts()


def digest(settings: Settings, month: str) -> dict[str, str]:
    folder = links_of(settings, month).folder
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.fixture
def may(settings: Settings) -> Settings:
    publish(settings, "c01_base", "2026-05", [row | {} for row in REGISTER])
    publish(settings, FEED, "2026-05", [row | {} for row in MAY])
    walk(settings, "2026-05")
    return settings


def test_each_row_is_decided_with_its_reasons(may: Settings) -> None:
    found = decided(may, "2026-05")
    assert {key: found[key] for key in ("full", "brackets", "former", "twin here", "misspelt there")} == {
        "full": ("accept", SOLE),
        "brackets": ("accept", SOLE),
        "former": ("accept", RENAMED),
        "twin here": ("accept", OTHER_TWIN),
        "misspelt there": ("accept", SPELT),
    }
    assert found["twins"][0] == found["misspelt"][0] == "review"
    assert found["elsewhere"][0] == found["unknown"][0] == "reject"
    assert "coded" not in found and "nameless" not in found
    links = links_of(may, "2026-05").read("links")
    reasons = dict(links.select("record_key", "reasons").iter_rows())
    assert "full name" in reasons["full"] and "same address" in reasons["misspelt there"]
    assert reasons["unknown"] == "无候选 no enterprise is called alike"
    assert links["confidence"].is_between(0, 1).all() and not links["answered"].any()


def test_the_summary_adds_up_and_counts_what_nothing_can_find(may: Settings) -> None:
    summary = links_of(may, "2026-05").summary()
    assert summary["rows"] == summary["accepted"] + summary["reviewed"] + summary["rejected"] == len(MAY) - 2
    assert summary["nameless"] == {FEED: 1}
    assert sum(summary["by_feed"][FEED].values()) == summary["rows"]


def test_a_question_shows_its_candidates_and_no_person(may: Settings) -> None:
    asked = {row["mention"]: row for row in asked_in(may, "2026-05")}
    twins = asked["天和佳超市有限公司"]
    assert {one["enterprise_id"] for one in json.loads(twins["candidates"])} == {TWIN, OTHER_TWIN}
    assert (twins["kind"], twins["where_found"], twins["asked_in"]) == ("record", f"{FEED} twins", "2026-05")
    assert len(asked) == 2 and "p1" not in str(asked)


def test_doing_a_month_again_gives_the_same_rows(may: Settings) -> None:
    before = digest(may, "2026-05")
    walk(may, "2026-05")
    assert digest(may, "2026-05") == before


def test_an_answer_counts_from_the_month_in_which_it_was_received(may: Settings) -> None:
    before = digest(may, "2026-05")
    ids = {row["where_found"]: row["mention_id"] for row in asked_in(may, "2026-05")}
    answer(
        may, "2026-06", (ids[f"{FEED} twins"], "1", TWIN), (ids[f"{FEED} misspelt"], "2", None), ("f" * 32, "2", None)
    )
    publish(may, FEED, "2026-06", [complaint("twins", "天和佳超市有限公司")])
    summary = walk(may, "2026-06")
    # the row sent again is the same question, and is answered at once
    assert (summary.rows, summary.accepted, summary.changed, summary.answered, summary.open_questions) == (
        1,
        1,
        2,
        3,
        0,
    )
    links = links_of(may, "2026-06").read("links")
    assert decided(may, "2026-06") == {"twins": ("accept", TWIN), "misspelt": ("reject", None)}
    assert links.filter(pl.col("band") == "accept")["confidence"].to_list() == [1.0, 1.0]
    assert set(links["reasons"]) == {"人工核实 answered by a person, 2026-06-10"}
    assert sorted(questions(may, "2026-06")["answer"]) == sorted([TWIN, "none"])
    assert len(asked_in(may, "2026-05")) == 2 and asked_in(may, "2026-06") == []
    walk(may, "2026-05")
    assert digest(may, "2026-05") == before
    assert walk(may, "2026-07").changed == 0


def test_an_answer_may_take_a_link_back(may: Settings) -> None:
    links = links_of(may, "2026-05").read("links").filter(pl.col("record_key") == "full")
    answer(may, "2026-06", (links["mention_id"][0], "2", None))
    walk(may, "2026-06")
    assert decided(may, "2026-06") == {"full": ("reject", None)}
    answer(may, "2026-07", (links["mention_id"][0], "1", SOLE))
    walk(may, "2026-07")
    assert decided(may, "2026-07") == {"full": ("accept", SOLE)}


def test_an_enterprise_registered_later_is_found_from_then_on(may: Settings) -> None:
    publish(may, "c01_base", "2026-07", [firm(5, "郑州后来者商贸有限公司")])
    assert walk(may, "2026-06").changed == 0
    assert walk(may, "2026-07").changed == 1
    assert decided(may, "2026-07") == {"unknown": ("accept", LATE)}
    assert decided(may, "2026-05")["unknown"][0] == "reject"


def test_a_question_settled_by_the_register_is_closed_without_a_person(may: Settings) -> None:
    publish(may, "c01_base", "2026-06", [firm(7, "郑州瑞风达物流有限公司")])
    summary = walk(may, "2026-06")
    # both misspelt rows were about a firm that was registered late; the one that was taken before stays
    assert (summary.changed, summary.open_questions) == (1, 1)
    assert decided(may, "2026-06") == {"misspelt": ("accept", "E007")}
    assert [row["mention"] for row in asked_in(may, "2026-06")] == ["天和佳超市有限公司"]


def test_a_record_that_comes_with_its_code_corrects_the_link_and_closes_the_question(may: Settings) -> None:
    names = {row["complaint_no"]: row["party_name"] for row in MAY}
    sent = [complaint("full", names["full"], code=LATE), complaint("twins", names["twins"], code=OTHER_TWIN)]
    other = complaint("former", "另一家公司", code=LATE)  # another party of the same record says nothing about this one
    publish(may, FEED, "2026-06", [*sent, other])
    summary = walk(may, "2026-06")
    assert (summary.rows, summary.changed, summary.open_questions) == (0, 2, 1)
    assert decided(may, "2026-06") == {"full": ("accept", LATE), "twins": ("accept", OTHER_TWIN)}
    assert set(links_of(may, "2026-06").read("links")["reasons"]) == {
        "同一记录另有代码 the same record came with its code"
    }
    assert walk(may, "2026-07").changed == 0


def test_rows_of_a_replaced_delivery_are_not_asked_about(may: Settings) -> None:
    publish(may, FEED, "2026-06", [complaint("new", "天和佳超市有限公司")], supersedes=(f"{FEED}-2026-05",))
    summary = walk(may, "2026-06")
    assert (summary.rows, summary.reviewed, summary.changed) == (1, 1, 0)


def test_without_the_names_of_the_month_it_says_what_to_run(settings: Settings) -> None:
    with pytest.raises(NamesError, match=r"The names of 2026-05 are not there.*run the step names"):
        resolve_records(settings, "2026-05")


def test_a_month_without_such_rows_is_an_empty_month(settings: Settings) -> None:
    publish(settings, "c01_base", "2026-05", [row | {} for row in REGISTER])
    summary = walk(settings, "2026-05")
    assert (summary.rows, summary.open_questions) == (0, 0)
    assert links_of(settings, "2026-05").exists()
