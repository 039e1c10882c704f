"""The queue goes out, is filled in as spreadsheets save it, and comes home whole or not at all."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.feeds.ledger import seal
from orchestration.quality.bridge import validate
from orchestration.resolution import filled, review
from orchestration.resolution.store import ENTERPRISES
from orchestration.resolution.store import Partition as Names
from orchestration.settings import Settings
from orchestration.web.store import REVIEW, Partition
from tests.integration.raw_rows import publish

MONTH, NEXT = "2026-08", "2026-09"
A, B = "91410101MA0000001X", "91410102MA0000002X"
FIRST, SECOND, THIRD = (sign * 32 for sign in "abc")
HEADER = "mention_id,decision,enterprise_id,answered_on,desk\n"


def candidate(code: str, confidence: float) -> dict[str, object]:
    return {"enterprise_id": code, "name": "华源达", "district": "410105", "confidence": confidence, "reasons": "r"}


def question(number: str, *candidates: dict[str, object]) -> dict[str, object]:
    return {
        "mention_id": number, "kind": "text", "mention": "华源达", "asked_in": MONTH,
        "candidates": json.dumps(candidates, ensure_ascii=False) if candidates else None,
    }  # fmt: skip


@pytest.fixture
def asked(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """Three questions of one month, two enterprises in the register."""
    register = pl.DataFrame({"enterprise_id": [A, B]}).select(
        pl.col(name) if name == "enterprise_id" else pl.lit(None).alias(name) for name in ENTERPRISES
    )
    Names(settings, "names", MONTH).replace({"enterprises": register.cast(dict(ENTERPRISES))}, {})  # type: ignore[arg-type]
    rows = [
        question(FIRST),
        question(SECOND, candidate(A, 0.6), candidate(B, 0.55)),
        question(THIRD, *[candidate(B, 0.8)] * 7),
    ]
    Partition(settings, "matches", MONTH).replace({"review": pl.DataFrame(rows, schema=dict(REVIEW))}, {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    return settings


def fill(settings: Settings, body: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path = settings.home / "review" / "filled.csv"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((header + body).encode(encoding))
    return path


def test_the_surest_question_comes_first_with_readable_candidates(asked: Settings) -> None:
    queue = review.write_queue(asked, MONTH)
    assert (queue.open, queue.kept, queue.left_out) == (3, 0, 0)
    rows = filled.read_filled(queue.path)
    assert rows["mention_id"].to_list() == [THIRD, SECOND, FIRST]
    shown = pl.read_csv(queue.path)["candidates"].to_list()
    assert shown[0].count(" | ") == review.SHOWN - 1
    assert shown[1:] == [f"{A} 华源达 410105 0.6 | {B} 华源达 410105 0.55", None]


def test_writing_the_queue_again_keeps_what_was_filled_in(asked: Settings) -> None:
    path = review.write_queue(asked, MONTH).path
    by_hand = pl.read_csv(path, infer_schema=False).with_columns(
        desk=pl.when(pl.col("mention_id") == SECOND).then(pl.lit("甲科")),
        decision=pl.when(pl.col("mention_id") == THIRD).then(pl.lit("2")),
    )
    by_hand.write_csv(path)
    answer = {"mention_id": THIRD, "decision": "2", "answered_on": date(2026, 8, 5)}
    publish(asked, review.FEED, MONTH, [answer])
    queue = review.write_queue(asked, MONTH)
    assert (queue.open, queue.kept, queue.left_out) == (2, 1, 1)
    assert filled.read_filled(path).select("mention_id", "desk").rows() == [(SECOND, "甲科"), (FIRST, None)]


def test_a_month_that_is_not_done_has_no_questions(asked: Settings) -> None:
    with pytest.raises(filled.ReviewError, match=r"No questions were asked for 2030-01 yet; .* is 2026-08"):
        review.write_queue(asked, "2030-01")


@pytest.mark.parametrize(
    ("header", "body", "encoding"),
    [
        (HEADER, f"{THIRD},1,{A},2026-08-05,甲科\n{FIRST},2,,2026/8/5,甲科\n", "utf-8-sig"),
        (
            HEADER.replace(",", ";"),
            f"{THIRD};已找到;{A.lower()};2026年8月5日;甲科\n{FIRST};无对应企业;;20260805;甲科\n",
            "gb18030",
        ),
        (
            HEADER.replace(",", "\t"),
            f"{THIRD}\t１\t {A} \t2026/08/05 0:00\t甲科\r\n{FIRST}\t2\t\t2026.8.5\t甲科\r\n",
            "utf-16",
        ),
        (HEADER, f"{THIRD},1,{A},2026-08-05,甲科\n\n{SECOND},,,,\n,,,,\n{FIRST},2,,2026-08-05,甲科\n", "utf-8"),
    ],
    ids=["UTF-8", "GB18030 and semicolons", "UTF-16 and tabs", "rows left empty"],
)
def test_a_filled_queue_is_read_as_spreadsheets_save_it(asked: Settings, header: str, body: str, encoding: str) -> None:
    fill(asked, body, header, encoding)
    landed, count = review.deliver(asked, Path("review/filled.csv"), MONTH)
    assert (count, landed.parent) == (2, asked.landing / review.FEED / MONTH)
    assert pl.read_csv(landed, infer_schema=False).rows() == [
        (THIRD, "1", A, "2026-08-05", "甲科"),
        (FIRST, "2", None, "2026-08-05", "甲科"),
    ]


def test_answers_go_where_the_month_is_open_and_not_twice(asked: Settings) -> None:
    publish(asked, review.FEED, MONTH, [])
    seal(asked, review.FEED, MONTH)
    path = fill(asked, f"{THIRD},2,,2026-08-05\n", HEADER.replace(",desk", ""))
    landed, _ = review.deliver(asked, path, MONTH)
    assert landed.parent.name == NEXT
    with pytest.raises(filled.ReviewError, match="every answer in it was delivered already"):
        review.deliver(asked, path, MONTH)


def test_more_answers_of_the_same_file_join_what_was_delivered(asked: Settings) -> None:
    path = fill(asked, f"{THIRD},2,,2026-08-05,\n{SECOND},2,,2026-08-05,\n")
    first, _ = review.deliver(asked, path, MONTH)
    fill(asked, f"{THIRD},2,,2026-08-05,\n{SECOND},1,{A},2026-08-06,\n{FIRST},2,,2026-08-05,\n")
    second, count = review.deliver(asked, path, MONTH)
    assert (count, first.name < second.name) == (2, True)
    assert pl.read_csv(second)["mention_id"].to_list() == [SECOND, FIRST]


def test_the_delivery_passes_the_door_and_its_suite(asked: Settings) -> None:
    review.deliver(asked, fill(asked, f"{THIRD},1,{A},2026-08-05,\n{FIRST},2,,2026-08-05,\n"), MONTH)
    second = fill(asked, f"{THIRD},1,{B},2026-08-06,\n")
    review.deliver(asked, second, MONTH)
    staged = stage_feed(asked, review.FEED, MONTH)
    assert validate(asked, staged).failures == []
    publish_feed(asked, staged)
    assert review.answers(asked, MONTH).select("mention_id", "answer").rows() == [(FIRST, review.NONE), (THIRD, B)]


FAULTY = [
    (f"{THIRD},3,,2026-08-05,", "the decision '3' is none"),
    (f"{THIRD},1,,2026-08-05,", "decision 1 without enterprise_id"),
    (f"{THIRD},1,9141,2026-08-05,", "'9141' is no unified social credit code"),
    (f"{THIRD},1,91410109MA0000009X,2026-08-05,", "no enterprise '91410109MA0000009X' is in the register"),
    (f"{THIRD},2,{A},2026-08-05,", "decision 2 says that no enterprise is meant"),
    (f"{THIRD},,{A},2026-08-05,", "has no decision"),
    (f"{THIRD},2,,,", "answered_on is missing"),
    (f"{THIRD},2,,2026-02-30,", "answered_on '2026-02-30' is no day"),
    (f"{THIRD},2,,yesterday,", "answered_on 'yesterday' is no day"),
    (f"{THIRD},2,,2026-09-01,", "lies after 2026-08-31"),
    (f"{'d' * 32},2,,2026-08-05,", "is no question that was asked"),
    (",2,,2026-08-05,", "mention_id\\) is gone"),
    (f"{THIRD},1,{A},2026-08-05,\n{THIRD},1,{B},2026-08-05,", "answered twice, differently"),
]


@pytest.mark.parametrize(("row", "said"), FAULTY)
def test_a_fault_refuses_the_whole_file_with_its_line(asked: Settings, row: str, said: str) -> None:
    path = fill(asked, f"{FIRST},2,,2026-08-05,\n{row}\n")
    with pytest.raises(filled.ReviewError, match=rf"nothing was delivered(.|\n)*line 3: .*{said}"):
        review.deliver(asked, path, MONTH)
    assert not list(asked.landing.rglob("*.csv"))


def test_a_line_left_blank_counts(asked: Settings) -> None:
    path = fill(asked, f"{FIRST},2,,2026-08-05,\n\n{THIRD},2,,,\n")
    with pytest.raises(filled.ReviewError, match="line 4: answered_on is missing"):
        review.deliver(asked, path, MONTH)


def test_ten_faults_are_shown(asked: Settings) -> None:
    path = fill(asked, f"{THIRD},2,,,\n" * 12)
    with pytest.raises(filled.ReviewError) as error:
        review.deliver(asked, path, MONTH)
    assert str(error.value).count("line ") == 10
    assert "mend 12 faults" in str(error.value) and "and 2 more" in str(error.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"mention_id,mention\n1,x\n", "the column 'decision' is missing"),
        (HEADER.encode() + b"1,,,,\n", "no row has a decision"),
        (HEADER.encode(), "no row has a decision"),
        (HEADER.encode() + b"1,2,,,,,,\n", "a row does not fit the header"),
        (b"", "is no table of text"),
        (b"PK\x03\x04\x00\x00", "is no table of text"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
    ],
)
def test_a_file_that_is_no_filled_queue(asked: Settings, content: bytes, said: str) -> None:
    path = fill(asked, "")
    path.write_bytes(content)
    with pytest.raises(filled.ReviewError, match=said):
        review.deliver(asked, path, MONTH)


def test_a_folder_and_a_file_that_is_not_there(asked: Settings) -> None:
    fill(asked, "")
    with pytest.raises(filled.ReviewError, match="is a folder"):
        review.deliver(asked, Path("review"), MONTH)
    with pytest.raises(filled.ReviewError, match=r"elsewhere/review/no\.csv nor .*/review/no\.csv; make review"):
        review.deliver(asked, Path("review/no.csv"), MONTH)


def test_the_command_says_from_when_answers_count(asked: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    publish(asked, review.FEED, MONTH, [])
    seal(asked, review.FEED, MONTH)
    fill(asked, f"{THIRD},2,,2026-08-05,\n")
    assert review.main(["deliver", "review/filled.csv"]) == 0
    said = capsys.readouterr().out
    assert "They count from 2026-09 on (2026-08 is closed)" in said and "then the job month" in said
    assert review.main(["2030-01"]) == 1
