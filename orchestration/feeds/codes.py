"""Texts that stand for codes: code lists, booleans, currencies, districts, industries, each as text -> code.

Belongs here: which texts mean which code, from reference data and the contract.
Does not belong here: the SQL that looks them up (``clean``).

Spot-check results and the like are numbered differently by each sending system: a column with ``by_text`` accepts
labels only, never a bare number.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.feeds.contract import Column, ContractError, code_list
from orchestration.settings import Settings

TRUE = ("是", "1", "Y", "YES", "TRUE", "T", "有", "公示")
FALSE = ("否", "0", "N", "NO", "FALSE", "F", "无", "不公示", "未公示", "非")
PUNCTUATION = ' 　\t\r\n、，,。．；;：:（）()“”"·'
"""Characters that do not tell one label from another."""
SLACK = 12
"""Characters by which a text may be longer than the longest known text and still pass for a code."""

FULL = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000"
HALF = "".join(chr(code) for code in range(0x21, 0x7F)) + " "
"""Full-width characters and, at the same place, their ASCII."""
CURRENCIES = "currencies"
CODED = ("code", "currency", "boolean", "region", "industry")
"""Column types that have a lookup."""
_TO_HALF = str.maketrans(FULL, HALF)
_NO_PUNCTUATION = str.maketrans("", "", PUNCTUATION)
_known: dict[tuple[object, ...], Lookup] = {}


@dataclass(frozen=True)
class Meaning:
    """One accepted text: its normal form, the code it stands for, and ``code``, ``label`` or ``retired``."""

    key: str
    code: str
    how: str


@dataclass(frozen=True)
class Lookup:
    """All texts that one column accepts.

    Attributes:
        meanings: unique by key.
        longest: longest text that may still be a (perhaps unknown) code; longer is long text.
        source: file in which a person adds a text.
    """

    meanings: tuple[Meaning, ...]
    longest: int
    source: str


def half_width(text: str) -> str:
    """Full-width ASCII (全角) as plain ASCII; ``expressions.half`` does the same in SQL."""
    return text.translate(_TO_HALF)


def normal_key(text: str) -> str:
    """Normal form of a code or label; ``expressions.key`` does the same in SQL."""
    folded = half_width(text).upper()
    bare = folded.translate(_NO_PUNCTUATION)
    return re.sub(r"^(\d+)\.0+$", r"\1", bare)


def _lookup(pairs: Iterable[tuple[str, str, str]], source: str) -> Lookup:
    """Lookup of (text, code, how); the first of two equal keys wins if the code is the same, else it is an error."""
    meanings: dict[str, Meaning] = {}
    longest = 0
    for text, code, how in pairs:
        key = normal_key(text)
        if not key:
            continue
        longest = max(longest, len(text))
        known = meanings.setdefault(key, Meaning(key, code, how))
        if known.code != code:
            raise ContractError(
                f"{source}: the text {text!r} stands for both {known.code!r} and {code!r}; remove it from one of them."
            )
    return Lookup(tuple(meanings.values()), longest + SLACK, source)


def _shortened(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Numeric codes without their leading zeros, which Excel drops, where no other code is spelled so."""
    codes = list(codes)
    short = [(code.lstrip("0"), code) for code in codes if code.isdigit() and code.startswith("0")]
    taken = [key for key, _ in short]
    return [(key, code) for key, code in short if key and key not in codes and taken.count(key) == 1]


def code_lookup(settings: Settings, name: str, aliases: dict[str, str], *, by_text: bool = False) -> Lookup:
    """Texts of a code list: codes, contract aliases, Chinese and English labels, further texts.

    Raises:
        ContractError: an alias names a code that the list does not have, or a text stands for two codes.
    """
    rows = code_list(settings, name)
    codes = [row["code"] for row in rows]
    for text, code in aliases.items():
        if code not in codes:
            raise ContractError(
                f"code alias {text!r} -> {code!r}: {code!r} is not in the code list {name!r}; mend the contract."
            )
    own = {normal_key(text) for text in aliases}
    pairs = [(str(text), code, "label") for text, code in aliases.items()]
    if not by_text:
        pairs += [(code, code, "code") for code in codes if normal_key(code) not in own]
        pairs += [(text, code, "code") for text, code in _shortened(codes) if text not in own]
    bare = {normal_key(code) for code in codes} if by_text else set()
    for row in rows:
        texts = [row["label_zh"], row["label_en"], *(row["also"] or "").split(";")]
        # in a list that is mapped by text, a label that is itself a code would let the bare number in again
        pairs += [
            (text, row["code"], "label")
            for text in texts
            if normal_key(text) not in own and normal_key(text) not in bare
        ]
    return _lookup(pairs, "data/reference/code_lists.csv")


def boolean_lookup(column: Column) -> Lookup:
    """Texts of yes and no."""
    own = {normal_key(text) for text in column.code_aliases}
    pairs = [(str(text), code.lower(), "code") for text, code in column.code_aliases.items()]
    pairs += [(text, "true", "code") for text in TRUE if text not in own]
    pairs += [(text, "false", "code") for text in FALSE if text not in own]
    return _lookup(pairs, "the contract's code_aliases")


@cache
def _rows(path: Path) -> tuple[dict[str, str], ...]:
    with path.open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def reference(settings: Settings, name: str) -> tuple[dict[str, str], ...]:
    """Rows of a reference file: the jurisdiction's own, else the default's."""
    return _rows(settings.own_or_canonical(f"reference/{name}"))


def region_lookup(settings: Settings, column: Column) -> Lookup:
    """Texts of districts: code, nine or twelve-digit code of a place within it is cut in SQL, and unique names.

    Raises:
        ContractError: a retired district is replaced by one that does not exist.
    """
    rows = reference(settings, "districts.csv")
    successor = {row["district_code"]: row["replaced_by"] or None for row in rows}
    own = {normal_key(text) for text in column.code_aliases}
    pairs = [(str(text), code, "label") for text, code in column.code_aliases.items()]
    current: dict[str, str] = {}
    for code in successor:
        last = code
        for _ in range(len(successor)):
            if successor.get(last) is None:
                break
            last = str(successor[last])
        if last not in successor or successor[last] is not None:
            raise ContractError(
                f"districts.csv: {code} is replaced by {last}, which is not a current district; mend it."
            )
        current[code] = last
    pairs += [(code, last, "code" if code == last else "retired") for code, last in current.items() if code not in own]
    names = [(row["name_zh"], current[row["district_code"]]) for row in rows if row["name_zh"]]
    meanings: dict[str, set[str]] = {}
    for name, code in names:
        meanings.setdefault(normal_key(name), set()).add(code)
    taken = {normal_key(text) for text, _, _ in pairs}
    pairs += [
        (name, code, "label")
        for name, code in names
        if len(meanings[normal_key(name)]) == 1 and normal_key(name) not in taken | own
    ]
    return _lookup(pairs, "data/reference/districts.csv")


def province_prefixes(settings: Settings) -> set[str]:
    """First two digits of the jurisdiction's districts; empty where districts are not numbered by GB/T 2260."""
    codes = [row["district_code"] for row in reference(settings, "districts.csv")]
    return {code[:2] for code in codes} if all(re.fullmatch(r"\d{6}", code) for code in codes) else set()


def region_codes(settings: Settings) -> set[str]:
    """Codes of the prefecture-level regions."""
    return {row["region_code"] for row in reference(settings, "regions.csv")}


def industry_lookup(settings: Settings, column: Column) -> Lookup:
    """Texts of industry classes (GB/T 4754): with and without the section's letter, name where unique."""
    rows = [row for row in reference(settings, "industries.csv") if row["level"] == "class"]
    groups = {row["code"][1:] for row in reference(settings, "industries.csv") if row["level"] == "group"}
    own = {normal_key(text) for text in column.code_aliases}
    pairs = [(str(text), code, "label") for text, code in column.code_aliases.items()]
    codes = [row["code"][1:] for row in rows]
    pairs += [(code, code, "code") for code in codes if code not in own]
    pairs += [(text, code, "code") for text, code in _shortened(codes) if text not in groups and text not in own]
    pairs += [(row["code"], row["code"][1:], "code") for row in rows if row["code"] not in own]
    names = [normal_key(row["name_zh"]) for row in rows]
    count = Counter(names)
    pairs += [
        (row["name_zh"], row["code"][1:], "label")
        for row, key in zip(rows, names, strict=True)
        if count[key] == 1 and key not in own
    ]
    return _lookup(pairs, "data/reference/industries.csv")


def lookup(settings: Settings, column: Column) -> Lookup | None:
    """The lookup of a column, or None for types that have none; made once per process.

    Raises:
        ContractError: reference data or aliases contradict each other.
    """
    if column.type not in CODED:
        return None
    aliases = tuple(sorted(column.code_aliases.items()))
    asked = (settings.canonical, settings.definition, column.type, column.codes, column.by_text, aliases)
    if asked not in _known:
        _known[asked] = _make(settings, column)
    return _known[asked]


def _make(settings: Settings, column: Column) -> Lookup:
    match column.type:
        case "boolean":
            return boolean_lookup(column)
        case "region":
            return region_lookup(settings, column)
        case "industry":
            return industry_lookup(settings, column)
        case _:
            return code_lookup(settings, column.codes or CURRENCIES, column.code_aliases, by_text=column.by_text)
