"""One plain file to one table of text per sheet: scratch Parquet with columns ``h0`` ..., apart what did not parse.

Belongs here: the shape of a table; Parquet, Excel and JSON lines in that shape.
Does not belong here: delimited text (``delimited``), archives (``unpack``), the meaning of values (``clean``), what
becomes of a bad row (``rows``).

A row that does not parse is kept with its place: ``before`` counts the good rows in front of it, so that row numbers
run over good and bad rows alike. Rows are touched by DuckDB only.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.feeds.contract import Contract
from orchestration.feeds.delimited import read_delimited
from orchestration.feeds.headers import Headers
from orchestration.feeds.shape import PARQUET, Table, count_rows
from orchestration.feeds.text import Text, first_line, normalise
from orchestration.feeds.unpack import FORMATS, Plain
from orchestration.lake import quote

JSON_LINE = 16 * 1024 * 1024
"""Bytes of the longest JSON line."""


def read_tables(
    connection: duckdb.DuckDBPyConnection, plain: Plain, contract: Contract, folder: Path, prefix: str
) -> list[Table]:
    """The tables of one plain file; several only for a workbook with several filled sheets.

    Args:
        connection: for parsing; it is left without tables of this call.
        plain: the file.
        contract: gives the header names, and delimiter and encoding if it fixes them.
        folder: scratch folder for the Parquet files.
        prefix: begins their names.

    Raises:
        FeedStop: unreadable file, unknown or missing column.
    """
    headers = Headers(contract)
    try:
        if plain.kind == "parquet":
            return [_parquet(connection, plain, headers, folder / f"{prefix}.parquet")]
        if plain.kind in ("xlsx", "xls"):
            return _excel(connection, plain, headers, folder, prefix)
        text = normalise(plain.path, plain.where, folder, contract.encoding)
        line = first_line(text.path)
        if not line:
            raise plain.where.stop("the file holds only blank lines", "ask the sender to deliver it again")
        if line.lstrip().startswith("{"):
            return [_json_lines(connection, plain, text, headers, folder / f"{prefix}.parquet")]
        if line.lstrip().startswith("["):
            raise plain.where.stop("it is one JSON array", "deliver JSON lines: one object per line", line=1)
        return [read_delimited(connection, plain, text, headers, folder / f"{prefix}.parquet")]
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise plain.where.stop(
            f"the {plain.kind} file cannot be read ({reason})", f"deliver it again as {FORMATS}"
        ) from error


def _parquet(connection: duckdb.DuckDBPyConnection, plain: Plain, headers: Headers, target: Path) -> Table:
    names = [
        row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(plain.path)]).fetchall()
    ]
    columns = headers.match(names, plain.where)
    picked = ", ".join(f"CAST(#{position + 1} AS VARCHAR) AS h{position}" for position in sorted(set(columns.values())))
    connection.execute(
        f"COPY (SELECT {picked} FROM read_parquet(?, hive_partitioning = false)) TO {quote(target)} {PARQUET}",
        [str(plain.path)],
    )
    return Table(plain.where, target, None, columns, count_rows(connection, target), 0, "parquet")


def _excel(
    connection: duckdb.DuckDBPyConnection, plain: Plain, headers: Headers, folder: Path, prefix: str
) -> list[Table]:
    import fastexcel
    import pyarrow as pa

    tables: list[Table] = []
    try:
        # calamine goes by the extension when it is given a path, so it gets the bytes
        workbook = fastexcel.read_excel(plain.path.read_bytes())
        sheets = [(name, workbook.load_sheet(name, header_row=None, dtypes="string")) for name in workbook.sheet_names]
        filled = [(name, pa.table(sheet.to_arrow())) for name, sheet in sheets if sheet.width and sheet.height]
    except (fastexcel.FastExcelError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0]
        raise plain.where.stop(
            f"the workbook cannot be read ({reason})", "save it again and deliver it once more"
        ) from error
    for number, (name, sheet) in enumerate(filled):
        where = plain.where.inside(name) if len(filled) > 1 else plain.where
        cells = sheet.rename_columns([f"h{position}" for position in range(sheet.num_columns)])
        first = [cells.column(position)[0].as_py() for position in range(cells.num_columns)]
        body = cells.slice(1)
        delivered = [
            text if text and text.strip() else (None if body.column(position).null_count == len(body) else "")
            for position, text in enumerate(first)
        ]
        columns = headers.match(delivered, where, 1)
        target = folder / f"{prefix}-{number}.parquet"
        connection.register("sheet", body)
        try:
            everything = ", ".join(f"trim({column})" for column in cells.column_names)
            picked = ", ".join(f"h{position}" for position in sorted(set(columns.values())))
            # a row of empty cells is no data row: Excel keeps formatted rows below the table
            connection.execute(
                f"COPY (SELECT {picked} FROM sheet WHERE concat({everything}) <> '') TO {quote(target)} {PARQUET}"
            )
        finally:
            connection.unregister("sheet")
        rows = count_rows(connection, target)
        line = 2 if rows == len(body) else None
        tables.append(Table(where, target, None, columns, rows, 0, plain.kind, None, line))
    if not tables:
        raise plain.where.stop("the workbook has no filled sheet", "ask the sender to deliver it again")
    return tables


def _json_lines(
    connection: duckdb.DuckDBPyConnection, plain: Plain, text: Text, headers: Headers, target: Path
) -> Table:
    # JSON forbids raw control characters, so \x01 cannot be part of a line and each line is one field
    lines = (
        f"read_csv({quote(text.path)}, columns = {{line: 'VARCHAR'}}, header = false, auto_detect = false, "
        f"delim = '\x01', quote = '', escape = '', max_line_size = {JSON_LINE}, strict_mode = false)"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE json_lines AS SELECT line, "
        "CASE WHEN json_valid(line) THEN json_type(line) = 'OBJECT' ELSE false END AS good "
        f"FROM {lines} WHERE trim(line) <> ''"
    )
    names = [
        row[0]
        for row in connection.execute(
            "SELECT name FROM (SELECT unnest(json_keys(line)) AS name, rowid AS place FROM json_lines WHERE good) "
            "GROUP BY name ORDER BY min(place), name"
        ).fetchall()
    ]
    columns = headers.match(names, plain.where)
    used = sorted(set(columns.values()))
    picked = ", ".join(
        f"json_extract_string(line, {quote(_pointer(names[position]))}) AS h{position}" for position in used
    )
    connection.execute(f"COPY (SELECT {picked} FROM json_lines WHERE good ORDER BY rowid) TO {quote(target)} {PARQUET}")
    rejects = target.with_suffix(".rejects.parquet")
    connection.execute(
        "COPY (SELECT place - n AS before, n, CASE WHEN whole THEN place END AS line, 'invalid_json' AS reason, "
        "line AS text "
        "FROM (SELECT rowid + 1 AS place, row_number() OVER (ORDER BY rowid) AS n, line, "
        f"(SELECT count(*) FROM json_lines) = {text.lines} AS whole FROM json_lines WHERE NOT good)) "
        f"TO {quote(rejects)} {PARQUET}"
    )
    rows, rejected = count_rows(connection, target), count_rows(connection, rejects)
    connection.execute("DROP TABLE json_lines")
    line = 1 if rows + rejected == text.lines else None
    kept = rejects if rejected else None
    return Table(plain.where, target, kept, columns, rows, rejected, "jsonl", text.encoding, line)


def _pointer(name: str) -> str:
    """JSON pointer of a key at the top of an object."""
    return "/" + name.replace("~", "~0").replace("/", "~1")
