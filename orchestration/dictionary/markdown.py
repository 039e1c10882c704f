"""Plain Markdown: headings that can be linked to, tables, escaped text. Nothing here knows what a page is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PAGES = {
    "feeds": "Feeds 数据源",
    "columns": "Columns 字段",
    "codes": "Code lists 代码表",
    "indicators": "Indicators 指标",
    "fields": "Key fields 重点领域",
    "models": "Data models 数据模型",
}
"""Stem of each page and its title, in both languages."""

HEADERS = {
    "Also delivered as": "其他写法",
    "Band": "档次",
    "Cap": "上限",
    "Cap level 1": "一级上限",
    "Cap level 2": "二级上限",
    "Category": "类别",
    "Chinese": "中文",
    "Chinese header": "中文表头",
    "Class": "等级",
    "Code": "代码",
    "Code list": "代码表",
    "Codes": "代码数",
    "Column": "字段",
    "Columns": "字段",
    "Due": "报送期限",
    "Effect": "效果",
    "English": "英文",
    "Feed": "数据源",
    "Feeds": "数据源",
    "Floor": "下限",
    "In the lake": "湖内类型",
    "Indicator": "指标",
    "Kind": "种类",
    "Layer": "层",
    "Level": "级别",
    "List": "代码表",
    "Meaning": "含义",
    "Models": "模型数",
    "National name": "国标字段名",
    "Number": "数量",
    "Owner": "报送部门",
    "Parameter": "参数",
    "Points": "分值",
    "Purpose": "用途",
    "Records": "数据种类",
    "Required": "必填",
    "Risk": "风险值",
    "Rule": "规则",
    "Score": "得分",
    "Title": "名称",
    "Type": "类型",
    "Unit": "单位",
    "Value": "取值",
    "Weight": "权重",
    "Where": "位置",
    "When": "条件",
    "Window": "影响期",
}
"""Heading of a column -> the same in Chinese; a table with another heading is refused."""


def text(value: object) -> str:
    """A value as running text: one line, nothing of it read as markup; None is empty."""
    line = " ".join(str("" if value is None else value).split())
    for character in "\\|<*[]":
        line = line.replace(character, f"\\{character}")
    return line


def code(value: object) -> str:
    """A name as it is written in files, ``code``; None or nothing is empty."""
    return f"`{value}`" if value not in (None, "") else ""


def link(shown: str, page: str, anchor: str, here: str) -> str:
    """A link to the heading ``anchor`` of ``page``, from the page ``here``."""
    return f"[{shown}]({'' if page == here else f'{page}.md'}#{anchor.lower()})"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table; cells are already text.

    Raises:
        KeyError: a heading has no Chinese in ``HEADERS``.
    """
    headings = [f"{name} {HEADERS[name]}" for name in header]
    lines = [headings, ["---"] * len(header), *rows]
    return ["|" + "".join(f" {cell} |" if cell else " |" for cell in cells) for cells in lines] + [""]


def opening(here: str, sources: str, version: str = "") -> list[str]:
    """Title of a page, where it comes from, and the way to the other pages; one page of several names its version."""
    ways = " · ".join(name if stem == here else f"[{name}]({stem}.md)" for stem, name in PAGES.items())
    return [
        f"<!-- Generated from {sources} by `python -m orchestration.dictionary`; do not edit. -->",
        f"# {PAGES[here]} {version}".rstrip(),
        "",
        ways,
        "",
    ]
