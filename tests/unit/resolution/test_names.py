"""Which names an enterprise bears, and how many bear the same."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.resolution.names import address_keys, enterprise_table, name_table
from orchestration.resolution.policy import load_policy
from orchestration.settings import Settings

SETTINGS = Settings(home=Path("/nowhere"))
TEXTS = ("enterprise_id", "name", "address", "district_code", "section", "person_id")
POLICY = load_policy(SETTINGS, "2026-10")


def names(*registered: str, former: dict[str, str] | None = None) -> pl.DataFrame:
    count = len(registered)
    base = pl.DataFrame(
        {
            "enterprise_id": [f"E{number}" for number in range(count)],
            "name": registered,
            "address": ["河南省郑州市金水区建设路100号2楼"] * count,
            "district_code": ["410105"] * count,
            "section": ["F"] * count,
            "person_id": [None] * count,
            "alive": [True] * count,
        },
        schema_overrides=dict.fromkeys(TEXTS, pl.String) | {"alive": pl.Boolean},
    )
    borne = pl.DataFrame(
        {"enterprise_id": list(former or {}), "name": list((former or {}).values())},
        schema={"enterprise_id": pl.String, "name": pl.String},
    )
    return name_table(enterprise_table(base, SETTINGS), borne, SETTINGS, POLICY)


def keys(table: pl.DataFrame, style: str) -> list[str]:
    return table.filter(pl.col("style") == style)["name_key"].to_list()


def test_a_company_has_its_full_name_and_derived_short_ones() -> None:
    table = names("郑州华源达商贸有限公司")
    assert keys(table, "full") == ["郑州华源达商贸有限公司"]
    assert keys(table, "core") == ["华源达商贸"]
    assert keys(table, "place_brand") == ["郑州华源达", "郑州市华源达"]
    assert keys(table, "brand") == ["华源达"]
    assert set(table["kind"]) == {"full", "short"}


def test_a_short_brand_is_no_name_of_its_own() -> None:
    assert keys(names("郑州华源商贸有限公司"), "brand") == []


def test_a_branch_has_its_full_name_only() -> None:
    assert names("郑州华源达商贸有限公司中牟分公司")["style"].to_list() == ["full"]


def test_former_names_count_unless_they_are_the_name() -> None:
    table = names("郑州华源达商贸有限公司", former={"E0": "郑州旧名实业有限公司"})
    assert keys(table, "former") == ["郑州旧名实业有限公司"]
    assert keys(names("郑州华源达商贸有限公司", former={"E0": "郑州华源达　商贸有限公司"}), "former") == []


def test_namesakes_are_counted() -> None:
    table = names("郑州华源达商贸有限公司", "洛阳华源达商贸有限公司")
    assert table.filter(pl.col("style") == "core")["shares"].to_list() == [2, 2]
    assert keys(table, "brand") == []


@pytest.mark.parametrize(("bearers", "searched"), [(12, 12), (13, 0)])
def test_a_short_name_of_too_many_is_not_searched_for(bearers: int, searched: int) -> None:
    many = [f"{place}华源达商贸有限公司" for place in PLACES[:bearers]]
    assert len(keys(names(*many), "core")) == searched


PLACES = ["郑州", "洛阳", "开封", "平顶山", "安阳", "鹤壁", "新乡", "焦作", "濮阳", "许昌", "漯河", "三门峡", "南阳"]


def test_names_put_in_order_some_enterprises_at_a_time_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    registered = (
        "郑州华源达商贸有限公司",
        "洛阳华源达商贸有限公司",
        "开封德馨餐饮有限公司",
        "郑州华源达商贸有限公司中牟分公司",
    )
    # of firms before the first, between two, and after the last of those registered
    former = {
        "D": "郑州先行者商贸有限公司",
        "E0X": "郑州间隔商贸有限公司",
        "E2": "开封醇香餐饮有限公司",
        "F": "郑州后来者商贸有限公司",
    }
    whole = names(*registered, former=former)
    assert {"D", "E0X", "F"} < set(whole["enterprise_id"])
    for count in (1, 2, 3):
        monkeypatch.setattr("orchestration.resolution.names.AT_ONCE", count)
        assert names(*registered, former=former).equals(whole)


def test_without_enterprises_there_are_no_names() -> None:
    assert names().height == 0


def test_keys_of_addresses() -> None:
    found = address_keys(pl.Series(["河南省郑州市金水区建设路100号2楼", "郑州市中原区绿城广场", None]), SETTINGS)
    assert found["address_key"].to_list() == ["建设路100号2楼", "绿城广场", None]
    assert found["street_key"].to_list() == ["建设路100号", None, None]
