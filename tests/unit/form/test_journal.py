"""Nothing that was written is lost: crashes at every step, and deliveries that account for each row."""

from __future__ import annotations

import stat
from datetime import UTC, datetime

import polars as pl
import pytest

from orchestration.form import deliver as deliveries
from orchestration.form.deliver import deliver
from orchestration.form.journal import Journal
from orchestration.form.layout import load_layout

AT = datetime(2026, 10, 14, 3, 0, 0, 5000, tzinfo=UTC)


def row(task: str) -> dict[str, str | None]:
    return {"task_id": task, "item": '事项,"一"', "result": "未发现问题", "closed_on": None}


@pytest.fixture
def journal(settings) -> Journal:
    return Journal(settings)


@pytest.fixture
def layout(settings):
    return load_layout(settings)


def tasks(settings) -> list[list[str]]:
    """Tasks of the delivered files, file by file in the order in which the ledger reads them."""
    files = sorted(settings.landing.rglob("*.csv"))
    return [pl.read_csv(path, infer_schema=False)["task_id"].to_list() for path in files]


def test_what_is_kept_is_read_back_and_only_ever_appended_to(journal):
    first = journal.keep("2026-10", "page", [row("a"), row("b")], at=AT)
    path = journal.folder / "2026-10.jsonl"
    before = path.read_bytes()
    second = journal.keep("2026-10", "file", [row("c")], at=AT, refused=3, sha256="f" * 64)
    assert path.read_bytes().startswith(before) and stat.S_IMODE(path.stat().st_mode) == 0o600
    assert journal.read() == ([first, second], [])
    assert journal.find(second.receipt) == (second, None) and journal.find("0") is None
    assert first.rows[0] == {"task_id": "a", "item": '事项,"一"', "result": "未发现问题"}


def test_a_line_that_a_crash_cut_in_two_costs_no_other_line(journal):
    first = journal.keep("2026-10", "page", [row("a")], at=AT)
    path = journal.folder / "2026-10.jsonl"
    path.write_bytes(path.read_bytes() + '{"kind":"kept","receipt":"事'.encode()[:-1])
    second = journal.keep("2026-10", "page", [row("b")], at=AT)
    assert journal.read()[0] == [first, second]


def test_what_waits_becomes_one_file_for_each_month_and_is_delivered_once(settings, layout, journal):
    for month, task in (("2026-10", "a"), ("2026-11", "b"), ("2026-10", "c")):
        journal.keep(month, "page", [row(task)], at=AT)
    made = deliver(settings, layout)
    assert [(one.path.parent.name, one.rows, one.submissions) for one in made] == [("2026-10", 2, 2), ("2026-11", 1, 1)]
    assert tasks(settings) == [["a", "c"], ["b"]]
    assert all(stat.S_IMODE(one.path.stat().st_mode) == 0o600 for one in made)
    assert deliver(settings, layout) == []
    _, batches = journal.read()
    assert [batch.folder for batch in batches] == ["2026-10", "2026-11"]


def test_a_later_batch_has_a_later_name_so_that_its_rows_count(settings, layout, journal):
    journal.keep("2026-10", "page", [row("a")], at=AT)
    deliver(settings, layout)
    journal.keep("2026-10", "correction", [row("b")], at=AT.replace(microsecond=6000))
    deliver(settings, layout)
    assert tasks(settings) == [["a"], ["b"]]


@pytest.mark.parametrize("step", ["before the file", "after the file"])
def test_a_crash_while_delivering_is_mended_without_a_second_delivery(settings, layout, journal, monkeypatch, step):
    journal.keep("2026-10", "page", [row("a")], at=AT)
    write = deliveries._write

    def crash(target, content):
        if step == "after the file":
            write(target, content)
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(deliveries, "_write", crash)
        with pytest.raises(OSError, match="no space"):
            deliver(settings, layout)
    journal.keep("2026-10", "page", [row("b")], at=AT.replace(second=9))
    assert len(deliver(settings, layout)) == 2
    assert tasks(settings) == [["a"], ["b"]]  # not "a" in two files
    assert deliver(settings, layout) == []


def test_a_file_that_somebody_took_out_of_landing_does_not_come_back(settings, layout, journal):
    journal.keep("2026-10", "page", [row("a")], at=AT)
    deliver(settings, layout)[0].path.unlink()
    assert deliver(settings, layout) == [] and tasks(settings) == []
