"""One reader for all: every format, encoding and header style gives the same rows."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orchestration.feeds.errors import FeedStop
from orchestration.feeds.ingest import stage_feed

from .helpers import CHINESE, FEED, NAMES, NATIONAL, ROWS, as_bytes, csv_text, deliver, rows_of, take_in, zipped

KINDS = ["utf-8", "utf-8-sig", "gb18030", "utf-16", "jsonl", "xlsx", "xls", "parquet", "gzip", "zip"]
EXPECTED = [
    ("91410105MA00000015", "增值税", Decimal("12.5000"), date(2024, 1, 5), None, 1),
    ("91410105MA00000023", "企业所得税", Decimal("3.0000"), date(2024, 1, 6), date(2024, 1, 20), 2),
    ("91410105MA00000031", "城建税,附加", Decimal("0.2500"), date(2024, 1, 7), None, 3),
]


def values(rows: list[dict]) -> list[tuple]:
    return [tuple(row[name] for name in [*NAMES, "row_no"]) for row in rows]


@pytest.mark.parametrize("header", [NAMES, NATIONAL, CHINESE], ids=["names", "national", "chinese"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_format_and_header_gives_the_same_rows(settings, kind, header):
    deliver(settings, as_bytes(kind, header=header))  # always called .csv
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted) == (3, 3)
    assert values(rows_of(settings)) == EXPECTED


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "||", "\x01"])
def test_every_delimiter(settings, delimiter):
    deliver(settings, csv_text(ROWS, CHINESE, delimiter))
    take_in(settings)
    assert values(rows_of(settings)) == EXPECTED


def test_format_and_encoding_are_in_the_manifest(settings):
    deliver(settings, as_bytes("gb18030"), "a.csv")
    deliver(
        settings,
        zipped({"x.csv": csv_text([["91410105MA00000040", "印花税", "1", "2024-01-09", ""]]).encode("gb18030")}),
        "b.csv",
    )
    found = [(d.file, d.format, d.encoding, d.rows, d.arrived_folder) for d in take_in(settings).deliveries]
    assert found == [("a.csv", "csv", "gb18030", 3, "2024-01"), ("b.csv", "zip(csv)", "gb18030", 1, "2024-01")]


def test_columns_may_come_in_any_order_and_optional_ones_may_be_missing(settings):
    deliver(settings, "PUBDATE,TAXTYPE,UNISCID\n2024-01-05,增值税,91410105MA00000015\n")
    take_in(settings)
    assert values(rows_of(settings)) == [("91410105MA00000015", "增值税", None, date(2024, 1, 5), None, 1)]


def test_windows_line_ends_blank_lines_and_fields_over_lines(settings):
    text = csv_text(ROWS).replace("增值税", '"增值\n税"').replace("\n", "\r\n") + "\r\n\r\n"
    deliver(settings, text)
    take_in(settings)
    assert [row["tax_kind"] for row in rows_of(settings)] == ["增值\n税", "企业所得税", "城建税,附加"]


def test_a_header_without_name_is_ignored_only_if_its_column_is_empty(settings):
    deliver(settings, "UNISCID,TAXTYPE,PUBDATE,\n91410105MA00000015,增值税,2024-01-05,\n")
    assert take_in(settings).accepted == 1
    deliver(settings, "UNISCID,TAXTYPE,PUBDATE,\n91410105MA00000015,增值税,2024-01-05,x\n", month="2024-02")
    with pytest.raises(FeedStop, match=r"line 1: unknown column '' \(column 4\)"):
        stage_feed(settings, FEED, "2024-02")


def test_ragged_rows_are_quarantined_with_their_line_and_keep_the_numbering(settings):
    good = [["91410105MA00000015", "增值税", "1", "2024-01-05", ""], ["91410105MA00000023", "增值税", "1", "2024-01-05", ""],
            ["91410105MA00000031", "增值税", "1", "2024-01-05", ""]]  # fmt: skip
    lines = csv_text(good).splitlines()
    deliver(
        settings,
        "\n".join([lines[0], "short,row", lines[1], lines[2], "far,too,many,fields,in,this", "again,short", lines[3]])
        + "\n",
    )
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted, summary.quarantined) == (6, 3, 3)
    assert [row["row_no"] for row in rows_of(settings)] == [2, 3, 6]
    found = [(row["row_no"], row["reason"], row["sentence"]) for row in rows_of(settings, "quarantined")]
    assert found == [
        (1, "wrong_field_count", "file a.csv, data row 1: line 2 has another number of fields than the header line."),
        (4, "wrong_field_count", "file a.csv, data row 4: line 5 has another number of fields than the header line."),
        (5, "wrong_field_count", "file a.csv, data row 5: line 6 has another number of fields than the header line."),
    ]


def test_a_quote_that_does_not_close_costs_one_row_only(settings):
    lines = csv_text(ROWS).splitlines()
    broken = '91410105MA00000040,"增值税,1,2024-01-05,'
    deliver(settings, "\n".join([lines[0], lines[1], broken, *lines[2:]]) + "\n")
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted) == (4, 3)
    assert summary.quarantine_reasons == {"broken_quotes": 1}
    assert [row["row_no"] for row in rows_of(settings)] == [1, 3, 4]
    assert "line 3 has a quote that does not close" in rows_of(settings, "quarantined")[0]["sentence"]


def test_invalid_json_lines_are_quarantined(settings):
    lines = as_bytes("jsonl").decode().splitlines()
    deliver(settings, "\n".join([lines[0], "{broken", '["no object"]', lines[1], lines[2]]) + "\n")
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted, summary.quarantine_reasons) == (5, 3, {"invalid_json": 2})
    assert [row["row_no"] for row in rows_of(settings)] == [1, 4, 5]
    assert "line 2 is not a JSON object" in rows_of(settings, "quarantined")[0]["sentence"]


def test_excel_dates_and_numbers_are_read_as_such(settings):
    import io
    from datetime import datetime

    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, CHINESE)
    sheet.write_row(1, 0, ["91410105MA00000015", "增值税", 12.5])
    sheet.write_datetime(1, 3, datetime(2024, 1, 5), book.add_format({"num_format": "yyyy/m/d"}))
    sheet.write_row(3, 0, ["91410105MA00000023", "增值税", 7, 45297])  # a blank row before it
    book.add_worksheet("empty")
    book.close()
    deliver(settings, stream.getvalue(), "a.xls")
    take_in(settings)
    assert values(rows_of(settings)) == [
        ("91410105MA00000015", "增值税", Decimal("12.5"), date(2024, 1, 5), None, 1),
        ("91410105MA00000023", "增值税", Decimal("7"), date(2024, 1, 6), None, 2),
    ]


def stopped(settings, content, name="a.csv") -> str:
    deliver(settings, content, name)
    with pytest.raises(FeedStop) as stop:
        stage_feed(settings, FEED, "2024-01")
    assert not (settings.raw / FEED / "month=2024-01").exists()
    assert not list(settings.temporary.glob("stage-*"))
    return str(stop.value)


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv"])
def test_an_archive_that_leaves_its_folder_is_refused(settings, name):
    sentence = stopped(settings, zipped({name: as_bytes("csv")}), "a.zip")
    assert "points outside its folder; ask the sender for a clean archive." in sentence
    assert not list(settings.home.rglob("evil*"))


def test_a_decompression_bomb_is_refused(settings, monkeypatch):
    monkeypatch.setattr("orchestration.feeds.unpack.RATIO_FREE", 1000)
    sentence = stopped(settings, zipped({"a.csv": b"UNISCID\n" + b"0" * 5_000_000}))
    assert "check that it is no decompression bomb" in sentence


def test_too_many_layers_are_refused(settings):
    content = as_bytes("csv")
    for _ in range(5):
        content = zipped({"inner": content})
    assert "archives are nested more than 3 deep" in stopped(settings, content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "the file is empty; ask the sender to deliver it again."),
        (b"%PDF-1.7 ...", "it is a PDF document, which cannot be read; ask the sender for CSV, Excel"),
        (b"PK\x03\x04 damaged", "the zip cannot be read"),
        (b"PAR1 damaged PAR1", "the parquet file cannot be read"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 damaged", "the workbook cannot be read"),
        (b"\x1f\x8b damaged gzip", "the archive is damaged"),
        (b"\x00\x01\x02\x03", "it is a binary file of an unknown kind"),
        (b"\n\n \n", "the file holds only blank lines"),
        (b'[{"UNISCID": 1}]', "line 1: it is one JSON array; deliver JSON lines: one object per line."),
        (b"name,age\nx,1\n", "line 1: no header of the contract is in its first line (expected for example UNISCID, TAXTYPE, TAXBAL)"),
        (b"UNISCID,TAXTYPE,PUBDATE,COLOUR\n", "line 1: unknown column 'COLOUR' (column 4); add it to 'aliases' of its column or to "
         "'ignored_headers' in the contract c12_arrears.yml."),
        (b"UNISCID,TAXTYPE\n", "line 1: the required column announced_on (公告日期, PUBDATE) is missing; ask the sender for it"),
        (b"UNISCID,TAXTYPE,PUBDATE,announced_on\n", "line 1: the columns 'PUBDATE' and 'announced_on' both mean announced_on"),
        (zipped({}), "the archive holds no file"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_stops_with_a_sentence(settings, content, sentence):
    found = stopped(settings, content)
    assert found.startswith("c12_arrears 2024-01, file a.csv")
    assert sentence in found


def test_one_bad_feed_does_not_touch_another(settings):
    stopped(settings, b"")
    deliver(settings, "UNISCID,IDENTDATE\n91410105MA00000015,2024-01-05\n", feed="c12_abnormal_taxpayers")
    assert take_in(settings, feed="c12_abnormal_taxpayers").accepted == 1
