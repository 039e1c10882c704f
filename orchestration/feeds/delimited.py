"""Delimited text to a table: DuckDB parses it, and what it rejects keeps its place.

Belongs here: parsing with rejects, the second attempt when a quote does not close.
Does not belong here: encoding, delimiter, first line (``text``), headers (``headers``).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.feeds.headers import Headers
from orchestration.feeds.shape import PARQUET, Table, count_rows
from orchestration.feeds.text import (
    BROKEN,
    HIDDEN_DELIMITER,
    Text,
    find_delimiter,
    first_line,
    isolate_broken_quotes,
    split_line,
)
from orchestration.feeds.unpack import Plain
from orchestration.lake import quote


def read_delimited(
    connection: duckdb.DuckDBPyConnection, plain: Plain, text: Text, headers: Headers, target: Path
) -> Table:
    """The table of a delimited text file, written to ``target``.

    Raises:
        FeedStop: no header line, unknown or missing column.
    """
    line = first_line(text.path)
    delimiter = find_delimiter(line, headers, headers.contract.delimiter)
    names = split_line(line, delimiter)
    if not any(headers.knows(name) for name in names):
        expected = ", ".join(column.national for column in headers.contract.columns[:3])
        raise plain.where.stop(
            f"no header of the contract is in its first line (expected for example {expected})",
            "deliver it with a header line, or add its headers to 'aliases' in the contract",
            line=1,
        )
    rejects = target.with_suffix(".rejects.parquet")
    _parse(connection, text.path, delimiter, len(names), target)
    _write_rejects(connection, delimiter, rejects)
    if _swallowed(connection, rejects):
        isolated, found = isolate_broken_quotes(text, delimiter, target.parent)
        if found:
            _parse(connection, isolated, delimiter, len(names), target)
            _write_rejects(connection, delimiter, rejects)
    blank = _blank(connection, names, target)
    delivered = [None if position in blank else name for position, name in enumerate(names)]
    columns = headers.match(delivered, plain.where, 1)
    rows, rejected = count_rows(connection, target), count_rows(connection, rejects)
    whole = 2 if rows + rejected + 1 == text.lines else None
    kept = rejects if rejected else None
    return Table(plain.where, target, kept, columns, rows, rejected, "csv", text.encoding, whole)


def _parse(connection: duckdb.DuckDBPyConnection, path: Path, delimiter: str, width: int, target: Path) -> None:
    """Parse delimited text into ``target``; what does not parse is left in the table ``csv_rejects``."""
    columns = ", ".join(f"h{position}: 'VARCHAR'" for position in range(width))
    for table in ("csv_rejects", "csv_scans"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    connection.execute(
        f"COPY (SELECT * FROM read_csv({quote(path)}, columns = {{{columns}}}, header = true, auto_detect = false, "
        f"delim = {quote(delimiter)}, quote = '\"', escape = '\"', store_rejects = true, rejects_limit = 0, "
        f"rejects_table = 'csv_rejects', rejects_scan = 'csv_scans')) TO {quote(target)} {PARQUET}"
    )


def _write_rejects(connection: duckdb.DuckDBPyConnection, delimiter: str, rejects: Path) -> None:
    """Write ``csv_rejects`` with the places of its rows.

    DuckDB counts a record that spans lines as one line, and notes each error of a line. A record that swallowed its
    successors is given back line by line.
    """
    lines = "SELECT line, min(error_type) AS error, min(csv_line) AS csv_line FROM csv_rejects GROUP BY line"
    records = (
        "SELECT row_number() OVER (ORDER BY line) AS record, CAST(line AS BIGINT) AS line, error, "
        f"list_filter(string_split(csv_line, chr(10)), lambda part: trim(part) <> '') AS parts FROM ({lines})"
    )
    parts = (
        "SELECT record, line, error, line - 1 - record AS before, unnest(parts) AS text, "
        f"generate_subscripts(parts, 1) AS part FROM ({records})"
    )
    connection.execute(
        "COPY (SELECT before, row_number() OVER (ORDER BY record, part) AS n, line, "
        f"CASE WHEN starts_with(text, '{BROKEN}') THEN 'broken_quotes' "
        "WHEN error IN ('MISSING COLUMNS', 'TOO MANY COLUMNS') THEN 'wrong_field_count' "
        "ELSE 'broken_quotes' END AS reason, "
        f"replace(ltrim(text, '{BROKEN}'), '{HIDDEN_DELIMITER}', {quote(delimiter)}) AS text "
        f"FROM ({parts})) TO {quote(rejects)} {PARQUET}"
    )


def _blank(connection: duckdb.DuckDBPyConnection, names: list[str], table: Path) -> set[int]:
    """Positions of columns without header that hold nothing: a delimiter at the end of each line."""
    positions = [position for position, name in enumerate(names) if not name.strip()]
    if not positions:
        return set()
    counts = ", ".join(f"count(h{position})" for position in positions)
    found = connection.execute(f"SELECT {counts} FROM read_parquet(?)", [str(table)]).fetchone() or ()
    return {position for position, count in zip(positions, found, strict=True) if not count}


def _swallowed(connection: duckdb.DuckDBPyConnection, rejects: Path) -> bool:
    """Whether a quote that does not close took other lines with it."""
    row = connection.execute(
        "SELECT count(*) FROM (SELECT line FROM read_parquet(?) WHERE reason = 'broken_quotes' "
        "GROUP BY line HAVING count(*) > 1)",
        [str(rejects)],
    ).fetchone()
    return bool(row and row[0])
