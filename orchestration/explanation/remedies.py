"""What ends or lessens a factor: governed data, ``reference/remedies.csv``.

Belongs here: reading it, finding the row of an indicator, refusing what is wrong.
Does not belong here: what a remedy would bring (``outlook``).

A row holds for the indicator, level 2 or level 1 that ``code`` names; the longest code that fits wins. Indicators for
which the same words stand are ended by one act. The ways:

    none         an attribute or a favourable record: nothing is to be cured
    grows        a number of years that grows by itself, month by month
    time         ends when its records leave their influence period
    act          the enterprise itself can end it
    repair       credit repair lessens it, by ``repaired_weight`` of the catalogue's parameters
    repair_ends  credit repair ends it
    decision     ends only by decision of the authority that listed: nothing is promised for it
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from orchestration.catalogue.model import CatalogueError
from orchestration.explanation.model import Text
from orchestration.settings import Settings

WAYS = ("none", "grows", "time", "act", "repair", "repair_ends", "decision")
FILE = "remedies.csv"


@dataclass(frozen=True)
class Remedy:
    """One row: the code it holds for, the way, what can be done in words.

    Attributes:
        renewed: a newer record takes the place of the one that goes, such as the next annual report: what it will say
            is not known, so time alone is not taken to end the factor.
        adds: an indicator whose count rises by one for every record that the act makes good: a report filed at last
            is a report filed late.
    """

    code: str
    way: str
    act: Text
    renewed: bool = False
    adds: str | None = None


def remedies(settings: Settings) -> tuple[Remedy, ...]:
    """All rows, the jurisdiction's own file if it has one.

    Raises:
        CatalogueError: a row is malformed or stands twice; the sentence names file and line.
    """
    return _read(settings.own_or_canonical(f"reference/{FILE}"))


def remedy_of(settings: Settings, code: str) -> Remedy:
    """The row that holds for an indicator.

    Raises:
        CatalogueError: no row does.
    """
    fitting = [one for one in remedies(settings) if code.startswith(one.code)]
    if not fitting:
        raise CatalogueError(
            f"data/reference/{FILE}: has no row for {code}; add one for it, its level 2 or its level 1."
        )
    return max(fitting, key=lambda one: len(one.code))


@cache
def _read(path: Path) -> tuple[Remedy, ...]:
    found: dict[str, Remedy] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        for row in reader:
            here = f"{path}:{reader.line_num}"
            if None in row or None in row.values():
                raise CatalogueError(f"{here}: has more or fewer values than headers; quote the comma.")
            if row["way"] not in WAYS:
                raise CatalogueError(f"{here}: the way {row['way']!r} is not known; use one of {', '.join(WAYS)}.")
            if row["code"] in found:
                raise CatalogueError(f"{here}: {row['code']} stands a second time; keep one row.")
            if not row["act_zh"] or not row["act_en"]:
                raise CatalogueError(f"{here}: {row['code']} lacks its words in Chinese or English; add them.")
            if row["renewed"] not in ("", "yes"):
                raise CatalogueError(f"{here}: renewed is {row['renewed']!r}; write yes or leave it empty.")
            words = Text(row["act_zh"], row["act_en"])
            found[row["code"]] = Remedy(row["code"], row["way"], words, row["renewed"] == "yes", row["adds"] or None)
    return tuple(found.values())
