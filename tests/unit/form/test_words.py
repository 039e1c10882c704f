"""Sentences for every reason, and texts that are near an unknown one."""

from __future__ import annotations

import pytest

from orchestration.feeds.columns import PHRASES
from orchestration.feeds.contract import load_contract
from orchestration.form.words import REASONS, near_texts, said
from orchestration.settings import Settings


def test_every_reason_of_the_door_has_a_sentence_in_both_languages():
    for reason in (*PHRASES, *REASONS):
        assert said(reason).zh and said(reason).en
    assert {"missing_required", "unknown_code", "bad_date", "future_date", "masked_code"} <= set(REASONS)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("发现问题己责令改正", "发现问题已责令改正"), ("未发现问題", "未发现问题"),
        ("住所无法联系", "通过登记的住所无法联系"),
        ("不配合", "不配合检查情节严重"), ("公示信息弄虚作假", "公示信息隐瞒真实情况弄虚作假"),
        ("no problems found", "未发现问题"), ("发现问题待处理", "发现问题待后续处理"),
        ("没有开展本次抽查涉及的经营活动", "未发现开展本次抽查涉及的经营活动"),
    ],
)  # fmt: skip
def test_the_nearest_label_comes_first(settings: Settings, text, first):
    column = load_contract(settings, "c07_spot_checks").column("result")
    near = near_texts(settings, column, text)
    assert near[0] == first and len(near) == 3 == len(set(near))


def test_texts_of_a_jurisdiction_are_named_as_it_writes_them(settings: Settings):
    column = load_contract(settings, "c07_spot_checks").column("result")
    own = column.model_copy(update={"code_aliases": {"Pass w/ Conditions": "5"}})
    assert near_texts(settings, own, "Pass with condition")[0] == "Pass w/ Conditions"


def test_a_column_without_codes_has_no_near_texts(settings: Settings):
    assert near_texts(settings, load_contract(settings, "c07_spot_checks").column("item"), "x") == []
