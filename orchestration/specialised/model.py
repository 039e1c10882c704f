"""Shape of one version of the specialised classification: fields with mode and bounds, indicators, caps, lists, matrix.

Belongs here: the meaning and the type of every value. Does not belong here: files and lines (``load``), agreement
between values (``faults``).

A version is a folder ``<definition>/specialised/<version>/`` with the files named in ``load.FILES``.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, model_validator

from orchestration.catalogue.model import MONTH_PATTERN, RULE_PATTERN, Parameter, Part

CODE_PATTERN = r"^S[0-9]{2}(01|02|03)[0-9]{2}$"
PARTS = {"01": "static", "02": "dynamic", "03": "mark"}
"""Third and fourth digit of an indicator's code -> part; a mark gives no points and moves the class."""

Mode = Literal["indicator_fusion", "result_fusion", "result_overlay"]
"""How the specialised and the general result are joined: 指标融合, 结果融合, 结果叠加."""


class Bound(Part):
    """One class by score: ``from <= score < to``; the last class also takes ``to`` itself."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    name: str = Field(..., alias="class", pattern=r"^[A-Z]$")
    lower: Decimal = Field(..., alias="from")
    upper: Decimal = Field(..., alias="to")


class Tier(Part):
    """A way of supervision; the list of tiers begins with the lightest."""

    tier: str = Field(..., pattern=r"^[a-z][a-z_]*$")
    zh: str = Field(..., min_length=1)
    en: str = Field(..., min_length=1)


class Move(Part):
    """What moves a class: by steps (``by``, below 0 is safer), or to a class that is then the least (``to``).

    Attributes:
        code: name of the move in tables and reasons.
        indicator: whose value is looked at; an unknown value moves nothing.
        at_least: least value that moves; given with ``indicator``.
        general_class: the move holds at this general class in use; given instead of an indicator.
        by: steps, or None.
        to: class, or None; one of the two is given.
        applies_to: which class moves: the specialised, the combined, or both.
    """

    code: str = Field(..., pattern=RULE_PATTERN)
    indicator: str | None = Field(None, pattern=CODE_PATTERN)
    at_least: Decimal | None = None
    general_class: str | None = Field(None, pattern=r"^[A-Z]$")
    by: int | None = None
    to: str | None = None
    applies_to: Literal["specialised", "combined", "both"]
    zh: str = Field(..., min_length=1)
    en: str = Field(..., min_length=1)

    @model_validator(mode="after")
    def _one(self) -> Move:
        if (self.by is None) == (self.to is None) or self.by == 0:
            raise ValueError("give exactly one of by (steps, not 0) and to (a class)")
        if (self.indicator is None) == (self.general_class is None) or (self.indicator is None) != (
            self.at_least is None
        ):
            raise ValueError("give either indicator and at_least, or general_class")
        return self


class KeyField(Part):
    """One key field (重点领域).

    Attributes:
        field: its name in tables.
        code: ``S`` and two digits, with which the codes of its indicators begin.
        members_zh, members_en: who belongs to it; the rule is in the dbt model ``specialised_member``.
        member_months: for how long a lapsed entry in its register still makes a member.
        mode: how the specialised and the general result are joined.
        basis: where mode, bounds and moves come from.
        specialised_classes: bounds of the specialised score.
        combined_classes: bounds of the combined score; none where a matrix decides.
        tiers: class -> tier of supervision; where a matrix decides, only of the specialised class.
        moves: in the order in which they are applied.
    """

    field: str = Field(..., pattern=r"^[a-z][a-z_]*$")
    code: str = Field(..., pattern=r"^S(0[1-9]|[1-9][0-9])$")
    zh: str = Field(..., min_length=1)
    en: str = Field(..., min_length=1)
    members_zh: str = Field(..., min_length=1)
    members_en: str = Field(..., min_length=1)
    member_months: int = Field(..., ge=0, le=120)
    mode: Mode
    basis: str = Field(..., min_length=1)
    specialised_classes: tuple[Bound, ...] = Field(..., min_length=1)
    combined_classes: tuple[Bound, ...] = ()
    tiers: dict[str, str]
    moves: tuple[Move, ...] = ()


class Thin(Part):
    """Too little is known for the best class: the share of known indicators is below ``known_below``."""

    known_below: Decimal = Field(..., ge=0, le=1)
    at_best: str


class FieldHeader(Part):
    """Content of ``specialised.yml``."""

    version: str = Field(..., pattern=r"^[a-z][a-z0-9_]*$")
    title_zh: str
    title_en: str
    effective_from: str = Field(..., pattern=MONTH_PATTERN)
    effective_to: str | None = Field(None, pattern=MONTH_PATTERN)
    tiers: tuple[Tier, ...] = Field(..., min_length=1)
    sampling_per_year: dict[str, Decimal]
    thin: Thin
    fields: tuple[KeyField, ...] = Field(..., min_length=1)


class FieldIndicator(Part):
    """One specialised indicator.

    Attributes:
        code: code of the field, part (01 static, 02 dynamic, 03 mark) and number.
        feeds: feeds it is computed from; the value is unknown while one of them is not fresh.
        window_months: influence period in months; 0 is the state at month end.
        measure: how records make the value: their sum, greatest or mean.
        no_record: what the value is without any record.
        weight: points at risk 100; 0 for a mark.
        basis: where it comes from, and what was decided where the source was silent.
    """

    code: str = Field(..., pattern=CODE_PATTERN)
    field: str
    part: Literal["static", "dynamic", "mark"]
    name_zh: str = Field(..., min_length=1)
    name_en: str = Field(..., min_length=1)
    feeds: tuple[str, ...] = Field(..., min_length=1)
    window_months: int = Field(..., ge=0, le=120)
    unit: Literal["count", "grade", "index", "months", "share", "wan_yuan", "weighted_count", "years"]
    measure: Literal["sum", "max", "mean"]
    no_record: Literal["zero", "unknown"]
    weight: Decimal = Field(..., ge=0)
    basis: str = Field(..., min_length=1)


class FieldBand(Part):
    """One step of an indicator: values in ``lower <= value < upper`` carry ``risk``; points are weight x risk / 100."""

    code: str
    band: int = Field(..., ge=1)
    lower: Decimal | None
    upper: Decimal | None
    risk: Decimal = Field(..., ge=0, le=100)
    label_en: str = Field(..., min_length=1)
    label_zh: str = Field(..., min_length=1)


class FieldPart(Part):
    """Most points of a part of a field: static, dynamic, or general, which is what the general score is scaled to."""

    field: str
    part: Literal["static", "dynamic", "general"]
    cap: Decimal = Field(..., ge=0, le=100)


class Entry(Part):
    """One governed entry of an indicator: a code of a register or words to be found in a text, and a number for it."""

    code: str = Field(..., pattern=CODE_PATTERN)
    entry: str = Field(..., min_length=1)
    value: Decimal = Field(..., ge=0)
    name_zh: str = Field(..., min_length=1)
    name_en: str = Field(..., min_length=1)


class FieldParameter(Parameter):
    """A number inside the rule of an indicator; ``S00`` holds those that several indicators share."""

    code: str = Field(..., pattern=r"^S(00|[0-9]{6})$")


class Visits(Part):
    """Statutory visits per year of a class: a floor that no other rule lowers."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    field: str
    class_name: str = Field(..., alias="class", pattern=r"^[A-Z]$")
    visits_per_year: Decimal = Field(..., gt=0)
    source: Literal["documented", "inferred"]
    basis: str = Field(..., min_length=1)


class Cell(Part):
    """One cell of the matrix: specialised class x general class -> combined class and tier of supervision."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    field: str
    specialised_class: str = Field(..., pattern=r"^[A-Z]$")
    general_class: str = Field(..., pattern=r"^[A-Z]$")
    class_name: str = Field(..., alias="class", pattern=r"^[A-Z]$")
    tier: str


class Specialised(FieldHeader):
    """One whole version; ``lines`` maps (file, key) -> line, so that a check can say where."""

    folder: Path
    indicators: tuple[FieldIndicator, ...]
    bands: tuple[FieldBand, ...]
    parts: tuple[FieldPart, ...]
    lists: tuple[Entry, ...]
    parameters: tuple[FieldParameter, ...]
    visits: tuple[Visits, ...]
    matrix: tuple[Cell, ...]
    lines: dict[tuple[str, ...], int] = Field(default_factory=dict, repr=False)

    def cap(self, field: str, part: str) -> Decimal:
        """Most points of a part of a field; 0 where it has none."""
        return next((row.cap for row in self.parts if (row.field, row.part) == (field, part)), Decimal(0))

    def bands_of(self, code: str) -> list[FieldBand]:
        """Bands of one indicator, by number."""
        return [band for band in self.bands if band.code == code]

    def visits_of(self, field: str) -> dict[str, Decimal]:
        """Class -> statutory visits per year."""
        return {row.class_name: row.visits_per_year for row in self.visits if row.field == field}

    def matrix_of(self, field: str) -> dict[tuple[str, str], Cell]:
        """(specialised class, general class) -> cell."""
        return {(row.specialised_class, row.general_class): row for row in self.matrix if row.field == field}

    def at(self, file: str, *key: str) -> str:
        """``file:line`` of a part, for messages; the file alone where the part has no line."""
        line = self.lines.get((file, *key))
        return f"{self.folder / file}:{line}" if line else f"{self.folder / file}"
