"""Check characters of unified codes, against a library that knows the rule by itself."""

from __future__ import annotations

import random

import duckdb
import pytest
from stdnum.cn import uscc

from orchestration.feeds import characters
from orchestration.feeds.characters import ALPHABET, wrong_check_characters


@pytest.fixture(params=[1 << 17, 7])
def batch(request, monkeypatch):
    monkeypatch.setattr(characters, "BATCH", request.param)


def test_wrong_characters_are_those_of_stdnum(tmp_path, batch):
    chance = random.Random(7)
    bodies = ["91410105" + "".join(chance.choice(ALPHABET) for _ in range(9)) for _ in range(60)]
    codes = [body + chance.choice(ALPHABET[:2] + uscc.calc_check_digit(body)) for body in bodies]
    wrong = sum(uscc.calc_check_digit(code[:17]) != code[17] for code in codes)
    assert 0 < wrong < len(codes)
    path = tmp_path / "codes.parquet"
    rows = [(code if place % 3 else None, code if place % 2 else None) for place, code in enumerate(codes)]
    expected = [
        sum(code is not None and not uscc.is_valid(code) for code in column) for column in zip(*rows, strict=True)
    ]
    query = "SELECT unnest(?::VARCHAR[]) AS a, unnest(?::VARCHAR[]) AS b, NULL::VARCHAR AS c"
    duckdb.execute(
        f"COPY ({query}) TO '{path}' (FORMAT parquet)",
        [[row[0] for row in rows], [row[1] for row in rows]],
    )
    assert wrong_check_characters(path, ["a"]) == expected[0] > 0
    assert wrong_check_characters(path, ["a", "b", "c"]) == sum(expected)
