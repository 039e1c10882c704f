"""How a record behind an indicator reads in one line.

Belongs here: what it is, its key and number, for how long it counts.
Does not belong here: what its row says (``page``), web signals (``webpage``).
"""

from __future__ import annotations

from orchestration.explanation.model import Record
from orchestration.explanation.words import say

SEMICOLON = {"zh": "；", "en": "; "}


def record_line(record: Record, language: str) -> str:
    """What the record is, its key and number, and for how long it counts; of an absence, what was due when."""
    title = record.title.of(language)
    if record.record_id is None:
        return say("absent", language, title=title, day=record.event_on)
    parts = [say("record", language, title=title, feed=record.feed)]
    if record.event_on:
        parts.append(say("day", language, day=record.event_on))
    if record.record_key:
        parts.append(say("key", language, key=f"`{record.record_key}`"))
    parts.append(say("id", language, id=record.record_id))
    return SEMICOLON[language].join([*parts, *counting(record, language)])


def seen_line(record: Record, place: int, language: str) -> str:
    """A record that stands further up as number ``place``: where, and what is different under this indicator."""
    title = say("record", language, title=record.title.of(language), feed=record.feed)
    return SEMICOLON[language].join([title, say("seen", language, number=place), *counting(record, language)])


def counting(record: Record, language: str) -> list[str]:
    """Since when and for how long a record counts, for how much, and what was decided on it."""
    parts = [say("received", language, month=record.received_month)]
    parts.append(say("stops", language, month=record.stops_in) if record.stops_in else say("stays", language))
    if record.counts_for is not None:
        parts.append(say("counts_for", language, weight=number(record.counts_for)))
    if record.about_id:
        parts.append(say("about", language, id=record.about_id))
    if record.repaired_on:
        parts.append(say("repaired", language, day=record.repaired_on))
    if record.review_since:
        parts.append(say("review", language, day=record.review_since))
    return parts


def number(value: float) -> str:
    """A number as people write it: 4 decimals at most, of a tiny one 4 digits, none where it is whole."""
    if 0 < abs(value) < 0.001:
        return f"{value:.4g}"
    return f"{value:.4f}".rstrip("0").rstrip(".")
