"""Small deliveries of one feed, tax arrears (c12_arrears), in any format; and a look at what became of them."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import duckdb

from orchestration.feeds.ingest import FeedMonth, publish_feed, stage_feed
from orchestration.settings import Settings

FEED = "c12_arrears"
NAMES = ["enterprise_id", "tax_kind", "arrears", "announced_on", "cleared_on"]
NATIONAL = ["UNISCID", "TAXTYPE", "TAXBAL", "PUBDATE", "CLEARDATE"]
CHINESE = ["统一社会信用代码", "欠税税种", "欠税余额", "公告日期", "清缴日期"]
ROWS = [
    ["91410105MA00000015", "增值税", "12.5", "2024-01-05", ""],
    ["91410105MA00000023", "企业所得税", "3", "2024-01-06", "2024-01-20"],
    ["91410105MA00000031", "城建税,附加", "0.25", "2024-01-07", ""],
]


def csv_text(rows: list[list[str]], header: list[str] | None = None, delimiter: str = ",") -> str:
    lines = [header or NATIONAL, *rows]
    return "".join(
        delimiter.join(f'"{field}"' if delimiter in field else field for field in line) + "\n" for line in lines
    )


def as_bytes(kind: str, rows: list[list[str]] = ROWS, header: list[str] | None = None) -> bytes:
    """The rows as a file of this kind."""
    header = header or NATIONAL
    match kind:
        case "csv" | "utf-8" | "utf-8-sig" | "gb18030" | "utf-16":
            return csv_text(rows, header).encode("utf-8" if kind == "csv" else kind)
        case "jsonl":
            return "".join(
                json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=False) + "\n" for row in rows
            ).encode()
        case "xlsx":
            import xlsxwriter

            stream = io.BytesIO()
            book = xlsxwriter.Workbook(stream)
            sheet = book.add_worksheet()
            for number, row in enumerate([header, *rows]):
                sheet.write_row(number, 0, row)
            book.close()
            return stream.getvalue()
        case "xls":
            import xlwt

            book, stream = xlwt.Workbook(), io.BytesIO()
            sheet = book.add_sheet("1")
            for number, row in enumerate([header, *rows]):
                for place, value in enumerate(row):
                    sheet.write(number, place, value)
            book.save(stream)
            return stream.getvalue()
        case "parquet":
            import pyarrow as pa
            import pyarrow.parquet as pq

            stream = io.BytesIO()
            pq.write_table(pa.table({name: [row[i] for row in rows] for i, name in enumerate(header)}), stream)
            return stream.getvalue()
        case "gzip":
            return gzip.compress(as_bytes("csv", rows, header), mtime=0)
        case "zip":
            return zipped(
                {"a.csv": as_bytes("csv", rows[:1], header), "sub/b.xlsx": as_bytes("xlsx", rows[1:], header)}
            )
    raise AssertionError(kind)


def zipped(members: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return stream.getvalue()


def deliver(
    settings: Settings, content: bytes | str, name: str = "a.csv", month: str = "2024-01", feed: str = FEED
) -> Path:
    folder = settings.landing / feed / month
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def take_in(settings: Settings, month: str = "2024-01", feed: str = FEED) -> FeedMonth:
    return publish_feed(settings, stage_feed(settings, feed, month))


def rows_of(settings: Settings, name: str = "accepted", month: str = "2024-01", feed: str = FEED) -> list[dict]:
    path = settings.raw / feed / f"month={month}" / f"{name}.parquet"
    relation = duckdb.read_parquet(str(path))
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def content_of(settings: Settings, month: str, feed: str = FEED) -> tuple:
    """Everything a partition says, in order."""
    folder = settings.raw / feed / f"month={month}"
    tables = [rows_of(settings, name, month, feed) for name in ("accepted", "quarantined", "superseded")]
    return tables, json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
