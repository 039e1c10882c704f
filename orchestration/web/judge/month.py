"""Judging the texts of a month with the model in force.

Belongs here: reading texts, the topic between source and model, writing the tables ``judged`` and ``judged_parts``.
Does not belong here: the model itself (``model``), what a text says of whom (``passages``), what is done with a
judgement (``signals``).

A source knows what it is: nearly all texts of a complaint site are complaints. Its topic therefore stands, unless
the model gives another one at least the share that ``judge.yml`` asks for, as with a court notice in a newspaper.

Where a text names several enterprises, each has a judgement of its own passage. A passage may be one sentence, far
shorter than what a model has learnt from. So it can only take back what the whole text says: it has the polarity of the
text where it speaks the same way, and is neutral where it does not; ``negative`` is the smaller of both probabilities.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

import polars as pl

from orchestration.settings import Settings
from orchestration.web.judge.errors import JudgeError
from orchestration.web.judge.model import Model, load
from orchestration.web.judge.passages import passages, shared, spellings
from orchestration.web.judge.policy import JudgePeriod, judge_period, model_folder
from orchestration.web.store import JUDGED, JUDGED_PARTS, Partition, sources_of

BATCH = 5_000
"""Texts that name several enterprises, divided at a time; bounds memory."""


@dataclass(frozen=True)
class JudgeSummary:
    """What was judged in a month.

    Attributes:
        month: YYYY-MM.
        model: name and first 12 hex digits of the model.
        texts: texts judged.
        gone: texts not judged, since they have been withdrawn and have no text.
        overruled: texts whose topic is the model's, not the source's.
        parts: mentions in texts that name several enterprises, each judged by itself.
        spared: of these, mentions in negative texts that are not negative about their enterprise.
        topics: texts by topic.
        polarities: texts by polarity.
    """

    month: str
    model: str
    texts: int
    gone: int
    overruled: int
    parts: int
    spared: int
    topics: dict[str, int] = field(default_factory=dict)
    polarities: dict[str, int] = field(default_factory=dict)


def judge_month(settings: Settings, month: str, say: Callable[[str], None] = print) -> JudgeSummary:
    """Judge all texts of a month and replace its partition of step ``judged``.

    Mentions of the month are read to know which texts name several enterprises.

    Args:
        settings: whose lake.
        month: YYYY-MM.
        say: takes lines of progress.

    Raises:
        PeriodError: no model is in force.
        JudgeError: the texts of the month have not been matched, or the model cannot be read.
    """
    matches = Partition(settings, "matches", month)
    if not matches.exists():
        raise JudgeError(
            f"The texts of {month} have not been matched to enterprises; run the step matches for {month} first."
        )
    rule = judge_period(settings, month)
    model = load(model_folder(settings, rule.model))
    mentions = shared(matches.read("mentions"))
    whole, parts, gone, overruled = [], [], 0, 0
    for source in sources_of(settings, "texts", month):
        texts = Partition(settings, "texts", month, source).read("texts")
        live = texts.filter(pl.col("state") != "gone")
        gone += texts.height - live.height
        if live.height:
            judged = judge_texts(model, live, rule)
            overruled += int((judged["topic"] != live["topic_hint"]).sum())
            whole.append(judged)
            parts.append(judge_parts(settings, model, live, mentions, judged=judged, month=month))
            say(f"{source}: {live.height:,} texts judged")
    judged = pl.concat([pl.DataFrame(schema=dict(JUDGED)), *whole])
    divided = pl.concat([pl.DataFrame(schema=dict(JUDGED_PARTS)), *parts])
    negative = divided.join(judged.filter(pl.col("polarity") == "-1"), on="text_id", how="semi")
    summary = JudgeSummary(
        month,
        model.name,
        judged.height,
        gone,
        overruled,
        divided.height,
        negative.filter(pl.col("polarity") != "-1").height,
        dict(sorted(judged["topic"].value_counts().iter_rows())),
        dict(sorted(judged["polarity"].value_counts().iter_rows())),
    )
    Partition(settings, "judged", month).replace({"judged": judged, "judged_parts": divided}, asdict(summary))
    return summary


def judge_parts(
    settings: Settings,
    model: Model,
    texts: pl.DataFrame,
    mentions: pl.DataFrame,
    *,
    judged: pl.DataFrame,
    month: str,
) -> pl.DataFrame:
    """Table ``judged_parts`` of texts.

    Args:
        settings: whose names and spelling.
        model: the model in force.
        texts: columns ``text_id``, ``title``, ``text``.
        mentions: from ``shared``; those of other texts are left out.
        judged: what ``judge_texts`` says of the same texts.
        month: YYYY-MM; the names known by its end are looked for.
    """
    several = texts.join(mentions, on="text_id", how="semi", maintain_order="left")
    parts = [pl.DataFrame(schema=dict(JUDGED_PARTS))]
    for first in range(0, several.height, BATCH):
        batch = several.slice(first, BATCH)
        named = mentions.join(batch, on="text_id", how="semi", maintain_order="left")
        own = passages(batch, spellings(named, settings, month), settings)
        said = model.judge(own.select(title=pl.lit(None, pl.String), text="passage"))
        speaks = own.hstack(said.select(how="polarity", share="negative")).join(judged, on="text_id")
        parts.append(
            named.join(speaks, on=["text_id", "enterprise_id"], maintain_order="left").select(
                "text_id",
                "mention_id",
                polarity=pl.when(pl.col("how") == pl.col("polarity")).then("polarity").otherwise(pl.lit("0")),
                negative=pl.min_horizontal("share", "negative"),
                model="model",
            )
        )
    return pl.concat(parts).sort("text_id", "mention_id")


def judge_texts(model: Model, texts: pl.DataFrame, rule: JudgePeriod) -> pl.DataFrame:
    """Table ``judged`` of texts, in their order.

    Args:
        model: the model in force.
        texts: columns ``text_id``, ``topic_hint``, ``title``, ``text``.
        rule: when the model overrules the source.
    """
    said = model.judge(texts)
    topics = model.heads["topic"].classes if "topic" in model.heads else ()
    joined = pl.concat([texts.select("text_id", "topic_hint"), said], how="horizontal")
    if not topics:
        chosen = joined.with_columns(topic=pl.col("topic_hint"), topic_confidence=pl.lit(None, pl.Float64))
    else:
        shares = joined.select(topics).to_numpy()
        likeliest = pl.Series(topics, dtype=pl.String).gather(shares.argmax(axis=1))
        sure = pl.Series(shares.max(axis=1)) >= rule.overrule
        hinted = pl.coalesce(
            *(pl.when(pl.col("topic_hint") == name).then(pl.col(name)) for name in topics), pl.lit(0.0)
        )
        chosen = joined.with_columns(likeliest=likeliest, sure=sure).with_columns(
            topic=pl.when("sure").then("likeliest").otherwise("topic_hint"),
            topic_confidence=pl.when("sure").then(pl.max_horizontal(*topics)).otherwise(hinted),
        )
    return chosen.select(
        "text_id", "topic", "topic_confidence", "polarity", "negative", pl.lit(model.name).alias("model")
    )
