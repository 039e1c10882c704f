"""Which of the 18 departments penalises, licenses and lists: shares by field of supervision, by licence, by list.

Belongs here: the departments behind a record, as data and as one draw.
Does not belong here: the records (``records``), what the departments are called (``data/reference/code_lists.csv``).

Courts neither license nor list; a fine of theirs (司法罚款, for obstructing proceedings) is rare, but comes with the
penalties.
"""

from __future__ import annotations

import numpy as np
import polars as pl

MARKET = "market_regulation"

PENALTY_FIELDS: dict[str, dict[str, int]] = {
    "FOOD": {MARKET: 92, "agriculture": 5, "health": 3},
    "DRUG": {MARKET: 60, "drug_administration": 36, "health": 4},
    "SPEC": {MARKET: 100},
    "PROD": {MARKET: 90, "customs": 6, "agriculture": 4},
    "ADV": {MARKET: 94, "culture": 4, "health": 2},
    "PRICE": {MARKET: 92, "development": 4, "commerce": 4},
    "REG": {MARKET: 94, "public_security": 4, "commerce": 2},
    "IP": {MARKET: 80, "intellectual_property": 12, "culture": 5, "customs": 3},
    "ENV": {"ecology": 85, "natural_resources": 15},
    "SAFE": {"emergency": 75, "housing": 15, "public_security": 10},
    "TAX": {"tax": 92, "customs": 8},
    "LAB": {"human_resources": 100},
    "TRAF": {"transport": 80, "public_security": 20},
    "OTH": {
        MARKET: 25,
        "housing": 15,
        "health": 12,
        "public_security": 9,
        "natural_resources": 8,
        "culture": 8,
        "agriculture": 7,
        "commerce": 6,
        "development": 6,
        "court": 4,
    },
}
"""Shares, in hundredths, of the departments that penalise in a field of supervision."""

LICENCE_ITEMS: dict[str, str] = {
    "DRUG": "drug_administration",
    "DEVICE": "drug_administration",
    "COSM": "drug_administration",
    "HAZ": "emergency",
    "TRAN": "transport",
    "PUBL": "health",
}
"""Department that grants a licence; market regulation grants the others, except item OTH."""

OTHER_LICENCES: dict[str, dict[str, int]] = {
    "A": {"agriculture": 85, "natural_resources": 15},
    "B": {"natural_resources": 80, "ecology": 20},
    "C": {"ecology": 70, MARKET: 20, "development": 10},
    "D": {"development": 60, "ecology": 40},
    "E": {"housing": 95, "natural_resources": 5},
    "F": {"commerce": 50, "customs": 25, "agriculture": 15, "culture": 10},
    "G": {"transport": 70, "customs": 30},
    "H": {"public_security": 70, "culture": 30},
    "K": {"housing": 100},
    "L": {"human_resources": 60, "commerce": 20, "public_security": 20},
    "M": {"intellectual_property": 30, "housing": 40, "ecology": 30},
    "Q": {"health": 100},
    "R": {"culture": 90, "public_security": 10},
}
"""Shares, in hundredths, of the departments that grant licences of item OTH, by section of industry."""

LIST_FIELDS: dict[str, str] = {
    "DRUG": "drug_administration",
    "TAX": "tax",
    "WAGE": "human_resources",
    "SAFE": "emergency",
}
"""Department that keeps a serious list; market regulation keeps the others."""


def draw(rng: np.random.Generator, kinds: pl.Series, shares: dict[str, dict[str, int]]) -> pl.Series:
    """A department for each record, by the shares of its kind; market regulation where a kind has none.

    Args:
        rng: a stream of its own, so that the records stay the same however the departments are shared out.
        kinds: kind of each record, a key of ``shares``.
        shares: kind -> department -> hundredths, which add up to 100 for each kind.
    """
    order = {kind: number for number, kind in enumerate(shares)}
    table = [department for kind in shares.values() for department, share in kind.items() for _ in range(share)]
    number = kinds.replace_strict(order, default=-1, return_dtype=pl.Int64).to_numpy()
    place = 100 * number + rng.integers(0, 100, len(kinds))
    return pl.Series([MARKET, *table], dtype=pl.String).gather(np.where(number < 0, 0, 1 + place))
