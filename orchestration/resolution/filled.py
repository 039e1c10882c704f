"""A queue of questions as a person filled it in: read as spreadsheets save it, every value checked.

Belongs here: encoding and delimiter of a filled file, what may stand in its cells.
Does not belong here: which questions there are, where answers go (``review``), cleaning a delivery (``feeds``).

One fault refuses the whole file: a person sees all of them at once, and nothing is half delivered. The check character
of a code is not looked at: at the door it is a warning, and here the register itself says whether a code exists.
"""

from __future__ import annotations

import csv
from pathlib import Path

import polars as pl

from orchestration.feeds.codes import code_lookup, half_width, normal_key
from orchestration.feeds.errors import FeedStop, Where, shown
from orchestration.feeds.text import find_encoding
from orchestration.settings import Settings

FOUND, NOBODY = "1", "2"
"""Codes of the code list match_decisions."""
FILLED = ("mention_id", "decision", "enterprise_id", "answered_on", "desk")
"""Columns of the answers' feed, in the file that goes to ``landing``."""
OPTIONAL = ("desk",)
DELIMITERS = ",;\t"
MOST_FAULTS = 10
"""Faults that a refusal shows."""
LINE = "line"
_DAY = r"^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+0{1,2}:00(?::00)?)?$"
_CODE = r"^[0-9A-HJ-NP-RTUWXY]{18}$"


class ReviewError(ValueError):
    """The queue cannot be written or delivered; one sentence says why and what to do."""


def read_filled(path: Path) -> pl.DataFrame:
    """The rows of a filled queue as text, trimmed, empty cells null: ``line`` (the first row is 2) and ``FILLED``.

    UTF-8, UTF-16 and GB18030, with commas, semicolons or tabs, as spreadsheets save them.

    Raises:
        ReviewError: it is a folder, no text, no table, or lacks a column.
    """
    if path.is_dir():
        raise ReviewError(f"{path} is a folder; name the CSV in it that was filled in.")
    try:
        encoding, skip = find_encoding(path, Where("review", "", path.name), None)
        text = path.read_bytes()[skip:].decode(encoding)
    except (OSError, FeedStop) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is neither UTF-8 nor GB18030"
        raise ReviewError(f"{path}: cannot be read as CSV ({reason}); save it as CSV UTF-8.") from error
    header = text.split("\n", 1)[0].rstrip("\r")
    if "\0" in text or not header.strip():
        raise ReviewError(f"{path}: is no table of text; save the queue as CSV UTF-8.")
    delimiter = max(DELIMITERS, key=header.count)
    names = [name.strip().casefold() for name in next(csv.reader([header], delimiter=delimiter))]
    missing = [name for name in FILLED if name not in names and name not in OPTIONAL]
    if missing:
        raise ReviewError(f"{path}: the column {missing[0]!r} is missing; start from the file that the queue wrote.")
    twice = [name for name in FILLED if names.count(name) > 1]
    if twice:
        raise ReviewError(f"{path}: the column {twice[0]!r} stands there twice; remove one.")
    try:
        rows = pl.read_csv(
            text.encode(),
            separator=delimiter,
            infer_schema=False,
            has_header=False,
            skip_rows=1,
            new_columns=[f"c{at}" for at in range(len(names))],
            schema={f"c{at}": pl.String for at in range(len(names))},
        )
    except pl.exceptions.NoDataError:
        rows = pl.DataFrame(schema={f"c{at}": pl.String for at in range(len(names))})
    except pl.exceptions.PolarsError as error:
        raise ReviewError(
            f"{path}: a row does not fit the header ({str(error).splitlines()[0]}); save the queue as CSV UTF-8."
        ) from error
    cells = [
        (pl.col(f"c{names.index(name)}") if name in names else pl.lit(None, pl.String)).alias(name) for name in FILLED
    ]
    trimmed = pl.col(FILLED).str.strip_chars()
    return (
        rows.select(cells).with_columns(pl.when(trimmed != "").then(trimmed).name.keep()).with_row_index(LINE, offset=2)
    )


def read_answers(
    settings: Settings, path: Path, asked: pl.Series, enterprises: pl.Series, last_day: str
) -> pl.DataFrame:
    """The answers of a filled queue, each once, in the form of the feed: columns ``FILLED``.

    Args:
        settings: whose code list of decisions.
        path: the file.
        asked: numbers of all questions that were asked.
        enterprises: codes in the register.
        last_day: YYYY-MM-DD, last day of the month from which the answers will count; no answer may be later.

    Raises:
        ReviewError: no row has a decision, or a value cannot be used; the sentence names up to ten lines.
    """
    rows = read_filled(path)
    meanings = {meaning.key: meaning.code for meaning in code_lookup(settings, "match_decisions", {}).meanings}
    given = rows.filter(pl.col("decision").is_not_null() | pl.col("enterprise_id").is_not_null())
    if not given.height:
        raise ReviewError(
            f"{path}: no row has a decision; write {FOUND} (found) or {NOBODY} (no enterprise) into the column "
            "decision."
        )
    half = pl.col("answered_on", "enterprise_id", "mention_id", "decision").map_batches(_half, pl.String)
    pieces = pl.col("answered_on").str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3").str.extract_groups(_DAY)
    read = given.with_columns(half).with_columns(
        code=pl.col("decision").map_batches(_keys, pl.String).replace_strict(meanings, default=None),
        enterprise=pl.col("enterprise_id").str.replace_all(r"[\s-]", "").str.to_uppercase(),
        day=pl.concat_str(
            pieces.struct.field("1"),
            pieces.struct.field("2").str.zfill(2),
            pieces.struct.field("3").str.zfill(2),
            separator="-",
        ).str.to_date("%Y-%m-%d", strict=False),
        mention_id=pl.col("mention_id").str.to_lowercase(),
    )
    faults = _faults(read, asked, enterprises, last_day)
    if faults.height:
        told = [f"line {line}: {sentence}" for line, sentence in faults.head(MOST_FAULTS).iter_rows()]
        more = faults.height - len(told)
        raise ReviewError(
            f"{path}: nothing was delivered; mend {faults.height:,} "
            f"{'fault' if faults.height == 1 else 'faults'} and deliver it again.\n  "
            + "\n  ".join(told)
            + (f"\n  and {more:,} more" if more else "")
        )
    return read.select(
        "mention_id",
        decision="code",
        enterprise_id="enterprise",
        answered_on=pl.col("day").cast(pl.String),
        desk="desk",
    ).unique("mention_id", keep="last", maintain_order=True)


def _half(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [None if text is None else half_width(text).strip() for text in texts], pl.String)


def _keys(texts: pl.Series) -> pl.Series:
    return pl.Series(texts.name, [None if text is None else normal_key(text) for text in texts], pl.String)


def _faults(read: pl.DataFrame, asked: pl.Series, enterprises: pl.Series, last_day: str) -> pl.DataFrame:
    """What cannot be used: ``line`` and a sentence, in the order of the file."""
    found, nobody = pl.col("code") == FOUND, pl.col("code") == NOBODY
    firm, day = pl.col("enterprise"), pl.col("day")
    known_code = firm.is_in(enterprises.implode())
    answers = pl.struct("code", "enterprise").n_unique().over("mention_id")
    rules: list[tuple[pl.Expr, str, str]] = [
        (pl.col("mention_id").is_null(), "mention_id", "the number of the question (mention_id) is gone"),
        (~pl.col("mention_id").is_in(asked.implode()), "mention_id", "{} is no question that was asked"),
        (
            pl.col("mention_id").is_not_null() & (answers > 1),
            "mention_id",
            "the question {} is answered twice, differently",
        ),
        (
            pl.col("decision").is_null(),
            "enterprise_id",
            "names the enterprise {} but has no decision; write 1 (已找到) or empty the cell",
        ),
        (
            pl.col("decision").is_not_null() & pl.col("code").is_null(),
            "decision",
            "the decision {} is none; write 1 (已找到) or 2 (无对应企业)",
        ),
        (found & firm.is_null(), "mention_id", "decision 1 without enterprise_id"),
        (
            nobody & firm.is_not_null(),
            "enterprise_id",
            "decision 2 says that no enterprise is meant, but enterprise_id is {}",
        ),
        (
            found & ~firm.str.contains(_CODE),
            "enterprise_id",
            "{} is no unified social credit code (18 characters, GB 32100-2015)",
        ),
        (
            found & firm.str.contains(_CODE) & ~known_code,
            "enterprise_id",
            "no enterprise {} is in the register; make find N=<name> shows codes",
        ),
        (pl.col("answered_on").is_null(), "mention_id", "answered_on is missing; write the day as 2026-10-30"),
        (
            pl.col("answered_on").is_not_null() & day.is_null(),
            "answered_on",
            "answered_on {} is no day; write it as 2026-10-30",
        ),
        (
            day > pl.lit(last_day).str.to_date(),
            "answered_on",
            f"answered_on {{}} lies after {last_day}, the end of the month in which the answer would count; "
            "mend the day or deliver for a later month (M=YYYY-MM)",
        ),
    ]
    frames = []
    for order, (wrong, column, sentence) in enumerate(rules):
        rows = read.filter(wrong.fill_null(False)).select(LINE, pl.lit(order).alias("order"), value=column)
        told = [sentence.replace("{}", shown(value)) for value in rows["value"]]
        frames.append(rows.select(LINE, "order", sentence=pl.Series(told, dtype=pl.String)))
    return pl.concat(frames).sort(LINE, "order").select(LINE, "sentence")
