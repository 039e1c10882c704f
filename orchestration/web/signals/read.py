"""The tables of the web branch as one month knows them.

Belongs here: reading texts, copies, mentions, judgements and signals up to a month, only the rows that matter to it.
Does not belong here: what follows from them (``rows``).

A month has few texts of its own and may touch any older one, so older tables are filtered while they are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from orchestration.resolution.review import answers
from orchestration.settings import Settings
from orchestration.web.store import SIGNALS, TABLES, Partition, months_until, web_home

PLACE = ("source", "url")
"""What stays the same through all versions of an item."""
OF_TEXTS = (
    "text_id", "source", "url", "topic_hint", "title", "published_on", "fields", "content_hash", "state", "fetched_at",
    "payload_sha256",
)  # fmt: skip
"""Columns of texts that are read; the text itself stays where it is."""
SIGNALS_STEP = "signals"


@dataclass(frozen=True)
class Month:
    """Tables of one month, and what it needs of earlier ones.

    Attributes:
        settings: whose lake.
        month: YYYY-MM; of later months nothing is read.
        texts: ids of all texts fetched in the month.
        fresh: the newest version of every address fetched in the month; ``seen_on`` is the day, in local time.
        gone: addresses that were last seen gone, in the month or before it; of before only those the month touches.
        mentions: decided in the month.
        answers: questions that a person had answered by the end of the month, with the day of the answer.
        judged: judged in the month.
        judgements: the same, and those of earlier months that the month needs; the newest of each text.
        parts: judgements of mentions in texts that name several enterprises, likewise; the newest of each.
        copies: text_id, group (text_id of the oldest copy), group_hash; only texts that repeat one.
        older: texts of earlier months, all versions, of the addresses that the month's mentions and judgements touch.
    """

    settings: Settings
    month: str
    texts: pl.DataFrame
    fresh: pl.DataFrame
    gone: pl.DataFrame
    mentions: pl.DataFrame
    answers: pl.DataFrame
    judged: pl.DataFrame
    judgements: pl.DataFrame
    parts: pl.DataFrame
    copies: pl.DataFrame
    older: pl.DataFrame

    @classmethod
    def read(cls, settings: Settings, month: str) -> Month:
        """Read what a month needs."""
        mentions = Partition(settings, "matches", month).read("mentions")
        judged = Partition(settings, "judged", month).read("judged")
        all_texts = _scan(settings, "texts", "texts", [month], OF_TEXTS).collect().with_columns(_seen_on(settings))
        texts = all_texts.select("text_id")
        fresh = all_texts.sort("fetched_at", "text_id").unique(PLACE, keep="last")
        ids = pl.concat([mentions["text_id"], judged["text_id"]]).unique()
        earlier = _before(settings, "texts", month)
        touched = _scan(settings, "texts", "texts", earlier, OF_TEXTS).filter(pl.col("text_id").is_in(ids.implode()))
        places = touched.select(PLACE).unique().collect()
        older = (
            _scan(settings, "texts", "texts", earlier, OF_TEXTS)
            .join(places.lazy(), on=PLACE, how="semi")
            .with_columns(_seen_on(settings))
            .collect()
        )
        wanted = pl.concat([mentions["text_id"], older["text_id"]]).unique()
        old_judged = _scan(
            settings, "judged", "judged", _before(settings, "judged", month)[::-1], tuple(TABLES["judged"])
        )
        judgements = pl.concat([judged, old_judged.filter(pl.col("text_id").is_in(wanted.implode())).collect()])
        own_parts = Partition(settings, "judged", month).read("judged_parts")
        old_parts = _scan(
            settings, "judged", "judged_parts", _before(settings, "judged", month)[::-1], tuple(own_parts.columns)
        ).filter(pl.col("text_id").is_in(wanted.implode()))
        # who else a text names is decided anew where the month reads it anew
        parts = pl.concat([own_parts, old_parts.collect().join(texts, on="text_id", how="anti")])
        return cls(
            settings=settings,
            month=month,
            texts=texts,
            fresh=fresh,
            gone=_gone(settings, month, all_texts, places),
            mentions=mentions,
            answers=answers(settings, month).select("mention_id", "answered_on"),
            judged=judged,
            judgements=judgements.unique("text_id", keep="first", maintain_order=True),
            parts=parts.unique(["text_id", "mention_id"], keep="first", maintain_order=True),
            copies=_copies(settings, month, wanted),
            older=older,
        )

    def earlier_signals(self) -> pl.DataFrame:
        """The version told last, before the month, of every signal of an address that the month touches."""
        places = pl.concat([self.fresh.select(PLACE), self.gone.select(PLACE), self.older.select(PLACE)]).unique()
        columns = tuple(SIGNALS)
        months = _before(self.settings, SIGNALS_STEP, self.month)
        told = _scan(self.settings, SIGNALS_STEP, "signals", months[::-1], columns)
        told = told.join(places.lazy(), on=PLACE, how="semi", maintain_order="left")
        return told.collect().unique("signal_no", keep="first", maintain_order=True).select(columns)

    def answered(self, mentions: pl.DataFrame) -> pl.DataFrame:
        """Mentions in texts of earlier months, each with the newest version of its text that still has it.

        A mention whose address was fetched again in the month, or whose newest version has it no more, is left out. One
        whose text is nowhere keeps empty columns.
        """
        known = self.older.select("text_id", *PLACE)
        rows = mentions.join(known, on="text_id", how="left").join(self.fresh.select(PLACE), on=PLACE, how="anti")
        newest = self.older.sort("fetched_at", "text_id").unique(PLACE, keep="last").rename({"text_id": "newest"})
        rows = rows.join(newest, on=PLACE, how="left")
        earlier = _before(self.settings, "matches", self.month)
        named = (
            _scan(self.settings, "matches", "mentions", earlier, ("mention_id", "text_id"))
            .filter(pl.col("mention_id").is_in(rows["mention_id"].implode()))
            .select("mention_id", newest="text_id", has_it=True)
            .unique()
            .collect()
        )
        rows = rows.join(named, on=("mention_id", "newest"), how="left")
        same = pl.col("newest").is_null() | (pl.col("newest") == pl.col("text_id")) | pl.col("has_it")
        return rows.filter(same.fill_null(False)).with_columns(text_id=pl.coalesce("newest", "text_id"))


def _copies(settings: Settings, month: str, texts: pl.Series) -> pl.DataFrame:
    """Which of these texts repeat an older one, and that one's hash."""
    months = [*_before(settings, "copies", month), month]
    columns = ("text_id", "near_duplicate_of")
    copies = _scan(settings, "copies", "copies", months, columns).filter(pl.col("text_id").is_in(texts.implode()))
    found = copies.select("text_id", group="near_duplicate_of").unique("text_id").collect()
    months = [*_before(settings, "texts", month), month]
    oldest = (
        _scan(settings, "texts", "texts", months, ("text_id", "content_hash"))
        .filter(pl.col("text_id").is_in(found["group"].unique().implode()))
        .select(group="text_id", group_hash="content_hash")
        .unique("group")
    )
    return found.join(oldest.collect(), on="group", how="left")


def _gone(settings: Settings, month: str, texts: pl.DataFrame, places: pl.DataFrame) -> pl.DataFrame:
    """Addresses whose newest item is gone, with the day on which that was seen."""
    columns = (*PLACE, "fetched_at", "item_id", "state")
    own = _scan(settings, "crawl", "items", [month], columns)
    earlier = _scan(settings, "crawl", "items", _before(settings, "crawl", month), columns)
    items = pl.concat([own, earlier.join(places.lazy(), on=PLACE, how="semi")]).collect()
    extracted = texts.select(*PLACE, "fetched_at", item_id="text_id", state="state")
    newest = pl.concat([items, extracted]).sort("fetched_at", "item_id").unique(PLACE, keep="last")
    return newest.filter(pl.col("state") == "gone").with_columns(_seen_on(settings)).select(*PLACE, "seen_on")


def _seen_on(settings: Settings) -> pl.Expr:
    """Day on which a page was fetched, where the jurisdiction is."""
    zone = str(settings.profile["timezone"])
    return pl.col("fetched_at").dt.convert_time_zone(zone).dt.date().alias("seen_on")


def _before(settings: Settings, step: str, month: str) -> list[str]:
    """Months before ``month`` for which a step has been done for any source, oldest first."""
    names = {name for source in _sources(settings, step) for name in months_until(settings, step, month, source)}
    return sorted(names - {month})


def _sources(settings: Settings, step: str) -> list[str | None]:
    """Sources of a step that is made source by source, and None for one that is made of all of them."""
    found = (web_home(settings) / step).glob("*/month=*/summary.json")
    return [None, *sorted({path.parent.parent.name for path in found})]


def _scan(settings: Settings, step: str, table: str, months: Sequence[str], columns: Sequence[str]) -> pl.LazyFrame:
    """Columns of a table over months, in the order of the months; empty where there is none."""
    empty = pl.LazyFrame(schema={name: TABLES[table][name] for name in columns})
    paths = [
        Partition(settings, step, month, source).folder / f"{table}.parquet"
        for month in months
        for source in _sources(settings, step)
    ]
    return pl.concat([empty, *(pl.scan_parquet(path).select(columns) for path in paths if path.is_file())])
