"""W01 web signals: what the web says of enterprises, drawn once, and its delivery as signals matched already.

Belongs here: the events, and their rows where no web is simulated.
Does not belong here: the pages that are written from the same events (``simulation.web``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.bursts import news_clusters
from orchestration.simulation.chance import NEVER, by_class, dates, numbers, pick, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.identifiers import strings
from orchestration.simulation.records.public import later
from orchestration.simulation.repeats import repeated
from orchestration.simulation.world import World

HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


@dataclass(frozen=True)
class WebEvents:
    """One entry per event of a slice of the province.

    Attributes:
        serial: number of the event, different over all slices.
        row: row of the world.
        day: day of publication.
        topic: code of ``web_topics``.
        polarity: -1, 0, 1.
        confirmed: whether a lead holds; meaningless where not ``judged``.
        judged: a lead that somebody looked at.
        settled: day on which a complaint was settled, NEVER where it was not.
        confidence: how surely the text means the enterprise, 0 to 1.
        seen: delivery month in which a ready-made signal is first sent.
    """

    serial: np.ndarray
    row: np.ndarray
    day: np.ndarray
    topic: pl.Series
    polarity: pl.Series
    confirmed: np.ndarray
    judged: np.ndarray
    settled: np.ndarray
    confidence: np.ndarray
    seen: np.ndarray


def web_events(world: World, part: Part) -> WebEvents:
    """What the web says, more of the large; the risky draw negative texts and confirmed leads.

    A few draw clusters of news or several confirmed leads, all surely theirs.
    """
    rng = part.stream(world, "w01_web_signals")
    size = np.clip(np.sqrt(world.staff[part.rows] + 1) / 2, 0.3, 15)
    row, day = part.events(world, rng, part.rate(world, 0.35, 0.45, 0.8, 1.5) * size)
    usual, news = len(row), news_clusters(world, part)
    ads, trades = (repeated(world, part.number, part.rows, name) for name in ("ad_leads", "trade_leads"))
    row = np.concatenate([row, news.row, ads.row, trades.row])
    day = np.concatenate([day, news.day, ads.day, trades.day])
    risk, count = world.risk[row], len(row)
    clustered = np.arange(count) >= usual
    planted = np.repeat(["", "NEWS", "AD", "TRADE"], [usual, len(news.row), len(ads.row), len(trades.row)])
    topic = pick(rng, ["NEWS", "COMPLAINT", "AD", "TRADE", "RECRUIT", "COURT"], [35, 22, 9, 6, 22, 6], count)
    topic = where(clustered, pl.Series(planted), topic)
    bad = (
        rng.random(count) < by_class(risk, 0.08, 0.2, 0.4, 0.65) + 0.3 * topic.is_in(["COMPLAINT", "COURT"]).to_numpy()
    )
    bad[planted == "NEWS"] = news.negative
    lead = topic.is_in(["AD", "TRADE"]).to_numpy()
    confirmed = clustered | (rng.random(count) < by_class(risk, 0.05, 0.2, 0.45, 0.7))
    judged = lead & (clustered | (rng.random(count) < 0.8))
    return WebEvents(
        serial=100_000_000 * (part.number + 1) + np.arange(count),
        row=row,
        day=day,
        topic=topic,
        polarity=where(bad | (lead & confirmed), "-1", pick(rng, ["0", "1"], [6, 4], count)),
        confirmed=confirmed,
        judged=judged,
        settled=_settled(world, part, row, day, topic),
        confidence=np.round(1 - rng.beta(1, 9, count) * np.where(clustered, 0.1, 1), 3),
        seen=world.calendar.seen(day, rng, 0.02),
    )


def _settled(world: World, part: Part, row: np.ndarray, day: np.ndarray, topic: pl.Series) -> np.ndarray:
    """Day on which a complaint on a site was settled with the complainant; the risky let many lie."""
    rng = part.stream(world, "w01_web_signals/settled")
    end = later(world, rng, day, 20, by_class(world.risk[row], 0.95, 0.85, 0.65, 0.4))
    return np.where((topic == "COMPLAINT").to_numpy(), end, NEVER)


def web_signals(world: World, part: Part) -> pl.DataFrame:
    """The events as signals that somebody has found, matched and judged already."""
    events = web_events(world, part)
    digest = strings(HEX[(events.serial[:, None] * 2_654_435_761 + world.seed >> np.arange(60, -4, -4)) & 15])
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(events.row),
            "signal_no": words.join(a="WX", b=words.text(events.serial)),
            "topic": events.topic,
            "polarity": events.polarity,
            "confirmed": numbers(events.confirmed, events.judged),
            "match_confidence": events.confidence,
            "published_on": dates(events.day),
            "url": words.join(a="https://news.example.cn/", b=words.text(events.serial)),
            "content_hash": digest,
            "resolved_on": dates(events.settled),
            "_seen": events.seen,
        }
    )
    return versions(frame, world.calendar, "resolved_on", {})
