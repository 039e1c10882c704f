"""Which texts the small web holds: one per event of the province, texts about strangers, who is named in them and how.

Belongs here: the choice of events, names and support; who else is mentioned; the composed texts.
Does not belong here: copies, corrections and withdrawals (``fates``), pages (``sites``).

An event that is surely about its enterprise becomes a text that tells so: a full name, a code, or a short name with the
place. Any other becomes a text with a short name alone, which only a person could resolve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.settings import month_shift
from orchestration.simulation import words
from orchestration.simulation.chance import Calendar, day, numbers, pick, stream, where
from orchestration.simulation.facts import Part
from orchestration.simulation.records.web import WebEvents, web_events
from orchestration.simulation.web.compose import compose, slots
from orchestration.simulation.web.labelled import DISTRICTS
from orchestration.simulation.web.names import names_on, strangers
from orchestration.simulation.web.vocabulary import TOPICS
from orchestration.simulation.world import World

HISTORY = {"NEWS": 2, "RECRUIT": 2, "COURT": 2, "COMPLAINT": 7, "AD": 13, "TRADE": 13}
"""Months before the first monthly delivery from which the web has texts: as far as the windows of H05 reach back."""
THINNED = {"RECRUIT": 0.6}
"""Share of events that get a page, where no indicator counts them; others all do."""
SURE = 0.9
"""Confidence of an event from which its text says clearly whom it means."""
KINDS = {
    "NEWS": {"full": 52, "code": 8, "core": 25, "short": 15},
    "COMPLAINT": {"full": 50, "code": 5, "core": 28, "short": 17},
    "AD": {"full": 50, "code": 20, "core": 30},
    "TRADE": {"full": 50, "code": 20, "core": 30},
    "RECRUIT": {"full": 60, "code": 10, "core": 30},
    "COURT": {"full": 75, "code": 25},
}
"""How texts that are sure name their enterprise, per cent; core is city, brand and trade, short is brand and trade."""
FORMER = 0.4
"""Share of texts that are sure and use a former name, where there is one; courts do not."""
UNSURE = {"COURT": {"full": 1}, "RECRUIT": {"core": 1}}
"""How other texts do, where not as ``VAGUE``: courts always write full names."""
VAGUE = {"core": 1, "short": 9}
NOISE = {"NEWS": 0.10, "COMPLAINT": 0.05, "AD": 0.05, "TRADE": 0.05, "RECRUIT": 0.05, "COURT": 0.03}
"""Texts that mean no enterprise of the province, by texts that do."""
COMPANY = 0.08
"""Share of news that mention a second enterprise, which is accused of nothing."""
ASIDES = (
    "{name}同日召开例会，与此事无关。",
    "为其供货的{name}表示，双方合作已于上月到期。",
    "同一园区的{name}经检查未发现问题。",
    "会上，{name}也介绍了各自的做法。",
    "此前，{name}曾与其洽谈合作，后未签约。",
    "同期受访的{name}未予置评。",
)
TEXTS = {
    "serial": pl.Int64,
    "row": pl.Int64,
    "topic": pl.String,
    "polarity": pl.String,
    "split": pl.String,
    "day": pl.Int64,
    "kind": pl.String,
    "firm": pl.String,
    "code": pl.String,
    "supported": pl.Boolean,
    "city": pl.String,
    "district": pl.String,
    "dept": pl.String,
    "road": pl.String,
    "section": pl.String,
    "judged": pl.Boolean,
    "confirmed": pl.Boolean,
    "settled": pl.Int64,
}
"""Columns of a planned text. serial, row, code: null where no enterprise of the province is meant; code: where the text
gives it; settled: day or null."""


@dataclass(frozen=True)
class Planned:
    """The texts of the small web.

    Attributes:
        texts: columns of ``TEXTS``, and title and paragraphs (list); in the order of days.
        others: second mentions: text (row of ``texts``), row of the world, name, kind.
    """

    texts: pl.DataFrame
    others: pl.DataFrame


def first_days(calendar: Calendar) -> dict[str, int]:
    """First day of each topic."""
    return {topic: day(month_shift(calendar.first_month, -back)) for topic, back in HISTORY.items()}


def _chosen(world: World, parts: list[Part]) -> pl.DataFrame:
    """Events that get a text: not before their topic begins, thinned where nothing counts them."""

    def frame(events: WebEvents) -> pl.DataFrame:
        return pl.DataFrame(
            {
                "serial": events.serial,
                "row": events.row,
                "topic": events.topic,
                "polarity": events.polarity,
                "day": events.day,
                "judged": events.judged,
                "confirmed": numbers(events.confirmed, events.judged),
                "settled": numbers(events.settled, events.settled < world.calendar.end),
                "sure": events.confidence >= SURE,
            }
        )

    events = pl.concat([frame(web_events(world, part)) for part in parts])
    begins = pl.col("topic").replace_strict(first_days(world.calendar), return_dtype=pl.Int64)
    events = events.filter((pl.col("day") >= begins) & (pl.col("day") < world.calendar.end))
    draw = pl.Series(stream(world.seed, "web/thin").random(events.height))
    share = pl.col("topic").replace_strict(THINNED, default=1.0, return_dtype=pl.Float64)
    return events.filter(draw < events.select(share).to_series()).sort("day", "serial")


def _kind(rng: np.random.Generator, topic: np.ndarray, sure: np.ndarray, changed: np.ndarray) -> pl.Series:
    """Kind of name for each text; a former name only where there is one (``changed``)."""
    kind = np.full(len(topic), "full", dtype="U6")
    for one in TOPICS:
        for certain, weights in ((True, KINDS[one]), (False, UNSURE.get(one, VAGUE))):
            rows = np.flatnonzero((topic == one) & (sure == certain))
            kind[rows] = pick(rng, list(weights), list(weights.values()), len(rows)).to_numpy()
    kind[changed & sure & (topic != "COURT") & (rng.random(len(topic)) < FORMER)] = "former"
    return pl.Series(kind)


def _about_ours(world: World, parts: list[Part], events: pl.DataFrame) -> pl.DataFrame:
    """Events with the name that their text uses and the place that it gives."""
    rng = stream(world.seed, "web/names")
    names = names_on(world, parts, events["row"].to_numpy(), events["day"].to_numpy())
    sure = events["sure"].to_numpy()
    kind = _kind(rng, events["topic"].to_numpy(), sure, names["former"].is_not_null().to_numpy())
    short, named = kind.is_in(["core", "short"]).to_numpy(), rng.random(events.height) < 0.6
    by_code = pl.Series(rng.random(events.height) < 0.5)
    firm = (
        pl.when(kind == "former")
        .then("former")
        .when((kind == "core") | ((kind == "code") & by_code))
        .then("core")
        .when(kind == "short")
        .then("short")
        .otherwise("full")
    )
    return (
        pl.concat([events, names], how="horizontal")
        .with_columns(
            kind=kind,
            split=where(rng.random(events.height) < 1 / 3, "test", "train"),
            firm=firm,
            supported=pl.Series(np.where(short, sure, named)),
            code=pl.when(kind == "code").then("code"),
            city="town",
            dept=pl.col("town") + "市场监督管理局",
        )
        .select(*TEXTS)
    )


def _strange(world: World, ours: pl.DataFrame) -> pl.DataFrame:
    """Texts about enterprises of other provinces, and news of whole trades in words that look like short names."""
    rng = stream(world.seed, "web/noise")
    by_topic = {topic: ours.filter(topic=topic)["day"] for topic in TOPICS}
    days = {t: one.gather(rng.integers(0, max(len(one), 1), int(len(one) * NOISE[t]))) for t, one in by_topic.items()}
    topic = np.repeat(TOPICS, [len(days[one]) for one in TOPICS])
    count = len(topic)
    known = strangers(rng, world, count)
    trade = words.choose(sorted({word for own in words.TRADES.values() for word in own}), rng.integers(0, 2**31, count))
    common = words.join(a=words.choose(words.ORDINARY, rng.integers(0, 2**31, count)), b=trade, c="行业")
    plain = (topic == "NEWS") & (rng.random(count) < 0.35)
    town = world.places.city.gather(rng.integers(0, len(world.places.city), count)) + "市"
    city = where(plain, town, known["town"])
    return (
        pl.DataFrame(
            {
                "topic": topic,
                "polarity": pick(rng, ["-1", "0", "1"], [3, 4, 3], count),
                "split": where(rng.random(count) < 1 / 3, "test", "train"),
                "day": pl.concat(list(days.values())),
                "kind": where(plain, "word", "stranger"),
                "firm": where(plain, common, known["firm"]),
                "supported": rng.random(count) < 0.7,
                "city": city,
                "district": words.choose(DISTRICTS, rng.integers(0, 2**31, count)),
                "dept": city + "市场监督管理局",
                "road": words.choose(words.ROADS, rng.integers(0, 2**31, count)),
                "section": known["section"],
                "judged": np.zeros(count, dtype=bool),
            }
        )
        .with_columns(pl.lit(None, kind).alias(name) for name, kind in TEXTS.items() if name in OURS)
        .select(*TEXTS)
    )


OURS = ("serial", "row", "code", "confirmed", "settled")


def _asides(world: World, parts: list[Part], texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Second enterprises in some news, with the sentence that names each: text, row, name, kind; text, sentence."""
    rng = stream(world.seed, "web/others")
    news = texts.with_row_index("text").filter((pl.col("topic") == "NEWS") & pl.col("row").is_not_null())
    news = news.filter(pl.Series(rng.random(news.height) < COMPANY))
    days = news["day"].to_numpy()
    row = rng.integers(0, world.count, news.height)
    alive = (world.established[row] < days) & (world.ended[row] > days) & (row != news["row"].to_numpy())
    news, row = news.filter(pl.Series(alive)), row[alive]
    names = names_on(world, parts, row, news["day"].to_numpy())
    short = pl.Series(rng.random(news.height) < 0.4)
    found = pl.concat([news.select(pl.col("text").cast(pl.Int64)), names], how="horizontal").with_columns(
        row=pl.Series(row),
        kind=pl.when(short).then(pl.lit("core")).otherwise(pl.lit("full")),
        name=pl.when(short).then("core").otherwise("full"),
        before=pl.when(short).then(pl.concat_str(pl.lit("位于"), "place", pl.lit("的"))).otherwise(pl.lit("")),
        frame=words.choose(list(ASIDES), rng.integers(0, 2**31, news.height)),
    )
    sentence = pl.col("frame").str.replace("{name}", pl.concat_str("before", "name"), literal=True)
    return found.select("text", "row", "name", "kind"), found.select("text", aside=sentence)


def plan(world: World, parts: list[Part]) -> Planned:
    """Choose the events, name the enterprises, write the texts."""
    ours = _about_ours(world, parts, _chosen(world, parts))
    texts = pl.concat([ours, _strange(world, ours)]).sort("day", "topic", "serial", maintain_order=True)
    rng = stream(world.seed, "web/texts")
    sections = texts.select(pl.when("supported").then("section").otherwise(pl.lit("?"))).to_series().to_numpy()
    made = compose(rng, texts, slots(rng, texts["day"].to_numpy(), sections, texts.height))
    others, asides = _asides(world, parts, texts)
    in_text = pl.col("code").is_not_null() & pl.col("topic").is_in(["NEWS", "COURT"])
    coded = pl.concat_str(pl.lit("当事人："), "firm", pl.lit("，统一社会信用代码："), "code", pl.lit("。"))
    more = (
        pl.concat([texts, made], how="horizontal")
        .with_row_index("text")
        .with_columns(pl.col("text").cast(pl.Int64), coded=pl.when(in_text).then(coded))
        .join(asides, on="text", how="left", maintain_order="left")
    )
    paragraphs = pl.concat_list("paragraphs", pl.concat_list("coded", "aside").list.drop_nulls())
    return Planned(more.with_columns(paragraphs).drop("text", "coded", "aside"), others)
