"""Where things are: the one place that turns the environment into paths.

Belongs here: environment variables, the folders of run-time state, the jurisdiction in force.
Does not belong here: anything that opens a file of data or a database.

Environment:
    ECR_HOME          folder of all run-time state; default ``data/`` of the project
    ECR_JURISDICTION  ``henan`` (default, ``data/`` itself) or a folder name under ``data/jurisdictions``
    ECR_CATALOG       DuckLake catalogue, e.g. ``postgres:dbname=...``; default SQLite under ECR_HOME
    ECR_DATA_PATH     where DuckLake keeps its Parquet; default under ECR_HOME
    ECR_IDENTITY_KEY  secret with which personal identifiers are hashed; default: generated once under ECR_HOME
    ECR_MEMORY_LIMIT  memory limit of DuckDB; default ``4GB``; processes that take deliveries in together share it
    ECR_WEB_PROXY     HTTP proxy of the crawl, e.g. ``http://127.0.0.1:8123``; default: none, public addresses only
    ECR_DOCS_URL      where the pages under ``quality/`` are served; default as ``make ui`` serves them
"""

from __future__ import annotations

import csv
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestration import yaml_text

PROJECT = Path(__file__).resolve().parent.parent
MONTH = re.compile(r"^[0-9]{4}-(0[1-9]|1[0-2])$")
MEMORY_LIMIT = "4GB"
IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")


class SettingsError(ValueError):
    """A setting cannot be used; the message says which, where it comes from and how to mend it."""


@dataclass(frozen=True)
class Settings:
    """Folders and choices of one running platform.

    Attributes:
        home: folder of all run-time state (landing, lake, quality pages, Dagster, dbt).
        jurisdiction: name of the jurisdiction in force.
        candidate: catalogue version that is computed for every month in the shadow, in a lake of its own; None is the
            platform itself, where each month has the version in force.
    """

    home: Path
    jurisdiction: str = "henan"
    candidate: str | None = None

    @classmethod
    def from_env(cls) -> Settings:
        """Read ``ECR_HOME`` and ``ECR_JURISDICTION``; refuse a jurisdiction that has no folder."""
        home = Path(os.environ.get("ECR_HOME") or PROJECT / "data").expanduser().resolve()
        name = os.environ.get("ECR_JURISDICTION") or "henan"
        if not IDENTIFIER.match(name):
            raise SettingsError(f"ECR_JURISDICTION={name!r} is no folder name; use lower-case letters, digits and _.")
        settings = cls(home=home, jurisdiction=name)
        if not settings.definition.is_dir():
            raise SettingsError(
                f"ECR_JURISDICTION={name!r} has no folder {settings.definition}; create it or choose another name."
            )
        return settings

    @property
    def canonical(self) -> Path:
        """Folder of the canonical contracts, code lists and the default jurisdiction."""
        return PROJECT / "data"

    @property
    def definition(self) -> Path:
        """Folder with what this jurisdiction decides: jurisdiction.yml, contracts, catalogue, reference."""
        return self.canonical if self.jurisdiction == "henan" else self.canonical / "jurisdictions" / self.jurisdiction

    def own_or_canonical(self, name: str) -> Path:
        """A file or folder of the definition, such as ``form.yml``: the jurisdiction's own, else the canonical one."""
        own = self.definition / name
        return own if own.exists() else self.canonical / name

    @cached_property
    def profile(self) -> dict[str, object]:
        """Content of ``jurisdiction.yml``: name, timezone, first_month, feeds delivered, study."""
        return dict(yaml_text.load((self.definition / "jurisdiction.yml").read_text(encoding="utf-8")))

    @property
    def landing(self) -> Path:
        """Where departments drop their files: ``landing/<feed>/<YYYY-MM>/<files>``."""
        return self.home / "landing"

    @property
    def raw(self) -> Path:
        """Published raw partitions: ``raw/<feed>/month=<YYYY-MM>/*.parquet`` and ``manifest.json``."""
        return self.home / "lake" / "raw"

    @property
    def originals(self) -> Path:
        """Delivered files as they came, by sha256, readable by the owner only."""
        return self.home / "lake" / "originals"

    @property
    def quality(self) -> Path:
        """Data Docs pages: ``quality/<feed>/<YYYY-MM>.html``."""
        return self.home / "quality"

    @property
    def draws(self) -> Path:
        """Sealed packages of draws: ``published/draws/<month>/<region>/``."""
        return self.home / "published" / "draws"

    @property
    def computed(self) -> Path:
        """Catalogue, tables and marks of what is computed; a candidate has its own, so that nothing of it leaks."""
        return self.home / "lake" if self.candidate is None else self.home / "shadow" / self.candidate

    @property
    def temporary(self) -> Path:
        """Scratch space on the same file system as the lake, so that a rename is atomic."""
        return self.home / "tmp"

    @property
    def dbt_target(self) -> Path:
        """What dbt writes: manifest, compiled SQL, logs."""
        return self.home / "dbt" / self.jurisdiction

    @property
    def dagster_home(self) -> Path:
        """Dagster's instance: runs, events, schedules."""
        return self.home / "dagster"

    @property
    def extensions(self) -> Path:
        """DuckDB extensions, installed from the locked wheels."""
        return self.home / "extensions"

    @property
    def catalog(self) -> str:
        """DuckLake catalogue without its ``ducklake:`` prefix."""
        given = os.environ.get("ECR_CATALOG") if self.candidate is None else None
        return given or f"sqlite:{self.computed / 'catalog.sqlite'}"

    @property
    def data_path(self) -> str:
        """Folder or object store prefix of DuckLake's Parquet files."""
        given = os.environ.get("ECR_DATA_PATH") if self.candidate is None else None
        return given or str(self.computed / "tables")

    @property
    def memory_limit(self) -> str:
        """Memory limit of one DuckDB connection."""
        return os.environ.get("ECR_MEMORY_LIMIT") or MEMORY_LIMIT

    @cached_property
    def identity_key(self) -> str:
        """The secret that keys the hash of personal identifiers; made on first use, never logged."""
        given = os.environ.get("ECR_IDENTITY_KEY")
        if given:
            return given
        path = self.home / "secrets" / "identity.key"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                return path.read_text(encoding="ascii").strip()
            with os.fdopen(descriptor, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(32))
        return path.read_text(encoding="ascii").strip()


@contextmanager
def memory_shared(processes: int) -> Iterator[None]:
    """While this lasts, DuckDB of this process may use its share of ``ECR_MEMORY_LIMIT``, which is then one of all.

    Args:
        processes: how many work side by side.
    """
    before = os.environ.get("ECR_MEMORY_LIMIT")
    limit = before or MEMORY_LIMIT
    found = re.fullmatch(r"\s*(\d+(?:\.\d*)?)\s*([a-zA-Z]+|%)\s*", limit)
    # what is no size goes to DuckDB as it is, which says so
    os.environ["ECR_MEMORY_LIMIT"] = f"{float(found[1]) / processes:.6g}{found[2]}" if found else limit
    try:
        yield
    finally:
        if before is None:
            del os.environ["ECR_MEMORY_LIMIT"]
        else:
            os.environ["ECR_MEMORY_LIMIT"] = before


def jurisdictions() -> list[str]:
    """Names of all jurisdictions that have a folder, the canonical one first."""
    own = (PROJECT / "data" / "jurisdictions").glob("*/jurisdiction.yml")
    return ["henan", *sorted(path.parent.name for path in own)]


def docs_url() -> str:
    """Address under which the Data Docs pages are served, without a slash at its end."""
    return (os.environ.get("ECR_DOCS_URL") or "http://127.0.0.1:3001").rstrip("/")


def month_check(month: str) -> str:
    """Return ``month`` if it is ``YYYY-MM``; otherwise say so in one sentence."""
    if not MONTH.match(month):
        raise SettingsError(f"{month!r} is not a month; write it as YYYY-MM, for example 2026-05.")
    return month


def month_shift(month: str, by: int) -> str:
    """Month ``by`` months after ``month`` (before, if negative)."""
    year, number = map(int, month_check(month).split("-"))
    index = year * 12 + number - 1 + by
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def month_range(first: str, last: str) -> list[str]:
    """All months from ``first`` to ``last``, both included."""
    months = [month_check(first)]
    while months[-1] < month_check(last):
        months.append(month_shift(months[-1], 1))
    return months


def region_names(settings: Settings) -> dict[str, str]:
    """Code of each region of the jurisdiction -> its names, in the order of ``reference/regions.csv``."""
    with settings.own_or_canonical("reference/regions.csv").open(encoding="utf-8", newline="") as stream:
        return {row["region_code"]: f"{row['name_zh']} {row['name_en']}" for row in csv.DictReader(stream)}


def region_codes(settings: Settings) -> list[str]:
    """Region codes of the jurisdiction, in the order of ``reference/regions.csv``."""
    return list(region_names(settings))
