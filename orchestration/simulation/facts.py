"""What several feeds tell about the same event: annual filings, changes of the register, licences, failing years.

Belongs here: facts used by more than one feed, drawn once from a stream of their own so that the feeds agree.
Does not belong here: the columns of a feed (``records``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.simulation import chance, tails, words
from orchestration.simulation.chance import NEVER, by_class, happen, stream
from orchestration.simulation.repeats import repeated
from orchestration.simulation.world import World


@dataclass(frozen=True)
class Part:
    """A slice of the province that is recorded in one go, so that memory stays bounded.

    Attributes:
        number: number of the slice; with the feed's name it selects the random stream.
        rows: rows of the world.
    """

    number: int
    rows: np.ndarray

    def stream(self, world: World, name: str) -> np.random.Generator:
        """The random stream of a feed, or of a fact, for this slice."""
        return stream(world.seed, name, self.number)

    def rate(self, world: World, a: float, b: float, c: float, d: float) -> np.ndarray:
        """A rate for each enterprise of the slice, given for the four latent classes."""
        return by_class(world.risk[self.rows], a, b, c, d)

    def events(self, world: World, rng: np.random.Generator, rate: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Events while each enterprise exists: rows of the world and days."""
        place, days = happen(rng, rate, world.alive_from(self.rows), world.alive_to(self.rows))
        return self.rows[place], days


@dataclass(frozen=True)
class Filing:
    """Annual reports of one year: rows that had to file, and the day on which each did (NEVER: it did not)."""

    year: int
    rows: np.ndarray
    filed: np.ndarray
    deadline: int


def filings(world: World, part: Part) -> list[Filing]:
    """Annual reports due inside the simulation; some enterprises miss habitually, some file after the deadline."""
    rng = part.stream(world, "filings")
    habit = rng.random(len(part.rows))
    found = []
    first = int(world.calendar.received[0][:4]) - world.calendar.years
    for year in range(first, int(world.calendar.received[-1][:4])):
        opens, deadline = chance.day(f"{year + 1}-01"), chance.day(f"{year + 1}-07") - 1
        due = (world.established[part.rows] < opens) & (world.ended[part.rows] >= deadline)
        missing = 0.65 * habit + 0.35 * rng.random(len(habit)) < part.rate(world, 0.11, 0.25, 0.42, 0.62)
        filed = opens + (rng.beta(2.6, 1.6, len(habit)) * (deadline - opens)).astype(np.int64)
        later = deadline + 5 + rng.exponential(150, len(habit)).astype(np.int64)
        filed = np.where(missing, np.where(rng.random(len(habit)) < 0.45, later, NEVER), filed)
        filed = np.where(filed < np.minimum(world.ended[part.rows], world.calendar.end), filed, NEVER)
        found.append(Filing(year, part.rows[due], filed[due], deadline))
    return found


@dataclass(frozen=True)
class Changes:
    """Changes of the register, in the order of their days: row of the world, item, day, and content as numbers.

    ``before`` and ``after`` are persons for item 03, addresses for item 02, 万元 for item 04, else without use; for
    item 01 they are 0 for the name that the world gives and 1 for the other one.
    """

    row: np.ndarray
    item: np.ndarray
    day: np.ndarray
    before: np.ndarray
    after: np.ndarray


OFTEN = {"05": "scope_changes", "01": "name_changes"}
"""Items that a few enterprises change again and again, and the kind of repeated event."""


def changes(world: World, part: Part) -> Changes:
    """Changes in history and in the monthly deliveries; the risky change head, address and capital more often.

    The world holds the register as it stands before the first monthly delivery: history leads to it, later
    changes depart from it.
    """
    rng = part.stream(world, "changes")
    rates = {
        "01": part.rate(world, 0.02, 0.03, 0.06, 0.10),
        "02": part.rate(world, 0.07, 0.12, 0.30, 0.60),
        "03": part.rate(world, 0.05, 0.10, 0.32, 0.70),
        "04": part.rate(world, 0.04, 0.06, 0.10, 0.18),
        "05": part.rate(world, 0.20, 0.22, 0.30, 0.35),
        "06": part.rate(world, 0.08, 0.10, 0.16, 0.25),
        "99": part.rate(world, 0.06, 0.06, 0.08, 0.10),
    }
    rows, days, items = [], [], []
    for code, rate in rates.items():
        row, happened = part.events(world, rng, rate * 0.8)
        keep = happened > world.established[row] + 30
        rows.append(row[keep])
        days.append(happened[keep])
        items.append(np.full(int(keep.sum()), code))
    row, happened, item = (np.concatenate(parts) for parts in (rows, days, items))
    order = np.lexsort((item, row, happened))
    row, happened, item = row[order], happened[order], item[order]
    serial = 5 * world.count + 4 * part.rows[0] + np.arange(len(row))
    factor = pl.Series([0.2, 0.5, 2.0, 3.0, 12.0]).gather(
        np.searchsorted([0.15, 0.40, 0.85, 0.97], rng.random(len(row)))
    )
    draft = np.select([item == "03", item == "02", item == "04"], [serial, serial, factor.to_numpy()], 0.0)
    own = ~(world.branch[row] & (item == "04"))  # a branch has no capital of its own that could change
    row, item, happened, draft = row[own], item[own], happened[own], draft[own]
    often = [(code, repeated(world, part.number, part.rows, name)) for code, name in OFTEN.items()]
    row = np.concatenate([row, *[found.row for _, found in often]])
    happened = np.concatenate([happened, *[found.day for _, found in often]])
    item = np.concatenate([item, *[np.full(len(found.row), code) for code, found in often]])
    draft = np.concatenate([draft, np.zeros(len(row) - len(draft))])
    order = np.lexsort((item, row, happened))
    row, item, happened, draft = row[order], item[order], happened[order], draft[order]
    return _chain(world, Changes(row, item, happened, draft, draft.copy()))


def _chain(world: World, drawn: Changes) -> Changes:
    """Link changes of one enterprise and item, so that each starts where the one before it ended.

    Walking back from the register for history and forward from it for later months; capital multiplies.
    """
    frame = pl.DataFrame(
        {
            "row": drawn.row,
            "item": drawn.item,
            "day": drawn.day,
            "draft": drawn.after,
            "capital": world.capital[drawn.row],
            "now": np.select(
                [drawn.item == "03", drawn.item == "02"], [world.head[drawn.row], world.home[drawn.row]], 0
            ),
        },
    ).with_row_index("order")
    past = pl.col("day") < world.calendar.opening
    group = ["row", "item", past.alias("past")]
    money = pl.col("item") == "04"
    up, back = pl.col("draft").cum_prod().over(group), pl.col("draft").cum_prod(reverse=True).over(group)
    before_money = pl.when(past).then(pl.col("capital") / back).otherwise(pl.col("capital") * up / pl.col("draft"))
    now = pl.col("now").cast(pl.Float64)
    other_after = pl.when(past).then(pl.col("draft").shift(-1).over(group).fill_null(now)).otherwise(pl.col("draft"))
    other_before = pl.when(past).then(pl.col("draft")).otherwise(pl.col("draft").shift(1).over(group).fill_null(now))
    # two names in turn: history ends with the name of the world, later changes depart from it
    nth, number = pl.int_range(pl.len()).over(group), pl.len().over(group)
    after_name = pl.when(past).then((number - 1 - nth) % 2).otherwise((nth + 1) % 2).cast(pl.Float64)
    name = pl.col("item") == "01"
    linked = frame.with_columns(
        before=pl.when(money).then(before_money.round(4)).when(name).then(1 - after_name).otherwise(other_before),
        after=pl.when(money)
        .then((before_money * pl.col("draft")).round(4))
        .when(name)
        .then(after_name)
        .otherwise(other_after),
    ).sort("order")
    before, after = linked["before"].to_numpy(), linked["after"].to_numpy()
    return Changes(drawn.row, drawn.item, drawn.day, before, after)


@dataclass(frozen=True)
class Licences:
    """Licences that an enterprise must hold, one row for each term: row, item, number, first and last day."""

    row: np.ndarray
    item: pl.Series
    number: pl.Series
    start: np.ndarray
    end: np.ndarray


def licences(world: World, part: Part) -> Licences:
    """Licences with terms of five years; most are renewed in time, the risky let them expire."""
    rng = part.stream(world, "licences")
    rows = part.rows
    chances = {
        "FOOD": (world.food[rows] > 0) * 0.92,
        "DRUG": world.drug[rows] * 0.7,
        "DEVICE": world.drug[rows] * 0.6,
        "COSM": world.drug[rows] * 0.1 + (world.section[rows] == "C") * 0.005,
        "SPEC": world.hazard[rows] * 0.05,
        "INDP": (world.section[rows] == "C") * 0.08,
        "HAZ": (world.section[rows] == "F") * 0.015,
        "TRAN": (world.section[rows] == "G") * 0.7,
        "PUBL": np.isin(world.section[rows], ["H", "O"]) * 0.35,
        "OTH": np.full(len(rows), 0.28),
    }
    held = [rows[rng.random(len(rows)) < probability] for probability in chances.values()]
    row = np.concatenate(held)
    item = np.repeat(np.arange(len(held)), [len(part_) for part_ in held])
    term = 5 * 365 + 1
    age = np.minimum(world.calendar.end - world.established[row], 9 * 365)
    start = world.calendar.end - (rng.random(len(row)) * age).astype(np.int64)
    start = np.maximum(np.maximum(start, world.established[row] + 10), world.calendar.start - term)
    lapsed, day = _lapsed(world, part, row[item != list(chances).index("OTH")], term)
    lapses = np.isin(row, rows[lapsed]) & (item != list(chances).index("OTH"))
    start = np.where(lapses, day[row - rows[0]] - term, start)
    renewed = (
        (start + term < world.calendar.end)
        & ~lapses
        & (rng.random(len(row)) > by_class(world.risk[row], 0.03, 0.10, 0.3, 0.5))
    )
    row, item, first = (np.concatenate([a, a[renewed]]) for a in (row, item, start))
    serial = np.concatenate([np.arange(len(start)), np.flatnonzero(renewed)])
    again = np.arange(len(row)) >= len(start)
    first = first + np.where(again, term - 20, 0)
    many = repeated(world, part.number, part.rows, "licences")
    row, first = np.concatenate([row, many.row]), np.concatenate([first, many.day])
    item = np.concatenate([item, np.full(len(many.row), list(chances).index("OTH"))])
    serial = np.concatenate([serial, 5_000_000 + np.arange(len(many.row))])
    keep = (first < world.alive_to(row)) & (first < world.calendar.end)
    row, item, first, serial = row[keep], item[keep], first[keep], serial[keep]
    codes = words.choose(list(chances), item)
    number = words.join(
        a=pl.Series(["JY", "YX", "XY", "HZ", "TS", "XK", "WH", "JT", "WS", "QT"]).gather(item),
        b=words.text(world.places.code[world.place[row]]),
        c=words.text(10_000_000 * (part.number + 1) + serial),
    )
    return Licences(row, codes, number, first, first + term)


def _lapsed(world: World, part: Part, required: np.ndarray, term: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of the few firms whose required licences all expire unrenewed, and the day of it for each place.

    Args:
        world: the province.
        part: the slice.
        required: row of the world for each licence that a firm must hold.
        term: days of a term.
    """
    rng, rows = part.stream(world, "lapsed"), part.rows
    day = world.calendar.opening + 45 - rng.integers(0, 540, len(rows))
    several = np.bincount(required - rows[0], minlength=len(rows)) >= 2
    lasting = (world.established[rows] < world.calendar.opening - term - 540) & (
        world.ended[rows] >= world.calendar.end
    )
    return tails.choose(rng, part.rate(world, 0.05, 1.0, 1.5, 1.5) * (several & lasting), tails.LAPSED), day
