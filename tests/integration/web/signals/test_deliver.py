"""From hand-made texts, matches and judgements to the delivery: what a month tells, and what becomes of its file."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from orchestration.feeds.contract import load_contract
from orchestration.feeds.ingest import publish_feed, read_manifest, stage_feed
from orchestration.feeds.ledger import partition, seal
from orchestration.quality.bridge import validate
from orchestration.settings import Settings
from orchestration.web.signals import SignalsError, deliver_signals
from orchestration.web.signals.deliver import FEED
from orchestration.web.store import SIGNALS, Partition

from .partitions import FIRM, OTHER, Page, answer, decide, decided, judge, judged, part, put

MAY, JUNE, JULY = "2026-05", "2026-06", "2026-07"
SURE, UNSURE = ("accept", 0.97), ("review", 0.6)


def told(settings: Settings, month: str) -> list[dict]:
    """Rows of the file that holds a month."""
    return pl.read_parquet(deliver_signals(settings, month).file).to_dicts()


def take_in(settings: Settings, month: str) -> pl.DataFrame:
    """Stage, check and publish the feed's month; its accepted rows."""
    staged = stage_feed(settings, FEED, month)
    report = validate(settings, staged)
    assert report.passed, report.failures
    publish_feed(settings, staged)
    return pl.read_parquet(partition(settings, FEED, month) / "accepted.parquet")


def known(settings: Settings, *months: str) -> dict[str, dict]:
    """Signals as known after these months were taken in: the row received last of each number."""
    rows = [row for month in months for row in take_in(settings, month).to_dicts()]
    gone = {one for month in months for one in read_manifest(partition(settings, FEED, month)).supersedes}
    return {row["signal_no"]: row for row in rows if row["delivery_id"] not in gone}


# -- what a signal says ---------------------------------------------------------------------------------------------


def test_a_signal_says_where_it_is_from_and_how_it_was_matched_and_judged(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE, OTHER: UNSURE}, fetched="2026-05-31T16:30:00"))
    summary = deliver_signals(settings, MAY)
    assert (summary.status, summary.signals, summary.review, summary.again) == ("delivered", 2, 1, 0)
    assert summary.file.name == "w01_web_signals_2026-05.parquet"
    row = next(row for row in told(settings, MAY) if row["enterprise_id"] == FIRM)
    assert len(row["signal_no"]) == 33 and row.pop("signal_no").startswith("W")
    assert row == {
        "enterprise_id": FIRM, "topic": "NEWS", "polarity": "-1", "confirmed": None, "match_confidence": 0.97,
        "published_on": date(2026, 5, 3), "url": "http://news.example/p1", "content_hash": "hash of p1",
        "resolved_on": None, "source": "news", "title": "title of p1", "mention": "郑州大河商贸有限公司",
        "match_kind": "full", "band": "accept", "withdrawn_on": None, "negative": 0.97,
        "judged_by": "small 0123456789ab", "page": "p1", "payload_sha256": "sha of p1",
        "fetched_on": date(2026, 6, 1), "copies": "p1",
    }  # fmt: skip


def test_a_title_is_one_line_without_control_characters(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}, title="  某公司\x1b[31m\n被曝\u200b光 " + "长" * 900))
    [row] = told(settings, MAY)
    assert row["title"].startswith("某公司 [31m 被曝 光 长") and len(row["title"]) == 200


def test_the_file_has_the_columns_of_the_contract_in_their_order(settings):
    names = [column.name for column in load_contract(settings, FEED).columns]
    assert names == [name for name in SIGNALS if name != "mention_id"]


def test_a_rejected_match_is_no_signal(settings):
    page = Page("p1", {FIRM: ("reject", 0.2)})
    put(settings, MAY, page)
    assert told(settings, MAY) == []


def test_only_the_source_makes_a_page_a_complaint_or_a_lead(settings):
    put(
        settings, MAY,
        Page("p1", {FIRM: SURE}, judged_topic="COURT"),
        Page("p2", {FIRM: SURE}, judged_topic="COMPLAINT"),
        Page("c1", {FIRM: SURE}, source="complaints", topic="COMPLAINT", judged_topic="NEWS"),
        Page("l1", {FIRM: SURE}, source="ads", topic="AD", judged_topic="TRADE"),
    )  # fmt: skip
    assert {row["page"]: row["topic"] for row in told(settings, MAY)} == {
        "p1": "COURT", "p2": "NEWS", "c1": "COMPLAINT", "l1": "AD"
    }  # fmt: skip


def test_leads_say_whether_a_person_confirmed_them_and_complaints_when_they_were_settled(settings):
    both = {"confirmed": "true", "resolved_on": "2026-05-20"}
    put(
        settings, MAY,
        Page("l1", {FIRM: SURE}, source="ads", topic="AD", fields=both),
        Page("l2", {FIRM: SURE}, source="trade", topic="TRADE", fields={"confirmed": "false"}),
        Page("c1", {FIRM: SURE}, source="complaints", topic="COMPLAINT", fields=both),
        Page("p1", {FIRM: SURE}, fields=both),
    )  # fmt: skip
    deliver_signals(settings, MAY)
    rows = {row["page"]: (row["confirmed"], row["resolved_on"]) for row in take_in(settings, MAY).to_dicts()}
    assert rows == {
        "l1": (True, None), "l2": (False, None), "c1": (None, date(2026, 5, 20)), "p1": (None, None)
    }  # fmt: skip


def test_copies_carry_the_hash_of_the_oldest_also_of_an_earlier_month_and_another_source(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    put(settings, JUNE, Page("p2", {FIRM: SURE}, source="paper", copy_of="p1"))
    [row] = told(settings, JUNE)
    assert (row["page"], row["copies"], row["content_hash"]) == ("p2", "p1", "hash of p1")


def test_what_is_no_signal_is_left_out_with_a_reason(settings):
    put(
        settings, MAY,
        Page("p1", {FIRM: SURE}, day=None),
        Page("p2", {FIRM: SURE}, day="2026-05-30"),
        Page("p3", {FIRM: SURE}, polarity=None),
        Page("p4", {FIRM: SURE}, extracted=False),
        Page("p5", {FIRM: SURE}),
    )  # fmt: skip
    summary = deliver_signals(settings, MAY)
    assert (summary.signals, summary.skipped) == (1, 4)
    skipped = Partition(settings, "signals", MAY).read("skipped")
    assert dict(skipped.select("url", "reason").iter_rows()) == {
        "http://news.example/p1": "no_date", "http://news.example/p2": "date_ahead",
        "http://news.example/p3": "not_judged", "p4": "no_text",
    }  # fmt: skip
    assert all(len(sentence) > 40 for sentence in skipped["sentence"])


def test_a_firm_that_a_negative_text_only_mentions_has_its_own_judgement(settings):
    both, one = Page("p1", {FIRM: SURE, OTHER: SURE}), Page("p2", {OTHER: SURE})
    put(settings, MAY, both, one)
    own = [part(both, FIRM, "-1"), part(both, OTHER, "0")]
    judge(settings, MAY, judged("p1", "-1"), judged("p2", "-1"), parts=own)
    rows = {(row["page"], row["enterprise_id"]): (row["polarity"], row["negative"]) for row in told(settings, MAY)}
    assert rows == {("p1", FIRM): ("-1", 0.97), ("p1", OTHER): ("0", 0.2), ("p2", OTHER): ("-1", 0.97)}


def test_a_match_answered_later_is_judged_by_what_was_said_of_that_name(settings):
    page = Page("p1", {FIRM: SURE, OTHER: UNSURE})
    put(settings, MAY, page)
    judge(settings, MAY, judged("p1", "-1"), parts=[part(page, FIRM, "-1"), part(page, OTHER, "0")])
    deliver_signals(settings, MAY)
    put(settings, JUNE, sources={"news": "ok"})
    third = "91410105MA00000003"
    answer(settings, JUNE, page, OTHER, third, "2026-06-09")
    decide(settings, JUNE, decided(page, OTHER, third))
    rows = {row["enterprise_id"]: row for row in told(settings, JUNE)}
    assert rows.keys() == {OTHER, third}
    assert (rows[third]["polarity"], rows[third]["negative"], rows[third]["band"]) == ("0", 0.2, "accept")
    assert (rows[OTHER]["polarity"], rows[OTHER]["withdrawn_on"]) == ("0", date(2026, 6, 9))


def test_a_text_judged_anew_keeps_what_was_said_of_each_firm_until_that_is_judged_anew(settings):
    page = Page("p1", {FIRM: SURE, OTHER: SURE})
    put(settings, MAY, page)
    judge(settings, MAY, judged("p1", "0"), parts=[part(page, OTHER, "0")])
    deliver_signals(settings, MAY)
    put(settings, JUNE, sources={"news": "ok"})
    judge(settings, JUNE, judged("p1", "-1"))
    assert {row["enterprise_id"]: row["polarity"] for row in told(settings, JUNE)} == {FIRM: "-1"}
    put(settings, JULY, sources={"news": "ok"})
    judge(settings, JULY, judged("p1", "-1"), parts=[part(page, OTHER, "1")])
    assert {row["enterprise_id"]: row["polarity"] for row in told(settings, JULY)} == {OTHER: "1"}


# -- versions -------------------------------------------------------------------------------------------------------


def test_a_complaint_that_was_settled_replaces_its_open_version(settings):
    open_one = Page("c1", {FIRM: SURE}, "complaints", "COMPLAINT", url="http://complaints.example/1")
    put(settings, MAY, open_one)
    first = told(settings, MAY)
    put(
        settings, JUNE,
        Page("c2", {FIRM: SURE}, "complaints", "COMPLAINT", url=open_one.address, state="changed",
             fetched="2026-06-05T00:00:00", fields={"resolved_on": "2026-06-02"}),
    )  # fmt: skip
    assert deliver_signals(settings, JUNE).again == 1
    [(number, row)] = known(settings, MAY, JUNE).items()
    assert number == first[0]["signal_no"]
    assert (row["page"], row["resolved_on"], row["received_month"]) == ("c2", date(2026, 6, 2), JUNE)


@pytest.mark.parametrize("extracted", [True, False])
def test_a_page_that_is_gone_takes_its_signals_back_once(settings, extracted):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    gone = Page("p2", {}, url="http://news.example/p1", state="gone", polarity=None, fetched="2026-06-10T20:00:00",
                extracted=extracted)  # fmt: skip
    put(settings, JUNE, gone)
    [row] = told(settings, JUNE)
    assert (row["enterprise_id"], row["page"], row["withdrawn_on"]) == (FIRM, "p1", date(2026, 6, 11))
    assert row["polarity"] == "-1", "it says what it said"
    put(settings, JULY, Page("p3", {}, url="http://news.example/p1", state="gone", polarity=None,
                             fetched="2026-07-10T20:00:00", extracted=extracted))  # fmt: skip
    assert told(settings, JULY) == []


def test_a_page_that_comes_back_counts_again(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    put(settings, JUNE, Page("p2", {}, url="http://news.example/p1", state="gone", polarity=None,
                             fetched="2026-06-10T00:00:00"))  # fmt: skip
    deliver_signals(settings, JUNE)
    put(settings, JULY, Page("p3", {FIRM: SURE}, url="http://news.example/p1", fetched="2026-07-10T00:00:00"))
    [row] = told(settings, JULY)
    assert (row["page"], row["withdrawn_on"]) == ("p3", None)


def test_a_corrected_page_that_names_the_firm_no_more_takes_its_signal_back(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE, OTHER: SURE}))
    deliver_signals(settings, MAY)
    put(settings, JUNE, Page("p2", {OTHER: SURE}, url="http://news.example/p1", state="changed",
                             fetched="2026-06-10T00:00:00"))  # fmt: skip
    rows = {row["enterprise_id"]: (row["page"], row["withdrawn_on"]) for row in told(settings, JUNE)}
    assert rows == {FIRM: ("p1", date(2026, 6, 10)), OTHER: ("p2", None)}


def test_of_several_versions_in_one_month_only_the_last_speaks(settings):
    url = "http://news.example/p"
    put(settings, MAY,
        Page("p1", {FIRM: SURE, OTHER: SURE}, url=url, fetched="2026-05-04T00:00:00"),
        Page("p2", {OTHER: SURE}, url=url, fetched="2026-05-08T00:00:00", polarity="0"),
        Page("q1", {FIRM: SURE}, url="http://news.example/q", fetched="2026-05-04T00:00:00"),
        Page("q2", {}, url="http://news.example/q", fetched="2026-05-08T00:00:00", state="gone",
             polarity=None))  # fmt: skip
    [row] = told(settings, MAY)
    assert (row["enterprise_id"], row["page"], row["polarity"]) == (OTHER, "p2", "0")


def test_an_answer_makes_a_match_of_an_earlier_month_sure(settings):
    page = Page("p1", {FIRM: UNSURE})
    put(settings, MAY, page)
    deliver_signals(settings, MAY)
    put(settings, JUNE)
    answer(settings, JUNE, page, FIRM, FIRM, "2026-06-03")
    decide(settings, JUNE, decided(page, FIRM, FIRM))
    [row] = told(settings, JUNE)
    assert (row["page"], row["band"], row["match_confidence"], row["polarity"]) == ("p1", "accept", 1.0, "-1")
    [(_, last)] = known(settings, MAY, JUNE).items()
    assert last["match_confidence"] == 1.0


def test_an_answer_for_another_firm_moves_the_signal(settings):
    page = Page("p1", {FIRM: UNSURE})
    put(settings, MAY, page)
    deliver_signals(settings, MAY)
    put(settings, JUNE)
    answer(settings, JUNE, page, FIRM, OTHER, "2026-06-03")
    decide(settings, JUNE, decided(page, FIRM, OTHER))
    rows = {row["enterprise_id"]: (row["band"], row["withdrawn_on"]) for row in told(settings, JUNE)}
    assert rows == {FIRM: ("review", date(2026, 6, 3)), OTHER: ("accept", None)}


def test_an_answer_that_it_is_nobody_takes_the_signal_back(settings):
    page = Page("p1", {FIRM: SURE})
    put(settings, MAY, page)
    deliver_signals(settings, MAY)
    put(settings, JUNE)
    answer(settings, JUNE, page, FIRM, None, "2026-06-03")
    decide(settings, JUNE, decided(page, FIRM, FIRM, "reject", 0.0))
    [row] = told(settings, JUNE)
    assert (row["enterprise_id"], row["withdrawn_on"]) == (FIRM, date(2026, 6, 3))


@pytest.mark.parametrize("extracted", [True, False])
def test_an_answer_holds_for_the_newest_version_and_brings_nothing_gone_back(settings, extracted):
    page = Page("p1", {FIRM: UNSURE})
    lost = Page("q1", {FIRM: UNSURE})
    put(settings, MAY, page, lost)
    deliver_signals(settings, MAY)
    put(settings, JUNE,
        Page("p2", {FIRM: UNSURE}, url=page.address, state="changed", fetched="2026-06-10T00:00:00", polarity="0"),
        Page("q2", {}, url=lost.address, state="gone", fetched="2026-06-10T00:00:00", polarity=None,
             extracted=extracted))  # fmt: skip
    deliver_signals(settings, JUNE)
    put(settings, JULY)
    decide(settings, JULY, decided(page, FIRM, FIRM), decided(lost, FIRM, FIRM))
    told(settings, JULY)
    rows = {row["url"]: row for row in known(settings, MAY, JUNE, JULY).values()}
    answered = rows[page.address]
    assert (answered["page"], answered["polarity"], answered["match_confidence"]) == ("p2", "0", 1.0)
    assert rows[lost.address]["withdrawn_on"] == date(2026, 6, 10)


def test_a_text_that_was_judged_anew_is_told_anew_and_one_judged_the_same_is_not(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}), Page("p2", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    put(settings, JUNE)
    judge(settings, JUNE, judged("p1", "0", model="better 999999999999"), judged("p2", "-1"))
    [row] = told(settings, JUNE)
    assert (row["page"], row["polarity"], row["judged_by"]) == ("p1", "0", "better 999999999999")


# -- the file -------------------------------------------------------------------------------------------------------


def test_running_again_changes_nothing_before_and_after_the_file_was_taken(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    first = deliver_signals(settings, MAY).file.read_bytes()
    again = deliver_signals(settings, MAY)
    assert (again.status, again.signals, again.file.read_bytes()) == ("unchanged", 1, first)
    take_in(settings, MAY)
    again = deliver_signals(settings, MAY)
    assert again.status == "unchanged"
    assert [path.name for path in again.file.parent.iterdir()] == ["w01_web_signals_2026-05.parquet"]


def test_a_file_that_was_not_taken_is_replaced(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    put(settings, MAY, Page("p1", {FIRM: SURE}, polarity="0"))
    summary = deliver_signals(settings, MAY)
    assert (summary.status, summary.file.name) == ("delivered", "w01_web_signals_2026-05.parquet")
    assert [row["polarity"] for row in take_in(settings, MAY).to_dicts()] == ["0"]
    assert len(list(summary.file.parent.iterdir())) == 1


def test_other_content_in_an_open_month_is_a_corrected_delivery_also_back_and_forth(settings):
    for number, polarity in enumerate(["-1", "0", "-1"], 1):
        put(settings, MAY, Page("p1", {FIRM: SURE}, polarity=polarity))
        summary = deliver_signals(settings, MAY)
        assert summary.status == "delivered"
        assert [row["polarity"] for row in take_in(settings, MAY).to_dicts()] == [polarity]
        manifest = read_manifest(partition(settings, FEED, MAY))
        assert (manifest.delivered, manifest.accepted, manifest.superseded) == (number, 1, number - 1)
    assert sorted(path.name for path in summary.file.parent.iterdir()) == [
        "w01_web_signals_2026-05.parquet", "w01_web_signals_2026-05.r2.parquet", "w01_web_signals_2026-05.r3.parquet",
    ]  # fmt: skip


def test_a_closed_month_is_corrected_from_the_next_month_on(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    before = take_in(settings, MAY)
    seal(settings, FEED, MAY)
    put(settings, MAY, Page("p1", {FIRM: SURE}, polarity="0"))
    assert deliver_signals(settings, MAY).file.name == "w01_web_signals_2026-05.r2.parquet"
    assert take_in(settings, MAY).equals(before), "what was decided on stays"
    put(settings, JUNE)
    deliver_signals(settings, JUNE)
    [row] = take_in(settings, JUNE).to_dicts()
    assert (row["polarity"], row["received_month"]) == ("0", JUNE)
    assert read_manifest(partition(settings, FEED, JUNE)).supersedes == tuple(before["delivery_id"].unique())
    assert deliver_signals(settings, MAY).status == "unchanged"


def test_a_correction_of_a_closed_month_brings_no_older_version_back(settings):
    open_one = Page("c1", {FIRM: SURE}, "complaints", "COMPLAINT", url="http://complaints.example/1")
    put(settings, MAY, open_one, Page("p1", {FIRM: SURE}))
    deliver_signals(settings, MAY)
    take_in(settings, MAY)
    settled = Page("c2", {FIRM: SURE}, "complaints", "COMPLAINT", url=open_one.address, state="changed",
                   fetched="2026-06-05T00:00:00", fields={"resolved_on": "2026-06-02"})  # fmt: skip
    put(settings, JUNE, settled)
    deliver_signals(settings, JUNE)
    take_in(settings, JUNE)
    assert deliver_signals(settings, MAY).status == "unchanged"
    put(settings, MAY, open_one, Page("p1", {FIRM: SURE}, polarity="0"))
    assert [row["page"] for row in told(settings, MAY)] == ["p1"]
    put(settings, JULY)
    deliver_signals(settings, JULY)
    rows = {row["page"]: row for row in known(settings, MAY, JUNE, JULY).values()}
    assert rows["c2"]["resolved_on"] == date(2026, 6, 2) and rows["p1"]["polarity"] == "0" and len(rows) == 2


def test_a_delivery_lost_from_landing_is_not_made_again(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    file = deliver_signals(settings, MAY).file
    take_in(settings, MAY)
    file.unlink()
    assert deliver_signals(settings, MAY).status == "unchanged"
    put(settings, MAY, Page("p1", {FIRM: SURE}, polarity="0"))
    assert deliver_signals(settings, MAY).file.name == "w01_web_signals_2026-05.r2.parquet"


# -- months without signals -----------------------------------------------------------------------------------------


def test_a_month_without_signals_is_delivered_empty_and_known(settings):
    for month in (MAY, JUNE):
        put(settings, month)
        assert deliver_signals(settings, month).signals == 0
        take_in(settings, month)
        manifest = read_manifest(partition(settings, FEED, month))
        assert (manifest.status, manifest.delivered, len(manifest.deliveries)) == ("accepted", 0, 1)


def test_a_month_in_which_no_source_could_be_read_is_unknown(settings):
    put(settings, MAY, sources={"news": "failed", "jobs": "failed"})
    summary = deliver_signals(settings, MAY)
    assert (summary.status, summary.file, summary.failed) == ("nothing", None, ("jobs", "news"))
    assert "none of 2 sources could be read" in summary.sentence
    assert not (settings.landing / FEED).exists()


def test_a_source_that_failed_does_not_stop_the_others(settings):
    put(settings, MAY, Page("p1", {FIRM: SURE}), sources={"news": "partial", "jobs": "failed"})
    summary = deliver_signals(settings, MAY)
    assert (summary.signals, summary.reached, summary.failed) == (1, ("news",), ("jobs",))


def test_a_source_that_broke_off_after_known_items_was_read(settings):
    put(settings, MAY)
    Partition(settings, "crawl", MAY, "news").replace({}, {"status": "failed", "unchanged": 3})
    assert deliver_signals(settings, MAY).reached == ("news",)


def test_where_nothing_is_crawled_nothing_happens(settings):
    lines: list[str] = []
    assert deliver_signals(settings, MAY, lines.append).status == "nothing"
    assert "no source has been crawled" in lines[0]
    assert not settings.landing.exists() and not (settings.home / "lake" / "web").exists()


@pytest.mark.parametrize("step", ["matches", "judged"])
def test_a_step_that_was_not_run_is_named(settings, step):
    put(settings, MAY, Page("p1", {FIRM: SURE}))
    (Partition(settings, step, MAY).folder / "summary.json").unlink()
    with pytest.raises(SignalsError, match=f"run the step {step} for {MAY} first"):
        deliver_signals(settings, MAY)


def test_nothing_of_a_later_month_is_read(settings):
    page = Page("p1", {FIRM: UNSURE})
    put(settings, MAY, page)
    first = told(settings, MAY)
    put(settings, JUNE, Page("p2", {}, url=page.address, state="gone", polarity=None, fetched="2026-06-10T00:00:00"))
    deliver_signals(settings, JUNE)
    assert told(settings, MAY) == first and deliver_signals(settings, MAY).status == "unchanged"
