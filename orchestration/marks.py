"""Marks on months: one small text file per month with the sentence why the month must not be used yet.

Belongs here: writing, reading and removing such files.
Does not belong here: what a mark means (``feeds.ledger``: a refused delivery; ``lake``: untested scores).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Marks:
    """The marks in one folder."""

    folder: Path

    def put(self, month: str, sentence: str) -> None:
        """Mark ``month``, or give its mark another sentence."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(month).write_text(sentence, encoding="utf-8")

    def clear(self, month: str) -> None:
        """Remove the mark of ``month``, if it has one."""
        self._path(month).unlink(missing_ok=True)

    def of(self, month: str) -> str | None:
        """The sentence of ``month``; None if it has no mark."""
        path = self._path(month)
        return path.read_text(encoding="utf-8") if path.is_file() else None

    def until(self, month: str) -> dict[str, str]:
        """The sentences of all marked months up to ``month``, oldest first."""
        paths = sorted(path for path in self.folder.glob("*.txt") if path.stem <= month)
        return {path.stem: path.read_text(encoding="utf-8") for path in paths}

    def _path(self, month: str) -> Path:
        return self.folder / f"{month}.txt"
