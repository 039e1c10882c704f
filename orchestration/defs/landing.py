"""Which folders of the landing zone hold something that has not been read yet.

Belongs here: comparing the landing zone with what was published, in bounded time and without opening a file.
Does not belong here: Dagster; reading deliveries.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestration.feeds.ledger import is_sealed, partition
from orchestration.feeds.manifest import MANIFEST
from orchestration.settings import Settings

HIDDEN = (".", "~")
"""Names that a transfer still under way or an editor leaves behind."""


@dataclass(frozen=True)
class Folder:
    """A landing folder with something new in it.

    Attributes:
        feed: feed that the folder belongs to.
        folder: month in the folder's name.
        month: month in which the files land: that of the folder, or the first open one after it where it is sealed.
        state: digest of the names, sizes and times of its files.
    """

    feed: str
    folder: str
    month: str
    state: str

    @property
    def name(self) -> str:
        """``<feed>/<folder>``."""
        return f"{self.feed}/{self.folder}"


def _state(folder: Path) -> tuple[str, int]:
    """Digest of names, sizes and times, and the newest moment (ns) at which anything in the folder changed."""
    rows: list[tuple[str, int, int]] = []
    newest = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(HIDDEN) or not entry.is_file():
                continue
            stat = entry.stat()
            rows.append((entry.name, stat.st_size, stat.st_mtime_ns))
            # A copy may keep the old modification time; the change time of the inode is always now.
            newest = max(newest, stat.st_mtime_ns, stat.st_ctime_ns)
    if not rows:
        return "", 0
    return hashlib.sha256(repr(sorted(rows)).encode()).hexdigest()[:12], newest


def _published(settings: Settings, feed: str, month: str) -> int:
    """When a feed's month was last published (ns), 0 if never."""
    try:
        return (partition(settings, feed, month) / MANIFEST).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _lands_in(settings: Settings, feed: str, folder: str, months: list[str]) -> str | None:
    """The month in which new files of a folder land; None while no month is open for them."""
    later = [month for month in months if month >= folder]
    return next((month for month in later if not is_sealed(settings, feed, month)), None)


def new_folders(settings: Settings, feeds: Iterable[str], months: Iterable[str]) -> Iterator[Folder]:
    """Folders whose content changed after it was last read, oldest month first.

    Args:
        settings: where landing zone and lake are.
        feeds: feeds to look at.
        months: months that are open; other folders are not looked at.
    """
    looked_at = sorted(months)
    for folder in looked_at:
        for feed in feeds:
            path = settings.landing / feed / folder
            if not path.is_dir():
                continue
            state, newest = _state(path)
            if not state or newest <= _published(settings, feed, folder):
                continue
            month = _lands_in(settings, feed, folder, looked_at)
            if month and newest > _published(settings, feed, month):
                yield Folder(feed, folder, month, state)


def settled(folders: Iterable[Folder], seen: Mapping[str, str], asked: Mapping[str, str]) -> list[Folder]:
    """Folders that did not change since the last look and for which no run was asked for in this state."""
    return [folder for folder in folders if seen.get(folder.name) == folder.state != asked.get(folder.name)]
