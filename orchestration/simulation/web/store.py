"""Where the small web and its truth lie, and how they are written.

Belongs here: files, columns, addresses of items, hostile items, the planted truth of texts.
Does not belong here: texts (``plan``, ``fates``), what a page looks like (``sites``).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from orchestration.settings import Settings
from orchestration.simulation.chance import stream
from orchestration.simulation.facts import Part
from orchestration.simulation.web.fates import CLOCK, items, resolved_on
from orchestration.simulation.web.plan import Planned, plan
from orchestration.simulation.world import World

HOSTS = {
    "NEWS": "news.example",
    "RECRUIT": "jobs.example",
    "COMPLAINT": "complaints.example",
    "COURT": "court.example",
    "AD": "ads.example",
    "TRADE": "trade.example",
}
HOSTILE = ("loop", "away", "inside", "huge", "big", "slow", "empty", "broken", "pdf", "internal")
"""Addresses in the lists of news that give no text: one of each a month."""
LIES = 40
"""One job page in so many says that it is UTF-8 and is GB18030."""
STORED = (
    "host",
    "key",
    "path",
    "url",
    "published",
    "changed",
    "change",
    "title",
    "body",
    "body_after",
    "signed",
    "company",
    "code",
    "district",
    "label",
    "trouble",
)


def folder(settings: Settings) -> Path:
    """Folder of the small web."""
    return settings.home / "simulation" / "web"


def truth_path(settings: Settings) -> Path:
    """Planted truth of the texts: one row per mention, and one per text that means no enterprise of the province."""
    return settings.home / "simulation" / "web_truth.parquet"


def _hostile(world: World, made: pl.DataFrame) -> pl.DataFrame:
    """News items of which no text can be had, with titles of others of their month; and one flaky one a month."""
    rng = stream(world.seed, "web/hostile")
    news = made.with_row_index("place").filter(pl.col("topic") == "NEWS")
    month = news["published"].dt.strftime("%Y-%m")
    frames, flaky = [news.clear().with_columns(trouble=pl.lit(None, pl.String))], []
    for name in month.unique(maintain_order=True):
        own = news.filter(month == name)
        chosen = own[rng.integers(0, own.height, len(HOSTILE))]
        frames.append(chosen.with_columns(trouble=pl.Series(HOSTILE)))
        flaky.append(own["place"][int(rng.integers(0, own.height))])
    nothing = ("serial", "row", "change", "changed", "body_after", "copy_of", "settled", "code")
    hostile = pl.concat(frames).with_columns(
        *(pl.lit(None, made.schema[name]).alias(name) for name in nothing),
        text=pl.lit(-1, pl.Int64),
        kind=pl.lit("none"),
        body=pl.lit(""),
        published=pl.col("published") + pl.duration(minutes=7),
    )
    lies = (pl.col("topic") == "RECRUIT") & (pl.int_range(pl.len()).over("topic") % LIES == LIES - 1)
    trouble = pl.when(pl.int_range(pl.len()).is_in(flaky)).then(pl.lit("flaky")).when(lies).then(pl.lit("lies"))
    return pl.concat([made.with_columns(trouble=trouble), hostile.drop("place").select(*made.columns, "trouble")])


def _addressed(made: pl.DataFrame) -> pl.DataFrame:
    """Columns host, key, path, url; numbers within a site follow the order of publication."""
    made = made.sort("published", "topic", maintain_order=True)
    number = pl.int_range(1, pl.len() + 1).over("topic").cast(pl.String)
    local = (pl.col("published") + CLOCK).dt
    stamp, six = local.strftime("%Y%m%d"), number.str.zfill(6)
    tail = pl.when(pl.col("trouble").is_null()).then(pl.lit("")).otherwise(pl.concat_str(pl.lit("-"), "trouble"))
    article = (
        pl.when(pl.col("trouble") == "pdf")
        .then(pl.concat_str(pl.lit("/a/"), stamp, pl.lit("-"), six, pl.lit(".pdf")))
        .when(pl.col("trouble") == "internal")
        .then(pl.concat_str(pl.lit("/internal/"), six, pl.lit(".html")))
        .otherwise(pl.concat_str(pl.lit("/a/"), stamp, pl.lit("-"), six, tail, pl.lit(".html")))
    )
    topic = pl.col("topic")
    key = (
        pl.when(topic == "COMPLAINT")
        .then(pl.concat_str(pl.lit("TS"), stamp, six))
        .when(topic == "AD")
        .then(pl.concat_str(pl.lit("AD"), six))
        .when(topic == "TRADE")
        .then(pl.concat_str(pl.lit("wl-"), six))
        .otherwise(number)
    )
    path = (
        pl.when(topic == "NEWS")
        .then(article)
        .when(topic == "RECRUIT")
        .then(pl.concat_str(pl.lit("/job/"), number))
        .when(topic == "COURT")
        .then(pl.concat_str(pl.lit("/notice/"), local.strftime("%Y"), pl.lit("-"), six, pl.lit(".html")))
        .when(topic == "COMPLAINT")
        .then(pl.concat_str(pl.lit("/complaint/"), "key"))
        .when(topic == "AD")
        .then(pl.concat_str(pl.lit("/api/leads#"), "key"))
        .otherwise(pl.concat_str(pl.lit("/leads/#"), "key"))
    )
    return (
        made.with_columns(key=key, host=topic.replace_strict(HOSTS))
        .with_columns(path=path)
        .with_columns(url=pl.concat_str(pl.lit("http://"), "host", "path"))
    )


def _day(moment: pl.Expr) -> pl.Expr:
    return (moment + CLOCK).dt.date()


def truth(world: World, planned: Planned, made: pl.DataFrame) -> pl.DataFrame:
    """Who is truly named where: one row per mention, and one with a null enterprise where there is none.

    Returns:
        url, topic, enterprise_id, role (accused: the text is about it; mentioned: it only occurs), name, name_kind
        (code, full, former, core, short; stranger, word or none where it is no enterprise of the province), supported
        (the text says where it is), polarity (of the text), published_on, duplicate_of (url), withdrawn_on,
        resolved_on, confirmed (null where not judged), split (side of the frames of the text), signal_no.
    """
    first = made.filter(pl.col("copy_of").is_null() & (pl.col("text") >= 0)).select("text", duplicate_of="url")
    about = made.join(first, on="text", how="left", maintain_order="left").with_columns(
        duplicate_of=pl.when(pl.col("copy_of").is_not_null()).then("duplicate_of"),
        published_on=_day(pl.col("published")),
        withdrawn_on=pl.when(pl.col("change").is_in(["withdrawn", "marked", "gone"])).then(_day(pl.col("changed"))),
        resolved_on=resolved_on(made),
        signal_no=pl.concat_str(pl.lit("WX"), pl.col("serial").cast(pl.String)),
        enterprise=pl.col("row"),
        role=pl.when(pl.col("row").is_not_null()).then(pl.lit("accused")),
        name=pl.col("firm"),
        name_kind=pl.col("kind"),
    )
    others = planned.others.select("text", other="row", other_name="name", other_kind="kind")
    second = about.join(others, on="text", how="inner", maintain_order="left").with_columns(
        enterprise=pl.col("other"),
        role=pl.lit("mentioned"),
        name=pl.col("other_name"),
        name_kind=pl.col("other_kind"),
        supported=pl.col("other_kind") == "core",
        signal_no=pl.lit(None, pl.String),
    )
    codes = pl.DataFrame({"enterprise": np.arange(world.count), "enterprise_id": world.uscc})
    return (
        pl.concat([about, second.select(about.columns)])
        .join(codes, on="enterprise", how="left", maintain_order="left")
        .select(
            "url",
            "topic",
            "enterprise_id",
            "role",
            "name",
            "name_kind",
            "supported",
            "polarity",
            "published_on",
            "duplicate_of",
            "withdrawn_on",
            "resolved_on",
            "confirmed",
            "split",
            "signal_no",
        )
        .sort("url", "role", "name", maintain_order=True)
    )


def write_web(settings: Settings, world: World, parts: list[Part], say: Callable[[str], None]) -> int:
    """Write the small web and its truth; returns the number of items."""
    planned = plan(world, parts)
    made = _addressed(_hostile(world, items(world, planned.texts)))
    stored = made.with_columns(
        company="firm", district=pl.when("supported").then(pl.concat_str("city", "district"))
    ).select(STORED)
    target = folder(settings)
    target.mkdir(parents=True, exist_ok=True)
    stored.write_parquet(target / "items.parquet", compression="zstd")
    truth(world, planned, made).write_parquet(truth_path(settings), compression="zstd")
    end = datetime.fromtimestamp(world.calendar.end * 86_400, tz=UTC) - CLOCK
    about = {"end": end.isoformat(), "seed": world.seed, "enterprises": world.count, "items": stored.height}
    (target / "about.json").write_text(json.dumps(about), encoding="utf-8")
    counts = stored.group_by("host").len().sort("host")
    say("small web: " + ", ".join(f"{host} {count:,}" for host, count in counts.iter_rows()) + " items")
    return stored.height
