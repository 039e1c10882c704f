"""Deliveries over time: repeats, corrections, late files, sealed months, volume, the row accounting, crashes."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

import shutil
import stat
from pathlib import Path

import pytest

from orchestration.feeds import contract as contracts
from orchestration.feeds.errors import FeedStop
from orchestration.feeds.ingest import discard_feed, publish_feed, read_manifest, recover, seal, stage_feed
from orchestration.feeds.ledger import came_missing, is_sealed, mark_stopped, partition, waiting
from orchestration.settings import Settings

from .helpers import FEED, as_bytes, content_of, csv_text, deliver, rows_of, take_in


def rows(*numbers: int, amount: str = "1") -> str:
    return csv_text([[f"91410105MA{n:08d}", "增值税", amount, "2024-01-05", ""] for n in numbers])


def numbers(settings: Settings, month: str = "2024-01", name: str = "accepted") -> list[int]:
    return [int(row["enterprise_id"][10:]) for row in rows_of(settings, name, month)]


def test_staging_shows_nothing_and_discarding_leaves_nothing(settings):
    deliver(settings, rows(1))
    staged = stage_feed(settings, FEED, "2024-01")
    assert not settings.raw.exists()
    assert not settings.originals.exists()
    assert {path.name for path in staged.folder.glob("*.parquet")} == {
        "accepted.parquet",
        "quarantined.parquet",
        "superseded.parquet",
    }
    discard_feed(staged)
    assert not staged.folder.exists()


def test_the_original_is_kept_for_its_owner_only(settings):
    path = deliver(settings, rows(1))
    kept = settings.originals / (sha := take_in(settings).deliveries[0].sha256)[:2] / sha
    assert kept.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_taking_a_month_in_again_gives_the_same_content_also_without_the_landing_file(settings):
    deliver(settings, rows(3, 1, 2, 2) + "ragged\n")
    take_in(settings)
    first = content_of(settings, "2024-01")
    files = {path.name: path.read_bytes() for path in partition(settings, FEED, "2024-01").glob("*.parquet")}
    take_in(settings)
    assert content_of(settings, "2024-01") == first
    shutil.rmtree(settings.landing)
    take_in(settings)
    assert content_of(settings, "2024-01") == first
    assert {path.name: path.read_bytes() for path in partition(settings, FEED, "2024-01").glob("*.parquet")} == files


def test_a_lost_original_is_named(settings):
    deliver(settings, rows(1))
    take_in(settings)
    shutil.rmtree(settings.landing)
    shutil.rmtree(settings.originals)
    with pytest.raises(
        FeedStop, match=r"file a.csv: the kept original with sha256 \w+ is gone or damaged; restore it from the backup"
    ):
        stage_feed(settings, FEED, "2024-01")


def test_a_file_sent_twice_changes_nothing(settings):
    deliver(settings, rows(1, 2), "a.csv")
    deliver(settings, rows(1, 2), "b.csv")
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted, summary.superseded) == (2, 2, 0)
    assert [(r.file, r.first_month, r.first_file) for r in summary.repeats] == [("b.csv", "2024-01", "a.csv")]
    assert "file b.csv repeats a.csv of 2024-01 and changes nothing." in " ".join(summary.warnings)
    before = content_of(settings, "2024-01")[0]
    deliver(settings, rows(1, 2), "0.csv")  # sorts before the first
    again = take_in(settings)
    assert content_of(settings, "2024-01")[0] == before
    assert {repeat.file for repeat in again.repeats} == {"b.csv", "0.csv"}


def test_last_months_file_sent_again_is_no_delivery(settings):
    deliver(settings, rows(1))
    take_in(settings)
    deliver(settings, rows(1), "again.csv", "2024-02")
    summary = take_in(settings, "2024-02")
    assert (summary.status, summary.delivered) == ("missing", 0)
    assert [repeat.first_month for repeat in summary.repeats] == ["2024-01"]
    take_in(settings, "2024-02")
    assert rows_of(settings, month="2024-02") == []


def test_a_correction_in_the_same_month_supersedes_the_whole_file(settings):
    deliver(settings, rows(1, 2, amount="1") + "ragged\n", "a.csv")
    deliver(settings, rows(2, 3, amount="2"), "a.r2.csv")
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted, summary.quarantined, summary.superseded) == (5, 2, 0, 3)
    assert numbers(settings) == [2, 3]
    first, second = summary.deliveries
    assert (first.replaced_by, second.replaced_by, summary.supersedes) == (second.delivery_id, None, ())
    assert {row["superseded_by"] for row in rows_of(settings, "superseded")} == {f"{second.delivery_id}:0"}


@pytest.mark.parametrize(
    "broken", [b"", b"%PDF", b"UNISCID,COLOUR\n1,2\n", rows(1).replace("2024-01-05", "gestern").encode()]
)
def test_a_correction_cures_a_file_that_could_not_be_read(settings, broken):
    deliver(settings, broken, "a.csv")
    deliver(settings, rows(1), "a.r2.xlsx")
    summary = take_in(settings)
    assert summary.accepted == 1
    assert summary.delivered == summary.accepted + summary.superseded


def test_a_correction_in_a_later_month_works_from_then_on(settings):
    deliver(settings, rows(1, 2), "a.csv", "2024-01")
    old = take_in(settings).deliveries[0].delivery_id
    before = content_of(settings, "2024-01")
    deliver(settings, rows(1, 3), "a.r2.csv", "2024-02")
    summary = take_in(settings, "2024-02")
    assert summary.supersedes == (old,)
    assert (summary.accepted, numbers(settings, "2024-02")) == (2, [1, 3])
    assert content_of(settings, "2024-01") == before
    deliver(settings, rows(4), "a.r3.csv", "2024-03")
    take_in(settings, "2024-03")
    assert read_manifest(partition(settings, FEED, "2024-03")).supersedes == (summary.deliveries[0].delivery_id,)


def test_the_same_name_every_month_is_no_correction(settings):
    for month, number in (("2024-01", 1), ("2024-02", 2)):
        deliver(settings, rows(number), "a.csv", month)
        assert take_in(settings, month).supersedes == ()
    deliver(settings, rows(3), "a.r2.csv", "2024-02")
    summary = take_in(settings, "2024-02")
    assert (summary.supersedes, numbers(settings, "2024-02")) == ((), [3])


def test_a_correction_of_nothing_warns(settings):
    deliver(settings, rows(1), "b.r2.csv")
    summary = take_in(settings)
    assert summary.accepted == 1
    assert (
        "file b.r2.csv is revision 2, but no earlier revision is known; it was taken in as a first delivery."
        in summary.warnings[0]
    )


def test_other_content_under_the_same_name_is_a_correction(settings):
    deliver(settings, rows(1, 2), "a.csv")
    take_in(settings)
    deliver(settings, rows(2, 3), "a.csv")
    summary = take_in(settings)
    assert (summary.delivered, summary.superseded, numbers(settings)) == (4, 2, [2, 3])
    assert [delivery.revision for delivery in summary.deliveries] == [1, 2]
    first = content_of(settings, "2024-01")
    take_in(settings)
    assert content_of(settings, "2024-01") == first


def test_a_late_file_lands_in_the_month_that_is_taken_in_next(settings):
    for month, number in (("2024-01", 1), ("2024-02", 2)):
        deliver(settings, rows(number), "a.csv", month)
        take_in(settings, month)
    january, february = content_of(settings, "2024-01"), content_of(settings, "2024-02")
    deliver(settings, rows(9), "late.csv", "2024-01")
    assert is_sealed(settings, FEED, "2024-01")
    summary = take_in(settings, "2024-01")
    assert content_of(settings, "2024-01")[0] == january[0]
    assert "file late.csv came after the month was sealed; its rows will count from the next month" in " ".join(
        summary.warnings
    )
    deliver(settings, rows(3), "a.csv", "2024-03")
    summary = take_in(settings, "2024-03")
    assert numbers(settings, "2024-03") == [3, 9]
    assert [(d.file, d.arrived_folder) for d in summary.deliveries] == [("late.csv", "2024-01"), ("a.csv", "2024-03")]
    assert (
        "file late.csv arrived late, in the folder of 2024-01; its rows count from 2024-03 on." in summary.warnings[0]
    )
    assert content_of(settings, "2024-02") == february
    march = content_of(settings, "2024-03")
    take_in(settings, "2024-03")
    assert content_of(settings, "2024-03") == march
    deliver(settings, rows(4), "a.csv", "2024-04")
    assert [d.file for d in take_in(settings, "2024-04").deliveries] == ["a.csv"]


def test_a_new_file_of_an_open_month_is_added_to_it(settings):
    deliver(settings, rows(1), "a.csv")
    take_in(settings)
    deliver(settings, rows(2), "b.csv")
    assert take_in(settings).accepted == 2


def test_a_sealed_month_takes_no_new_file_and_stays_sealed(settings):
    deliver(settings, rows(1), "a.csv")
    take_in(settings)
    seal(settings, FEED, "2024-01")
    deliver(settings, rows(2), "b.csv")
    take_in(settings)
    assert (numbers(settings), is_sealed(settings, FEED, "2024-01")) == ([1], True)
    take_in(settings, "2024-02")
    assert numbers(settings, "2024-02") == [2]


def test_a_refused_month_stays_open_until_it_is_mended_also_when_a_later_one_is_published(settings):
    deliver(settings, rows(1), month="2024-01")
    bad = deliver(settings, "mood,weather\ngood,fair\n", month="2024-02", name="b.csv")
    deliver(settings, rows(3), month="2024-03", name="c.csv")
    take_in(settings, "2024-01")
    with pytest.raises(FeedStop) as stop:
        stage_feed(settings, FEED, "2024-02")
    mark_stopped(settings, FEED, "2024-02", str(stop.value))
    take_in(settings, "2024-03")
    for month in ("2024-02", "2024-03"):
        assert f"{FEED} 2024-02 was refused: {stop.value}" in waiting(settings, month)
    assert not any("refused" in sentence for sentence in waiting(settings, "2024-01"))
    with pytest.raises(FeedStop, match="no header of the contract"):  # the second try does not turn green by itself
        stage_feed(settings, FEED, "2024-02")
    bad.write_text(rows(2))
    assert take_in(settings, "2024-02").accepted == 1
    assert numbers(settings, "2024-02") == [2]
    assert not any(sentence.startswith(FEED) for sentence in waiting(settings, "2024-03"))


def test_a_month_is_waited_for_until_it_has_been_taken_in(settings):
    assert f"{FEED} 2024-01 has not been taken in; materialise raw/{FEED} for the month first." in waiting(
        settings, "2024-01"
    )
    take_in(settings)
    assert came_missing(settings, FEED, "2024-01")
    assert not any(sentence.startswith(FEED) for sentence in waiting(settings, "2024-01"))


def test_sealing_makes_no_month_of_its_own(settings):
    seal(settings, FEED, "2024-01")
    assert not partition(settings, FEED, "2024-01").exists()


def test_a_missing_feed_is_a_month_without_rows(settings):
    summary = take_in(settings)
    assert (summary.status, summary.delivered) == ("missing", 0)
    assert rows_of(settings) == []
    assert summary.warnings == (
        "c12_arrears 2024-01: nothing was delivered (欠税公告, tax, due on day 8 of the following month); what depends on it is "
        "unknown for now.",
    )


def test_a_missing_required_feed_stops(settings):
    with pytest.raises(FeedStop) as stop:
        stage_feed(settings, "c01_base", "2024-01")
    assert str(stop.value) == (
        "c01_base 2024-01: no file has been delivered (登记备案基本信息, due on day 8 of the following month); ask market_regulation "
        f"to deliver into {settings.landing}/c01_base/2024-01."
    )


def test_an_empty_delivery_is_an_answer(settings):
    deliver(settings, rows())
    summary = take_in(settings)
    assert (summary.status, summary.delivered, len(summary.deliveries)) == ("accepted", 0, 1)


def bounded(monkeypatch: pytest.MonkeyPatch, settings: Settings, low: int, high: int) -> None:
    contract = contracts.load_contract(settings, FEED).model_copy(
        update={"volume": contracts.Volume(min=low, max=high)}
    )
    monkeypatch.setattr("orchestration.feeds.ingest.load_contract", lambda *_: contract)


def test_the_same_empty_file_every_month_is_an_answer_each_time(settings):
    deliver(settings, rows(), month="2024-01", name="a.csv")
    deliver(settings, rows(), month="2024-02", name="a.csv")
    take_in(settings, "2024-01")
    assert take_in(settings, "2024-02").status == "accepted"
    again = take_in(settings, "2024-02")
    assert (again.status, len(again.deliveries), again.repeats) == ("accepted", 1, ())


def test_too_few_rows_stop(settings, monkeypatch):
    bounded(monkeypatch, settings, 5, 10)
    deliver(settings, rows(1, 2))
    with pytest.raises(FeedStop) as stop:
        stage_feed(settings, FEED, "2024-01")
    assert str(stop.value) == (
        "c12_arrears 2024-01: 2 rows were delivered in a.csv, fewer than the contract's minimum of 5; ask tax for the complete "
        "delivery, or lower volume.min in the contract."
    )


def test_too_many_rows_warn(settings, monkeypatch):
    bounded(monkeypatch, settings, 0, 2)
    deliver(settings, rows(1, 2, 3))
    summary = take_in(settings)
    assert summary.accepted == 3
    assert "3 rows were delivered, more than the contract's maximum of 2; they were taken in" in " ".join(
        summary.warnings
    )


def test_unfinished_hidden_and_linked_files_are_left_alone(settings, tmp_path):
    for name in (".hidden.csv", "a.csv.part", "~$a.xlsx", "b.csv.tmp"):
        deliver(settings, rows(1), name)
    secret = tmp_path / "secret.csv"
    secret.write_text(rows(1))
    (settings.landing / FEED / "2024-01" / "link.csv").symlink_to(secret)
    assert take_in(settings).status == "missing"


def test_every_delivered_row_is_accounted_for(settings):
    deliver(settings, rows(1, 1, 2) + "ragged\n" + "x,增值税,1,2024-01-05,\n", "a.csv")
    deliver(settings, as_bytes("zip"), "b.csv")
    deliver(settings, rows(5, 6), "c.csv")
    deliver(settings, rows(5), "c.r2.csv")
    summary = take_in(settings)
    assert summary.delivered == 11 == summary.accepted + summary.quarantined + summary.superseded
    assert sum(summary.quarantine_reasons.values()) == summary.quarantined
    seen: dict[str, list[int]] = {}
    for name in ("accepted", "quarantined", "superseded"):
        for row in rows_of(settings, name):
            seen.setdefault(row["delivery_id"], []).append(row["row_no"])
    assert {delivery.delivery_id: list(range(1, delivery.rows + 1)) for delivery in summary.deliveries} == {
        name: sorted(places) for name, places in seen.items()
    }


def test_publishing_replaces_only_its_own_partition(settings):
    for month in ("2024-01", "2024-02"):
        deliver(settings, rows(int(month[-1])), "a.csv", month)
        take_in(settings, month)
    other = content_of(settings, "2024-01")
    deliver(settings, rows(7), "b.csv", "2024-02")
    take_in(settings, "2024-02")
    assert content_of(settings, "2024-01") == other


def test_a_crash_between_the_renames_is_mended(settings, monkeypatch):
    deliver(settings, rows(1))
    take_in(settings)
    before = content_of(settings, "2024-01")
    deliver(settings, rows(2), "b.csv")
    staged = stage_feed(settings, FEED, "2024-01")
    rename, calls = Path.rename, []

    def crash(self: Path, target: Path) -> Path:
        calls.append(target)
        if self == staged.folder:
            raise OSError("power cut")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", crash)
    with pytest.raises(OSError, match="power cut"):
        publish_feed(settings, staged)
    monkeypatch.undo()
    assert calls
    assert not partition(settings, FEED, "2024-01").exists()
    recover(settings, FEED, "2024-01")
    assert content_of(settings, "2024-01") == before


def test_a_month_must_be_a_month(settings):
    with pytest.raises(ValueError, match="'2024-1' is not a month; write it as YYYY-MM"):
        stage_feed(settings, FEED, "2024-1")
