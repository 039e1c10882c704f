"""Files of labelled texts, and each fault of one."""

from __future__ import annotations

from datetime import date

import pytest

from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.labels import Columns, read_labels
from tests.unit.web.judge.conftest import rows


def body(extra: str = "") -> str:
    return "\n".join(",".join(row) for row in rows()) + ("\n" + extra if extra else "")


def test_a_good_file_is_read_in_either_charset(labels):
    read = read_labels(labels())
    again = read_labels(labels(encoding="gb18030"))
    assert read.frame.equals(again.frame)
    assert read.frame.height == 240
    assert read.has_topics
    assert not read.has_days
    assert read.sha256 != again.sha256


def test_labels_of_another_spelling_are_mapped(labels):
    text = "\n".join(f"{'0' if row[0] == '-1' else '1'},{row[2]}" for row in rows(100) if row[0] != "0")
    read = read_labels(labels(text, header="label,title"), Columns(polarity="label", spellings={"0": "-1", "1": "1"}))
    assert dict(read.frame["polarity"].value_counts().iter_rows()) == {"-1": 100, "1": 100}
    assert not read.has_topics
    chinese = read_labels(labels(body().replace("-1,", "负面,")))
    assert "-1" in set(chinese.frame["polarity"])


def test_days_are_read_as_iso_and_chinese(labels):
    spelled = ("2026-05-03", "2026年5月4日", "2026/5/5 10:00")
    text = "\n".join(f"{row[0]},{row[2]},{spelled[place % 3]}" for place, row in enumerate(rows()))
    read = read_labels(labels(text, header="polarity,title,day"), Columns(day="day"))
    assert set(read.frame["day"]) == {date(2026, 5, 3), date(2026, 5, 4), date(2026, 5, 5)}


@pytest.mark.parametrize(
    ("header", "text", "words"),
    [
        ("label,title", "1,好", "no column 'polarity'; it has label, title"),
        ("polarity,name", "1,好", "neither a column 'title' nor 'text'"),
        ("polarity,title", "", "no rows"),
        ("polarity,title", "\n".join(f"1,标题{n}" for n in range(300)), "one label only"),
        ("polarity,title", "\n".join(f"{n % 2},标题{n}" for n in range(300)), "no negative rows"),
        ("polarity,title", "\n".join(f"{-(n % 2)},标题{n}" for n in range(50)), "50 rows; at least 200"),
        ("polarity,title", "\n".join(f"{-1 if n < 5 else 1},标题{n}" for n in range(300)), "5 rows of polarity -1"),
    ],
)
def test_a_file_that_cannot_be_learnt_from_is_refused(labels, header: str, text: str, words: str):
    with pytest.raises(JudgeError, match=words.replace("(", r"\(")) as caught:
        read_labels(labels(text, header=header))
    assert "labels.csv" in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ("2,NEWS,坏标签", "line 242: column polarity says '2'"),
        ("1,SPORT,坏主题", "line 242: column topic says 'SPORT'"),
        ("1,NEWS,", "line 242: has no text"),
    ],
)
def test_a_bad_row_is_named_by_its_line(labels, extra: str, words: str):
    with pytest.raises(JudgeError, match=words):
        read_labels(labels(body(extra)))


def test_lines_are_counted_through_fields_of_several_lines(labels):
    with pytest.raises(JudgeError, match="line 245: column polarity says 'x'"):
        read_labels(labels(body('1,NEWS,"一\n二\n三"\nx,NEWS,坏'), header="polarity,topic,title"))


def test_a_bad_day_a_missing_file_and_bytes_that_are_no_text_are_refused(labels, tmp_path):
    text = "\n".join(f"{row[0]},{row[2]},昨天" for row in rows(70))
    with pytest.raises(JudgeError, match="line 2: column day says '昨天'"):
        read_labels(labels(text, header="polarity,title,day"), Columns(day="day"))
    with pytest.raises(JudgeError, match="cannot be read"):
        read_labels(tmp_path / "none.csv")
    (tmp_path / "noise.csv").write_bytes(b"\xff\xff\x80\x00" * 40)
    with pytest.raises(JudgeError, match="neither UTF-8 nor GB18030"):
        read_labels(tmp_path / "noise.csv")
