"""From typed records to what a department writes: headers, texts of codes, dates and numbers in its own style.

Belongs here: the look of values and headers, always taken from the feed's contract.
Does not belong here: file formats (``files``), planted defects (``defects``).
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import polars as pl

from orchestration.feeds.contract import Column, Contract, code_list
from orchestration.settings import Settings

HEADERS = ("name", "national", "zh")
CODES = ("code", "label", "code", "alias")
DATES = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
BOOLEANS = (("是", "否"), ("1", "0"), ("Y", "N"), ("true", "false"))


@dataclass(frozen=True)
class Style:
    """How one delivery looks; each field is a choice among the tuples above."""

    header: str
    code: str
    date: str
    boolean: tuple[str, str]
    industry_letter: bool

    @classmethod
    def of(cls, feed: str, month: int, *, empty: bool = False) -> Style:
        """The style of a feed in a month: a department keeps its habits for a while, then changes its system.

        An empty delivery must not equal that of another month byte by byte, or it would pass for sent again.
        """
        habit = zlib.crc32(feed.encode()) // 7
        return cls(
            header=HEADERS[(month // 6 if empty else habit + month // 2) % 3],
            code=CODES[(habit // 3 + month) % 4],
            date=DATES[(habit // 5 + month) % 5],
            boolean=BOOLEANS[(habit // 11 + month) % 4],
            industry_letter=bool((habit + month) % 2),
        )


def headers(contract: Contract, style: Style) -> dict[str, str]:
    """Contract name -> header in this style; columns filled by the contract itself are not sent."""
    sent = [column for column in contract.columns if column.constant is None and column.copies is None]
    return {column.name: str(getattr(column, style.header)) for column in sent}


def sent_columns(frame: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    """The columns of the contract in its order; what the simulator does not know of is sent empty."""
    names = [column.name for column in contract.columns if column.constant is None and column.copies is None]
    return frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, pl.String).alias(name) for name in names
    )


def _code_text(settings: Settings, column: Column, style: Style) -> dict[str, str]:
    """Canonical code -> text; a column that a contract maps by text never carries a bare code."""
    rows = code_list(settings, str(column.codes))
    how = style.code
    if how == "code" and column.by_text:
        how = "label"
    if how == "code":
        return {}
    texts = {}
    for row in rows:
        also = [text for text in row["also"].split(";") if text]
        texts[row["code"]] = also[0] if how == "alias" and also else row["label_zh"]
    own: dict[str, str] = {code: text for text, code in column.code_aliases.items()}
    return texts | own


def typed(frame: pl.DataFrame, settings: Settings, contract: Contract, style: Style) -> pl.DataFrame:
    """Values in their own types, codes as texts of this style; for formats that keep types."""
    known = sent_columns(frame, contract)
    changes = []
    for column in contract.columns:
        if column.name not in known.columns:
            continue
        if column.type == "code" and (texts := _code_text(settings, column, style)):
            changes.append(pl.col(column.name).replace(texts))
        if column.type == "industry" and style.industry_letter and "industry_section" in known.columns:
            changes.append(pl.concat_str("industry_section", column.name).alias(column.name))
    return known.with_columns(changes)


def texts(frame: pl.DataFrame, settings: Settings, contract: Contract, style: Style) -> pl.DataFrame:
    """Everything as text in this style."""
    known = typed(frame, settings, contract, style)
    changes = []
    for name, kind in known.schema.items():
        value = pl.col(name)
        if kind == pl.Date:
            changes.append(value.cast(pl.Datetime).dt.strftime(style.date).alias(name))
        elif kind == pl.Boolean:
            yes, no = style.boolean
            changes.append(pl.when(value).then(pl.lit(yes)).when(~value).then(pl.lit(no)).alias(name))
        elif kind != pl.String:
            changes.append(value.cast(pl.String))
    return known.with_columns(changes)
