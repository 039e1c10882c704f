"""Page on the code lists. Belongs here: text of ``codes.md``. Does not belong here: the lists themselves."""

from __future__ import annotations

import csv

from orchestration.dictionary.feeds import contracts
from orchestration.dictionary.markdown import code, link, opening, table, text
from orchestration.feeds.contract import code_list
from orchestration.settings import Settings


def list_names(settings: Settings) -> list[str]:
    """Names of all canonical code lists, in order."""
    with (settings.canonical / "reference" / "code_lists.csv").open(encoding="utf-8", newline="") as stream:
        return sorted({row["list"] for row in csv.DictReader(stream)})


def codes_page(settings: Settings) -> str:
    """Text of ``codes.md``."""
    used: dict[str, list[str]] = {}
    for contract in contracts(settings):
        for column in contract.columns:
            if column.codes:
                place = link(code(f"{contract.feed}.{column.name}"), "feeds", contract.feed, "codes")
                used.setdefault(column.codes, []).append(place)
    names = list_names(settings)
    sizes = {name: len(code_list(settings, name)) for name in names}
    lines = [
        *opening("codes", "data/reference/code_lists.csv"),
        f"{len(names)} lists with {sum(sizes.values())} codes. A delivery may give the code, the Chinese label or one "
        "of the further texts; the lake keeps the code. "
        f"共{len(names)}张代码表、{sum(sizes.values())}个代码；报送代码、中文名称或其他写法均可，湖内统一存代码。",
        "",
        *table(
            ["List", "Codes", "Columns"],
            ([link(name, "codes", name, "codes"), str(sizes[name]), ", ".join(used.get(name, []))] for name in names),
        ),
    ]
    for name in names:
        lines += [
            f"## {name}",
            "",
            *table(
                ["Code", "Chinese", "English", "Also delivered as"],
                (
                    [code(row["code"]), text(row["label_zh"]), text(row["label_en"]), text(_also(row["also"]))]
                    for row in code_list(settings, name)
                ),
            ),
        ]
    return "\n".join(lines)


def _also(texts: str | None) -> str:
    return "、".join(part for part in (texts or "").split(";") if part)
