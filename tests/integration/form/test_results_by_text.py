"""Results are mapped by their text, however it is written, in the query that the door uses; numbers never are."""

from __future__ import annotations

import pytest

from orchestration.feeds.codes import FULL, HALF
from orchestration.feeds.contract import code_list
from orchestration.form.judge import judge, told
from orchestration.form.layout import load_layout
from tests.integration.form.conftest import FIRM

MONTH = "2026-10"
WAYS = {
    "as it is": lambda text: text,
    "with a full stop": lambda text: f"{text}。",
    "with blanks around it": lambda text: f"\u3000 {text}\t",
    "with commas for pauses": lambda text: text.replace("、", "，").replace("，", ","),
    "with half-width brackets": lambda text: text.replace("（", "(").replace("）", ")"),
    "in quotes": lambda text: f"“{text}”",
    "in full width": lambda text: text.translate(str.maketrans(HALF, FULL)),
    "in capitals": lambda text: text.upper(),
    "with a blank in the middle": lambda text: f"{text[:2]} {text[2:]}",
}


def row(text: str, number: str = "") -> dict[str, str | None]:
    return {
        "enterprise_id": FIRM, "task_id": "RW-1", "item": text, "checked_on": "2026-10-02", "result": text,
        "result_code": number,
    }  # fmt: skip


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    from orchestration.settings import Settings

    settings = Settings(home=tmp_path_factory.mktemp("home"))
    return settings, load_layout(settings)


def test_every_known_text_of_a_result_means_its_code_however_it_is_written(layout):
    settings, form = layout
    known = [
        (text, entry["code"])
        for entry in code_list(settings, "check_results")
        for text in (entry["label_zh"], entry["label_en"], *entry["also"].split(";"))
    ]
    assert len(known) > 50
    written = [(way, text, code) for way in WAYS for text, code in known]
    judged = judge(settings, form, MONTH, [row(WAYS[way](text), "07") for way, text, _ in written])
    read = zip(written, judged.typed["result"], strict=True)
    assert [(way, text, code) for (way, text, code), found in read if found != code] == []
    # the sending system's own number is kept as it numbers, and has no say
    assert judged.typed["result_code"].unique().to_list() == ["07"]
    # in a delivery the label stands, which the door reads as the same code again
    again = judge(settings, form, MONTH, [{**row("x"), "result": text} for text in judged.rows["result"]])
    assert again.typed["result"].to_list() == judged.typed["result"].to_list()


def test_a_number_or_an_unknown_text_is_refused_with_the_nearest_texts(layout):
    settings, form = layout
    judged = judge(
        settings, form, MONTH, [row(text) for text in ("5", "05", "５", "1.0", "基本正常", "发现问题已责令整顿")]
    )
    faults = told(settings, form.contract, judged.faults)
    assert [(one.place, one.column, one.reason) for one in faults] == [
        (at, "result", "unknown_code") for at in range(6)
    ]
    assert "未发现问题" in faults[4].near and faults[5].near[0] == "发现问题已责令改正"
    assert faults[5].said.zh.endswith("最接近的是：" + "、".join(faults[5].near))
