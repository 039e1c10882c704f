"""What becomes of texts: copies and edited copies elsewhere, corrections, withdrawals, settlements, verified leads.

Belongs here: items (one per address) from planned texts, each with at most one change in time.
Does not belong here: the texts (``plan``), what pages look like (``sites``).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.chance import dates, stream, where
from orchestration.simulation.web.vocabulary import AGENCIES
from orchestration.simulation.world import World

COPIED, EDITED = 0.06, 0.06
"""Share of news that other agencies print word by word, and of those that they edit."""
CUT = 0.25
"""Share of edited copies that lack the last paragraph; the others only differ in words."""
WITHDRAWN = {"NEWS": 0.02, "COURT": 0.02, "RECRUIT": 0.06, "COMPLAINT": 0.03}
"""Share of texts withdrawn some weeks later; of negative news three times as many."""
CORRECTED = 0.02
LATER = 0.3
"""Share of the leads somebody looked at that stood as not verified at first."""
NOTE = "更正：本文此前版本所载日期有误，现予更正，内容不变。"
CHANGES = ("settled", "withdrawn", "marked", "gone", "corrected", "verified")
"""settled: a complaint is closed; withdrawn: the entry says so; marked: the page stays with a mark; gone: it answers
404 or 410; corrected: the text has changed; verified: the state of a lead has changed."""
MARKETS = ["抖音", "微信公众号", "户外大屏", "本地电视频道", "搜索推广", "小区电梯屏"]
STATES = ("未核实", "已核实", "已排除")
CLOCK = timedelta(hours=8)
"""China is eight hours ahead of UTC."""


def _copies(world: World, texts: pl.DataFrame) -> pl.DataFrame:
    """Rows for copies of news: the same text, or edited, by another agency on the same or one of the next days."""
    rng = stream(world.seed, "web/copies")
    draw = rng.random(texts.height)
    news = (texts["topic"] == "NEWS").to_numpy()
    place = np.flatnonzero(news & (draw < COPIED + EDITED))
    edited = draw[place] >= COPIED
    copies = texts[place].with_columns(
        day=pl.col("day") + pl.Series(rng.integers(0, 5, len(place))),
        copy_of=pl.Series(place),
        edited=pl.Series(edited),
    )
    short = pl.Series(rng.random(len(place)) < CUT)
    kept = pl.col("paragraphs").list.len() - short.cast(pl.UInt32)
    changed = pl.concat_list(pl.col("paragraphs").list.slice(0, kept), pl.lit("（编辑：小王）"))
    changed = changed.list.eval(pl.element().str.replace_all("记者", "笔者").str.replace("^近日，", "日前，"))
    copies = copies.with_columns(
        title=pl.when("edited").then(pl.col("title") + "（图）").otherwise("title"),
        paragraphs=pl.when("edited").then(changed).otherwise("paragraphs"),
    )
    return copies.filter(pl.col("day") < world.calendar.end).drop("edited")


def _changes(world: World, texts: pl.DataFrame) -> pl.DataFrame:
    """Columns change (of ``CHANGES`` or null) and changed_day."""
    rng = stream(world.seed, "web/fates")
    count, topic = texts.height, texts["topic"].to_numpy()
    published, settled = texts["day"].to_numpy(), texts["settled"].fill_null(-1).to_numpy()
    share = np.select([topic == name for name in WITHDRAWN], list(WITHDRAWN.values()), 0.0)
    share *= np.where((topic == "NEWS") & (texts["polarity"] == "-1").to_numpy(), 3, 1)
    draw, second, half = rng.random((3, count))
    back, lead = draw < share, np.isin(topic, ["AD", "TRADE"])
    change = np.select(
        [
            settled >= 0,
            back & (topic == "NEWS") & (half < 0.5),
            back & np.isin(topic, ["NEWS", "COURT"]),
            back & (topic == "RECRUIT"),
            back,
            (topic == "NEWS") & (second < CORRECTED),
            lead & texts["judged"].to_numpy() & (second < LATER),
        ],
        ["settled", "gone", "marked", "gone", "withdrawn", "corrected", "verified"],
        "",
    )
    wait = rng.integers(3, 45, count)
    at = np.where(change == "settled", settled, published + wait)
    happens = (change != "") & (at < world.calendar.end)
    return pl.DataFrame({"change": where(happens, pl.Series(change), None), "changed_day": np.where(happens, at, 0)})


def _moment(rng: np.random.Generator, days: pl.Expr, count: int, low: int, high: int) -> pl.Expr:
    """A moment within office hours of each day, local time, as UTC."""
    seconds = pl.Series(rng.integers(low * 3600, high * 3600, count))
    moment = (days * 86_400 + seconds) * 1_000_000
    return moment.cast(pl.Datetime("us")).dt.replace_time_zone("UTC") - CLOCK


def items(world: World, texts: pl.DataFrame) -> pl.DataFrame:
    """One row per address of the small web, in the order of publication.

    Args:
        world: the province.
        texts: ``Planned.texts``.

    Returns:
        The columns of ``texts`` and: text (row of ``texts``), copy_of (row of the text it copies, else null), published
        and changed (moments; changed is null where nothing changes), change, body, body_after (where corrected), signed
        (agency, court, medium or null), label (case number, or state of a lead).
    """
    own = texts.with_row_index("text").with_columns(pl.col("text").cast(pl.Int64), copy_of=pl.lit(None, pl.Int64))
    copies = _copies(world, texts).with_columns(text=pl.col("copy_of"))
    both = pl.concat([own, copies.select(own.columns)]).sort("day", "topic", "serial", maintain_order=True)
    rng, count = stream(world.seed, "web/items"), both.height
    body = pl.col("paragraphs").list.join("\n")
    court = where(both["supported"].to_numpy(), both["city"] + both["district"], both["city"]) + "人民法院"
    topic = both["topic"].to_numpy()
    signed = words.choose(AGENCIES, rng.integers(0, 2**31, count))
    signed = where(topic == "AD", words.choose(MARKETS, rng.integers(0, 2**31, count)), signed)
    case = words.join(
        a="(",
        b=both["day"].cast(pl.Int32).cast(pl.Date).dt.year().cast(pl.String),
        c=")豫01民初",
        d=words.text(rng.integers(100, 99_999, count)),
        e="号",
    )
    state = pl.when("judged").then(pl.when("confirmed").then(pl.lit("已核实")).otherwise(pl.lit("已排除")))
    happens = pl.col("change").is_not_null()
    made = pl.concat([both, _changes(world, both)], how="horizontal").with_columns(
        published=_moment(rng, pl.col("day"), count, 8, 12),
        changed=pl.when(happens).then(_moment(rng, pl.col("changed_day"), count, 13, 19)),
        body=body,
        body_after=pl.when(pl.col("change") == "corrected").then(pl.concat_str(body, pl.lit("\n" + NOTE))),
        signed=where(topic == "COURT", court, signed),
        label=pl.when(pl.col("topic").is_in(["AD", "TRADE"]))
        .then(state.otherwise(pl.lit("未核实")))
        .when(pl.col("topic") == "COURT")
        .then(case),
    )
    return made.drop("changed_day", "paragraphs").sort("published", maintain_order=True)


def resolved_on(frame: pl.DataFrame) -> pl.Series:
    """Day on which each complaint was settled; null where it was not."""
    settled = frame["settled"].fill_null(-1).to_numpy()
    return dates(settled, settled >= 0)
