"""What a crash leaves behind: staged deliveries and half-parsed projects.

Belongs here: which folders are scratch, and removing those that are old.
Does not belong here: ``tmp/replaced``, which ``feeds.ingest`` needs to mend a replacement that was cut in two.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from stat import S_ISDIR

from orchestration.lake import SPILL
from orchestration.settings import Settings

SCRATCH = "stage-*"
PARSED = "parse-*"
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Leftovers:
    """What was removed: how many files or folders, and their bytes."""

    removed: int
    bytes: int


def remove_leftovers(settings: Settings, keep_days: int, now: datetime) -> Leftovers:
    """Remove scratch that nothing has written to for ``keep_days`` days; a run that lives writes more often."""
    before = now.timestamp() - keep_days * SECONDS_A_DAY
    removed = size = 0
    for path in _scratch(settings):
        found = [path, *path.rglob("*")] if path.is_dir() else [path]
        stats = [one.lstat() for one in found]
        if max(stat.st_mtime for stat in stats) >= before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        removed += 1
        size += sum(stat.st_size for stat in stats if not S_ISDIR(stat.st_mode))
    return Leftovers(removed, size)


def _scratch(settings: Settings) -> Iterator[Path]:
    yield from sorted(settings.temporary.glob(SCRATCH))
    yield from sorted((settings.temporary / SPILL).glob("*"))
    yield from sorted(settings.dbt_target.glob(PARSED))
