"""Computes months with a candidate catalogue, in a lake of its own beside the one in force.

Belongs here: which settings the shadow has, and the steps of a month: models, tests, classes.
Does not belong here: what the steps do (``warehouse``, ``risk``), the comparison (``compare``).

Raw rows are shared and only read. Everything computed goes to ``ECR_HOME/shadow/<candidate>``: nobody who reads the
lake sees it, and removing the folder removes the shadow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from orchestration.catalogue.load import load_version
from orchestration.settings import Settings


def shadow_settings(settings: Settings, candidate: str) -> Settings:
    """The platform as it is, with ``candidate`` in force in every month and a lake of its own.

    Raises:
        CatalogueError: there is no version of that name, or a version is wrong.
    """
    load_version(settings, candidate)
    return replace(settings, candidate=candidate)


def run_months(
    settings: Settings,
    candidate: str,
    months: Sequence[str],
    regions: Sequence[str],
    tell: Callable[[str], None] = lambda line: None,
) -> None:
    """Compute and classify ``months`` (``YYYY-MM``) with the candidate; a month computed before is replaced.

    Args:
        settings: the platform.
        candidate: name of a catalogue version.
        months: months whose raw partitions are published.
        regions: codes of all regions to classify.
        tell: is given one line per month.

    Raises:
        CatalogueError: there is no such version.
        WarehouseError: a model or test failed under the candidate.
    """
    from orchestration.risk import decide
    from orchestration.warehouse.dbt import OVERRIDES, SCORES, build_month

    shadow = shadow_settings(settings, candidate)
    for month in sorted(set(months)):
        build_month(shadow, month, select=f"+{SCORES} +{OVERRIDES}")
        summaries = decide(shadow, [month], list(regions))
        tell(f"{month}  {candidate}: {sum(summary.rows for summary in summaries):,} enterprises classified")
