"""A month of mentions: answers from the month in which they came, copies, questions, the queue."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import polars as pl
import pytest

from orchestration.evaluation.measures import MeasureError
from orchestration.resolution import review
from orchestration.resolution.store import Partition as NamesPartition
from orchestration.settings import Settings
from orchestration.web.match import automaton
from orchestration.web.match.measure import measure_months, table
from orchestration.web.match.run import match_month
from orchestration.web.store import Partition
from tests.integration.raw_rows import publish
from tests.integration.web.match.conftest import MONTH, NEXT, A, B

Put = Callable[..., None]
DOUBTFUL = {"title": "华源达商贸被罚", "text": "近日，"}


def mentions(settings: Settings, month: str) -> pl.DataFrame:
    return Partition(settings, "matches", month).read("mentions")


def asked(settings: Settings, month: str) -> str:
    match_month(settings, month)
    return str(Partition(settings, "matches", month).read("review")["mention_id"].item())


def answer(settings: Settings, month: str, mention: str, decision: str, code: str | None = None) -> None:
    row = {"mention_id": mention, "decision": decision, "enterprise_id": code, "answered_on": date(2026, 9, 5)}
    publish(settings, "s01_match_answers", month, [row])


def test_one_row_per_text_and_enterprise(register: Settings, put: Put) -> None:
    put(MONTH, t1={"title": "郑州华源达商贸有限公司被罚", "text": "郑州华源达商贸有限公司，简称华源达商贸"})
    summary = match_month(register, MONTH)
    assert mentions(register, MONTH).select("text_id", "enterprise_id", "name_kind", "band").rows() == [
        ("t1", A, "full", "accept")
    ]
    assert (summary.texts, summary.enterprises, summary.asked) == (1, 1, 0)


def test_a_question_carries_what_a_person_needs(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL)
    match_month(register, MONTH)
    row = Partition(register, "matches", MONTH).read("review").row(0, named=True)
    assert (row["kind"], row["where_found"], row["mention"]) == ("text", "http://news.example/t1", "华源达商贸")
    assert row["context"] == "华源达商贸被罚 近日，"
    assert [one["enterprise_id"] for one in json.loads(row["candidates"])] == [A, B]
    assert row["asked_in"] == MONTH


def test_an_answer_counts_from_its_month_on(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL)
    put(NEXT)
    question = asked(register, MONTH)
    before = mentions(register, MONTH)
    answer(register, NEXT, question, "1", B)
    match_month(register, MONTH)
    match_month(register, NEXT)
    assert mentions(register, MONTH).equals(before)
    late = mentions(register, NEXT).row(0, named=True)
    assert (late["text_id"], late["enterprise_id"], late["band"], late["confidence"]) == ("t1", B, "accept", 1.0)
    assert "answered by a person on 2026-09-05" in late["reasons"]


def test_an_answer_that_nobody_is_meant_rejects(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL)
    put(NEXT, t2=DOUBTFUL | {"url": "http://news.example/t1"})
    answer(register, NEXT, asked(register, MONTH), "2")
    summary = match_month(register, NEXT)
    found = mentions(register, NEXT)
    assert found["text_id"].to_list() == ["t1", "t2"]
    assert found["band"].to_list() == ["reject", "reject"]
    assert (summary.asked, summary.answered) == (0, 2)


def test_a_copy_inherits_where_its_own_words_leave_doubt(register: Settings, put: Put) -> None:
    original = {"title": "投诉华源达商贸", "text": "本报洛阳讯，华源达商贸"}
    put(MONTH, t1=original)
    put(NEXT, t2=DOUBTFUL | {"near_duplicate_of": "t1"}, t3=DOUBTFUL)
    match_month(register, MONTH)
    match_month(register, NEXT)
    found = mentions(register, NEXT)
    assert found["band"].to_list() == ["accept", "review"]
    assert found["enterprise_id"][0] == B


def test_the_same_texts_give_the_same_rows(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL, t2={"title": "郑州华源达商贸有限公司", "text": None, "state": "gone"})
    match_month(register, MONTH)
    first = mentions(register, MONTH)
    match_month(register, MONTH)
    assert mentions(register, MONTH).equals(first)


def test_a_month_without_texts(register: Settings) -> None:
    assert match_month(register, MONTH).mentions == 0


def test_an_answer_about_an_unknown_enterprise_is_none(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL)
    put(NEXT)
    answer(register, NEXT, asked(register, MONTH), "1", "91410109MA0000009X")
    told: list[str] = []
    summary = match_month(register, NEXT, told.append)
    assert (summary.answered, mentions(register, NEXT).height) == (0, 0)
    assert any(line.startswith("1 answers name an enterprise that is not in the register") for line in told)
    assert review.open_questions(register, NEXT).height == 1


def test_a_damaged_automaton_is_built_anew(register: Settings, put: Put) -> None:
    put(MONTH, t1=DOUBTFUL)
    match_month(register, MONTH)
    folder = NamesPartition(register, "names", MONTH).folder
    kept = folder / automaton.AUTOMATON
    kept.write_bytes(kept.read_bytes()[:-1] + b"\x00\x01")
    assert automaton.open_kept(folder) is None
    assert match_month(register, MONTH).asked == 1


def test_rightness_against_a_truth(register: Settings, put: Put) -> None:
    put(
        MONTH,
        t1={"title": "郑州华源达商贸有限公司", "text": ""},
        t2={"title": "洛阳华源达商贸有限公司", "text": ""},
        t3=DOUBTFUL,
    )
    match_month(register, MONTH)
    truth = pl.DataFrame(
        {
            "url": [f"http://news.example/t{number}" for number in (1, 2, 3, 9)],
            "enterprise_id": [A, None, A, A],
            "name_kind": ["full", "stranger", "short", "full"],
            "supported": [False, False, False, False],
        }
    )
    measured = measure_months(register, [MONTH], truth)
    assert (measured.accepted, measured.precision.value) == (2, 0.5)
    assert measured.wrong["enterprise_id"].to_list() == [B]
    rows = measured.recall.select("name_kind", "mentions", "accepted", "review").rows()
    assert rows == [("full", 1, 1, 0), ("short", 1, 0, 1)]
    assert "precision 0.5000" in table(measured)
    with pytest.raises(MeasureError, match="No month was given"):
        measure_months(register, [], truth)
