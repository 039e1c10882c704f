"""The shape that every delivered table is brought into before it is cleaned.

Belongs here: that shape.
Does not belong here: how a format gets into it (``tables``, ``delimited``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.feeds.errors import Where

PARQUET = "(FORMAT parquet, COMPRESSION uncompressed)"
"""Scratch files are written once and read once or twice: packing them costs a sixth of writing them."""


@dataclass(frozen=True)
class Table:
    """One delivered table.

    Attributes:
        where: file and member.
        path: scratch Parquet, all text, columns ``h0`` ..., in the delivered order.
        rejects: scratch Parquet (before, n, line, reason, text) of rows that did not parse; None if all did.
        columns: contract column -> position.
        rows: good rows.
        rejected: bad rows.
        format: csv, jsonl, xlsx, xls or parquet.
        encoding: of text formats.
        first_line: physical line of the first data row if each row is one line, else None.
    """

    where: Where
    path: Path
    rejects: Path | None
    columns: dict[str, int]
    rows: int
    rejected: int
    format: str
    encoding: str | None = None
    first_line: int | None = None


def count_rows(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    """Rows of a Parquet file."""
    row = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
    return int(row[0]) if row else 0
