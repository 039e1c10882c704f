"""What is wrong with a value and how to mend it, in Chinese and English, for the person who wrote it.

Belongs here: the sentences of each reason, texts that are near an unknown one.
Does not belong here: finding what is wrong (``judge``, ``rules``).
"""

from __future__ import annotations

from dataclasses import dataclass

from rapidfuzz import fuzz, process

from orchestration.feeds.codes import normal_key
from orchestration.feeds.columns import PHRASES, UNKNOWN
from orchestration.feeds.contract import Column, code_list
from orchestration.settings import Settings

SUGGESTED = 3
"""Texts that a refusal of an unknown one names."""


@dataclass(frozen=True)
class Said:
    """A sentence in both languages."""

    zh: str
    en: str


REASONS: dict[str, Said] = {
    "missing_required": Said("此项必填，请填写", "is required; fill it in"),
    UNKNOWN: Said("填写的内容不在可选范围内，请改用列表中的文字", "is not among the known texts; use one of the list"),
    "long_text_in_code": Said("此处应填列表中的文字，内容过长", "holds long text; use one of the list"),
    "masked_code": Said("代码含有星号，请填写完整的18位代码", "is masked; write all 18 characters"),
    "malformed_code": Said(
        "不是18位统一社会信用代码，请对照营业执照核对（不含 I、O、S、V、Z）",
        "is no unified social credit code; compare it with the licence (18 characters, none of I, O, S, V, Z)",
    ),
    "identity_number_as_code": Said(
        "这里是身份证号，请填写企业的统一社会信用代码",
        "is a person's identity number; write the enterprise's code",
    ),
    "bad_date": Said("不是有效日期，请写成 2026-10-30", "is not a date; write it as 2026-10-30"),
    "bad_number": Said("不是整数，请只填数字", "is not a whole number; write digits only"),
    "future_date": Said("日期晚于接收月份的月末，请核对", "lies after the month in which it arrives; check the day"),
    "after_today": Said("日期晚于今天，请核对", "lies in the future; check the day"),
    "masked_person_id": Said("证件号含有星号，请填写完整", "is masked; write the whole number"),
    "too_long": Said("内容过长，请精简", "is too long; shorten it"),
    "order": Said("日期先后颠倒，请核对", "lies before the other day; check both"),
    "range": Said("数值超出合理范围，请核对", "is out of range; check the number"),
    "differ": Said("两名检查员不能是同一人", "names the same person twice; at least two inspectors make a visit"),
    "repeated": Said(
        "同一任务、企业和事项重复填写，只保留最后一条",
        "has the key of a later row, and that one counts; remove one of them",
    ),
    "recorded": Said(
        "该任务、企业和事项已有结果；如需修改，请填写更正理由",
        "was recorded before; to replace it say why in the reason of the correction",
    ),
    "unchanged": Said("与已登记的结果完全相同，无需再报", "is recorded already, exactly so; leave it out"),
    "nothing_to_correct": Said(
        "没有可更正的结果，请核对任务编号、企业代码和事项，或删去更正理由",
        "corrects nothing that is recorded; check task, enterprise and item, or empty the reason",
    ),
    "other_enterprise": Said(
        "该检查任务单属于另一家企业，请核对", "belongs to a visit of another enterprise; check number and code"
    ),
    "check_character": Said(
        "代码末位校验不通过，可能录入有误；核对无误可继续提交",
        "fails its check character, so it may be mistyped; keep it if the licence says so",
    ),
    "unregistered": Said(
        "登记信息中没有该企业，请核对代码；核对无误可继续提交",
        "is not in the register; check the code, and keep it if it is right",
    ),
    "identity_number": Said(
        "内容像身份证号，请勿填写个人证件号；确为编号可继续提交",
        "looks like a person's identity number, which does not belong here; keep it if it is a number of a document",
    ),
    "unknown_visit": Said(
        "已发布的抽取名单中没有该任务单号，请核对；核对无误可继续提交",
        "is in no published draw; check the number, and keep it if it is right",
    ),
    "put_off": Said(
        "该检查任务单已顺延，本月未安排检查，下次抽取另编单号，请核对；确已检查可继续提交",
        "was put off: nobody was to go, and a later draw gives it another number; check it, and keep it if it was made",
    ),
    "wrong_field_count": Said("该行的列数与表头不一致", "has another number of fields than the header line"),
    "broken_quotes": Said("该行的引号没有成对", "has a quote that does not close"),
}
"""Reason -> what it means and what to do. A reason of the door without a sentence here has the door's own."""


def said(reason: str) -> Said:
    """The sentence of a reason."""
    known = REASONS.get(reason)
    return known or Said("无法使用，请核对", f"{PHRASES.get(reason, 'cannot be used')}; check it")


def near_texts(settings: Settings, column: Column, text: str) -> list[str]:
    """Labels of the column's codes that are nearest to a text, the nearest first; none for a column without codes.

    Near is judged over all texts that stand for a code, by the characters of the whole text: a part alone would find
    "no problem found" (未发现问题) within "problem found" (发现问题). What is named is the code's own label.
    """
    if column.codes is None:
        return []
    texts = {normal_key(alias): alias for alias in column.code_aliases}
    for row in code_list(settings, column.codes):
        for other in (row["label_zh"], row["label_en"], *(row["also"] or "").split(";")):
            if key := normal_key(other):
                texts.setdefault(key, row["label_zh"])
    found = process.extract(normal_key(text), list(texts), scorer=fuzz.ratio, limit=len(texts))
    return list(dict.fromkeys(texts[key] for key, _, _ in found))[:SUGGESTED]
