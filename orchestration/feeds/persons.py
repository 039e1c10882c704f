"""Hashes of persons in what the platform itself delivers.

Belongs here: giving hashes the proof by which the door takes them as they are.
Does not belong here: hashing and the proof itself (``expressions``).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from orchestration.feeds import expressions as sql
from orchestration.lake import workbench
from orchestration.settings import Settings


def seal_hashes(settings: Settings, hashes: Sequence[str | None]) -> list[str | None]:
    """Hashes as a delivery of the platform's own may carry them, in the same order; None stays None.

    Args:
        settings: with the identity key of the door.
        hashes: 32 hexadecimal digits each, as they stand in the lake.
    """
    with workbench(settings) as connection:
        sql.set_variables(connection, settings)
        rows = pl.DataFrame({"hash": list(hashes)}, schema={"hash": pl.String}).with_row_index("place")
        connection.register("hashes", rows.to_arrow())
        query = f"SELECT {sql.sealed('hash')} FROM hashes ORDER BY place"
        return [text for (text,) in connection.execute(query).fetchall()]
