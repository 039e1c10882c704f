"""Rows without a usable code: taken in by their name, unless it is a person's, and counted by what was wrong."""

from __future__ import annotations

import duckdb
import pytest

from .helpers import csv_text, deliver, rows_of, take_in

ID = "91410105MA0000001T"
PERSON = "410102199001011234"
FIRM = "郑州某某商贸有限公司"
COMPLAINT = {
    "REGNO": "T1", "UNISCID": ID, "RESPNAME": FIRM, "RESPADDR": "郑州市金水区经三路1号", "CHANNEL": "12315",
    "INFOTYPE": "1", "ACCDATE": "2024-01-05",
}  # fmt: skip
CASE = {"UNISCID": "", "PARTYNAME": FIRM, "CASECODE": "(2024)豫01执1号", "CASEDATE": "2024-01-05", "EXECMONEY": "1"}
LISTED = {"SXLX": "1", "UNISCID": "", "INAME": FIRM, "CARDNUM": "", "CASECODE": "1", "PUBLISHDATE": "2024-01-05"}


def taken(settings, feed: str, *rows: dict[str, str]):
    deliver(settings, csv_text([list(row.values()) for row in rows], list(rows[0])), feed=feed)
    return take_in(settings, feed=feed)


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("", "code_missing_name_given"),
        ("--", "code_missing_name_given"),
        ("914101**********1T", "code_masked_name_given"),
        ("91410105MA0", "code_malformed_name_given"),
        ("91410105MA0000001O", "code_malformed_name_given"),
    ],
)
def test_a_row_without_a_usable_code_is_taken_in_by_its_name(settings, code, rule):
    summary = taken(settings, "c09_complaints", COMPLAINT | {"UNISCID": code}, COMPLAINT | {"REGNO": "T2"})
    assert (summary.delivered, summary.accepted, summary.quarantined) == (2, 2, 0)
    assert {name: count for name, count in summary.cleaned.items() if name.endswith("_name_given")} == {rule: 1}
    rows = {row["complaint_no"]: row for row in rows_of(settings, feed="c09_complaints")}
    assert (rows["T1"]["enterprise_id"], rows["T1"]["party_name"]) == (None, FIRM)
    assert rows["T2"]["enterprise_id"] == ID


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"UNISCID": "", "RESPNAME": ""}, "missing_required"),
        ({"UNISCID": "9141**", "RESPNAME": "--"}, "masked_code"),
        ({"UNISCID": "", "RESPNAME": "王五"}, "missing_required"),
        ({"UNISCID": "91410105MA0", "RESPNAME": "欧阳某某"}, "malformed_code"),
        ({"UNISCID": PERSON}, "identity_number_as_code"),
        ({"UNISCID": "", "ACCDATE": "某日"}, "bad_date"),
    ],
)
def test_persons_and_rows_without_a_name_stay_out_for_the_same_reason_as_before(settings, change, reason):
    summary = taken(settings, "c09_complaints", COMPLAINT | change)
    assert (summary.accepted, summary.quarantine_reasons) == (0, {reason: 1})
    (row,) = rows_of(settings, "quarantined", feed="c09_complaints")
    for secret in ("王五", "欧阳某某", PERSON):
        assert secret not in row["row_json"] + row["sentence"]


def test_a_feed_that_does_not_resolve_keeps_such_rows_out(settings):
    header = ["UNISCID", "TAXTYPE", "TAXBAL", "PUBDATE"]
    deliver(settings, csv_text([["9141**", "增值税", "1", "2024-01-05"], ["", "增值税", "1", "2024-01-05"]], header))
    assert take_in(settings).quarantine_reasons == {"masked_code": 1, "missing_required": 1}


def test_rows_of_one_case_are_told_apart_by_name(settings):
    summary = taken(
        settings, "c10_enforcement", CASE, CASE | {"PARTYNAME": "洛阳某某商贸有限公司"}, CASE | {"EXECMONEY": "2"}
    )
    assert (summary.delivered, summary.accepted, summary.superseded) == (3, 2, 1)
    amounts = {row["party_name"]: row["amount"] for row in rows_of(settings, feed="c10_enforcement")}
    assert amounts == {FIRM: 2, "洛阳某某商贸有限公司": 1}


def test_names_of_persons_on_a_list_of_both_are_masked_everywhere(settings):
    person = {"SXLX": "2", "INAME": "张三丰", "CARDNUM": PERSON}
    summary = taken(
        settings,
        "c10_defaulters",
        LISTED,
        LISTED | person,
        LISTED | person | {"CASECODE": "2", "CARDNUM": "4101**"},
        LISTED | {"INAME": "李四光", "CASECODE": "3"},
        LISTED | person | {"PUBLISHDATE": "某日"},
    )
    assert (summary.accepted, summary.quarantine_reasons) == (3, {"bad_date": 1, "person_without_identifier": 1})
    assert summary.cleaned["code_missing_name_given"] == 1
    assert [row["party_name"] for row in rows_of(settings, feed="c10_defaulters")] == [FIRM, "张*", "张*"]
    for path in settings.raw.rglob("*.parquet"):
        text = str(duckdb.read_parquet(str(path)).fetchall())
        for secret in ("张三", "李四", PERSON):
            assert secret not in text, path


def test_the_same_person_twice_in_a_case_is_one_whether_named_or_not(settings):
    person = LISTED | {"SXLX": "2", "CARDNUM": PERSON}
    assert taken(settings, "c10_defaulters", person | {"INAME": "张三"}, person | {"INAME": ""}).superseded == 1


def test_a_penalty_without_code_keeps_the_hash_of_its_head(settings):
    row = {
        "XDR_LB": "1", "UNISCID": "", "XDR_MC": FIRM, "XDR_FRZJHM": PERSON, "CF_WSH": "1号", "CF_CFLB": "罚款",
        "CF_JDRQ": "2024-01-05", "CF_CFJG": "市场监管",
    }  # fmt: skip
    summary = taken(settings, "c06_penalties", row)
    assert summary.accepted == summary.cleaned["code_missing_name_given"] == 1
    assert len(rows_of(settings, feed="c06_penalties")[0]["legal_rep_id"]) == 32
