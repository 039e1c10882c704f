"""Which signals a month tells: what is new, and what is different about signals of earlier months.

Belongs here: joins over the tables of the web branch, versions of a signal, what takes a signal back.
Does not belong here: files (``deliver``), reading the tables (``read``), what a signal counts for (``dbt_project``).

A signal is an item of a source about an enterprise. Its number follows from source, address and enterprise, so that a
later version replaces it by its key. A month tells
- every mention matched or answered in it, accepted or waiting for review, with the newest text of its address;
- signals of earlier months that were judged anew;
- signals of earlier months whose page is gone or no longer names the enterprise, or whose match a person answered
  otherwise: the same row, now with the day on which it was taken back.
What would only repeat the version told before is left out.

A signal speaks as its text does; where the text names several enterprises, as what it says of this one does. That is
known by mention, so it holds too for a mention that a person answered in a later month.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

import polars as pl

from orchestration.settings import Settings
from orchestration.web.signals.read import PLACE, Month
from orchestration.web.store import SIGNALS, SKIPPED

LEADS = ("AD", "TRADE")
COMPLAINT = "COMPLAINT"
OWN_TOPIC = (COMPLAINT, *LEADS)
"""Topics that only the source gives: a newspaper that writes of a complaint is no complaint."""
LONGEST = 200
"""Characters of a title or name that are kept; the archive has all of it."""
STANDING = ("accept", "review")
SENTENCES = {
    "not_judged": "The text has no judgement, so its polarity is unknown; run the step judged for its month again.",
    "no_text": "The match names a text that is in no month up to this one; run the steps texts and matches again.",
    "no_date": "The page does not say when it was published, so no window can hold it; name the place of the date in "
    "the YAML file of the source.",
    "date_ahead": "The page says that it was published after it was fetched; look at the pattern of the date in the "
    "YAML file of the source.",
}
"""Why a match is no signal."""


@dataclass(frozen=True)
class Told:
    """What a month tells.

    Attributes:
        signals: columns of ``SIGNALS``, by number.
        again: how many of them are new versions of signals of earlier months.
        skipped: columns of ``SKIPPED``: matches that are no signals, and why.
    """

    signals: pl.DataFrame
    again: int
    skipped: pl.DataFrame


def signals_of(settings: Settings, month: str) -> Told:
    """The signals of a month; of later months nothing is read."""
    tables = Month.read(settings, month)
    before = tables.earlier_signals()
    found, skipped = _found(tables)
    told = pl.concat([found, _judged_again(tables, before), _unsaid(tables, before)])
    told = told.unique("signal_no", keep="first", maintain_order=True)
    gone = tables.gone.rename({"seen_on": "gone_on"})
    rest = before.join(gone, on=PLACE, how="semi").join(told, on="signal_no", how="anti")
    told = pl.concat([told, rest]).join(gone, on=PLACE, how="left")
    told = told.with_columns(withdrawn_on=pl.coalesce("withdrawn_on", "gone_on")).select(list(SIGNALS))
    told = told.join(before, on=list(SIGNALS), how="anti", nulls_equal=True).sort("signal_no")
    return Told(told, told.join(before, on="signal_no", how="semi").height, skipped)


def _found(tables: Month) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Signals of the mentions that the month decided, and the mentions that are none."""
    mentions = tables.mentions.filter(pl.col("band").is_in(STANDING) & pl.col("enterprise_id").is_not_null())
    live = tables.fresh.filter(pl.col("state") != "gone")
    now = mentions.join(live, on="text_id")
    # what the month itself fetched again or saw vanish is overtaken
    rest = mentions.join(tables.texts, on="text_id", how="anti")
    rows = pl.concat([now, tables.answered(rest).select(now.columns)]).join(tables.judgements, on="text_id", how="left")
    rows = _own_part(rows, tables.parts)
    rows = rows.join(tables.copies, on="text_id", how="left").with_columns(
        copies=pl.coalesce("group", "text_id"), content_hash=pl.coalesce("group_hash", "content_hash")
    )
    reason = (
        pl.when(pl.col("url").is_null()).then(pl.lit("no_text"))
        .when(pl.col("published_on").is_null()).then(pl.lit("no_date"))
        .when(pl.col("published_on") > pl.col("seen_on")).then(pl.lit("date_ahead"))
        .when(pl.col("polarity").is_null()).then(pl.lit("not_judged"))
    )  # fmt: skip
    rows = rows.with_columns(reason=reason)
    skipped = rows.filter(pl.col("reason").is_not_null()).select(
        source=pl.col("source").fill_null(""),
        url=pl.coalesce("url", "text_id"),
        reason="reason",
        sentence=pl.col("reason").replace_strict(SENTENCES, return_dtype=pl.String),
        at="fetched_at",
    )
    return _signals(rows.filter(pl.col("reason").is_null())), skipped.select(list(SKIPPED)).unique().sort(pl.all())


def _own_part(rows: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """Rows of mention and judgement; the judgement is that of the mention's own part of the text where it has one."""
    own = parts.select("text_id", "mention_id", own_polarity="polarity", own_negative="negative", own_model="model")
    return (
        rows.join(own, on=["text_id", "mention_id"], how="left", maintain_order="left")
        .with_columns(
            polarity=pl.coalesce("own_polarity", "polarity"),
            negative=pl.coalesce("own_negative", "negative"),
            model=pl.coalesce("own_model", "model"),
        )
        .drop("own_polarity", "own_negative", "own_model")
    )


def _signals(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows of mention, text and judgement as signals; of several with one number the newest, then the surest."""
    of_source = pl.col("topic_hint").is_in(OWN_TOPIC) | pl.col("topic").is_in(OWN_TOPIC)
    topic = pl.when(of_source).then("topic_hint").otherwise("topic")
    chosen = rows.with_columns(
        _number(rows),
        topic=topic,
        title=_one_line("title"),
        mention=_one_line("mention"),
        match_confidence="confidence",
        match_kind="name_kind",
        judged_by="model",
        page="text_id",
        fetched_on="seen_on",
        withdrawn_on=pl.lit(None, pl.Date),
        # pages of other kinds may carry fields of these names that mean something else
        confirmed=pl.when(topic.is_in(LEADS)).then(pl.col("fields").str.json_path_match("$.confirmed")),
        resolved_on=pl.when(topic == COMPLAINT).then(pl.col("fields").str.json_path_match("$.resolved_on")),
    )
    best = chosen.sort("fetched_at", "match_confidence", "mention_id", descending=[True, True, False])
    return best.unique("signal_no", keep="first", maintain_order=True).select(list(SIGNALS))


def _one_line(column: str) -> pl.Expr:
    """What a stranger wrote, fit for a terminal: one line without control characters, at most ``LONGEST``."""
    return pl.col(column).str.replace_all(r"[\p{C}\s]+", " ").str.strip_chars().str.slice(0, LONGEST)


def _number(rows: pl.DataFrame) -> pl.Series:
    """Number of the signal of each row: W and 32 hex digits of sha256 over source, address and enterprise."""
    import duckdb

    query = "SELECT 'W' || left(sha256(concat_ws(chr(10), source, url, enterprise_id)), 32) AS signal_no FROM keys"
    with duckdb.connect() as connection:
        connection.register("keys", rows.select("source", "url", "enterprise_id").to_arrow())
        return connection.sql(query).pl()["signal_no"].cast(pl.String)


def _judged_again(tables: Month, before: pl.DataFrame) -> pl.DataFrame:
    """Earlier signals whose text was judged in this month without being fetched again."""
    again = tables.judged.join(tables.texts, on="text_id", how="anti").select(
        "text_id", "polarity", "negative", "model", page="text_id"
    )
    rows = _own_part(before.drop("polarity", "negative", "judged_by").join(again, on="page"), tables.parts)
    return rows.rename({"model": "judged_by"}).select(list(SIGNALS))


def _unsaid(tables: Month, before: pl.DataFrame) -> pl.DataFrame:
    """Earlier signals, taken back: their page names the enterprise no more, or their match was answered otherwise."""
    standing = before.filter(pl.col("withdrawn_on").is_null())
    kept = tables.mentions.filter(pl.col("band").is_in(STANDING))
    still = kept.join(tables.fresh, on="text_id").select("enterprise_id", *PLACE)
    read_anew = standing.drop("withdrawn_on").join(tables.fresh.select(*PLACE, withdrawn_on="seen_on"), on=PLACE)
    silent = read_anew.join(still, on=("enterprise_id", *PLACE), how="anti")

    last = _last_day(tables.month)
    # of a mention decided for several texts one row is enough: it is decided by name, not by text
    decided = tables.mentions.select("mention_id", decided="enterprise_id", now="band").unique("mention_id")
    asked = standing.join(tables.fresh, on=PLACE, how="anti").join(decided, on="mention_id")
    otherwise = asked.filter((pl.col("now") == "reject") | pl.col("decided").ne_missing(pl.col("enterprise_id")))
    answered = otherwise.join(tables.answers, on="mention_id", how="left").with_columns(
        withdrawn_on=pl.min_horizontal(pl.col("answered_on").fill_null(last), pl.lit(last))
    )
    return pl.concat([silent.select(list(SIGNALS)), answered.select(list(SIGNALS))])


def _last_day(month: str) -> date:
    year, number = map(int, month.split("-"))
    return date(year, number, calendar.monthrange(year, number)[1])
