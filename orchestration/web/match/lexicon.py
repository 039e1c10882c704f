"""What is read around a mention: places, what may stand before a name, what makes it part of a longer one.

Belongs here: the word lists of ``data/resolution`` as automata and regular expressions for running text.
Does not belong here: reading the parts of a name (``resolution.spelling``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polars as pl
from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from orchestration.resolution.words import load_forms, load_neighbours, load_places, load_trades
from orchestration.settings import Settings, region_codes

USCC = r"(?:^|[^0-9A-Z])([0-9ABCDEFGHJKLMNPQRTUWXY]{2}[0-9]{6}[0-9ABCDEFGHJKLMNPQRTUWXY]{10})(?:$|[^0-9A-Z])"
"""A unified social credit code in running text, in a group of its own."""
ROAD = re.compile(r"[东西南北中]?[一二三]?(?:路|街|大道|大街|巷|胡同)")
"""What makes a city's name that of a street."""
GENERIC = ("公司", "集团")
"""Forms that stand for any form behind a short name."""


@dataclass(frozen=True)
class Lexicon:
    """Words of running text.

    Attributes:
        places: automaton of places; ``place_code`` gives the code of each of its words.
        place_code: six digits, at the number of the word.
        before: words that may stand right before a name and do not belong to it, at the end of a text.
        longer: what follows a short name that is part of a longer one: trade words and a form, or a form.
        trade: trade words at the beginning of what follows.
        word: the longest trade word at the beginning of a text.
        further: what follows a brand that is but the beginning of a longer one: a character or two, then a trade word.
        branch: a branch's form within a few characters, at the beginning of what follows.
        home: first two digits of the districts of the jurisdiction.
    """

    places: CharwiseDoubleArrayAhoCorasick
    place_code: tuple[str, ...]
    before: str
    longer: str
    trade: str
    word: str
    further: str
    branch: str
    home: str


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))


@cache
def _lexicon(canonical: Path, home: str) -> Lexicon:
    spelt: dict[str, str] = {}
    # counties elsewhere are left out: their names are too often words; at home a county needs its 县 or 区
    for place in load_places(canonical):
        own = place.code.startswith(home)
        if place.level == "county":
            if own:
                spelt.setdefault(place.name, place.code)
                if place.short and place.name.endswith("市"):
                    spelt.setdefault(place.short, place.code)
        else:
            spelt[place.name] = place.code
            if place.short:
                spelt[place.short] = place.code
    forms = load_forms(canonical)
    words = load_trades(canonical)
    trades = _either(words)
    # a shop or inn (超市, 酒店) is a form as well as a trade: behind a brand it is the trade
    plain = {*GENERIC, *words}
    whole = _either(form.form for form in forms if form.kind != "branch" and form.form not in plain)
    part = _either(form.form for form in forms if form.kind == "branch")
    company = _either(form.form for form in forms if form.kind in ("company", "partnership", "cooperative"))
    return Lexicon(
        places=CharwiseDoubleArrayAhoCorasick(list(spelt), MATCH_KIND_LEFTMOST_LONGEST),
        place_code=tuple(spelt.values()),
        before=f"(?:{_either(load_neighbours(canonical))})$",
        longer=rf"^(?:(?:{trades})+(?:集团)?(?:{company})|(?:\(?集团\)?)?(?:{whole}))",
        trade=f"^((?:{trades})+)",
        word=f"^({trades})",
        further=rf"^\p{{Han}}{{1,2}}?(?:{trades})",
        branch=rf"^[^\s,.;:!?、，。；：！？()]{{0,8}}?(?:{part})",
        home=home,
    )


def lexicon(settings: Settings) -> Lexicon:
    """The lexicon of the jurisdiction in force; made once per process."""
    codes = [code for code in region_codes(settings) if code.isdigit()]
    return _lexicon(settings.canonical, codes[0][:2] if codes else "none")


def places_in(texts: pl.Series, known: Lexicon) -> pl.DataFrame:
    """Places named in texts.

    Returns:
        ``row`` of the text, ``start`` and ``end`` in it, ``place`` (six digits); a street called after a city is none.
    """
    found = [
        (row, start, end, known.place_code[word])
        for row, text in enumerate(texts.to_list())
        for start, end, word in known.places.find(text)
        if not ROAD.match(text, end)
    ]
    return pl.DataFrame(
        found,
        schema={"row": pl.UInt32, "start": pl.Int32, "end": pl.Int32, "place": pl.String},
        orient="row",
    )
