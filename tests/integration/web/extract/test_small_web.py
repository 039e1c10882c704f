"""Copies planted in the small web of the simulator, found and told from texts made of the same sentences."""

from __future__ import annotations

import polars as pl

from orchestration.settings import Settings
from orchestration.simulation import simulate
from orchestration.simulation.web.store import folder, truth_path
from orchestration.web.extract import near_duplicates
from orchestration.web.store import TEXTS, Partition


def test_planted_copies_of_the_small_web_are_found(settings: Settings):
    simulate(settings, 4_000, 3, "2026-05", 2, web="pages")
    items = pl.read_parquet(folder(settings) / "items.parquet").filter(pl.col("trouble").is_null())
    truth = pl.read_parquet(truth_path(settings)).unique("url").select("url", "duplicate_of")
    texts = items.join(truth, on="url").with_columns(
        text_id=pl.col("url"),
        text=pl.col("body").str.replace_all(r"</?p>", "\n"),
        fetched_at=pl.col("published").cast(pl.Datetime("us", "UTC")),
        published_on=pl.col("published").dt.date(),
        state=pl.lit("live"),
        source=pl.col("host").str.split(".").list.first(),
    )
    texts = texts.with_columns(
        pl.lit(None, kind).alias(name) for name, kind in TEXTS.items() if name not in texts.columns
    )
    for (source,), group in texts.group_by("source"):
        frame = group.select(pl.col(name).cast(kind) for name, kind in TEXTS.items())
        Partition(settings, "texts", "2026-05", str(source)).replace({"texts": frame}, {})
    near_duplicates(settings, "2026-05", lambda _: None)
    found = Partition(settings, "copies", "2026-05").read("copies").select("text_id", "near_duplicate_of")
    # Of two texts of one day either may be taken for the older one, so pairs are compared without their order.
    pair = pl.concat_list(pl.col("one"), pl.col("two")).list.sort().list.join(" ").alias("pair")
    planted = texts.drop_nulls("duplicate_of").select(one="url", two="duplicate_of").select(pair)["pair"]
    called = found.select(one="text_id", two="near_duplicate_of").select(pair)["pair"]
    right = called.is_in(planted.implode()).sum()
    assert planted.len() > 15
    assert right >= 0.98 * called.len()
    assert right >= 0.9 * planted.len()
