"""The macro `category_rank`, rendered without dbt: the risks of the catalogue order, the list only breaks ties."""

from __future__ import annotations

import re
from pathlib import Path

from jinja2 import Environment

PATH = Path(__file__).parents[3] / "dbt_project" / "macros" / "categories.sql"
CATEGORIES = ["safety", "registration", "consumer", "competition"]


def worst_first(risks: dict[str, str], indicator: str = "H040203") -> list[str]:
    """The categories in the order of the ranks that the macro writes."""
    bands = [{"code": "H040203", "category": category, "risk": risk} for category, risk in risks.items()]
    bands.append({"code": "H040102", "category": "consumer", "risk": "1000"})
    bands.append({"code": "H040301", "category": None, "risk": "1000"})
    text = PATH.read_text(encoding="utf-8") + f"{{{{ category_rank('{indicator}', 'reason', {CATEGORIES}) }}}}"
    sql = (
        Environment(extensions=["jinja2.ext.do"])
        .from_string(text)
        .render({"catalogue_rows": {"bands": bands}.__getitem__})
        .strip()
    )
    assert sql.startswith("case reason when '") and sql.endswith(" else 0 end")
    ranks = {category: int(rank) for category, rank in re.findall(r"when '(\w+)' then (\d+)", sql)}
    assert sorted(ranks.values()) == [1, 2, 3, 4]
    return sorted(ranks, key=lambda category: -ranks[category])


def test_the_risks_of_the_catalogue_in_force_decide() -> None:
    risks = {"none": "0", "safety": "60", "registration": "90", "consumer": "80", "competition": "100"}
    assert worst_first(risks) == ["competition", "registration", "consumer", "safety"]


def test_risks_are_compared_as_numbers() -> None:
    risks = {"safety": "9", "registration": "12.5", "consumer": "100", "competition": "20"}
    assert worst_first(risks) == ["consumer", "competition", "registration", "safety"]


def test_between_equal_risks_the_list_decides() -> None:
    risks = {"competition": "80", "consumer": "80", "registration": "90", "safety": "100"}
    assert worst_first(risks) == CATEGORIES


def test_without_bands_the_list_decides() -> None:
    assert worst_first({"competition": "100"}, indicator="H040303") == CATEGORIES
