"""A jurisdiction with a definition of its own, copied from the canonical one, in which a test changes one line."""

from __future__ import annotations

import shutil
from pathlib import Path

from orchestration.settings import Settings


class Own(Settings):
    """Settings whose definition folder is under their home; what is not there stays canonical."""

    @property
    def definition(self) -> Path:
        return self.home / "definition"


def copied(home: Path, folder: str) -> Own:
    """Settings with a copy of one folder of the canonical definition."""
    settings = Own(home=home)
    shutil.copytree(settings.canonical / folder, settings.definition / folder)
    return settings


def change(path: Path, old: str, new: str) -> int:
    """Replace a text where it stands first in a file; the number of its line."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} has no {old!r}: the test no longer makes its fault"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1
