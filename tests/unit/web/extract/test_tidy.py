"""Texts in one shape."""

from __future__ import annotations

import polars as pl

from orchestration.web.extract.tidy import content_hash, tidy, without_furniture


def tidied(text: str | None) -> str | None:
    return pl.DataFrame({"t": [text]}, schema={"t": pl.String}).select(tidy(pl.col("t"))).item()


def test_width_blanks_and_hidden_characters_are_folded_but_punctuation_stays():
    assert (
        tidied("　ＡＢＣ１２３　公司（郑州）\u200b，\r\n\r\n 第二段\xa0完。 ") == "ABC123 公司（郑州），\n第二段 完。"
    )
    assert tidied(" \u3000\n\t") is None
    assert tidied(None) is None


def bare(text: str) -> str | None:
    return pl.DataFrame({"t": [text]}).select(without_furniture(pl.col("t"))).item()


def test_lines_that_say_nothing_of_the_matter_are_left_out():
    text = (
        "发布时间：2026-05-03 来源：晚报\n来源于消费者的投诉有三。\n2026年5月3日发生火灾。\n责任编辑：王\n上一篇：别的"
    )
    assert bare(text) == "来源于消费者的投诉有三。\n2026年5月3日发生火灾。"


def test_only_furniture_is_no_text():
    assert bare("2026-05-03 09:12来源：大河经济网\n阅读：12") is None


def test_the_hash_ignores_blanks_and_punctuation_but_not_digits():
    one, two, three, none = content_hash(pl.Series(["罚款３万元。", " 罚款3，万元", "罚款4万元", None]))
    assert one == two != three
    assert none is None
