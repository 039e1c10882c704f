"""A candidate catalogue in the shadow of the one in force, month by month.

Belongs here: the asset that a person runs with the candidate's name, and what it shows.
Does not belong here: computing and comparing (``orchestration.shadow``). Nothing depends on this asset.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.defs.partitions import MONTH, months
from orchestration.defs.resources import LAKE_WRITER, Platform, retried
from orchestration.defs.shown import bounded
from orchestration.defs.translator import OWNER, RISK_CLASS
from orchestration.settings import Settings

SHADOW = dg.AssetKey("shadow_comparison")


class ShadowConfig(dg.Config):
    """Which version runs in the shadow."""

    candidate: str = Field(description="Version under data/catalogue, for example v3; it need not be in force.")


def build_shadow(settings: Settings) -> dg.AssetsDefinition:
    """The asset ``shadow_comparison``."""

    @dg.multi_asset(
        name="shadow_comparison",
        specs=[
            dg.AssetSpec(
                SHADOW,
                deps=[dg.AssetDep(RISK_CLASS, partition_mapping=dg.MultiToSingleDimensionPartitionMapping(MONTH))],
                group_name="shadow",
                kinds={"python", "duckdb"},
                owners=[OWNER],
                tags={"stage": "shadow"},
                description=(
                    "**指标版本影子运行** · A candidate catalogue computed beside the version in force, in a lake "
                    "of its own: migration matrix, shares, the indicators that drive the moves, stability (PSI). Run "
                    "it with the candidate's name before its effective month is set; it changes no class."
                ),
            )
        ],
        partitions_def=months(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def shadow_comparison(context: dg.AssetExecutionContext, config: ShadowConfig) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        with retried(context):
            try:
                found = platform.shadow(
                    platform.settings, config.candidate, sorted(context.partition_keys), platform.progress
                )
            except (ValueError, RuntimeError) as error:
                raise dg.Failure(description=str(error), allow_retries=False) from error
        for month in context.partition_keys:
            stability = next(one for one in found.comparison.between if one.months == month)
            metadata = {
                "candidate": dg.MetadataValue.text(config.candidate),
                "report": dg.MetadataValue.md(found.text),
                "file": dg.MetadataValue.path(str(found.path)),
                "psi_of_the_score": dg.MetadataValue.float(stability.psi),
            }
            context.add_asset_metadata(bounded(metadata), asset_key=SHADOW, partition_key=month)
        yield dg.Output(None, SHADOW.to_python_identifier())

    return shadow_comparison
