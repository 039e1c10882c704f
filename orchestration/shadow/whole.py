"""The whole shadow run of some months: compute, classify, compare, write the report.

Belongs here: the order of these steps and what must hold before the first. Does not belong here: the steps themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.catalogue.load import load_version
from orchestration.feeds.ledger import waiting
from orchestration.settings import Settings, region_codes
from orchestration.shadow.compare import Comparison, ShadowError, compare
from orchestration.shadow.report import text, write
from orchestration.shadow.run import run_months


@dataclass(frozen=True)
class ShadowRun:
    """What a shadow run found.

    Attributes:
        comparison: the numbers.
        text: the report in Markdown.
        path: where it was written.
    """

    comparison: Comparison
    text: str
    path: Path


def shadow(
    settings: Settings, candidate: str, months: Sequence[str], tell: Callable[[str], None] = lambda line: None
) -> ShadowRun:
    """Compute ``months`` with a candidate catalogue and compare them with what is in force.

    Args:
        settings: the platform.
        candidate: name of a catalogue version; its effective month need not be set.
        months: classified months, ``YYYY-MM``.
        tell: is given one line per month.

    Raises:
        CatalogueError: there is no such version, or a version is wrong.
        ShadowError: a feed of a month was refused or not taken in, or a month is not classified.
        WarehouseError: a model or test failed under the candidate.
    """
    version = load_version(settings, candidate)
    for month in months:
        if stopped := waiting(settings, month):
            raise ShadowError(f"{month} cannot be computed in the shadow: {stopped[0]}")
    run_months(settings, candidate, months, region_codes(settings), tell)
    comparison = compare(settings, candidate, months)
    return ShadowRun(comparison, text(comparison, version), write(settings, comparison, version))
