"""What an explanation says of a record that came without a code: that its enterprise was found by name, and why.

Belongs here: the latest link of such records. Does not belong here: how links are decided (``resolution``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from orchestration.explanation.model import Content, Text
from orchestration.resolution.links import links_glob
from orchestration.settings import Settings

COLUMN = "link_confidence"
"""Name of the content, as staging calls it."""
Key = tuple[str, str]


def matched(
    connection: duckdb.DuckDBPyConnection, settings: Settings, month: str, delivered: Mapping[Key, Mapping[str, Any]]
) -> dict[Key, Content]:
    """(feed, record_id) -> confidence and reasons, of the delivered rows that have no enterprise of their own."""
    asked = [key for key, row in delivered.items() if "enterprise_id" in row and row["enterprise_id"] is None]
    if not asked:
        return {}
    found = connection.execute(
        "SELECT feed, record_id, confidence, reasons FROM read_parquet($files, hive_partitioning = false) "
        "WHERE month <= $month AND record_id IN (SELECT unnest($ids)) "
        "QUALIFY row_number() OVER (PARTITION BY feed, record_id ORDER BY month DESC) = 1",
        {"files": links_glob(settings), "month": month, "ids": sorted({record for _, record in asked})},
    ).fetchall()
    return {
        (feed, record): Content(
            COLUMN, Text("按名称匹配企业", "Enterprise found by its name"), _why(confidence, reasons)
        )
        for feed, record, confidence, reasons in found
    }


def _why(confidence: float, reasons: str) -> Text:
    return Text(f"置信度{confidence:.3f}（{reasons}）", f"confidence {confidence:.3f} ({reasons})")
