"""Links: which enterprise a departmental row without a usable code is about, decided month by month.

Belongs here: the columns of a link, where links and the questions about them lie.
Does not belong here: how a link is decided (``records``), how it reaches the indicators (dbt model ``record_link``).

``lake/resolution/links/month=<YYYY-MM>/`` holds what was decided in that month: about the rows received in it, and
about earlier ones whose decision has changed. Of several decisions about a row the latest up to the month in force
counts, so that an answer received later never changes an earlier month.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import duckdb
import polars as pl

from orchestration import partition
from orchestration.settings import Settings
from orchestration.web.store import REVIEW

STEP = "links"
LINKS: Mapping[str, Any] = {
    "feed": pl.String,
    "record_id": pl.String,  # delivery_id:row_no of the raw row
    "record_key": pl.String,  # names the record for people, as in staging
    "mention_id": pl.String,  # number of the question; the same for all versions of a record under one name
    "name": pl.String,  # as delivered
    "enterprise_id": pl.String,  # the enterprise taken, the best candidate, or null where there is none
    "confidence": pl.Float64,  # 0 to 1; an answer has 1
    "band": pl.String,  # accept, review or reject
    "reasons": pl.String,  # what spoke for it, for a person
    "received_month": pl.String,  # of the raw row
    "month": pl.String,  # in which this was decided
    "answered": pl.Boolean,  # decided by a person
}
"""One row per decision about a raw row; ``accept`` alone reaches the indicators."""
_SQL = {pl.String: "VARCHAR", pl.Float64: "DOUBLE", pl.Boolean: "BOOLEAN"}
NO_MONTH = "0000-00"
"""A month without links, so that they can be read before the first were made."""


@dataclass(frozen=True)
class Partition(partition.Partition):
    """The decisions of one month, and the questions that it asks or settles."""

    branch: ClassVar[str] = "resolution"
    tables: ClassVar[Mapping[str, Mapping[str, Any]]] = {"links": LINKS, "review": REVIEW}


def links_of(settings: Settings, month: str) -> Partition:
    """The partition of a month."""
    return Partition(settings, STEP, month)


def linked_months(settings: Settings, month: str) -> list[str]:
    """Months up to ``month`` whose rows have been looked at, oldest first."""
    return partition.months_until(settings, Partition.branch, STEP, month)


def links_glob(settings: Settings) -> str:
    """Files with the decisions of all months, the empty one among them, as DuckDB reads them."""
    return str(settings.home / "lake" / Partition.branch / STEP / "month=*" / "links.parquet")


def prepare_links(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Give the links their empty month; nothing that exists is changed."""
    path = settings.home / "lake" / Partition.branch / STEP / f"month={NO_MONTH}" / "links.parquet"
    partition.write_empty(connection, path, {name: _SQL[kind] for name, kind in LINKS.items()})
