"""Signatures of texts: a few numbers by which texts that are alike find each other without comparing all with all.

Belongs here: MinHash (Broder 1997) of character runs and its bands, exact likeness of given pairs.
Does not belong here: which texts are compared, and what is called a copy (``copies``).

A signature is 64 hashes: 16 bands of 4 of them, and 8 bits of each. Bands find pairs: two texts with likeness 0.7 share
a band with probability 0.988, with 0.5 with 0.64, with 0.2 with 0.03. The bits tell how alike a pair is, to about 0.06,
which spares counting most pairs exactly. Everything works on batches; a text takes 128 bytes.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from rensa import RMinHash

from orchestration.web.extract.tidy import letters
from orchestration.web.grams import codes, grams

RUN = 4
"""Characters of a run."""
BANDS, ROWS = 16, 4
WIDTH = BANDS + BANDS * ROWS // 4
"""Numbers of a signature: bands, then the bits of the hashes, four hashes in a number."""
SEED = 20_211_101
BATCH = 8_192
_STEP = np.uint64(0x9E3779B97F4A7C15)


def compared(texts: pl.Series) -> pl.Series:
    """What of each text is compared: its letters and digits, folded."""
    return pl.DataFrame({"t": texts.fill_null("")}).select(letters(pl.col("t"))).to_series()


def signatures(texts: pl.Series) -> pl.Series:
    """Signature of each text.

    Args:
        texts: as ``compared`` gives them; a text shorter than a run has the signature of no runs.

    Returns:
        ``Array(UInt32, 32)``; two texts that are alike have one of the first 16 numbers in common, at the same place.
    """
    parts = [_batch(texts.slice(first, BATCH)) for first in range(0, len(texts), BATCH)]
    values = np.concatenate(parts) if parts else np.zeros((0, WIDTH), np.uint32)
    return pl.Series("signature", values, dtype=pl.Array(pl.UInt32, WIDTH))


def _batch(texts: pl.Series) -> np.ndarray:
    hashes, offsets = grams(codes(texts), RUN)
    if not len(hashes):
        return np.zeros((len(texts), WIDTH), np.uint32)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets.astype(np.uint64), BANDS * ROWS, SEED)
    rows = np.array(matrix.to_rows(), np.uint32)
    rows[np.diff(offsets) == 0] = 0
    bits = np.ascontiguousarray(rows.astype(np.uint8)).view("<u4")
    return np.hstack([_bands(rows.reshape(len(texts), BANDS, ROWS)), bits])


def _bands(rows: np.ndarray) -> np.ndarray:
    mixed = np.zeros(rows.shape[:2], np.uint64)
    for place in range(ROWS):
        mixed = (mixed ^ rows[:, :, place]) * _STEP
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def estimate(values: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Likeness of pairs as their signatures tell it, with a standard error of at most 0.063.

    Args:
        values: signatures, texts x 32.
        left: place of the first text of each pair.
        right: place of the second.
    """
    bits = np.ascontiguousarray(values[:, BANDS:]).view(np.uint8)
    equal = (bits[left] == bits[right]).mean(axis=1)
    return (equal - 1 / 256) / (1 - 1 / 256)  # bits of two hashes agree by accident once in 256


def likeness(texts: pl.Series, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Share of runs that the two texts of each pair have in common (Jaccard, 0 to 1), exactly.

    Args:
        texts: as ``compared`` gives them.
        left: place of the first text of each pair.
        right: place of the second.
    """
    from scipy import sparse

    hashes, offsets = grams(codes(texts), RUN)
    rows = np.repeat(np.arange(len(texts)), np.diff(offsets))
    _, columns = np.unique(hashes, return_inverse=True)
    shape = (len(texts), int(columns.max(initial=-1)) + 1)
    found = sparse.csr_matrix((np.ones(len(columns), np.int32), (rows, columns)), shape=shape)
    found.data[:] = 1  # a run counts once, however often it occurs
    sizes = np.diff(found.indptr)
    common = np.asarray(found[left].multiply(found[right]).sum(axis=1)).ravel()
    either = sizes[left] + sizes[right] - common
    return np.where(either > 0, common / np.maximum(either, 1), 0.0)
