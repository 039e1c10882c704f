"""C09 complaints, C10 courts, W01 web signals.

Belongs here: what customers, creditors, courts and the public say.  Does not belong here: regulators' records.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.bursts import complaint_bursts, news_clusters
from orchestration.simulation.chance import NEVER, by_class, dates, numbers, pick, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.identifiers import strings
from orchestration.simulation.repeats import repeated
from orchestration.simulation.world import World

HEX = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)


def _court(world: World, row: np.ndarray) -> pl.Series:
    return words.join(a=world.places.text.gather(world.place[row]), b="人民法院")


def _case(kind: str, day: np.ndarray, part: Part) -> pl.Series:
    year = day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    serial = 10_000_000 * part.number + np.arange(len(day)) + 1
    return words.join(a="(", b=words.text(year), c=f")豫{kind}", d=words.text(serial), e="号")


def _later(
    world: World, rng: np.random.Generator, day: np.ndarray, mean: float, chance: np.ndarray | float
) -> np.ndarray:
    """Day of closing with the given chance after a waiting time; NEVER beyond the simulation."""
    end = day + 5 + rng.exponential(mean, len(day)).astype(np.int64)
    return np.where((rng.random(len(day)) < chance) & (end < world.calendar.end), end, NEVER)


def complaints(world: World, part: Part) -> pl.DataFrame:
    """Complaints grow with size, custom and risk, and come in bursts; some persons complain for a living."""
    rng = part.stream(world, "c09_complaints")
    rows = part.rows
    custom = np.select(
        [np.isin(world.section[rows], ["F", "H", "O", "R"]), np.isin(world.section[rows], ["K", "P", "Q"])],
        [1.0, 1.5],
        0.2,
    )
    size = np.clip(np.sqrt(world.staff[rows] + 1) / 2, 0.4, 12)
    row, day = part.events(world, rng, part.rate(world, 0.10, 0.32, 1.0, 2.4) * custom * size)
    usual, burst = len(row), complaint_bursts(world, part)
    row, day = (np.concatenate(both) for both in zip((row, day), burst, strict=True))
    count = len(row)
    # a burst is the work of many different customers
    repeat = (rng.random(count) < 0.05) & (np.arange(count) < usual)
    person = np.where(
        repeat,
        40 * world.count + rng.integers(0, 60 + world.count // 5000, count),
        41 * world.count + 6 * rows[0] + rng.integers(0, max(2 * count, 1), count),
    )
    closed = _later(world, rng, day, 25, 0.97)
    outcome = pick(rng, ["1", "2", "3", "4", "5"], [48, 20, 14, 6, 12], count)
    frame = pl.DataFrame(
        {
            "complaint_no": words.join(a="TS", b=words.text(100_000_000 * (part.number + 1) + np.arange(count))),
            "enterprise_id": world.uscc.gather(row),
            "channel": pick(rng, ["12315", "12345"], [7, 3], count),
            "complaint_kind": pick(rng, ["1", "2"], [8, 2], count),
            "problem_class": words.choose(words.PROBLEMS, rng.integers(0, 70, count)),
            "complainant_id": world.people(person),
            "received_on": dates(day),
            "closed_on": dates(closed),
            "outcome": where(closed < NEVER, outcome, "6"),
            "repeat_complainant": repeat & (rng.random(count) < 0.6),
            "_seen": world.calendar.seen(day, rng, 0.03),
        }
    )
    return versions(frame, world.calendar, "closed_on", {"outcome": "6"})


def defaulters(world: World, part: Part) -> pl.DataFrame:
    """Enterprises that did not obey a judgment, and the persons who head them."""
    rng = part.stream(world, "c10_defaulters")
    row, day = part.events(world, rng, part.rate(world, 0.0001, 0.0012, 0.016, 0.19))
    case = _case("执", day, part)
    amount = np.round(np.exp(3.0 + 1.4 * rng.normal(0, 1, len(row))), 4)
    end = _later(world, rng, day, 700, 0.4)
    court, seen = _court(world, row), world.calendar.seen(day, rng, 0.02)
    filed = day - rng.integers(60, 400, len(row))
    performance = pick(rng, ["全部未履行", "部分履行"], [8, 2], len(row))

    def rows(kind: str, mask: np.ndarray, person: np.ndarray) -> pl.DataFrame:
        chosen = row[mask]
        code = world.uscc.gather(chosen)
        none = pl.Series([None], dtype=pl.String).gather(np.zeros(len(chosen), dtype=np.int64))
        return pl.DataFrame(
            {
                "subject_kind": words.choose([kind], chosen),
                "enterprise_id": code if kind == "1" else none,
                "person_id": none if kind == "1" else world.people(person[mask]),
                "case_no": case.filter(pl.Series(mask)),
                "court": court.filter(pl.Series(mask)),
                "filed_on": dates(filed[mask]),
                "published_on": dates(day[mask]),
                "performance": performance.filter(pl.Series(mask)),
                "amount": amount[mask],
                "removed_on": dates(end[mask]),
                "_seen": seen[mask],
            }
        )

    own, personal = rng.random((2, len(row))) < [[0.85], [0.5]]
    # of some not only the head stood surety, but the second shareholder as well
    surety = personal & (part.stream(world, "c10_defaulters/sureties").random(len(row)) < 0.6) & world.company[row]
    second = world.holder(row, 1)
    frame = pl.concat(
        [rows("1", own, world.head[row]), rows("2", personal, world.head[row]), rows("2", surety, second)]
    )
    return versions(frame, world.calendar, "removed_on", {})


def enforcement(world: World, part: Part) -> pl.DataFrame:
    """Enforcement cases."""
    rng = part.stream(world, "c10_enforcement")
    row, day = part.events(world, rng, part.rate(world, 0.012, 0.05, 0.25, 0.8))
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "case_no": _case("执恢", day, part),
            "court": _court(world, row),
            "filed_on": dates(day),
            "amount": np.round(np.exp(2.6 + 1.5 * rng.normal(0, 1, len(row))), 4),
            "closed_on": dates(_later(world, rng, day, 200, 0.8)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "closed_on", {})


def lawsuits(world: World, part: Part) -> pl.DataFrame:
    """Lawsuits: anyone sues, the risky are sued; larger firms have more."""
    rng = part.stream(world, "c10_lawsuits")
    size = np.clip(np.sqrt(world.staff[part.rows] + 1) / 2, 0.4, 10)
    row, day = part.events(world, rng, part.rate(world, 0.07, 0.14, 0.42, 1.0) * size)
    sued = rng.random(len(row)) < by_class(world.risk[row], 0.45, 0.6, 0.8, 0.9)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "case_no": _case("民初", day, part),
            "role": where(sued, "2", pick(rng, ["1", "3"], [85, 15], len(row))),
            "cause": words.choose(words.CAUSES, rng.integers(0, 70, len(row))),
            "court": _court(world, row),
            "filed_on": dates(day),
            "amount": np.round(np.exp(2.2 + 1.6 * rng.normal(0, 1, len(row))), 4),
            "closed_on": dates(_later(world, rng, day, 150, 0.95)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "closed_on", {})


def equity_freezes(world: World, part: Part) -> pl.DataFrame:
    """Freezes of equity by courts, for three years unless lifted."""
    rng = part.stream(world, "c10_equity_freezes")
    row, day = part.events(world, rng, part.rate(world, 0.0008, 0.006, 0.04, 0.15) * world.company[part.rows])
    several = repeated(world, part.number, part.rows, "freezes", world.company[part.rows])
    row, day = np.concatenate([row, several.row]), np.concatenate([day, several.day])
    lasting = np.arange(len(row)) >= len(row) - len(several.row)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "document_no": _case("执保", day, part),
            "frozen_amount": np.round(world.capital[row] * rng.random(len(row)), 4),
            "court": _court(world, row),
            "frozen_on": dates(day),
            "frozen_to": dates(day + 1095),
            "ended_on": dates(_later(world, rng, day, 300, np.where(lasting, 0.0, 0.45))),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {})


def bankruptcies(world: World, part: Part) -> pl.DataFrame:
    """Bankruptcy cases, rare."""
    rng = part.stream(world, "c10_bankruptcies")
    row, day = part.events(world, rng, part.rate(world, 0.0003, 0.001, 0.006, 0.02) * world.company[part.rows])
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "case_no": _case("破", day, part),
            "procedure": pick(rng, ["1", "2", "3"], [15, 5, 80], len(row)),
            "court": _court(world, row),
            "accepted_on": dates(day),
            "ended_on": dates(_later(world, rng, day, 400, 0.5)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {})


def web_signals(world: World, part: Part) -> pl.DataFrame:
    """Signals matched to enterprises, more of the large; the risky draw negative ones and confirmed leads.

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
    serial = 100_000_000 * (part.number + 1) + np.arange(count)
    settled = _settled(world, part, row, day, topic)
    digest = strings(HEX[(serial[:, None] * 2_654_435_761 + world.seed >> np.arange(60, -4, -4)) & 15])
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "signal_no": words.join(a="WX", b=words.text(serial)),
            "topic": topic,
            "polarity": where(bad | (lead & confirmed), "-1", pick(rng, ["0", "1"], [6, 4], count)),
            "confirmed": numbers(confirmed, judged),
            "match_confidence": np.round(1 - rng.beta(1, 9, count) * np.where(clustered, 0.1, 1), 3),
            "published_on": dates(day),
            "url": words.join(a="https://news.example.cn/", b=words.text(serial)),
            "content_hash": digest,
            "resolved_on": dates(settled),
            "_seen": world.calendar.seen(day, rng, 0.02),
        }
    )
    return versions(frame, world.calendar, "resolved_on", {})


def _settled(world: World, part: Part, row: np.ndarray, day: np.ndarray, topic: pl.Series) -> np.ndarray:
    """Day on which a complaint on a site was settled with the complainant; the risky let many lie."""
    rng = part.stream(world, "w01_web_signals/settled")
    end = _later(world, rng, day, 20, by_class(world.risk[row], 0.95, 0.85, 0.65, 0.4))
    return np.where((topic == "COMPLAINT").to_numpy(), end, NEVER)
