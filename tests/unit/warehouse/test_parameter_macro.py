"""The macro `parameter`, rendered without dbt: what a model gets, and the sentence where the catalogue says nothing."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from jinja2 import Environment

PATH = Path(__file__).parents[3] / "dbt_project" / "macros" / "parameters.sql"
NUMBERS = {"ECR_PARAMETERS": json.dumps({"H040301": {"repaired_weight": "0.5", "months": "12"}})}


def render(text: str, variables: dict[str, str], *, execute: bool = True) -> str:
    def refuse(message: str) -> NoReturn:
        raise ValueError(message)

    context: dict[str, Any] = {
        "env_var": variables.get,
        "fromjson": json.loads,
        "execute": execute,
        "exceptions": SimpleNamespace(raise_compiler_error=refuse),
    }
    return Environment().from_string(PATH.read_text(encoding="utf-8") + text).render(context).strip()


def test_a_number_as_written() -> None:
    assert render("<{{ parameter('H040301', 'repaired_weight') }}>", NUMBERS).endswith("<0.5>")
    assert render("{{ 0 - parameter('H040301', 'months') | int }}", NUMBERS) == "-12"


@pytest.mark.parametrize("call", ["parameter('H040301', 'typo')", "parameter('H049999', 'repaired_weight')"])
def test_a_number_that_is_missing(call: str) -> None:
    with pytest.raises(ValueError, match=r"The catalogue has no parameter .*; add it to parameters\.csv beside ind"):
        render("{{ " + call + " }}", NUMBERS)


def test_while_dbt_only_parses_no_number_is_needed() -> None:
    assert render("{{ parameter('H040301', 'repaired_weight') }}", {}, execute=False) == "1"
