"""Whom a text means: every kind of name, namesakes, boundaries, support."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.web.match.matcher import Matcher
from tests.integration.web.match.conftest import MONTH, REGISTER, A, B, C, D, E, F


def bands(settings: Settings, title: str, text: str = "", **fields: str) -> dict[str, set[str]]:
    """Enterprises by band, the first candidate of each mention."""
    row = {"title": title, "text": text} | fields
    found = Matcher.of_month(settings, MONTH).match(pl.DataFrame([row]))
    first = found.filter(pl.col("rank") == 1)
    return {
        band: set(first.filter(pl.col("band") == band)["enterprise_id"])
        for band in ("accept", "review", "reject")
        if (first["band"] == band).any()
    }


@pytest.mark.parametrize(
    ("title", "text", "meant"),
    [
        ("郑州华源达商贸有限公司被罚", "", {A}),
        ("鄭州華源達商貿有限公司被罰", "", {A}),
        ("记者获悉 郑州 华源达 商贸有限公司 被罚", "", {A}),
        (f"关于{E}的通报", "", {E}),
        ("新乡老字号食品有限公司开业", "", {E}),
        ("投诉华源达商贸", "在洛阳市老城区，", {B}),
        ("位于建设路100号的华源达商贸", "", {A}),
        ("郑州华源达商贸网店", "", {A}),
        ("郑州华源达被曝", "", {A}),
        ("华源达商贸有限公司获奖", "本报洛阳讯，", {B}),
        ("郑州华源达商贸有限公司与新乡天佳和食品有限公司签约", "", {A, E}),
        ("郑州福宁田市政工程中标", "", {D}),
        ("新乡天佳和食品有限公司中牟分公司开业", "", {F}),
        ("郑州华源达商贸有限公司（下称华源达商贸）", "洛阳的客户投诉。" + "很长的文字。" * 30 + "起底华源达商贸", {A}),
    ],
)
def test_accepted(register: Settings, title: str, text: str, meant: set[str]) -> None:
    assert bands(register, title, text)["accept"] == meant


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("华源达商贸被罚", ""),
        ("投诉华源达商贸", "郑州、洛阳两地的消费者"),
        ("天佳和食品被罚", ""),
        ("新乡天佳和食品有限公司金水分公司开业", ""),
    ],
)
def test_asked_about(register: Settings, title: str, text: str) -> None:
    found = bands(register, title, text)
    assert "accept" not in found
    assert found["review"]


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("上海华源达商贸有限公司被罚", ""),
        ("上海华源达商贸被罚", ""),
        ("华源达商贸物流有限公司被罚", "郑州市"),
        ("大华源达商贸好", ""),
        ("天佳和食品被罚", "上海市"),
        ("郑州福宁森物业服务中标", ""),
        ("郑州福宁建筑中标", ""),
    ],
)
def test_rejected(register: Settings, title: str, text: str) -> None:
    found = bands(register, title, text)
    assert set(found) == {"reject"}


def test_who_is_not_in_the_register_is_not_found(register: Settings) -> None:
    assert bands(register, "武汉某某商贸有限公司被罚", "91420100MA00000000") == {}


def test_a_site_that_names_the_firm_resolves_its_text(register: Settings) -> None:
    assert bands(register, "华源达商贸拒不退款", company="洛阳华源达商贸有限公司")["accept"] == {B}
    assert bands(register, "华源达商贸拒不退款", district="河南省郑州市金水区")["accept"] == {A}
    assert bands(register, "华源达商贸拒不退款", district="410302")["accept"] == {B}
    assert bands(register, "华源达商贸拒不退款", code=A.lower())["accept"] == {A}


def test_a_street_called_after_a_city_is_no_place(register: Settings) -> None:
    assert bands(register, "华源达商贸被罚", "地点在洛阳路")["review"]


def test_where_a_name_stands_in_the_original_text(register: Settings) -> None:
    text = "通报：　郑州华源达 商贸（有限公司） 郑州华源达商贸有限公司"
    found = Matcher.of_month(register, MONTH).match(pl.DataFrame({"title": ["题 目"], "text": [text]}))
    full = found.filter(pl.col("name_kind") == "full").row(0, named=True)
    whole = "题 目\n" + text
    assert whole[full["start"] :][: len(full["mention"])] == full["mention"] == "郑州华源达商贸有限公司"


def test_namesakes_are_listed_for_the_reviewer(register: Settings) -> None:
    found = Matcher.of_month(register, MONTH).match(pl.DataFrame({"title": ["华源达商贸被罚"], "text": [None]}))
    assert found["enterprise_id"].to_list() == [A, B]
    assert found["name"].to_list() == [REGISTER[0][1], REGISTER[1][1]]
    assert found["confidence"].sum() < 1


def test_no_texts(register: Settings) -> None:
    empty = pl.DataFrame(schema={"title": pl.String, "text": pl.String})
    assert Matcher.of_month(register, MONTH).match(empty).height == 0


def test_c_is_not_meant_by_its_longer_neighbour(register: Settings) -> None:
    assert bands(register, "郑州福宁物业服务被投诉")["accept"] == {C}
