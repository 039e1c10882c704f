"""Signatures find texts that are alike, and likeness counts exactly."""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.web.extract.copies import same_subject
from orchestration.web.extract.signatures import BANDS, RUN, WIDTH, compared, estimate, likeness, signatures


def plain(one: str, two: str) -> float:
    """Likeness as its definition says."""
    left, right = ({text[at : at + RUN] for at in range(len(text) - RUN + 1)} for text in (one, two))
    return len(left & right) / len(left | right)


def made(count: int) -> tuple[list[str], list[str]]:
    """Pairs of texts of every likeness."""
    rng = np.random.default_rng(11)
    signs = np.array([chr(0x4E00 + n) for n in range(800)])
    left = ["".join(rng.choice(signs, 150)) for _ in range(count)]
    right = [text[: int(150 * place / count)] + "".join(rng.choice(signs, 60)) for place, text in enumerate(left)]
    return left, right


def test_likeness_is_counted_exactly_and_told_by_signatures():
    left, right = made(300)
    texts, first, second = pl.Series(left + right), np.arange(300), np.arange(300, 600)
    exact = np.array([plain(one, two) for one, two in zip(left, right, strict=True)])
    assert np.allclose(likeness(texts, first, second), exact)
    told = estimate(signatures(texts).to_numpy(), first, second)
    assert np.abs(told - exact).max() < 0.25
    assert np.abs(told - exact).mean() < 0.05


def test_texts_that_are_alike_share_a_band_and_others_hardly_do():
    left, right = made(600)
    values = signatures(pl.Series(left + right)).to_numpy()[:, :BANDS]
    exact = np.array([plain(one, two) for one, two in zip(left, right, strict=True)])
    shared = (values[:600] == values[600:]).any(axis=1)
    assert shared[exact >= 0.85].all()
    assert shared[exact < 0.1].mean() < 0.05


def test_signatures_do_not_depend_on_the_batch_and_stay_the_same_between_versions():
    texts = compared(
        pl.Series(["近日，郑州市市场监督管理局通报虚假宣传。", None, "甲乙", "另一个完全不同的文本在这里"])
    )
    whole = signatures(texts)
    alone = pl.concat([signatures(texts.slice(place, 1)) for place in range(4)])
    assert whole.to_list() == alone.to_list()
    assert whole.dtype == pl.Array(pl.UInt32, WIDTH)
    assert whole[0].to_list()[:2] == [3566636570, 1497439840]
    assert signatures(texts.head(0)).len() == 0


def test_texts_without_a_run_are_not_alike():
    texts = pl.Series(["甲", "甲", ""])
    assert likeness(texts, np.array([0, 0]), np.array([1, 2])).tolist() == [0, 0]


def test_firms_and_long_numbers_decide_whether_two_texts_are_about_the_same():
    texts = compared(
        pl.Series(
            [
                "河南宏达商贸有限公司，订单202605",
                "河南宏达商贸有限公司，订单202606",
                "河南宏远商贸有限公司，订单202605",
                "某公司，订单202605",
                "河南宏达商贸有限公司与河南宏远商贸有限公司，订单202605",
                "河南宏达商贸有限公司，订单202605，共3件",
            ]
        )
    )
    pairs = np.array([[0, other] for other in range(1, 6)])
    assert same_subject(texts, pairs).tolist() == [False, False, True, True, True]
