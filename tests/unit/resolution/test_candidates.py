"""Ranking of loosely written names."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from orchestration.resolution.candidates import Nearest
from orchestration.settings import Settings

SETTINGS = Settings(home=Path("/nowhere"))
NAMES = pl.Series(
    [
        "苏州天泰计算机系统有限公司",
        "北京天泰志远科技股份有限公司",
        "上海幼蓝贸易有限公司",
        "SIMLIFE(北京)科技有限公司",
        "深圳绿色医疗美容有限公司",
        "北京绿色空间生物科技股份有限公司",
    ]
)


def best(query: str) -> str:
    found = Nearest.of(NAMES, SETTINGS).nearest(pl.Series([query]), 1)
    return str(NAMES[found["candidate"][0]])


def test_the_brand_that_is_explained_wholly_comes_first() -> None:
    assert best("天泰国安") == "苏州天泰计算机系统有限公司"


def test_latin_letters_do_not_lead_astray() -> None:
    assert best("ALLBLU幼岚") == "上海幼蓝贸易有限公司"


def test_rows_are_ranked_within_their_query() -> None:
    found = Nearest.of(NAMES, SETTINGS).nearest(pl.Series(["绿色整形", "天泰", "没有的字"]), 2)
    assert found.filter(pl.col("query") == 0)["rank"].to_list() == [1, 2]
    assert set(found.filter(pl.col("query") == 1)["candidate"]) == {0, 1}
    assert found.filter(pl.col("query") == 1)["likeness"].is_sorted(descending=True)


def test_nothing_alike_gives_nothing() -> None:
    assert Nearest.of(NAMES, SETTINGS).nearest(pl.Series(["龘龘"]), 3).height == 0


def test_no_queries() -> None:
    assert Nearest.of(NAMES, SETTINGS).nearest(pl.Series([], dtype=pl.String), 3).height == 0
