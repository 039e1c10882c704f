"""Mentions of a month: texts of all sources matched, answers of people used, questions asked.

Belongs here: partitions in and out, answers, texts that repeat others.
Does not belong here: how a text is matched (``matcher``), the queue of all months (``resolution.review``).

An answer counts from the month in which it was received. About an older text it adds a row to the month of the answer,
whose ``text_id`` is of the earlier month; what that month itself said stays as it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.resolution.review import NONE, answers
from orchestration.resolution.weigh import ACCEPT, REJECT
from orchestration.resolution.weigh import REVIEW as ASK
from orchestration.settings import Settings, month_check
from orchestration.web.match.matcher import FOUND_SCHEMA, Matcher
from orchestration.web.store import MENTIONS, REVIEW, Partition, months_until, sources_of

STEP, COPIES_STEP, TEXTS_STEP = "matches", "copies", "texts"
BATCH = 20_000
"""Texts matched at a time; bounds memory."""
CONTEXT = 60
"""Characters shown to a person on each side of a name."""
MOST_CANDIDATES = 10
STRONGEST = ("full", "code", "former", "short")
"""Of several names of one enterprise in a text the first of these stands for it."""
FIELDS = ("company", "code", "district")
"""What a source's own fields may say of the enterprise."""
FOUND = FOUND_SCHEMA | {"text_id": pl.String, "source": pl.String, "url": pl.String, "context": pl.String}

Say = Callable[[str], None]


@dataclass(frozen=True)
class MatchSummary:
    """What a month's matching found.

    Attributes:
        texts: texts read.
        mentions: names found in them, spelling by spelling.
        bands: mentions by band.
        kinds: accepted mentions by kind of name.
        enterprises: enterprises accepted.
        answered: mentions that a person decided, of this month's texts and of earlier ones.
        asked: questions asked this month.
    """

    month: str
    texts: int
    mentions: int
    bands: dict[str, int]
    kinds: dict[str, int]
    enterprises: int
    answered: int
    asked: int


def match_month(settings: Settings, month: str, say: Say = lambda _: None) -> MatchSummary:
    """Match the texts of a month and keep mentions and questions.

    Args:
        settings: whose lake.
        month: YYYY-MM; names, answers and texts known by its end are read, nothing later.
        say: takes lines of progress.

    Raises:
        NamesError: the names of the month have not been made.
        PolicyError, WordError: data/resolution cannot be used.
    """
    matcher = Matcher.of_month(settings, month_check(month), say)
    texts = texts_of(settings, month)
    found = [_found(matcher, texts.slice(start, BATCH)) for start in range(0, texts.height, BATCH)]
    pairs = _with_numbers(pl.concat(found or [pl.DataFrame(schema=FOUND)]))
    say(f"{texts.height:,} texts hold {pairs['mention_id'].n_unique():,} names that an enterprise bears")
    earlier = _earlier(settings, month)
    best = _inherited(pairs.filter(pl.col("rank") == 1), texts, earlier)
    said = answers(settings, month, say)
    best, decided = _answered(best, said)
    late = _late(earlier, said, month)
    mentions = pl.concat([_one_each(best), late]).sort("text_id", "start", "mention_id", "enterprise_id")
    review = _questions(pairs, best, month)
    summary = MatchSummary(
        month=month,
        texts=texts.height,
        mentions=best.height,
        bands=_counts(best["band"]),
        kinds=_counts(best.filter(pl.col("band") == ACCEPT)["name_kind"]),
        enterprises=mentions.filter(pl.col("band") == ACCEPT)["enterprise_id"].n_unique(),
        answered=decided + late.height,
        asked=review.height,
    )
    Partition(settings, STEP, month).replace(
        {"mentions": mentions, "review": review}, vars(summary) | {"policy": matcher.policy.version}
    )
    say(", ".join(f"{band} {count:,}" for band, count in summary.bands.items()) + f"; {review.height:,} questions")
    return summary


def texts_of(settings: Settings, month: str) -> pl.DataFrame:
    """Texts of all sources of a month, with what the sources' fields say of the enterprise."""
    sources = sources_of(settings, TEXTS_STEP, month)
    frames = [Partition(settings, TEXTS_STEP, month, source).read("texts") for source in sources]
    wanted = ["text_id", "source", "url", "title", "text", "fields"]
    copies = Partition(settings, COPIES_STEP, month).read("copies").select("text_id", "near_duplicate_of")
    empty = pl.DataFrame(schema=dict.fromkeys(wanted, pl.String))
    return (
        pl.concat([frame.select(wanted) for frame in frames] or [empty])
        .with_columns(pl.col("fields").str.json_path_match(f"$.{name}").alias(name) for name in FIELDS)
        .drop("fields")
        .join(copies, on="text_id", how="left")
        .sort("text_id")
    )


def _found(matcher: Matcher, texts: pl.DataFrame) -> pl.DataFrame:
    """Candidates of a batch, with their texts' addresses and the words around each name."""
    found = matcher.match(texts)
    own = texts[found["row"]]
    whole = pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), pl.col("text").fill_null(""))
    first = pl.col("start") - pl.min_horizontal("start", pl.lit(CONTEXT))
    length = pl.col("start") - first + pl.col("mention").str.len_chars() + CONTEXT
    return (
        found.hstack(own.select("text_id", "source", "url", whole.alias("whole")))
        .with_columns(
            context=pl.when(pl.col("start").is_null())
            .then(pl.col("whole").str.head(2 * CONTEXT))
            .otherwise(pl.col("whole").str.slice(first, length))
            .str.replace_all("\n", " ", literal=True)
        )
        .select(list(FOUND))
    )


def _with_numbers(pairs: pl.DataFrame) -> pl.DataFrame:
    """Adds ``mention_id``, the same for all versions of a text."""
    asked = pairs.select("source", "url", "mention").unique()
    with duckdb.connect() as connection:
        connection.register("asked", asked.to_arrow())
        numbers = connection.execute(
            "SELECT *, sha256(concat_ws(chr(10), source, url, mention))[:32] AS mention_id FROM asked"
        ).pl()
    return pairs.join(numbers, on=["source", "url", "mention"], how="left", maintain_order="left")


def _counts(column: pl.Series) -> dict[str, int]:
    return dict(sorted(column.value_counts().iter_rows()))


def _earlier(settings: Settings, month: str) -> pl.DataFrame:
    """Mentions that earlier months found, the latest state of each text and mention."""
    months = [one for one in months_until(settings, STEP, month) if one < month]
    frames = [Partition(settings, STEP, one).read("mentions") for one in months]
    return pl.concat(frames or [pl.DataFrame(schema=dict(MENTIONS))]).unique(
        ["text_id", "mention_id"], keep="last", maintain_order=True
    )


def _inherited(best: pl.DataFrame, texts: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """A text that repeats another inherits what was accepted there where its own words leave a name in doubt."""
    copies = texts.drop_nulls("near_duplicate_of").select("text_id", original="near_duplicate_of")
    accepted = pl.concat(
        [
            frame.filter(pl.col("band") == ACCEPT).select(
                "mention", original="text_id", whose="enterprise_id", certain="confidence"
            )
            for frame in (earlier, best)
        ]
    ).unique(["original", "mention"], keep="last", maintain_order=True)
    known = best.join(copies, on="text_id", how="left", maintain_order="left").join(
        accepted, on=["original", "mention"], how="left", maintain_order="left"
    )
    taken = (pl.col("band") == ASK) & pl.col("whose").is_not_null()
    return known.with_columns(
        enterprise_id=pl.when(taken).then("whose").otherwise("enterprise_id"),
        confidence=pl.when(taken).then("certain").otherwise("confidence"),
        reasons=pl.when(taken).then(pl.lit("与其转载的原文相同 as in the text that it repeats")).otherwise("reasons"),
        band=pl.when(taken).then(pl.lit(ACCEPT)).otherwise("band"),
    ).select(best.columns)


_BY_PERSON = pl.format("人工核实 answered by a person on {}", pl.col("answered_on"))


def _decision() -> list[pl.Expr]:
    """What an answer makes of a mention; columns ``answer`` and ``answered_on``."""
    said, nobody = pl.col("answer").is_not_null(), pl.col("answer") == NONE
    return [
        pl.when(said & ~nobody).then("answer").otherwise("enterprise_id").alias("enterprise_id"),
        pl.when(nobody).then(0.0).when(said).then(1.0).otherwise("confidence").alias("confidence"),
        pl.when(nobody).then(pl.lit(REJECT)).when(said).then(pl.lit(ACCEPT)).otherwise("band").alias("band"),
        pl.when(said).then(_BY_PERSON).otherwise("reasons").alias("reasons"),
    ]


def _answered(best: pl.DataFrame, said: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """This month's mentions with the answers known, and how many an answer decided."""
    joined = best.join(said.drop("received_month"), on="mention_id", how="left", maintain_order="left")
    return joined.with_columns(_decision()).select(best.columns), int(joined["answer"].is_not_null().sum())


def _late(earlier: pl.DataFrame, said: pl.DataFrame, month: str) -> pl.DataFrame:
    """Mentions of earlier months that an answer received this month decides."""
    new = said.filter(pl.col("received_month") == month).drop("received_month")
    return earlier.join(new, on="mention_id", how="inner").with_columns(_decision()).select(list(MENTIONS))


def _one_each(best: pl.DataFrame) -> pl.DataFrame:
    """Of what is accepted one row per text and enterprise, of the rest all; columns of ``MENTIONS``."""
    strength = pl.col("name_kind").replace_strict({kind: at for at, kind in enumerate(STRONGEST)})
    rows = best.with_columns(taken=pl.col("band") == ACCEPT, strength=strength).sort(
        "text_id",
        "strength",
        "confidence",
        "start",
        "mention_id",
        descending=[False, False, True, False, False],
        nulls_last=False,
    )
    accepted = rows.filter("taken").unique(["text_id", "enterprise_id"], keep="first", maintain_order=True)
    # a name in doubt for an enterprise that the text names surely elsewhere adds nothing
    others = rows.filter(~pl.col("taken")).join(accepted, on=["text_id", "enterprise_id"], how="anti")
    others = others.unique(["text_id", "mention_id"], keep="first", maintain_order=True)
    return pl.concat([accepted, others]).select(list(MENTIONS))


def _questions(pairs: pl.DataFrame, best: pl.DataFrame, month: str) -> pl.DataFrame:
    """The mentions that a person should decide, with their candidates: columns of ``REVIEW``."""
    asked = (
        _one_each(best)
        .filter(pl.col("band") == ASK)
        .unique("mention_id", keep="first", maintain_order=True)
        .select("mention_id", "text_id")
    )
    listed = (
        pairs.join(asked, on=["mention_id", "text_id"], how="semi")
        .filter(pl.col("rank") <= MOST_CANDIDATES)
        .unique(["mention_id", "enterprise_id"], keep="first", maintain_order=True)
        .with_columns(
            one=pl.struct(
                "enterprise_id",
                "name",
                district="district_code",
                confidence=pl.col("confidence").round(4),
                reasons="reasons",
            ).struct.json_encode()
        )
    )
    return (
        listed.group_by("mention_id", maintain_order=True)
        .agg(pl.col("one").str.join(","), pl.col("url").first(), pl.col("mention").first(), pl.col("context").first())
        .select(
            "mention_id",
            kind=pl.lit("text"),
            where_found="url",
            mention="mention",
            context="context",
            candidates=pl.format("[{}]", pl.col("one")),
            asked_in=pl.lit(month),
            answer=pl.lit(None, dtype=pl.String),
            answered_on=pl.lit(None, dtype=pl.Date),
        )
        .select(list(REVIEW))
        .sort("mention_id")
    )
