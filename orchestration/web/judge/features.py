"""Texts as rows of numbers: which hashed n-grams a text has.

Belongs here: what of a text the model sees. Does not belong here: weights (``model``), learning (``train``).

A feature is whether a run of one to three characters occurs. Runs are hashed into a fixed number of buckets, so that no
vocabulary has to be kept; digits are all read as 0, since amounts and dates are not what makes a text bad.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy import sparse

from orchestration.web.grams import codes, grams

SIZES = (1, 2, 3)
"""Characters of a run. Chosen by a time split inside the training part of real headlines; 4 added nothing."""
BITS = 18
BUCKETS = 1 << BITS
CHARACTERS = 600
"""Characters read of title and text; a page says what it is about at its beginning."""
LEAST_TEXTS = 2
"""Texts that must have a run for it to be learnt."""
_BEGIN, _END = "\x02", "\x03"


def seen(frame: pl.DataFrame) -> pl.Series:
    """Title and text as the model sees them: width and case folded, digits as 0, cut after ``CHARACTERS``.

    Args:
        frame: columns ``title`` and ``text``, either may be null.
    """
    joined = pl.concat_str(pl.col("title").fill_null(""), pl.lit("\n"), pl.col("text").fill_null(""))
    shown = (
        joined.str.slice(0, 2 * CHARACTERS)
        .str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(r"[ \t\r\u{3000}]+", "")
        .str.strip_chars()
        .str.replace_all(r"\d", "0")
        .str.slice(0, CHARACTERS)
    )
    return frame.select(pl.concat_str(pl.lit(_BEGIN), shown, pl.lit(_END)).alias("seen")).to_series()


def occurrences(texts: pl.Series) -> sparse.csr_matrix:
    """One row per text, one column per bucket, 1 where the text has a run of the bucket; float32."""
    given = codes(texts)
    keys = []
    for size in SIZES:
        hashes, offsets = grams(given, size)
        rows = np.repeat(np.arange(len(texts), dtype=np.int64), np.diff(offsets))
        keys.append((rows << BITS) | (hashes >> np.uint64(64 - BITS)).astype(np.int64))
    ranked = np.concatenate(keys)
    ranked.sort()
    once = ranked[np.append(True, ranked[1:] != ranked[:-1])] if len(ranked) else ranked
    columns = (once & (BUCKETS - 1)).astype(np.int32)
    starts = np.searchsorted(once, np.arange(len(texts) + 1, dtype=np.int64) << BITS)
    return sparse.csr_matrix((np.ones(len(once), np.float32), columns, starts), shape=(len(texts), BUCKETS))


def rarity(found: sparse.csr_matrix) -> np.ndarray:
    """Inverse document frequency of every bucket, smoothed: 1 + log((1 + texts) / (1 + texts that have it)).

    0 for buckets that fewer than ``LEAST_TEXTS`` have: a run seen once says nothing, and one never seen must not make
    the others of its text weigh less.
    """
    having = np.bincount(found.indices, minlength=BUCKETS)
    rare = 1.0 + np.log((1.0 + found.shape[0]) / (1.0 + having))
    return np.where(having >= LEAST_TEXTS, rare, 0.0).astype(np.float32)


def weighted(found: sparse.csr_matrix, rare: np.ndarray) -> sparse.csr_matrix:
    """Occurrences times rarity, each row of length 1, so that long and short texts weigh alike."""
    values = rare[found.indices]
    # reduceat gives the next value where a row is empty; a text always has its two marks, so none is.
    lengths = np.sqrt(np.add.reduceat(np.append(values * values, np.float32(0)), found.indptr[:-1]))
    values = values / np.repeat(np.maximum(lengths, np.float32(1e-6)), np.diff(found.indptr))
    return sparse.csr_matrix((values, found.indices, found.indptr), shape=found.shape)
