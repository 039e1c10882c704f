"""Which sentences of a text belong to which of the enterprises that it names."""

from __future__ import annotations

import polars as pl

from orchestration.settings import Settings
from orchestration.web.judge.passages import passages, shared
from orchestration.web.store import MENTIONS

X, Y, Z = "91410105MA00000001", "91410105MA00000002", "91410105MA00000003"
NAMES = {X: "郑州大河商贸有限公司", Y: "新乡天佳食品有限公司", Z: "郑州大河商贸有限公司中牟分公司"}


def divided(settings: Settings, text: str | None, title: str | None = None, names=None) -> dict[str, str]:
    """Passage of each enterprise of one text; ``names`` are pairs of enterprise and spelling."""
    pairs = names or [(X, NAMES[X]), (Y, NAMES[Y])]
    spelt = pl.DataFrame([("t", *pair) for pair in pairs], schema=["text_id", "enterprise_id", "key"], orient="row")
    texts = pl.DataFrame(
        {"text_id": ["t"], "title": [title], "text": [text]},
        schema=dict.fromkeys(("text_id", "title", "text"), pl.String),
    )
    return dict(passages(texts, spelt, settings).select("enterprise_id", "passage").iter_rows())


def test_a_sentence_belongs_to_whom_it_names_and_the_next_goes_on_about_them(settings: Settings):
    text = f"{NAMES[X]}被罚款！其拒不退款；{NAMES[Y]}同日召开例会。会期三天。"
    assert divided(settings, text) == {
        X: f"{NAMES[X]}被罚款！其拒不退款；", Y: f"{NAMES[Y]}同日召开例会。会期三天。",
    }  # fmt: skip


def test_a_new_paragraph_comes_back_to_whom_the_text_names_first(settings: Settings):
    text = f"{NAMES[Y]}被罚款。\n同园区的{NAMES[X]}未发现问题。其已配合检查。\n该公司拒不退款。{NAMES[X]}未予置评。\n"
    assert divided(settings, text) == {
        X: f"同园区的{NAMES[X]}未发现问题。其已配合检查。\n{NAMES[X]}未予置评。\n",
        Y: f"{NAMES[Y]}被罚款。\n该公司拒不退款。",
    }  # fmt: skip
    assert divided(settings, text, f"通报：{NAMES[X]}")[Y] == f"{NAMES[Y]}被罚款。\n"


def test_a_sentence_that_names_both_is_said_of_both(settings: Settings):
    text = f"{NAMES[X]}与{NAMES[Y]}串通投标。两家均被通报。{NAMES[Y]}已整改。"
    both = f"{NAMES[X]}与{NAMES[Y]}串通投标。两家均被通报。"
    assert divided(settings, text) == {X: both, Y: f"{both}{NAMES[Y]}已整改。"}


def test_the_title_belongs_to_whom_it_names_else_to_whom_is_named_first(settings: Settings):
    text = f"{NAMES[X]}被罚款。{NAMES[Y]}同日召开例会。"
    assert divided(settings, text, "又一家公司被罚")[X] == f"又一家公司被罚\n{NAMES[X]}被罚款。"
    named = divided(settings, text, f"{NAMES[Y]}召开例会")
    assert named == {X: f"{NAMES[X]}被罚款。", Y: f"{NAMES[Y]}召开例会\n{NAMES[Y]}同日召开例会。"}


def test_a_firm_that_only_a_field_names_is_what_the_whole_page_is_about(settings: Settings):
    text = f"买到假货，商家失联。平台称供货方为{NAMES[Y]}。对方称不知情。"
    found = divided(settings, text, "投诉")
    assert found == {X: f"投诉\n{text}", Y: f"平台称供货方为{NAMES[Y]}。对方称不知情。"}


def test_a_text_without_a_sentence_counts_as_a_whole(settings: Settings):
    assert divided(settings, None) == {X: "", Y: ""}
    assert divided(settings, "一句没有名称也没有句号的话") == dict.fromkeys((X, Y), "一句没有名称也没有句号的话")


def test_a_name_is_found_in_every_spelling_and_not_inside_the_name_of_another(settings: Settings):
    names = [(X, NAMES[X]), (X, "大河商贸"), (Z, NAMES[Z])]
    text = f"{NAMES[Z]}被罚款。  大河 商贸表示不知情。{NAMES[X].replace('公司', ' 公司')}已整改。"
    found = divided(settings, text, names=names)
    assert found[Z] == f"{NAMES[Z]}被罚款。"
    assert found[X] == text.removeprefix(found[Z])


def test_quotation_marks_and_line_feeds_end_a_sentence(settings: Settings):
    text = f"{NAMES[X]}称“不退款。”{NAMES[Y]}称“已退款！”\n{NAMES[X]}被通报"
    assert divided(settings, text) == {
        X: f"{NAMES[X]}称“不退款。”{NAMES[X]}被通报", Y: f"{NAMES[Y]}称“已退款！”\n",
    }  # fmt: skip


def test_texts_do_not_run_into_each_other(settings: Settings):
    texts = pl.DataFrame(
        {"text_id": ["a", "b"], "title": ["", ""], "text": [f"{NAMES[X]}被罚。{NAMES[Y]}无关。", "前。" + NAMES[Y]]}
    )
    spelt = pl.DataFrame(
        [(text, firm, NAMES[firm]) for text in "ab" for firm in (X, Y)],
        schema=["text_id", "enterprise_id", "key"],
        orient="row",
    )
    found = passages(texts, spelt, settings).rows()
    assert found == [
        ("a", X, f"{NAMES[X]}被罚。"), ("a", Y, f"{NAMES[Y]}无关。"),
        ("b", X, "前。" + NAMES[Y]), ("b", Y, NAMES[Y]),
    ]  # fmt: skip


def test_only_texts_that_name_several_enterprises_surely_or_perhaps_are_divided():
    rows = [
        ("one", X, "accept"), ("one", X, "review"),
        ("two", X, "accept"), ("two", Y, "review"),
        ("not", X, "accept"), ("not", Y, "reject"), ("not", None, "review"),
    ]  # fmt: skip
    made = [{"text_id": text, "enterprise_id": firm, "band": band} for text, firm, band in rows]
    found = shared(pl.DataFrame(made, schema=dict(MENTIONS)))
    assert found.select("text_id", "enterprise_id").rows() == [("two", X), ("two", Y)]
