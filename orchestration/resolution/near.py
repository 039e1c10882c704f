"""Names that differ from a registered one by a character: candidates for misspelt names, without comparing all pairs.

Belongs here: pairs of cores (brand and trade) at a distance of one or two edits.
Does not belong here: what likeness is worth (``policy``).

Two texts within one edit of each other share a text when each may lose one character (deletion neighbourhood; Garbe's
symmetric delete). So the register is passed once per place of a character, and only texts that a mention shares are
kept; the distance of what is left is measured exactly. No pair is missed within one edit; some within two are found.
"""

from __future__ import annotations

import polars as pl
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cpdist

LEAST = 4
"""Characters of a core from which it can be told from others by likeness."""
CLOSE, DISTANT = "close", "distant"


def nearest(asked: pl.DataFrame, known: pl.DataFrame, most: int = 50) -> pl.DataFrame:
    """Enterprises whose core is spelt like that of a mention, in the same city where a city is asked for.

    Args:
        asked: ``mention_id``, ``core``, ``branch``, and ``city``, the first four digits of its place or null.
        known: ``enterprise_id``, ``core``, ``branch``, ``at``, the first four digits of its region.
        most: candidates of a mention beyond which likeness says nothing.

    Returns:
        ``mention_id``, ``enterprise_id``, ``name_found``: ``close`` for one edit, ``distant`` for two.
    """
    asked = asked.filter(pl.col("core").str.len_chars() >= LEAST)
    none = pl.DataFrame(schema={"mention_id": pl.String, "enterprise_id": pl.String, "name_found": pl.String})
    if not asked.height:
        return none
    longest = int(asked.select(pl.col("core").str.len_chars().max()).item())
    shared = pl.concat(
        [asked.select("mention_id", "city", "branch", text=_without(place)) for place in _places(longest)]
    )
    shared = shared.drop_nulls("text").unique()
    texts, found = shared["text"].unique().implode(), []
    near = known.with_columns(length=pl.col("core").str.len_chars()).filter(
        pl.col("length").is_between(LEAST, longest + 1)
    )
    for place in _places(longest + 1):
        hit = near.select("enterprise_id", "at", "branch", "core", text=_without(place)).filter(
            pl.col("text").is_in(texts)
        )
        found.append(
            hit.join(shared, on=["text", "branch"])
            .filter(pl.col("city").is_null() | (pl.col("city") == pl.col("at")))
            .select("mention_id", "enterprise_id", "core")
        )
    pairs = pl.concat(found).unique().filter(pl.len().over("mention_id") <= most)
    pairs = pairs.join(asked.select("mention_id", asked_core="core"), on="mention_id").sort(
        "mention_id", "enterprise_id"
    )
    if not pairs.height:
        return none
    edits = cpdist(pairs["asked_core"].to_list(), pairs["core"].to_list(), scorer=Levenshtein.distance)
    return pairs.select(
        "mention_id",
        "enterprise_id",
        name_found=pl.when(pl.Series(edits) <= 1).then(pl.lit(CLOSE)).otherwise(pl.lit(DISTANT)),
    )


def _places(longest: int) -> list[int | None]:
    """No character, then each in turn."""
    return [None, *range(longest)]


def _without(place: int | None) -> pl.Expr:
    """The core without one character; null where it has none there."""
    if place is None:
        return pl.col("core")
    rest = pl.col("core").str.head(place) + pl.col("core").str.slice(place + 1)
    return pl.when(pl.col("core").str.len_chars() > place).then(rest)
