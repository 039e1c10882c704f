"""Texts of one source and month, from what was crawled.

Belongs here: reading items, archived pages and lists' fields; the tables ``texts`` and ``skipped``.
Does not belong here: one page (``page``), spellings of days (``dates``), copies (``copies``).

Nothing is lost: an item becomes a text or a row of ``skipped``. A text of which something was left out (its end, an
impossible day) is a text and has a row of ``skipped`` that says what.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl

from orchestration.settings import Settings
from orchestration.web.archive import read_pages
from orchestration.web.extract.dates import DayError, read_day
from orchestration.web.extract.pages import Parsed, Read, parse_pages
from orchestration.web.extract.tidy import (
    LEAST_LETTERS,
    LONGEST_TEXT,
    LONGEST_TITLE,
    content_hash,
    letters,
    tidy,
    without_furniture,
)
from orchestration.web.sources import source_named
from orchestration.web.store import SKIPPED, TEXTS, Partition

FIELDS = ("title", "text", "published_on", "published_by")
"""Keys of an item's ``fields`` that are read."""
BATCH = 2_000
"""Pages held in memory at once."""
MANY = 0.2
"""Share of live items without a text from which the month counts as partial: the site may have changed its shape."""
_MOMENT = pl.Datetime("us", "UTC")


@dataclass(frozen=True)
class ExtractSummary:
    """What became of the items of a source and month.

    Attributes:
        source: name of the source.
        month: YYYY-MM.
        items: items that the crawl found.
        texts: items of which a text was made, those withdrawn among them.
        gone: items that the site has withdrawn; they have no text.
        skipped: items of which no text could be made.
        undated: texts without a day; nothing dated can be made of them.
        status: ok; partial, if many items gave no text or the archive does not give all back; failed, if none did.
        sentence: what is wrong, or empty.
        reasons: rows of ``skipped`` by reason, notes on kept texts among them.
    """

    source: str
    month: str
    items: int
    texts: int
    gone: int
    skipped: int
    undated: int
    status: str
    sentence: str
    reasons: dict[str, int] = field(default_factory=dict)


def extract_month(
    settings: Settings,
    source: str,
    month: str,
    say: Callable[[str], None] = print,
    *,
    topic: str | None = None,
    read: Read | None = None,
    workers: int = 2,
) -> ExtractSummary:
    """Make the texts of a month of a source and replace its partition of step ``texts``.

    Args:
        settings: whose lake, and the zone of its days.
        source: name of the source.
        month: YYYY-MM.
        say: takes lines of progress.
        topic: what its texts are about, kept as ``topic_hint``; None: what the source's file says.
        read: reads the archive; None: the archive of the platform.
        workers: processes that parse pages, used from a few thousand pages on.

    The same items and archive give the same rows, in the order of ``text_id``.

    Raises:
        SourceError: there is no such source.
    """
    topic = topic or source_named(settings, source).topic
    items = Partition(settings, "crawl", month, source).read("items").sort("item_id")
    zone = ZoneInfo(str(settings.profile["timezone"]))
    listed = items.with_columns(said=_decoded(pl.col("fields")))
    gone = listed.filter(pl.col("state") == "gone")
    live = listed.filter(pl.col("state") != "gone")
    pages = live.filter(pl.col("kind") == "html")
    parsed: list[Parsed] = []
    for batch in pages.sort("warc", "warc_offset").iter_slices(BATCH):
        parsed += parse_pages(settings, batch, read or read_pages, workers if pages.height >= BATCH else 1)
        say(f"{source}: {len(parsed):,} of {pages.height:,} pages parsed")
    joined = live.join(_frame(parsed), on="item_id", how="left")
    texts, notes = _texts(joined, zone)
    kept = texts.filter(pl.col("failure").is_null())
    table = pl.concat([_columns(kept, topic), _columns(_withdrawn(gone), topic)]).sort("text_id")
    skipped = pl.concat([_skipped(texts.filter(pl.col("failure").is_not_null())), notes]).sort(
        "url", "reason", "sentence"
    )
    reasons = dict(sorted(Counter(skipped["reason"]).items()))
    status, sentence = _outcome(live.height, kept.height, reasons)
    summary = ExtractSummary(
        source,
        month,
        items.height,
        table.height,
        gone.height,
        texts.height - kept.height,
        kept["published_on"].null_count(),
        status,
        sentence,
        reasons,
    )
    Partition(settings, "texts", month, source).replace({"texts": table, "skipped": skipped}, asdict(summary))
    return summary


def _outcome(live: int, kept: int, reasons: dict[str, int]) -> tuple[str, str]:
    lost = reasons.get("archive_unreadable", 0)
    told = ", ".join(f"{reason} {count:,}" for reason, count in reasons.items())
    if live and not kept:
        return "failed", f"None of {live:,} items gave a text ({told}); see their rows in table skipped."
    if lost:
        return (
            "partial",
            f"The archive does not give {lost:,} of {live:,} pages back; restore it or crawl the month again.",
        )
    if live - kept > MANY * live:
        return (
            "partial",
            f"{live - kept:,} of {live:,} items gave no text ({told}); the site may have changed its shape.",
        )
    return "ok", ""


def _decoded(fields: pl.Expr) -> pl.Expr:
    """Known keys of the JSON object; numbers as text, anything else null."""
    return fields.fill_null("{}").str.json_decode(pl.Struct(dict.fromkeys(FIELDS, pl.String)))


def _frame(parsed: list[Parsed]) -> pl.DataFrame:
    names = ("item_id", "page_title", "page_text", "page_day", "page_by", "failure", "failure_sentence")
    return pl.DataFrame(parsed, schema=dict.fromkeys(names, pl.String), orient="row")


def _texts(joined: pl.DataFrame, zone: ZoneInfo) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Items with tidy title, text and day; and notes on what was left out of texts that are kept."""
    said = pl.col("said").struct
    is_page = pl.col("kind") == "html"
    # A list shortens long titles; a page's own is whole. Of an entry of a list there is nothing but the list.
    whole = ~said.field("title").str.strip_chars_end().str.contains(r"(…|\.\.\.)$")
    frame = joined.with_columns(
        title=tidy(pl.coalesce(pl.when(whole).then(said.field("title")), "page_title", said.field("title"))),
        # A list often carries the beginning only, so a page's own text comes first.
        text=tidy(pl.when(is_page).then(pl.coalesce("page_text", said.field("text"))).otherwise(said.field("text"))),
        published_by=tidy(pl.coalesce(said.field("published_by"), "page_by")).str.slice(0, LONGEST_TITLE),
        list_day=said.field("published_on"),
    ).with_columns(
        text=pl.when(is_page).then(without_furniture(pl.col("text"))).otherwise("text"),
        title=pl.col("title").str.slice(0, LONGEST_TITLE),
    )
    frame = frame.with_columns(length=pl.col("text").str.len_chars(), text=pl.col("text").str.slice(0, LONGEST_TEXT))
    bare = letters(pl.col("text")).str.len_chars().fill_null(0) < LEAST_LETTERS
    frame = frame.with_columns(
        failure=pl.when(pl.col("failure").is_null() & bare).then(pl.lit("no_text")).otherwise("failure"),
        failure_sentence=pl.when(pl.col("failure").is_null() & bare)
        .then(
            pl.lit(
                "Only a title, navigation or nothing was found where the text should be; "
                "if all items say so, the site has changed its shape: mend the source's file."
            )
        )
        .otherwise("failure_sentence"),
    )
    frame = frame.join(_days(frame, zone), on="item_id", how="left", maintain_order="left")
    kept = frame.filter(pl.col("failure").is_null())
    undated = kept.filter(pl.col("day_reason").is_not_null()).select(
        *_place(), reason="day_reason", sentence="day_sentence", at=pl.col("fetched_at").cast(_MOMENT)
    )
    cut = kept.filter(pl.col("length") > LONGEST_TEXT).select(
        *_place(),
        reason=pl.lit("text_cut"),
        sentence=pl.format("The text has {} characters; the first {} are kept.", "length", pl.lit(LONGEST_TEXT)),
        at=pl.col("fetched_at").cast(_MOMENT),
    )
    return frame, pl.concat([undated, cut]).select(list(SKIPPED))


def _place() -> list[pl.Expr]:
    return [pl.col("source"), pl.col("url")]


def _days(frame: pl.DataFrame, zone: ZoneInfo) -> pl.DataFrame:
    """Day of each item: the list's if it states one, else the page's; without one, why."""
    stated = frame.filter(pl.col("failure").is_null()).select("item_id", "list_day", "page_day", "fetched_at")
    keys = stated.select(pl.exclude("item_id")).unique(maintain_order=True)
    read = pl.DataFrame(
        [_day(listed, on_page, at, zone) for listed, on_page, at in keys.iter_rows()],
        schema={"published_on": pl.Date, "day_reason": pl.String, "day_sentence": pl.String},
        orient="row",
    )
    known = pl.concat([keys, read], how="horizontal")
    joined = stated.join(known, on=["list_day", "page_day", "fetched_at"], how="left", nulls_equal=True)
    return joined.select("item_id", "published_on", "day_reason", "day_sentence")


def _day(
    listed: str | None, on_page: str | None, fetched_at: datetime, zone: ZoneInfo
) -> tuple[date | None, str | None, str | None]:
    problem = None
    for stated in (listed, on_page):
        if stated and stated.strip():
            try:
                return read_day(stated, fetched_at, zone), None, None
            except DayError as error:
                # The list's words are the first to mend; a page that states no day adds nothing to that.
                problem = problem or error
    if problem is None:
        sentence = "Neither the list nor the page states a day; the text is kept without one and gives no signal."
        return None, "no_date", sentence
    return None, problem.reason, f"{problem} The text is kept without a day and gives no signal."


def _withdrawn(gone: pl.DataFrame) -> pl.DataFrame:
    empty = pl.lit(None, pl.String)
    return gone.with_columns(title=empty, text=empty, published_by=empty, published_on=pl.lit(None, pl.Date))


def _columns(frame: pl.DataFrame, topic: str) -> pl.DataFrame:
    return frame.with_columns(
        text_id=pl.col("item_id"), topic_hint=pl.lit(topic), content_hash=content_hash(frame["text"])
    ).select(list(TEXTS))


def _skipped(failed: pl.DataFrame) -> pl.DataFrame:
    return failed.select(
        *_place(), reason="failure", sentence="failure_sentence", at=pl.col("fetched_at").cast(_MOMENT)
    ).select(list(SKIPPED))
