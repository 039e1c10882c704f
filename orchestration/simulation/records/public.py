"""C09 complaints, C10 courts.

Belongs here: what customers, creditors and courts say.  Does not belong here: regulators' records, the web (``web``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.bursts import complaint_bursts
from orchestration.simulation.chance import NEVER, by_class, dates, pick, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.repeats import repeated
from orchestration.simulation.world import World


def _court(world: World, row: np.ndarray) -> pl.Series:
    return words.join(a=world.places.text.gather(world.place[row]), b="人民法院")


def _case(kind: str, day: np.ndarray, part: Part) -> pl.Series:
    year = day.astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    serial = 10_000_000 * part.number + np.arange(len(day)) + 1
    return words.join(a="(", b=words.text(year), c=f")豫{kind}", d=words.text(serial), e="号")


def later(
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
    closed = later(world, rng, day, 25, 0.97)
    outcome = pick(rng, ["1", "2", "3", "4", "5"], [48, 20, 14, 6, 12], count)
    frame = pl.DataFrame(
        {
            "complaint_no": words.join(a="TS", b=words.text(100_000_000 * (part.number + 1) + np.arange(count))),
            "enterprise_id": world.uscc.gather(row),
            "party_name": world.name.gather(row),
            "party_address": world.address(world.home[row], world.place[row]),
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
    end = later(world, rng, day, 700, 0.4)
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
                "party_name": world.name.gather(chosen) if kind == "1" else words.person_names(person[mask]),
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
            "party_name": world.name.gather(row),
            "case_no": _case("执恢", day, part),
            "court": _court(world, row),
            "filed_on": dates(day),
            "amount": np.round(np.exp(2.6 + 1.5 * rng.normal(0, 1, len(row))), 4),
            "closed_on": dates(later(world, rng, day, 200, 0.8)),
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
            "party_name": world.name.gather(row),
            "case_no": _case("民初", day, part),
            "role": where(sued, "2", pick(rng, ["1", "3"], [85, 15], len(row))),
            "cause": words.choose(words.CAUSES, rng.integers(0, 70, len(row))),
            "court": _court(world, row),
            "filed_on": dates(day),
            "amount": np.round(np.exp(2.2 + 1.6 * rng.normal(0, 1, len(row))), 4),
            "closed_on": dates(later(world, rng, day, 150, 0.95)),
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
            "ended_on": dates(later(world, rng, day, 300, np.where(lasting, 0.0, 0.45))),
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
            "ended_on": dates(later(world, rng, day, 400, 0.5)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {})
