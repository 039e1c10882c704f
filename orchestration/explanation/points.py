"""From the value of each indicator to points that count, for one enterprise.

Belongs here: bands, caps, offsets and rounding, as the macros ``scoring*.sql`` write them for everybody.
Does not belong here: which class a score gives (``ruling``), reading anything.

The sums are made in double precision and in the order of the SQL, so that not even half a cent is rounded differently:
what is computed here for "what if" is what the platform would compute. A test compares both for every enterprise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from orchestration.catalogue.model import Band, Catalogue, Indicator

CENT = Decimal("0.01")
Value = float | str | None
"""Value of an indicator: a number, a category, or unknown."""


@dataclass(frozen=True)
class Subtotal:
    """What one level (``TOTAL``, a level 1 or a level 2) gathers and lets through.

    Attributes:
        code: the level.
        gathered: points that reach the level, after the caps of the levels below it.
        cap: the most it lets through.
        taken: what its own cap (or floor, then below 0) takes of the gathered points.
        counted: points of the level that are in the score, after the caps above it too.
    """

    code: str
    gathered: Decimal
    cap: Decimal
    taken: Decimal
    counted: Decimal


@dataclass(frozen=True)
class Counted:
    """A score and its parts: ``points`` by indicator add up to ``score`` to the cent; ``levels`` by code."""

    score: Decimal
    points: dict[str, Decimal]
    levels: dict[str, Subtotal]


@dataclass(frozen=True)
class _Sums:
    """Points of a level that add and that take away, and what either is multiplied by to stay within its bounds."""

    adding: float
    taking: float
    up: float
    down: float

    @classmethod
    def within(cls, adding: float, taking: float, cap: Decimal, floor: Decimal) -> _Sums:
        most, least = float(cap), float(floor)
        up = (most - taking) / adding if adding + taking > most else 1.0
        down = (least - adding) / taking if adding + taking < least else 1.0
        return cls(adding, taking, up, down)


def band_of(catalogue: Catalogue, indicator: Indicator, value: Value) -> Band | None:
    """The band a value lies in: ``lower <= value < upper`` or the category; None where the value is unknown."""
    bands = catalogue.bands_of(indicator.code)
    if value is None:
        return None
    if indicator.kind == "categorical":
        return next((band for band in bands if band.category == value), None)
    return next((band for band in bands if band.upper is None or float(value) < float(band.upper)), None)


def raw_points(catalogue: Catalogue, values: Mapping[str, Value]) -> dict[str, Decimal | None]:
    """Points before caps of every indicator in force; None where the value is unknown."""
    found: dict[str, Decimal | None] = {}
    for indicator in catalogue.indicators:
        band = band_of(catalogue, indicator, values.get(indicator.code))
        found[indicator.code] = None if band is None else (indicator.weight * band.risk / 100).quantize(CENT)
    return found


def score(catalogue: Catalogue, raw: Mapping[str, Decimal | None]) -> Counted:
    """The score of one enterprise and what each indicator counts for.

    Args:
        catalogue: version whose caps and floors hold.
        raw: points before caps by indicator; None or nothing is unknown and counts 0.

    Returns:
        Score, counted points and subtotals, equal to the columns score, p_, l1_ and l2_ of ``enterprise_score``.
    """
    bounds = {level.code: (level.cap, level.floor) for level in catalogue.levels}
    offsets = {band.code for band in catalogue.bands if band.risk < 0}
    codes = catalogue.codes
    points = {code: raw.get(code) or Decimal(0) for code in codes}
    zero = Decimal(0)
    level2 = {}
    for level in _levels(codes, 5):
        own = [code for code in codes if code.startswith(level)]
        adding = sum((max(points[code], zero) if code in offsets else points[code] for code in own), zero)
        taking = sum((min(points[code], zero) for code in own if code in offsets), zero)
        level2[level] = _Sums.within(float(adding), float(taking), *bounds[level])
    level1 = {}
    for level in _levels(codes, 3):
        parts = [sums for code, sums in level2.items() if code.startswith(level)]
        gains = _add(*(part.adding * part.up for part in parts))
        losses = _add(*(part.taking * part.down for part in parts))
        level1[level] = _Sums.within(gains, losses, *bounds[level])
    total = _add(*(part for sums in level1.values() for part in (sums.adding * sums.up, sums.taking * sums.down)))
    most = float(bounds["TOTAL"][0])
    up_total = most / total if total > most else 1.0

    running, before, counted = 0.0, zero, {}
    for code in codes:
        l1, l2 = level1[code[:3]], level2[code[:5]]
        value = float(points[code])
        if code in offsets:
            value = value * (l2.down * l1.down if value < 0 else l2.up * l1.up) * up_total
        else:
            value = value * l2.up * l1.up * up_total
        running += value
        now = _cents(running)
        counted[code], before = now - before, now
    levels = {"TOTAL": _subtotal("TOTAL", _Sums(total, 0.0, up_total, 1.0), bounds["TOTAL"][0], counted)}
    for code, sums in sorted({**level1, **level2}.items()):
        levels[code] = _subtotal(code, sums, bounds[code][0], counted)
    return Counted(before, counted, levels)


def _levels(codes: list[str], size: int) -> list[str]:
    return list(dict.fromkeys(code[:size] for code in codes))


def _add(*parts: float) -> float:
    """From left to right like SQL; ``sum`` of floats may add more exactly than that."""
    total = parts[0] if parts else 0.0
    for part in parts[1:]:
        total += part
    return total


def _cents(value: float) -> Decimal:
    """Rounded as the engine rounds a double that becomes a decimal: the double times 100, half away from zero."""
    return Decimal(value * 100.0).quantize(Decimal(1), ROUND_HALF_UP).scaleb(-2).quantize(CENT)


def _subtotal(code: str, sums: _Sums, cap: Decimal, counted: Mapping[str, Decimal]) -> Subtotal:
    gathered = _cents(sums.adding + sums.taking)
    through = _cents(sums.adding * sums.up + sums.taking * sums.down)
    own = sum((points for name, points in counted.items() if code == "TOTAL" or name.startswith(code)), Decimal(0))
    return Subtotal(code, gathered, cap, gathered - through, own)
