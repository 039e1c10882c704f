"""The classes: ``risk_class``, month x region.

Belongs here: the final asset and what a decided partition shows.
Does not belong here: the decision (``orchestration.risk``).
"""

from collections.abc import Callable, Iterator
from typing import Any

import dagster as dg

from orchestration.defs.freshness import due_month
from orchestration.defs.partitions import MONTH, REGION, key, month_regions, rectangle
from orchestration.defs.resources import LAKE_WRITER, Platform, retried
from orchestration.defs.shown import bounded, table, table_metadata
from orchestration.defs.translator import OWNER, RISK_CLASS
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import Settings, region_codes

SCORE = dg.AssetKey(["scores", "enterprise_score"])
OVERRIDE = dg.AssetKey(["scores", "enterprise_override"])
SHOWN = 10
"""How many reasons and changes a partition lists."""

COLUMNS = (
    ("month", "VARCHAR", "月份: month, YYYY-MM"),
    ("region_code", "VARCHAR", "地区: region of the registered address (GB/T 2260)"),
    ("enterprise_id", "VARCHAR", "统一社会信用代码: unified social credit code"),
    ("score", "DECIMAL(7,2)", "风险分: 0-1000, higher is riskier"),
    ("computed_class", "VARCHAR", "计算等级: class by the rules, direct rules, floors and thin file included"),
    ("class", "VARCHAR", "风险等级: class in use, A low to D high; the computed one until a person overrides it"),
    ("reason", "VARCHAR", "定级原因: why the class is what it is"),
    ("thin_file", "BOOLEAN", "信息不足: too little is known, so B at best"),
    ("direct_rule", "VARCHAR", "直接判定: code of the direct rule that set the class, if any"),
    ("floor_rule", "VARCHAR", "下限规则: code of the floor that raised the class, if any"),
    ("catalogue_version", "VARCHAR", "指标版本: version of the indicator catalogue in force in the month"),
    ("override_no", "VARCHAR", "调整决定文号: number of the override (人工调整) in force, if any"),
    ("override_reason", "VARCHAR", "调整理由: reason of the override"),
    ("override_rank", "INTEGER", "决定人职级: rank of the person who decided, 1 county, 2 prefecture, 3 province"),
    ("override_until", "DATE", "失效日期: last day on which the override holds"),
    ("override_refused", "VARCHAR", "未采用原因: why an open override is not applied"),
)
"""Columns of the table, their types and meaning."""


def partition_metadata(summary: Any) -> dict[str, dg.MetadataValue]:
    """What one month and region shows: counts, shares, changes since the month before, top reasons."""
    shown: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(summary.rows),
        "catalogue_version": dg.MetadataValue.text(str(summary.catalogue_version)),
        "thin_file": dg.MetadataValue.int(int(summary.thin_file)),
        "overridden": dg.MetadataValue.int(int(summary.overridden)),
        "overrides_refused": dg.MetadataValue.int(int(summary.refused)),
        "classes": table(
            [
                {"class": name, "enterprises": f"{count:,}", "share": f"{summary.shares.get(name, 0):.2%}"}
                for name, count in sorted(summary.counts.items())
            ],
            SHOWN,
        ),
        "changes": table([{"change": name, "enterprises": count} for name, count in summary.changes.items()], SHOWN),
        "top_reasons": table(summary.top_reasons, SHOWN),
    }
    for name, count in sorted(summary.counts.items()):
        shown[f"class_{name}"] = dg.MetadataValue.int(count)
    return bounded(shown)


def _seal(platform: Platform, months: list[str], decided: set[str]) -> None:
    """Close months for new files, which from then on land in a later month.

    A month is closed once all its regions are decided and its day of classification has passed: one region decided
    early must not shut out feeds that are not due yet.
    """
    settings = platform.settings
    profile = settings.profile
    due = due_month(platform.now(), int(str(profile["classify_on_day"])), str(profile["timezone"]))
    for month in months:
        if month <= due and all(str(key(month, region)) in decided for region in region_codes(settings)):
            for feed in delivered_feeds(settings):
                platform.seal(settings, feed, month)


def decide_partitions(
    context: dg.AssetExecutionContext,
    asset: dg.AssetKey,
    decide: Callable[..., list[Any]],
    metadata_of: Callable[[Any], dict[str, dg.MetadataValue]],
    label: str,
) -> Iterator[Any]:
    """Decide the months x regions of a run, and put on each partition what its summary shows.

    Args:
        context: of the run, whose partitions make a rectangle.
        asset: whose partitions are decided.
        decide: is given settings, months and regions; returns one summary per month and region.
        metadata_of: what a summary shows.
        label: what the line of progress calls the rows.
    """
    platform: Platform = context.resources.platform
    try:
        wanted_months, wanted_regions = rectangle(context.partition_keys)
    except ValueError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    with retried(context):
        summaries = decide(platform.settings, wanted_months, wanted_regions)
    for summary in summaries:
        context.add_asset_metadata(
            metadata_of(summary), asset_key=asset, partition_key=key(summary.month, summary.region_code)
        )
    rows = sum(summary.rows for summary in summaries)
    platform.progress(
        f"{wanted_months[0]} to {wanted_months[-1]}  {label}: {rows:,} in {len(summaries)} {MONTH} x {REGION}"
    )
    yield dg.Output(None, asset.to_python_identifier())


def build_classification(settings: Settings) -> dg.AssetsDefinition:
    """The asset ``risk_class``."""

    @dg.multi_asset(
        name="risk_class",
        specs=[
            dg.AssetSpec(
                RISK_CLASS,
                deps=[
                    dg.AssetDep(source, partition_mapping=dg.MultiToSingleDimensionPartitionMapping(MONTH))
                    for source in (SCORE, OVERRIDE)
                ],
                group_name="classes",
                kinds={"python", "duckdb"},
                owners=[OWNER],
                tags={"stage": "classes"},
                description=(
                    "**企业信用风险分类** · Risk class of every enterprise, month and region: A low, B medium, C "
                    "medium-high, D high.\n\nClass bounds, direct rules, floors, the thin file and who may override "
                    "come from the indicator catalogue in force in the month (`data/catalogue`). A run replaces "
                    "exactly its months and regions. An internal reference for allocating supervision: not a rating "
                    "of creditworthiness, not a punishment, not published, never an exemption "
                    "(不评价、不惩戒、不公开、不免抽)."
                ),
                metadata=table_metadata("risk_class", COLUMNS),
            )
        ],
        partitions_def=month_regions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def risk_class(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform

        def decide_and_seal(settings: Settings, months: list[str], regions: list[str]) -> list[Any]:
            summaries: list[Any] = platform.decide(settings, months, regions)
            decided = {str(key(month, region)) for month in months for region in regions}
            _seal(platform, months, decided | context.instance.get_materialized_partitions(RISK_CLASS))
            return summaries

        yield from decide_partitions(context, RISK_CLASS, decide_and_seal, partition_metadata, "classes")

    return risk_class
