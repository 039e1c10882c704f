"""Shape of one catalogue version: indicators with bands and parameters, caps by level, classes, rules.

Belongs here: the meaning and the type of every field. Does not belong here: files and lines (``load``), agreement
between fields (``faults``).

A version is a folder ``<definition>/catalogue/<version>/`` with ``catalogue.yml``, ``indicators.csv``, ``bands.csv``,
``levels.csv`` and, where it sets numbers of its own inside the rules, ``parameters.csv``.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MONTH_PATTERN = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
RULE_PATTERN = r"^[A-Z][A-Z0-9_]*$"


class CatalogueError(ValueError):
    """A catalogue cannot be used; each line of the message is a sentence with file, line and cure."""


class Part(BaseModel):
    """Base of every part: frozen, and an unknown field is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Band(Part):
    """One step of an indicator: values in ``lower <= value < upper``, or equal to ``category``, carry ``risk``.

    Attributes:
        code: the indicator.
        band: number of the band within its indicator, from 1.
        lower: least value of a numeric band; None is unbounded.
        upper: first value beyond a numeric band; None is unbounded.
        category: value of a categorical band; None in a numeric one.
        risk: -100 to 100; points are weight x risk / 100. Negative only where the indicator is protective.
        label_en: what a person reads.
        label_zh: the same in Chinese.
    """

    code: str
    band: int = Field(..., ge=1)
    lower: Decimal | None
    upper: Decimal | None
    category: str | None
    risk: Decimal = Field(..., ge=-100, le=100)
    label_en: str = Field(..., min_length=1)
    label_zh: str = Field(..., min_length=1)


class Indicator(Part):
    """One level-3 indicator.

    Attributes:
        code: ``H`` and six digits; the first two are level 1, the first four level 2.
        l1_code: code of its level 1, likewise ``l2_code``; names in both languages beside them.
        feeds: feeds it is computed from; not one fresh feed among them may be missed for a known value.
        window_months: influence period in months: an event counts while younger; 0 is the state at month end.
        direction: which way the value points; ``protective`` takes points away within its level 1.
        unit: unit of the value and so of the bands.
        weight: points at risk 100.
        kind: whether the value is a number or a category.
        basis: where the bands come from, and what was decided where the source was silent.
    """

    code: str = Field(..., pattern=r"^H[0-9]{6}$")
    l1_code: str
    l1_name_zh: str = Field(..., min_length=1)
    l1_name_en: str = Field(..., min_length=1)
    l2_code: str
    l2_name_zh: str = Field(..., min_length=1)
    l2_name_en: str = Field(..., min_length=1)
    name_zh: str = Field(..., min_length=1)
    name_en: str = Field(..., min_length=1)
    feeds: tuple[str, ...] = Field(..., min_length=1)
    window_months: int = Field(..., ge=0, le=120)
    direction: Literal["higher_riskier", "lower_riskier", "categorical", "protective"]
    unit: str = Field(..., min_length=1)
    weight: Decimal = Field(..., gt=0)
    kind: Literal["numeric", "categorical"]
    basis: str = Field(..., min_length=1)

    @property
    def column(self) -> str:
        """Column of the value in its dbt model, and stem of the columns of ``enterprise_score``."""
        return self.code.lower()


class Parameter(Part):
    """A number inside the rule of an indicator, other than its window and its bands.

    Attributes:
        code: the indicator.
        name: what the dbt model calls it, in ``parameter('H030202', 'capital_at_least')``.
        value: the number, 0 or more.
        unit: unit of the number; months are whole.
        meaning_en: what it does, for a person.
        meaning_zh: the same in Chinese.
    """

    code: str = Field(..., pattern=r"^H[0-9]{6}$")
    name: str = Field(..., pattern=r"^[a-z][a-z0-9_]*$")
    value: Decimal = Field(..., ge=0)
    unit: Literal["count", "months", "share", "times", "wan_yuan", "weight"]
    meaning_en: str = Field(..., min_length=1)
    meaning_zh: str = Field(..., min_length=1)

    @model_validator(mode="after")
    def _whole_months(self) -> Parameter:
        if self.unit == "months" and self.value != self.value.to_integral_value():
            raise ValueError(f"{self.value} months is not a whole number")
        return self

    @property
    def text(self) -> str:
        """The number as SQL reads it: 0.5, 1000; never with an exponent."""
        return format(self.value, "f")


class Level(Part):
    """Most and fewest points of the total (``TOTAL``), a level 1 or a level 2; a ``floor`` below 0 is for offsets."""

    code: str = Field(..., pattern=r"^(TOTAL|H[0-9]{2}([0-9]{2})?)$")
    level: Literal[0, 1, 2]
    cap: Decimal = Field(..., ge=0)
    floor: Decimal = Field(..., le=0)


class RiskClass(Part):
    """One class: scores ``from <= score < to``; the last class also takes ``to`` itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    name: str = Field(..., alias="class", pattern=r"^[A-Z]$")
    lower: Decimal = Field(..., alias="from")
    upper: Decimal = Field(..., alias="to")
    zh: str
    en: str


class Condition(Part):
    """A test on the value of one indicator; one of the four is given. An unknown value meets only ``unknown``."""

    indicator: str
    equals: str | None = None
    at_least: Decimal | None = None
    below: Decimal | None = None
    unknown: Literal[True] | None = None

    @model_validator(mode="after")
    def _one(self) -> Condition:
        given = [name for name in ("equals", "at_least", "below", "unknown") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError("give exactly one of equals, at_least, below, unknown")
        return self


class Rule(Condition):
    """A condition that sets a class (direct rule) or the best class possible (floor)."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    code: str = Field(..., pattern=RULE_PATTERN)
    class_name: str = Field(..., alias="class")
    zh: str
    en: str


class ThinReason(Part):
    """Too little is known when all of its conditions hold."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    code: str = Field(..., pattern=RULE_PATTERN)
    zh: str
    en: str
    conditions: tuple[Condition, ...] = Field(..., alias="all", min_length=1)


class ThinFile(Part):
    """Best class of an enterprise about which too little is known, and when that is so."""

    at_best: str
    when: tuple[ThinReason, ...] = Field(..., min_length=1)


class OverridePolicy(Part):
    """Who may override a class, and for how long; a decision that goes beyond is shown and not applied.

    Attributes:
        longest_months: an override ends at most so many months after the day of its decision.
        least_rank: rank (code of the list ``decider_ranks``) from which a person may override.
        least_rank_rule: rank from which a person may set a better class than a direct rule or a floor gives.
    """

    longest_months: int = Field(..., ge=1, le=36)
    least_rank: int = Field(..., ge=1)
    least_rank_rule: int = Field(..., ge=1)


class Header(Part):
    """Content of ``catalogue.yml``.

    Without ``effective_from`` the version is a candidate: in force in no month. Without ``overrides`` no class is
    overridden while the version is in force. ``learned_from`` names the model whose points these are; then an effective
    month needs the record of a shadow run and ``approved_by``, who decided (``record``).
    """

    version: str = Field(..., pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    title_en: str
    effective_from: str | None = Field(..., pattern=MONTH_PATTERN)
    effective_to: str | None = Field(None, pattern=MONTH_PATTERN)
    classes: tuple[RiskClass, ...] = Field(..., min_length=1)
    direct_rules: tuple[Rule, ...] = ()
    floors: tuple[Rule, ...] = ()
    thin_file: ThinFile | None = None
    overrides: OverridePolicy | None = None
    learned_from: str | None = Field(None, min_length=1)
    approved_by: str | None = Field(None, min_length=1)


class Catalogue(Header):
    """One whole version.

    Attributes:
        folder: where its files are.
        indicators: in order of code.
        bands: in order of code and band.
        levels: caps of the total, level 1 and level 2.
        parameters: in order of code and name; empty where the version has no ``parameters.csv``.
        lines: (file, key) -> line, so that a check can say where; not part of the meaning.
    """

    folder: Path
    indicators: tuple[Indicator, ...]
    bands: tuple[Band, ...]
    levels: tuple[Level, ...]
    parameters: tuple[Parameter, ...] = ()
    lines: dict[tuple[str, ...], int] = Field(default_factory=dict, repr=False)

    @property
    def by_code(self) -> dict[str, Indicator]:
        """Indicators by code."""
        return {indicator.code: indicator for indicator in self.indicators}

    @property
    def max_score(self) -> Decimal:
        """Highest score possible: the cap of the total."""
        return next((level.cap for level in self.levels if level.level == 0), Decimal(0))

    @property
    def codes(self) -> list[str]:
        """Codes of the indicators in force, sorted."""
        return [indicator.code for indicator in self.indicators]

    def bands_of(self, code: str) -> list[Band]:
        """Bands of one indicator, by number."""
        return [band for band in self.bands if band.code == code]

    def at(self, file: str, *key: str) -> str:
        """``file:line`` of a part, for messages; the file alone where the part has no line."""
        line = self.lines.get((file, *key))
        return f"{self.folder / file}:{line}" if line else f"{self.folder / file}"
