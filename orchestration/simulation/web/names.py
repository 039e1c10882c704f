"""What an enterprise may be called in a text on a day: registered, former and short names, and where it is.

Belongs here: the parts of names, which name was in force, names of strangers.
Does not belong here: which name a text uses (``mentions``).
"""

from __future__ import annotations

import re

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.facts import Part, changes
from orchestration.simulation.web.vocabulary import ELSEWHERE
from orchestration.simulation.world import World

TRADES = sorted(
    {*(word for own in words.TRADES.values() for word in own), *words.OTHER_TRADES}, key=lambda w: (-len(w), w)
)
PARTS = "^(?P<brand>.{2,3}?)(?P<trade>" + "|".join(map(re.escape, TRADES)) + ")(?P<suffix>.*)$"
ROAD = r"^(.+?)\d+号"


def names_on(world: World, parts: list[Part], row: np.ndarray, day: np.ndarray) -> pl.DataFrame:
    """The names of enterprises on days, one row per pair.

    A former name is given only where the change that ended it had been registered by the day: then the register of the
    province knows it too.

    Returns:
        full, former (null where none), brand, trade, city (without 市), core (city, brand, trade), short (brand,
        trade), town (with 市), district (may be empty), place (both), road (of the address), section, code.
    """
    drawn = [changes(world, part) for part in parts]
    history = pl.DataFrame(
        {
            "row": np.concatenate([one.row[one.item == "01"] for one in drawn]),
            "day": np.concatenate([one.day[one.item == "01"] for one in drawn]),
            "before": np.concatenate([one.before[one.item == "01"] for one in drawn]) > 0,
            "after": np.concatenate([one.after[one.item == "01"] for one in drawn]) > 0,
        }
    ).sort("day", maintain_order=True)
    asked = pl.DataFrame({"row": row, "day": day}).with_row_index("nth").sort("day", maintain_order=True)
    known = asked.join_asof(history.drop("before"), on="day", by="row", check_sortedness=False)
    ahead = history.drop("after").with_columns(day=pl.col("day") - 1)
    known = known.join_asof(ahead, on="day", by="row", strategy="forward", check_sortedness=False).sort("nth")
    other = known["after"].fill_null(known["before"]).fill_null(value=False)
    place = world.place[row]
    city, whole = world.places.city.gather(place), world.places.text.gather(place)
    frame = pl.DataFrame(
        {
            "given": world.name.gather(row),
            "second": world.former.gather(row),
            "other": other,
            "changed": known["after"].is_not_null(),
            "city": city,
            "town": city + "市",
            "place": whole,
            "address": world.address(world.home[row], place),
            "section": pl.Series(world.section[row]),
            "code": world.uscc.gather(row),
        }
    )
    full = pl.when("other").then("second").otherwise("given")
    former = pl.when(pl.col("changed")).then(pl.when("other").then("given").otherwise("second"))
    rest = pl.col("full").str.strip_prefix(pl.col("city")).str.extract_groups(PARTS)
    return (
        frame.with_columns(
            full=full,
            former=former,
            district=pl.col("place").str.strip_prefix(pl.col("town")),
            road=pl.col("address").str.strip_prefix(pl.col("place")).str.extract(ROAD),
        )
        .with_columns(rest.alias("rest"))
        .unnest("rest")
        .with_columns(
            core=pl.concat_str("city", "brand", "trade"),
            short=pl.concat_str("brand", "trade"),
        )
        .drop("given", "second", "other", "changed", "address", "suffix")
    )


def strangers(rng: np.random.Generator, world: World, count: int) -> pl.DataFrame:
    """Enterprises of other provinces, half of them with brand and trade of one of ours: firm, town, section."""
    row = rng.integers(0, world.count, count)
    city = words.choose(ELSEWHERE, rng.integers(0, 2**31, count))
    ours = pl.DataFrame({"n": world.name.gather(row), "c": world.places.city.gather(world.place[row])})
    twin = pl.concat_str(pl.lit(city).alias("city"), pl.col("n").str.strip_prefix(pl.col("c")))
    own, _ = words.company_names(rng, city, world.section[row], words.choose(["有限公司"], row))
    return ours.select(
        firm=pl.when(pl.Series(rng.random(count) < 0.5)).then(twin).otherwise(own),
        town=city + "市",
        section=pl.Series(world.section[row]),
    )
