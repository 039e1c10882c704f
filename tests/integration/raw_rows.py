"""Raw partitions written directly, for tests of what reads them; the door has tests of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration.feeds.contract import load_contract
from orchestration.lake import quote
from orchestration.settings import Settings


def publish(
    settings: Settings,
    feed: str,
    month: str,
    rows: Sequence[Mapping[str, Any]],
    delivery: str = "",
    supersedes: Sequence[str] = (),
) -> None:
    """Write accepted rows of a feed; columns that a row does not name are null. A delivery belongs to one month."""
    kinds = load_contract(settings, feed).schema_sql
    folder = settings.raw / feed / f"month={month}"
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"received_month": month, "delivery_id": delivery or f"d{month}"}
    names = [*kinds, *meta, "row_no"]
    with duckdb.connect() as connection:
        types = {name: kinds.get(name, "BIGINT" if name == "row_no" else "VARCHAR") for name in names}
        connection.execute(f"CREATE TABLE t ({', '.join(f'{name} {kind}' for name, kind in types.items())})")
        for number, row in enumerate(rows, 1):
            values = {**row, **meta, "row_no": number}
            connection.execute(
                f"INSERT INTO t ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})", list(values.values())
            )
        connection.execute(f"COPY t TO {quote(folder / 'accepted.parquet')} (FORMAT parquet)")
    manifest = {"feed": feed, "month": month, "status": "accepted", "supersedes": list(supersedes)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
