"""Which text means which code."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

import pytest

from orchestration.feeds import codes
from orchestration.feeds.contract import Column, ContractError, all_feeds, load_contract
from orchestration.feeds.headers import normal
from orchestration.settings import Settings


def code_of(lookup: codes.Lookup, text: str) -> str | None:
    return next((m.code for m in lookup.meanings if m.key == codes.normal_key(text)), None)


def test_every_contract_has_lookups_without_contradiction_and_headers_without_clash(settings: Settings):
    for feed in all_feeds(settings):
        contract = load_contract(settings, feed)
        meant: dict[str, str] = {}
        for column in contract.columns:
            codes.lookup(settings, column)
            for name in (column.name, column.national, column.zh, *column.aliases):
                assert meant.setdefault(normal(name), column.name) == column.name, f"{feed}: {name}"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("未发现问题", "1"), ("未发现问题。", "1"), ("未发现问题或违法行为", "1"), ("正常", "1"),
        ("公示信息隐瞒真实情况、弄虚作假", "3"), ("公示信息隐瞒真实情况，弄虚作假", "3"),
        ("通过登记的住所（经营场所）无法联系", "4"), ("通过登记的住所(经营场所)无法联系", "4"), ("发现问题已责令改正", "5"),
        ("不配合检查，情节严重", "6"), ("未发现开展本次抽查涉及的生产经营活动", "7"), ("发现问题移送立案", "8"),
        ("未按照规定公示应当公示的信息", "2"), ("公示信息存在隐瞒真实情况、弄虚作假", "3"),
        ("通过登记的住所（或者经营场所）无法联系", "4"), ("登记的住所不存在", None),
        ("发现问题，责令限期改正", "5"), ("不予配合，情节严重。", "6"), ("未发现本次抽查涉及的经营活动", "7"),
        ("发现问题，待进一步处理", "8"), ("发现问题（已立案）", "8"),
        ("5", None), ("05", None), ("1.0", None), ("５", None),
    ],
)  # fmt: skip
def test_spot_check_results_are_mapped_by_text_and_never_by_number(settings: Settings, text, code):
    column = load_contract(settings, "c07_spot_checks").column("result")
    assert code_of(codes.lookup(settings, column), text) == code


def test_a_jurisdiction_may_still_map_a_number_by_alias(settings: Settings):
    lookup = codes.code_lookup(settings, "check_results", {"5": "1"}, by_text=True)
    assert code_of(lookup, "5") == "1"


def test_an_alias_overrides_the_canonical_code(settings: Settings):
    lookup = codes.code_lookup(settings, "registration_states", {"1": "3"})
    assert code_of(lookup, "1") == "3"
    assert code_of(lookup, "存续") == "1"


def test_an_alias_to_an_unknown_code_is_refused(settings: Settings):
    with pytest.raises(ContractError, match=r"'77' is not in the code list 'registration_states'; mend the contract"):
        codes.code_lookup(settings, "registration_states", {"open": "77"})


def test_a_text_with_two_meanings_is_refused():
    with pytest.raises(ContractError, match="stands for both '1' and '2'"):
        codes._lookup([("正常", "1", "label"), ("正常。", "2", "label")], "list.csv")


def test_leading_zeros_that_excel_dropped_come_back(settings: Settings):
    lookup = codes.code_lookup(settings, "change_items", {})
    assert code_of(lookup, "1") == "01"
    assert code_of(lookup, "1.0") == "01"


def column(kind: str) -> Column:
    return Column(name="x", national="X", zh="某", type=kind, doc="")


def test_retired_districts_lead_to_the_current_one(settings: Settings):
    lookup = codes.region_lookup(settings, column("region"))
    retired = {m.key: m for m in lookup.meanings if m.how == "retired"}
    assert retired["410306"].code == "410308"
    assert code_of(lookup, "中原区") == "410102"


def test_industries_with_and_without_letter(settings: Settings):
    lookup = codes.industry_lookup(settings, column("industry"))
    assert {code_of(lookup, text) for text in ("A0111", "a0111", "0111", "稻谷种植")} == {"0111"}
    assert code_of(lookup, "A011") is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("是", "true"),
        ("否", "false"),
        ("1", "true"),
        ("0", "false"),
        ("y", "true"),
        ("N", "false"),
        ("TRUE", "true"),
        ("或", None),
    ],
)
def test_booleans(text, code):
    assert code_of(codes.boolean_lookup(column("boolean")), text) == code
