"""In which charset a page really is.

Belongs here: byte order marks, what header and markup say, whether that can be true.
Does not belong here: what the text says.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from charset_normalizer import from_bytes

_META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_XML = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.-]{2,40})""")
_HEADER = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_HEAD = 4096
_SAMPLE = 65536
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "hz": "gb18030", "iso8859-1": "cp1252", "ascii": "utf-8"}
"""Pages that declare a charset mostly use the wider one of its family; browsers read them so."""


@dataclass(frozen=True)
class Charset:
    """The charset of a page.

    Attributes:
        name: name for ``bytes.decode``.
        mended: the page is not in the charset that it says.
        sure: every byte can be read.
    """

    name: str
    mended: bool
    sure: bool


def charset_of(body: bytes, content_type: str, override: str | None = None) -> Charset:
    """The charset in which a body can be read: mark, what it says if that holds, else what fits.

    Args:
        body: unpacked body.
        content_type: header Content-Type, may be empty.
        override: charset that the source's file gives.
    """
    marked = next((name for mark, name in _MARKS if body.startswith(mark)), None)
    given = override or marked
    if given is not None:
        return Charset(given, mended=False, sure=_fits(body, given))
    said = _said(body, content_type)
    # Text in another charset is hardly ever valid UTF-8 by chance, but UTF-8 is often valid GB18030.
    for name in dict.fromkeys(("utf-8", said or "utf-8", "gb18030")):
        if _fits(body, name):
            return Charset(name, mended=said not in (None, name) and not body.isascii(), sure=True)
    best = from_bytes(body[:_SAMPLE]).best()
    if best is not None and _fits(body, best.encoding):
        return Charset(codecs.lookup(best.encoding).name, mended=said is not None, sure=True)
    return Charset(said or "utf-8", mended=False, sure=False)


def _said(body: bytes, content_type: str) -> str | None:
    header = _HEADER.search(content_type)
    names = [header.group(1)] if header else []
    names += [
        found.group(1).decode("ascii") for found in (_XML.search(body[:_HEAD]), _META.search(body[:_HEAD])) if found
    ]
    for name in names:
        try:
            known = codecs.lookup(name).name
        except LookupError:
            continue
        return _WIDER.get(known, known)
    return None


def _fits(body: bytes, charset: str) -> bool:
    try:
        body.decode(charset)
    except (UnicodeDecodeError, LookupError):
        return False
    return True
