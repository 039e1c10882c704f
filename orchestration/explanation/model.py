"""What an explanation holds, for machines and for the page.

Belongs here: the shape, and its JSON. Does not belong here: how the parts come to be, or how they read.

Everything a person reads stands in both languages (``Text``). Points are decimals that add up to the score to the cent.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Text:
    """The same in Chinese and English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The text in ``zh`` or ``en``."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True)
class Content:
    """One column of a delivered record: its name in the contract, what it is called, and its value in words."""

    column: str
    label: Text
    value: Text


@dataclass(frozen=True)
class Record:
    """A record behind an indicator, or a record that is missing.

    Attributes:
        feed: feed of the record; ``title`` names it.
        record_id: delivered row as ``delivery_id:row_no``; None for an absence.
        record_key: name of the record within the enterprise, which an objection cites; None where a person is in it.
        event_on: day of the event; for an absence the day on which it was due.
        received_month: month in which it was received.
        stops_in: first month in which it counts no more; None for a state that lasts until somebody ends it.
        about_id: enterprise the record is about, where it is an affiliate.
        counts_for: what it adds to the value, where the value is a sum over records.
        repaired_on: day of the decision on credit repair.
        review_since: day of an objection under review.
        repairable: whether credit repair of such a record exists.
        objectionable: whether an objection to such a record can be filed.
        content: the record as delivered, without columns about persons; empty where the row is not there any more.
    """

    feed: str
    title: Text
    record_id: str | None
    record_key: str | None
    event_on: date | None
    received_month: str | None
    stops_in: str | None
    about_id: str | None
    counts_for: float | None
    repaired_on: date | None
    review_since: date | None
    repairable: bool
    objectionable: bool
    content: tuple[Content, ...] = ()

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same record in another month, however often it was sent."""
        return (self.feed, self.record_key or self.record_id, self.event_on, self.about_id)


@dataclass(frozen=True)
class Factor:
    """One indicator in force.

    Attributes:
        code: the indicator, with its name and unit; ``level1`` and ``level2`` are the codes above it.
        value: the value; None is unknown, and then ``unknown`` says why.
        band: number of the band, with its label.
        points: points that count; ``cap_taken`` is what caps took of its points.
        records: what the value rests on; only for indicators that give or take points.
    """

    code: str
    name: Text
    level1: str
    level2: str
    unit: str
    value: float | str | None
    band: int | None
    label: Text | None
    points: Decimal
    cap_taken: Decimal
    known: bool
    unknown: Text | None = None
    records: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Level:
    """Subtotal of a level 1 or level 2: points that reach it, its cap, what the cap took, what counts in the score."""

    code: str
    name: Text
    gathered: Decimal
    cap: Decimal
    taken: Decimal
    counted: Decimal


@dataclass(frozen=True)
class Override:
    """A decision by a person that stands beside the computed class; what ``risk_class`` says of it, by column."""

    details: dict[str, Any]


@dataclass(frozen=True)
class FactorChange:
    """What is different in one indicator from the month before; None where it was, or is, not in force or unknown."""

    code: str
    name: Text
    value_before: float | str | None
    value: float | str | None
    label_before: Text | None
    label: Text | None
    points_before: Decimal | None
    points: Decimal | None
    came: tuple[Record, ...] = ()
    left: tuple[Record, ...] = ()


@dataclass(frozen=True)
class Changes:
    """What is different from the month before; ``month`` is that month."""

    month: str
    class_before: str
    score_before: Decimal
    version_before: str
    factors: tuple[FactorChange, ...]


@dataclass(frozen=True)
class Step:
    """The score and class that would follow, other things equal.

    Attributes:
        month: when, for a step that time brings; None for an act.
        act: what is to be done, for an act.
        codes: indicators whose points end or lessen.
        score: score afterwards; ``class_name`` its class by all rules.
    """

    score: Decimal
    class_name: str
    codes: tuple[str, ...]
    month: str | None = None
    act: Text | None = None


@dataclass(frozen=True)
class Wait:
    """Factors that no act of the enterprise ends: why, and the month from which none of their records counts, if known.

    ``way`` is that of the remedy: none, grows, time or decision.
    """

    codes: tuple[str, ...]
    way: str
    act: Text
    until: str | None


@dataclass(frozen=True)
class Outlook:
    """What would lower the class.

    Attributes:
        rules: what a rule holds fast, said plainly.
        after_rule: score and class once the listing that sets the class has ended; None without a direct rule.
        by_time: months ahead in which the score changes because records stop to count.
        alone: acts each of which is enough to lower the class.
        together: where none is, the smallest set found that is, in order; ``together_step`` is what all of it brings.
        other: further acts that lower the score, though not the class.
        waiting: factors that no act of the enterprise ends.
    """

    rules: tuple[Text, ...]
    after_rule: Step | None
    by_time: tuple[Step, ...]
    alone: tuple[Step, ...]
    together: tuple[Step, ...]
    together_step: Step | None
    other: tuple[Step, ...]
    waiting: tuple[Wait, ...]


@dataclass(frozen=True)
class FieldClass:
    """The specialised class of one field (food, special equipment, ...) and its combination, as the tables have it.

    Attributes:
        field: name of the field in the tables, ``title`` for people; ``mode`` and ``tier`` in words where known.
        specialised, combined: rows of the tables of classes.
        before: class and score of the combined row of the month before, if there is one.
        factors: rows of ``specialised_factor``, each with ``name``, ``label`` and its ``records``.
    """

    field: str
    title: Text
    mode: Text | None
    tier: Text | None
    specialised: dict[str, Any] | None
    combined: dict[str, Any] | None
    before: dict[str, Any] | None
    factors: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Explanation:
    """Everything about the class of one enterprise in one month.

    Attributes:
        enterprise_id: unified social credit code; ``name`` where a record behind the class states it.
        class_name: class in use, ``computed_class`` what the rules say; ``class_text`` in words.
        safest_class: the class of least risk, below which there is none.
        score: 0 to 1000; the points of ``factors`` add up to it.
        bounds: from and below which score the class by score reaches.
        reason: the rule, in words; ``reason_line`` is the line the decision wrote.
        override: decision by a person, if one is in force; ``override_refused`` says why one is not applied.
        version: catalogue version, with its title.
        levels: subtotals, level 1 each before its levels 2; ``total`` what the cap of the total did.
        factors: every indicator in force, in order of code.
        changes: against the month before; None if the enterprise had no class then.
        outlook: what would lower the class.
        fields: specialised classes, where there are any.
    """

    enterprise_id: str
    name: str | None
    month: str
    region_code: str
    class_name: str
    class_text: Text
    computed_class: str
    safest_class: str
    score: Decimal
    bounds: tuple[Decimal, Decimal]
    reason: Text
    reason_line: str
    thin_file: bool
    direct_rule: str | None
    floor_rule: str | None
    override: Override | None
    override_refused: str | None
    version: str
    version_title: Text
    total: Level
    levels: tuple[Level, ...]
    factors: tuple[Factor, ...]
    changes: Changes | None
    outlook: Outlook
    fields: tuple[FieldClass, ...] = ()

    def factor(self, code: str) -> Factor:
        """The factor of an indicator in force."""
        return next(factor for factor in self.factors if factor.code == code)

    @property
    def heaviest(self) -> tuple[Factor, ...]:
        """Factors that add points, the most first."""
        adding = [factor for factor in self.factors if factor.points > 0]
        return tuple(sorted(adding, key=lambda factor: (-factor.points, factor.code)))


def to_json(explanation: Explanation) -> str:
    """The explanation as JSON, keys as in the classes above, texts as ``{"zh": ..., "en": ...}``."""
    return json.dumps(asdict(explanation), ensure_ascii=False, indent=2, default=_plain)


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)
