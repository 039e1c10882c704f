"""Where steps beside the warehouse leave their tables: one folder per step and month, replaced as a whole.

Belongs here: place, reading and replacement of one partition.
Does not belong here: which steps and tables there are (``web.store``, ``resolution.store``).

A partition is ``lake/<branch>/<step>/[<source>/]month=<YYYY-MM>/`` with Parquet tables and ``summary.json``. It is
written beside its place and renamed into it, so that a reader sees the old one or the new one.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import polars as pl

from orchestration.settings import IDENTIFIER, Settings, SettingsError, month_check


@dataclass(frozen=True)
class Partition:
    """One month of a step, of one source or of all.

    Attributes:
        settings: whose lake.
        step: name of the step.
        month: YYYY-MM.
        source: name of the source; None for what is made of all sources.
        branch: folder of the lake, fixed by the branch's own class.
        tables: columns of the branch's tables, fixed by the branch's own class.
    """

    branch: ClassVar[str] = ""
    tables: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    settings: Settings
    step: str
    month: str
    source: str | None = None

    def __post_init__(self) -> None:
        month_check(self.month)
        for name in (self.step, *([self.source] if self.source else [])):
            if not IDENTIFIER.match(name):
                raise SettingsError(f"{name!r} is no name of a step or source; use lower-case letters, digits and _.")

    @property
    def folder(self) -> Path:
        """Where the partition lies."""
        parts = [self.step, *([self.source] if self.source else []), f"month={self.month}"]
        return (self.settings.home / "lake" / self.branch).joinpath(*parts)

    def exists(self) -> bool:
        """Whether the step has been done for this month."""
        return (self.folder / "summary.json").is_file()

    def read(self, table: str) -> pl.DataFrame:
        """One table; empty where the step has not been done or wrote none."""
        path = self.folder / f"{table}.parquet"
        return pl.read_parquet(path) if path.is_file() else pl.DataFrame(schema=dict(self.tables[table]))

    def summary(self) -> dict[str, Any]:
        """What the step told about itself; empty where it has not been done."""
        path = self.folder / "summary.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}

    def replace(self, tables: Mapping[str, pl.DataFrame], summary: Mapping[str, Any]) -> None:
        """Put these tables and this summary in place of what the partition holds.

        Raises:
            ValueError: a table has not the columns and types of its branch.
        """
        for name, frame in tables.items():
            if dict(frame.schema) != dict(self.tables[name]):
                raise ValueError(
                    f"table {name} of step {self.step} has the columns {frame.schema}, not {self.tables[name]}"
                )
        fresh = self.folder.with_name(f".{self.folder.name}-{uuid.uuid4().hex[:12]}")
        fresh.mkdir(parents=True)
        for name, frame in tables.items():
            frame.write_parquet(fresh / f"{name}.parquet", compression="zstd")
        text = json.dumps(dict(summary), ensure_ascii=False, indent=1, sort_keys=True, default=str)
        (fresh / "summary.json").write_text(text, encoding="utf-8")
        old = fresh.with_name(f"{fresh.name}-old")
        if self.folder.exists():
            self.folder.rename(old)
        fresh.rename(self.folder)
        shutil.rmtree(old, ignore_errors=True)


def months_until(settings: Settings, branch: str, step: str, month: str, source: str | None = None) -> list[str]:
    """Months up to ``month`` for which a step of a branch has been done, oldest first."""
    folder = settings.home / "lake" / branch / step / (source or "")
    done = (path.parent.name.removeprefix("month=") for path in folder.glob("month=*/summary.json"))
    return sorted(found for found in done if found <= month)


def write_empty(connection: duckdb.DuckDBPyConnection, path: Path, columns: Mapping[str, str]) -> None:
    """Write a Parquet file without rows, by which a query finds columns (name -> SQL type) where nothing else lies yet.

    A file that exists stays as it is.
    """
    if path.is_file():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    wanted = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
    scratch = path.with_name(f".{path.stem}-{uuid.uuid4().hex[:12]}")
    connection.sql(f"SELECT {wanted} WHERE false").write_parquet(str(scratch))
    scratch.rename(path)
