"""Texts in one shape: blanks, width, furniture of pages.

Belongs here: what is changed in every text and title before it is kept, and the hash by which exact copies are known.
Does not belong here: how names are folded to compare them (``resolution``).

Punctuation stays as written, since a text is evidence; only letters, digits and blanks are folded.
"""

from __future__ import annotations

import hashlib

import polars as pl

LONGEST_TEXT = 100_000
"""Characters of a text that are kept."""
LONGEST_TITLE = 300
"""Characters of a title that are kept."""
LEAST_LETTERS = 6
"""Letters and digits below which a text says nothing."""
_WIDE = "０１２３４５６７８９" + "".join(map(chr, range(0xFF21, 0xFF3B))) + "".join(map(chr, range(0xFF41, 0xFF5B)))
_FOLDED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FURNITURE = (
    r"(?m)^\s*(?:(?:(?:发布|发表|更新|公告|投诉|提交)?(?:时间|日期)|来源|作者|编辑|责任编辑|责编|记者|浏览|阅读|点击|字号)\s*[:：].{0,60}"
    r"|[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?\s*(?:[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?\s*(?:(?:来源|作者|阅读|浏览).{0,60})?"
    r"|(?:上一篇|下一篇|相关阅读|相关新闻|版权所有|免责声明|扫一扫|分享到|打印本页).{0,60})$"
)


def tidy(text: pl.Expr) -> pl.Expr:
    """Letters and digits at half width, no hidden characters, single blanks, no empty lines; null for what is blank."""
    folded = (
        text.str.normalize("NFC")
        .str.replace_many(list(_WIDE), list(_FOLDED))
        .str.replace_all(r"[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{2064}\u{feff}\u{ad}]", "")
        .str.replace_all(r"\r\n?|[\u{2028}\u{2029}\u{85}]", "\n")
        .str.replace_all(r"[^\S\n]+|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+", " ")
        .str.replace_all(r" ?\n[\s]*", "\n")
        .str.strip_chars()
    )
    return pl.when(folded.str.len_bytes() > 0).then(folded)


def without_furniture(text: pl.Expr) -> pl.Expr:
    """A tidy text of a page without lines such as 来源 or 责任编辑, which say nothing of the matter."""
    squeezed = text.str.replace_all(_FURNITURE, "").str.replace_all(r"\n\s*", "\n").str.strip_chars()
    return pl.when(squeezed.str.len_bytes() > 0).then(squeezed)


def letters(text: pl.Expr) -> pl.Expr:
    """Only the letters and digits of a text, folded, by which texts are compared."""
    return text.str.normalize("NFKC").str.to_lowercase().str.replace_all(r"[^\p{L}\p{N}]+", "")


def content_hash(text: pl.Series) -> pl.Series:
    """sha256 of the letters and digits of each text, as hex; null for a null.

    The hash of each distinct text is a library call; there is none for whole columns that is the same on every machine.
    """
    bare = pl.DataFrame({"t": text}).select(letters(pl.col("t"))).to_series()
    return bare.map_elements(lambda one: hashlib.sha256(one.encode()).hexdigest(), return_dtype=pl.String)
