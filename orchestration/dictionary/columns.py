"""Page on the columns: one row for each name that a feed delivers or a model has, and where it stands.

Belongs here: text of ``columns.md``. Does not belong here: what a column means, which its contract or YAML says.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestration.dictionary.feeds import contracts
from orchestration.dictionary.markdown import code, link, opening, table, text
from orchestration.dictionary.models import Model, read_models
from orchestration.settings import Settings

SHOWN = 6
"""Places a column names; of a column that stands in more, their number."""


@dataclass
class Found:
    """One column name: where it stands, and how it is called in both languages where a contract says."""

    feeds: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    zh: list[str] = field(default_factory=list)
    meaning: list[str] = field(default_factory=list)


def columns_page(settings: Settings) -> str:
    """Text of ``columns.md``."""
    found = _found(settings, [model for model in read_models() if model.layer != "staging"])
    rows = [
        [
            code(name),
            text("；".join(dict.fromkeys(here.zh))),
            text(here.meaning[0] if here.meaning else ""),
            _places(here),
        ]
        for name, here in sorted(found.items())
    ]
    return "\n".join(
        [
            *opening("columns", "data/contracts and the YAML beside the models in dbt_project/models"),
            f"{len(found)} names of columns in feeds and in the models behind staging, which has the columns of its "
            f"feed. A name that stands in more than {SHOWN} places is given with their number.",
            "",
            f"数据源和数据模型中共{len(found)}个字段名；出现超过{SHOWN}处的只列次数。",
            "",
            *table(["Column", "Chinese", "Meaning", "Where"], rows),
        ]
    )


def _found(settings: Settings, models: list[Model]) -> dict[str, Found]:
    found: dict[str, Found] = {}
    for contract in contracts(settings):
        for column in contract.columns:
            here = found.setdefault(column.name, Found())
            here.feeds.append(contract.feed)
            here.zh.append(column.zh)
            here.meaning.append(column.doc)
    for model in models:
        for column in model.entry.get("columns") or ():
            here = found.setdefault(str(column["name"]), Found())
            here.models.append(model.name)
            if column.get("description"):
                here.meaning.append(str(column["description"]))
    return found


def _places(here: Found) -> str:
    places = [link(code(feed), "feeds", feed, "columns") for feed in here.feeds]
    places += [link(code(model), "models", model, "columns") for model in here.models]
    if len(places) > SHOWN:
        return f"{len(here.feeds)} feeds, {len(here.models)} models"
    return ", ".join(places)
