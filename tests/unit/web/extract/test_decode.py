"""Charsets that are declared wrongly, or not at all."""

from __future__ import annotations

import codecs
import random

import pytest

from orchestration.web.extract.decode import DecodeError, decode

TEXT = "郑州市市场监督管理局通报：河南宏达商贸有限公司因虚假宣传被处以罚款。" * 5


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode(), "gb2312"),
        (TEXT.encode(), "iso-8859-1"),
        (TEXT.encode("gb18030"), "utf-8"),
        (TEXT.encode("gb18030"), None),
        (TEXT.encode("gb18030"), "latin-1"),
        (codecs.BOM_UTF8 + TEXT.encode(), None),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-8"),
        (TEXT.encode(), "no-such-charset"),
        (TEXT.encode(), "zlib"),  # a codec of Python, but no charset
    ],
)
def test_a_wrong_declaration_does_not_garble(body: bytes, declared: str | None):
    assert decode(body, declared)[0] == TEXT


def test_what_the_page_declares_counts_if_it_fits():
    page = '<meta charset="big5"><p>' + "公司違約，消費者投訴" * 3
    assert decode(page.encode("big5"), None) == (page, "big5")


def test_a_page_cut_inside_a_character_is_read():
    assert decode(TEXT.encode()[:-1], "utf-8")[0] == TEXT[:-1]


def test_a_few_broken_bytes_are_forgiven():
    body = bytearray((TEXT * 20).encode())
    body[300] = 0xFF
    text, _ = decode(bytes(body), "utf-8")
    assert text.count("�") <= 3
    assert "河南宏达商贸有限公司" in text


def test_noise_is_refused():
    noise = random.Random(4).randbytes(5_000)
    with pytest.raises(DecodeError, match="cannot be read"):
        decode(noise, "utf-8")
