"""Planted rows without a code: the truth about them, and what stays as it was."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.feeds.contract import load_contract
from orchestration.simulation.codeless import ADDED, KINDS, RATE, TRUTH, Codeless, often

FEED = "c09_complaints"


@pytest.fixture(scope="module")
def planted(province) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """The initial load before and after, and the truth."""
    before = province.records(FEED).filter(pl.col("_seen") <= 0).drop("_seen")
    codeless = Codeless(province.world, [province.part])
    after = codeless.plant(load_contract(province.settings, FEED), before, 0)
    return before, after, codeless.truth()


def test_the_truth_names_every_row_without_a_usable_code_and_no_other(planted) -> None:
    _, after, truth = planted
    legal = after["enterprise_id"].str.contains("^[0-9A-Z]{18}$").fill_null(value=False)
    touched = after.filter(~legal).select(record_key="complaint_no", name="party_name")
    assert dict(truth.schema) == TRUTH
    assert touched.sort("record_key", "name").equals(truth.select("record_key", "name").sort("record_key", "name"))
    assert 0.01 < truth.height / after.height < 0.06


def test_true_rows_stay_and_foreign_ones_come_beside_them(planted) -> None:
    before, after, truth = planted
    added = truth.filter(pl.col("kind").is_in(ADDED))
    assert after.height == before.height + added.height
    assert after["complaint_no"].n_unique() == before["complaint_no"].n_unique() + added.height
    assert added["enterprise_id"].null_count() == added.height > 0
    own = truth.filter(~pl.col("kind").is_in(ADDED))
    keys = before.select(record_key="complaint_no", was="enterprise_id").unique("record_key")
    assert (own.join(keys, on="record_key")["was"] == own.join(keys, on="record_key")["enterprise_id"]).all()


def test_each_kind_is_planted_and_looks_like_itself(planted, province) -> None:
    truth = planted[2]
    assert set(truth["kind"]) == {*KINDS, "namesake"}
    names = dict(zip(province.world.uscc, province.world.name, strict=True))
    whole = truth["enterprise_id"].replace_strict(names, default=None)
    same = truth["name"] == whole
    for kind in ("missing", "masked", "malformed"):
        assert same.filter(truth["kind"] == kind).all(), kind
    for kind in ("misspelt", "short", "former", "bracketed", "namesake"):
        assert not same.filter(truth["kind"] == kind).any(), kind


@pytest.mark.parametrize("share", [0.0, 0.01, 0.2, 1 / 3, 0.5, 0.9, 1.0])
def test_no_feed_loses_more_than_twice_the_rate_however_many_share_a_name(share: float) -> None:
    lost = RATE * (1 - share) + RATE * often(share) * share
    assert RATE <= lost <= 2 * RATE + 1e-12
    assert often(share) == 4 or share > 1 / 3


def test_a_feed_that_is_not_resolved_and_an_empty_table_stay_as_they_are(province) -> None:
    codeless = Codeless(province.world, [province.part])
    other = province.records("c12_arrears").drop("_seen")
    assert codeless.plant(load_contract(province.settings, "c12_arrears"), other, 0) is other
    empty = province.records(FEED).drop("_seen").clear()
    assert codeless.plant(load_contract(province.settings, FEED), empty, 1) is empty
    assert codeless.truth().height == 0


def test_former_names_are_those_borne_before(province) -> None:
    codeless = Codeless(province.world, [province.part])
    former, world = codeless.former(province.calendar.months), province.world
    some = np.flatnonzero(former.is_not_null().to_numpy())
    assert 0.01 < len(some) / world.count < 0.5
    known = (former.gather(some) == world.name.gather(some)) | (former.gather(some) == world.former.gather(some))
    assert known.all()
