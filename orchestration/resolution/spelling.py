"""How names of enterprises are spelt: one canonical spelling, and the parts of a Chinese enterprise name.

Belongs here: spelling and parts of columns of names, from the word lists of ``data/resolution``.
Does not belong here: which names exist (``names``), what agreement of parts is worth (``weigh``).

A registered name is place 行政区划 + brand 字号 + trade 行业 + legal form 组织形式 (企业名称登记管理规定, article 6);
the place may also stand in brackets behind the brand or right before the form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase, ascii_uppercase

import polars as pl

from orchestration.feeds.codes import FULL, HALF
from orchestration.resolution.words import Place, load_forms, load_places, load_trades, load_variants
from orchestration.settings import Settings, region_codes

BRACKETS = {"[": "(", "]": ")", "{": "(", "}": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "﹙": "(", "﹚": ")"}
"""Brackets of other forms, after full-width characters were made half-width."""
SPACE = r" \t\r\f\v\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f\u2060\u3000\ufeff"
"""Spaces and invisible characters, for a class of a regular expression; a line feed is none, since it divides."""
SPACES = f"[{SPACE}]+"
PARTS = {
    "key": pl.String,
    "place": pl.String,
    "place_code": pl.String,
    "brand": pl.String,
    "trade": pl.String,
    "form": pl.String,
    "branch": pl.Boolean,
    "core": pl.String,
}
"""Columns of ``parts``."""


@cache
def _folds(canonical: Path) -> tuple[list[str], list[str]]:
    # upper case of ASCII only: elsewhere it may change the length
    capitals = dict(zip(ascii_lowercase, ascii_uppercase, strict=True))
    pairs = capitals | dict(zip(FULL, HALF, strict=True)) | BRACKETS | load_variants(canonical)
    return list(pairs), [capitals.get(after, after) for after in pairs.values()]


def same_length(expr: pl.Expr, settings: Settings) -> pl.Expr:
    """Canonical characters one for one: half width, round brackets, simplified, upper case. Places stay the same."""
    before, after = _folds(settings.canonical)
    return expr.str.replace_many(before, after)


def normalise(expr: pl.Expr, settings: Settings) -> pl.Expr:
    """Canonical spelling of names or texts: ``same_length`` and no spaces; line feeds stay."""
    return same_length(expr, settings).str.replace_all(SPACES, "")


def name_key(names: pl.Series, settings: Settings) -> pl.Series:
    """Canonical spelling of a column of names."""
    return pl.DataFrame({"name": names.cast(pl.String)}).select(normalise(pl.col("name"), settings)).to_series()


@dataclass(frozen=True)
class Gazetteer:
    """What names of one jurisdiction are read by.

    Attributes:
        provinces, cities, alone: spelling -> code; cities are prefectures and municipalities, ``alone`` are counties
            that a name may carry without their prefecture.
        within: first four digits and spelling of a county -> code.
        anywhere: spelling -> code of all that may stand in brackets or before the form.
        trade: brand of at least two characters, then trade words to the end, as a regular expression.
        form: legal form, with what a branch adds, at the end.
        branch: the form is that of a branch.
    """

    provinces: dict[str, str]
    cities: dict[str, str]
    alone: dict[str, str]
    within: dict[str, str]
    anywhere: dict[str, str]
    trade: str
    form: str
    branch: str


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


def _spelt(place: Place) -> list[str]:
    return [place.name, *([place.short] if place.short else [])]


@cache
def _gazetteer(canonical: Path, home: str) -> Gazetteer:
    places = load_places(canonical)
    # of two places of one name the one at home counts, then the one of the lower code
    nearest = sorted(places, key=lambda place: (not place.code.startswith(home), place.code))[::-1]
    provinces = [place for place in places if place.level == "province" and not place.name.endswith("市")]
    municipal = [place for place in places if place.level == "province" and place.name.endswith("市")]
    forms = load_forms(canonical)
    whole = _either(form.form for form in forms if form.kind != "branch")
    part = _either(form.form for form in forms if form.kind == "branch")

    def table(levels: tuple[str, ...]) -> dict[str, str]:
        return {word: place.code for place in nearest if place.level in levels for word in _spelt(place)}

    # municipalities (直辖市) have no prefectures: they stand where a prefecture does
    cities = table(("prefecture",)) | {word: place.code[:2] + "0100" for place in municipal for word in _spelt(place)}
    # of a county alone its full name, and at home or if it is a city (县级市) its short one too
    alone = {
        word: place.code
        for place in nearest
        if place.level == "county"
        for word in _spelt(place)
        if word == place.name or place.code.startswith(home) or place.name.endswith("市")
    }
    return Gazetteer(
        provinces={word: place.code for place in nearest if place in provinces for word in _spelt(place)},
        cities=cities,
        alone=alone,
        within={
            place.code[:4] + word: place.code for place in nearest if place.level == "county" for word in _spelt(place)
        },
        anywhere=alone | table(("prefecture", "province")),
        trade=f"^(.{{2,}}?)((?:{_either(load_trades(canonical))})+)$",
        form=rf"(?:\(集团\)|集团)?(?:(?:{whole})(?:[^()]{{0,12}}?(?:{part}))?|(?:{part}))$",
        branch=f"(?:{part})$",
    )


def gazetteer(settings: Settings) -> Gazetteer:
    """Places, trades and forms of the jurisdiction in force; made once per process."""
    codes = [code for code in region_codes(settings) if code.isdigit()]
    return _gazetteer(settings.canonical, codes[0][:2] if codes else "none")


def _peeled(text: pl.Expr, table: dict[str, str], *, prefix: pl.Expr | None = None, tail: bool = False) -> pl.Expr:
    """The longest word of the table that a text begins (or ends) with; empty if none.

    ``prefix`` is put before the piece that is looked up.
    """
    extra = 0 if prefix is None else 4
    choices = []
    for length in sorted({len(word) - extra for word in table}, reverse=True):
        piece = text.str.tail(length) if tail else text.str.head(length)
        asked = piece if prefix is None else prefix + piece
        words = pl.Series([word for word in table if len(word) == length + extra], dtype=pl.String)
        choices.append(pl.when(asked.is_in(words.implode())).then(piece))
    return pl.coalesce(*choices, pl.lit("")) if choices else pl.lit("")


def _code(text: pl.Expr, table: dict[str, str]) -> pl.Expr:
    return text.replace_strict(list(table), list(table.values()), default=None, return_dtype=pl.String)


def _rest(text: str, head: str) -> pl.Expr:
    return pl.col(text).str.slice(pl.col(head).str.len_chars())


def _heads(frame: pl.DataFrame, known: Gazetteer) -> pl.DataFrame:
    """Columns province, city, county, city_code: the places with which ``rest`` begins, each within the one before."""
    frame = frame.with_columns(province=_peeled(pl.col("rest"), known.provinces))
    frame = frame.with_columns(after=_rest("rest", "province"))
    frame = frame.with_columns(city=_peeled(pl.col("after"), known.cities))
    frame = frame.with_columns(
        after=_rest("after", "city"),
        city_code=_code(pl.col("city"), known.cities),
    )
    return frame.with_columns(
        county=pl.when(pl.col("city_code").is_null())
        .then(_peeled(pl.col("after"), known.alone))
        .otherwise(_peeled(pl.col("after"), known.within, prefix=pl.col("city_code").str.head(4)))
    )


def without_place(keys: pl.Series, settings: Settings) -> pl.Series:
    """Canonical texts without the province, prefecture and county with which they begin."""
    frame = _heads(pl.DataFrame({"rest": keys}), gazetteer(settings))
    return frame.select(_rest("after", "county")).to_series()


def parts(names: pl.Series, settings: Settings) -> pl.DataFrame:
    """Parts of names, row by row.

    Returns:
        Columns of ``PARTS``: ``key`` canonical spelling; ``place`` as written, empty if none; ``place_code`` of the
        smallest of its places (GB/T 2260); ``brand`` 字号, at least two characters where the name has them; ``trade``
        行业 words; ``form`` 组织形式, ``branch`` whether it is that of a branch; ``core`` brand and trade.
    """
    known = gazetteer(settings)
    frame = pl.DataFrame({"name": names.cast(pl.String).fill_null("")}).select(key=normalise(pl.col("name"), settings))
    frame = frame.with_columns(form=pl.col("key").str.extract(f"({known.form})").fill_null(""))
    # a name that is all form, or leaves a single character, keeps it
    bare = pl.col("key").str.len_chars() - pl.col("form").str.len_chars()
    frame = frame.with_columns(form=pl.when(bare < 2).then(pl.lit("")).otherwise("form"))
    frame = frame.with_columns(rest=pl.col("key").str.head(bare))
    frame = _heads(frame, known)
    frame = frame.with_columns(
        inner=pl.col("rest").str.extract(r"\(([^()]{2,16})\)"), head=pl.concat_str("province", "city", "county")
    )
    frame = frame.with_columns(
        inner=pl.when(pl.col("inner").is_in([*known.anywhere, "中国"])).then("inner").otherwise(pl.lit("")),
        # what follows the place must leave a brand; a county is the first to be taken for one
        head=pl.coalesce(
            pl.when(pl.col("rest").str.len_chars() - head.str.len_chars() >= 2).then(head)
            for head in (pl.col("head"), pl.concat_str("province", "city"), pl.lit(""))
        ).fill_null(""),
    )
    frame = frame.with_columns(
        rest=pl.when(pl.col("inner") != "")
        .then(_rest("rest", "head").str.replace(r"\([^()]{2,16}\)", ""))
        .otherwise(_rest("rest", "head"))
    )
    tail = _peeled(pl.col("rest"), known.anywhere, tail=True)
    frame = frame.with_columns(
        tail=pl.when((pl.col("head") == "") & (pl.col("inner") == "")).then(tail).otherwise(pl.lit(""))
    )
    left = pl.col("rest").str.len_chars() - pl.col("tail").str.len_chars()
    frame = frame.with_columns(tail=pl.when(left < 2).then(pl.lit("")).otherwise("tail"))
    frame = frame.with_columns(core=pl.col("rest").str.head(left))
    frame = frame.with_columns(
        place=pl.when(pl.col("head") != "").then("head").when(pl.col("inner") != "").then("inner").otherwise("tail"),
        place_code=pl.when(pl.col("head") == "")
        .then(_code(pl.when(pl.col("inner") != "").then("inner").otherwise("tail"), known.anywhere))
        .when(pl.col("head").str.ends_with(pl.col("county")) & (pl.col("county") != ""))
        .then(
            pl.coalesce(
                _code(pl.col("city_code").str.head(4) + pl.col("county"), known.within),
                _code(pl.col("county"), known.alone),
            )
        )
        .otherwise(pl.coalesce("city_code", _code(pl.col("province"), known.provinces))),
        brand=pl.col("core").str.extract(known.trade, 1).fill_null(pl.col("core")),
    )
    return frame.select(
        "key",
        "place",
        "place_code",
        "brand",
        pl.col("core").str.slice(pl.col("brand").str.len_chars()).alias("trade"),
        "form",
        pl.col("form").str.contains(known.branch).alias("branch"),
        "core",
    )
