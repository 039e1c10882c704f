"""From a delivered file to plain files: what it is by its first bytes, and what archives hold.

Belongs here: magic bytes, zip and gzip with their bounds.
Does not belong here: reading tables (``tables``), encodings and delimiters (``text``).

A file's extension is never believed: departments send Excel files called ``.csv``.
"""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from orchestration.feeds.errors import Where

CHUNK = 8 * 1024 * 1024
MAX_UNPACKED = 64 * 1024**3
"""Bytes that one delivery may unpack to."""
MAX_RATIO = 400
"""Times that an archive may grow when unpacked; real tables stay below 50, deflate's limit is 1032."""
RATIO_FREE = 64 * 1024 * 1024
"""Bytes that may be unpacked before the ratio is looked at."""
MAX_DEPTH = 3
"""Archives within archives that are opened."""

_FOREIGN = {
    b"%PDF": "a PDF document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x28\xb5\x2f\xfd": "a zstd archive",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
FORMATS = "CSV, Excel, JSON lines, Parquet, or a zip or gzip of these"


@dataclass(frozen=True)
class Plain:
    """One file that is not an archive: where it came from, where it lies, what its first bytes say."""

    where: Where
    path: Path
    kind: str


def kind_of(path: Path, where: Where) -> str:
    """``parquet``, ``xlsx``, ``xls``, ``zip``, ``gzip`` or ``text``, by the first bytes.

    Raises:
        FeedStop: the file is empty or of a kind that no reader here opens.
    """
    with path.open("rb") as stream:
        head = stream.read(16)
    if not head:
        raise where.stop("the file is empty", "ask the sender to deliver it again")
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"PK\x03\x04") or head.startswith(b"PK\x05\x06"):
        try:
            with zipfile.ZipFile(path) as archive:
                names = set(archive.namelist())
        except zipfile.BadZipFile as error:
            raise where.stop(f"the zip cannot be read ({error})", "ask the sender to deliver it again") from error
        return "xlsx" if "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names) else "zip"
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(_OLE) or head[:4] in (b"\x09\x08\x10\x00", b"\x09\x08\x08\x00", b"\x09\x00\x04\x00"):
        return "xls"
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise where.stop(f"it is {what}, which cannot be read", f"ask the sender for {FORMATS}")
    return "text"


class _Budget:
    """Counts what a delivery unpacks to and stops what looks like a bomb."""

    def __init__(self, packed: int) -> None:
        self.packed = max(packed, 1)
        self.unpacked = 0

    def spend(self, size: int, where: Where) -> None:
        self.unpacked += size
        bomb = self.unpacked > RATIO_FREE and self.unpacked > MAX_RATIO * self.packed
        if bomb or self.unpacked > MAX_UNPACKED:
            raise where.stop(
                f"it unpacks to more than {self.unpacked:,} bytes from {self.packed:,}",
                "check that it is no decompression bomb, or deliver it in smaller files",
            )


def _pour(source: IO[bytes] | gzip.GzipFile, target: Path, budget: _Budget, where: Where) -> None:
    try:
        with target.open("wb") as sink:
            while chunk := source.read(CHUNK):
                budget.spend(len(chunk), where)
                sink.write(chunk)
    except (zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, EOFError) as error:
        raise where.stop(f"the archive is damaged ({error})", "ask the sender to deliver it again") from error
    except RuntimeError as error:  # zipfile says so when a member is encrypted
        raise where.stop("the archive is encrypted", "deliver it without a password") from error
    except NotImplementedError as error:
        raise where.stop(f"the archive uses an unknown compression ({error})", "deliver it as zip (deflate)") from error


def _member_name(info: zipfile.ZipInfo) -> str:
    """A member's name; Chinese Windows writes it in GBK without saying so, and zipfile reads that as CP437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _zip_members(path: Path, where: Where, folder: Path, budget: _Budget) -> Iterator[tuple[Where, Path]]:
    with zipfile.ZipFile(path) as archive:
        for number, info in enumerate(archive.infolist()):
            name = _member_name(info)
            parts = PurePosixPath(name.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or ":" in (parts.parts or ("",))[0]:
                raise where.stop(
                    f"the archive's member {name!r} points outside its folder", "ask the sender for a clean archive"
                )
            if info.is_dir() or parts.parts[0] == "__MACOSX" or parts.name.startswith((".", "~$")):
                continue
            # the name inside the archive is never used as a path: members are numbered
            target = folder / f"{path.name}-{number:05d}"
            inner = where.inside(str(parts))
            with archive.open(info) if not info.flag_bits & 0x1 else _refuse(inner) as source:
                _pour(source, target, budget, inner)
            yield inner, target


def _refuse(where: Where) -> IO[bytes]:
    raise where.stop("the archive is encrypted", "deliver it without a password")


def plain_files(path: Path, where: Where, folder: Path) -> Iterator[Plain]:
    """The plain files of a delivery, archives opened into ``folder``, in the archive's own order.

    Args:
        path: the delivered file.
        where: feed, month and name of the file, for sentences.
        folder: scratch folder; nothing is written outside it.

    Raises:
        FeedStop: damaged, encrypted, oversized or unsafe archive, empty file, foreign format.
    """
    yield from _open(path, where, folder, _Budget(path.stat().st_size), 0)


def _open(path: Path, where: Where, folder: Path, budget: _Budget, depth: int) -> Iterator[Plain]:
    kind = kind_of(path, where)
    if kind not in ("zip", "gzip"):
        yield Plain(where, path, kind)
        return
    if depth >= MAX_DEPTH:
        raise where.stop(f"archives are nested more than {MAX_DEPTH} deep", "deliver the tables in one archive")
    if kind == "gzip":
        target = folder / f"{path.name}-gunzip"
        with gzip.open(path, "rb") as source:
            _pour(source, target, budget, where)
        yield from _open(target, where, folder, budget, depth + 1)
        return
    empty = True
    for inner, member in _zip_members(path, where, folder, budget):
        empty = False
        yield from _open(member, inner, folder, budget, depth + 1)
    if empty:
        raise where.stop("the archive holds no file", "ask the sender to deliver it again")
