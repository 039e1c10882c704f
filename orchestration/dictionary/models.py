"""Page on the dbt models, by layer, from the YAML beside them.

Belongs here: text of ``models.md``. Does not belong here: dbt; the YAML is read as it stands, nothing is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from orchestration.dictionary.markdown import code, opening, table, text
from orchestration.settings import PROJECT

MODELS = PROJECT / "dbt_project" / "models"

LAYERS: dict[str, str] = {
    "staging": "Rows of each feed as known at the end of the month in force, and which feeds are fresh.",
    "enterprise": "The spine: the enterprises that are classified.",
    "indicators": "One model per level-2 indicator, one column per level-3 indicator.",
    "scores": "Values, points and the score.",
    "marts": "What is published.",
}
"""Folder under ``models`` -> what its models are for, in the order of the road."""


class DictionaryError(ValueError):
    """The registry lacks what a page has to say; one sentence names the file and the cure."""


@dataclass(frozen=True)
class Model:
    """One dbt model: its SQL file relative to ``models``, and the entry of the YAML beside it."""

    path: Path
    entry: dict[str, Any]

    @property
    def name(self) -> str:
        """Name of the model."""
        return self.path.stem

    @property
    def layer(self) -> str:
        """First folder under ``models``."""
        return self.path.parts[0]


def read_models(folder: Path = MODELS) -> list[Model]:
    """All models under ``folder``, by path.

    Raises:
        DictionaryError: a model has no description in a YAML file of its folder, or lies in no known layer.
    """
    entries: dict[tuple[Path, str], dict[str, Any]] = {}
    for path in sorted(folder.rglob("*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        entries |= {(path.parent, entry["name"]): entry for entry in content.get("models") or ()}
    models = []
    for path in sorted(folder.rglob("*.sql")):
        entry = entries.get((path.parent, path.stem), {})
        short = path.relative_to(folder)
        if not str(entry.get("description", "")).strip():
            raise DictionaryError(f"dbt_project/models/{short}: has no description in a YAML file beside it; add one.")
        if short.parts[0] not in LAYERS:
            raise DictionaryError(
                f"dbt_project/models/{short}: lies in none of the layers {', '.join(LAYERS)}; move it, or name the "
                "layer in orchestration/dictionary/models.py."
            )
        models.append(Model(short, entry))
    return models


def models_page(folder: Path = MODELS) -> str:
    """Text of ``models.md``."""
    models = read_models(folder)
    lines = [
        *opening("models", "dbt models 数据模型", "the YAML beside the models in dbt_project/models"),
        f"{len(models)} models. In each, month M is made only of what was received by the end of M.",
        "",
        *table(
            ["Layer", "Models", "Purpose"],
            (
                [f"[{layer}](#layer-{layer})", str(sum(model.layer == layer for model in models)), purpose]
                for layer, purpose in LAYERS.items()
            ),
        ),
    ]
    for layer, purpose in LAYERS.items():
        lines += [f"## Layer {layer}", "", purpose, ""]
        for model in models:
            if model.layer == layer:
                lines += _model(model)
    return "\n".join(lines)


def _model(model: Model) -> list[str]:
    columns = model.entry.get("columns") or []
    typed = any(column.get("data_type") for column in columns)
    header = ["Column", "Type", "Meaning"] if typed else ["Column", "Meaning"]
    rows = []
    for column in columns:
        kind = [text(column.get("data_type"))] if typed else []
        rows.append([code(column["name"]), *kind, text(column.get("description"))])
    path = model.path.as_posix()
    return [
        f"### {model.name}",
        "",
        text(model.entry["description"]),
        "",
        f"SQL: [{path}](../../dbt_project/models/{path})",
        "",
        *(table(header, rows) if rows else []),
    ]
