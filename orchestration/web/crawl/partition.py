"""From the state of a source to the partition that other steps read.

Belongs here: the tables of step ``crawl``.
Does not belong here: how rows come to be (``spider``).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl

from orchestration.settings import Settings
from orchestration.web.crawl.state import ITEM_COLUMNS, State
from orchestration.web.store import ITEMS, SKIPPED, Partition, web_home

STEP = "crawl"


def write_partition(settings: Settings, state: State, source: str, month: str, summary: Mapping[str, Any]) -> int:
    """Put what the state knows of a month, and what the partition held already, into the partition; returns its items.

    Rows that are there stay as they are, also if the state was lost and made anew.
    """
    partition = Partition(settings, STEP, month, source)
    texts = {name: pl.String if kind == pl.Datetime("us", "UTC") else kind for name, kind in ITEMS.items()}
    columns = {name: texts[name] for name in ITEM_COLUMNS}
    items = (
        pl.DataFrame(state.items(month), schema=columns, orient="row")
        .with_columns(pl.lit(source).alias("source"), _moment("fetched_at"))
        .select(pl.col(name).cast(kind) for name, kind in ITEMS.items())
    )
    skipped = (
        pl.DataFrame(
            state.skips(month), schema=dict.fromkeys(("url", "reason", "sentence", "at"), pl.String), orient="row"
        )
        .with_columns(pl.lit(source).alias("source"), _moment("at"))
        .select(pl.col(name).cast(kind) for name, kind in SKIPPED.items())
    )
    merged = pl.concat([partition.read("items"), items]).unique("item_id", keep="first", maintain_order=True)
    told = {**summary, "rows": merged.height}
    partition.replace(
        {"items": merged.sort("url", "fetched_at", "item_id"), "skipped": skipped.sort("url", "reason")}, told
    )
    return merged.height


def state_path(settings: Settings, source: str) -> Path:
    """The SQLite file of a source."""
    return web_home(settings) / STEP / source / "state.sqlite"


def _moment(name: str) -> pl.Expr:
    return pl.col(name).str.to_datetime(time_unit="us", time_zone="UTC", format="%+")
