"""Character n-grams of many texts at once, as numbers.

Belongs here: texts as code points, hashes of the n-grams of each. Does not belong here: what is learnt from them
(``judge``) or compared by them (``extract``).

Chinese has no blanks between words, so runs of characters take the place of words. A batch of texts is one long
array of code points; all its n-grams are hashed by a handful of numpy operations, never text by text.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@dataclass(frozen=True)
class Codes:
    """Code points of texts, one after the other.

    Attributes:
        points: uint32, all characters of all texts.
        offsets: int64, one more than texts; text i is ``points[offsets[i]:offsets[i + 1]]``.
    """

    points: np.ndarray
    offsets: np.ndarray


def codes(texts: pl.Series) -> Codes:
    """Code points of the texts; a null counts as an empty text."""
    known = texts.fill_null("")
    offsets = np.zeros(len(known) + 1, np.int64)
    np.cumsum(known.str.len_chars().to_numpy(), out=offsets[1:])
    points = np.frombuffer("".join(known.to_list()).encode("utf-32-le"), np.dtype("<u4"))
    return Codes(points, offsets)


def grams(given: Codes, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Hashes of the runs of ``size`` characters inside each text.

    Args:
        given: the texts.
        size: characters of a run, at least 1.

    Returns:
        Hashes (uint64, well mixed, the same on every machine) in the order of the texts, and offsets of each text in
        them. A text shorter than ``size`` has none.
    """
    counts = np.maximum(np.diff(given.offsets) - size + 1, 0)
    offsets = np.zeros(len(counts) + 1, np.int64)
    np.cumsum(counts, out=offsets[1:])
    runs = len(given.points) - size + 1
    if runs <= 0:
        return np.zeros(0, np.uint64), offsets
    hashes = np.full(runs, size, np.uint64)
    for place in range(size):
        hashes = hashes * _STEP + given.points[place : place + runs] + np.uint64(1)
    # Runs that reach over the end of a text are left out.
    inside = np.ones(runs, bool)
    ends = given.offsets[1:]
    for back in range(1, size):
        # A text may be shorter than the run, then its places before the start belong to the text before: also outside.
        outside = ends - back
        inside[outside[(outside >= 0) & (outside < runs)]] = False
    return _mixed(hashes[inside]), offsets


def _mixed(hashes: np.ndarray) -> np.ndarray:
    """Finalizer of splitmix64 (Steele 2014): every bit of the input moves every bit of the output."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _FIRST
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _SECOND
    return hashes ^ (hashes >> np.uint64(31))
