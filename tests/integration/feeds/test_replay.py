"""An archive is split into the months in which its rows became known, and is then taken in like any delivery."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.feeds import replay as module
from orchestration.feeds.contract import Replay, load_contract
from orchestration.feeds.errors import FeedStop
from orchestration.settings import Settings

from .helpers import CHINESE, FEED, as_bytes, csv_text, rows_of, take_in

ROWS = [
    ["91410105MA00000015", "增值税", "1", "2020-05-05", ""],
    ["91410105MA00000023", "增值税", "2", "2021/11/30", ""],
    ["91410105MA00000031", "增值税", "3", "2022-01-31", ""],
    ["91410105MA00000040", "增值税", "4", "", ""],
    ["91410105MA00000058", "印花税", "5", "2022-01-01", ""],
]


@pytest.fixture
def archive(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    contract = load_contract(settings, FEED)
    section = Replay(file="archive.csv", known_on="公告日期", where={"欠税税种": ("增值税", "消费税")})
    replayed = contract.model_copy(update={"replay": section})
    monkeypatch.setattr(module, "delivered_feeds", lambda _: ["c01_base", FEED])
    monkeypatch.setattr(module, "load_contract", lambda s, feed: replayed if feed == FEED else load_contract(s, feed))
    folder = tmp_path / "archives"
    folder.mkdir()
    (folder / "archive.csv").write_bytes(csv_text(ROWS, CHINESE).encode("gb18030"))
    return folder


def known(settings: Settings) -> dict[str, list[str]]:
    months = sorted(path.name for path in (settings.landing / FEED).iterdir())
    for month in months:
        take_in(settings, month)
    return {month: [row["enterprise_id"][-2:] for row in rows_of(settings, month=month)] for month in months}


def test_rows_land_in_the_month_they_became_known(settings, archive):
    assert module.replay(settings, archive) == [module.Replayed(FEED, 3, 4)]
    # before the first month: in it; nothing known in December: a file without rows; no day: last month, quarantined
    assert known(settings) == {"2021-11": ["15", "23"], "2021-12": [], "2022-01": ["31"]}
    assert rows_of(settings, "quarantined", "2022-01")[0]["reason"] == "missing_required"


def test_replay_can_stop_early_and_is_deterministic(settings, archive):
    module.replay(settings, archive, "2021-12")
    files = {path: path.read_bytes() for path in settings.landing.rglob("*.parquet")}
    assert [path.parent.name for path in sorted(files)] == ["2021-11", "2021-12"]
    module.replay(settings, archive, "2021-12")
    assert {path: path.read_bytes() for path in settings.landing.rglob("*.parquet")} == files


def test_the_command_line(settings, archive, capsys):
    assert module.main([str(archive), "--until", "2021-11"]) == 0
    assert capsys.readouterr().out == "c12_arrears: 3 rows in 1 months\n"
    assert module.main([str(archive / "nowhere")]) == 1
    assert "file archive.csv: the archive is not in" in capsys.readouterr().err


def test_a_column_that_is_not_there_is_named(settings, archive):
    (archive / "archive.csv").write_bytes(as_bytes("csv"))
    with pytest.raises(FeedStop, match=r"it has no column '公告日期'; mend 'replay' in the contract"):
        module.replay(settings, archive)
