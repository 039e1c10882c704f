"""Registered names that a loosely written name may mean: brands, abbreviations, names with words left out or put in.

Belongs here: a ranking by likeness of characters and of the parts of names.
Does not belong here: names one or two characters apart in many records (``near``), what likeness is worth (``policy``).

A brand is compared with the parts that make a name a firm's own: how alike the texts are, how much of the asked name
the registered brand 字号 explains, whether both begin alike, whether the trade agrees. Latin letters and digits of a
brand rarely stand in a registered name, so Chinese characters alone are compared where there are any. Spelling by
sound (pinyin) was tried and is not used: one name in two thousand more was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from sklearn.feature_extraction.text import TfidfVectorizer

from orchestration.resolution import spelling
from orchestration.settings import Settings

POOL = 40
"""Candidates by likeness of characters that are looked at more closely."""
EXPLAINED, BEGINS, TRADE = 0.4, 0.3, 0.2
"""Weight of each closer look beside likeness, chosen on one half of real pairs (``benchmarks/names.py``)."""
CELLS = 20_000_000
"""Likenesses held at a time; bounds memory."""
LONGEST = 12
"""Characters of a brand whose beginning is compared."""


@dataclass(frozen=True)
class Nearest:
    """Registered names ready to be asked.

    Attributes:
        settings: word lists.
        names: the names as given.
        parts: their parts, columns of ``spelling.PARTS``.
    """

    settings: Settings
    names: pl.Series
    parts: pl.DataFrame
    _whole: TfidfVectorizer
    _texts: Any
    _single: TfidfVectorizer
    _brands: Any

    @classmethod
    def of(cls, names: pl.Series, settings: Settings) -> Nearest:
        """Take in registered names; repeats are candidates of their own."""
        parts = spelling.parts(names, settings)
        whole = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), lowercase=False, dtype=np.float32)
        texts = whole.fit_transform(parts["key"].to_list())
        single = TfidfVectorizer(analyzer="char", lowercase=False, binary=True, norm=None, dtype=np.float32)
        single.fit(parts["core"].to_list())
        return cls(settings, names, parts, whole, texts, single, single.transform(parts["brand"].to_list()))

    def nearest(self, queries: pl.Series, k: int = 5) -> pl.DataFrame:
        """The ``k`` most likely names of each query.

        Returns:
            ``query`` and ``candidate`` (rows of ``queries`` and ``names``), ``likeness`` (higher is likelier; only the
            order within a query has a meaning), ``rank`` from 1; ordered by query and rank. Fewer than ``k`` rows where
            fewer names share a character with the query.
        """
        asked = spelling.parts(queries, self.settings).with_columns(
            text=_own_characters(pl.col("key")), own=_own_characters(pl.col("brand"))
        )
        if not asked.height or not self.names.len():
            return pl.DataFrame(schema=_POOLED | {"rank": pl.Int64})
        vectors = self._whole.transform(asked["text"].to_list())
        size = max(1, CELLS // max(self.names.len(), 1))
        pools = [self._pool(vectors[start : start + size], start) for start in range(0, asked.height, size)]
        pool = pl.concat(pools)
        return (
            pool.with_columns(likeness=pl.col("likeness") + self._closer(pool, asked))
            .sort("query", "likeness", "candidate", descending=[False, True, False])
            .with_columns(rank=pl.int_range(1, pl.len() + 1).over("query"))
            .filter(pl.col("rank") <= k)
        )

    def _pool(self, vectors: Any, start: int) -> pl.DataFrame:
        likeness = (vectors @ self._texts.T).toarray()
        count = min(POOL, likeness.shape[1])
        best = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
        frame = pl.DataFrame(
            {
                "query": np.repeat(np.arange(start, start + len(best), dtype=np.uint32), count),
                "candidate": best.ravel().astype(np.uint32),
                "likeness": np.take_along_axis(likeness, best, axis=1).ravel().astype(np.float64),
            }
        )
        return frame.filter(pl.col("likeness") > 0)

    def _closer(self, pool: pl.DataFrame, asked: pl.DataFrame) -> pl.Series:
        """What the parts add for each pair of the pool."""
        queries, found = pool["query"].to_numpy(), pool["candidate"].to_numpy()
        own = self._single.transform(asked["own"].to_list())
        shared = np.asarray(own[queries].multiply(self._brands[found] > 0).sum(axis=1)).ravel()
        # characters that no registered name has count as the rarest: nothing explains them
        unseen = asked["own"].str.split("").list.n_unique().to_numpy() - np.diff(own.indptr)
        whole = np.asarray(own.sum(axis=1)).ravel() + unseen * float(self._single.idf_.max())
        brand = self.parts["brand"].gather(found)
        begins = _common_beginning(asked["own"].gather(queries), brand) / np.maximum(
            brand.str.len_chars().to_numpy(), 1
        )
        same = pl.DataFrame({"asked": asked["trade"].gather(queries), "own": self.parts["trade"].gather(found)}).select(
            (pl.col("asked") != "") & pl.col("own").str.contains(pl.col("asked"), literal=True)
        )
        explained = shared / np.maximum(whole[queries], 1e-9)
        return pl.Series(EXPLAINED * explained + BEGINS * begins + TRADE * same.to_series().to_numpy())


_POOLED = {"query": pl.UInt32, "candidate": pl.UInt32, "likeness": pl.Float64}


def _own_characters(text: pl.Expr) -> pl.Expr:
    """Chinese characters alone, or the text itself where it has none."""
    chinese = text.str.replace_all(r"[^\p{Han}]", "")
    return pl.when(chinese == "").then(text).otherwise(chinese)


def _common_beginning(left: pl.Series, right: pl.Series) -> np.ndarray:
    """Number of characters with which both texts begin, at most ``LONGEST``."""
    one = left.str.pad_end(LONGEST, "\x01").str.head(LONGEST).to_numpy().astype(f"U{LONGEST}")
    two = right.str.pad_end(LONGEST, "\x02").str.head(LONGEST).to_numpy().astype(f"U{LONGEST}")
    same = one.view("U1").reshape(-1, LONGEST) == two.view("U1").reshape(-1, LONGEST)
    return same.cumprod(axis=1).sum(axis=1)
