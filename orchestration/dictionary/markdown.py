"""Plain Markdown: headings that can be linked to, tables, escaped text. Nothing here knows what a page is about."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

PAGES = {"feeds": "Feeds", "codes": "Code lists", "indicators": "Indicators", "models": "dbt models"}
"""Stem of each page and what it is called in the line that leads from page to page."""


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
    """Lines of a table; cells are already text."""
    lines = [header, ["---"] * len(header), *rows]
    return ["|" + "".join(f" {cell} |" if cell else " |" for cell in cells) for cells in lines] + [""]


def opening(here: str, title: str, sources: str) -> list[str]:
    """Title of a page, where it comes from, and the way to the other pages."""
    ways = " · ".join(name if stem == here else f"[{name}]({stem}.md)" for stem, name in PAGES.items())
    return [
        f"<!-- Generated from {sources} by `python -m orchestration.dictionary`; do not edit. -->",
        f"# {title}",
        "",
        ways,
        "",
    ]
