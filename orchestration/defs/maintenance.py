"""Maintenance: the lake, what crashes left behind, and Dagster's own history.

Belongs here: the assets of the job ``maintain``, what they show, forgetting runs that materialised nothing.
Does not belong here: what is kept (``data/maintenance.yml``), the lake's files and snapshots
(``orchestration.maintenance``).
"""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from orchestration.defs.resources import LAKE_WRITER, Platform, retried
from orchestration.defs.shown import cut, summary_metadata
from orchestration.defs.translator import OWNER

LAKE = dg.AssetKey(["maintenance", "lake"])
HISTORY = dg.AssetKey(["maintenance", "history"])
GROUP = "maintenance"
LOOKED_AT = 500
"""Old runs that one job looks at; the rest wait for the next."""
ENDED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]


def lake_metadata(report: Any) -> dict[str, dg.MetadataValue]:
    """What a maintenance of the lake shows: what was done, and the size before and after."""
    shown = {
        field.name: dg.MetadataValue.int(value)
        for field in fields(report)
        if isinstance(value := getattr(report, field.name), int)
    }
    shown["compacted"] = dg.MetadataValue.text(cut(report.compacted))
    for field in fields(report.after):
        before, after = getattr(report.before, field.name), getattr(report.after, field.name)
        shown[field.name] = dg.MetadataValue.int(after)
        shown[f"{field.name}_before"] = dg.MetadataValue.int(before)
    return shown


def forget_runs(instance: dg.DagsterInstance, before: datetime) -> tuple[int, int]:
    """Delete ended runs from before that materialised nothing; how many, and how many were kept.

    A run that materialised is kept for ever: its events say which partitions exist, and what was shown of them.
    """
    old = instance.get_runs(dg.RunsFilter(statuses=ENDED, created_before=before), limit=LOOKED_AT, ascending=True)
    forgotten = 0
    for run in old:
        made = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION, limit=1)
        if not made.records:
            instance.delete_run(run.run_id)
            forgotten += 1
    return forgotten, len(old) - forgotten


def build_maintenance() -> list[dg.AssetsDefinition]:
    """The assets ``maintenance/lake`` and ``maintenance/history``."""

    @dg.multi_asset(
        name="maintenance_lake",
        specs=[
            dg.AssetSpec(
                LAKE,
                group_name=GROUP,
                kinds={"python", "duckdb"},
                owners=[OWNER],
                tags={"stage": "maintenance"},
                description="**湖仓维护** · Files of the lake merged and rewritten, old snapshots forgotten, files "
                "that nothing needs removed after a grace period. Snapshots in which classes were decided stay "
                "for ever.\n\n"
                "Policy: `data/maintenance.yml`. Safe beside readers; waits for writers.",
            )
        ],
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def maintenance_lake(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        policy = platform.maintenance_policy(platform.settings)
        with retried(context):
            report = platform.maintain_lake(platform.settings, policy, platform.now(), platform.progress)
        context.add_asset_metadata(lake_metadata(report), asset_key=LAKE)
        yield dg.Output(None, LAKE.to_python_identifier())

    @dg.multi_asset(
        name="maintenance_history",
        specs=[
            dg.AssetSpec(
                HISTORY,
                group_name=GROUP,
                kinds={"python"},
                owners=[OWNER],
                tags={"stage": "maintenance"},
                description="**运行记录维护** · Runs that materialised nothing are forgotten after some days, and what "
                "crashed runs left in scratch folders is removed.\n\nPolicy: `data/maintenance.yml`.",
            )
        ],
        required_resource_keys={"platform"},
    )
    def maintenance_history(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        policy = platform.maintenance_policy(platform.settings)
        leftovers = platform.remove_leftovers(platform.settings, policy.leftovers.keep_days, platform.now())
        forgotten, kept = forget_runs(context.instance, platform.now() - timedelta(days=policy.history.keep_days))
        platform.progress(f"{forgotten} runs forgotten, {leftovers.removed} leftovers removed")
        metadata = summary_metadata(leftovers) | {
            "runs_forgotten": dg.MetadataValue.int(forgotten),
            "old_runs_kept": dg.MetadataValue.int(kept),
        }
        context.add_asset_metadata(metadata, asset_key=HISTORY)
        yield dg.Output(None, HISTORY.to_python_identifier())

    return [maintenance_lake, maintenance_history]
