"""C11 pledges and mortgages, C12 tax, C13 insured staff.

Belongs here: what registrars of security, tax and social insurance record.  Does not belong here: annual reports.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.settings import month_shift
from orchestration.simulation import words
from orchestration.simulation.business import business, hollow
from orchestration.simulation.chance import NEVER, by_class, dates, day, pick, stream, versions, where
from orchestration.simulation.facts import Part
from orchestration.simulation.world import World


def _ending(
    world: World, rng: np.random.Generator, start: np.ndarray, mean: float, chance: np.ndarray | float
) -> np.ndarray:
    end = start + 20 + rng.exponential(mean, len(start)).astype(np.int64)
    return np.where((rng.random(len(start)) < chance) & (end < world.calendar.end), end, NEVER)


def equity_pledges(world: World, part: Part) -> pl.DataFrame:
    """Pledges of equity; the risky pledge more of it."""
    rng = part.stream(world, "c11_equity_pledges")
    row, start = part.events(world, rng, part.rate(world, 0.005, 0.012, 0.04, 0.09) * world.company[part.rows])
    end = _ending(world, rng, start, 500, 0.6)
    share = np.clip(by_class(world.risk[row], 0.2, 0.35, 0.6, 0.8) + 0.25 * rng.normal(0, 1, len(row)), 0.02, 1)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "equity_no": words.join(a="G", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(row)))),
            "pledged_amount": np.round(world.capital[row] * share, 4),
            "pledged_on": dates(start),
            "state": where(end < NEVER, "2", "1"),
            "ended_on": dates(end),
            "_seen": world.calendar.seen(start, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {"state": "1"})


def chattel_mortgages(world: World, part: Part) -> pl.DataFrame:
    """Mortgages of movables, mostly of makers, for a part or a multiple of what they have."""
    rng = part.stream(world, "c11_chattel_mortgages")
    row, start = part.events(
        world, rng, part.rate(world, 0.008, 0.012, 0.02, 0.03) * np.where(world.section[part.rows] == "C", 2.0, 0.4)
    )
    end = _ending(world, rng, start, 500, 0.6)
    size = business(world, part, _years(world)[-1]).size[row - part.rows[0]]
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "mortgage_no": words.join(a="D", b=words.text(10_000_000 * (part.number + 1) + np.arange(len(row)))),
            "secured_amount": np.round(size * np.exp(-0.3 + 0.8 * rng.normal(0, 1, len(row))), 4),
            "registered_on": dates(start),
            "state": where(end < NEVER, "2", "1"),
            "ended_on": dates(end),
            "_seen": world.calendar.seen(start, rng),
        }
    )
    return versions(frame, world.calendar, "ended_on", {"state": "1"})


def _years(world: World) -> range:
    received = world.calendar.received
    return range(int(received[0][:4]) - world.calendar.years, int(received[-1][:4]))


def ratings(world: World, part: Part) -> pl.DataFrame:
    """Tax credit ratings, published each April for the year before, and some rated anew later in the year."""
    rng = part.stream(world, "c12_ratings")
    frames = []
    for year in _years(world):
        opens = day(f"{year + 1}-04")
        rows = part.rows[(world.established[part.rows] < opens) & (world.ended[part.rows] > opens + 30)]
        rows = rows[rng.random(len(rows)) < 0.75]
        score = by_class(world.risk[rows], 0.3, 0.5, 0.72, 0.95) + 0.16 * rng.normal(0, 1, len(rows))
        young = world.established[rows] > opens - 500
        level = pl.Series(["A", "B", "C", "D"]).gather(np.searchsorted([0.28, 0.78, 0.92], score))
        level = where(young & (level != "D").to_numpy(), "M", level)
        rated = opens + 14 + rng.integers(0, 15, len(rows))
        again = rated + rng.integers(30, 240, len(rows))
        for chosen, grade, on in (
            (np.ones(len(rows), dtype=bool), level, rated),
            (rng.random(len(rows)) < 0.02, pick(rng, ["B", "C"], [2, 1], len(rows)), again),
        ):
            keep = chosen & (on < world.calendar.end) & (on < world.ended[rows])
            frames.append(
                pl.DataFrame(
                    {
                        "enterprise_id": world.uscc.gather(rows[keep]),
                        "rated_year": np.full(int(keep.sum()), year),
                        "rating": grade.filter(pl.Series(keep)),
                        "rated_on": dates(on[keep]),
                        "_seen": world.calendar.month_of(on[keep]),
                    }
                )
            )
    # of several ratings in one delivery the last stands
    every = pl.concat(frames).sort("rated_on", maintain_order=True)
    return every.unique(["enterprise_id", "rated_year", "_seen"], keep="last", maintain_order=True)


def arrears(world: World, part: Part) -> pl.DataFrame:
    """Announcements of tax arrears."""
    rng = part.stream(world, "c12_arrears")
    row, on = part.events(world, rng, part.rate(world, 0.002, 0.012, 0.07, 0.22))
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "tax_kind": words.choose(words.TAXES, rng.integers(0, 40, len(row))),
            "arrears": np.round(np.exp(1.2 + 1.4 * rng.normal(0, 1, len(row))), 4),
            "announced_on": dates(on),
            "cleared_on": dates(_ending(world, rng, on, 180, by_class(world.risk[row], 0.9, 0.8, 0.5, 0.25))),
            "_seen": world.calendar.seen(on, rng, 0.03),
        }
    ).unique(["enterprise_id", "tax_kind", "announced_on"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "cleared_on", {})


def abnormal_taxpayers(world: World, part: Part) -> pl.DataFrame:
    """Taxpayers who stopped declaring and cannot be found."""
    rng = part.stream(world, "c12_abnormal_taxpayers")
    row, on = part.events(world, rng, part.rate(world, 0.0008, 0.007, 0.04, 0.14))
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "identified_on": dates(on),
            "lifted_on": dates(_ending(world, rng, on, 250, by_class(world.risk[row], 0.8, 0.6, 0.35, 0.2))),
            "_seen": world.calendar.seen(on, rng, 0.03),
        }
    ).unique(["enterprise_id", "identified_on"], keep="first", maintain_order=True)
    return versions(frame, world.calendar, "lifted_on", {})


def tax_paid(world: World, part: Part) -> pl.DataFrame:
    """Tax paid in each year, delivered between April and June of the next; it goes with the business."""
    rng = part.stream(world, "c12_tax_paid")
    burden = part.stream(world, "c12_tax_paid/burden").normal(0, 1, len(part.rows))
    frames = []
    for year in _years(world):
        closes = day(f"{year + 1}-01")
        rows = part.rows[
            (world.established[part.rows] < closes - 60) & (world.ended[part.rows] > closes) & ~world.branch[part.rows]
        ]
        rows = rows[rng.random(len(rows)) < 0.82]
        now, place = business(world, part, year), rows - part.rows[0]
        level = 0.9 * burden[place] + 0.15 * rng.normal(0, 1, len(rows))
        paid = np.exp(-0.2 + 0.8 * np.log1p(world.staff[rows]) + level) * now.growth[place]
        nil = now.untaxed[place]
        delivered = day(f"{year + 1}-04") + rng.integers(0, 75, len(rows))
        frames.append(
            pl.DataFrame(
                {
                    "enterprise_id": world.uscc.gather(rows),
                    "tax_year": np.full(len(rows), year),
                    "tax_paid": np.round(np.where(nil, 0, paid), 4),
                    "paid_through": dates(np.full(len(rows), closes - 1)),
                    "_seen": world.calendar.month_of(delivered),
                }
            )
        )
    return pl.concat(frames)


def insured_staff(world: World, part: Part) -> pl.DataFrame:
    """Insured staff of employers, one row per enterprise and month: the last 12 months at first, then each month."""
    rng = part.stream(world, "c13_insured_staff")
    rows = part.rows[(world.staff[part.rows] >= 2) & (rng.random(len(part.rows)) < 0.66)]
    risk = world.risk[rows]
    level = world.staff[rows] * np.clip(0.75 + 0.2 * rng.normal(0, 1, len(rows)), 0.2, 1.1)
    level = np.maximum(np.rint(level), 1)  # of few staff nobody comes and goes by chance
    none = rng.random(len(rows)) < by_class(risk, 0.02, 0.06, 0.14, 0.28)
    none |= hollow(world, part)[1][rows - part.rows[0]]
    months = 12 + world.calendar.months
    falls = np.where(
        rng.random(len(rows)) < by_class(risk, 0.02, 0.06, 0.18, 0.35), rng.integers(2, months, len(rows)), 99
    )
    depth = rng.uniform(0.05, 0.45, len(rows))
    frames = []
    for number in range(months):
        month = month_shift(world.calendar.first_month, number - 12)
        counted = day(month) + 24
        there = (world.established[rows] < day(month)) & (world.ended[rows] > counted)
        noise = stream(world.seed, f"c13_insured_staff/{month}", part.number).normal(0, 0.04, len(rows))
        staff = np.rint(np.where(none, 0, level * (1 + noise) * np.where(number >= falls, depth, 1))).astype(np.int64)
        row = rows[there]
        frames.append(
            pl.DataFrame(
                {
                    "enterprise_id": world.uscc.gather(row),
                    "insured_month": words.choose([month], row),
                    "insured_staff": staff[there],
                    "counted_on": dates(np.full(len(row), counted)),
                    "_seen": np.full(len(row), max(number - 11, 0)),
                }
            )
        )
    return pl.concat(frames)
