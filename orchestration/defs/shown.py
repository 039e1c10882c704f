"""What a step tells about itself, as metadata of its partition.

Belongs here: turning the summary of a plain function, a dataclass, into what the UI shows, bounded in size.
Does not belong here: which summary a step gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import dagster as dg

SHOWN = 12
"""Entries of a mapping or list that one event shows; the partition's summary.json holds all of them."""
ROWS = ("rows", "items", "texts", "signals", "links", "names")
"""Fields that count the rows of the partition, the first that a summary has."""


def counted(counts: Mapping[Any, Any], head: str = "kind") -> dg.MetadataValue:
    """The largest counts as a small table, the rest in one line."""
    largest = sorted(counts.items(), key=lambda item: (-item[1], str(item[0])))
    lines = [f"| {head} | rows |", "|---|---:|", *(f"| {name} | {number:,} |" for name, number in largest[:SHOWN])]
    if len(largest) > SHOWN:
        rest = sum(number for _, number in largest[SHOWN:])
        lines.append(f"| {len(largest) - SHOWN} more | {rest:,} |")
    return dg.MetadataValue.md("\n".join(lines))


def _mapping(value: Mapping[Any, Any]) -> dg.MetadataValue:
    if all(isinstance(count, int) for count in value.values()):
        return counted(value)
    return dg.MetadataValue.json({str(key): str(item) for key, item in list(value.items())[:SHOWN]})


def _listed(value: Sequence[Any]) -> dg.MetadataValue:
    return dg.MetadataValue.md("\n".join(f"- {item}" for item in value[:SHOWN]))


_KINDS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dg.MetadataValue]], ...] = (
    (bool, dg.MetadataValue.bool),
    (int, dg.MetadataValue.int),
    (float, dg.MetadataValue.float),
    (Path, lambda value: dg.MetadataValue.path(str(value))),
    (Mapping, _mapping),
    ((list, tuple), _listed),
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
    return {name: value for name, value in shown.items() if value is not None}
