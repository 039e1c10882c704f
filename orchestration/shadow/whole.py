"""The whole shadow run of some months: compute, classify, compare, write the report and the record of a candidate.

Belongs here: the order of these steps and what must hold before the first. Does not belong here: the steps themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from orchestration.catalogue import Catalogue
from orchestration.catalogue.load import load_version
from orchestration.catalogue.record import RECORD, digest, write_record
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
        record: the record beside the files of a candidate; None for a version in force.
    """

    comparison: Comparison
    text: str
    path: Path
    record: Path | None = None


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
        ShadowError: a feed of a month was refused or not taken in, a month is not classified, or the record cannot be
            written.
        WarehouseError: a model or test failed under the candidate.
    """
    version = load_version(settings, candidate)
    ran = digest(version.folder)
    for month in months:
        if stopped := waiting(settings, month):
            raise ShadowError(f"{month} cannot be computed in the shadow: {stopped[0]}")
    run_months(settings, candidate, months, region_codes(settings), tell)
    comparison = compare(settings, candidate, months)
    path = write(settings, comparison, version)
    record = None if version.effective_from else _record(comparison, version, ran)
    return ShadowRun(comparison, text(comparison, version), path, record)


def _record(comparison: Comparison, version: Catalogue, ran: str) -> Path:
    """Leave the record of the run beside the candidate, which may then be put into force."""
    counted = comparison.matrix.group_by("month").agg(
        pl.col("enterprises").filter(pl.col("in_force") != pl.col("candidate")).sum() / pl.col("enterprises").sum()
    )
    try:
        return write_record(
            version.folder, version.version, ran, dict(counted.iter_rows()), comparison.shares.to_dicts()
        )
    except OSError as error:
        raise ShadowError(
            f"{version.folder / RECORD} cannot be written ({error.strerror}); run make shadow V={version.version} "
            "where the catalogue can be written, for without the record the candidate cannot be put into force."
        ) from error
