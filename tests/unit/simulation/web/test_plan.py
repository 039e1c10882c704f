"""Which texts are written: all events that indicators count, names that the register knows, places only where meant."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.simulation.chance import day
from orchestration.simulation.records import RECORDS, registration
from orchestration.simulation.web.fates import items
from orchestration.simulation.web.names import names_on
from orchestration.simulation.web.plan import plan


@pytest.fixture(scope="module")
def planned(province):
    return plan(province.world, [province.part])


def test_every_event_that_counts_becomes_one_text(province, planned):
    signals = RECORDS["w01_web_signals"](province.world, province.part).unique("signal_no", keep="last")
    since = pl.lit(np.datetime64("2025-04-01", "D"))
    leads = signals.filter(pl.col("topic").is_in(["AD", "TRADE"]) & (pl.col("published_on") >= since))
    written = planned.texts.filter(pl.col("topic").is_in(["AD", "TRADE"]) & pl.col("serial").is_not_null())
    both = leads.join(
        written.with_columns(signal_no="WX" + pl.col("serial").cast(pl.String)),
        on="signal_no",
        how="full",
        coalesce=True,
    )
    assert both.height == leads.height == written.height > 500
    assert (both["polarity"] == both["polarity_right"]).all() and both["confirmed"].equals(both["confirmed_right"])
    assert (both["published_on"].to_physical() == both["day"]).all()
    news = signals.filter((pl.col("topic") == "NEWS") & (pl.col("published_on") >= np.datetime64("2026-03-01", "D")))
    own = planned.texts.filter((pl.col("topic") == "NEWS") & pl.col("serial").is_not_null())
    assert own.height == news.height


def test_names_are_those_of_the_register_at_the_end(province):
    world, rows = province.world, province.part.rows
    names = names_on(world, [province.part], rows, np.full(len(rows), world.calendar.end - 1))
    base = province.records("c01_base").unique("enterprise_id", keep="last", maintain_order=True)
    both = names.join(base, left_on="code", right_on="enterprise_id", how="inner")
    assert both.height > 15_000
    assert (both["full"] == both["enterprise_name"]).all()
    known = both.filter(pl.col("former_names").is_not_null())
    assert known.height > 30 and (known["former"] == known["former_names"]).all()
    parts = names.select(
        pl.concat_str("city", "brand", "trade") == pl.col("core"), pl.col("brand").str.len_chars().is_between(2, 3)
    )
    assert parts.to_numpy().all() and names.null_count().sum_horizontal().item() == names["former"].null_count()


def test_a_former_name_is_used_only_after_the_register_shows_the_change(province):
    changed = registration.change_log(province.world, province.part).filter(pl.col("change_item") == "01")
    last = changed.sort("changed_on").unique("enterprise_id", keep="last")
    rows = np.flatnonzero(province.world.uscc.is_in(last["enterprise_id"].implode()).to_numpy())
    early = names_on(province.world, [province.part], rows, np.full(len(rows), day("2000-01")))
    late = names_on(province.world, [province.part], rows, np.full(len(rows), province.world.calendar.end - 1))
    assert early["former"].null_count() == len(rows) > 100
    assert late["former"].null_count() == 0
    shown = late.join(last, left_on="code", right_on="enterprise_id")
    assert (shown["full"] == shown["value_after"]).all() and (shown["former"] == shown["value_before"]).all()


def test_texts_without_support_do_not_say_where(planned):
    # a second enterprise may stand elsewhere in the text, with its own place
    alone = ~pl.int_range(pl.len()).is_in(planned.others["text"].implode())
    own = planned.texts.filter(alone).filter(
        pl.col("row").is_not_null() & (pl.col("kind") == "short") & ~pl.col("supported")
    )
    whole = own.select("city", "district", text="title" + pl.col("paragraphs").list.join(""))
    assert whole.height > 500
    assert not whole.select(pl.col("text").str.contains(pl.col("city"), literal=True).any()).item()
    with_place = planned.texts.filter(pl.col("row").is_not_null() & (pl.col("kind") == "short") & pl.col("supported"))
    text = pl.col("paragraphs").list.join("")
    shown = with_place.select(
        text.str.contains(pl.col("city"), literal=True)
        | text.str.contains(pl.col("district"), literal=True)
        | text.str.contains(pl.col("dept"), literal=True)
    ).to_series()
    assert shown.mean() > 0.7


def test_texts_hold_the_names_that_are_planted(planned):
    text = pl.col("title") + pl.col("paragraphs").list.join("")
    assert planned.texts.select(text.str.contains(pl.col("firm"), literal=True).all()).item()
    coded = planned.texts.filter(pl.col("code").is_not_null() & pl.col("topic").is_in(["NEWS", "COURT"]))
    assert coded.height > 50 and coded.select(text.str.contains(pl.col("code"), literal=True).all()).item()
    whole = planned.texts.with_row_index("text").with_columns(pl.col("text").cast(pl.Int64), whole=text)
    both = planned.others.join(whole, on="text")
    assert both.height == planned.others.height > 100
    assert both.select(pl.col("whole").str.contains(pl.col("name"), literal=True).all()).item()
    assert (both["row"] != both["row_right"]).all()


def test_unsure_texts_name_short_and_strangers_are_planted(planned):
    assert set(planned.texts["kind"].unique()) == {"full", "former", "core", "short", "code", "stranger", "word"}
    strange = planned.texts.filter(pl.col("row").is_null())
    assert 0.04 < strange.height / planned.texts.height < 0.12
    assert strange["kind"].is_in(["stranger", "word"]).all() and strange["serial"].null_count() == strange.height


def test_changes_come_after_publication_and_copies_repeat_their_text(province, planned):
    made = items(province.world, planned.texts)
    changed = made.filter(pl.col("change").is_not_null())
    assert (changed["changed"] > changed["published"]).all()
    assert set(changed["change"].unique()) == {"settled", "withdrawn", "marked", "gone", "corrected", "verified"}
    copies = made.filter(pl.col("copy_of").is_not_null()).join(
        made.filter(pl.col("copy_of").is_null()), on="text", suffix="_first"
    )
    assert copies.height > 200 and (copies["published"].dt.date() >= copies["published_first"].dt.date()).all()
    exact = (copies["body"] == copies["body_first"]) & (copies["title"] == copies["title_first"])
    assert 0.35 < exact.mean() < 0.65
