"""Files as departments send them: CSV in two encodings, Excel old and new, JSON lines, Parquet, zip and gzip.

Belongs here: bytes.  Does not belong here: what stands in them (``render``) and where they are put (``run``).

The same table gives the same bytes: no clock is written into a file.
"""

from __future__ import annotations

import gzip
import io
import zipfile
import zlib
from datetime import date, datetime
from pathlib import Path

import polars as pl

EXCEL_CELLS = 250_000
"""Larger tables are not sent as Excel: writing cells is slow, and departments split them too."""
LARGE_ROWS = 100_000
"""Larger tables are sent in formats that are quick to write."""
XLS_CELLS = 60_000


FORMATS = (
    "csv",
    "xlsx",
    "csv_gb_semicolon",
    "jsonl",
    "csv_gz",
    "xls",
    "csv_gb_pipe",
    "parquet",
    "csv_tab",
    "zip",
    "xlsx_as_csv",
    "csv_bom",
)
"""Every format; a feed walks through them from month to month."""
LARGE_FORMATS = ("csv", "parquet", "csv_tab", "csv_gb_pipe")
TEXT_FORMATS = ("csv", "csv_gb_semicolon", "csv_gb_pipe", "csv_tab", "csv_bom", "csv_gz")
TYPED_FORMATS = ("parquet", "xlsx", "xls", "xlsx_as_csv")
SUFFIX = {
    "xlsx": "xlsx",
    "xlsx_as_csv": "csv",
    "jsonl": "jsonl",
    "csv_gz": "csv.gz",
    "xls": "xls",
    "parquet": "parquet",
    "zip": "zip",
    "csv_tab": "txt",
}
SEPARATOR = {"csv_gb_semicolon": ";", "csv_gb_pipe": "|", "csv_tab": "\t"}


def choose_format(feed: str, month: int, frame: pl.DataFrame) -> str:
    """The format of a feed in a month, as far as the size allows it."""
    turn = zlib.crc32(feed.encode()) % 997 + 5 * month
    wanted = FORMATS[turn % len(FORMATS)]
    cells = frame.height * frame.width
    if not frame.height:
        return TEXT_FORMATS[month % len(TEXT_FORMATS)]
    if frame.height > LARGE_ROWS:
        return LARGE_FORMATS[turn % len(LARGE_FORMATS)]
    if (wanted.startswith("xlsx") and cells > EXCEL_CELLS) or (wanted == "xls" and cells > XLS_CELLS):
        return LARGE_FORMATS[turn % len(LARGE_FORMATS)]
    return wanted


def file_name(stem: str, kind: str) -> str:
    """Name of a file; Excel is sometimes called .csv."""
    return f"{stem}.{SUFFIX.get(kind, 'csv')}"


def csv_bytes(frame: pl.DataFrame, kind: str) -> bytes:
    """Delimited text with CRLF line ends where the encoding is GB18030, as Chinese Windows writes it."""
    gb = kind.startswith("csv_gb")
    buffer = io.BytesIO()
    frame.write_csv(
        buffer,
        separator=SEPARATOR.get(kind, ","),
        line_terminator="\r\n" if gb else "\n",
        include_bom=kind == "csv_bom",
    )
    content = buffer.getvalue()
    return content.decode("utf-8").encode("gb18030") if gb else content


def _xlsx(frame: pl.DataFrame) -> bytes:
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "nan_inf_to_errors": False})
    book.set_properties({"created": datetime(2020, 1, 1)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Sheet1")
    sheet.write_row(0, 0, frame.columns)
    for place, column in enumerate(frame):
        values = column.to_list()
        if column.dtype == pl.Date:
            sheet.write_column(1, place, [None if value is None else _serial(value) for value in values], day)
        else:
            sheet.write_column(1, place, values)
    book.close()
    return buffer.getvalue()


def _serial(value: date) -> int:
    return (value - date(1899, 12, 30)).days


def _xls(frame: pl.DataFrame) -> bytes:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    day = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for place, column in enumerate(frame):
        sheet.write(0, place, column.name)
        style = day if column.dtype == pl.Date else xlwt.Style.default_style
        for row, value in enumerate(column.to_list(), 1):
            if value is not None:
                sheet.write(row, place, value, style)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _zip(frame: pl.DataFrame, stem: str) -> bytes:
    """Two CSV files in one archive, the second from the middle of the table on."""
    buffer = io.BytesIO()
    middle = (frame.height + 1) // 2
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number, half in enumerate((frame[:middle], frame[middle:]), 1):
            member = zipfile.ZipInfo(f"{stem}_{number}.csv", (2020, 1, 1, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, csv_bytes(half, "csv"))
    return buffer.getvalue()


def write(path: Path, frame: pl.DataFrame, kind: str) -> None:
    """Write one file in one of ``FORMATS``; headers are the names of the frame."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "parquet":
        frame.write_parquet(path, compression="zstd", compression_level=1)
    elif kind in ("xlsx", "xlsx_as_csv"):
        path.write_bytes(_xlsx(frame))
    elif kind == "xls":
        path.write_bytes(_xls(frame))
    elif kind == "jsonl":
        frame.write_ndjson(path)
    elif kind == "zip":
        path.write_bytes(_zip(frame, path.stem))
    elif kind == "csv_gz":
        path.write_bytes(gzip.compress(csv_bytes(frame, "csv"), compresslevel=1, mtime=0))
    else:
        path.write_bytes(csv_bytes(frame, kind))
