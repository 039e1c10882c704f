"""Encodings, delimiters, headers, names of files: what is learnt before a row is read."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

import pytest

from orchestration.feeds.contract import load_contract
from orchestration.feeds.errors import FeedStop, Where, shown
from orchestration.feeds.headers import Headers, normal
from orchestration.feeds.ledger import name_parts
from orchestration.feeds.text import find_delimiter, find_encoding, isolate_broken_quotes, normalise

WHERE = Where("c12_arrears", "2024-01", "a.csv")


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16-le")],
)
def test_encodings(tmp_path, encoding, found):
    path = tmp_path / "a.csv"
    path.write_bytes("企业名称,日期\r\n某某公司,1\r\n".encode(encoding))
    assert find_encoding(path, WHERE, None)[0] == found
    text = normalise(path, WHERE, tmp_path, None)
    assert text.path.read_bytes() == "企业名称,日期\n某某公司,1\n".encode()
    assert text.lines == 2


def test_plain_utf8_is_read_where_it_lies(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙\n1,2".encode())
    text = normalise(path, WHERE, tmp_path, None)
    assert (text.path, text.lines) == (path, 2)


def test_an_encoding_that_is_none_names_byte_and_line(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙\n".encode() + b"1,\xff\xff\n")
    with pytest.raises(FeedStop) as stop:
        find_encoding(path, WHERE, None)
    assert str(stop.value) == (
        "c12_arrears 2024-01, file a.csv, line 2: it is neither UTF-8 (byte 11) nor GB18030 (byte 3); ask the sender to save it "
        "again as UTF-8; readable are CSV, Excel, JSON lines, Parquet, or a zip or gzip of these."
    )


def test_a_fixed_encoding_is_not_guessed_around(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙\n某,1\n".encode("gb18030"))
    with pytest.raises(
        FeedStop, match=r"byte 1 is not UTF-8, the encoding that the contract fixes; .* mend 'encoding'"
    ):
        find_encoding(path, WHERE, "utf-8")


def test_a_character_cut_by_a_chunk_is_no_error(tmp_path, monkeypatch):
    monkeypatch.setattr("orchestration.feeds.text.CHUNK", 5)
    path = tmp_path / "a.csv"
    for encoding in ("utf-8", "gb18030"):
        path.write_bytes(("企业名称" * 9 + "\r\n" + "𠀀甲" * 7).encode(encoding))
        text = normalise(path, WHERE, tmp_path, None)
        assert text.path.read_text(encoding="utf-8") == "企业名称" * 9 + "\n" + "𠀀甲" * 7
        assert text.encoding == encoding
    path.write_bytes("甲".encode() * 9 + b"\xff")
    with pytest.raises(FeedStop, match=r"UTF-8 \(byte 28\)"):
        find_encoding(path, WHERE, None)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "||", "|@|", "\x01", "^", "~", "&&", "$"])
def test_delimiters_are_found_by_known_headers(settings, delimiter):
    headers = Headers(load_contract(settings, "c12_arrears"))
    line = delimiter.join(["UNISCID", "欠税税种", "arrears", '"PUBDATE"', "清缴日期"])
    assert find_delimiter(line, headers, None) == delimiter


def test_the_contract_may_fix_the_delimiter(settings):
    assert find_delimiter("UNISCID,TAXTYPE", Headers(load_contract(settings, "c12_arrears")), ";") == ";"


@pytest.mark.parametrize(
    "header",
    [
        "UNISCID",
        "uniscid",
        "统一社会信用代码",
        "\ufeffUNISCID",
        " enterprise_id ",
        "ＵＮＩＳＣＩＤ",
        "统一社会 信用代码",
        '"UNISCID"',
        "*UNISCID",
    ],
)
def test_header_styles(settings, header):
    headers = Headers(load_contract(settings, "c12_arrears"))
    assert headers.columns[normal(header)].name == "enterprise_id"


def test_a_unit_in_the_header_is_accepted_only_if_it_is_the_contracts(settings):
    headers = Headers(load_contract(settings, "c12_arrears"))
    assert headers.knows("欠税余额（万元）")
    assert not headers.knows("欠税余额（元）")


@pytest.mark.parametrize(
    ("name", "stem", "revision"),
    [("base.csv", "base", 1), ("base.r2.csv", "base", 2), ("Base.R3.csv.gz", "base", 3), ("base.r2.xlsx", "base", 2),
     ("a.b.r12.zip", "a.b", 12), ("plain", "plain", 1), ("user.csv", "user", 1)],
)  # fmt: skip
def test_names_of_corrections(name, stem, revision):
    assert name_parts(name) == (stem, revision)


def test_a_broken_quote_is_isolated_and_the_rows_behind_it_come_back(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b'a,b\n1,"x"\n2,"y\n3,"z"\n')
    isolated, found = isolate_broken_quotes(normalise(path, WHERE, tmp_path, None), ",", tmp_path)
    assert found
    assert isolated.read_bytes() == b'a,b\n1,"x"\n\x1a2\x1f\'y\n3,"z"\n'


def test_sentences_never_show_identity_numbers():
    assert shown("张三 410102199001011234") == "'张三 [identity number]'"
    assert shown("x" * 80) == "'" + "x" * 60 + "…'"
