"""Bytes of a page as text, whatever the page says of its own charset.

Belongs here: choosing the charset and noticing a wrong one. Does not belong here: what the text says (``page``).
"""

from __future__ import annotations

import codecs
import re

REPLACED_AT_MOST = 0.002
"""Share of characters that may be unreadable before a page counts as undecodable."""
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]+)", re.IGNORECASE)
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030"}
# Others are not tried: any bytes pass for Latin-1, so that it says nothing, and not every codec of Python is a charset.
_TRUSTED = {"gb18030", "big5", "big5-hkscs", "utf-16", "utf-16le", "utf-16be"}


class DecodeError(ValueError):
    """No charset reads these bytes; one sentence says so."""


def decode(body: bytes, declared: str | None) -> tuple[str, str]:
    """Text of a page and the charset that was used.

    A byte order mark decides. Else strict UTF-8, since hardly anything else passes for it; then what the sender or the
    page declares; then GB18030; then what charset-normalizer thinks.

    Args:
        body: the page as archived; it may be cut inside a character.
        declared: charset that the crawler noted; may be null or wrong.

    Raises:
        DecodeError: more than a few characters stay unreadable.
    """
    for bom, charset in _BOMS:
        if body.startswith(bom):
            return _kept(body[len(bom) :].decode(charset, "replace"), charset)
    in_page = _META.search(body[:4096])
    names = [declared, in_page[1].decode("ascii") if in_page else None]
    wanted = [_WIDER.get(name.lower(), name.lower()) for name in names if name]
    for charset in ["utf-8", *(name for name in wanted if name in _TRUSTED), "gb18030"]:
        text = _strict(body, charset)
        if text is not None:
            return _kept(text, charset)
    import charset_normalizer

    guess = charset_normalizer.from_bytes(body[:200_000], cp_isolation=["gb18030", "big5", "utf_8", "utf_16"]).best()
    if guess is not None:
        return _kept(body.decode(guess.encoding, "replace"), guess.encoding)
    # Single broken bytes in a long page: the charset that loses least.
    lossy = [(body.decode(charset, "replace"), charset) for charset in ("utf-8", "gb18030")]
    return _kept(*min(lossy, key=lambda pair: pair[0].count("\ufffd")))


def _strict(body: bytes, charset: str) -> str | None:
    try:
        # A decoder that is not told of the end forgives a character cut by the size limit.
        return codecs.getincrementaldecoder(charset)("strict").decode(body, final=False)
    except (UnicodeDecodeError, LookupError):
        return None


def _kept(text: str, charset: str) -> tuple[str, str]:
    lost = text.count("\ufffd")
    if lost > 5 and lost > REPLACED_AT_MOST * len(text):
        raise DecodeError(
            f"{lost:,} of {len(text):,} characters cannot be read, with {charset} least badly; "
            "the site sends a broken page: fetch it again later or tell its owner."
        )
    return text, charset
