"""Runs dbt in this process, one month at a time.

Belongs here: ``build_month``, what each node did, errors a person can read.
Does not belong here: the parsed project (``project``), which nodes a run is about (``selection``), the environment of a
month (``session``, ``environment``), what models compute (``dbt_project``), Dagster.

dbt keeps global state, so runs in one process take turns. After every run the database is closed: no lock on the lake's
catalogue outlives a call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from orchestration.catalogue.check import check_catalogue, check_models
from orchestration.catalogue.model import CatalogueError
from orchestration.effect.store import prepare_tables
from orchestration.lake import failed_scores
from orchestration.settings import Settings
from orchestration.specialised.check import check_specialised, check_specialised_models
from orchestration.warehouse.project import WarehouseError, common, lock, manifest_of, manifest_path, one_line
from orchestration.warehouse.published import forget, note
from orchestration.warehouse.selection import PUBLISHED_TAG, Nodes, monthly, published, with_memory
from orchestration.warehouse.session import session

FAILED = ("error", "fail", "runtime error")
SCORES = "enterprise_score"
"""The model whose rows are classified; a run that includes it passes or fails the month."""
OVERRIDES = "enterprise_override"
"""The model of open overrides, which a decision reads beside the scores."""
UNFINISHED = "the build did not finish; compute the month again."
PUBLISHED = f"tag:{PUBLISHED_TAG}"
"""Views over the decided classes; they need the table that ``orchestration.risk`` writes."""

_agreed: set[Path] = set()


@dataclass(frozen=True)
class NodeResult:
    """What one node of the project did.

    Attributes:
        unique_id: dbt's identity of the node, e.g. ``model.ecr.enterprise``.
        name: name of the model or test.
        kind: ``model``, ``test``, ``unit_test`` or ``seed``.
        status: ``success``, ``pass``, ``warn``, ``fail``, ``error`` or ``skipped``.
        rows: rows of the month, for tables; otherwise ``None``.
        seconds: how long it took.
        message: what dbt said about it.
    """

    unique_id: str
    name: str
    kind: str
    status: str
    rows: int | None
    seconds: float
    message: str


@dataclass(frozen=True)
class MonthBuild:
    """The outcome of a successful run: the month and its nodes, in the order they ran."""

    month: str
    nodes: list[NodeResult]


def build_month(
    settings: Settings,
    month: str,
    select: str | None = None,
    on_node: Callable[[NodeResult], None] | None = None,
) -> MonthBuild:
    """Compute and test the warehouse of one month; every other month stays as it is.

    Args:
        settings: where the lake is and which jurisdiction is in force.
        month: ``YYYY-MM``.
        select: names of models, or a dbt selection, e.g. ``+h0403_penalties``; default: everything up to the scores,
            which is all but the views over the decided classes, ``tag:published``.
        on_node: called for each node as it finishes.

    Raises:
        WarehouseError: catalogue and models disagree, and nothing was built; or a model or test failed, and tables that
            had been replaced by then keep the new rows of this month.
    """
    _refuse_disagreement(settings)
    # buildable: a test runs once all its models are in the selection or before it
    arguments = ["build", "--exclude-resource-type", "unit_test", "--indirect-selection", "buildable"]
    names = set((select or "").split())
    plain = all(name.isidentifier() for name in names)
    project = manifest_of(settings).nodes
    if names == monthly(project):
        names = set()
    views = names == {PUBLISHED} or names >= published(project)
    # what lives in the memory of a run has to be made again for models chosen by name alone
    chosen = with_memory(project, names) if plain else names
    arguments += ["--select", *sorted(chosen)] if names else ["--exclude", PUBLISHED]

    def wanted(node: NodeResult) -> bool:
        return not names or not plain or node.status in FAILED or bool(_models_of(project, node.unique_id) & names)

    def report(node: NodeResult) -> None:
        if on_node and wanted(node):
            on_node(node)

    rows: dict[str, int] = {}
    marks = failed_scores(settings) if not names or SCORES in names else None
    # marked first, so that a build that is killed half-way leaves no scores that look tested
    if marks:
        marks.put(month, UNFINISHED)
    if marks or views:
        forget(settings)
    if views:
        # views over inspections can be made before the first of them was written
        prepare_tables(settings)
    try:
        results = invoke(settings, month, arguments, report, rows)
        _raise_for(month, results)
    except WarehouseError as error:
        if marks:
            marks.put(month, str(error))
        raise
    if marks:
        marks.clear(month)
    if views:
        note(settings, month)
    nodes = [node for node in map(_node, results) if wanted(node)]
    return MonthBuild(month, [replace(node, rows=rows.get(node.unique_id)) for node in nodes])


def invoke(
    settings: Settings,
    month: str,
    arguments: list[str],
    on_node: Callable[[NodeResult], None] | None = None,
    rows: dict[str, int] | None = None,
) -> list[Any]:
    """Run one dbt command for a month and return dbt's results, failed ones included.

    Args:
        settings: where the lake is.
        month: ``YYYY-MM``.
        arguments: of the dbt command line.
        on_node: called for each node as it finishes.
        rows: filled with the rows of the month in each table that was replaced.

    Raises:
        WarehouseError: dbt could not start or stopped before its nodes ran.
    """
    from dbt.cli.main import dbtRunner

    manifest = manifest_of(settings)
    with lock, session(settings, month):
        runner = dbtRunner(manifest=manifest, callbacks=[_listener(on_node, {} if rows is None else rows)])
        outcome = runner.invoke([*arguments, *common(settings)])
        if outcome.exception is not None:
            raise WarehouseError(f"dbt stopped in month {month}: {one_line(outcome.exception)}") from outcome.exception
        results = list(outcome.result.results)
        _tell_found(results)
        return results


def _refuse_disagreement(settings: Settings) -> None:
    """The build fails if the catalogue and the models disagree; looked at once per state of the project."""
    path = manifest_path(settings)
    if path in _agreed:
        return
    try:
        check_catalogue(settings)
        check_models(settings, path)
        check_specialised(settings)
        check_specialised_models(settings, path)
    except CatalogueError as error:
        raise WarehouseError(str(error)) from error
    _agreed.add(path)


def _models_of(nodes: Nodes, unique_id: str) -> set[str]:
    """Name of a model, or of the models that a test is about: the one it stands with, else all it reads."""
    node = nodes[unique_id]
    if node.resource_type.value == "model":
        return {str(node.name)}
    attached = getattr(node, "attached_node", None)
    about = [attached] if attached else node.depends_on.nodes
    return {str(nodes[name].name) for name in about if name in nodes}


def _listener(on_node: Callable[[NodeResult], None] | None, rows: dict[str, int]) -> Callable[[Any], None]:
    """What is done with dbt's events: rows written (said by the macro tell_rows) and nodes finished."""

    def listen(event: Any) -> None:
        if event.info.name == "JinjaLogDebug" and event.data.msg.startswith("ecr_rows "):
            _, unique_id, count = event.data.msg.split()
            rows[unique_id] = int(count)
        elif event.info.name == "NodeFinished" and on_node:
            info, result = event.data.node_info, event.data.run_result
            on_node(
                NodeResult(
                    info.unique_id,
                    info.node_name,
                    info.resource_type,
                    info.node_status,
                    rows.get(info.unique_id),
                    result.execution_time,
                    result.message,
                )
            )

    return listen


def _node(result: Any) -> NodeResult:
    node = result.node
    return NodeResult(
        unique_id=node.unique_id,
        name=node.name,
        kind=str(node.resource_type.value),
        status=str(getattr(result.status, "value", result.status)),
        rows=None,
        seconds=float(result.execution_time),
        message=str(result.message or ""),
    )


def _raise_for(month: str, results: list[Any]) -> None:
    failed = [result for result in results if _node(result).status in FAILED]
    if not failed:
        return
    first = failed[0]
    node = _node(first)
    reason = one_line(node.message) or "no message"
    others = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
    skipped = sum(_node(result).status == "skipped" for result in results)
    after = f"; {skipped} later ones did not run" if skipped else ""
    where = Path("dbt_project") / first.node.original_file_path
    raise WarehouseError(f"dbt {node.kind} {node.name} failed for month {month} ({where}): {reason}{others}{after}.")


def _tell_found(results: list[Any], limit: int = 3) -> None:
    """Put what each failed test found in the place of its message, while the tables it read are still in memory."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager

    opened = getattr(DuckDBConnectionManager._ENV, "conn", None)
    for result in results:
        if opened is None or result.node.resource_type.value != "test" or _node(result).status != "fail":
            continue
        try:
            with opened.cursor() as cursor:
                cursor.execute(result.node.compiled_code)
                names = [column[0] for column in cursor.description or []]
                rows = cursor.fetchmany(limit)
        except duckdb.Error:
            continue
        # tests of this project give one row of counts, of which only what was found is news
        found = [
            {name: value for name, value in zip(names, row, strict=True) if value not in (0, None)} for row in rows
        ]
        result.message = (
            "; ".join(", ".join(f"{name} {value}" for name, value in row.items()) for row in found) or result.message
        )
