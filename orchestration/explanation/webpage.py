"""How a web signal reads: three short lines, and the command that shows its page.

Belongs here: what of its row a person needs at once; the JSON of an explanation and ``make page`` have the rest.
Does not belong here: the archive (``orchestration.web``).
"""

from __future__ import annotations

from orchestration.explanation.model import Record
from orchestration.explanation.record import SEMICOLON, counting
from orchestration.explanation.words import say

ITEM = "page"
"""Column of a record that holds the number of its page in the archive."""
WHERE_SAID = ("confirmed", "resolved_on", "withdrawn_on")
"""Columns that most signals leave empty."""


def is_archived(record: Record) -> bool:
    """Whether the record was read from a page of the archive."""
    return any(one.column == ITEM for one in record.content)


def signal_lines(record: Record, language: str) -> list[str]:
    """What was said, where and when; by what the enterprise was found and how long it counts; key, number and page."""
    said = {one.column: one.value.of(language) for one in record.content}
    first = [
        say(
            "signal",
            language,
            title=said.get("title", "—"),
            source=said.get("source", "—"),
            day=said.get("published_on", "—"),
            topic=_word(said.get("topic")),
            polarity=_word(said.get("polarity")),
        )
    ]
    first += [say(f"signal_{name}", language, value=said[name]) for name in WHERE_SAID if name in said]
    found = say(
        "signal_match",
        language,
        kind=_word(said.get("match_kind")),
        confidence=_two(said.get("match_confidence")),
    )
    page = [
        *([say("key", language, key=f"`{record.record_key}`")] if record.record_key else []),
        say("id", language, id=record.record_id),
        say("signal_page", language, page=said[ITEM], day=said.get("fetched_on", "—")),
    ]
    join = SEMICOLON[language].join
    return [join(first), join([found, *counting(record, language)]), join(page)]


def _word(value: str | None) -> str:
    """The word of a code with its label, or the code where it has none."""
    return (value or "—").partition(" ")[2] or value or "—"


def _two(value: str | None) -> str:
    return f"{float(value):.2f}" if value else "—"
