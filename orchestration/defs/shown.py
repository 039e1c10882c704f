"""What a step tells about itself, as metadata of its partition.

Belongs here: turning the summary of a plain function, a dataclass, into what the UI shows, bounded in size.
Does not belong here: which summary a step gives.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import dagster as dg

SHOWN = 12
"""Entries of a mapping or list that one event shows; the partition's summary.json holds all of them."""
ROWS = ("rows", "items", "texts", "signals", "links", "names")
"""Fields that count the rows of the partition, the first that a summary has."""
LENGTH = 4_000
"""Characters of a text, Markdown or JSON value."""
SENTENCE = 400
"""Characters of one line of a list, and of the description of a check."""
CELL = 120
"""Characters of one cell of a table."""
ENTRIES = 64
"""Values of one event."""


def table_metadata(table: str, columns: Iterable[tuple[str, str, str]]) -> dict[str, Any]:
    """Name of a table of the lake and its columns, as an asset shows them.

    Args:
        table: its name in ``lake.main``.
        columns: name, type and meaning of each.
    """
    schema = dg.TableSchema(columns=[dg.TableColumn(name, kind, doc) for name, kind, doc in columns])
    return {"dagster/column_schema": schema, "dagster/table_name": f"lake.main.{table}"}


def cut(text: object, length: int = SENTENCE) -> str:
    """The text, or its beginning and how much is missing."""
    whole = str(text)
    if len(whole) <= length:
        return whole
    mark = f" … ({len(whole):,} characters)"
    return whole[: length - len(mark)] + mark


def listed(lines: Iterable[object], shown: int = SHOWN) -> dg.MetadataValue:
    """The first lines as a list, each cut, and how many more there are."""
    every = list(lines)
    kept = [f"- {cut(line)}" for line in every[:shown]]
    if len(every) > shown:
        kept.append(f"- {len(every) - shown} more")
    return dg.MetadataValue.md("\n".join(kept))


def table(rows: Sequence[Mapping[str, object]], most: int | None = None) -> dg.MetadataValue:
    """Rows of the same keys as a small table, each cell cut.

    Args:
        rows: column -> cell, each of them.
        most: rows shown, the first ones; None is all, and ``bounded`` cuts what is too long for an event.
    """
    if not rows:
        return dg.MetadataValue.md("none")
    names = list(rows[0])
    lines = [f"| {' | '.join(names)} |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cut(row[name], CELL) for name in names) + " |" for row in rows[:most]]
    return dg.MetadataValue.md("\n".join(lines))


def bounded(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The metadata with every value within its bound: an event is read by every page that shows its partition.

    A table is cut at the end of a line. Numbers, paths and addresses are small by themselves; column lineage is bounded
    by the number of columns, and stands on the newest partition only.
    """
    kept = {cut(name, 100): _bounded(value) for name, value in list(metadata.items())[:ENTRIES]}
    if len(metadata) > ENTRIES:
        kept["not_shown"] = dg.MetadataValue.int(len(metadata) - ENTRIES)
    return kept


def _bounded(value: Any) -> Any:
    if isinstance(value, dg.MarkdownMetadataValue):
        text = value.md_str or ""
        if len(text) <= LENGTH:
            return value
        head = text[: LENGTH - 100].rpartition("\n")[0] or text[: LENGTH - 100]
        return dg.MetadataValue.md(f"{head}\n\n… ({len(text):,} characters)")
    if isinstance(value, dg.TextMetadataValue):
        return dg.MetadataValue.text(cut(value.text, LENGTH))
    if isinstance(value, dg.JsonMetadataValue):
        text = json.dumps(value.data, ensure_ascii=False, default=str)
        return value if len(text) <= LENGTH else dg.MetadataValue.text(cut(text, LENGTH))
    return cut(value, LENGTH) if isinstance(value, str) else value


def counted(counts: Mapping[Any, Any], head: str = "kind") -> dg.MetadataValue:
    """The largest counts as a small table, the rest in one line."""
    largest = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    lines = [
        f"| {head} | rows |",
        "|---|---:|",
        *(f"| {cut(name, CELL)} | {number:,} |" for name, number in largest[:SHOWN]),
    ]
    if len(largest) > SHOWN:
        rest = sum(number for _, number in largest[SHOWN:])
        lines.append(f"| {len(largest) - SHOWN} more | {rest:,} |")
    return dg.MetadataValue.md("\n".join(lines))


def _mapping(value: Mapping[Any, Any]) -> dg.MetadataValue:
    if all(isinstance(count, int) for count in value.values()):
        return counted(value)
    return dg.MetadataValue.json({cut(key, CELL): cut(item, CELL) for key, item in list(value.items())[:SHOWN]})


_KINDS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dg.MetadataValue]], ...] = (
    (bool, dg.MetadataValue.bool),
    (int, dg.MetadataValue.int),
    (float, dg.MetadataValue.float),
    (Path, lambda value: dg.MetadataValue.path(str(value))),
    (Mapping, _mapping),
    ((list, tuple), listed),
)
"""How a value of a kind is shown, the first that fits; anything else is text."""


def _value(value: Any) -> dg.MetadataValue | None:
    """The value as metadata; None where it says nothing."""
    if value is None or value == "" or (isinstance(value, (Mapping, list, tuple)) and not value):
        return None
    show = next((show for kind, show in _KINDS if isinstance(value, kind)), None)
    return show(value) if show else dg.MetadataValue.text(str(value))


def summary_metadata(summary: Any) -> dict[str, dg.MetadataValue]:
    """Each field of a summary that says something; the count of rows also under Dagster's own name."""
    shown = {field.name: _value(getattr(summary, field.name)) for field in fields(summary)}
    rows = next((getattr(summary, name) for name in ROWS if isinstance(getattr(summary, name, None), int)), None)
    if rows is not None:
        shown["dagster/row_count"] = dg.MetadataValue.int(rows)
    return bounded({name: value for name, value in shown.items() if value is not None})
