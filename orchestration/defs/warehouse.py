"""dbt: one asset per model, one check per data test, both on the partition of the month.

Belongs here: which models a run asks dbt for, turning what dbt reports into events.
Does not belong here: names and dependencies (``translator``), running dbt (``orchestration.warehouse.dbt``), SQL.

dbt runs once per month for all regions, in this process; a range of months is one step.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from orchestration.defs.partitions import month_in_progress, months
from orchestration.defs.resources import LAKE_WRITER, Platform, retried
from orchestration.defs.translator import OWNER, RISK_CLASS, Translator
from orchestration.settings import Settings, month_shift

PUBLISHED = "tag:published"
"""dbt selection of the views that are published after the classes have been decided."""
UNIQUE_ID = "dagster_dbt/unique_id"
SHOWN = 2_000
"""Characters of a message that an event shows."""


class _Names:
    """Which asset or check a dbt node is, and what has to run with it."""

    def __init__(self, assets: dg.AssetsDefinition, manifest: Mapping[str, Any]) -> None:
        specs = list(assets.specs)
        self._nodes = manifest["nodes"]
        self.models = {spec.metadata[UNIQUE_ID]: spec.key for spec in specs}
        self.checks = {spec.metadata[UNIQUE_ID]: spec for spec in assets.check_specs}
        self.by_key = {key: unique_id.split(".")[-1] for unique_id, key in self.models.items()}
        graph = {spec.key: [dep.asset_key for dep in spec.deps] for spec in specs}
        self._order = list(TopologicalSorter(graph).static_order())

    def in_order(self, keys: Collection[dg.AssetKey]) -> list[dg.AssetKey]:
        """The given models, each after those it reads: Dagster wants their outputs so."""
        return [key for key in self._order if key in keys]

    def select(self, keys: Collection[dg.AssetKey]) -> str:
        """dbt selection of the given models and of the views they read that live only as long as dbt's connection."""
        waiting = [unique_id for unique_id, key in self.models.items() if key in keys]
        wanted = set(waiting)
        while waiting:
            above = self._nodes[waiting.pop()]["depends_on"]["nodes"]
            views = {up for up in above if up in self._nodes and self._nodes[up]["database"] == "memory"} - wanted
            wanted |= views
            waiting += views
        return " ".join(sorted(self._nodes[unique_id]["name"] for unique_id in wanted))


def check_evaluation(spec: dg.AssetCheckSpec, node: Any, month: str | None) -> dg.AssetCheckEvaluation:
    """The outcome of one dbt data test."""
    passed = node.status in ("pass", "success")
    blocks = bool(spec.blocking) and node.status != "warn"
    metadata: dict[str, Any] = {"seconds": float(node.seconds or 0), "status": node.status}
    if node.rows is not None:
        metadata["rows"] = int(node.rows)
    return dg.AssetCheckEvaluation(
        asset_key=spec.asset_key,
        check_name=spec.name,
        passed=passed,
        partition=month,
        blocking=bool(spec.blocking),
        severity=dg.AssetCheckSeverity.ERROR if blocks else dg.AssetCheckSeverity.WARN,
        metadata=metadata,
        description=None if passed else str(node.message or "")[:SHOWN],
    )


def model_metadata(node: Any) -> dict[str, Any]:
    """What one built model shows."""
    shown: dict[str, Any] = {"seconds": dg.MetadataValue.float(float(node.seconds or 0))}
    if node.rows is not None and node.rows >= 0:
        shown["dagster/row_count"] = dg.MetadataValue.int(int(node.rows))
    return shown


SHOWN_FEEDS = 5
"""Feeds that a message names; the others wait for the next look."""

Built = dict[tuple[dg.AssetKey, str | None], dict[str, Any]]
"""Metadata of every model built, by asset and month."""


def _add_lineage(
    platform: Platform, manifest: Mapping[str, Any], names: "_Names", built: Built, translator: Translator
) -> None:
    """Put the column lineage on each model's newest event, the one that the UI reads."""
    lineage = platform.column_lineage(platform.settings, manifest) if built else {}
    newest = dict(built.keys())
    tables = {
        f"{node['source_name']}.{node['name']}" if node["resource_type"] == "source" else node["name"]: (
            translator.get_asset_key(node)
        )
        for node in (*manifest["nodes"].values(), *manifest["sources"].values())
        if node["resource_type"] in ("model", "source")
    }
    for (key, month), metadata in built.items():
        columns = lineage.get(names.by_key[key])
        if columns and newest[key] == month:
            metadata["dagster/column_lineage"] = column_lineage(columns, tables)


def column_lineage(
    columns: Mapping[str, Sequence[tuple[str, str]]], tables: Mapping[str, dg.AssetKey]
) -> dg.TableColumnLineage:
    """Dagster's form of one model's lineage; tables that are no asset are left out."""
    return dg.TableColumnLineage(
        {
            column: [dg.TableColumnDep(tables[table], name) for table, name in sources if table in tables]
            for column, sources in columns.items()
        }
    )


def _ended(platform: Platform) -> str:
    """The newest month that is over; it stands for the published views, which are of no month."""
    return month_shift(month_in_progress(platform.settings, platform.now()), -1)


def _nothing_to_make(context: dg.AssetExecutionContext) -> bool:
    """Whether the views of this run stand as they are. Whoever asks for views alone gets them made."""
    platform: Platform = context.resources.platform
    if RISK_CLASS not in context.job_def.asset_layer.selected_asset_keys:
        return False
    with retried(context):
        stands = bool(platform.views_stand(platform.settings, _ended(platform)))
    if stands:
        platform.progress("published  dbt: views stand")
        context.log.info("The published views stand: nothing that they are made of has changed.")
    return stands


def _run_dbt(
    context: dg.AssetExecutionContext, names: _Names, month: str | None, built: Built
) -> tuple[list[dg.AssetCheckEvaluation], str | None]:
    """Run dbt for a month, note what was built; return the checks, and why dbt stopped if it did."""
    from orchestration.warehouse.project import WarehouseError

    platform: Platform = context.resources.platform
    settings, failure = platform.settings, None
    nodes: list[Any] = []
    with retried(context):
        try:
            select = names.select(context.selected_asset_keys)
            told = month or _ended(platform)
            nodes = platform.build_month(settings, told, select=select, on_node=nodes.append).nodes
        except WarehouseError as error:
            failure = str(error)
    models = [node for node in nodes if node.kind == "model"]
    tests = [node for node in nodes if node.kind == "test"]
    for node in models:
        key = names.models.get(node.unique_id)
        if key in context.selected_asset_keys and node.status == "success":
            built[(key, month)] = model_metadata(node)
    chosen = context.selected_asset_check_keys
    evaluations = [
        check_evaluation(names.checks[node.unique_id], node, month)
        for node in tests
        if node.unique_id in names.checks and names.checks[node.unique_id].key in chosen and node.status != "skipped"
    ]
    stopped = f"; stopped. {failure}" if failure else ""
    platform.progress(f"{month or 'published'}  dbt: {len(models)} models, {len(tests)} tests{stopped}")
    return evaluations, failure


def _build(
    context: dg.AssetExecutionContext,
    assets: dg.AssetsDefinition,
    manifest: Mapping[str, Any],
    translator: Translator,
    months_: Sequence[str | None],
) -> Iterator[Any]:
    names = _Names(assets, manifest)
    built: Built = {}
    failure: str | None = None
    for month in months_:
        waiting = context.resources.platform.waiting(context.resources.platform.settings, month) if month else []
        if waiting:
            failure = f"{month} is not computed. " + " ".join(waiting[:SHOWN_FEEDS])
            break
        evaluations, failure = _run_dbt(context, names, month, built)
        yield from evaluations
        if failure:
            break
    _add_lineage(context.resources.platform, manifest, names, built, translator)
    if failure:
        for (key, month), metadata in built.items():
            yield dg.AssetMaterialization(key, partition=month, metadata=metadata)
        raise dg.Failure(description=failure, allow_retries=False)
    for (key, month), metadata in built.items():
        context.add_asset_metadata(metadata, asset_key=key, partition_key=month)
    for key in names.in_order({key for key, _ in built}):
        yield dg.Output(None, key.to_python_identifier())
    chosen = context.selected_asset_check_keys
    for spec in names.checks.values():
        if spec.key in chosen:
            yield dg.Output(None, spec.get_python_identifier())


def read_manifest(settings: Settings) -> dict[str, Any]:
    """dbt's manifest, parsed when the project changed."""
    from orchestration.warehouse.project import manifest_path

    manifest: dict[str, Any] = json.loads(manifest_path(settings).read_text(encoding="utf-8"))
    return manifest


def build_references(manifest: Mapping[str, Any]) -> list[dg.AssetSpec]:
    """Governed lists that models read: files under ``data/reference``, kept by people and not by a run."""
    return [
        dg.AssetSpec(
            dg.AssetKey(["reference", source["name"]]),
            group_name="reference",
            description=f"{source['description']}\n\nFile: `data/reference/{source['name']}.csv`.",
            kinds={"csv"},
            owners=[OWNER],
            tags={"stage": "reference"},
        )
        for source in manifest["sources"].values()
        if source["source_name"] == "reference"
    ]


def build_warehouse(settings: Settings, manifest: Mapping[str, Any]) -> list[dg.AssetsDefinition]:
    """The monthly models and the published views."""
    monthly = Translator(settings, months(settings))
    views = Translator(settings, None)

    @dbt_assets(
        manifest=manifest,
        exclude=PUBLISHED,
        name="warehouse_month",
        partitions_def=months(settings),
        backfill_policy=dg.BackfillPolicy.single_run(),
        dagster_dbt_translator=monthly,
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def warehouse_month(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Run dbt for each month of the run."""
        yield from _build(context, warehouse_month, manifest, monthly, list(context.partition_keys))

    @dbt_assets(
        manifest=manifest,
        select=PUBLISHED,
        name="warehouse_published",
        dagster_dbt_translator=views,
        required_resource_keys={"platform"},
        pool=LAKE_WRITER,
    )
    def warehouse_published(context: dg.AssetExecutionContext) -> Iterator[Any]:
        """Make the views that people read, unless they stand."""
        if not _nothing_to_make(context):
            yield from _build(context, warehouse_published, manifest, views, [None])

    return [warehouse_month, warehouse_published]
