"""The dirt that real deliveries carry: each kind is handled by its name, counted, and no row is lost."""

# ruff: noqa: E501 - tables of texts and sentences are easier to check in one line each
from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from orchestration.feeds.contract import load_contract
from orchestration.feeds.errors import FeedStop
from orchestration.feeds.ingest import stage_feed

from .helpers import CHINESE, csv_text, deliver, rows_of, take_in

ID = "91410105MA0000001T"
PERSON = "410102199001011234"

BASE = {
    "UNISCID": ID, "ENTNAME": "郑州某某商贸有限公司", "OLDNAME": "", "ENTTYPE": "1130", "REGSTATE": "1", "ESTDATE": "2019-01-02",
    "OPFROM": "2019-01-02", "OPTO": "", "REGCAP": "500", "REGCAPCUR": "CNY", "DOM": "中原区某路1号", "DOMDISTRICT": "410102",
    "OPSCOPE": "百货", "INDUSTRYPHY": "F", "INDUSTRYCO": "5211", "LEREPID": PERSON, "PARENTID": "", "APPRDATE": "2024-01-05",
}  # fmt: skip


def base(settings, *changes: dict[str, str], month: str = "2024-01"):
    rows = [BASE | change for change in changes]
    deliver(settings, csv_text([list(row.values()) for row in rows], list(BASE), "|"), month=month, feed="c01_base")
    return take_in(settings, month, "c01_base")


def one(settings, **change: str):
    summary = base(settings, change)
    rows = rows_of(settings, feed="c01_base")
    return summary, rows[0] if rows else None


def test_a_clean_row_needs_no_mending(settings):
    summary, row = one(settings)
    assert set(summary.cleaned) <= {"uscc_check_digit"}
    assert summary.quarantine_reasons == {}
    assert (row["enterprise_id"], row["registered_capital"], row["established_on"]) == (
        ID,
        Decimal(500),
        date(2019, 1, 2),
    )
    assert (row["district_code"], row["industry_code"], row["received_month"], row["row_no"]) == (
        "410102",
        "5211",
        "2024-01",
        1,
    )


@pytest.mark.parametrize(
    ("rule", "change", "column", "value"),
    [
        ("literal_null", {"OLDNAME": "\\N"}, "former_names", None),
        ("literal_null", {"PARENTID": "\\n"}, "parent_id", None),
        ("literal_null", {"REGCAP": "NULL"}, "registered_capital", None),
        ("literal_null", {"DOM": "--"}, "address", None),
        ("sentinel_date", {"OPTO": "9999-9-9"}, "term_to", None),
        ("sentinel_date", {"OPTO": "9999-12-31"}, "term_to", None),
        ("sentinel_date", {"OPFROM": "1900-01-01"}, "term_from", None),
        ("sentinel_date", {"OPTO": "长期"}, "term_to", None),
        ("date_spelling", {"ESTDATE": "2019年1月2日"}, "established_on", date(2019, 1, 2)),
        ("date_spelling", {"ESTDATE": "20190102"}, "established_on", date(2019, 1, 2)),
        ("date_spelling", {"ESTDATE": "43467"}, "established_on", date(2019, 1, 2)),
        ("full_width", {"UNISCID": "９１４１０１０５ＭＡ０００００１Ｔ"}, "enterprise_id", "91410105MA000001T"),
        ("full_width", {"INDUSTRYCO": "５２１１"}, "industry_code", "5211"),
        ("full_width", {"ESTDATE": "２０１９－０１－０２"}, "established_on", date(2019, 1, 2)),
        ("full_width", {"REGCAP": "５００．５"}, "registered_capital", Decimal("500.5")),
        ("lower_case_code", {"UNISCID": ID.lower()}, "enterprise_id", ID),
        ("lower_case_code", {"INDUSTRYPHY": "f"}, "industry_section", "F"),
        ("capital_with_currency", {"REGCAP": "500万人民币", "REGCAPCUR": ""}, "capital_currency", "CNY"),
        ("capital_with_currency", {"REGCAP": "100万美元", "REGCAPCUR": ""}, "capital_currency", "USD"),
        ("capital_with_currency", {"REGCAP": "100万美元"}, "capital_currency", "CNY"),
        ("capital_with_currency", {"REGCAP": "5000000元"}, "registered_capital", Decimal(500)),
        ("capital_with_currency", {"REGCAP": "1.2亿"}, "registered_capital", Decimal(12000)),
        ("code_by_label", {"ENTTYPE": "有限责任公司（自然人投资或控股）"}, "entity_type", "1130"),
        ("code_by_label", {"REGSTATE": "存续（在营、开业、在册）"}, "state", "1"),
        ("code_by_label", {"DOMDISTRICT": "中原区"}, "district_code", "410102"),
        ("code_by_label", {"REGCAPCUR": "美元"}, "capital_currency", "USD"),
        ("retired_region", {"DOMDISTRICT": "410306"}, "district_code", "410308"),
        ("identity_number_in_text", {"OPSCOPE": f"负责人证件{PERSON}"}, "business_scope", "负责人证件[identity number]"),
        ("masked_person_id", {"LEREPID": "4101**********1234"}, "legal_rep_id", None),
    ],
)  # fmt: skip
def test_each_rule_mends_and_is_counted(settings, rule, change, column, value):
    if change.get("UNISCID") == "９１４１０１０５ＭＡ０００００１Ｔ":
        change, value = {"UNISCID": "９１４１０１０５ＭＡ００００００１Ｔ"}, ID
    summary, row = one(settings, **change)
    assert summary.accepted == 1
    assert row[column] == value
    assert summary.cleaned[rule] == 1


def test_a_twelve_digit_place_belongs_to_its_district(settings):
    assert one(settings, DOMDISTRICT="410102003001")[1]["district_code"] == "410102"


def test_a_wrong_check_character_warns_and_passes(settings):
    summary = base(settings, {"UNISCID": "91410105MA00000010"}, {"UNISCID": "91410105MA00000011"})
    assert summary.accepted == 2
    assert summary.cleaned["uscc_check_digit"] >= 1
    assert any("fail their check character (GB 32100); they were accepted" in warning for warning in summary.warnings)


@pytest.mark.parametrize(
    ("reason", "change", "sentence"),
    [
        ("masked_code", {"UNISCID": "91410105******001T"}, "column enterprise_id (统一社会信用代码) is masked: '91410105******001T'."),
        ("malformed_code", {"UNISCID": "9141010500001T"}, "is not a code of 18 legal characters: '9141010500001T'."),
        ("malformed_code", {"PARENTID": "91410105MA0000001O"}, "column parent_id (隶属企业统一社会信用代码) is not a code of 18"),
        ("identity_number_as_code", {"UNISCID": PERSON}, "holds a person's identity number where an enterprise's code belongs."),
        ("missing_required", {"ENTNAME": "NULL"}, "column enterprise_name (企业名称) is empty but required; fill it and deliver the row again."),
        ("missing_required", {"ESTDATE": "9999-12-31"}, "column established_on (成立日期) is empty but required; fill it"),
        ("long_text_in_code", {"REGSTATE": "该企业因未按规定期限公示年度报告被列入经营异常名录，后经申请移出，目前状态为存续"}, "holds long text where a code belongs"),
        ("bad_date", {"OPFROM": "去年春天"}, "column term_from (经营期限自) is not a date: '去年春天'."),
        ("bad_number", {"REGCAP": "五百万"}, "column registered_capital (注册资本) is not a number of this column's kind: '五百万'."),
        ("future_date", {"APPRDATE": "2024-02-01"}, "lies after the end of the month in which it was received: '2024-02-01'."),
        ("other_jurisdiction", {"DOMDISTRICT": "110105"}, "is a district of another province: '110105'."),
        ("not_a_district", {"DOMDISTRICT": "410000"}, "is not a district: it is a whole prefecture or province: '410000'."),
    ],
)  # fmt: skip
def test_each_wrong_row_is_kept_out_with_its_reason(settings, reason, change, sentence):
    summary = base(settings, change, {"UNISCID": "91410105MA00000023"})
    assert (summary.delivered, summary.accepted, summary.quarantined) == (2, 1, 1)
    assert summary.quarantine_reasons == {reason: 1}
    row = rows_of(settings, "quarantined", feed="c01_base")[0]
    assert (row["feed"], row["received_month"], row["file"], row["row_no"], row["reason"]) == (
        "c01_base",
        "2024-01",
        "a.csv",
        1,
        reason,
    )
    assert row["sentence"].startswith("file a.csv, data row 1, line 2: ")
    assert sentence in row["sentence"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"REGSTATE": "冬眠"}, "c01_base 2024-01, file a.csv, line 3: column state (登记状态) holds the unknown code '冬眠'; add it to 'also' of "
         "the list registration_states in data/reference/code_lists.csv, or to 'code_aliases' in the contract c01_base.yml."),
        ({"DOMDISTRICT": "419999"}, "line 3: column district_code (住所所在行政区划) holds the unknown code '419999'; add it to "
         "data/reference/districts.csv (with 'replaced_by' if it is retired)"),
        ({"INDUSTRYCO": "0000"}, "holds the unknown code '0000'; ask the sender for the four-digit class"),
        ({"REGCAPCUR": "银两"}, "holds the unknown code '银两'; add it to 'also' of the list currencies"),
    ],
)  # fmt: skip
def test_an_unknown_code_stops_the_feed(settings, change, sentence):
    with pytest.raises(FeedStop) as stop:
        base(settings, {}, {"UNISCID": "91410105MA00000023"} | change)
    assert sentence in str(stop.value)
    assert not (settings.raw / "c01_base" / "month=2024-01").exists()


def test_an_unknown_code_says_how_often_it_comes(settings):
    with pytest.raises(FeedStop, match=r"unknown code '冬眠' \(3 rows, 2 different texts\);"):
        base(
            settings,
            {"REGSTATE": "冬眠"},
            {"UNISCID": "91410105MA00000023", "REGSTATE": "夏眠"},
            {"UNISCID": "91410105MA00000031", "REGSTATE": "冬眠"},
        )


def test_an_unknown_code_in_an_already_quarantined_row_stops_nothing(settings):
    assert base(settings, {"UNISCID": "x", "REGSTATE": "冬眠"}).quarantine_reasons == {"malformed_code": 1}


PENALTY = {
    "XDR_LB": "1", "UNISCID": ID, "XDR_MC": "郑州某某商贸有限公司", "CF_WSH": "豫市监罚〔2024〕1号", "CF_CFLB": "罚款", "CF_NR_FK": "1",
    "CF_JDRQ": "2024-01-05", "CF_CFJG": "市场监管",
}  # fmt: skip


def test_penalties_on_persons_are_kept_out_and_their_names_are_masked(settings):
    rows = [
        PENALTY,
        PENALTY | {"XDR_LB": "自然人", "UNISCID": "", "XDR_MC": "张三丰", "CF_WSH": "2"},
        PENALTY | {"XDR_LB": "2", "UNISCID": PERSON, "XDR_MC": "李四", "CF_WSH": "3"},
        PENALTY | {"UNISCID": "", "XDR_MC": "王五", "CF_WSH": "4"},
        PENALTY | {"UNISCID": "", "XDR_MC": "王记面馆", "CF_WSH": "5"},
    ]
    deliver(settings, csv_text([list(row.values()) for row in rows], list(PENALTY)), feed="c06_penalties")
    summary = take_in(settings, feed="c06_penalties")
    assert (summary.accepted, summary.quarantine_reasons) == (2, {"penalty_on_person": 3})
    kept = rows_of(settings, "quarantined", feed="c06_penalties")
    text = "".join(row["sentence"] + row["row_json"] for row in kept)
    assert "only enterprises are classified" in kept[0]["sentence"]
    for secret in ("张三丰", "李四", "王五", PERSON):
        assert secret not in text
    assert '"subject_name":"张*"' in kept[0]["row_json"]


def test_spot_check_results_keep_the_sending_systems_number(settings):
    header = ["UNISCID", "RANINSTASKID", "RANINSITEMNAME", "INSDATE", "RANINSCHECKRES", "RANINSRESCODE"]
    row = [ID, "T1", "公示信息检查", "2024-01-05", "发现问题已责令改正。", "3"]
    deliver(settings, csv_text([row], header), feed="c07_spot_checks")
    take_in(settings, feed="c07_spot_checks")
    found = rows_of(settings, feed="c07_spot_checks")[0]
    assert (found["result"], found["result_code"]) == ("5", "3")
    deliver(settings, csv_text([[*row[:4], "3", "3"]], header), month="2024-02", feed="c07_spot_checks")
    with pytest.raises(FeedStop, match=r"column result .* holds the unknown code '3'"):
        stage_feed(settings, "c07_spot_checks", "2024-02")


def test_personal_identifiers_are_hashed_at_the_door_everywhere(settings):
    foreign, old = "P1234567X", "410102900101123"
    holders = ["UNISCID", "INVTYPE", "INVID", "CONPROP", "CONDATE"]
    rows = [
        [ID, "1", PERSON, "35%", "2024-01-05"],
        [ID, "自然人", "４１０１０２１９９００１０１１２３４", "0.1", "2024-01-06"],
        [ID, "1", foreign, "0.1", "2024-01-07"],
        [ID, "2", old, "0.1", "2024-01-08"],
        [ID, "2", "91410105ma00000023", "0.1", "2024-01-09"],
        ["x", "1", PERSON, "0.1", "2024-01-05"],
        [ID, "1", PERSON],
        [PERSON, "1", foreign, "0.1", "2024-01-05"],
        [ID, "1", PERSON, "0.2", "2024-01-05"],
    ]
    deliver(settings, csv_text(rows, holders), feed="c01_shareholders")
    assert take_in(settings, feed="c01_shareholders").delivered == 9
    persons = ["UNISCID", "CERNO", "PERSONNAME", "POSITION", "APPTDATE"]
    deliver(settings, csv_text([[ID, PERSON.lower(), "张三丰", "监事", "2024-01-05"], [ID, "4101**1234", "李四光", "监事", "2024-01-05"]], persons),
            feed="c01_persons")  # fmt: skip
    take_in(settings, feed="c01_persons")
    one(settings, OPSCOPE=f"联系人{PERSON}", OLDNAME=PERSON)
    for path in settings.raw.rglob("*.parquet"):
        import duckdb

        text = str(duckdb.read_parquet(str(path)).fetchall())
        for secret in (PERSON, foreign, old, "４１０１０２", "张三", "李四"):
            assert secret not in text, path
    found = {row["contributed_on"].day: row["holder_id"] for row in rows_of(settings, feed="c01_shareholders")}
    person = rows_of(settings, feed="c01_persons")[0]
    assert found[5] == found[6] == person["person_id"]
    assert (len(found[7]), len(found[8]), found[9]) == (32, 32, "91410105MA00000023")
    assert person["person_name"] == "张*"
    assert rows_of(settings, "quarantined", feed="c01_persons")[0]["reason"] == "masked_code"
    assert rows_of(settings, feed="c01_base")[0]["legal_rep_id"] == person["person_id"]


def test_later_rows_with_the_same_key_supersede_the_earlier_ones(settings):
    row = ["91410105MA00000015", "增值税", "1", "2024-01-05", ""]
    other = [row[0], "增值税", "2", "2024年1月5日", ""]
    deliver(settings, csv_text([row, row, other], CHINESE), "a.csv")
    deliver(settings, csv_text([[row[0], "增值税", "3", "2024-01-05", ""]], CHINESE), "b.csv")
    summary = take_in(settings)
    assert (summary.delivered, summary.accepted, summary.superseded) == (4, 1, 3)
    assert rows_of(settings)[0]["arrears"] == 3
    winner = f"{summary.deliveries[1].delivery_id}:1"
    assert [(row["row_no"], row["superseded_by"]) for row in rows_of(settings, "superseded")] == [
        (1, winner),
        (2, winner),
        (3, winner),
    ]


def test_rows_with_an_empty_key_column_are_compared_too(settings):
    contract = load_contract(settings, "c10_defaulters")
    assert "person_id" in contract.key
    header = ["SXLX", "UNISCID", "CARDNUM", "CASECODE", "PUBLISHDATE"]
    rows = [["1", ID, "", "(2024)豫01执1号", "2024-01-05"], ["1", ID, "", "(2024)豫01执1号", "2024-01-05"]]
    deliver(settings, csv_text(rows, header), feed="c10_defaulters")
    assert take_in(settings, feed="c10_defaulters").superseded == 1


def test_accepted_rows_are_sorted_by_enterprise(settings):
    codes = [f"91410105MA000000{n}" for n in (31, 15, 23)]
    deliver(settings, csv_text([[code, "增值税", "1", "2024-01-05", ""] for code in codes], CHINESE))
    take_in(settings)
    assert [row["enterprise_id"] for row in rows_of(settings)] == sorted(codes)
