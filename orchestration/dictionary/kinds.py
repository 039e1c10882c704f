"""How many data models there are of which kind, and what each kind is for: the opening of the page on models.

A data model is whatever gives data a shape of its own here: what a department promised, what is checked before it is
let in, the dbt models of each layer, and the tables of decided classes.

Belongs here: the kinds and their counts. Does not belong here: the models one by one (``models``).
"""

from __future__ import annotations

from pathlib import Path

from orchestration import yaml_text
from orchestration.dictionary.markdown import table
from orchestration.dictionary.models import LAYERS, MODELS, Model
from orchestration.feeds.contract import all_feeds
from orchestration.settings import PROJECT, Settings

DECIDED = "risk"
"""Source of the tables that the classification writes, in ``models/sources.yml``."""


def decided_tables(folder: Path = MODELS) -> list[str]:
    """Names of the tables of decided classes."""
    content = yaml_text.load((folder / "sources.yml").read_text(encoding="utf-8"))
    [source] = [source for source in content["sources"] if source["name"] == DECIDED]
    return [str(entry["name"]) for entry in source["tables"]]


def kinds_table(settings: Settings, models: list[Model]) -> list[str]:
    """Lines of the table of kinds, with its title and the total."""
    suites = len(list((PROJECT / "expectations").glob("*.yml")))
    rows = [
        (
            "contract 数据契约",
            len(all_feeds(settings)),
            "What a department promised to send. 各部门承诺报送的内容与格式。",
        ),
        (
            "suite 质量规则集",
            suites,
            "What a delivery must satisfy before it is let in. 数据入湖前必须满足的质量规则。",
        ),
        *(
            (f"[{layer}](#layer-{layer})", sum(model.layer == layer for model in models), purpose)
            for layer, purpose in LAYERS.items()
        ),
        (
            "decided table 定级结果表",
            len(decided_tables()),
            f"Classes, written by the classification: {', '.join(decided_tables())}. 分类结果，由定级程序写入。",
        ),
    ]
    total = sum(count for _, count, _ in rows)
    return [
        "## Kinds of data models",
        "",
        f"{total} data models of {len(rows)} kinds. 共{total}个数据模型，分{len(rows)}类。",
        "",
        *table(["Kind", "Number", "Purpose"], [[kind, str(count), purpose] for kind, count, purpose in rows]),
    ]
