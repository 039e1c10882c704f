"""Texts of a sheet that a spreadsheet would compute."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.inspection.export import harmless


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@A1",
        "\t=1",
        "\r\n=1",
        " =1",
        "\n=1",
        "\u3000=1",
        "\u00a0=1",
        "\ufeff=1",
        "\u200b@A1",
        "＝1",
    ],
)
def test_a_formula_is_made_harmless_whatever_blanks_stand_before_it(text):
    assert harmless(pl.DataFrame({"name": [text]}))["name"].item() == f"'{text}"


@pytest.mark.parametrize("text", ["郑州=食品", " 郑州", "A-1", "", None])
def test_other_texts_stay_as_they_are(text):
    assert harmless(pl.DataFrame({"name": [text]}, schema={"name": pl.String}))["name"].item() == text
