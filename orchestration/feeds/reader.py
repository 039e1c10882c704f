"""One reader for all deliveries: any format, encoding and header style to tables of text.

Belongs here: putting archive, format and header together for one delivered file.
Does not belong here: each of those steps (``unpack``, ``text``, ``headers``, ``tables``), cleaning (``clean``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.feeds.contract import Contract
from orchestration.feeds.errors import Where
from orchestration.feeds.shape import Table
from orchestration.feeds.tables import read_tables
from orchestration.feeds.unpack import kind_of, plain_files


@dataclass(frozen=True)
class Delivered:
    """What one delivered file holds."""

    tables: tuple[Table, ...]
    format: str
    encoding: str | None

    @property
    def rows(self) -> int:
        """Data rows, those that did not parse included."""
        return sum(table.rows + table.rejected for table in self.tables)


def read_delivery(
    connection: duckdb.DuckDBPyConnection, path: Path, where: Where, contract: Contract, folder: Path
) -> Delivered:
    """Read one delivered file.

    Args:
        connection: a DuckDB connection that keeps insertion order.
        path: the file, under any name.
        where: feed, month and the name under which the file came.
        contract: what the feed promised.
        folder: empty scratch folder of this delivery.

    Raises:
        FeedStop: unreadable file, unknown or missing column; one sentence with place and cure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    outer = kind_of(path, where)
    tables: list[Table] = []
    for number, plain in enumerate(plain_files(path, where, folder)):
        tables += read_tables(connection, plain, contract, folder, f"table-{number:05d}")
    inner = "+".join(sorted({table.format for table in tables}))
    encodings = sorted({table.encoding for table in tables if table.encoding})
    return Delivered(
        tables=tuple(tables),
        format=f"{outer}({inner})" if outer in ("zip", "gzip") else inner,
        encoding="+".join(encodings) or None,
    )
