"""Which columns each model's columns come from, read from the SQL that dbt compiled.

Belongs here: parsing compiled SQL with sqlglot, a cache per model on disk, a bound on the time spent.
Does not belong here: Dagster's way of showing it, running dbt.

A model's answer changes only with its compiled SQL, so it is kept by digest; the month is cut out first, so that
every month shares it. What does not fit into the time of one call is done by the next one.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import time
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

from orchestration.feeds.contract import all_feeds, load_contract
from orchestration.settings import Settings

BUDGET = 5.0
"""Seconds that one call spends on models not yet in the cache."""

Sources = list[tuple[str, str]]
"""Pairs of table and column; the table is ``raw.<feed>``, ``reference.<list>``, a model's name or ``risk_class``."""
Columns = dict[str, Sources]
Schema = dict[str, dict[str, dict[str, str]]]

_RAW = re.compile(r"read_parquet\('[^']*?/lake/raw/(\w+)/\*/accepted\.parquet'[^)]*\)", re.IGNORECASE)
_LINKS = re.compile(r"read_parquet\('[^']*?/lake/resolution/\w+/month=\*/(\w+)\.parquet'[^)]*\)", re.IGNORECASE)
_REFERENCE = re.compile(r"read_csv\('[^']*?/(\w+)\.csv'[^)]*\)", re.IGNORECASE)
_JSON = re.compile(r"read_json\('[^']*?/lake/raw/\*/\*/manifest\.json'.*?\}\s*\)", re.IGNORECASE | re.DOTALL)
_ROWS = re.compile(r'(?<=\w)__rows(?=")')
_DAY = re.compile(r"'(?:19|20)[0-9]{2}-[0-9]{2}(?:-[0-9]{2})?'")


def plain(sql: str) -> str:
    """Compiled SQL with table functions turned into table names and every month and day into the same one."""
    sql = _RAW.sub(r"raw.\1", sql)
    sql = _JSON.sub("raw.feed_month", sql)
    sql = _LINKS.sub(r"resolution.\1", sql)
    sql = _REFERENCE.sub(r"reference.\1", sql)
    # rows kept in order (macro kept_rows) are those of the model, and their mark stands for its enterprise_id
    sql = _ROWS.sub("", sql).replace("enterprise_mark", "enterprise_id")
    return _DAY.sub(lambda match: "'2000-01-01'" if len(match.group()) > 9 else "'2000-01'", sql)


def trace(sql: str, schema: Mapping[str, Any]) -> Columns:
    """Output columns of one query -> the columns of the tables it reads that they are computed from.

    Args:
        sql: one select statement in DuckDB's dialect, table functions already replaced (``plain``).
        schema: nested mapping database -> table -> column -> type, as sqlglot takes it.

    Raises:
        sqlglot.errors.SqlglotError: the statement cannot be parsed or a column has no known table.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage

    statement = sqlglot.parse_one(sql, dialect="duckdb")
    read = set()
    for table in statement.find_all(exp.Table):
        table.set("catalog", None)
        read.add(table.name)
    # sqlglot normalises every name of the schema, which for all tables takes as long as the rest
    known = {name: {table: tables[table] for table in tables.keys() & read} for name, tables in schema.items()}
    known = {name: tables for name, tables in known.items() if tables}
    found: Columns = {}
    # neither a copy of the statement nor its names in quotes is needed to follow a column, and both take long
    spare = {"trim_selects": False, "copy": False, "quote_identifiers": False}
    for name, top in lineage(None, statement, schema=known, dialect="duckdb", **spare).items():
        leaves: set[tuple[str, str]] = set()
        waiting, seen = [top], {id(top)}
        while waiting:
            node = waiting.pop()
            if not node.downstream and isinstance(node.expression, exp.Table):
                table = node.expression
                prefix = f"{table.db}." if table.db in ("raw", "reference") else ""
                leaves.add((f"{prefix}{table.name}", node.name.split(".")[-1].strip('"')))
            fresh = [child for child in node.downstream if id(child) not in seen]
            seen.update(map(id, fresh))
            waiting += fresh
        found[name] = sorted(leaves)
    return found


def _base_schema(settings: Settings, manifest: Mapping[str, Any]) -> Schema:
    """Columns of what models read and do not make: feeds from their contracts, lists from their headers."""
    schema: Schema = {"raw": {feed: dict(load_contract(settings, feed).schema_sql) for feed in all_feeds(settings)}}
    for folder in (settings.canonical / "reference", settings.definition / "reference"):
        for path in sorted(folder.glob("*.csv")):
            with path.open(encoding="utf-8", newline="") as stream:
                header = next(csv.reader(stream), [])
            schema.setdefault("reference", {})[path.stem] = dict.fromkeys(header, "varchar")
    for source in manifest["sources"].values():
        if source["columns"]:
            schema.setdefault(source["schema"], {}).setdefault(source["name"], _typed(source))
    return schema


def _typed(node: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(column.get("data_type") or "varchar") for name, column in node["columns"].items()}


def _in_order(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Models, each after those it reads."""
    models = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    graph = {key: [up for up in node["depends_on"]["nodes"] if up in models] for key, node in models.items()}
    return [models[key] for key in TopologicalSorter(graph).static_order()]


def column_lineage(settings: Settings, manifest: Mapping[str, Any], budget: float = BUDGET) -> dict[str, Columns]:
    """Model name -> column -> where it comes from, for every model that dbt has compiled.

    Args:
        settings: where dbt's target folder and the cache are.
        manifest: dbt's manifest.
        budget: seconds to spend on what is not cached yet.
    """
    compiled = settings.dbt_target / "target" / "compiled" / str(manifest["metadata"]["project_name"])
    cache = settings.dbt_target / "column_lineage.json"
    known: dict[str, Any] = json.loads(cache.read_text(encoding="utf-8")) if cache.is_file() else {}
    schema = _base_schema(settings, manifest)
    base = hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()
    made: dict[str, list[str]] = {}
    fresh: dict[str, Any] = {}
    end = time.monotonic() + budget
    for node in _in_order(manifest):
        name, path = node["name"], compiled / node["original_file_path"]
        if not path.is_file():
            continue
        sql = plain(path.read_text(encoding="utf-8"))
        read = {up: made.get(up) for up in sorted(node["depends_on"]["nodes"])}
        digest = hashlib.sha256(f"{base}\n{json.dumps(read)}\n{sql}".encode()).hexdigest()[:20]
        entry = known.get(name, {})
        if entry.get("digest") != digest:
            if time.monotonic() > end:
                continue
            entry = {"digest": digest, "columns": _traced(sql, schema)}
        fresh[name] = entry
        columns = dict.fromkeys(entry["columns"], "varchar") | _typed(node)
        made[node["unique_id"]] = list(columns)
        schema.setdefault(node["schema"], {})[node.get("alias") or name] = columns
    if any(known.get(name) != entry for name, entry in fresh.items()):
        _write(cache, known | fresh)
    return {
        name: {column: [(table, source) for table, source in pairs] for column, pairs in entry["columns"].items()}
        for name, entry in fresh.items()
    }


def _traced(sql: str, schema: Schema) -> Columns:
    from sqlglot.errors import SqlglotError

    try:
        return trace(sql, schema)
    except SqlglotError:
        # Lineage is an aid to the reader: a query that sqlglot cannot read is shown without it.
        return {}


def _write(path: Path, content: Mapping[str, Any]) -> None:
    scratch = path.with_name(f".{path.name}-{os.getpid()}")
    scratch.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    scratch.replace(path)
