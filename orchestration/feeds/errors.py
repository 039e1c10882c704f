"""What stops a feed's month, and where it happened.

Belongs here: the one exception of this package and the shape of its sentence.
Does not belong here: deciding that something stops a feed (``reader``, ``headers``, ``clean``, ``ingest``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

IDENTITY_NUMBER = (
    r"[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"|[1-8][0-9]{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}"
)
"""Shape of a resident identity number (居民身份证号, GB 11643-1999), 18 or, before 1999, 15 characters.

It begins with a province, 1 to 8; the unified code of an enterprise begins with 9."""
HIDDEN = "[identity number]"
SHOWN = 60
"""Characters of a delivered text that a sentence shows."""

_IDENTITY = re.compile(rf"\b(?:{IDENTITY_NUMBER})\b", re.ASCII)


class FeedStop(Exception):
    """A feed's month cannot be taken in; the message is one sentence: feed, month, file, line, cure."""


def shown(text: object) -> str:
    """A delivered text as a sentence may show it: short, in quotes, without identity numbers."""
    hidden = _IDENTITY.sub(HIDDEN, str(text))
    return "'" + (hidden if len(hidden) <= SHOWN else hidden[:SHOWN] + "…") + "'"


@dataclass(frozen=True)
class Where:
    """A place in a delivery.

    Attributes:
        feed: name of the feed.
        month: month that is being taken in.
        file: name of the delivered file.
        member: name inside an archive, or of the sheet; empty for a plain file.
    """

    feed: str
    month: str
    file: str = ""
    member: str = ""

    def inside(self, member: str) -> Where:
        """The same place, one level deeper in an archive or workbook."""
        return Where(self.feed, self.month, self.file, f"{self.member}/{member}" if self.member else member)

    def stop(self, problem: str, cure: str, *, line: int | None = None, row: int | None = None) -> FeedStop:
        """The exception for a problem found here; ``line`` is physical, ``row`` counts data rows."""
        parts = [f"{self.feed} {self.month}"]
        if self.file:
            parts.append(f"file {self.file}" + (f" ({self.member})" if self.member else ""))
        if line is not None:
            parts.append(f"line {line}")
        elif row is not None:
            parts.append(f"data row {row}")
        return FeedStop(f"{', '.join(parts)}: {problem}; {cure}.")
