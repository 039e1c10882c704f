"""Effect and fairness of inspections: outcomes of visits, find rates, savings, equal treatment, by month.

Belongs here: the assets and what a measured month shows, with its pictures.
Does not belong here: what is measured (``orchestration.effect``).

``inspection_outcome`` is written month x region like the classes; as an asset it is a month, since the results of a
month come from one feed and cost little.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import dagster as dg

from orchestration.defs.feeds import feed_key
from orchestration.defs.inspection import DRAW
from orchestration.defs.partitions import MONTH, months
from orchestration.defs.resources import LAKE_WRITER, Platform, late, retried
from orchestration.defs.shown import table_metadata
from orchestration.defs.translator import (
    COMBINED_CLASS,
    INSPECTION_EFFECT,
    INSPECTION_FAIRNESS,
    INSPECTION_OUTCOME,
    INSPECTION_SAVING,
    OWNER,
    RISK_CLASS,
)
from orchestration.effect import columns
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import Settings, region_codes

FEEDS = ("c07_spot_checks", "s01_objections")
_outcome_metadata, _effect_metadata, _saving_metadata, _fairness_metadata = (
    late("orchestration.defs.effect_shown", f"{name}_metadata") for name in ("outcome", "effect", "saving", "fairness")
)
_names_of = late("orchestration.effect.names", "names_of")
ENTERPRISE = dg.AssetKey(["enterprise", "enterprise"])


def _spec(
    asset: dg.AssetKey, deps: Sequence[dg.AssetDep], description: str, described: Sequence[columns.Column]
) -> dg.AssetSpec:
    return dg.AssetSpec(
        asset,
        deps=list(deps),
        group_name="effect",
        kinds={"python", "duckdb"},
        owners=[OWNER],
        tags={"stage": "effect"},
        description=description,
        metadata=table_metadata(asset.path[-1], described),
    )


Shown = dict[dg.AssetKey, dict[str, dict[str, Any]]]
"""What each month of each asset shows."""


def _asset(
    settings: Settings, name: str, specs: Sequence[dg.AssetSpec], measured: Callable[[Platform, list[str]], Shown]
) -> dg.AssetsDefinition:
    """Assets by month that are measured together; one run may be about many months."""

    @dg.multi_asset(
        name=name,
        specs=specs,
        partitions_def=months(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def made(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        wanted = sorted(context.partition_keys)
        with retried(context):
            shown = measured(platform, wanted)
        for key, by_month in shown.items():
            for month, metadata in by_month.items():
                context.add_asset_metadata(metadata, asset_key=key, partition_key=month)
        platform.progress(f"{wanted[0]} to {wanted[-1]}  {name}")
        for key in shown:
            yield dg.Output(None, key.to_python_identifier())

    return made


def _outcomes(platform: Platform, wanted: list[str]) -> Shown:
    by_month: dict[str, list[Any]] = {}
    for summary in platform.write_outcomes(platform.settings, wanted, region_codes(platform.settings)):
        by_month.setdefault(summary.month, []).append(summary)
    return {INSPECTION_OUTCOME: {month: _outcome_metadata(rows) for month, rows in by_month.items()}}


def _effect(platform: Platform, wanted: list[str]) -> Shown:
    settings = platform.settings
    found = platform.write_effect(settings, wanted)
    return {
        INSPECTION_EFFECT: {one.month: _effect_metadata(one, _names_of(settings, one.month)) for one in found},
        INSPECTION_SAVING: {one.month: _saving_metadata(one) for one in found},
    }


def _fairness(platform: Platform, wanted: list[str]) -> Shown:
    settings = platform.settings
    found = platform.write_fairness(settings, wanted)
    return {INSPECTION_FAIRNESS: {one.month: _fairness_metadata(one, _names_of(settings, one.month)) for one in found}}


def build_effect(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets of outcomes, of effect and savings, and of fairness."""
    by_month = dg.MultiToSingleDimensionPartitionMapping(MONTH)
    delivered = [dg.AssetDep(feed_key(feed)) for feed in FEEDS if feed in delivered_feeds(settings)]
    classes = [dg.AssetDep(key, partition_mapping=by_month) for key in (RISK_CLASS, COMBINED_CLASS)]
    measured = [dg.AssetDep(INSPECTION_OUTCOME), *classes]
    outcome = _spec(
        INSPECTION_OUTCOME,
        # visits of a month answer the draw of the month before, late ones an earlier one
        [*delivered, dg.AssetDep(ENTERPRISE), *classes, dg.AssetDep(DRAW, partition_mapping=dg.AllPartitionMapping())],
        "**检查结果** · One row per visit whose results became known, changed or were withdrawn in the month, beside "
        "class and score of the month that led to it and its draw.\n\nA partition is never touched "
        "by a later month: what was known of all visits at the end of a month is the newest row of each with no later "
        "month. Inspectors are known by hash alone and are never a feature of a score.",
        columns.OUTCOME_COLUMNS,
    )
    effect = _spec(
        INSPECTION_EFFECT,
        measured,
        "**检查成效** · Find rates by class, key field, region, month, age and size with 95 % intervals: of what was "
        "visited, and weighted by the probability to be visited of all enterprises; lift, order by score, "
        "inspectors and areas apart.\n\nOf the visits of the window that ends with the month (`data/effect.yml`), as "
        "known at its end. A rate that cannot be told is left empty, never 0.",
        columns.EFFECT_COLUMNS,
    )
    saving = _spec(
        INSPECTION_SAVING,
        measured,
        "**节省检查** · The visits of draws against a random draw of the same size: find rates, visits that a random "
        "draw needs to find as much, share saved, with 95 % intervals. No row where the rate of all enterprises "
        "cannot be told.",
        columns.SAVING_COLUMNS,
    )
    fairness = _spec(
        INSPECTION_FAIRNESS,
        measured,
        "**公平性** · Shares of visits and findings, find rates and errors by region, age and size with 95 % "
        "intervals, of visits by lot. Flagged is a group that is visited more than its findings warrant, of which less "
        "or more is found than its classes say, or that is not drawn like others of its class, if that stands after a "
        "correction for many groups.",
        columns.FAIRNESS_COLUMNS,
    )
    return [
        _asset(settings, "inspection_outcome", [outcome], _outcomes),
        _asset(settings, "inspection_effect", [effect, saving], _effect),
        _asset(settings, "inspection_fairness", [fairness], _fairness),
    ]
