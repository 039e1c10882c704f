"""The queue of questions for a person, and the answers that came home.

    python -m orchestration.resolution.review [YYYY-MM]        writes what is open as CSV and says where
    python -m orchestration.resolution.review deliver FILE [YYYY-MM]   puts the answered rows into landing/

Belongs here: which questions are open at the end of a month, the CSV that a person fills in, answers as known.
Does not belong here: how a question arises (``web.match``, ``records``), what an answer changes there, what may stand
in a filled file (``filled``).

A person fills ``decision`` (1 已找到, 2 无对应企业), ``answered_on``, for 1 ``enterprise_id``, and ``desk`` if wanted.
Answers are a feed like any other (``s01_match_answers``), in force from the month in which they were received.
"""

from __future__ import annotations

import sys
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from orchestration.feeds.ledger import first_open, name_parts
from orchestration.lake import scratch
from orchestration.partition import months_until
from orchestration.resolution.filled import FILLED, FOUND, ReviewError, read_answers, read_filled
from orchestration.resolution.known import as_known
from orchestration.resolution.store import Partition
from orchestration.settings import Settings, SettingsError, month_check
from orchestration.web.store import REVIEW

FEED = "s01_match_answers"
NONE = "none"
"""Answer that says: no enterprise of the register."""
SHOWN = 5
"""Candidates that the CSV shows."""
LATEST = "9999-12"
STAMP = "%Y%m%dT%H%M%S%fZ"
"""Moment of a delivery in the name of its file, UTC."""
_CANDIDATES = pl.List(
    pl.Struct({"enterprise_id": pl.String, "name": pl.String, "district": pl.String, "confidence": pl.Float64})
)

Say = Callable[[str], None]


@dataclass(frozen=True)
class Queue:
    """The CSV of open questions.

    Attributes:
        path: the file.
        open: questions in it.
        kept: of these, filled in the file that lay there before.
        left_out: rows filled in that file whose question is no longer open.
    """

    path: Path
    open: int
    kept: int
    left_out: int


def answers(settings: Settings, month: str, say: Say = lambda _: None) -> pl.DataFrame:
    """Answers as known at the end of a month, the latest per question.

    An answer that names an enterprise which the register of that time does not have is no answer: its question stays
    open, and ``say`` gets a sentence with their number.

    Returns:
        ``mention_id``, ``answer`` (an enterprise's code, or ``none``), ``answered_on``, ``received_month``.
    """
    with scratch(settings) as connection:
        rows = as_known(
            connection, settings, FEED, month_check(month), ["mention_id", "decision", "enterprise_id", "answered_on"]
        )
    given = rows.select(
        "mention_id",
        answer=pl.when(pl.col("decision") == FOUND).then("enterprise_id").otherwise(pl.lit(NONE)),
        answered_on=pl.col("answered_on").cast(pl.Date),
        received_month="received_month",
    ).sort("mention_id")
    register = enterprises(settings, month) if given.height else None
    if register is None:
        return given
    known = (pl.col("answer") == NONE) | pl.col("answer").is_in(register.implode())
    strange = given.filter(~known)
    if strange.height:
        say(
            f"{strange.height:,} answers name an enterprise that is not in the register, for example "
            f"{strange['answer'][0]} for the question {strange['mention_id'][0]}; they count as no answer."
        )
    return given.filter(known)


def enterprises(settings: Settings, month: str) -> pl.Series | None:
    """Codes in the register, by the newest names made up to a month; None where none were made."""
    months = months_until(settings, Partition.branch, "names", month)
    if not months:
        return None
    path = Partition(settings, "names", months[-1]).folder / "enterprises.parquet"
    return pl.read_parquet(path, columns=["enterprise_id"])["enterprise_id"]


def questions(settings: Settings, month: str) -> pl.DataFrame:
    """Every question asked up to a month, with its answer where one is known: columns of ``REVIEW``, oldest first.

    A question that several months ask keeps the month in which it first came up and has the candidates of the last.
    One that was settled without a person has the enterprise that was found as its answer, and no day.
    """
    files = [path for asked_in, path in _tables(settings) if asked_in <= month_check(month)]
    # tables of several steps: read one by one, since an empty one may come from an older layout
    asked = pl.concat(
        [pl.read_parquet(path).select(list(REVIEW)) for path in files] or [pl.DataFrame(schema=dict(REVIEW))]
    )
    return with_answers(asked, answers(settings, month))


def _tables(settings: Settings) -> list[tuple[str, Path]]:
    """Month and file of every table of questions, of texts and of records, in the order of the files."""
    found = sorted((settings.home / "lake").glob("*/*/month=*/review.parquet"))
    return [(path.parent.name.removeprefix("month="), path) for path in found]


def with_answers(asked: pl.DataFrame, given: pl.DataFrame) -> pl.DataFrame:
    """Questions of several months, oldest first, each once, with what was answered: columns of ``REVIEW``."""
    known = given.select("mention_id", said="answer", said_on="answered_on")
    return (
        asked.sort("mention_id", "asked_in", maintain_order=True)
        .with_columns(asked_in=pl.col("asked_in").min().over("mention_id"))
        .unique("mention_id", keep="last", maintain_order=True)
        .join(known, on="mention_id", how="left")
        .with_columns(answer=pl.coalesce("said", "answer"), answered_on=pl.col("said_on"))
        .select(list(REVIEW))
        .sort("asked_in", "kind", "mention_id")
    )


def open_questions(settings: Settings, month: str) -> pl.DataFrame:
    """Questions without an answer at the end of a month."""
    return questions(settings, month).filter(pl.col("answer").is_null())


def write_queue(settings: Settings, month: str) -> Queue:
    """Write the open questions as ``review/<month>.csv`` of ``ECR_HOME``, the surest best candidate first.

    What a person filled into the file that lies there already is kept.

    Raises:
        ReviewError: no questions were asked for such a month yet, or the file that lies there cannot be read.
    """
    last = last_month(settings)
    if month_check(month) > last:
        raise ReviewError(f"No questions were asked for {month} yet; the last month with questions is {last}.")
    path = settings.home / "review" / f"{month}.csv"
    cells = list(FILLED[1:])
    empty = pl.DataFrame(schema=dict.fromkeys(FILLED, pl.String))
    before = read_filled(path).select(FILLED) if path.exists() else empty
    before = before.filter(pl.any_horizontal(pl.col(cells).is_not_null())).unique("mention_id", keep="last")
    listed = pl.col("candidates").str.json_decode(_CANDIDATES)
    rows = (
        open_questions(settings, month)
        .with_columns(
            candidates=listed.list.head(SHOWN).list.eval(_readable(pl.element())).list.join(" | "),
            best=listed.list.eval(pl.element().struct.field("confidence")).list.max().fill_null(0.0),
        )
        .join(before, on="mention_id", how="left")
        .sort("best", "asked_in", "mention_id", descending=[True, False, False])
        .select(*FILLED, "mention", "context", "candidates", "where_found", "kind", "asked_in")
    )
    kept = before.join(rows, on="mention_id", how="semi").height
    path.parent.mkdir(parents=True, exist_ok=True)
    # beside its place and renamed: what a person filled is never half written;
    # with a byte order mark spreadsheets read it as UTF-8
    fresh = path.with_name(f".{path.name}")
    rows.write_csv(fresh, include_bom=True)
    fresh.replace(path)
    return Queue(path, rows.height, kept, before.height - kept)


def _readable(one: pl.Expr) -> pl.Expr:
    """A candidate as a person reads it: code, name, district, confidence."""
    fields = [one.struct.field(name) for name in ("enterprise_id", "name", "district")]
    return pl.concat_str(
        *fields, one.struct.field("confidence").round(3).cast(pl.String), separator=" ", ignore_nulls=True
    )


def deliver(settings: Settings, filled: Path, month: str) -> tuple[Path, int]:
    """Put the answered rows of a filled queue into ``landing``, where the feed picks them up; returns file and rows.

    They go into the folder of the first open month, ``month`` or later: the one from which they count. What lies there
    already in the same words is left out.

    Args:
        settings: whose landing zone.
        filled: the file; a relative path is looked for in the current folder, then in ``ECR_HOME``.
        month: YYYY-MM.

    Raises:
        ReviewError: there is no such file, it is no queue, a value in it cannot be used, or all was delivered already.
    """
    path = _find(settings, filled)
    opened = first_open(settings, FEED, month)
    register = enterprises(settings, LATEST)
    if register is None:
        raise ReviewError("No names have been made yet; run the asset resolution/names of a month first.")
    asked = questions(settings, last_month(settings))["mention_id"]
    year, number = map(int, opened.split("-"))
    answered = read_answers(settings, path, asked, register, f"{opened}-{monthrange(year, number)[1]:02d}")
    folder = settings.landing / FEED / opened
    there = _delivered(folder)
    fresh = answered.join(there, on=FILLED, how="anti", nulls_equal=True, maintain_order="left")
    if not fresh.height:
        raise ReviewError(f"{path}: every answer in it was delivered already; they lie in {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    # the time in front: of two answers to a question in one month that of the last name counts; and never a name that
    # was there before, since other content under it would take back what came first
    target = folder / f"{datetime.now(UTC):{STAMP}}-{name_parts(path.name)[0]}.csv"
    unfinished = target.with_name(f".{target.name}")
    fresh.write_csv(unfinished)
    unfinished.rename(target)
    return target, fresh.height


def _delivered(folder: Path) -> pl.DataFrame:
    """What was delivered from queues into a landing folder, the last answer of each question."""
    files = sorted(folder.glob("[0-9]*T[0-9]*Z-*.csv"))
    rows = [pl.read_csv(path, infer_schema=False).select(FILLED) for path in files]
    empty = pl.DataFrame(schema=dict.fromkeys(FILLED, pl.String))
    return pl.concat([empty, *rows]).unique("mention_id", keep="last")


def _find(settings: Settings, filled: Path) -> Path:
    """The file meant by a path, relative to the current folder or else to ``ECR_HOME``."""
    places = [Path.cwd() / filled, settings.home / filled]
    for place in places:
        if place.exists():
            return place
    tried = " nor ".join(dict.fromkeys(map(str, places)))
    raise ReviewError(f"There is no filled queue {tried}; make review writes one and says where.")


def last_month(settings: Settings) -> str:
    """The last month for which questions were asked.

    Raises:
        ReviewError: none were asked yet.
    """
    months = [month for month, _ in _tables(settings)]
    if not months:
        raise ReviewError(f"No questions were asked in {settings.home} yet; run a month first, or set ECR_HOME.")
    return max(months)


def main(arguments: list[str]) -> int:
    """Write the queue, or deliver a filled one; an error is told on stderr, with exit status 1."""
    try:
        settings = Settings.from_env()
        if arguments[:1] == ["deliver"] and len(arguments) in (2, 3):
            month = arguments[2] if len(arguments) == 3 else last_month(settings)
            path, count = deliver(settings, Path(arguments[1]), month)
            opened = path.parent.name
            print(f"{count:,} answers delivered: {path}")
            closed = f" ({month} is closed)" if opened != month else ""
            print(
                f"They count from {opened} on{closed}. In the UI materialise raw/{FEED} of {opened}, then run the job "
                f"signals, then the job month, both of {opened}."
            )
            return 0
        if len(arguments) > 1:
            raise ReviewError("Give a month (YYYY-MM), or: deliver FILE [YYYY-MM].")
        queue = write_queue(settings, arguments[0] if arguments else last_month(settings))
        print(f"{queue.open:,} open questions: {queue.path}")
        if queue.kept or queue.left_out:
            print(
                f"{queue.kept:,} rows that were filled in before are kept; {queue.left_out:,} filled rows were left "
                "out, their questions are no longer open."
            )
        print(
            "Fill decision (1 found, 2 no enterprise), for 1 enterprise_id, and answered_on (2026-10-30); desk if "
            f'wanted. Then: make review ANSWERS="{queue.path}"'
        )
    except (ReviewError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
