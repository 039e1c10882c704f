"""Word lists of the small web: frames of sentences, openers, goods by industry, jobs, awards, cities elsewhere.

Belongs here: reading the CSV files beside this module, and short lists.
Does not belong here: how sentences become texts (``compose``), names of enterprises (``names``).

A frame is a sentence with slots in braces; each belongs to one topic, polarity and part of a text. Every third frame of
a cell (topic, polarity, part) is held apart, so that a model trained on the others can be measured on sentences that it
has never seen.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl

FOLDER = Path(__file__).parent
TOPICS = ("NEWS", "COMPLAINT", "AD", "TRADE", "RECRUIT", "COURT")
POLARITIES = ("-1", "0", "1")
PARTS = ("title", "lead", "detail", "end")
SPLITS = ("train", "test", "all")
HELD_APART = 3
"""One frame in so many of each cell belongs to ``test``."""
AWARDS = [
    "守合同重信用企业",
    "质量信得过单位",
    "省级绿色工厂",
    "消费者满意单位",
    "专精特新中小企业",
    "纳税信用A级企业",
    "文明诚信市场主体",
    "优秀民营企业",
]
JOBS = [
    "会计",
    "仓库管理员",
    "销售代表",
    "焊工",
    "电工",
    "质检员",
    "前台文员",
    "司机",
    "客服专员",
    "施工员",
    "厨师",
    "程序员",
    "收银员",
    "护理员",
    "行政专员",
    "采购员",
    "叉车工",
    "平面设计师",
]
ELSEWHERE = [
    "济南",
    "武汉",
    "西安",
    "石家庄",
    "太原",
    "合肥",
    "成都",
    "长沙",
    "徐州",
    "临沂",
    "邯郸",
    "襄阳",
    "芜湖",
    "菏泽",
]
"""Cities of other provinces."""
AGENCIES = [
    "大河经济网",
    "中原都市报",
    "河洛商报",
    "嵩山新闻",
    "豫见财经",
    "黄河消费周刊",
    "市场观察报",
    "民生热线",
    "天中晚报",
    "殷都在线",
]
"""Invented agencies that sign news."""


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@cache
def frames() -> pl.DataFrame:
    """All frames: topic, polarity, part, text, split (train or test), in a fixed order."""
    found = [{"topic": topic, **row} for topic in TOPICS for row in _rows(f"frames/{topic.lower()}.csv")]
    nth = pl.int_range(pl.len()).over("topic", "polarity", "part")
    return pl.DataFrame(found).with_columns(
        split=pl.when(nth % HELD_APART == HELD_APART - 1).then(pl.lit("test")).otherwise(pl.lit("train"))
    )


@cache
def openers() -> pl.DataFrame:
    """Beginnings of first sentences: topic, supported (``1``: names a place), text. They tell nothing of polarity."""
    return pl.DataFrame(_rows("frames/openers.csv"))


@cache
def goods() -> dict[str, list[str]]:
    """Section of industry -> what its enterprises sell; ``?`` has words that fit everyone."""
    found: dict[str, list[str]] = {}
    for row in _rows("products.csv"):
        found.setdefault(row["section"], []).append(row["word"])
    return found
