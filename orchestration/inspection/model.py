"""Shape of one version of the rules of draws: plans, items, ratios, skills, what spares and what counts as a visit.

Belongs here: the meaning and the type of every value. Does not belong here: files and lines (``load``), agreement
between values (``faults``).

A version is a folder ``<definition>/inspection/<version>/`` with the files named in ``load.FILES``. How often the law
asks for a visit is not repeated here: it stands in ``data/specialised`` and comes with the combined class.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, ConfigDict, Field, field_validator

from orchestration.catalogue.model import MONTH_PATTERN, Part

NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
ANY = "*"
"""Every plan, or every class, that has no row of its own."""
_INDICATOR = re.compile(r"^indicator:([A-Z][0-9]{6})>=(-?[0-9]+(?:\.[0-9]+)?)$")
_FIELD = re.compile(r"^field:([a-z][a-z_]*)$")
_SECTIONS = re.compile(r"^sections:([A-Z](?:;[A-Z])*)$")


def _or_none(value: object) -> object:
    return None if value == "" else value


MaybeDecimal = Annotated[Decimal | None, BeforeValidator(_or_none)]


@dataclass(frozen=True)
class Population:
    """Which enterprises a plan is about; exactly one of the attributes is set, or none for all enterprises.

    Attributes:
        field: members of a key field, by their combined class there.
        sections: sections of industry (GB/T 4754), by the general class.
        indicator, at_least: enterprises whose value of an indicator is at least so much, by the general class.
    """

    field: str | None = None
    sections: tuple[str, ...] = ()
    indicator: str | None = None
    at_least: Decimal | None = None

    @classmethod
    def parse(cls, text: str) -> Population:
        """Read ``all``, ``field:food``, ``sections:B;C`` or ``indicator:H030201>=1``.

        Raises:
            ValueError: none of these forms.
        """
        if text == "all":
            return cls()
        if found := _FIELD.match(text):
            return cls(field=found[1])
        if found := _SECTIONS.match(text):
            return cls(sections=tuple(found[1].split(";")))
        if found := _INDICATOR.match(text):
            return cls(indicator=found[1], at_least=Decimal(found[2]))
        raise ValueError(f"{text!r} is none of all, field:<name>, sections:B;C and indicator:<code>>=<number>")


class Kinds(Part):
    """Kinds of checks (code list ``check_kinds``), as draws see them.

    Attributes:
        lot: kind of a visit drawn by lot.
        statutory: kind of a visit that is due by date.
        unnamed: kind of a check that names none.
        spare: a visit of one of these kinds spares from the lot for ``months_between_lots``.
        satisfy: a visit of one of these kinds counts for the statutory frequency of the field whose item it checked.
    """

    lot: str
    statutory: str
    unnamed: str
    spare: tuple[str, ...] = Field(..., min_length=1)
    satisfy: tuple[str, ...] = Field(..., min_length=1)


class Skill(Part):
    """What an inspector can be skilled in."""

    skill: str = Field(..., pattern=NAME_PATTERN)
    zh: str = Field(..., min_length=1)
    en: str = Field(..., min_length=1)


class PolicyHeader(Part):
    """Content of ``policy.yml``.

    Attributes:
        months_between_lots: nobody is drawn by lot twice within so many months.
        least_ratio: least share a year of any class; never 0, or its find rate could not be estimated.
        least_inspectors: inspectors of a visit.
        put_off_at_most: how often a visit by lot without inspectors is put off before it is given up; one that is due
            by statute never is.
        results_within_months: how long a draw counts as a statutory visit without a result.
    """

    version: str = Field(..., pattern=NAME_PATTERN)
    title_zh: str = Field(..., min_length=1)
    title_en: str = Field(..., min_length=1)
    effective_from: str = Field(..., pattern=MONTH_PATTERN)
    effective_to: str | None = Field(None, pattern=MONTH_PATTERN)
    months_between_lots: int = Field(..., ge=1, le=60)
    least_ratio: Decimal = Field(..., gt=0, le=1)
    least_inspectors: int = Field(..., ge=2, le=6)
    put_off_at_most: int = Field(..., ge=0, le=12)
    kinds: Kinds
    results_within_months: int = Field(..., ge=0, le=24)
    skills: tuple[Skill, ...]


class Plan(Part):
    """One plan of inspections (抽查计划): a department, the enterprises it is about, whether the law sets a frequency.

    Attributes:
        population: see ``Population.parse``.
        statutory: visits are due by the statutory frequency of the field, besides those by lot.
        basis: where it comes from.
    """

    plan: str = Field(..., pattern=NAME_PATTERN)
    department: str = Field(..., min_length=1)
    population: str
    statutory: bool
    title_zh: str = Field(..., min_length=1)
    title_en: str = Field(..., min_length=1)
    basis: str = Field(..., min_length=1)

    @field_validator("population")
    @classmethod
    def _known_form(cls, value: str) -> str:
        Population.parse(value)
        return value

    @cached_property
    def about(self) -> Population:
        """The population, read."""
        return Population.parse(self.population)


class Item(Part):
    """One item of the item list (抽查事项清单).

    Attributes:
        item: its code in tables.
        plan: the plan that checks it.
        department: whose inspector checks it; the plan's.
        skill: what that inspector must be skilled in; None where any inspector of the department can.
        zh: as feed c07_spot_checks writes it.
    """

    item: str = Field(..., pattern=NAME_PATTERN)
    plan: str
    department: str
    skill: Annotated[str | None, BeforeValidator(_or_none)]
    zh: str = Field(..., min_length=1)
    en: str = Field(..., min_length=1)
    basis: str = Field(..., min_length=1)


class Ratio(Part):
    """Share of a plan's enterprises of a class drawn in a year; ``*`` stands for what has no row of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    plan: str
    class_name: str = Field(..., alias="class", pattern=r"^([A-Z]|\*)$")
    ratio_per_year: Decimal = Field(..., ge=0, le=1, decimal_places=6)
    source: Literal["documented", "inferred"]
    basis: str = Field(..., min_length=1)


class Alternative(Part):
    """Share that another authority published for a class. Nothing reads it: it is there to be compared with."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    scheme: str = Field(..., min_length=1)
    class_name: str = Field(..., alias="class", pattern=r"^[A-Z]$")
    least_ratio: Decimal = Field(..., ge=0, le=1)
    most_ratio: Decimal = Field(..., ge=0, le=1)
    most_visits_per_year: MaybeDecimal
    basis: str = Field(..., min_length=1)


class Policy(PolicyHeader):
    """One whole version; ``lines`` maps (file, key) -> line, so that a check can say where.

    Attributes:
        plans: in the order of ``plans.csv`` by name.
        digest: sha256 over the files of the version; a draw records it.
    """

    folder: Path
    plans: tuple[Plan, ...]
    items: tuple[Item, ...]
    ratios: tuple[Ratio, ...]
    alternatives: tuple[Alternative, ...]
    digest: str
    lines: dict[tuple[str, ...], int] = Field(default_factory=dict, repr=False)

    def plan(self, name: str) -> Plan:
        """The plan called ``name``."""
        return next(plan for plan in self.plans if plan.plan == name)

    def items_of(self, plan: str) -> list[Item]:
        """Items of a plan, by code."""
        return [item for item in self.items if item.plan == plan]

    def ratio_row(self, plan: str, class_name: str) -> Ratio | None:
        """The row that sets the ratio: of the plan and class, of the plan, of the class, in this order."""
        known = {(row.plan, row.class_name): row for row in self.ratios}
        for key in ((plan, class_name), (plan, ANY), (ANY, class_name)):
            if key in known:
                return known[key]
        return None

    def ratio(self, plan: str, class_name: str) -> Decimal:
        """Share of the plan's enterprises of a class drawn in a year; ``faults`` sees to it that there is one."""
        row = self.ratio_row(plan, class_name)
        if row is None:
            raise KeyError(f"{plan} has no ratio for class {class_name}")
        return row.ratio_per_year

    def at(self, file: str, *key: str) -> str:
        """``file:line`` of a part, for messages; the file alone where the part has no line."""
        line = self.lines.get((file, *key))
        return f"{self.folder / file}:{line}" if line else f"{self.folder / file}"
