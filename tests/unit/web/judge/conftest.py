"""Labelled texts that can be told apart, made without chance."""

from __future__ import annotations

import pytest

BAD = ("被罚款", "拒不退款", "虚假宣传", "拖欠工资", "质量不合格")
GOOD = ("获得表彰", "扩大生产", "主动召回", "捐赠物资", "诚信经营")
PLAIN = ("举行年会", "迁至新址", "更换商标", "发布公告", "参加展会")
FIRMS = ("宏达", "裕华", "金源", "隆兴", "盛泰", "嘉和", "永顺")


def rows(count: int = 80) -> list[tuple[str, str, str]]:
    """Polarity, topic, title; ``count`` of each polarity."""
    made = []
    for polarity, phrases in (("-1", BAD), ("0", PLAIN), ("1", GOOD)):
        for place in range(count):
            topic = ("NEWS", "COMPLAINT")[place % 2]
            words = ("记者获悉", "消费者投诉")[place % 2]
            firm, phrase = FIRMS[place % 7], phrases[place % 5]
            made.append((polarity, topic, f"{words}{firm}公司{phrase}第{'甲乙丙丁'[place % 4]}{place}回"))
    return made


@pytest.fixture
def labels(tmp_path):
    """Writes a file of labels; by default a good one."""

    def write(text: str | None = None, *, header: str = "polarity,topic,title", encoding: str = "utf-8"):
        body = text if text is not None else "\n".join(",".join(row) for row in rows())
        path = tmp_path / "labels.csv"
        path.write_bytes(f"{header}\n{body}".rstrip().encode(encoding) + b"\n")
        return path

    return write
