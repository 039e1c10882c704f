"""Faults that every kind of version can have: months that do not fit, bands and classes that gap, overlap or end early.

Belongs here: what the indicator catalogue and the rules of key fields check alike, in one wording.
Does not belong here: what only one of them knows (``faults`` of each).
"""

from __future__ import annotations

# ruff: noqa: D102  (the properties of a protocol are what its docstring names)
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Protocol

from orchestration import policy


class Version(policy.Version, Protocol):
    """What a version has of its own beside name and months: a folder, and the place of each part."""

    @property
    def folder(self) -> Path: ...
    def at(self, file: str, *key: str) -> str:
        """``file:line`` of a part."""
        ...


class Range(Protocol):
    """One band of an indicator: ``lower <= value < upper``, None unbounded."""

    @property
    def code(self) -> str: ...
    @property
    def band(self) -> int: ...
    @property
    def lower(self) -> Decimal | None: ...
    @property
    def upper(self) -> Decimal | None: ...


class ScoreRange(Protocol):
    """One class by score."""

    @property
    def name(self) -> str: ...
    @property
    def lower(self) -> Decimal: ...
    @property
    def upper(self) -> Decimal: ...


def span_faults(version: Version, header: str) -> Iterator[str]:
    """Months in the wrong order, and a folder of another name than the version; ``header`` is its YAML file."""
    if version.effective_from and version.effective_to and version.effective_to < version.effective_from:
        yield (
            f"{version.at(header, 'effective_to')}: {version.version} ends in {version.effective_to}, before it begins "
            f"in {version.effective_from}; correct one of the months."
        )
    if version.folder.name != version.version:
        yield (
            f"{version.at(header, 'version')}: says {version.version!r}, but the folder is called "
            f"{version.folder.name!r}; make them agree."
        )


def overlap_faults(versions: Iterable[Version], header: str) -> Iterator[str]:
    """Versions in force in the same month; ``versions`` have a first month each and stand oldest first."""
    for earlier, later in pairwise(versions):
        if earlier.effective_to is None or str(later.effective_from) <= earlier.effective_to:
            yield (
                f"{later.at(header, 'effective_from')}: {later.version} begins in {later.effective_from}, while "
                f"{earlier.version} is in force to {earlier.effective_to or 'an open end'} "
                f"({earlier.at(header, 'effective_to')}); end the earlier version the month before."
            )


def numbering_faults(version: Version, code: str, bands: Sequence[Range]) -> Iterator[str]:
    """No band at all, or bands that are not numbered from 1."""
    if not bands:
        yield f"{version.at('indicators.csv', code)}: {code} has no band; add its bands."
    elif [band.band for band in bands] != list(range(1, len(bands) + 1)):
        yield (
            f"{version.at('bands.csv', code, str(bands[0].band))}: the bands of {code} are "
            f"numbered {', '.join(str(band.band) for band in bands)}; number them 1 to {len(bands)}."
        )


def bound_faults(version: Version, code: str, bands: Sequence[Range]) -> Iterator[str]:
    """Numeric bands, numbered well, that leave values out or hold them twice."""
    for end, bound, side in ((bands[0], bands[0].lower, "lower"), (bands[-1], bands[-1].upper, "upper")):
        if bound is not None:
            yield (
                f"{version.at('bands.csv', code, str(end.band))}: values of {code} beyond {bound} have "
                f"no band; leave {side} of band {end.band} empty."
            )
    for left, right in pairwise(bands):
        here = version.at("bands.csv", code, str(right.band))
        if left.upper is None or right.lower is None:
            yield f"{here}: between bands {left.band} and {right.band} of {code} a bound is empty; fill it."
        elif left.upper < right.lower:
            yield f"{here}: a gap in {code} from {left.upper} to {right.lower}; make the bounds meet."
        elif left.upper > right.lower:
            yield f"{here}: an overlap in {code} from {right.lower} to {left.upper}; make the bounds meet."
        if right.lower is not None and right.upper is not None and right.upper <= right.lower:
            yield f"{here}: band {right.band} of {code} is empty ({right.lower} to {right.upper}); widen it."


def score_faults(
    version: Version, place: tuple[str, ...], classes: Sequence[ScoreRange], *, most: Decimal, source: str
) -> Iterator[str]:
    """Classes that leave scores from 0 to ``most`` out or hold them twice.

    Args:
        version: whose classes.
        place: file and key under which they stand.
        classes: in their order.
        most: highest score.
        source: what says how far scores reach.
    """
    reached = Decimal(0)
    for number, one in enumerate(classes):
        here = version.at(*place, str(number))
        if one.lower != reached:
            word = "no class" if one.lower > reached else "two classes"
            yield (
                f"{here}: class {one.name} begins at {one.lower} instead of {reached}, so scores between have "
                f"{word}; make the bounds meet."
            )
        if one.upper <= one.lower:
            yield f"{here}: class {one.name} from {one.lower} to {one.upper} is empty; widen it."
        reached = one.upper
    if reached != most:
        here = version.at(*place, str(len(classes) - 1))
        yield f"{here}: the classes end at {reached}, but scores reach {most} ({source}); make them agree."
