"""Repeated keys of many rows, by their hashes.

Belongs here: finding which hashes occur more than once.
Does not belong here: what a key is (``contract``), what becomes of a row whose key comes again (``rows``).

Nearly all keys of a delivery are unique. Grouping texts to see that costs ten times what sorting their hashes does, and
equal keys have equal hashes: only rows whose hash comes again need a look at the key itself.
"""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np


def repeated_hashes(
    connection: duckdb.DuckDBPyConnection, query: str, parameters: list[Any] | None = None
) -> np.ndarray:
    """Hashes that occur more than once, each once, in order; eight bytes of memory for each row.

    Args:
        connection: where the rows are.
        query: gives one column ``h``, DuckDB's hash of each row's key.
        parameters: of the query.
    """
    hashes = np.asarray(connection.execute(query, parameters or []).fetchnumpy()["h"], dtype=np.uint64)
    hashes.sort()
    return np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
