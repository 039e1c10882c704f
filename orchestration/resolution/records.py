"""Departmental rows without a code find their enterprise: the stage of the walk between raw and the warehouse.

Belongs here: the decisions of one month, the questions it asks.
Does not belong here: what speaks for a candidate (``evidence``), what it is worth (``weigh``), reading raw rows
(``unresolved``), the queue and its answers (``review``).

A month decides about the rows received in it. A row of an earlier month that is still open is looked at again: it
changes when its name is now certain enough, for example because its enterprise has been registered since. An answer of
a person changes any row, and so does the same record when it comes with its code. Nothing that is received later is
read, and decisions of earlier months are never written again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import polars as pl

from orchestration.lake import prepare
from orchestration.resolution import evidence, review
from orchestration.resolution.links import LINKS, linked_months, links_of
from orchestration.resolution.names import Names, read_names
from orchestration.resolution.near import nearest
from orchestration.resolution.policy import load_policy
from orchestration.resolution.unresolved import unresolved
from orchestration.resolution.weigh import ACCEPT, REJECT, weigh
from orchestration.resolution.weigh import REVIEW as IN_REVIEW
from orchestration.settings import Settings, month_check
from orchestration.web.store import REVIEW

Say = Callable[[str], None]
SHOWN = 10
"""Candidates that a question shows."""
CODED = "同一记录另有代码 the same record came with its code"
NOBODY = "无候选 no enterprise is called alike"


@dataclass(frozen=True)
class LinkSummary:
    """What a month decided.

    Attributes:
        month: YYYY-MM.
        rows: rows without code but with a name that were decided about for the first time.
        accepted, reviewed, rejected: of these rows, by band.
        changed: rows of earlier months whose decision changed.
        answered: rows decided by an answer, first or again.
        open_questions: questions left open at the end of the month.
        nameless: by feed, rows received so far with neither code nor name, which nothing can find.
        by_feed: by feed, how many of the new rows were accepted, reviewed and rejected.
        policy: version of the policy in force.
        seconds: how long it took.
    """

    month: str
    rows: int
    accepted: int
    reviewed: int
    rejected: int
    changed: int
    answered: int
    open_questions: int
    nameless: dict[str, int]
    by_feed: dict[str, dict[str, int]]
    policy: str
    seconds: float


def resolve_records(settings: Settings, month: str, say: Say = lambda _: None) -> LinkSummary:
    """Decide which enterprises the rows without a code are about, as known at the end of a month.

    Writes ``lake/resolution/links/month=<month>``: the decisions that are new in this month, and the questions that it
    asks. Doing it again gives the same rows.

    Args:
        settings: whose lake.
        month: YYYY-MM; its raw rows are published and its names are made.
        say: takes lines of progress.

    Raises:
        NamesError: the names of the month have not been made.
        PolicyError: data/resolution cannot be used.
    """
    began = time.monotonic()
    policy = load_policy(settings, month_check(month))
    prepare(settings)
    rows, nameless = unresolved(settings, month)
    names = read_names(settings, month)
    earlier = [links_of(settings, one) for one in linked_months(settings, month) if one < month]
    before = latest([one.read("links") for one in earlier])
    rows = rows.join(
        before.select("feed", "record_id", was="band", was_id="enterprise_id", was_answered="answered"),
        on=["feed", "record_id"],
        how="left",
        maintain_order="left",
    )
    fresh, left = rows.filter(pl.col("was").is_null()), rows.filter(pl.col("was").is_not_null())
    answers = review.answers(settings, month, say)
    say(f"{fresh.height:,} new rows without a code, {left.height:,} of earlier months, {answers.height:,} answers")
    weighed = weigh(_candidates(fresh, left, names, settings), policy)
    taken = _decide(rows, weighed, answers, month)
    changed = (pl.col("band") == ACCEPT) | pl.col("answered")
    other = (pl.col("was") != pl.col("band")) | ~pl.col("was_id").eq_missing(pl.col("enterprise_id"))
    open_before = (pl.col("was") != ACCEPT) & ~pl.col("was_answered")
    new = pl.col("was").is_null()
    again = other & changed & (open_before | pl.col("answered") | pl.col("told").is_not_null())
    decided = taken.filter(new | again).sort("feed", "record_id")
    asked = _questions(taken, weighed, month)
    queue = review.with_answers(pl.concat([*(one.read("review") for one in earlier), asked]), answers)
    first = decided.filter(new)
    bands = dict(first["band"].value_counts().iter_rows())
    by_feed: dict[str, dict[str, int]] = {}
    for feed, band, count in first.group_by("feed", "band").len().sort("feed", "band").iter_rows():
        by_feed.setdefault(feed, {})[band] = count
    summary = LinkSummary(
        month=month,
        rows=first.height,
        accepted=bands.get(ACCEPT, 0),
        reviewed=bands.get(IN_REVIEW, 0),
        rejected=bands.get(REJECT, 0),
        changed=decided.filter(~new).height,
        answered=int(decided["answered"].sum()),
        open_questions=queue.filter(pl.col("answer").is_null()).height,
        nameless=nameless,
        by_feed=by_feed,
        policy=policy.version,
        seconds=round(time.monotonic() - began, 1),
    )
    kept = {name: value for name, value in asdict(summary).items() if name != "seconds"}
    links_of(settings, month).replace({"links": decided.select(list(LINKS)), "review": asked}, kept)
    say(
        f"{summary.accepted:,} accepted, {summary.reviewed:,} for review, {summary.rejected:,} rejected; "
        f"{summary.changed:,} of earlier months changed; {summary.open_questions:,} questions open"
    )
    return summary


def latest(decisions: list[pl.DataFrame]) -> pl.DataFrame:
    """Of several decisions about a row the last; tables oldest first."""
    whole = pl.concat([pl.DataFrame(schema=dict(LINKS)), *decisions])
    return whole.unique(["feed", "record_id"], keep="last", maintain_order=True)


def _candidates(fresh: pl.DataFrame, left: pl.DataFrame, names: Names, settings: Settings) -> pl.DataFrame:
    """Findings about the candidates of new rows, and of open earlier ones by their name alone."""
    look = left.filter((pl.col("was") != ACCEPT) & ~pl.col("was_answered"))
    asked = pl.concat([fresh, look]).unique("mention_id", keep="first", maintain_order=True)
    mentions = evidence.read_mentions(asked.select("mention_id", "name", "address", "person_id", "district"), settings)
    found = evidence.by_name(mentions, names)
    known = found.filter(pl.col("name_found") != "brand")
    rest = mentions.join(known, on="mention_id", how="anti").join(
        fresh.select("mention_id").unique(), on="mention_id", how="semi"
    )
    place = pl.coalesce("place_code", "seat").str.head(4)
    alike = nearest(
        rest.select("mention_id", "core", "branch", city=pl.when(~place.str.ends_with("00")).then(place)),
        names.enterprises.select("enterprise_id", "core", "branch", at=pl.col("region_code").str.head(4)),
    )
    return evidence.findings(evidence.strongest(pl.concat([found, alike])), mentions, names, settings)


def _decide(rows: pl.DataFrame, weighed: pl.DataFrame, answers: pl.DataFrame, month: str) -> pl.DataFrame:
    """The decision about each row: a person's answer, else the code that the record came with, else the best match."""
    best = weighed.filter(pl.col("rank") == 1).select("mention_id", "enterprise_id", "confidence", "band", "reasons")
    frame = rows.join(best, on="mention_id", how="left", maintain_order="left").join(
        answers, on="mention_id", how="left", maintain_order="left"
    )
    answered = pl.col("answer").is_not_null()
    none = pl.col("answer") == review.NONE
    coded = ~answered & pl.col("told").is_not_null()
    said = pl.concat_str(pl.lit("人工核实 answered by a person, "), pl.col("answered_on").cast(pl.String))
    return frame.with_columns(
        enterprise_id=pl.when(answered & ~none)
        .then("answer")
        .when(coded)
        .then("told")
        .when(~answered)
        .then("enterprise_id"),
        confidence=pl.when(answered | coded).then(1.0).otherwise(pl.col("confidence").fill_null(0.0)),
        band=pl.when(answered & none)
        .then(pl.lit(REJECT))
        .when(answered | coded)
        .then(pl.lit(ACCEPT))
        .otherwise(pl.col("band").fill_null(REJECT)),
        reasons=pl.when(answered)
        .then(said)
        .when(coded)
        .then(pl.lit(CODED))
        .otherwise(pl.col("reasons").fill_null(NOBODY)),
        month=pl.lit(month),
        answered=answered,
    )


def _questions(taken: pl.DataFrame, weighed: pl.DataFrame, month: str) -> pl.DataFrame:
    """What a person should decide: rows that are new in the month and in doubt; and old questions settled since."""
    doubtful = taken.filter((pl.col("band") == IN_REVIEW) & pl.col("was").is_null())
    settled = taken.filter((pl.col("band") == ACCEPT) & (pl.col("was") == IN_REVIEW) & ~pl.col("answered"))
    asked = pl.concat([doubtful, settled]).unique("mention_id", keep="first", maintain_order=True)
    one = pl.struct(
        "enterprise_id",
        pl.col("known_name").alias("name"),
        pl.col("district_code").alias("district"),
        pl.col("confidence").round(3),
        "reasons",
    )
    shown = (
        weighed.filter(pl.col("rank") <= SHOWN)
        .join(asked.select("mention_id"), on="mention_id", how="semi")
        .sort("mention_id", "rank")
        .select("mention_id", one=one.struct.json_encode())
        .group_by("mention_id", maintain_order=True)
        .agg(candidates=pl.concat_str(pl.lit("["), pl.col("one").str.join(", "), pl.lit("]")).first())
    )
    context = pl.concat_str(
        pl.when(pl.col("address").is_not_null()).then(pl.concat_str(pl.lit("地址 address: "), "address")),
        pl.when(~pl.col("district").eq_missing(pl.col("address"))).then(
            pl.concat_str(pl.lit("属地 place: "), "district")
        ),
        pl.concat_str(pl.lit("收到 received: "), "received_month"),
        separator="; ",
        ignore_nulls=True,
    )
    return (
        asked.join(shown, on="mention_id", how="left")
        .select(
            "mention_id",
            kind=pl.lit("record"),
            where_found=pl.concat_str("feed", pl.lit(" "), "record_key"),
            mention="name",
            context=context,
            candidates="candidates",
            asked_in=pl.lit(month),
            answer=pl.when(pl.col("was").is_not_null()).then("enterprise_id"),
            answered_on=pl.lit(None, pl.Date),
        )
        .cast(dict(REVIEW))  # type: ignore[arg-type]
        .sort("mention_id")
    )
