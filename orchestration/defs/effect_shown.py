"""What a month of effect and fairness shows: numbers that Dagster plots over months, pictures, tables of the report.

Belongs here: metadata of the assets of ``effect``; imported when a month is measured, since it needs what measures.
Does not belong here: the assets, words and rounding (``orchestration.effect.report``).
"""

from collections.abc import Sequence
from typing import Any

import dagster as dg

from orchestration.defs.shown import CELL, bounded, cut, listed
from orchestration.effect.picture import inline
from orchestration.effect.report import (
    DIMENSIONS,
    Names,
    Table,
    fairness_table,
    rate_table,
    saving_table,
    sentences,
    spread_sentence,
    spread_tables,
    warnings,
)

SHOWN = 10
"""Inspectors that a month lists."""


def _markdown(table: Table) -> dg.MetadataValue:
    """A table of the report as Markdown."""
    _, header, rows = table
    lines = [f"| {' | '.join(header)} |", "|---" + "|---:" * (len(header) - 1) + "|"]
    lines += ["| " + " | ".join(cut(value, CELL) for value in row) + " |" for row in rows]
    return dg.MetadataValue.md("\n".join(lines))


def outcome_metadata(summaries: Sequence[Any]) -> dict[str, Any]:
    """What the regions of a month show together."""
    counts = {
        name: sum(getattr(one, name) for one in summaries)
        for name in ("rows", "late", "changed", "withdrawn", "classed", "drawn", "found")
    }
    shown = {name: dg.MetadataValue.int(count) for name, count in counts.items()}
    return bounded(
        {"dagster/row_count": shown["rows"]} | shown | {"unplaced": dg.MetadataValue.int(summaries[0].unplaced)}
    )


def effect_metadata(effect: Any, names: Names) -> dict[str, Any]:
    """What the effect of a month shows: numbers that Dagster plots over months, pictures and tables."""
    shown: dict[str, Any] = {
        "dagster/row_count": dg.MetadataValue.int(len(effect.rates)),
        "visits": dg.MetadataValue.int(effect.visits),
        "visits_of_known_probability": dg.MetadataValue.int(effect.known),
        "summary": listed(sentences(effect)),
    }
    for dimension in ("class", "month"):
        drawn = [(row.name, row.rate, row.population) for row in effect.of(dimension)]
        if picture := inline(f"Find rate by {dimension}, 95 %", drawn):
            shown[f"picture_by_{dimension}"] = dg.MetadataValue.md(picture)
    for dimension in DIMENSIONS:
        if effect.of(dimension):
            shown[f"by_{dimension}"] = _markdown(rate_table(effect, dimension, names))
    shown["inspectors_and_areas"] = dg.MetadataValue.text(spread_sentence(effect.spread))
    if effect.spread:
        areas, people = spread_tables(effect.spread, names, SHOWN)
        shown |= {"areas": _markdown(areas), "inspectors": _markdown(people)}
    return bounded(shown)


def saving_metadata(effect: Any) -> dict[str, Any]:
    """What the draws of a month's window saved: numbers that Dagster plots over months, and a table."""
    shown: dict[str, Any] = {"dagster/row_count": dg.MetadataValue.int(len(effect.savings))}
    for row in effect.savings:
        numbers = {
            f"find_rate_{row.scope}": row.rate.value, "find_rate_random": row.random.value,
            f"times_random_{row.scope}": row.ratio.value, f"saved_share_{row.scope}": row.saved.value,
        }  # fmt: skip
        shown |= {name: dg.MetadataValue.float(value) for name, value in numbers.items() if value is not None}
        shown[f"visits_{row.scope}"] = dg.MetadataValue.int(row.visits)
    drawn = [(row.scope, row.rate, row.random) for row in effect.savings]
    if picture := inline("Find rate of the draw and of a random one", drawn, ("draw", "random")):
        shown |= {"picture": dg.MetadataValue.md(picture), "table": _markdown(saving_table(effect))}
    else:
        shown["table"] = dg.MetadataValue.text("The rate of all enterprises cannot be told, so nothing is compared.")
    return bounded(shown)


def fairness_metadata(fair: Any, names: Names) -> dict[str, Any]:
    """What the fairness of a month shows: groups flagged, a table for each dimension, a picture of ages."""
    flagged = sum(bool(row.flags) for row in fair.groups)
    shown: dict[str, Any] = {
        "dagster/row_count": dg.MetadataValue.int(len(fair.groups)),
        "visits_by_lot": dg.MetadataValue.int(fair.visits),
        "groups_flagged": dg.MetadataValue.int(flagged),
        "summary": listed(warnings(fair, names)),
    }
    for dimension in dict.fromkeys(row.dimension for row in fair.groups):
        shown[f"by_{dimension}"] = _markdown(fairness_table(fair, dimension, names))
        rows = [(row.name, row.rate, row.population) for row in fair.groups if row.dimension == dimension]
        shown[f"picture_by_{dimension}"] = dg.MetadataValue.md(inline(f"Find rate by {dimension}, 95 %", rows))
    return bounded(shown)
