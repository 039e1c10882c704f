"""Models that were learned: ``ECR_HOME/models/<name>/<id>/`` with a card and the numbers.

Belongs here: writing once, reading what is exactly as it was written, listing. Does not belong here: learning.

A folder is written whole and never again: its id is made from its content. The card (JSON) says on which data, by which
code, up to which month it was learned and what it is worth; the numbers are JSON and npz, never a pickle. A file that
differs from its card is refused.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from orchestration.learning.policy import LearningError
from orchestration.settings import PROJECT, Settings

NAME = re.compile(r"^[a-z][a-z0-9_-]*$")
CARD = "card.json"


class RegistryError(LearningError):
    """A model cannot be written or read; one sentence says which, why and what to do."""


@dataclass(frozen=True)
class Model:
    """One registered model.

    Attributes:
        name: what it is of, such as ``scorecard``.
        id: month and the first digits of the hash of its content.
        card: what was written beside it.
        folder: where it is.
    """

    name: str
    id: str
    card: dict[str, Any]
    folder: Path


def code_identity() -> str:
    """Hash of the code that learns: all files of this package, in order of their names."""
    digest = hashlib.sha256()
    for path in sorted((PROJECT / "orchestration" / "learning").glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def register(
    settings: Settings, name: str, card: Mapping[str, Any], model: Mapping[str, Any],
    arrays: Mapping[str, np.ndarray] | None = None,
) -> Model:  # fmt: skip
    """Write a model; the same content again is the same model.

    Args:
        settings: where models are.
        name: lower-case letters, digits, - and _.
        card: what a person should know, ``month`` up to which it was learned among it; gets the hashes of the files.
        model: numbers as JSON.
        arrays: numbers as npz.

    Raises:
        RegistryError: the name is none, or a folder of this id holds something else.
    """
    if not NAME.match(name):
        raise RegistryError(f"{name!r} is no name of a model; use lower-case letters, digits, - and _.")
    files = {"model.json": _json(model)}
    if arrays:
        packed = io.BytesIO()
        np.savez_compressed(packed, allow_pickle=False, **arrays)
        files["arrays.npz"] = packed.getvalue()
    hashes = {file: hashlib.sha256(content).hexdigest() for file, content in files.items()}
    whole = {"name": name, **card, "files": hashes}
    files[CARD] = _json(whole)
    identity = f"{card['month']}-{hashlib.sha256(files[CARD]).hexdigest()[:12]}"
    folder = settings.home / "models" / name / identity
    if folder.exists():
        return load(settings, name, identity)
    draft = folder.with_name(f".{identity}-{os.getpid()}")
    draft.mkdir(parents=True)
    try:
        for file, content in files.items():
            (draft / file).write_bytes(content)
            (draft / file).chmod(0o444)
        draft.rename(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return Model(name, identity, whole, folder)


def load(settings: Settings, name: str, identity: str) -> Model:
    """A model whose files are as they were written.

    Raises:
        RegistryError: there is none, or a file was changed.
    """
    folder = settings.home / "models" / name / identity
    if not NAME.match(name) or "/" in identity or not (folder / CARD).is_file():
        raise RegistryError(f"There is no model {name} {identity} under {settings.home / 'models'}; list the models.")
    raw = (folder / CARD).read_bytes()
    if not identity.endswith(hashlib.sha256(raw).hexdigest()[:12]):
        raise RegistryError(f"{folder / CARD}: is not the card that was written; remove the folder and learn anew.")
    card = json.loads(raw)
    for file, digest in card["files"].items():
        path = folder / file
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise RegistryError(f"{path}: is not the file its card describes; remove the folder and learn anew.")
    return Model(name, identity, card, folder)


def numbers(model: Model) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The numbers of a loaded model: JSON, and arrays where there are any."""
    arrays: dict[str, np.ndarray] = {}
    if (model.folder / "arrays.npz").is_file():
        with np.load(model.folder / "arrays.npz", allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
    return json.loads((model.folder / "model.json").read_text(encoding="utf-8")), arrays


def listed(settings: Settings, name: str) -> list[Model]:
    """All models of a name, oldest month first.

    Raises:
        RegistryError: one of them was changed.
    """
    folder = settings.home / "models" / name
    return [load(settings, name, path.name) for path in sorted(folder.glob("[0-9]*")) if (path / CARD).is_file()]


def learned_before(settings: Settings, month: str) -> bool:
    """Whether a scorecard was learned from the outcomes known by the end of an earlier month; opens none."""
    cards = (settings.home / "models" / "scorecard").glob(f"[0-9]*/{CARD}")
    return any(path.parent.name < month for path in cards)


def _json(content: Mapping[str, Any]) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()
