"""Where entity resolution leaves its tables, and which columns these have.

Belongs here: table schemas, the partition of one month. Does not belong here: how rows come to be.

Everything lies under ``lake/resolution/<step>/month=<YYYY-MM>/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import polars as pl

from orchestration import partition
from orchestration.web.store import REVIEW

ENTERPRISES: Mapping[str, Any] = {
    "enterprise_id": pl.String,
    "name": pl.String,  # as registered now
    "name_key": pl.String,  # canonical spelling
    "place": pl.String,  # place 行政区划 in the name, empty if none
    "brand": pl.String,  # 字号
    "trade": pl.String,  # 行业 words
    "form": pl.String,  # 组织形式
    "core": pl.String,  # brand and trade
    "branch": pl.Boolean,  # the form is that of a branch
    "district_code": pl.String,
    "region_code": pl.String,
    "section": pl.String,  # industry section, a letter of GB/T 4754
    "address_key": pl.String,  # canonical address without province, prefecture and county
    "street_key": pl.String,  # its street and number, for example 建设路100号; null if it has none
    "person_id": pl.String,  # legal representative, keyed hash
    "alive": pl.Boolean,  # in operation at the end of the month
}
"""Enterprises known at the end of the month, one row each, those that ended before among them."""
NAMES: Mapping[str, Any] = {
    "enterprise_id": pl.String,  # null for a spelling that too many are called by
    "name": pl.String,
    "name_key": pl.String,
    "kind": pl.String,  # full, former, short
    "style": pl.String,  # full, former; of short ones core (brand and trade), place_brand, brand; crowded
    "shares": pl.UInt32,  # enterprises that can be called so
}
"""Names by which these enterprises may be meant, one row per enterprise and spelling; the strongest style counts."""
TABLES: Mapping[str, Mapping[str, Any]] = {"enterprises": ENTERPRISES, "names": NAMES, "review": REVIEW}


@dataclass(frozen=True)
class Partition(partition.Partition):
    """One month of a step of entity resolution: names, or what resolves rows of feeds."""

    branch: ClassVar[str] = "resolution"
    tables: ClassVar[Mapping[str, Mapping[str, Any]]] = TABLES
