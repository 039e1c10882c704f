"""Canonical spelling and the parts of names."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.resolution import spelling
from orchestration.settings import Settings

SETTINGS = Settings(home=Path("/nowhere"))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("华源（郑州）商贸有限公司", "华源(郑州)商贸有限公司"),
        ("华源【郑州】商贸有限公司", "华源(郑州)商贸有限公司"),
        ("  郑州 华源　商贸\u200b有限公司 ", "郑州华源商贸有限公司"),
        ("鄭州華源商貿有限公司", "郑州华源商贸有限公司"),
        ("ａｂｃ科技", "ABC科技"),
        ("郑州\n华源", "郑州\n华源"),
    ],
)
def test_one_name_has_one_spelling(written: str, key: str) -> None:
    assert spelling.name_key(pl.Series([written]), SETTINGS).to_list() == [key]


def test_canonical_characters_keep_their_places() -> None:
    written = pl.Series(["ＡＢ（鄭州） ß ŉ 华源", ""])
    folded = pl.DataFrame({"t": written}).select(spelling.same_length(pl.col("t"), SETTINGS))["t"]
    assert folded.str.len_chars().to_list() == written.str.len_chars().to_list()


@pytest.mark.parametrize(
    ("name", "place", "code", "brand", "trade", "form", "branch"),
    [
        ("郑州华源达商贸有限公司", "郑州", "410100", "华源达", "商贸", "有限公司", False),
        ("河南省洛阳市伊川县永和食品厂", "河南省洛阳市伊川县", "410329", "永和", "食品", "厂", False),
        ("华为（郑州）技术有限公司", "郑州", "410100", "华为", "技术", "有限公司", False),
        ("知集市科技成都有限公司", "成都", "510100", "知集市", "科技", "有限公司", False),
        ("北京市朝阳区天达科技有限公司", "北京市朝阳区", "110105", "天达", "科技", "有限公司", False),
        ("华源技术有限公司郑州分公司", "", None, "华源", "技术", "有限公司郑州分公司", True),
        ("济源恒泰合伙企业(有限合伙)", "济源", "419001", "恒泰", "", "合伙企业(有限合伙)", False),
        ("百练教育科技集团有限公司", "", None, "百练", "教育科技", "集团有限公司", False),
        # a county of another prefecture is a brand, as is a place that would leave nothing
        ("郑州永和食品有限公司", "郑州", "410100", "永和", "食品", "有限公司", False),
        ("洛阳", "", None, "洛阳", "", "", False),
        ("有限公司", "", None, "有限公司", "", "", False),
    ],
)
def test_parts_of_a_name(
    name: str, place: str, code: str | None, brand: str, trade: str, form: str, branch: bool
) -> None:
    found = spelling.parts(pl.Series([name]), SETTINGS).row(0, named=True)
    assert (found["place"], found["place_code"], found["brand"], found["trade"], found["form"], found["branch"]) == (
        place,
        code,
        brand,
        trade,
        form,
        branch,
    )
    assert found["core"] == brand + trade


def test_parts_of_nothing() -> None:
    empty = spelling.parts(pl.Series([], dtype=pl.String), SETTINGS)
    assert dict(empty.schema) == spelling.PARTS
    assert spelling.parts(pl.Series([None, ""], dtype=pl.String), SETTINGS)["core"].to_list() == ["", ""]


def test_an_address_without_its_place() -> None:
    keys = pl.Series(["河南省郑州市金水区建设路1号", "建设路1号", "济源市沁园路2号"])
    assert spelling.without_place(keys, SETTINGS).to_list() == ["建设路1号", "建设路1号", "沁园路2号"]
