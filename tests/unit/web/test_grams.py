"""Runs of characters of many texts at once."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.web.grams import codes, grams

TEXTS = ["", "甲", "甲乙", "甲乙丙丁", "乙丙", "", "𠮷野家公司", "甲乙丙丁戊己庚"]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_each_text_has_the_runs_inside_it_and_no_others(size: int):
    hashes, offsets = grams(codes(pl.Series(TEXTS)), size)
    known: dict[str, int] = {}
    for place, text in enumerate(TEXTS):
        runs = [text[start : start + size] for start in range(len(text) - size + 1)]
        own = hashes[offsets[place] : offsets[place + 1]]
        assert len(own) == len(runs)
        for run, value in zip(runs, own, strict=True):
            assert known.setdefault(run, value) == value
    assert len(set(known.values())) == len(known)
    assert offsets[-1] == len(hashes)


def test_no_texts_and_only_short_texts():
    for texts in (pl.Series([], dtype=pl.String), pl.Series([None, "", "甲"], dtype=pl.String)):
        hashes, offsets = grams(codes(texts), 3)
        assert len(hashes) == 0
        assert offsets.tolist() == [0] * (len(texts) + 1)


def test_hashes_do_not_change_between_versions():
    """Models keep hashed runs: another hash would make every one of them useless."""
    hashes, _ = grams(codes(pl.Series(["甲乙"])), 2)
    assert hashes.tolist() == [15243006555310613791]


def test_buckets_are_filled_evenly():
    texts = pl.Series([chr(0x4E00 + i) + chr(0x4E00 + j) for i in range(200) for j in range(200)])
    hashes, _ = grams(codes(texts), 2)
    filled = np.bincount((hashes >> np.uint64(54)).astype(np.int64), minlength=1024)
    assert filled.min() > 10
    assert filled.max() < 80
