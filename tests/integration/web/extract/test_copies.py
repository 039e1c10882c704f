"""Which texts repeat older ones: planted copies, and texts that only look like copies."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from orchestration.settings import Settings
from orchestration.web.extract import near_duplicates
from orchestration.web.periods import PeriodError
from orchestration.web.store import Partition

NEWS = (
    "近日，郑州市市场监督管理局通报，河南宏达商贸有限公司因虚假宣传被处以罚款三万元。通报称，该公司在其网店页面宣称产品可以治疗多种疾病，"
    "却不能提供任何依据，误导了消费者。执法人员责令其停止违法行为，并将处罚信息记于企业名下，依法向社会公示。"
)
OTHER = (
    "洛阳一家机械厂的新车间昨日投产，年产减速机两万台。厂方介绍，新车间采用了自动化的生产线，用工减少一半，"
    "首批订单来自沿海的三家客户，预计年内交付完毕，明年还将扩建二期工程并招收技术工人一百名。"
)
COMPLAINT = (
    "本人于上月在{firm}购买净水器一台，订单号{number}，使用三天后漏水，多次联系客服要求退货退款，对方以各种理由推脱，"
    "至今没有处理，要求商家退还全部货款并赔偿由此造成的地板损失，请有关部门协助解决为盼。"
)


def copies(settings: Settings, month: str) -> dict[str, str]:
    near_duplicates(settings, month, lambda _: None)
    return dict(Partition(settings, "copies", month).read("copies").select("text_id", "near_duplicate_of").iter_rows())


def test_copies_point_to_the_oldest_over_all_sources(settings: Settings, put_texts):
    put_texts("news_a", "2026-05", {"a1": "本报讯：" + NEWS, "a2": OTHER}, published_on={"a1": date(2026, 5, 4)})
    put_texts("news_b", "2026-05", {"b1": NEWS, "b2": NEWS + "（完）"}, published_on={"b1": date(2026, 5, 3)})
    assert copies(settings, "2026-05") == {"a1": "b1", "b2": "b1"}


def test_copies_of_an_earlier_month_are_found_and_earlier_months_do_not_change(settings: Settings, put_texts):
    put_texts("news_a", "2026-04", {"a1": NEWS})
    put_texts("news_b", "2026-05", {"b1": NEWS.replace("近日", "日前")})
    put_texts("news_a", "2026-06", {"c1": "转载：" + NEWS})
    assert copies(settings, "2026-04") == {}
    assert copies(settings, "2026-05") == {"b1": "a1"}
    assert copies(settings, "2026-06") == {"c1": "a1"}
    assert copies(settings, "2026-04") == {}  # later texts stand there by now


def test_an_older_text_beyond_the_window_is_not_looked_at(settings: Settings, put_texts):
    put_texts("news_a", "2025-03", {"a1": NEWS})
    put_texts("news_a", "2025-04", {"a2": OTHER})
    put_texts("news_b", "2026-05", {"b1": NEWS, "b2": OTHER})
    assert copies(settings, "2025-03") == {}
    assert copies(settings, "2025-04") == {}
    # 400 days before 1 May 2026 is 27 March 2025: that March still ends inside.
    assert copies(settings, "2026-05") == {"b1": "a1", "b2": "a2"}
    put_texts("news_b", "2026-06", {"b3": NEWS + "完。"})
    assert copies(settings, "2026-06") == {"b3": "a1"}  # by way of b1, which is inside
    put_texts("news_c", "2027-09", {"c1": NEWS})
    assert copies(settings, "2027-09") == {}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("河南宏达商贸有限公司", "202605030012345"), ("河南宏远商贸有限公司", "202605030012345")),
        (("河南宏达商贸有限公司", "202605030012345"), ("河南宏达商贸有限公司", "202605030067890")),
    ],
)
def test_one_pattern_filled_in_twice_is_two_texts(settings: Settings, put_texts, one, two):
    texts = {name: COMPLAINT.format(firm=firm, number=number) for name, (firm, number) in (("t1", one), ("t2", two))}
    put_texts("complaints", "2026-05", texts)
    assert copies(settings, "2026-05") == {}


def test_a_text_that_leaves_a_name_out_may_still_be_a_copy(settings: Settings, put_texts):
    put_texts("news_a", "2026-05", {"a1": NEWS, "a2": NEWS.replace("河南宏达商贸有限公司", "某公司")})
    assert copies(settings, "2026-05") == {"a2": "a1"}


def test_short_texts_withdrawn_texts_and_versions_of_one_page_are_no_copies(settings: Settings, put_texts):
    put_texts("complaints", "2026-05", {"t1": "不发货，差评。", "t2": "不发货，差评。", "t3": None, "t4": None})
    put_texts(
        "news_a",
        "2026-05",
        {"v1": NEWS, "v2": NEWS + "更正：罚款为四万元。"},
        url=dict.fromkeys(("v1", "v2"), "http://x/1"),
    )
    assert copies(settings, "2026-05") == {}


def test_many_alike_texts_cost_pairs_by_their_number_not_its_square(settings: Settings, put_texts):
    put_texts("news_a", "2026-05", {f"n{n:04d}": NEWS for n in range(600)})
    summary = near_duplicates(settings, "2026-05", lambda _: None)
    assert summary.copies == 599
    assert summary.pairs < 3 * 600


def edited(text: str, rng: np.random.Generator, share: float) -> str:
    """The text with single characters replaced, about as often as ``share`` says."""
    letters = np.array(list(text))
    places = rng.random(len(letters)) < share
    letters[places] = rng.choice(np.array(list("的一是不了在人有我他这中大来上")), places.sum())
    return "".join(letters)


def test_planted_copies_are_found_and_nothing_else(settings: Settings, put_texts):
    rng = np.random.default_rng(7)
    words = np.array([chr(0x4E00 + n) for n in rng.choice(6_000, 400, replace=False)])
    originals = {f"o{n:03d}": "".join(rng.choice(words, 160)) for n in range(200)}
    planted = {f"p{n:03d}": edited(originals[f"o{n:03d}"], rng, 0.015) + "（转载）" for n in range(150)}
    put_texts("news_a", "2026-04", originals)
    put_texts("news_b", "2026-05", planted)
    assert copies(settings, "2026-04") == {}
    found = copies(settings, "2026-05")
    right = sum(found.get(name) == "o" + name[1:] for name in planted)
    assert len(found) == right  # precision 1
    assert right >= 0.9 * len(planted)


def test_the_same_texts_give_the_same_rows(settings: Settings, put_texts):
    put_texts("news_a", "2026-05", {"a1": NEWS, "a2": OTHER, "a3": NEWS + "完"})
    first = copies(settings, "2026-05")
    signatures = Partition(settings, "copies", "2026-05").read("signatures")
    assert copies(settings, "2026-05") == first == {"a3": "a1"}
    assert Partition(settings, "copies", "2026-05").read("signatures").equals(signatures)


def test_a_month_without_texts_is_done_and_empty(settings: Settings):
    assert copies(settings, "2026-05") == {}
    assert Partition(settings, "copies", "2026-05").exists()


def test_a_wrong_rule_is_refused(settings: Settings, own_rules):
    path = own_rules / "copies.yml"
    path.write_text(
        'periods:\n  - {from: "2026-01", likeness: 7, window_days: 1, least_characters: 40}\n', encoding="utf-8"
    )
    with pytest.raises(PeriodError, match=r"period 1: likeness"):
        near_duplicates(settings, "2026-05", lambda _: None)
