"""The parsed dbt project: from memory, else from disk, else parsed.

Belongs here: the manifest and the state of the files it belongs to, words of the command line that every run shares.
Does not belong here: running dbt for a month (``dbt``), what it is told about the month (``environment``).

Parsing takes longer than a month's run, so its result is kept on disk, once per state of the project's files.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import PROJECT, Settings
from orchestration.warehouse.session import session

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

DBT_PROJECT = PROJECT / "dbt_project"
QUIET = (
    "--quiet", "--log-level", "none", "--log-level-file", "none", "--no-print", "--no-use-colors", "--no-write-json",
    "--no-version-check", "--no-partial-parse",
)  # fmt: skip
PARSED_FROM = {".sql", ".yml", ".csv"}
"""Endings of the files whose content is the project."""

lock = threading.RLock()
"""dbt keeps global state, so what asks it takes turns."""
_parsed: dict[str, Manifest] = {}
_read: dict[tuple[tuple[str, int, int], ...], str] = {}


class WarehouseError(RuntimeError):
    """dbt could not do what was asked; the message names the model or test, the month and the reason."""


def common(settings: Settings) -> list[str]:
    """What every dbt command is told."""
    target = "postgres" if settings.catalog.startswith("postgres:") else "sqlite"
    return ["--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target", target, *QUIET]


def manifest_path(settings: Settings) -> Path:
    """dbt's ``manifest.json`` of the project as its files are now; parsed first where it is stale."""
    with lock:
        path = settings.dbt_target / f"manifest-{fingerprint(settings)}.json"
        if not path.is_file():
            _parse(settings)
        return path


def manifest_of(settings: Settings) -> Manifest:
    """The project as its files are now, as dbt takes it."""
    with lock:
        key = fingerprint(settings)
        if key not in _parsed:
            found = _from_disk(settings, key) or _parse(settings)
            _parsed.clear()
            _parsed[key] = found
        return _parsed[key]


def fingerprint(settings: Settings) -> str:
    """Identity of the project's files and of what parsing bakes into the manifest."""
    from dbt.version import __version__

    return hashlib.sha256(
        f"{__version__}\n{settings.home}\n{settings.jurisdiction}\n{_files()}\n".encode()
    ).hexdigest()[:20]


def _files() -> str:
    """Digest of the project's files; read again only where one has another size or time of change."""
    paths = sorted(path for path in DBT_PROJECT.rglob("*.*") if path.suffix in PARSED_FROM)
    stamp = tuple((str(path), seen.st_size, seen.st_mtime_ns) for path, seen in ((path, path.stat()) for path in paths))
    if stamp not in _read:
        digest = hashlib.sha256()
        for path in paths:
            digest.update(f"{path.relative_to(DBT_PROJECT)}\n".encode())
            digest.update(path.read_bytes())
        _read.clear()
        _read[stamp] = digest.hexdigest()
    return _read[stamp]


def _from_disk(settings: Settings, key: str) -> Manifest | None:
    from dbt.contracts.graph.manifest import Manifest
    from dbt.parser.manifest import extended_mashumuro_decoder

    path = settings.dbt_target / f"manifest-{key}.msgpack"
    if not path.is_file():
        return None
    manifest = Manifest.from_msgpack(path.read_bytes(), decoder=extended_mashumuro_decoder)
    manifest.build_flat_graph()
    return manifest


def _parse(settings: Settings) -> Manifest:
    """Parse the project and keep the result on disk, for dbt as msgpack, for others as manifest.json."""
    from dbt.cli.main import dbtRunner
    from dbt.parser.manifest import extended_mashumaro_encoder

    settings.dbt_target.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix="parse-", dir=settings.dbt_target))
    try:
        arguments = [argument for argument in common(settings) if argument != "--no-write-json"]
        with session(settings, None):
            outcome = dbtRunner().invoke(["parse", *arguments, "--target-path", str(scratch)])
        if outcome.exception is not None:
            reason = one_line(outcome.exception)
            raise WarehouseError(f"dbt cannot read dbt_project: {reason}") from outcome.exception
        manifest: Manifest = outcome.result
        key = fingerprint(settings)
        (scratch / "manifest.msgpack").write_bytes(manifest.to_msgpack(extended_mashumaro_encoder))
        for old in settings.dbt_target.glob("manifest-*"):
            old.unlink(missing_ok=True)
        for suffix in ("json", "msgpack"):
            (scratch / f"manifest.{suffix}").rename(settings.dbt_target / f"manifest-{key}.{suffix}")
        return manifest
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def one_line(reason: object) -> str:
    """A database's or dbt's message on one line, without the decoration."""
    lines = [line.strip() for line in str(reason).splitlines()]
    kept = [line for line in lines if line and not line.startswith(("compiled code at", "LINE", "^"))]
    return " ".join(kept)[:600]
