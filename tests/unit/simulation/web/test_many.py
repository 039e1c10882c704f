"""Texts for the bench: names where the truth says so, reproducible, in chunks."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.simulation.chance import SimulationError
from orchestration.simulation.web.many import texts

NAMES = pl.DataFrame(
    {
        "enterprise_id": ["E1", "E2", "E3"],
        "name": ["洛阳泰宇建材有限公司", "泰宇建材", "许昌大隆和超市"],
        "name_kind": ["full", "short", "former"],
    }
)


def test_a_text_holds_the_name_that_the_truth_gives_and_no_other_of_the_given_ones():
    made = pl.concat(texts(NAMES, 4_000, 1, chunk=1_500))
    assert made["text_id"].to_list() == [str(number) for number in range(4_000)]
    named = made.join(NAMES, left_on="true_enterprise_id", right_on="enterprise_id", how="inner")
    assert 0.57 < named.height / made.height < 0.63
    assert named.select((pl.col("text") + pl.col("title")).str.contains(pl.col("name"), literal=True).all()).item()
    assert (named["name_kind"] == named["name_kind_right"]).all()
    others = made.filter(pl.col("true_enterprise_id").is_null())
    assert others["name_kind"].null_count() == others.height
    assert not others["text"].str.contains("泰宇建材|许昌大隆和超市").any()


def test_chunks_are_as_large_as_asked_and_the_same_again():
    first = list(texts(NAMES, 250, 2, chunk=100))
    assert [frame.height for frame in first] == [100, 100, 50]
    assert pl.concat(first).equals(pl.concat(texts(NAMES, 250, 2, chunk=100)))
    assert not pl.concat(first).equals(pl.concat(texts(NAMES, 250, 3, chunk=100)))


def test_a_place_stands_in_the_text_only_where_it_is_given():
    placed = NAMES.with_columns(place=pl.Series(["洛阳市涧西区", None, None]))
    made = pl.concat(texts(placed, 1_000, 2))
    says = made["text"].str.starts_with("在洛阳市涧西区，")
    assert (says == made["true_enterprise_id"].eq_missing("E1")).all()


@pytest.mark.parametrize(("names", "count", "chunk"), [(NAMES.clear(), 5, 5), (NAMES, 0, 5), (NAMES, 5, 0)])
def test_nothing_to_make_is_refused(names, count, chunk):
    with pytest.raises(SimulationError, match="cannot be made"):
        next(texts(names, count, 1, chunk))
