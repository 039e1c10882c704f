"""Labelled texts as a person supplies them: one CSV file.

Belongs here: reading that file, meaning of its labels, every fault with its line. Does not belong here: learning.

Columns: ``polarity`` (-1 negative, 0 neutral, 1 positive), ``title`` or ``text`` or both, ``topic`` if topics shall be
learnt, and a column of days for a split by time. Other names and labels are mapped by ``Columns``.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.model import POLARITIES, TOPICS

LEAST_ROWS = 200
"""Rows below which nothing is learnt."""
LEAST_PER_CLASS = 20
"""Rows of each label below which nothing is learnt."""
SPELLINGS: Mapping[str, str] = {
    **{name: name for name in POLARITIES},
    "+1": "1",
    "负面": "-1",
    "中性": "0",
    "正面": "1",
    "negative": "-1",
    "neutral": "0",
    "positive": "1",
}
"""Accepted labels of polarity -> polarity."""


@dataclass(frozen=True)
class Columns:
    """Which columns of the file mean what.

    Attributes:
        polarity: column of the label of polarity.
        topic: column of the topic; used where the file has it.
        title: column of the title; used where the file has it.
        text: column of the text; used where the file has it.
        day: column of the day, for a split by time; None: split by content.
        spellings: further labels of polarity -> -1, 0 or 1; they replace equal ones of ``SPELLINGS``.
    """

    polarity: str = "polarity"
    topic: str = "topic"
    title: str = "title"
    text: str = "text"
    day: str | None = None
    spellings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Labelled:
    """Labelled texts that can be learnt from.

    Attributes:
        frame: ``title``, ``text``, ``polarity``, ``topic`` (null throughout if not labelled), ``day`` (null throughout
            without a column of days), ``key`` (normal form, equal for repeated texts), sorted by day and key.
        source: name of the file.
        sha256: of its bytes.
        has_topics: whether topics are labelled.
        has_days: whether the split is by time.
    """

    frame: pl.DataFrame
    source: str
    sha256: str
    has_topics: bool
    has_days: bool


def read_labels(path: Path, columns: Columns | None = None, *, learn: bool = True) -> Labelled:
    """Read and check a file of labelled texts (UTF-8 or GB18030).

    Args:
        path: the file.
        columns: which columns mean what.
        learn: whether there must be enough rows to learn from; measuring needs negative rows and others, no more.

    Raises:
        JudgeError: it cannot be read, lacks a column, has an unknown label or a bad day (the line is named), a label
            with too few rows, or one label only.
    """
    columns = columns or Columns()
    raw = _bytes(path)
    table = _table(path, raw)
    lines = _lines(table)
    texts = [name for name in (columns.title, columns.text) if name in table.columns]
    if not texts:
        raise JudgeError(f"{path}: has neither a column {columns.title!r} nor {columns.text!r}; {_has(table)}.")
    for name in (columns.polarity, columns.day):
        if name is not None and name not in table.columns:
            raise JudgeError(f"{path}: has no column {name!r}; {_has(table)}. Name the right one on the command line.")
    polarity = _polarity(path, table, lines, columns)
    topic = _topic(path, table, lines, columns)
    frame = pl.DataFrame(
        {
            "title": _text(table, columns.title),
            "text": _text(table, columns.text),
            "polarity": polarity,
            "topic": topic,
            "day": _days(path, table, lines, columns.day),
        }
    ).with_columns(key=key())
    if (empty := frame["key"].str.len_chars() == 0).any():
        raise JudgeError(f"{path}, line {lines.filter(empty)[0]}: has no text; remove the line or fill it.")
    has_topics = columns.topic in table.columns
    for name in ("polarity", *(["topic"] if has_topics and learn else [])):
        _both(path, frame[name], name)
        if learn:
            _enough(path, frame[name], name)
    return Labelled(
        frame.sort("day", "key", "polarity"),
        path.name,
        hashlib.sha256(raw).hexdigest(),
        has_topics,
        columns.day is not None,
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise JudgeError(f"{path}: cannot be read ({error.strerror}); give a CSV file of labelled texts.") from error


def _table(path: Path, raw: bytes) -> pl.DataFrame:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise JudgeError(f"{path}: is neither UTF-8 nor GB18030; save it again as UTF-8.")
    try:
        table = pl.read_csv(io.BytesIO(text.encode()), infer_schema=False).fill_null("")
    except pl.exceptions.PolarsError as error:
        reason = str(error).splitlines()[0] if str(error) else "no table"
        raise JudgeError(f"{path}: is not a CSV file with a header ({reason}); mend it.") from error
    if table.height == 0:
        raise JudgeError(f"{path}: has a header and no rows; add labelled texts.")
    return table


def _lines(table: pl.DataFrame) -> pl.Series:
    """Line of the file on which each row begins; a quoted field may span several."""
    spanned = table.select(pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True))).to_series()
    before = spanned.cast(pl.Int64).cum_sum().shift(1, fill_value=0)
    return pl.Series(range(2, table.height + 2), dtype=pl.Int64) + before


def _has(table: pl.DataFrame) -> str:
    return f"it has {', '.join(table.columns[:12])}"


def _text(table: pl.DataFrame, name: str) -> pl.Series:
    return table[name] if name in table.columns else pl.Series([""]).new_from_index(0, table.height)


def key() -> pl.Expr:
    """Normal form of ``title`` and ``text``, equal for repeated texts."""
    whole = pl.concat_str("title", pl.lit("\n"), "text").str.normalize("NFKC").str.to_lowercase()
    return whole.str.replace_all(r"[^\p{L}\p{N}]+", "")


def _polarity(path: Path, table: pl.DataFrame, lines: pl.Series, columns: Columns) -> pl.Series:
    spellings = {**SPELLINGS, **columns.spellings}
    given = table[columns.polarity].str.strip_chars().str.to_lowercase()
    meant = given.replace_strict(spellings, default=None, return_dtype=pl.String)
    _known(path, table[columns.polarity], lines, meant.is_null(), ", ".join(spellings))
    return meant


def _topic(path: Path, table: pl.DataFrame, lines: pl.Series, columns: Columns) -> pl.Series:
    if columns.topic not in table.columns:
        return pl.Series([None], dtype=pl.String).new_from_index(0, table.height)
    meant = table[columns.topic].str.strip_chars().str.to_uppercase()
    _known(path, table[columns.topic], lines, ~meant.is_in(TOPICS), ", ".join(TOPICS))
    return meant


def _known(path: Path, given: pl.Series, lines: pl.Series, bad: pl.Series, allowed: str) -> None:
    if bad.any():
        raise JudgeError(
            f"{path}, line {lines.filter(bad)[0]}: column {given.name} says {given.filter(bad)[0]!r}, which is no "
            f"label; use {allowed}, or map it on the command line ({int(bad.sum())} such rows)."
        )


def _days(path: Path, table: pl.DataFrame, lines: pl.Series, name: str | None) -> pl.Series:
    if name is None:
        return pl.Series([None], dtype=pl.Date).new_from_index(0, table.height)
    parts = r"^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\b.*$"
    iso = table[name].str.replace("日", " ", literal=True).str.replace(parts, "${1}-${2}-${3}")
    days = iso.str.strptime(pl.Date, "%Y-%m-%d", strict=False)
    if (bad := days.is_null()).any():
        raise JudgeError(
            f"{path}, line {lines.filter(bad)[0]}: column {name} says {table[name].filter(bad)[0]!r}, which is no day; "
            f"write it as 2026-05-03 or 2026年5月3日 ({int(bad.sum())} such rows)."
        )
    return days


def _both(path: Path, labels: pl.Series, name: str) -> None:
    counts = dict(labels.value_counts().iter_rows())
    if len(counts) < 2:
        raise JudgeError(f"{path}: column {name} has one label only ({next(iter(counts))}); add rows of another one.")
    if name == "polarity" and "-1" not in counts:
        raise JudgeError(f"{path}: column {name} has no negative rows (-1); add some, they are what is looked for.")


def _enough(path: Path, labels: pl.Series, name: str) -> None:
    counts = dict(labels.value_counts().iter_rows())
    if labels.len() < LEAST_ROWS:
        raise JudgeError(f"{path}: has {labels.len()} rows; at least {LEAST_ROWS} are needed to learn from.")
    label, rows = min(counts.items(), key=lambda item: (item[1], item[0]))
    if rows < LEAST_PER_CLASS:
        raise JudgeError(f"{path}: has {rows} rows of {name} {label}; at least {LEAST_PER_CLASS} of each are needed.")
