"""Page on the dbt models, by layer, from the YAML beside them.

Belongs here: text of ``models.md``. Does not belong here: dbt; the YAML is read as it stands, nothing is parsed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestration import yaml_text
from orchestration.dictionary.markdown import code, opening, table, text
from orchestration.settings import PROJECT

MODELS = PROJECT / "dbt_project" / "models"

LAYERS: dict[str, str] = {
    "staging": "Rows of each feed as known at the end of the month in force, with what was decided about them, and "
    "which feeds are fresh. 各数据源截至月末的已知记录，附信用修复和异议处理结果。",
    "enterprise": "The spine: the enterprises that are classified. 参与分类的企业主体。",
    "affiliates": "Who controls, heads and houses whom, and which enterprises belong together. "
    "控制、任职、同址关系与企业集团。",
    "indicators": "One model per level-2 indicator, one column per level-3 indicator. "
    "每个二级指标一个模型，每个三级指标一列。",
    "evidence": "Which records stand behind each indicator. 每个指标所依据的记录。",
    "scores": "Values, points, the score, and the evidence behind the points. 指标值、分值、总分及证据。",
    "signals": "Counts of web signals for warnings. 用于预警的互联网信号计数。",
    "specialised": "Members, indicators and scores of the key fields, with evidence. "
    "重点领域的成员、指标、得分及证据。",
    "marts": "What is published. 对外发布的视图。",
}
"""Folder under ``models`` -> what its models are for in both languages, in the order of the road."""


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
        content = yaml_text.load(path.read_text(encoding="utf-8")) or {}
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


def models_page(models: list[Model], kinds: list[str]) -> str:
    """Text of ``models.md``: the table of kinds, then each model."""
    lines = [
        *opening("models", "the YAML beside the models in dbt_project/models"),
        f"{len(models)} dbt models. In each, month M is made only of what was received by the end of M. "
        f"共{len(models)}个dbt模型；每个月份只由截至该月末已收到的数据算出。",
        "",
        *kinds,
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
