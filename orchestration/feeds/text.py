"""Delimited text and JSON lines before they are a table: encoding, line ends, delimiter, header line.

Belongs here: what can be learnt from bytes and from the first line.
Does not belong here: parsing rows (``tables``), what a header means (``headers``).

DuckDB parses UTF-8 with ``\\n``: anything else is rewritten once, in a stream, so memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from orchestration.feeds.errors import Where
from orchestration.feeds.headers import Headers
from orchestration.feeds.unpack import CHUNK, FORMATS

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
BROKEN = "\x1a"
"""Marks a line whose quotes do not close, after ``isolate_broken_quotes``."""
HIDDEN_DELIMITER = "\x1f"
MAX_DELIMITER = 4
"""Characters of the longest delimiter that DuckDB takes."""
_ODD_QUOTES = re.compile(rb'^[^"\n]*"(?:[^"\n]*"[^"\n]*")*[^"\n]*$', re.MULTILINE)


@dataclass(frozen=True)
class Text:
    """A text file that DuckDB can parse.

    Attributes:
        path: UTF-8 without byte order mark, lines end with a line feed.
        encoding: encoding of the delivered file.
        lines: physical lines.
    """

    path: Path
    encoding: str
    lines: int


def _decodes(path: Path, encoding: str, skip: int) -> tuple[int, int] | None:
    """Byte and line of the first byte that does not decode, or None if all do."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    plain = encoding in ("utf-8", "gb18030")  # of them ASCII is a part
    done, lines = skip, 1
    with path.open("rb") as stream:
        stream.seek(skip)
        while True:
            chunk = stream.read(CHUNK)
            pending = len(decoder.getstate()[0])
            try:
                if pending or not (plain and chunk.isascii()) or not chunk:
                    decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                # the decoder puts the bytes it had kept back before the chunk
                return done - pending + error.start + 1, lines + chunk[: max(error.start - pending, 0)].count(b"\n")
            done += len(chunk)
            lines += chunk.count(b"\n")
            if not chunk:
                return None


def find_encoding(path: Path, where: Where, fixed: str | None) -> tuple[str, int]:
    """Encoding of a text file and the length of its byte order mark.

    Byte order mark first, then strict UTF-8, then strict GB18030 (which contains GBK and GB2312).

    Raises:
        FeedStop: the bytes are none of these, or not what the contract fixes.
    """
    with path.open("rb") as stream:
        head = stream.read(4)
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            if bad := _decodes(path, encoding, len(bom)):
                raise where.stop(
                    f"it begins as {encoding.upper()} but byte {bad[0]:,} is not",
                    "ask the sender to save it again as UTF-8",
                    line=bad[1],
                )
            return encoding, len(bom)
    if fixed:
        if bad := _decodes(path, fixed, 0):
            raise where.stop(
                f"byte {bad[0]:,} is not {fixed.upper()}, the encoding that the contract fixes",
                "ask the sender for that encoding or mend 'encoding' in the contract",
                line=bad[1],
            )
        return fixed, 0
    bad = _decodes(path, "utf-8", 0)
    if bad is None:
        return "utf-8", 0
    worse = _decodes(path, "gb18030", 0)
    if worse is None:
        return "gb18030", 0
    raise where.stop(
        f"it is neither UTF-8 (byte {bad[0]:,}) nor GB18030 (byte {worse[0]:,})",
        f"ask the sender to save it again as UTF-8; readable are {FORMATS}",
        line=max(bad[1], worse[1]),
    )


def normalise(path: Path, where: Where, folder: Path, fixed: str | None) -> Text:
    """The file as UTF-8 with ``\\n``; the delivered file itself where it is so already.

    Raises:
        FeedStop: the encoding cannot be told, or the file is binary.
    """
    encoding, skip = find_encoding(path, where, fixed)
    carriage, feeds, zero, last = False, 0, False, b""
    with path.open("rb") as stream:
        stream.seek(skip)
        while chunk := stream.read(CHUNK):
            carriage = carriage or b"\r" in chunk
            feeds += chunk.count(b"\n")
            zero = zero or b"\x00" in chunk
            last = chunk[-1:]
    if zero and not encoding.startswith(("utf-16", "utf-32")):
        raise where.stop("it is a binary file of an unknown kind", f"ask the sender for {FORMATS}")
    if encoding == "utf-8" and not skip and not carriage:
        return Text(path, encoding, feeds + (last != b"\n"))
    target = folder / f"{path.name}-utf8"
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    newlines = io.IncrementalNewlineDecoder(None, translate=True)
    lines, ends = 0, True
    with path.open("rb") as stream, target.open("wb") as sink:
        stream.seek(skip)
        while True:
            chunk = stream.read(CHUNK)
            piece = newlines.decode(decoder.decode(chunk, final=not chunk), final=not chunk)
            if piece:
                lines += piece.count("\n")
                ends = piece.endswith("\n")
                sink.write(piece.encode("utf-8"))
            if not chunk:
                return Text(target, encoding, lines + (not ends))


def first_line(path: Path) -> str:
    """The first line that is not blank; at most 1 MB of it."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        while line := stream.readline(1024 * 1024):
            if line.strip():
                return line.rstrip("\n")
    return ""


def split_line(line: str, delimiter: str) -> list[str]:
    """Fields of one line; quotes are honoured."""
    if len(delimiter) == 1:
        return next(csv.reader([line], delimiter=delimiter), [])
    return [field.strip().removeprefix('"').removesuffix('"') for field in line.split(delimiter)]


def _candidates(line: str) -> list[str]:
    runs = set(re.findall(r"[^\w\s\"'()（）]+|\t+|[\x00-\x08\x0b\x0c\x0e-\x1f]+", line))
    singles = {character for run in runs for character in run}
    return sorted(run for run in runs | singles if len(run) <= MAX_DELIMITER)


def find_delimiter(line: str, headers: Headers, fixed: str | None) -> str:
    """The delimiter: the contract's, else the candidate that splits the header line into most known names.

    Of equals the one with the fewest unknown names wins, then the longest, so that ``||`` beats ``|``.
    """
    if fixed:
        return fixed

    def score(delimiter: str) -> tuple[int, int, int, str]:
        names = split_line(line, delimiter)
        known = sum(headers.knows(name) for name in names)
        return (known, known - len(names), len(delimiter), delimiter)

    return max([*_candidates(line), ","], key=score)


def isolate_broken_quotes(text: Text, delimiter: str, folder: Path) -> tuple[Path, bool]:
    """A copy in which each line with an odd number of quotes is one marked field; and whether there is such a line.

    An opened quote that is not closed swallows the rows behind it. The copy gives them back: only the broken line
    itself will not parse. Records that span lines on purpose break too, so this is the second attempt, not the first.
    """
    target = folder / f"{text.path.name}-quotes"
    found = False

    def mark(match: re.Match[bytes]) -> bytes:
        nonlocal found
        found = True
        line = match.group().replace(b'"', b"'").replace(delimiter.encode(), HIDDEN_DELIMITER.encode())
        return BROKEN.encode() + line

    with text.path.open("rb") as stream, target.open("wb") as sink:
        while chunk := stream.read(CHUNK):
            sink.write(_ODD_QUOTES.sub(mark, chunk + stream.readline()))
    return target, found
