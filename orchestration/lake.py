"""The lake: the one place that opens, attaches and reads DuckLake and the raw Parquet beside it.

Belongs here: connections, extensions, views over raw partitions, the write of one partition.
Does not belong here: what the tables mean (dbt models, ``risk``), how raw rows came to be (``feeds``).

Two stores, both readable by any engine. Raw rows are plain Parquet, one folder per feed and received month, replaced
by rename. Everything computed from them is DuckLake: Parquet data, ACID snapshots, a SQLite or PostgreSQL catalogue.
The SQLite catalogue allows one writer at a time: writers share a Dagster pool of one.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from orchestration.feeds.contract import all_feeds, load_contract
from orchestration.marks import Marks
from orchestration.resolution.links import prepare_links
from orchestration.settings import Settings
from orchestration.standing.store import prepare_lists
from orchestration.web.store import TABLES, web_home

EXTENSIONS = ("ducklake", "sqlite_scanner")
MANIFEST_SCHEMA = {
    "feed": "VARCHAR",
    "month": "VARCHAR",
    "status": "VARCHAR",
    "delivered": "BIGINT",
    "accepted": "BIGINT",
    "quarantined": "BIGINT",
    "superseded": "BIGINT",
    "supersedes": "VARCHAR[]",
}
"""Keys of ``manifest.json`` that SQL reads; the file holds more."""
NO_MONTH = "0000-00"
"""A partition without rows that every feed has, so that a feed nobody sends can still be queried."""

SPILL = "duckdb"
"""Below ``tmp``: where each DuckDB of the platform has a folder for what does not fit into memory."""

_lock = threading.Lock()
_idle: dict[str, list[duckdb.DuckDBPyConnection]] = {}
_shared: tuple[tuple[object, ...], duckdb.DuckDBPyConnection] | None = None


def quote(text: object) -> str:
    """A SQL string literal; only for places where DuckDB takes no parameter (ATTACH, CREATE VIEW, SET)."""
    return "'" + str(text).replace("'", "''") + "'"


def prepare(settings: Settings) -> None:
    """Make the folders, install the extensions from their locked wheels, give every feed its empty partition.

    Safe to call often and from several processes; nothing that exists is changed, but for an empty partition whose
    contract has changed since.
    """
    for folder in (
        settings.raw,
        settings.computed,
        settings.temporary,
        settings.landing,
        settings.extensions,
        settings.dbt_target,
    ):
        folder.mkdir(parents=True, exist_ok=True)
    with _lock:
        connection = _connect(settings)
        try:
            if not all(list(settings.extensions.rglob(f"{name}.duckdb_extension")) for name in EXTENSIONS):
                from duckdb_extensions import import_extension

                for name in EXTENSIONS:
                    import_extension(name, con=connection)
            for feed in all_feeds(settings):
                _empty_partition(connection, settings, feed)
            prepare_links(connection, settings)
            prepare_lists(connection, settings)
        finally:
            connection.close()


def _empty_partition(connection: duckdb.DuckDBPyConnection, settings: Settings, feed: str) -> None:
    folder = settings.raw / feed / f"month={NO_MONTH}"
    path, manifest = folder / "accepted.parquet", folder / "manifest.json"
    schema = load_contract(settings, feed).schema_sql
    # a contract may have got columns since: this partition is what gives them to a feed that delivered none of them yet
    blank = dict.fromkeys(MANIFEST_SCHEMA) | {"feed": feed, "month": NO_MONTH, "status": "none", "supersedes": []}
    wanted = json.dumps(blank | {"schema": schema})
    if path.exists() and manifest.exists() and manifest.read_text(encoding="utf-8") == wanted:
        return
    folder.mkdir(parents=True, exist_ok=True)
    columns = ", ".join(f"CAST(NULL AS {sql_type}) AS {name}" for name, sql_type in schema.items())
    scratch = folder / f".accepted-{threading.get_ident()}.parquet"
    connection.execute(f"COPY (SELECT {columns} WHERE false) TO {quote(scratch)} (FORMAT parquet)")
    scratch.rename(path)
    scratch = folder / f".manifest-{threading.get_ident()}.json"
    scratch.write_text(wanted, encoding="utf-8")
    scratch.rename(manifest)


def spill_folder(settings: Settings) -> Path:
    """A folder of its own for each DuckDB, for rows that do not fit into its memory.

    DuckDB calls these files the same in every instance. Two that share a folder, in one process or in two, overwrite
    each other's rows: the end is a crash or, worse, other rows (DuckDB's issue 15173, so up to 1.5 at least). DuckDB
    makes the folder when it needs one and removes it at its end; after a crash ``maintenance.leftovers`` does.
    """
    parent = settings.temporary / SPILL
    parent.mkdir(parents=True, exist_ok=True)
    return parent / uuid.uuid4().hex


def _connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        config={
            "extension_directory": str(settings.extensions),
            "temp_directory": str(spill_folder(settings)),
            "memory_limit": settings.memory_limit,
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
        }
    )


def attach_sql(settings: Settings, *, read_only: bool = False, name: str = "lake") -> str:
    """The ATTACH statement of the lake as ``name``; dbt's profile says the same with environment variables."""
    options = [f"DATA_PATH {quote(settings.data_path)}"]
    if settings.catalog.startswith("sqlite:"):
        options += ["META_JOURNAL_MODE 'WAL'", "META_BUSY_TIMEOUT 60000"]
    if read_only:
        options.append("READ_ONLY")
    return f"ATTACH {quote('ducklake:' + settings.catalog)} AS {name} ({', '.join(options)})"


@contextmanager
def scratch(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection without the lake, for work on files."""
    connection = _connect(settings)
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def workbench(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the process's one DuckDB without the lake, for small work that comes often.

    Opening and closing a DuckDB costs more than cleaning a small delivery. Temporary tables, variables and registered
    relations are the connection's own and end with it. Settings and other tables are everybody's: make none here.
    """
    global _shared  # noqa: PLW0603 - one per process; tests change the settings
    key = (settings.extensions, settings.temporary, settings.memory_limit)
    with _lock:
        if _shared is None or _shared[0] != key:
            _shared = key, _connect(settings)
        connection = _shared[1].cursor()
    try:
        yield connection
    finally:
        connection.close()


@contextmanager
def connect(settings: Settings, *, read_only: bool = False, views: bool = True) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the lake attached as ``lake``, ``raw.<feed>`` and ``web.<table>`` as views.

    Names are looked up in the lake first (``main``, ``scores``, ``affiliates``), so that a table needs
    no prefix.

    Args:
        settings: where the lake is.
        read_only: readers never wait for a writer; use it wherever nothing is written.
        views: False gives the lake alone, with full names, to a step that knows its tables: a view of each feed reads
            a file of every month, which costs more than a small step.
    """
    prepare(settings)
    if not views:
        with _kept_instance(settings) as connection:
            connection.execute(attach_sql(settings, read_only=read_only))
            yield connection
            connection.execute("DETACH lake")
        return
    connection = _with_extensions(settings)
    try:
        connection.execute(attach_sql(settings, read_only=read_only))
        _views(connection, settings)
        yield connection
    finally:
        connection.close()


def _with_extensions(settings: Settings) -> duckdb.DuckDBPyConnection:
    connection = _connect(settings)
    for extension in EXTENSIONS:
        connection.execute(f"LOAD {extension}")
    return connection


@contextmanager
def _kept_instance(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty DuckDB with the extensions, kept for the next one who asks in this process unless something went wrong.

    Loading them checks the signature of 70 MB, which costs more than a small step: a decision is three of those. What
    is kept holds no file open and none in memory.
    """
    key = repr((settings.extensions, settings.temporary, settings.memory_limit))
    with _lock:
        idle = _idle.setdefault(key, [])
        connection = idle.pop() if idle else None
    if connection is None:
        connection = _with_extensions(settings)
        connection.execute("SET enable_external_file_cache = false")
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    with _lock:
        idle.append(connection)


def _views(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """``raw.<feed>`` over all its months, ``raw.feed_month``, ``web.<table>``, and where names are looked up."""
    connection.execute("CREATE SCHEMA memory.raw")
    for feed in all_feeds(settings):
        files = settings.raw / feed / "*" / "accepted.parquet"
        connection.execute(
            f"CREATE VIEW memory.raw.{feed} AS "
            f"SELECT * FROM read_parquet({quote(files)}, union_by_name = true, hive_partitioning = false)"
        )
    connection.execute(f"CREATE VIEW memory.raw.feed_month AS {feed_month_sql(settings)}")
    web = _web_views(connection, settings)
    found = connection.execute(
        "SELECT schema_name FROM information_schema.schemata WHERE catalog_name = 'lake' ORDER BY schema_name"
    ).fetchall()
    schemas = [f"lake.{name}" for name in ("main", "scores", "affiliates") if (name,) in found]
    connection.execute("SET search_path = " + quote(",".join([*schemas, "memory.raw", *web])))


def _web_views(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """``web.<table>`` over all partitions of the web branch that have it, with ``step`` and ``month``; their schema."""
    home = web_home(settings)
    if not home.is_dir():
        return []
    connection.execute("CREATE SCHEMA memory.web")
    for table in TABLES:
        kept = [f"{steps}/month=*/{table}.parquet" for steps in ("*", "*/*")]
        files = ", ".join(quote(home / one) for one in kept if next(home.glob(one), None))
        if files:
            connection.execute(
                f"CREATE VIEW memory.web.{table} AS "
                r"SELECT regexp_extract(filename, '/web/([a-z_]+)/([^/]+/)?month=', 1) AS step, * EXCLUDE (filename) "
                f"FROM read_parquet([{files}], union_by_name = true, hive_partitioning = true, "
                "hive_types_autocast = false, filename = true)"
            )
    return ["memory.web"]


def missing_lake(settings: Settings) -> str:
    """Why nothing can be read yet, in one sentence; empty where there is a lake."""
    if settings.catalog.startswith("sqlite:") and not (settings.computed / "catalog.sqlite").exists():
        return f"There is no lake in {settings.home} yet; run `make demo` first, or set ECR_HOME."
    return ""


def feed_month_sql(settings: Settings) -> str:
    """A query with one row per published feed and month: status and row accounting, from the manifests."""
    columns = "{" + ", ".join(f"{name}: {quote(kind)}" for name, kind in MANIFEST_SCHEMA.items()) + "}"
    files = settings.raw / "*" / "*" / "manifest.json"
    source = f"read_json({quote(files)}, columns = {columns}, format = 'auto')"
    return f"SELECT * FROM {source} WHERE month <> {quote(NO_MONTH)}"


def failed_scores(settings: Settings) -> Marks:
    """Months whose scores must not be classified: their build has not finished, or it or a test failed."""
    return Marks(settings.computed / "failed")
