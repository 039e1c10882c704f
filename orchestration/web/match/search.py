"""From texts to occurrences of known names, each with what stands around it.

Belongs here: canonical spelling of running text, the search, boundaries of an occurrence.
Does not belong here: who is meant (``evidence``).

Names are searched without the spaces in them, but a space still divides: what stands around an occurrence is read in
the text with its spaces. All positions are characters of that text, which is as long as the original.
"""

from __future__ import annotations

import re
from itertools import chain

import numpy as np
import polars as pl
from daachorse import CharwiseDoubleArrayAhoCorasick

from orchestration.resolution.spelling import SPACE, SPACES, same_length
from orchestration.settings import Settings

AROUND = 16
"""Characters before and behind an occurrence in which its boundaries are read."""
LONGEST = 60
"""Characters in which a hidden name ends."""
PLACE = 2
"""Characters of the shortest place with which a name begins."""
WORD = r"[\p{Han}A-Z0-9]$"
"""A character that may belong to a name."""
_SOLID = re.compile(f"[^{SPACE}]")


def folded(texts: pl.Series, settings: Settings) -> pl.Series:
    """Texts in canonical characters, as long as they were."""
    return pl.DataFrame({"text": texts}).select(same_length(pl.col("text").fill_null(""), settings)).to_series()


def _kept(text: str) -> list[int]:
    """Places of the characters that are no spaces."""
    return [found.start() for found in _SOLID.finditer(text)]


def occurrences(texts: pl.Series, automaton: CharwiseDoubleArrayAhoCorasick, hiding: np.ndarray) -> pl.DataFrame:
    """All occurrences of known names.

    Args:
        texts: from ``folded``.
        automaton: of the names.
        hiding: for each spelling whether it is but a place and a brand: 郑州华源 found in 郑州华源达商贸 hides
            华源达商贸, so what follows the place is searched again.

    Returns:
        ``row`` of the text, ``pattern`` number of the spelling, ``start`` and ``end`` in the text; in their order.
    """
    bare = texts.str.replace_all(SPACES, "")
    frame = _found(bare, automaton)
    begun = frame.filter(pl.Series(hiding[frame["pattern"].to_numpy()], dtype=pl.Boolean))
    if begun.height:
        behind = pl.DataFrame({"own": bare.gather(begun["row"]), "at": begun["start"] + PLACE}).select(
            pl.col("own").str.slice("at", LONGEST)
        )
        hidden = _found(behind.to_series(), automaton)
        outer = begun[hidden["row"]]
        shifted = hidden.with_columns(
            row=outer["row"],
            start=hidden["start"] + outer["start"] + PLACE,
            end=hidden["end"] + outer["start"] + PLACE,
        )
        # it begins inside what was found and ends behind it
        inside = outer["end"] - outer["start"] - PLACE
        shifted = shifted.filter((hidden["start"] < inside) & (hidden["end"] > inside))
        frame = pl.concat([frame, shifted]).unique().sort("row", "start", "end")
    return _in_original(frame, texts, bare)


def _found(bare: pl.Series, automaton: CharwiseDoubleArrayAhoCorasick) -> pl.DataFrame:
    found = [automaton.find(text) for text in bare.to_list()]
    sizes = np.fromiter(map(len, found), dtype=np.int64, count=len(found))
    flat = np.fromiter(chain.from_iterable(chain.from_iterable(found)), dtype=np.int64, count=3 * int(sizes.sum()))
    flat = flat.reshape(-1, 3)
    return pl.DataFrame(
        {
            "row": np.repeat(np.arange(len(found), dtype=np.uint32), sizes),
            "pattern": flat[:, 2].astype(np.uint32),
            "start": flat[:, 0].astype(np.int32),
            "end": flat[:, 1].astype(np.int32),
        }
    )


def _in_original(frame: pl.DataFrame, texts: pl.Series, bare: pl.Series) -> pl.DataFrame:
    """Positions in the texts with their spaces; only texts that have some are looked at again."""
    spaced = np.flatnonzero((texts.str.len_chars() != bare.str.len_chars()).to_numpy())
    rows = np.intersect1d(spaced, frame["row"].unique().to_numpy())
    if not rows.size:
        return frame
    maps = [np.array(_kept(texts[int(row)]), dtype=np.int32) for row in rows]
    begins = np.zeros(texts.len(), dtype=np.int64)
    begins[rows] = np.cumsum([0, *(len(one) for one in maps[:-1])])
    table = np.concatenate(maps)
    touched = np.isin(frame["row"].to_numpy(), rows)
    base = begins[frame["row"].to_numpy()]
    start, end = frame["start"].to_numpy().copy(), frame["end"].to_numpy().copy()
    start[touched] = table[base[touched] + start[touched]]
    end[touched] = table[base[touched] + end[touched] - 1] + 1
    return frame.with_columns(start=pl.Series(start), end=pl.Series(end))


def surroundings(frame: pl.DataFrame, texts: pl.Series, near: int) -> pl.DataFrame:
    """Adds ``left`` and ``right``, what stands right before and behind, and ``window``, the text around; all folded.

    Args:
        frame: from ``occurrences``.
        texts: from ``folded``.
        near: characters of the window on each side.
    """
    own = texts.gather(frame["row"])
    frame = frame.with_columns(own=own)
    first = pl.col("start") - pl.min_horizontal("start", pl.lit(AROUND))
    wide = pl.col("start") - pl.min_horizontal("start", pl.lit(near))
    return frame.with_columns(
        left=pl.col("own").str.slice(first, pl.col("start") - first),
        right=pl.col("own").str.slice(pl.col("end"), AROUND),
        window=pl.col("own").str.slice(wide, pl.col("end") - wide + near),
    ).drop("own")
