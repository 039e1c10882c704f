"""What is changed in Great Expectations while a suite runs is put back, changes no result, and is still needed."""

from __future__ import annotations

from contextlib import nullcontext

import pandas as pd
import pytest
from great_expectations.execution_engine import pandas_execution_engine as pandas_engine
from great_expectations.expectations.expectation import Expectation

from orchestration.quality import engine

FRAME = pd.DataFrame({"number": [1, 2, 300, None], "code": pd.Categorical(["a", "b", "x", None])})
CHECKS = [
    ("range", "expect_column_values_to_be_between", {"column": "number", "max_value": 9, "mostly": 0.5}),
    ("codes", "expect_column_values_to_be_in_set", {"column": "code", "value_set": ["a", "b"]}),
    ("given", "expect_column_values_to_not_be_null", {"column": "code"}),
    ("form", "expect_column_values_to_match_regex", {"column": "code", "regex": "^[a-b]$", "mostly": 0.6}),
    ("mean", "expect_column_mean_to_be_between", {"column": "number", "min_value": 0, "max_value": 9}),
    ("key", "expect_compound_columns_to_be_unique", {"column_list": ["number", "code"], "ignore_row_if": "never"}),
]


def told() -> list[dict]:
    results = engine.run(FRAME, CHECKS, 3)
    dicts = [result.to_json_dict() for result in results]
    for one in dicts:
        one["expectation_config"]["kwargs"].pop("batch_id", None)
    return sorted(dicts, key=lambda one: one["expectation_config"]["meta"]["id"])


@pytest.fixture
def count(monkeypatch):
    """How often Great Expectations made a configuration and hashed a frame."""
    calls = {"configuration": 0, "hash": 0}
    make, hashed = Expectation.configuration.fget, pandas_engine.hash_pandas_dataframe

    def made(self):
        calls["configuration"] += 1
        return make(self)

    def fingerprint(frame):
        calls["hash"] += 1
        return hashed(frame)

    monkeypatch.setattr(Expectation, "configuration", property(made))
    monkeypatch.setattr(pandas_engine, "hash_pandas_dataframe", fingerprint)
    return calls


def test_results_are_those_of_the_library_as_it_is(monkeypatch):
    changed = told()
    monkeypatch.setattr(engine, "unhindered", nullcontext)
    assert changed == told()
    held = {one["expectation_config"]["meta"]["id"]: one["success"] for one in changed}
    assert held == {"range": True, "codes": False, "given": False, "form": True, "mean": False, "key": True}


def test_it_is_still_needed_and_still_works(count, monkeypatch):
    told()
    few = dict(count)
    count.update(configuration=0, hash=0)
    monkeypatch.setattr(engine, "unhindered", nullcontext)
    told()
    assert few["hash"] == 0 < count["hash"]
    assert few["configuration"] * 5 < count["configuration"]


def test_the_library_is_put_back_even_after_an_error():
    before = Expectation.configuration, pandas_engine.HASH_THRESHOLD
    with pytest.raises(ZeroDivisionError), engine.unhindered():
        assert (Expectation.configuration, pandas_engine.HASH_THRESHOLD) != before
        raise ZeroDivisionError
    assert (Expectation.configuration, pandas_engine.HASH_THRESHOLD) == before
