"""The pages: made from the contract, one visit with many items, refusals, doubts, protection."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
import requests

from orchestration.feeds.contract import code_list
from orchestration.form.deliver import deliver
from tests.integration.form.conftest import FIRM, LEAD, OTHER, SECOND, publish_draw, register

FOUND = {"item": "公示信息检查", "result": "发现问题已责令改正", "closed_on": "2026-10-13", "minor_findings": "2"}
CLEAN = {"item": "食品销售监督检查", "result": "未发现问题"}


def test_the_page_is_made_from_the_contract_and_its_code_lists(served, layout):
    page = served.get("/visit").text
    for column in layout.contract.columns:
        if column.name != layout.plan.correction:
            assert f">{column.zh}" in page and column.doc.split("'")[0] in page, column.name
    for name in ("check_results", "check_kinds", "departments"):
        assert all(f">{row['label_zh']} · {row['label_en']}<" in page for row in code_list(served.settings, name)), name
    # results are mapped by text: a number would be refused at the door, so none is offered
    assert 'value="未发现问题"' in page and 'value="tax"' in page


def test_a_visit_with_two_items_is_kept_delivered_and_accounted_for(served, layout):
    register(served.settings, FIRM)
    answer = served.visit([FOUND, {}, CLEAN])
    assert answer.status_code == 303 and re.fullmatch("/receipt/[0-9a-f]{12}", answer.headers["location"])
    assert "2 条结果" in served.get(answer.headers["location"]).text

    made = deliver(served.settings, layout)
    assert [(one.rows, one.submissions, one.path.parent.name) for one in made] == [(2, 1, "2026-10")]
    rows = pl.read_csv(made[0].path, infer_schema=False)
    assert rows.columns == list(layout.columns)
    assert rows["item"].to_list() == ["公示信息检查", "食品销售监督检查"]
    assert rows["enterprise_id"].to_list() == [FIRM, FIRM] and rows["minor_findings"].to_list() == ["2", None]
    assert made[0].path.name in served.get(answer.headers["location"]).text


def test_no_identity_number_is_ever_written_in_clear(served, layout):
    register(served.settings, FIRM)
    assert served.visit([{**CLEAN, "result_code": f"见 {LEAD}"}]).status_code == 303
    deliver(served.settings, layout)
    files = [path for path in served.settings.home.rglob("*") if path.is_file()]
    assert any(path.suffix == ".jsonl" for path in files) and any(path.suffix == ".csv" for path in files)
    for path in files:
        assert not any(number.encode() in path.read_bytes() for number in (LEAD, SECOND)), path
    for path in (*served.settings.home.glob("form/journal/*"), *served.settings.landing.glob("*/*/*")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_everything_wrong_is_said_at_once_where_it_stands_and_nothing_is_kept(served):
    register(served.settings, FIRM)
    answer = served.visit(
        [{"item": "公示信息检查", "result": "基本正常", "closed_on": "2026-10-01", "critical_findings": "999"}],
        enterprise_id="410102199001011234", checked_on="2026-10-15", authority_code="", second_inspector_id=LEAD,
    )  # fmt: skip
    assert answer.status_code == 422
    said = dict(re.findall(r'<li><a href="#([^"]+)">[^：]*：(.*?)</a>', answer.text))
    assert said == {
        "visit.enterprise_id": "这里是身份证号，请填写企业的统一社会信用代码",
        "visit.checked_on": "日期晚于今天，请核对",
        "visit.authority_code": "此项必填，请填写",
        "visit.second_inspector_id": "两名检查员不能是同一人",
        "item.0.result": said["item.0.result"],
        "item.0.closed_on": "日期先后颠倒，请核对",
        "item.0.critical_findings": "数值超出合理范围，请核对",
    }
    assert "最接近的是：未发现问题" in said["item.0.result"]  # the nearest known text comes first
    assert next(iter(said)) == "visit.enterprise_id"  # in the order of the page
    assert served.journal() == []


def test_one_item_twice_in_a_visit_is_refused(served):
    register(served.settings, FIRM)
    answer = served.visit([CLEAN, {**CLEAN, "result": "发现问题待后续处理"}])
    assert answer.status_code == 422 and "同一任务、企业和事项重复填写" in answer.text


def test_a_doubt_must_be_looked_at_and_may_be_kept(served):
    register(served.settings, FIRM)
    answer = served.visit([CLEAN], enterprise_id="91410105MA40000000")
    assert answer.status_code == 422 and "代码末位校验不通过" in answer.text and "需要修改" not in answer.text
    mark = re.search(r'name="confirm" value="([^"]+)"', answer.text)[1].replace("&#39;", "'")
    # a yes to one code is none to another
    assert served.visit([CLEAN], confirm=[mark], enterprise_id="91410105MA40000001").status_code == 422
    assert served.visit([CLEAN], confirm=[mark], enterprise_id="91410105MA40000000").status_code == 303


def test_an_identity_number_where_the_door_keeps_texts_whole_is_a_doubt(served):
    register(served.settings, FIRM)
    assert "内容像身份证号" in served.visit([{**CLEAN, "item": f"负责人{LEAD}"}]).text


def test_what_fails_inside_is_told_without_what_was_written(served, monkeypatch, capfd):
    def fail(*_):
        raise ValueError(f"cannot read {LEAD}")

    monkeypatch.setattr("orchestration.form.visit.judge", fail)
    answer = served.visit([CLEAN])
    assert answer.status_code == 500 and "没有保存" in answer.text and "default-src" in str(answer.headers)
    told = capfd.readouterr().err
    assert "POST failed: ValueError at guard.py" in told and "visit.py:" in told and LEAD not in told


def test_an_enterprise_outside_the_register_is_a_doubt(served):
    register(served.settings, FIRM)
    assert "登记信息中没有该企业" in served.visit([CLEAN], enterprise_id=OTHER).text


def test_a_result_that_is_recorded_is_not_recorded_again(served):
    register(served.settings, FIRM)
    first = served.visit([CLEAN])
    again = served.visit([CLEAN])
    assert again.headers["location"] == first.headers["location"]  # the button was pressed twice
    other = served.visit([{**CLEAN, "result": "发现问题待后续处理"}])
    assert other.status_code == 422 and "如需修改，请填写更正理由" in other.text
    assert len(served.journal()) == 1


def test_two_who_send_the_same_at_once_record_it_once(served):
    register(served.settings, FIRM)
    served.token()
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: served.visit([CLEAN]), range(2)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1 == len(served.journal())


def test_one_more_item_works_without_a_script(served):
    fields = {f"item.{at}.item": f"事项{at}" for at in range(3)}
    page = served.post("/visit", fields | {"more": "1"}).text
    assert 'name="item.3.item"' in page and 'value="事项2"' in page and served.journal() == []


def test_a_drawn_visit_is_filled_in_and_tells_no_class(served, layout):
    register(served.settings, FIRM)
    publish_draw(served.settings)
    page = served.get("/visit", visit="JC-7").text
    values = dict(re.findall(r'name="((?:visit|item)\.[^"]+)" value="([^"]*)"', page))
    assert values["visit.visit_id"] == values["visit.task_id"] == "JC-7"
    assert values["visit.enterprise_id"] == FIRM and values["visit.plan_id"] == "年度计划、发票专项"
    assert [values[f"item.{at}.item"] for at in range(3)] == ["公示信息检查", "食品销售监督检查", "发票使用检查"]
    assert '<option value="market_regulation" selected>' in page and '<option value="1" selected>' in page
    assert page.count('<option value="tax" selected>') == 1  # of the item that the other department checks
    assert "风险等级" not in page and ">D<" not in page

    items = [
        {"item": "公示信息检查", "result": "未发现问题"},
        {"item": "发票使用检查", "result": "未发现问题", "authority_code": "tax"},
    ]
    kept = served.visit(items, visit_id="JC-7", task_id="JC-7", lead_inspector_id="", second_inspector_id="")
    assert kept.status_code == 303
    rows = pl.read_csv(deliver(served.settings, layout)[0].path, infer_schema=False)
    assert rows["authority_code"].to_list() == ["market_regulation", "tax"]
    # the inspectors who were drawn, of whom the platform knows hashes only
    assert set(rows["lead_inspector_id"].str.slice(7, 32)) == {"A" * 32}


def test_a_visit_of_another_enterprise_or_of_no_draw_is_not_taken_unasked(served):
    register(served.settings, FIRM, OTHER)
    publish_draw(served.settings)
    assert "该检查任务单属于另一家企业" in served.visit([CLEAN], visit_id="JC-7", enterprise_id=OTHER).text
    assert "已发布的抽取名单中没有该任务单号" in served.visit([CLEAN], visit_id="JC-8").text
    assert "没有任务单号 JC-9" in served.get("/visit", visit="JC-9").text


def test_a_visit_that_was_put_off_is_a_doubt(served):
    register(served.settings, FIRM)
    publish_draw(served.settings)
    assert "已顺延" not in served.visit([CLEAN], visit_id="JC-7").text
    path = served.settings.home / "published" / "draws" / "2026-09" / "410100" / "visits.parquet"
    pl.read_parquet(path).with_columns(put_off=pl.lit("no inspector left")).write_parquet(path)
    answer = served.visit([CLEAN], visit_id="JC-7", task_id="RW-2")
    assert answer.status_code == 422 and "该检查任务单已顺延" in answer.text and "需要修改" not in answer.text
    mark = re.search(r'name="confirm" value="([^"]+)"', answer.text)[1].replace("&#39;", "'")
    assert served.visit([CLEAN], visit_id="JC-7", task_id="RW-2", confirm=[mark]).status_code == 303


def test_another_site_cannot_send_the_form_and_no_foreign_name_is_answered(served):
    token = served.token()
    fields = {"token": token, "visit.task_id": "x"}
    send = served.browser.post
    assert send(served.address + "/visit", data={**fields, "token": "0" * 64}, timeout=9).status_code == 403
    assert send(served.address + "/visit", data={**fields, "token": "é证"}, timeout=9).status_code == 403
    assert requests.post(served.address + "/visit", data=fields, timeout=9).status_code == 403
    foreign = {"Origin": "http://elsewhere.example"}
    assert send(served.address + "/visit", data=fields, headers=foreign, timeout=9).status_code == 403
    assert served.browser.get(served.address, headers={"Host": "rebound.example"}, timeout=9).status_code == 400
    cookie = served.get("/").headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie
    # what was typed is still on the page
    assert 'value="x"' in send(served.address + "/visit", data={**fields, "token": ""}, timeout=9).text


@pytest.mark.parametrize(
    "path", ["/", "/visit", "/file", "/results", "/receipt/000000000000", "/static/form.css", "/no"]
)
def test_every_answer_forbids_what_a_page_here_never_needs(served, path):
    headers = served.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self'" in policy and "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/../form.yml", "/static/../app.py", "/static/%2e%2e/app.py", "/receipt/..%2f..%2fx"])
def test_no_path_leads_to_a_file(served, path):
    answer = served.browser.get(served.address + path, timeout=9)
    assert answer.status_code == 404 and "import" not in answer.text


def test_a_body_that_is_too_large_is_refused(served):
    answer = served.post("/visit", {"visit.task_id": "x" * 1_100_000})
    assert answer.status_code == 413 and "过大" in answer.text


def test_text_of_a_person_is_never_markup(served):
    page = served.visit([CLEAN], task_id='"><script>alert(1)</script>').text
    assert "<script>alert" not in page
    assert "<script>alert" not in served.get("/results", q="<script>alert(1)</script>").text
    assert "<script>alert" not in served.get("/visit", visit="<script>alert(1)</script>").text
