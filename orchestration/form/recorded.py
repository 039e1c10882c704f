"""What stands recorded: results that were taken in, and those on their way from the form.

Belongs here: finding results by visit, task or enterprise, and by their keys.
Does not belong here: whether a new row may replace one of them (``rules``).

Results are as known now: of each key the last one. What the journal holds and no published month has yet counts too,
since a person who mistyped wants to correct it at once.
"""

from __future__ import annotations

import polars as pl

from orchestration.feeds import expressions as sql
from orchestration.feeds.codes import half_width
from orchestration.feeds.contract import code_list
from orchestration.feeds.ledger import published
from orchestration.form.journal import Journal
from orchestration.form.layout import Layout
from orchestration.lake import workbench
from orchestration.resolution.known import as_known
from orchestration.resolution.review import LATEST
from orchestration.settings import Settings

SEEN = 200
"""Results that a search shows."""
TAKEN_IN, ON_ITS_WAY = "taken_in", "on_its_way"


def with_keys(settings: Settings, layout: Layout, rows: pl.DataFrame) -> pl.DataFrame:
    """Recorded results with the keys of given rows: the contract's columns as text, ``received_month``, ``state``.

    Args:
        settings: whose records.
        layout: contract and plan.
        rows: frame with the key columns as text.
    """
    key = list(layout.contract.key)
    wanted = rows.select(key).drop_nulls().unique()
    if not wanted.height:
        return _nothing(layout)
    narrow = {name: wanted[name].unique().to_list() for name in key}
    return _recorded(settings, layout, narrow).join(wanted, on=key, how="semi")


def find(settings: Settings, layout: Layout, text: str) -> pl.DataFrame:
    """Recorded results whose visit, task or enterprise is the text, the latest first; at most ``SEEN``."""
    asked = half_width(text).strip()
    if not asked:
        return _nothing(layout)
    columns = [name for name in layout.contract.record_key if name != layout.contract.key[-1]]
    spellings = list(dict.fromkeys([asked, asked.upper().replace(" ", "")]))
    frames = [
        _recorded(settings, layout, {name: spellings})
        for name in dict.fromkeys([layout.plan.visit_number, *columns, "enterprise_id"])
        if name in layout.columns
    ]
    order = layout.contract.event_date
    return (
        pl.concat(frames)
        .unique(list(layout.contract.key))
        .sort(order, *layout.contract.key, descending=True)
        .head(SEEN)
    )


def _nothing(layout: Layout) -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys((*layout.columns, "received_month", "state"), pl.String))


def _recorded(settings: Settings, layout: Layout, narrow: dict[str, list[str]]) -> pl.DataFrame:
    """The last result of each key among those whose columns have one of the given texts."""
    with workbench(settings) as connection:
        condition = " AND ".join(f'"{name}" IN (SELECT unnest(${name}_sought))' for name in narrow)
        values: dict[str, object] = {f"{name}_sought": texts for name, texts in narrow.items()}
        known = as_known(connection, settings, layout.contract.feed, LATEST, layout.columns, where=condition, **values)
        sql.set_variables(connection, settings)
        connection.register("known", known.to_arrow())
        words = ", ".join(
            f'{sql.sealed(name)} AS "{name}"' if name in layout.persons else f'CAST("{name}" AS VARCHAR) AS "{name}"'
            for name in (*layout.columns, "received_month")
        )
        taken = connection.execute(f"SELECT {words} FROM known").pl()
    taken = _labelled(settings, layout, taken.with_columns(state=pl.lit(TAKEN_IN)))
    waiting = _on_their_way(settings, layout).filter(
        pl.all_horizontal(pl.col(name).is_in(texts) for name, texts in narrow.items())
    )
    return pl.concat([taken, waiting]).unique(list(layout.contract.key), keep="last", maintain_order=True)


def _labelled(settings: Settings, layout: Layout, rows: pl.DataFrame) -> pl.DataFrame:
    """Codes of columns that are mapped by text, as the labels that a delivery has."""
    return rows.with_columns(
        pl.col(column.name).replace_strict({row["code"]: row["label_zh"] for row in code_list(settings, column.codes)})
        for column in layout.contract.columns
        if column.by_text and column.codes
    )


def _on_their_way(settings: Settings, layout: Layout) -> pl.DataFrame:
    """Rows of the journal that no published month has yet, the oldest first."""
    submissions, batches = Journal(settings).read()
    taken = {
        delivery.file for month in published(settings, layout.contract.feed).values() for delivery in month.deliveries
    }
    done = {receipt for batch in batches if batch.name in taken for receipt in batch.receipts}
    rows = [
        {name: row.get(name) for name in layout.columns} | {"received_month": one.month, "state": ON_ITS_WAY}
        for one in submissions
        if one.receipt not in done
        for row in one.rows
    ]
    return pl.concat([_nothing(layout), pl.DataFrame(rows, schema=_nothing(layout).schema)])
