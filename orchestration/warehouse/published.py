"""Whether the published views stand, so that a decision of one region need not make them again.

Belongs here: the mark that a build of the views leaves, and what it is compared with.
Does not belong here: making the views (``dbt``), what they show (``dbt_project/models/marts``).

The views follow from the project, from what it is told, and from the lists and catalogues that it reads. As long as
those are the same, and the lake holds the very views that were made of them, making them again changes nothing. Their
tests are about the newest month that was decided, so whatever computes scores takes the mark away.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb

from orchestration.lake import connect, missing_lake
from orchestration.settings import Settings
from orchestration.specialised.load import specialised_root
from orchestration.warehouse.environment import dbt_environment
from orchestration.warehouse.project import fingerprint, manifest_of
from orchestration.warehouse.selection import published

ROWS_ONLY = ("ECR_STANDING", "ECR_MEMORY_LIMIT")
"""Variables that say nothing about the views: they change with the rows received, and with the machine."""
READ = (".csv", ".yml")


def stand(settings: Settings, month: str) -> bool:
    """Whether the lake holds the published views as dbt would make them now, tested since scores were computed.

    Args:
        settings: where the lake is.
        month: the month that dbt would be told, ``YYYY-MM``.
    """
    path = _mark(settings)
    if not path.is_file() or missing_lake(settings):
        return False
    kept = json.loads(path.read_text(encoding="utf-8"))
    return bool(kept["made_from"] == _made_from(settings, month) and kept["views"] == _views(settings))


def note(settings: Settings, month: str) -> None:
    """Leave the mark: the published views have just been made and tested."""
    mark = {"made_from": _made_from(settings, month), "views": _views(settings)}
    scratch = _mark(settings).with_suffix(".new")
    scratch.write_text(json.dumps(mark), encoding="utf-8")
    scratch.replace(_mark(settings))


def forget(settings: Settings) -> None:
    """Take the mark away: what the views show is about to change."""
    _mark(settings).unlink(missing_ok=True)


def _mark(settings: Settings) -> Path:
    return settings.computed / "published.json"


def _made_from(settings: Settings, month: str) -> str:
    """Digest of the project, of what it is told and of the files that it reads."""
    told = {name: value for name, value in dbt_environment(settings, month).items() if name not in ROWS_ONLY}
    digest = hashlib.sha256(f"{fingerprint(settings)}\n{json.dumps(told, sort_keys=True)}\n".encode())
    folders = {settings.definition / "catalogue", settings.canonical / "catalogue", specialised_root(settings)}
    folders |= {settings.definition / "reference", settings.canonical / "reference"}
    for folder in sorted(folders):
        for path in sorted(path for path in folder.rglob("*.*") if path.suffix in READ):
            digest.update(f"{path}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _views(settings: Settings) -> dict[str, str]:
    """The published views that the lake holds: name and DuckLake's identity, another one whenever a view is made."""
    names = sorted(published(manifest_of(settings).nodes))
    with connect(settings, read_only=True, views=False) as connection:
        try:
            found = connection.execute(
                "SELECT view_name, CAST(view_uuid AS VARCHAR) FROM __ducklake_metadata_lake.ducklake_view "
                "WHERE end_snapshot IS NULL AND view_name IN (SELECT unnest(?)) ORDER BY view_name",
                [names],
            ).fetchall()
        except duckdb.CatalogException:
            return {}
    return dict(found)
