"""Double-random draws (双随机抽查): the tables of a draw, their checks, and publishing.

Belongs here: the assets, what a drawn partition shows, its checks.
Does not belong here: drawing (``orchestration.inspection``), results of visits, which come home as feed C07.

A draw is never made by a schedule: a person starts it, looks at it, and publishes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import dagster as dg
from pydantic import Field

from orchestration.defs.feeds import feed_key
from orchestration.defs.partitions import MONTH, key, month_regions, rectangle
from orchestration.defs.resources import LAKE_WRITER, Platform, may_pass, retried
from orchestration.defs.shown import bounded, table, table_metadata
from orchestration.defs.translator import COMBINED_CLASS, OWNER, RISK_CLASS
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import Settings, region_codes

GROUP = "inspections"
STRATUM = dg.AssetKey(["inspection_stratum"])
DRAW = dg.AssetKey(["inspection_draw"])
VISIT = dg.AssetKey(["inspection_visit"])
SHORTAGE = dg.AssetKey(["inspection_shortage"])
RECORD = dg.AssetKey(["inspection_record"])
PUBLISHED = dg.AssetKey(["published_draw"])
FEEDS = ("c07_spot_checks", "s02_inspectors", "s03_inspector_conflicts")

CHECKS = {
    "every_class_drawn": "不免抽: no class with somebody eligible has probability 0, or its find rate were unknown",
    "once_a_year_by_lot": "nobody is drawn by lot twice within the months that the rules set",
    "enough_inspectors": "every visit has its inspectors, one who leads, and one of each of its departments",
    "capacity_kept": "no inspector has more visits than the own capacity",
    "rows_match_hash": "the rows are those whose hash the draw recorded",
}
"""Checks of a drawn partition; all warn of a fault of the platform, none of a fault of a firm."""

DRAW_COLUMNS = (
    ("month", "VARCHAR", "月份: month of the classes, YYYY-MM"),
    ("region_code", "VARCHAR", "地区: region of the registered address"),
    ("draw_id", "VARCHAR", "抽取编号: month, region and hash of seed and frame"),
    ("visit_month", "VARCHAR", "检查月份: month of the visits, the one after"),
    ("visit_id", "VARCHAR", "检查任务单号: number of the visit, which its results in feed C07 name"),
    ("enterprise_id", "VARCHAR", "统一社会信用代码: unified social credit code"),
    ("class", "VARCHAR", "风险等级: general class in use at the draw"),
    ("fields", "VARCHAR[]", "重点领域: key fields that the visit covers"),
    ("stratum", "VARCHAR", "层: class, plans with the classes in them, and what is certain"),
    ("plans", "VARCHAR[]", "抽查计划: plans whose number reaches the place"),
    ("departments", "VARCHAR[]", "检查部门: departments that go together"),
    ("items", "VARCHAR[]", "抽查事项: items of these plans, codes of data/inspection"),
    ("check_kind", "VARCHAR", "检查类型: 1 by lot, 2 due by statutory frequency"),
    ("probability", "DOUBLE", "抽中概率: of being visited at all; 1 where the visit is due"),
    ("place", "BIGINT", "层内次序: place in the order of the stratum"),
    ("order_hash", "VARCHAR", "排序值: sha256 of seed and code, by which the order goes"),
    ("carried_from", "VARCHAR", "顺延自: month of the draw whose visit was put off until now"),
    ("put_off", "VARCHAR", "顺延原因: why nobody goes this month; null where the visit is made"),
    ("put_off_times", "INTEGER", "顺延次数: how often it has been put off"),
    ("seed", "VARCHAR", "随机种子: seed of the draw"),
    ("frame_hash", "VARCHAR", "抽样框哈希: sha256 of the frame"),
    ("policy_version", "VARCHAR", "规则版本: version of data/inspection in force"),
    ("published_at", "TIMESTAMP", "公布时间: when it was published, UTC; null until then"),
)
STRATUM_COLUMNS = (
    ("month", "VARCHAR", "月份: month of the classes"),
    ("region_code", "VARCHAR", "地区: region"),
    ("draw_id", "VARCHAR", "抽取编号: draw"),
    ("stratum", "VARCHAR", "层: name"),
    ("plans", "VARCHAR[]", "抽查计划: plans about its enterprises"),
    ("class", "VARCHAR", "风险等级: general class"),
    ("enterprises", "BIGINT", "户数: live enterprises, N"),
    ("eligible", "BIGINT", "可抽户数: of these, not spared and not visited for sure"),
    ("drawn", "BIGINT", "抽取户数: visits, n"),
    ("probability", "DOUBLE", "抽中概率: of an eligible enterprise; null where nobody is eligible"),
    ("certain", "BOOLEAN", "必查: everybody is visited"),
)
VISIT_COLUMNS = (
    ("month", "VARCHAR", "月份: month of the classes"),
    ("region_code", "VARCHAR", "地区: region"),
    ("visit_id", "VARCHAR", "检查任务单号: visit"),
    ("inspector_id", "VARCHAR", "检查人员: inspector, hashed"),
    ("department", "VARCHAR", "部门: department that the inspector acts for"),
    ("role", "VARCHAR", "角色: lead, second or further"),
    ("skill", "VARCHAR", "专业: skill that this inspector answers for; empty where any will do"),
    ("capacity", "BIGINT", "上限: visits a month that this inspector can make"),
)
SHORTAGE_COLUMNS = (
    ("month", "VARCHAR", "月份: month of the classes"),
    ("region_code", "VARCHAR", "地区: region"),
    ("draw_id", "VARCHAR", "抽取编号: draw"),
    ("department", "VARCHAR", "部门: department that is short"),
    ("skill", "VARCHAR", "专业: skill that is short; empty where any will do"),
    ("inspector_visits", "BIGINT", "缺口: visits of inspectors that are missing"),
    ("put_off", "BIGINT", "顺延户数: visits put off because of the department"),
)
RECORD_COLUMNS = (
    ("month", "VARCHAR", "月份: month of the classes"),
    ("region_code", "VARCHAR", "地区: region"),
    ("draw_id", "VARCHAR", "抽取编号: draw"),
    ("seed", "VARCHAR", "随机种子: seed"),
    ("seed_origin", "VARCHAR", "种子来源: given, system or recorded"),
    ("seeds_before", "VARCHAR[]", "曾用种子: seeds with which the partition had been drawn before"),
    ("frame_hash", "VARCHAR", "抽样框哈希: sha256 of frame and of the earlier draws looked at"),
    ("draw_hash", "VARCHAR", "抽取哈希: sha256 of the visits"),
    ("team_hash", "VARCHAR", "派员哈希: sha256 of the teams"),
    ("earlier", "VARCHAR[]", "前期抽取: earlier draws that hold an enterprise of the frame, and their hashes"),
    ("policy_version", "VARCHAR", "规则版本: version of data/inspection"),
    ("policy_hash", "VARCHAR", "规则哈希: sha256 of its files"),
    ("enterprises", "BIGINT", "户数: enterprises of the frame"),
    ("visits", "BIGINT", "抽取户数: visits"),
    ("put_off", "BIGINT", "顺延户数: visits put off"),
    ("pool", "BIGINT", "检查人员数: inspectors of the region; null where no pool was ever delivered"),
    ("drawn_at", "TIMESTAMP", "抽取时间: when, UTC"),
    ("published_at", "TIMESTAMP", "公布时间: when published, UTC"),
    ("manifest_hash", "VARCHAR", "清单哈希: sha256 of the manifest of the package"),
)
SHOWN: dict[dg.AssetKey, tuple[str, tuple[tuple[str, str, str], ...]]] = {
    DRAW: (
        "**双随机抽取** · Enterprises to be visited next month, with probability, place, seed and hash.",
        DRAW_COLUMNS,
    ),
    STRATUM: (
        "**抽样分层** · Strata of the draw: how many live, eligible, drawn, with which probability.",
        STRATUM_COLUMNS,
    ),
    VISIT: (
        "**检查派员** · Inspectors of each visit, drawn from the pool without conflict of interest.",
        VISIT_COLUMNS,
    ),
    SHORTAGE: (
        "**力量缺口** · Which department and skill is short of inspectors, and by how many visits.",
        SHORTAGE_COLUMNS,
    ),
    RECORD: ("**抽取记录** · Seed, hashes, rules and size of each draw, also where nobody was drawn.", RECORD_COLUMNS),
}
"""Table -> what it is, its columns."""


class DrawConfig(dg.Config):
    """How the draw is made."""

    seed: str | None = Field(
        default=None,
        description="Any text. Empty: the seed recorded for the partition, or a new one of the operating system.",
    )


def partition_metadata(summary: Any) -> dict[str, dg.MetadataValue]:
    """What one drawn month and region shows: visits by class, departments, shortages, seed and hashes."""
    pool = "no pool delivered: visits are not assigned" if summary.pool is None else f"{summary.pool} inspectors"
    shown = {
        "dagster/row_count": dg.MetadataValue.int(summary.rows),
        "enterprises": dg.MetadataValue.int(summary.enterprises),
        "classes": table(summary.classes),
        "departments": table([{"department": name, "visits": count} for name, count in summary.departments.items()]),
        "pool": dg.MetadataValue.text(pool),
        "assigned": dg.MetadataValue.int(summary.assigned),
        "put_off": dg.MetadataValue.int(summary.put_off),
        "short": table(summary.short),
        "draw_id": dg.MetadataValue.text(summary.draw_id),
        "seed": dg.MetadataValue.text(f"{summary.seed} ({summary.seed_origin})"),
        "frame_hash": dg.MetadataValue.text(summary.frame_hash),
        "draw_hash": dg.MetadataValue.text(summary.draw_hash),
        "policy_version": dg.MetadataValue.text(summary.policy_version),
    }
    if summary.seeds_before:
        shown["seeds_before"] = dg.MetadataValue.text(", ".join(summary.seeds_before))
    return bounded(shown)


@contextmanager
def _told() -> Iterator[None]:
    """A refusal, which is a sentence for a person, as the failure of the step; trouble that can pass goes through."""
    try:
        yield
    except (RuntimeError, ValueError) as error:
        if may_pass(error):
            raise
        raise dg.Failure(description=str(error), allow_retries=False) from error


def _months_and_regions(context: dg.AssetExecutionContext) -> tuple[list[str], list[str]]:
    try:
        return rectangle(context.partition_keys)
    except ValueError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def _spec(settings: Settings, asset: dg.AssetKey) -> dg.AssetSpec:
    text, columns = SHOWN[asset]
    by_month = dg.MultiToSingleDimensionPartitionMapping(MONTH)
    feeds = [feed for feed in FEEDS if feed in delivered_feeds(settings)]
    return dg.AssetSpec(
        asset,
        deps=[
            dg.AssetDep(RISK_CLASS),
            dg.AssetDep(COMBINED_CLASS),
            *(dg.AssetDep(feed_key(feed), partition_mapping=by_month) for feed in feeds),
        ],
        group_name=GROUP,
        kinds={"python", "duckdb"},
        owners=[OWNER],
        tags={"stage": GROUP},
        description=f"{text}\n\nDrawn from the classes of the month and from earlier draws, by `data/inspection`. The "
        "same seed and frame give the same rows; a published draw is not drawn again. See docs/inspection.md.",
        metadata=table_metadata(asset.path[-1], columns),
    )


def _evaluations(platform: Platform, months: list[str], regions: list[str]) -> Iterator[dg.AssetCheckEvaluation]:
    """What the checks say of each drawn partition of the run."""
    for month in months:
        for found in platform.check_draws(platform.settings, month, regions):
            for region in regions:
                yield dg.AssetCheckEvaluation(
                    asset_key=DRAW,
                    check_name=found.name,
                    passed=bool(found.passed),
                    partition=str(key(month, region)),
                    severity=dg.AssetCheckSeverity.ERROR,
                    description=found.sentence,
                )


def build_inspection(settings: Settings) -> list[dg.AssetsDefinition]:
    """The tables of a draw, and ``published_draw``."""
    partitions = month_regions(settings)

    @dg.multi_asset(
        name="inspection_draw",
        specs=[_spec(settings, asset) for asset in SHOWN],
        check_specs=[
            dg.AssetCheckSpec(name, asset=DRAW, partitions_def=partitions, description=text)
            for name, text in CHECKS.items()
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def inspection_draw(context: dg.AssetExecutionContext, config: DrawConfig) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        months, regions = _months_and_regions(context)
        with retried(context), _told():
            summaries = platform.draw(platform.settings, months, regions, config.seed)
        for summary in summaries:
            context.add_asset_metadata(
                partition_metadata(summary), asset_key=DRAW, partition_key=key(summary.month, summary.region_code)
            )
        visits, off = (sum(getattr(summary, name) for summary in summaries) for name in ("rows", "put_off"))
        platform.progress(f"{months[0]} to {months[-1]}  draw: {visits:,} visits, {off:,} put off")
        yield from _evaluations(platform, months, regions)
        for asset in SHOWN:
            yield dg.Output(None, asset.to_python_identifier())
        for name in CHECKS:
            yield dg.Output(None, f"{DRAW.to_python_identifier()}_{name}")

    @dg.multi_asset(
        name="published_draw",
        specs=[
            dg.AssetSpec(
                PUBLISHED,
                deps=[dg.AssetDep(asset) for asset in SHOWN],
                group_name=GROUP,
                kinds={"python", "excel"},
                owners=[OWNER],
                tags={"stage": GROUP},
                description="**公布抽取结果** · Seals the draws: a package of each region under `published/draws` with "
                "CSV, Excel, JSON, Parquet, frame, rules and a manifest of sha256. After it the partition is not drawn "
                "again. `make verify-draw` draws it again from the package and compares.",
            )
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def published_draw(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        months, regions = _months_and_regions(context)
        for month in months:
            with retried(context), _told():
                every = len(regions) == len(region_codes(platform.settings))
                sealed = platform.publish_draw(platform.settings, month, None if every else regions, now=platform.now())
            for one in sealed:
                shown = {
                    "dagster/row_count": dg.MetadataValue.int(one.rows),
                    "draw_id": dg.MetadataValue.text(one.draw_id),
                    "folder": dg.MetadataValue.path(str(one.folder)),
                    "manifest_hash": dg.MetadataValue.text(one.manifest_hash),
                }
                context.add_asset_metadata(
                    bounded(shown), asset_key=PUBLISHED, partition_key=key(month, one.region_code)
                )
            platform.progress(f"{month}  published: {len(sealed)} regions, {sum(one.rows for one in sealed):,} visits")
        yield dg.Output(None, PUBLISHED.to_python_identifier())

    return [inspection_draw, published_draw]
