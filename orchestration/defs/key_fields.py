"""The classes of key fields (重点领域): ``specialised_class`` and ``combined_class``, month x region.

Belongs here: the two assets and what a decided partition shows.
Does not belong here: the decisions (``orchestration.specialised``), the general class (``classification``).
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.defs.classification import decide_partitions
from orchestration.defs.partitions import MONTH, month_regions
from orchestration.defs.resources import LAKE_WRITER
from orchestration.defs.shown import bounded, table_metadata
from orchestration.defs.translator import COMBINED_CLASS, OWNER, RISK_CLASS, SPECIALISED_CLASS
from orchestration.settings import Settings

SCORE = dg.AssetKey(["specialised", "specialised_score"])
FACTOR = dg.AssetKey(["specialised", "specialised_factor"])

_PLACE = (
    ("month", "VARCHAR", "月份: month, YYYY-MM"),
    ("region_code", "VARCHAR", "地区: region of the registered address (GB/T 2260)"),
    ("enterprise_id", "VARCHAR", "统一社会信用代码: unified social credit code"),
    ("field", "VARCHAR", "重点领域: food, drugs, industrial or special_equipment; a firm may stand in several"),
)
_POINTS = (
    ("static_points", "DECIMAL(7,2)", "静态风险: points of what the enterprise is and holds"),
    ("dynamic_points", "DECIMAL(7,2)", "动态风险: points of what happened"),
)
_RULED = (
    ("class", "VARCHAR", "等级: A low to D high, after moves and thin file"),
    ("thin_file", "BOOLEAN", "信息不足: too few indicators of the field are known for the best class"),
    ("moves", "VARCHAR", "升降级: codes of the moves that hold, separated by ;"),
    ("tier", "VARCHAR", "监管方式: credit 信用, responsibility 责任, normal 常规 or tightened 从严"),
)

SPECIALISED_COLUMNS = (
    *_PLACE,
    ("score", "DECIMAL(7,2)", "专业得分: specialised score, higher is riskier"),
    *_POINTS,
    ("known_share", "DOUBLE", "Share of the indicators that give points whose value is known"),
    ("class_by_score", "VARCHAR", "Class by the bounds of the score alone"),
    *_RULED,
    ("mode", "VARCHAR", "融合方式: indicator_fusion, result_fusion or result_overlay"),
    ("visits_per_year", "DOUBLE", "检查频次: visits a year by the specialised class alone"),
    ("reason", "VARCHAR", "定级原因: why the class is what it is"),
    ("specialised_version", "VARCHAR", "规则版本: version of data/specialised in force in the month"),
)
COMBINED_COLUMNS = (
    *_PLACE,
    ("mode", "VARCHAR", "融合方式: how the specialised and the general result were joined"),
    ("score", "DECIMAL(7,2)", "综合得分: specialised score + general points; empty where a matrix decides"),
    ("specialised_score", "DECIMAL(7,2)", "专业得分: specialised score"),
    *_POINTS,
    ("general_score", "DECIMAL(7,2)", "通用得分: general score, 0-1000"),
    ("general_points", "DECIMAL(7,2)", "通用部分: general score scaled to the general part of the field"),
    ("specialised_class", "VARCHAR", "专业等级: specialised class"),
    ("general_class", "VARCHAR", "通用等级: general class in use"),
    ("class_by_rule", "VARCHAR", "Class by score or matrix, before moves and thin file"),
    *_RULED,
    ("statutory_visits", "DOUBLE", "法定频次: statutory visits a year of the class and of the specialised class"),
    ("sampling_visits", "DOUBLE", "抽查频次: visits a year by the sampling ratio of the class"),
    ("visits_per_year", "DOUBLE", "检查频次: the greater of both; what the law demands is never lowered"),
    ("reason", "VARCHAR", "定级原因: why the class is what it is"),
    ("specialised_version", "VARCHAR", "规则版本: version of data/specialised in force in the month"),
    ("catalogue_version", "VARCHAR", "指标版本: version of the indicator catalogue in force in the month"),
)
"""Columns of the tables, their types and meaning."""


def partition_metadata(summary: Any) -> dict[str, dg.MetadataValue]:
    """What one month and region shows: members by field and class and by tier, moves, visits."""
    classes = list(next(iter(summary.counts.values()), {}))
    tiers = list(next(iter(summary.tiers.values()), {}))
    lines = [f"| field | members | {' | '.join(classes)} | {' | '.join(tiers)} |"]
    lines.append("|" + "---|" * (2 + len(classes) + len(tiers)))
    for field, by_class in summary.counts.items():
        members = sum(by_class.values())
        shown = [f"{count:,} ({count / members:.1%})" if members else "0" for count in by_class.values()]
        shown += [f"{count:,}" for count in summary.tiers[field].values()]
        lines.append(f"| {field} | {members:,} | {' | '.join(shown)} |")
    metadata: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(summary.rows),
        "specialised_version": dg.MetadataValue.text(str(summary.version)),
        "fields": dg.MetadataValue.md("\n".join(lines)),
        "moved": dg.MetadataValue.int(summary.moved),
        "thin_file": dg.MetadataValue.int(summary.thin_file),
        "visits_per_year": dg.MetadataValue.float(float(summary.visits)),
    }
    for field, by_class in summary.counts.items():
        for name, count in by_class.items():
            metadata[f"{field}_{name}"] = dg.MetadataValue.int(count)
    return bounded(metadata)


def _spec(
    asset: dg.AssetKey, deps: list[dg.AssetDep], description: str, columns: tuple[tuple[str, str, str], ...]
) -> dg.AssetSpec:
    return dg.AssetSpec(
        asset,
        deps=deps,
        group_name="classes",
        kinds={"python", "duckdb"},
        owners=[OWNER],
        tags={"stage": "classes"},
        description=description,
        metadata=table_metadata(asset.path[-1], columns),
    )


def build_key_fields(settings: Settings) -> list[dg.AssetsDefinition]:
    """The assets ``specialised_class`` and ``combined_class``."""
    by_month = dg.MultiToSingleDimensionPartitionMapping(MONTH)

    @dg.multi_asset(
        name="specialised_class",
        specs=[
            _spec(
                SPECIALISED_CLASS,
                [dg.AssetDep(SCORE, partition_mapping=by_month), dg.AssetDep(FACTOR, partition_mapping=by_month)],
                "**重点领域专业风险分类** · Class by the specialised score of every member of a key field: food, "
                "drugs/devices/cosmetics, key industrial products, special equipment.\n\nBounds and moves come from "
                "the rules in force in the month (`data/specialised`). A run replaces exactly its months and regions.",
                SPECIALISED_COLUMNS,
            )
        ],
        partitions_def=month_regions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def specialised_class(context: dg.AssetExecutionContext) -> Iterator[Any]:
        decide = context.resources.platform.decide_specialised
        yield from decide_partitions(context, SPECIALISED_CLASS, decide, partition_metadata, "specialised_class")

    @dg.multi_asset(
        name="combined_class",
        specs=[
            _spec(
                COMBINED_CLASS,
                [dg.AssetDep(SPECIALISED_CLASS), dg.AssetDep(RISK_CLASS)],
                "**通用+专业综合分类** · Combined class, tier of supervision and visits a year of every member of a "
                "key field, from its specialised and its general class, by the mode of the field: 指标融合 indicator "
                "fusion, 结果融合 result fusion, 结果叠加 result overlay.\n\nThe statutory frequency is a floor. A run "
                "replaces exactly its months and regions. Like the general class never an exemption (不免抽).",
                COMBINED_COLUMNS,
            )
        ],
        partitions_def=month_regions(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def combined_class(context: dg.AssetExecutionContext) -> Iterator[Any]:
        decide = context.resources.platform.decide_combined
        yield from decide_partitions(context, COMBINED_CLASS, decide, partition_metadata, "combined_class")

    return [specialised_class, combined_class]
