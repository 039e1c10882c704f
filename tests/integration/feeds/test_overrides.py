"""The door for overrides (s01_overrides): none without reason, rank, decider and expiry, none that ends too early."""

from __future__ import annotations

import pytest

from orchestration.feeds.contract import ContractError, load_contract
from orchestration.settings import Settings

from .helpers import as_bytes, csv_text, deliver, rows_of, take_in, zipped

FEED = "s01_overrides"
GOOD = {
    "OVRNO": "TZ1",
    "UNISCID": "91410105MA00000015",
    "OVRCLASS": "C",
    "OVRREASON": "上级交办重点监管",
    "OVRRANK": "2",
    "OVRPERSON": "410105199001010010",
    "DECDATE": "2024-01-10",
    "EXPDATE": "2024-06-30",
    "WITHDATE": "",
}
REASON = "expires_before_decision"


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path)


def brought(settings: Settings, *changes: dict[str, str]):
    rows = [GOOD | {"OVRNO": f"TZ{number}"} | change for number, change in enumerate(changes, 1)]
    deliver(settings, csv_text([list(row.values()) for row in rows], list(GOOD)), "o.csv", feed=FEED)
    return take_in(settings, feed=FEED)


@pytest.mark.parametrize(
    ("header", "column", "zh"),
    [
        ("EXPDATE", "expires_on", "失效日期"),
        ("OVRREASON", "reason", "调整理由"),
        ("OVRRANK", "decider_rank", "决定人职级"),
        ("OVRPERSON", "decider_id", "决定人证件号"),
        ("DECDATE", "decided_on", "决定日期"),
    ],
)
def test_an_incomplete_override_is_kept_out_with_file_line_and_cure(settings, header, column, zh):
    summary = brought(settings, {}, {header: ""})
    assert (summary.accepted, summary.quarantine_reasons) == (1, {"missing_required": 1})
    (row,) = rows_of(settings, "quarantined", feed=FEED)
    assert row["sentence"] == (
        f"file o.csv, data row 2, line 3: column {column} ({zh}) is empty but required; "
        "fill it and deliver the row again."
    )


def test_no_date_is_no_expiry(settings):
    summary = brought(settings, {"EXPDATE": "9999-12-31"}, {"EXPDATE": "长期"})
    assert (summary.accepted, summary.quarantine_reasons) == (0, {"missing_required": 2})


def test_an_override_that_expires_before_it_was_decided_is_kept_out(settings):
    summary = brought(settings, {"EXPDATE": "2024-01-09"}, {"EXPDATE": "2024-01-10"}, {"EXPDATE": "2024-01-11"})
    assert (summary.accepted, summary.quarantine_reasons) == (2, {REASON: 1})
    (row,) = rows_of(settings, "quarantined", feed=FEED)
    assert row["sentence"] == (
        "file o.csv, data row 1, line 2: the override expires before it was decided; "
        "correct expires_on (失效日期) and deliver the row again."
    )
    assert "410105199001010010" not in row["row_json"]


def test_the_line_is_that_of_the_file_in_which_the_row_stands(settings):
    rows = [list((GOOD | change).values()) for change in ({"OVRNO": "A"}, {"OVRNO": "B", "EXPDATE": ""})]
    deliver(settings, csv_text(rows[:1], list(GOOD)), "a.csv", feed=FEED)
    deliver(settings, csv_text(rows[1:], list(GOOD)), "b.csv", feed=FEED)
    take_in(settings, feed=FEED)
    (row,) = rows_of(settings, "quarantined", feed=FEED)
    assert row["sentence"].startswith("file b.csv, data row 1, line 2: ")


@pytest.mark.parametrize(
    ("kind", "place"), [("xlsx", "data row 2, line 3"), ("jsonl", "data row 2, line 2"), ("parquet", "data row 2")]
)
def test_a_row_is_named_by_its_line_where_the_format_has_lines(settings, kind, place):
    rows = [list((GOOD | change).values()) for change in ({}, {"OVRNO": "B", "EXPDATE": ""})]
    deliver(settings, as_bytes(kind, rows, list(GOOD)), f"o.{kind}", feed=FEED)
    take_in(settings, feed=FEED)
    (row,) = rows_of(settings, "quarantined", feed=FEED)
    assert row["sentence"].startswith(f"file o.{kind}, {place}: column expires_on")


def test_inside_an_archive_the_line_is_that_of_its_member(settings):
    rows = [list((GOOD | change).values()) for change in ({}, {"OVRNO": "B", "EXPDATE": ""})]
    content = {name: as_bytes("csv", [row], list(GOOD)) for name, row in zip(("a.csv", "b.csv"), rows, strict=True)}
    deliver(settings, zipped(content), "o.zip", feed=FEED)
    take_in(settings, feed=FEED)
    (row,) = rows_of(settings, "quarantined", feed=FEED)
    assert row["sentence"].startswith("file o.zip, data row 2, line 2 of b.csv: column expires_on")


def test_a_contract_may_only_compare_days(tmp_path):
    folder = tmp_path / "contracts"
    folder.mkdir()
    (folder / f"{FEED}.yml").write_text(
        f"quarantine_when: [{{reason: {REASON}, sentence: because, before: {{expires_on: reason}}}}]\n",
        encoding="utf-8",
    )

    class Abroad:
        canonical = Settings(home=tmp_path).canonical
        definition = tmp_path

    with pytest.raises(ContractError, match=r"s01_overrides.yml.*before compares dates; 'reason' is none; mend"):
        load_contract(Abroad(), FEED)
