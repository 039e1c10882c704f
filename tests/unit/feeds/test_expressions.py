"""Each rule on a value, by itself: text in, value out."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

from datetime import date
from decimal import Decimal

import duckdb
import pytest

from orchestration.feeds import codes
from orchestration.feeds import expressions as sql
from orchestration.feeds.columns import ready
from orchestration.feeds.contract import AMOUNT_UNITS, Column
from orchestration.settings import Settings


@pytest.fixture
def connection(settings: Settings):
    with duckdb.connect() as connection:
        sql.set_variables(connection, settings)
        yield connection


def of(connection, expression: str, text: str | None):
    return connection.execute(f"SELECT {expression} FROM (SELECT CAST(? AS VARCHAR) AS x)", [text]).fetchone()[0]


@pytest.mark.parametrize(
    "text",
    ["2024-01-05", "2024-1-5", "2024/01/05", "2024/1/5", "2024.1.5", "20240105", "20240105.0", "2024年1月5日", "2024年01月05日",
     "2024-01-05 10:20:30", "2024-01-05T10:20:30", "2024/1/5 8:00", "2024年1月5日 10时20分", "20240105102030", "45296",
     "45296.5"],
)  # fmt: skip
def test_every_spelling_of_a_date_is_the_same_day(connection, text):
    assert of(connection, sql.date("x"), text) == date(2024, 1, 5)


@pytest.mark.parametrize(
    "text",
    ["2024-13-05", "2024-02-30", "05/01/2024", "2024-01", "yesterday", "24-1-5", "infinity", "epoch", "2024-01-05x"],
)
def test_what_is_no_date_is_null(connection, text):
    assert of(connection, sql.date("x"), text) is None


@pytest.mark.parametrize(
    "text",
    [
        "9999-9-9",
        "9999-12-31",
        "9999/12/31",
        "99991231",
        "1900-01-01",
        "1900-1-1",
        "2999-12-31",
        "0000-00-00",
        "长期",
        "9999-99-99",
    ],
)
def test_sentinel_dates_say_no_date(connection, text):
    assert of(connection, sql.no_date("x", f"({sql.date('x')})"), text) is True


@pytest.mark.parametrize("text", ["2024-01-05", "1900-01-02", "2199-12-31", "nonsense"])
def test_other_texts_do_not_say_no_date(connection, text):
    assert of(connection, sql.no_date("x", f"({sql.date('x')})"), text) is False


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("500", "500", None), ("500.00005", "500.0001", None), ("1.5E3", "1500", None), ("-30.5", "-30.5", None),
        ("500万人民币", "500", "CNY"), ("100万美元", "100", "USD"), ("500.0000万元人民币", "500", "CNY"),
        ("5000000元", "500", None), ("1.2亿", "12000", None), ("人民币500万元", "500", "CNY"), ("500万元(人民币)", "500", "CNY"),
        ("500人民币", "500", "CNY"), ("1,200", "1200", None), ("2百万", "200", None), ("100美元", "0.01", "USD"),
        ("USD100", "100", "USD"), ("3千万元整", "3000", None),
    ],
)  # fmt: skip
def test_amounts_with_unit_and_currency(connection, text, value, currency):
    query = (
        f"SELECT {sql.amount('x', 'w', 'p', '1')}, {sql.amount_currency('p')} FROM (SELECT *, {sql.amount_parts('w')} AS p "
        f"FROM (SELECT x, {sql.amount_text('x')} AS w FROM (SELECT CAST(? AS VARCHAR) AS x)))"
    )
    found = connection.execute(query, [text]).fetchone()
    assert found == (Decimal(value).quantize(Decimal("0.0001")), currency)


@pytest.mark.parametrize("text", ["abc", "500万某某", "12..5万", "十万", "-", "1-2", "12万3"])
def test_what_is_no_amount_is_null(connection, text):
    query = (
        f"SELECT {sql.amount('x', 'w', 'p', '1')} FROM (SELECT *, {sql.amount_parts('w')} AS p "
        f"FROM (SELECT x, {sql.amount_text('x')} AS w FROM (SELECT CAST(? AS VARCHAR) AS x)))"
    )
    assert connection.execute(query, [text]).fetchone() == (None,)


def test_an_amount_promised_in_yuan_is_kept_in_wan_yuan(connection):
    query = f"SELECT {sql.amount('x', 'NULL::VARCHAR', 'p', '0.0001')} FROM (SELECT '25000' AS x, {sql.amount_parts('NULL::VARCHAR')} AS p)"
    assert connection.execute(query).fetchone() == (Decimal("2.5"),)


@pytest.mark.parametrize(
    ("text", "value"),
    [("0.35", 0.35), ("35%", 0.35), ("35", 0.35), ("1", 1.0), ("100", 1.0), ("0", 0.0), ("0.5%", 0.005)],
)
def test_ratios(connection, text, value):
    assert of(connection, sql.ratio("x"), text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["101", "-1", "half"])
def test_no_ratios(connection, text):
    assert of(connection, sql.ratio("x"), text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("12.0", 12), ("1,200", 1200), ("12人", 12), ("-3", -3), ("12.5", None), ("x", None)],
)
def test_integers(connection, text, value):
    assert of(connection, sql.integer("x"), text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [("2024", 2024), ("2024年", 2024), ("2024年度", 2024), ("2024.0", 2024), ("24", None), ("20245", None)],
)
def test_years(connection, text, value):
    assert of(connection, sql.year("x"), text) == value


@pytest.mark.parametrize("text", ["2024-05", "202405", "2024/5", "2024年5月", "2024-05-01", "20240501", "2024年5月1日"])
def test_months(connection, text):
    assert of(connection, sql.month("x"), text) == "2024-05"


@pytest.mark.parametrize("text", ["2024-13", "2024", "5月", "x"])
def test_no_months(connection, text):
    assert of(connection, sql.month("x"), text) is None


@pytest.mark.parametrize("text", ["\\n", "\\N", "NULL", "null", "-", "--"])
def test_literal_nulls(connection, text):
    assert of(connection, sql.no_literal_null("x"), text) is None
    assert of(connection, sql.no_literal_null("x"), text + "a") == text + "a"


def test_tidy_takes_every_blank_from_both_ends(connection):
    assert of(connection, sql.tidy("x"), " \t\u3000\ufeff甲 乙\u00a0\r\n") == "甲 乙"
    assert of(connection, sql.tidy("x"), "\u3000 ") is None


def test_half_width_is_the_same_in_sql_and_python(connection):
    for text in ("９１４１０１００ＭＡ", "（Ａ）　１．０", "有限公司", "abc", ""):
        assert of(connection, sql.half("x"), text) == codes.half_width(text)


def test_keys_are_the_same_in_sql_and_python(connection):
    for text in (
        "发现问题，已责令改正。",
        "a级",
        "（1）",
        "1.0",
        "通过登记的住所（经营场所）无法联系",
        "no problem found",
        "-1",
        "1.50",
    ):
        assert of(connection, sql.key(f"({sql.half('x')})"), text) == codes.normal_key(text)


AWKWARD = [
    None, "", " ", "0", "-0", "+7", "007", " 12", "12 ", "12\t", "\u300012", "12\u3000", "\ufeff12", "\u00a012", "12\x01", "１２", "1,200", "12人",
    "12.0", "12.50", "1e3", "1.5E3", "0x10", "1_000", "99999999999999999999", "999999999999999999", "0.35", "0.350", ".5", "1", "1.0", "1.01", "35%", "-0.1",
    "NaN", "nan", "inf", "Infinity", "-", "--", "NULL", "null", "None", "N/A", "\\N", "500万元人民币", "100美元", "五百万", "1/2", "12345678901234567.12345",
    "91410105MA0000001T", "91410105ma0000001T", " 91410105MA0000001T", "91410105MA0000001T ", "91410105 MA0000001T", "９１410105MA0000001T",
    "91410105MA0000001O", "91410105******001T", "9141010500001T", "410102199001011234", "41010219900101123X", "41010219900101123x", "410102900101123",
    "12410105MA0000001T", "4101**********1234", "G12345678", "编号12", "A-12", "a b", "X\u00e9", "TS100000030", "ABCDEFGHIJKLMNO",
]  # fmt: skip


@pytest.mark.parametrize("kind", ["uscc", "person_id", "holder_id", "identifier", "integer", "ratio", "amount"])
@pytest.mark.parametrize("unit", ["wan_yuan", "yuan"])
def test_a_text_that_is_called_ready_is_what_mending_gives(connection, kind, unit):
    column = Column(name="x", national="X", zh="某", doc="", type=kind, unit=unit)
    tidied = sql.no_literal_null(f"({sql.tidy('x')})")
    half = f"({sql.half(f'({tidied})')})"
    compact = f"({sql.compact(half)})"
    factor = AMOUNT_UNITS[unit]
    mended = {
        "uscc": f"CASE WHEN {sql.legal_uscc(compact)} THEN {compact} END",
        "person_id": compact,
        "holder_id": compact,
        "identifier": half,
        "integer": sql.integer(half),
        "ratio": sql.ratio(half),
        "amount": sql.amount(
            half, f"({sql.amount_text(half)})", f"({sql.amount_parts(f'({sql.amount_text(half)})')})", factor
        ),
    }[kind]
    query = f"SELECT x, {ready(column, 'x')} AS ready, {mended} AS mended FROM (SELECT unnest(?::VARCHAR[]) AS x)"
    found = connection.execute(query, [AWKWARD]).fetchall()
    told = [row for row in found if row[1] is not None]
    assert [row for row in told if row[1] != row[2]] == []
    assert told and len(told) < len([row for row in found if row[2] is not None])


@pytest.mark.parametrize(
    ("code", "legal"),
    [("91410100MA44ABCD1A", True), ("91410100MA44ABCD1", False), ("91410100MA44IBCD1A", False), ("410102199001011234", False),
     ("41010219900101123X", False), ("91410100MA44****1A", False), ("914101007067012345", True)],
)  # fmt: skip
def test_legal_codes_are_18_characters_and_no_identity_number(connection, code, legal):
    assert of(connection, sql.legal_uscc("x"), code) is legal


def test_the_hash_depends_on_the_key_and_hides_the_number(connection, tmp_path, monkeypatch):
    first = of(connection, sql.hashed("x"), "410102199001011234")
    assert len(first) == 32
    assert set(first) <= set("0123456789abcdef")
    assert of(connection, sql.hashed("x"), "410102199001011234") == first
    monkeypatch.setenv("ECR_IDENTITY_KEY", "another key")
    with duckdb.connect() as other:
        sql.set_variables(other, Settings(home=tmp_path))
        assert of(other, sql.hashed("x"), "410102199001011234") != first


def test_a_sealed_hash_is_taken_as_it_is_and_one_without_our_proof_is_not(connection, tmp_path, monkeypatch):
    plain = of(connection, sql.person("x"), "410102199001011234")
    sealed = of(connection, sql.sealed(sql.hashed("x")), "410102199001011234")
    assert plain == of(connection, sql.hashed("x"), "410102199001011234")
    assert sealed.isalnum() and sealed == sealed.upper()  # it goes through the door as an identifier does
    assert of(connection, sql.person("x"), sealed) == plain
    forged = (sealed[:-1] + ("0" if sealed[-1] != "0" else "1"), sealed[:-1], sealed + "0", sealed[:39], sealed[7:39])
    moved = sealed[:7] + sealed[8:39] + sealed[7] + sealed[39:]
    assert plain not in {of(connection, sql.person("x"), text) for text in (*forged, moved)}
    monkeypatch.setenv("ECR_IDENTITY_KEY", "another key, not a secret")
    with duckdb.connect() as other:
        sql.set_variables(other, Settings(home=tmp_path))
        assert of(other, sql.person("x"), sealed) != plain


def test_identity_numbers_are_blotted_out_of_text_but_other_numbers_stay(connection):
    text = "变更为张三（410102199001011234）和410102900101123，案号141010020240501123456789"
    assert (
        of(connection, sql.scrubbed("x"), text)
        == "变更为张三（[identity number]）和[identity number]，案号141010020240501123456789"
    )


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("张三", True),
        ("欧阳小明", True),
        ("张*", True),
        ("阿卜杜拉·买买提", True),
        ("郑州某某有限公司", False),
        ("王记面馆", False),
        ("AB", False),
    ],
)
def test_personal_names(connection, name, person):
    assert of(connection, sql.personal_name("x"), name) is person
