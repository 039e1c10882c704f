"""The code location: everything that Dagster is told.

Belongs here: putting the stages together. Does not belong here: any asset, job or check (``defs/``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from orchestration.defs.classification import build_classification
from orchestration.defs.effect import build_effect
from orchestration.defs.feeds import build_feeds, feed_key
from orchestration.defs.freshness import build_freshness
from orchestration.defs.inspection import build_inspection
from orchestration.defs.jobs import build_jobs
from orchestration.defs.key_fields import build_key_fields
from orchestration.defs.learning import build_learning
from orchestration.defs.maintenance import build_maintenance
from orchestration.defs.resolution import build_resolution
from orchestration.defs.resources import Platform
from orchestration.defs.schedules import build_schedules
from orchestration.defs.sensors import build_sensors
from orchestration.defs.shadow import build_shadow
from orchestration.defs.warehouse import build_references, build_warehouse, read_manifest
from orchestration.defs.web import build_web
from orchestration.settings import Settings


def build_defs(overrides: Mapping[str, Any] | None = None) -> dg.Definitions:
    """All definitions of the platform.

    Args:
        overrides: ``settings``, ``manifest`` (dbt's, as a mapping), and any field of ``resources.Platform`` to use
            instead of the real one.

    Raises:
        SettingsError, ContractError: a setting or contract cannot be used.
    """
    given = dict(overrides or {})
    settings: Settings = given.pop("settings", None) or Settings.from_env()
    manifest: Mapping[str, Any] | None = given.pop("manifest", None)
    platform = Platform(settings=settings, **given)
    web = build_web(settings)
    feeds = build_feeds(settings, web.made_of)
    resolution = build_resolution(settings)
    if manifest is None:
        manifest = read_manifest(settings)
    warehouse, published = build_warehouse(settings, manifest)
    classification = build_classification(settings)
    effect = build_effect(settings)
    shadow = build_shadow(settings)
    freshness = build_freshness(settings)
    inspection = build_inspection(settings)
    learning = build_learning(settings)
    maintenance = build_maintenance()
    jobs = build_jobs(
        feeds=feeds,
        between=[*web.rest, *resolution],
        made=[feed_key(feed) for feed in web.made_of],
        pages=web.pages,
        warehouse=warehouse,
        published=published,
        effect=effect,
        learning=learning,
        freshness=freshness,
        inspection=inspection,
        maintenance=maintenance,
    )
    return dg.Definitions(
        assets=[
            *web.assets,
            *feeds,
            *resolution,
            *build_references(manifest),
            warehouse,
            classification,
            *build_key_fields(settings),
            published,
            *effect,
            *learning,
            shadow,
            *inspection,
            *maintenance,
        ],
        asset_checks=[freshness],
        jobs=jobs.all(),
        schedules=build_schedules(settings, jobs, web.sources),
        sensors=build_sensors(settings, jobs, platform),
        resources={"platform": platform},
        executor=dg.in_process_executor,
    )


def __getattr__(name: str) -> dg.Definitions:
    """``defs``, made when Dagster asks for it; importing this module for ``build_defs`` costs nothing."""
    if name == "defs":
        built = build_defs()
        globals()["defs"] = built
        return built
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), "defs"})
