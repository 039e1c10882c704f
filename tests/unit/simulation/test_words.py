"""Names of enterprises: some share brand and trade with another, a few carry an ordinary word."""

from __future__ import annotations

import polars as pl

from orchestration.simulation import words


def _cores(province) -> pl.DataFrame:
    world = province.world
    city = world.places.city.gather(world.place)
    return pl.DataFrame({"name": world.name, "city": city}).with_columns(
        rest=pl.col("name").str.strip_prefix(pl.col("city"))
    )


def test_namesakes_stand_in_several_cities(province):
    limited = _cores(province).filter(pl.col("rest").str.ends_with("有限公司") & ~pl.col("rest").str.contains("股份"))
    shared = limited.group_by("rest").agg(pl.col("city").n_unique()).filter(pl.col("city") > 1)
    assert 0.01 < shared.height / limited.height < 0.03


def test_a_registered_name_belongs_to_one_enterprise_but_for_a_rare_chance(province):
    assert province.world.name.n_unique() > 0.999 * province.world.count


def test_few_brands_are_words_of_everyday_language(province):
    common = _cores(province)["rest"].str.contains("^(" + "|".join(words.ORDINARY) + ")")
    assert 0.002 < common.mean() < 0.008
