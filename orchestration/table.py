"""Plain text tables for the terminal. Nothing here knows what the columns mean."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence


def width(text: str) -> int:
    """Columns a text takes in a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def render(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table with numbers to the right and texts to the left."""
    body = [[_text(value) for value in row] for row in rows]
    right = [bool(body) and all(_numeric(line[index]) for line in body) for index in range(len(header))]
    sizes = [max(width(line[index]) for line in [list(header), *body]) for index in range(len(header))]

    def line(cells: Sequence[str]) -> str:
        padded = (
            " " * (size - width(cell)) + cell if to_right else cell + " " * (size - width(cell))
            for cell, size, to_right in zip(cells, sizes, right, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = "  ".join("-" * size for size in sizes)
    return "\n".join([line(list(header)), rule, *(line(cells) for cells in body)])


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _numeric(text: str) -> bool:
    return text == "" or text.replace(",", "").replace(".", "", 1).lstrip("-").isdigit()
