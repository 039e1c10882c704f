"""What becomes of the items of a month."""

from __future__ import annotations

import json
from datetime import date

import polars as pl

from orchestration.settings import Settings
from orchestration.web.extract import extract_month
from orchestration.web.extract.tidy import LONGEST_TEXT
from orchestration.web.store import Partition
from tests.integration.web.extract.conftest import article, item

BODY = "近日，郑州市市场监督管理局通报，河南宏达商贸有限公司因虚假宣传被处以罚款三万元。"
MORE = "通报称，该公司在其网店页面宣称产品可以治疗多种疾病，却不能提供任何依据，误导了消费者。"


def done(settings: Settings, read, **options) -> tuple[dict[str, dict], list[dict], object]:
    summary = extract_month(settings, "news_heluo", "2026-05", lambda _: None, topic="NEWS", read=read, **options)
    partition = Partition(settings, "texts", "2026-05", "news_heluo")
    rows = {row["text_id"]: row for row in partition.read("texts").to_dicts()}
    assert partition.summary()["texts"] == len(rows)
    return rows, partition.read("skipped").to_dicts(), summary


def test_a_page_gives_its_text_without_the_frame_around_it(settings: Settings, crawl):
    page = article("河南宏达商贸有限公司被罚三万元", BODY, MORE)
    rows, skipped, summary = done(
        settings,
        crawl(
            [
                item(
                    "a1",
                    charset="gb2312",
                    title="河南宏达商贸有限公司被罚…",
                    published_on="2026-05-03",
                    published_by="大河经济网",
                )
            ],
            {"a1": page.encode("gb18030")},
        ),
    )
    row = rows["a1"]
    assert row["title"] == "河南宏达商贸有限公司被罚三万元"  # the list had cut it
    assert row["text"] == f"{BODY}\n{MORE}"
    assert (row["published_on"], row["published_by"], row["topic_hint"]) == (date(2026, 5, 3), "大河经济网", "NEWS")
    assert (row["payload_sha256"], row["warc"], row["warc_offset"]) == ("a1" * 4, "a1", 0)
    assert skipped == []
    assert (summary.texts, summary.status, summary.sentence) == (1, "ok", "")


def test_entries_of_lists_need_no_archive(settings: Settings, crawl):
    entry = item(
        "c1", kind="json", title="　投诉Ａ公司", text="买了净水器，要求退款遭拒绝。", published_on="3天前", id=12
    )
    rows, skipped, _ = done(settings, crawl([entry], {}))
    assert rows["c1"]["title"] == "投诉A公司"
    assert rows["c1"]["text"] == "买了净水器，要求退款遭拒绝。"
    assert rows["c1"]["published_on"] == date(2026, 5, 28)
    assert json.loads(rows["c1"]["fields"])["id"] == 12
    assert skipped == []


def test_the_day_comes_from_the_page_where_the_list_has_none(settings: Settings, crawl):
    pages = {
        "a1": article("标题一", BODY, MORE, day="发布时间：2026年5月4日 09:12").encode(),
        "a2": article("标题二", BODY, MORE, day="发布日期：二〇二六年五月五日").encode(),
    }
    rows, _, summary = done(settings, crawl([item("a1"), item("a2", published_on="近日")], pages))
    assert [rows[name]["published_on"] for name in ("a1", "a2")] == [date(2026, 5, 4), date(2026, 5, 5)]
    assert summary.undated == 0


def test_a_text_without_a_usable_day_is_kept_and_says_why(settings: Settings, crawl):
    entries = [
        item("c1", kind="json", text=BODY),
        item("c2", kind="json", text=BODY, published_on="2026-06-15"),
        item("c3", kind="json", text=BODY, published_on="2026-02-30"),
    ]
    rows, skipped, summary = done(settings, crawl(entries, {}))
    assert [row["published_on"] for row in rows.values()] == [None, None, None]
    assert {row["url"][-2:]: row["reason"] for row in skipped} == {
        "c1": "no_date",
        "c2": "future_date",
        "c3": "impossible_date",
    }
    assert (summary.texts, summary.skipped, summary.undated) == (3, 0, 3)


def test_items_without_a_text_are_skipped_with_their_reason(settings: Settings, crawl):
    pages = {
        "empty": b"  \n",
        "frame": article("只有标题").encode(),
        "noise": bytes(range(128, 256)) * 40,
        "good": article("有内容", BODY, MORE).encode(),
    }
    items = [
        *(item(name, published_on="2026-05-01") for name in [*pages, "lost"]),
        item("blank", kind="json", text=" 。"),
    ]
    rows, skipped, summary = done(settings, crawl(items, pages))
    assert list(rows) == ["good"]
    assert {row["url"].rsplit("/", 1)[1]: row["reason"] for row in skipped} == {
        "empty": "empty_page",
        "frame": "no_text",
        "noise": "undecodable",
        "lost": "archive_unreadable",
        "blank": "no_text",
    }
    assert all(len(row["sentence"]) > 30 for row in skipped)
    assert summary.items == summary.texts + summary.skipped == 6
    assert summary.status == "partial"
    assert "archive" in summary.sentence


def test_a_month_whose_pages_all_changed_shape_fails(settings: Settings, crawl):
    read = crawl([item(f"a{n}") for n in range(3)], {f"a{n}": article("空壳").encode() for n in range(3)})
    rows, _, summary = done(settings, read)
    assert rows == {}
    assert summary.status == "failed"
    assert "no_text 3" in summary.sentence


def test_a_month_without_items_is_done_and_empty(settings: Settings, crawl):
    rows, skipped, summary = done(settings, crawl([], {}))
    assert (rows, skipped, summary.status) == ({}, [], "ok")


def test_what_was_withdrawn_keeps_its_address_and_loses_its_text(settings: Settings, crawl):
    page = article("已撤回", BODY).encode()
    rows, _, summary = done(
        settings, crawl([item("a1", state="gone", title="旧标题", published_on="2026-04-01")], {"a1": page})
    )
    row = rows["a1"]
    assert (row["state"], row["title"], row["text"], row["content_hash"]) == ("gone", None, None, None)
    assert row["url"] == "http://news.example/a1"
    assert (summary.gone, summary.texts) == (1, 1)


def test_a_long_text_is_cut_and_says_so(settings: Settings, crawl):
    entry = item("c1", kind="json", text="长" * (LONGEST_TEXT + 5), published_on="2026-05-01")
    rows, skipped, _ = done(settings, crawl([entry], {}))
    assert len(rows["c1"]["text"]) == LONGEST_TEXT
    assert [(row["reason"], f"{LONGEST_TEXT + 5}" in row["sentence"]) for row in skipped] == [("text_cut", True)]


def test_several_processes_give_the_same_rows_as_one(settings: Settings, crawl, monkeypatch):
    pages = {f"a{n}": article(f"第{n}篇", BODY, MORE + str(n)).encode() for n in range(6)}
    read = crawl([item(name, published_on="2026-05-01") for name in pages], pages)
    one, _, _ = done(settings, read, workers=1)
    monkeypatch.setattr("orchestration.web.extract.month.BATCH", 4)
    two, _, _ = done(settings, read, workers=2)
    assert one == two
    assert len(one) == 6


def test_hostile_markup_is_an_item_and_not_the_end(settings: Settings, crawl):
    pages = {
        "deep": ("<div>" * 20_000 + BODY).encode(),
        "angles": b"<" * 200_000,
        "null": b"<p>" + b"\x00" * 1000 + BODY.encode(),
        "good": article("有内容", BODY, MORE).encode(),
    }
    rows, skipped, summary = done(settings, crawl([item(name, published_on="2026-05-01") for name in pages], pages))
    assert "good" in rows
    assert len(rows) + len(skipped) == 4
    assert summary.items == 4


def test_tables_have_the_columns_of_the_store(settings: Settings, crawl):
    done(settings, crawl([item("c1", kind="json", text=BODY)], {}))
    frame = Partition(settings, "texts", "2026-05", "news_heluo").read("texts")
    assert isinstance(frame, pl.DataFrame)
    assert frame["fetched_at"].dtype == pl.Datetime("us", "UTC")
