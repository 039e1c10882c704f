"""Reading an archived page back, and showing that it is the one a signal rests on.

Belongs here: one page by its place in a WARC file, checked against the hash in the table; the command that prints it.
Does not belong here: writing the archive (``crawl.warc``).

``python -m orchestration.web.archive <number or url> [--whole]`` prints address, time, hash and body.
"""

from __future__ import annotations

import argparse
import codecs
import hashlib
import json
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import polars as pl
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from orchestration.settings import Settings
from orchestration.web.store import ITEMS, web_home

LARGEST = 64_000_000
"""Bytes of an unpacked body that are read at most; the most that ``limits.page_bytes`` of a source may be."""
SHOWN = 2_000
"""Characters of a page that the command prints unless all are asked for."""
DAMAGED = (ArchiveLoadFailed, EOFError, OSError, ValueError, AttributeError, TypeError, KeyError, zlib.error)
"""What the library raises on a damaged file; it does not say all of it in words of its own."""


class ArchiveError(ValueError):
    """A page is missing or not the one it should be; the message says which and where."""


@dataclass(frozen=True)
class Page:
    """An archived page.

    Attributes:
        url: address that was asked.
        fetched_at: clock when it was archived, UTC.
        status: HTTP status.
        headers: headers of the answer, names in lower case.
        body: body, unpacked.
    """

    url: str
    fetched_at: datetime
    status: int
    headers: dict[str, str]
    body: bytes


def read_page(settings: Settings, warc: str, offset: int, payload_sha256: str) -> Page:
    """One page by the columns ``warc``, ``warc_offset`` and ``payload_sha256`` of its item.

    Raises:
        ArchiveError: the file or record is missing or damaged, or the body is not the one with this hash.
    """
    with _opened(settings, warc) as stream:
        return _page(stream, warc, offset, payload_sha256)


def read_pages(settings: Settings, items: pl.DataFrame) -> Iterator[tuple[int, Page | ArchiveError]]:
    """Pages of many items with the number of their row, file by file; a fault is given instead of raised.

    Args:
        settings: whose lake.
        items: at least ``warc``, ``warc_offset`` and ``payload_sha256``; items of one list page share its record, which
            is then read once.
    """
    order = items.select("warc", "warc_offset", "payload_sha256").with_row_index("row").sort("warc", "warc_offset")
    for (warc,), group in order.group_by(["warc"], maintain_order=True):
        try:
            stream = _opened(settings, str(warc))
        except ArchiveError as error:
            yield from ((row, error) for row in group["row"])
            continue
        with stream:
            last: tuple[int, str, Page | ArchiveError] | None = None
            for row, _, offset, payload in group.iter_rows():
                if last is None or last[:2] != (offset, payload):
                    try:
                        found: Page | ArchiveError = _page(stream, str(warc), offset, payload)
                    except ArchiveError as error:
                        found = error
                    last = (offset, payload, found)
                yield row, last[2]


def find_items(settings: Settings, wanted: str) -> pl.DataFrame:
    """Items of all sources and months by number or address, newest first, in the columns of ``ITEMS``."""
    files = sorted((web_home(settings) / "crawl").glob("*/month=*/items.parquet"))
    if not files:
        return pl.DataFrame(schema=dict(ITEMS))
    return (
        pl.scan_parquet(files)
        .filter((pl.col("item_id") == wanted) | (pl.col("url") == wanted))
        .sort("fetched_at", descending=True)
        .collect()
    )


def _opened(settings: Settings, warc: str) -> IO[bytes]:
    root = (web_home(settings) / "archive").resolve()
    path = (root / warc).resolve()
    if not path.is_relative_to(root) or Path(warc).is_absolute():
        raise ArchiveError(f"{warc!r} does not lie in the archive; the row that names it was not written by a crawl.")
    if not path.is_file():
        raise ArchiveError(f"The archive has no file {warc}; restore it from the backup.")
    return path.open("rb")


def _page(stream: IO[bytes], warc: str, offset: int, payload_sha256: str) -> Page:
    here = f"{warc} at {offset}"
    try:
        stream.seek(offset)
        record = next(iter(ArchiveIterator(stream)), None)
        if record is None or record.rec_type != "response":
            kind = "nothing" if record is None else f"a record of type {record.rec_type}"
            raise ArchiveError(f"{here}: there is {kind} instead of a page; restore the file from the backup.")
        body = record.content_stream().read(LARGEST + 1)
    except DAMAGED as error:
        if isinstance(error, ArchiveError):
            raise
        raise ArchiveError(f"{here}: cannot be read ({error}); restore the file from the backup.") from error
    found = hashlib.sha256(body).hexdigest()
    if found != payload_sha256:
        raise ArchiveError(
            f"{here}: the page has the hash {found[:12]}…, not {payload_sha256[:12]}… as when it was fetched; it was "
            "altered since. Restore the file from the backup."
        )
    return Page(
        url=record.rec_headers.get_header("WARC-Target-URI"),
        fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
        status=int(record.http_headers.get_statuscode()),
        headers={name.lower(): value for name, value in record.http_headers.headers},
        body=body,
    )


def main(arguments: list[str]) -> int:
    """Print the newest archived page of an item; 1 if there is none or it is not as it was."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.web.archive", description=__doc__)
    parser.add_argument("page", nargs="?", default="", help="number of a page, or its address")
    parser.add_argument("--whole", action="store_true", help=f"all of the page, not only {SHOWN:,} characters")
    given = parser.parse_args(arguments)
    wanted = given.page.strip()
    if not wanted:
        print("Say which page: make page P=<number of the page in the explanation, or its address>.", file=sys.stderr)
        return 2
    settings = Settings.from_env()
    items = find_items(settings, wanted)
    if items.is_empty():
        print(f"No crawl has found {wanted!r}; give the number of a page or its address.", file=sys.stderr)
        return 1
    item = items.row(0, named=True)
    try:
        page = read_page(settings, item["warc"], item["warc_offset"], item["payload_sha256"])
    except ArchiveError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"number: {item['item_id']}")
    if item["kind"] != "html":
        # the page holds many entries: what it says of this one comes first
        print("entry:")
        for name, value in json.loads(item["fields"] or "{}").items():
            print(f"  {name}: {value}")
    for name in (
        "source",
        "url",
        "fetched_url",
        "fetched_at",
        "state",
        *(["fields"] if item["kind"] == "html" else []),
    ):
        print(f"{name}: {item[name]}")
    print(f"warc: {item['warc']}\nwarc_offset: {item['warc_offset']}")
    print(f"archived_at: {page.fetched_at.isoformat()}\nstatus: {page.status}")
    print(f"payload_sha256: {item['payload_sha256']} (agrees)")
    print(f"versions: {items.height}\n")
    text = page.body.decode(codecs.lookup(item["charset"] or "utf-8").name, "replace")
    print(text if given.whole else text[:SHOWN])
    if len(text) > SHOWN and not given.whole:
        print(
            f"\n... the first {SHOWN:,} of {len(text):,} characters; all of them: "
            f"make page P={item['item_id']} WHOLE=yes (option --whole)."
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
