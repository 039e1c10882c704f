"""What is written: pages instead of deliveries, the same bytes again, truth that agrees with the pages."""

from __future__ import annotations

import http.client

import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.simulation import SimulationError, simulate
from orchestration.simulation.web.serve import SmallWeb
from orchestration.simulation.web.store import HOSTILE, HOSTS, folder, truth_path
from tests.integration.simulation.web.conftest import written


@pytest.fixture(scope="module")
def items(home) -> pl.DataFrame:
    return pl.read_parquet(folder(home) / "items.parquet")


@pytest.fixture(scope="module")
def truth(home) -> pl.DataFrame:
    return pl.read_parquet(truth_path(home))


def test_pages_take_the_place_of_the_delivery(home, tmp_path):
    assert not (home.landing / "w01_web_signals").exists()
    assert (home.landing / "c01_base").is_dir()
    simulate(Settings(home=tmp_path), 400, 5, "2026-05", 1)
    assert (tmp_path / "landing" / "w01_web_signals").is_dir() and not (tmp_path / "simulation" / "web").exists()


def test_the_same_arguments_give_the_same_bytes(home, tmp_path):
    written(tmp_path)
    for path in (*sorted(folder(home).iterdir()), truth_path(home)):
        assert path.read_bytes() == (tmp_path / path.relative_to(home.home)).read_bytes(), path.name


def test_an_unknown_way_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(SimulationError, match="signals, pages"):
        simulate(Settings(home=tmp_path), 400, web="nothing")
    with pytest.raises(SimulationError, match="cannot be planted"):
        simulate(Settings(home=tmp_path), 400, web="pages", breaks=("unreadable", "w01_web_signals", "2026-05"))
    assert not (tmp_path / "landing").exists()


def test_every_item_has_an_address_of_its_own_and_a_truth(items, truth):
    assert items["url"].n_unique() == items.height
    assert set(items["host"].unique()) == set(HOSTS.values())
    assert set(truth["url"]) == set(items["url"])
    assert truth.filter(pl.col("role") == "accused")["url"].is_duplicated().sum() == 0


def test_hostile_pages_are_in_every_month_of_the_news(items):
    news = items.filter(pl.col("host") == HOSTS["NEWS"])
    months = news.with_columns(month=pl.col("published").dt.strftime("%Y-%m"))
    counted = months.filter(pl.col("trouble").is_in(HOSTILE)).group_by("month").agg(pl.col("trouble").n_unique())
    assert counted.height == months["month"].n_unique() == 4 and (counted["trouble"] == len(HOSTILE)).all()


def test_truth_agrees_with_the_pages(items, truth, home):
    planted = pl.read_parquet(home.home / "simulation" / "planted.parquet")
    both = truth.join(items, on="url", how="left")
    readable = both.filter(pl.col("name_kind") != "none")
    text = pl.col("title") + "\n" + pl.col("body")
    assert readable.select(text.str.contains(pl.col("name"), literal=True).all()).item()
    meant = truth.filter(pl.col("enterprise_id").is_not_null())
    assert meant["enterprise_id"].is_in(planted["enterprise_id"].implode()).all()
    nobody = truth.filter(pl.col("enterprise_id").is_null())
    assert set(nobody["name_kind"]) == {"stranger", "word", "none"} and nobody["role"].null_count() == nobody.height
    coded = both.filter((pl.col("name_kind") == "code") & (pl.col("role") == "accused"))
    assert coded.height > 10 and (coded["code"] == coded["enterprise_id"]).all()
    local = pl.col("published") + pl.duration(hours=8)
    assert both.select((local.dt.date() == pl.col("published_on")).all()).item()


def test_copies_point_to_an_older_page_with_the_same_enterprise(items, truth):
    own = truth.filter(pl.col("role").ne_missing("mentioned"))
    copies = own.filter(pl.col("duplicate_of").is_not_null()).join(
        own, left_on="duplicate_of", right_on="url", suffix="_first"
    )
    assert copies.height > 10
    assert copies["enterprise_id"].equals(copies["enterprise_id_first"], check_names=False, null_equal=True)
    assert (copies["published_on"] >= copies["published_on_first"]).all()
    assert copies["duplicate_of_first"].null_count() == copies.height
    assert set(items.filter(pl.col("url").is_in(copies["url"].implode()))["host"]) == {HOSTS["NEWS"]}


def test_what_is_withdrawn_or_settled_stands_in_the_truth_with_its_day(items, truth):
    own = truth.filter(pl.col("role").ne_missing("mentioned")).join(items, on="url")
    changed_on = (pl.col("changed") + pl.duration(hours=8)).dt.date()
    back = pl.col("change").is_in(["withdrawn", "marked", "gone"])
    assert own.select((pl.col("withdrawn_on").is_not_null() == back.fill_null(value=False)).all()).item()
    settled = own.filter(pl.col("change") == "settled")
    assert settled.height > 20 and settled.select((pl.col("resolved_on") == changed_on).all()).item()
    assert own.filter(pl.col("resolved_on").is_not_null())["host"].unique().to_list() == [HOSTS["COMPLAINT"]]


def test_a_site_about_which_nothing_happened_is_empty_and_answers(tmp_path):
    settings = Settings(home=tmp_path)
    simulate(settings, 200, 11, "2026-05", 1, web="pages")
    assert not (pl.read_parquet(folder(settings) / "items.parquet")["host"] == HOSTS["COURT"]).any()
    with SmallWeb(settings) as web:
        connection = http.client.HTTPConnection("127.0.0.1", int(web.url.rpartition(":")[2]), timeout=20)
        connection.request("GET", "http://court.example/notices")
        answer = connection.getresponse()
        assert answer.status == 200 and b"<tbody></tbody>" in answer.read()
        connection.close()
