"""Raw feeds: one asset per delivered feed and month, guarded by its suite of expectations.

Belongs here: turning contracts into assets, and what happened to a delivery into events on the partition.
Does not belong here: reading, cleaning or checking rows (``orchestration.feeds``, ``orchestration.quality``).

Per month: stage -> check -> publish. Only a month that passed is published, so downstream never sees rows that a
blocking check refused. A month that stops does not keep the feed's other months, or other feeds, from going on.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from orchestration.defs.partitions import months
from orchestration.defs.resources import Platform, retried
from orchestration.defs.shown import CELL, SHOWN, bounded, counted, cut, listed
from orchestration.feeds.contract import Column, Contract, delivered_feeds, load_contract
from orchestration.settings import Settings, docs_url

PREFIX = "raw"
QUALITY = "quality"
ARRIVAL = "arrival"

CATEGORY_GROUPS: Mapping[str, str] = {
    "C01": "c01_registration",
    "C02": "c02_licences",
    "C03": "c03_annual_reports",
    "C04": "c04_abnormal_list",
    "C05": "c05_serious_lists",
    "C06": "c06_penalties",
    "C07": "c07_spot_checks",
    "C08": "c08_sampling",
    "C09": "c09_complaints",
    "C10": "c10_courts",
    "C11": "c11_pledges",
    "C12": "c12_tax",
    "C13": "c13_insurance",
    "C14": "c14_ip_honours",
    "C15": "c15_specialised",
    "S01": "s01_decisions",
    "S02": "s02_inspectors",
    "S03": "s03_conflicts",
    "W01": "w01_web",
}
"""Group of each category of data; a category without one fails the load."""


def feed_key(feed: str) -> dg.AssetKey:
    """Asset key of a raw feed."""
    return dg.AssetKey([PREFIX, feed])


def group_of(contract: Contract) -> str:
    """Asset group of a feed.

    Raises:
        KeyError: the contract has a category that no group is named for.
    """
    try:
        return CATEGORY_GROUPS[contract.category]
    except KeyError:
        raise KeyError(
            f"data/contracts/{contract.feed}.yml: category {contract.category!r} has no asset group; "
            "name one in orchestration/defs/feeds.py."
        ) from None


def _column(column: Column) -> dg.TableColumn:
    tags = {"national": column.national} if column.national else {}
    if column.unit:
        tags["unit"] = column.unit
    if column.codes:
        tags["codes"] = column.codes
    if column.type in ("person_id", "holder_id", "person_name"):
        tags["personal"] = "hashed" if column.type != "person_name" else "masked"
    return dg.TableColumn(
        name=column.name,
        type=column.sql_type,
        description=f"{column.zh}: {column.doc}",
        constraints=dg.TableColumnConstraints(nullable=not column.required),
        tags=tags,
    )


def column_schema(contract: Contract) -> dg.TableSchema:
    """Columns of an accepted raw row, with meaning, national field name, unit and code list."""
    ledger = (
        ("received_month", "VARCHAR", "收到月份: month in which the row was received, YYYY-MM"),
        ("delivery_id", "VARCHAR", "批次: first 16 hex digits of the delivered file's sha256"),
        ("row_no", "BIGINT", "行号: number of the data row in the delivered file, from 1"),
    )
    return dg.TableSchema(
        columns=[_column(column) for column in contract.columns]
        + [
            dg.TableColumn(name=name, type=kind, description=doc, constraints=dg.TableColumnConstraints(nullable=False))
            for name, kind, doc in ledger
        ],
        constraints=dg.TableConstraints(other=[f"key: {', '.join(contract.key)}"]),
    )


def _description(contract: Contract) -> str:
    parts = [
        f"**{contract.title_zh}** · {contract.title_en}",
        f"Delivered {contract.cadence} by {contract.owner.replace('_', ' ')}, due on day {contract.due_day} of the "
        f"following month{'' if contract.required else '; a month without a delivery is allowed'}.",
        f"Known by `{', '.join(contract.key)}`; the event's day is `{contract.event_date}`; counts as known for "
        f"{contract.fresh_months} months after a delivery.",
        f"Contract: `data/contracts/{contract.feed}.yml`. Files: `landing/{contract.feed}/<YYYY-MM>/`.",
    ]
    return "\n\n".join(parts)


def month_metadata(summary: Any) -> dict[str, dg.MetadataValue]:
    """What a published feed month shows: row accounting, cleaning, reasons of quarantine, delivered files."""
    shown: dict[str, dg.MetadataValue] = {
        "dagster/row_count": dg.MetadataValue.int(summary.accepted),
        "status": dg.MetadataValue.text(summary.status),
        "delivered": dg.MetadataValue.int(summary.delivered),
        "accepted": dg.MetadataValue.int(summary.accepted),
        "quarantined": dg.MetadataValue.int(summary.quarantined),
        "superseded": dg.MetadataValue.int(summary.superseded),
    }
    if summary.quarantine_reasons:
        shown["quarantine_reasons"] = counted(summary.quarantine_reasons, "reason")
    if summary.cleaned:
        shown["cleaned"] = counted(summary.cleaned, "rule")
    if summary.deliveries:
        lines = ["| file | format | encoding | rows | sha256 |", "|---|---|---|---:|---|"]
        lines += [
            f"| {cut(item.file, CELL)} | {item.format} | {item.encoding or ''} | {item.rows:,} | `{item.sha256}` |"
            for item in summary.deliveries[:SHOWN]
        ]
        if len(summary.deliveries) > SHOWN:
            lines.append(f"| {len(summary.deliveries) - SHOWN} more | | | | |")
        shown["deliveries"] = dg.MetadataValue.md("\n".join(lines))
    if summary.supersedes:
        shown["supersedes"] = dg.MetadataValue.text(", ".join(summary.supersedes[:SHOWN]))
    if summary.repeats:
        shown["repeats"] = dg.MetadataValue.int(len(summary.repeats))
    if summary.warnings:
        shown["warnings"] = listed(summary.warnings)
    return bounded(shown)


def quality_evaluation(feed: str, month: str, report: Any) -> dg.AssetCheckEvaluation:
    """The suite's outcome on one month: counts per quality dimension, what failed, the Data Docs page."""
    total = Counter(outcome.dimension for outcome in report.results)
    failed = [outcome for outcome in report.results if not outcome.passed]
    bad = Counter(outcome.dimension for outcome in failed)
    table = ["| dimension | passed | failed |", "|---|---:|---:|"]
    table += [f"| {name} | {total[name] - bad[name]} | {bad[name]} |" for name in sorted(total)]
    metadata: dict[str, Any] = {
        # a browser opens no file from a page that came over http, so `make ui` serves the pages beside the UI
        "data_docs": dg.MetadataValue.url(f"{docs_url()}/{feed}/{month}.html"),
        "page": dg.MetadataValue.path(str(report.page)),
        "dimensions": dg.MetadataValue.md("\n".join(table)),
        "expectations": dg.MetadataValue.int(len(report.results)),
    }
    if failed:
        metadata["failed"] = listed(outcome.sentence for outcome in failed)
    return dg.AssetCheckEvaluation(
        asset_key=feed_key(feed),
        check_name=QUALITY,
        passed=bool(report.passed),
        partition=month,
        blocking=True,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata=bounded(metadata),
        description=cut(failed[0].sentence) if failed else None,
    )


def arrival_evaluation(feed: str, month: str, summary: Any) -> dg.AssetCheckEvaluation:
    """Whether the month arrived in the expected volume; never blocking, a missing feed is unknown, not wrong."""
    metadata: dict[str, Any] = {"delivered": summary.delivered, "status": summary.status}
    if summary.warnings:
        metadata["warnings"] = listed(summary.warnings)
    return dg.AssetCheckEvaluation(
        asset_key=feed_key(feed),
        check_name=ARRIVAL,
        passed=summary.status == "accepted" and not summary.warnings,
        partition=month,
        blocking=False,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=bounded(metadata),
        description=cut(summary.warnings[0]) if summary.warnings else None,
    )


@dataclass
class _Outcome:
    published: dict[str, Any] = field(default_factory=dict)
    stopped: list[str] = field(default_factory=list)
    events: list[dg.AssetCheckEvaluation] = field(default_factory=list)


def _month(platform: Platform, feed: str, month: str, outcome: _Outcome) -> None:
    from orchestration.feeds.errors import FeedStop

    try:
        staged = platform.stage_feed(platform.settings, feed, month)
    except FeedStop as stop:
        outcome.stopped.append(str(stop))
        platform.mark_stopped(platform.settings, feed, month, str(stop))
        platform.progress(f"{month}  {feed}: stopped. {stop}")
        return
    try:
        outcome.events.append(arrival_evaluation(feed, month, staged.summary))
        report = platform.validate(platform.settings, staged)
        outcome.events.append(quality_evaluation(feed, month, report))
    except BaseException:
        platform.discard_feed(staged)
        raise
    if not report.passed:
        platform.discard_feed(staged)
        sentence = next(item.sentence for item in report.results if not item.passed)
        outcome.stopped.append(f"{feed} {month}: the blocking check failed: {sentence}")
        platform.mark_stopped(platform.settings, feed, month, sentence)
        platform.progress(f"{month}  {feed}: refused by its checks. {sentence}")
        return
    outcome.published[month] = platform.publish_feed(platform.settings, staged)


def _told(feed: str, published: Mapping[str, Any]) -> str:
    """One line of progress: what the months of a feed came to."""
    summaries = list(published.values())
    accepted, quarantined, superseded = (
        sum(getattr(summary, name) for summary in summaries) for name in ("accepted", "quarantined", "superseded")
    )
    span = " to ".join(sorted({min(published), max(published)}))
    missing = sum(summary.status == "missing" for summary in summaries)
    return f"{span}  {feed}: {accepted:,} accepted, {quarantined:,} quarantined, {superseded:,} superseded" + (
        f"; nothing came in {missing} of {len(summaries)} months" if missing else ""
    )


def build_feed(settings: Settings, feed: str, made_of: Sequence[dg.AssetKey] = ()) -> dg.AssetsDefinition:
    """The asset of one feed.

    Args:
        settings: whose contracts.
        feed: its name.
        made_of: assets that write its deliveries, where it is not a department that does.
    """
    contract = load_contract(settings, feed)
    partitions = months(settings)
    key = feed_key(feed)

    @dg.multi_asset(
        name=f"{PREFIX}__{feed}",
        specs=[
            dg.AssetSpec(
                key,
                deps=list(made_of),
                group_name=group_of(contract),
                description=_description(contract),
                kinds={"parquet"},
                owners=[f"team:{contract.owner}"],
                tags={"category": contract.category.lower(), "stage": "raw"}
                | ({"required": "true"} if contract.required else {}),
                metadata={
                    "dagster/column_schema": column_schema(contract),
                    "dagster/table_name": f"raw.{feed}",
                    "contract": f"data/contracts/{feed}.yml",
                },
            )
        ],
        check_specs=[
            dg.AssetCheckSpec(
                QUALITY,
                asset=key,
                blocking=True,
                partitions_def=partitions,
                description=f"质量检查: suite expectations/{feed} on the staged rows of the month; a failure keeps the "
                "month from being published and everything downstream from being computed.",
            ),
            dg.AssetCheckSpec(
                ARRIVAL,
                asset=key,
                partitions_def=partitions,
                description="及时性: whether the month was delivered, and in the volume that the contract expects.",
            ),
        ],
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run(),
        required_resource_keys={"platform"},
        op_tags={"stage": "raw"},
    )
    def _feed(context: dg.AssetExecutionContext) -> Iterator[Any]:
        platform: Platform = context.resources.platform
        outcome = _Outcome()
        with retried(context):
            for month in context.partition_keys:
                _month(platform, feed, month, outcome)
        if outcome.published:
            platform.progress(_told(feed, outcome.published))
        yield from outcome.events
        if outcome.stopped:
            for month, summary in outcome.published.items():
                yield dg.AssetMaterialization(key, partition=month, metadata=month_metadata(summary))
            raise dg.Failure(description=" ".join(outcome.stopped[:SHOWN]), allow_retries=False)
        for month, summary in outcome.published.items():
            context.add_asset_metadata(month_metadata(summary), asset_key=key, partition_key=month)
        yield dg.Output(None, key.to_python_identifier())
        for name in (QUALITY, ARRIVAL):
            yield dg.Output(None, f"{key.to_python_identifier()}_{name}")

    return _feed


def build_feeds(
    settings: Settings, made_of: Mapping[str, Sequence[dg.AssetKey]] | None = None
) -> list[dg.AssetsDefinition]:
    """The raw assets of every feed that this jurisdiction receives.

    Args:
        settings: whose contracts.
        made_of: feed -> assets that write its deliveries.
    """
    made = made_of or {}
    return [build_feed(settings, feed, made.get(feed, ())) for feed in delivered_feeds(settings)]
