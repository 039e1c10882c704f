"""From the page to staging and back: a correction supersedes from its month on, and earlier months stay as they are."""

from __future__ import annotations

from datetime import UTC, datetime

import duckdb

from orchestration.feeds.ingest import publish_feed, seal, stage_feed
from orchestration.form.deliver import deliver
from orchestration.quality.bridge import validate
from tests.integration.feeds.helpers import as_bytes
from tests.integration.form.conftest import FEED, FIRM, VISIT, Served, register
from tests.integration.standing.months import Delivered

ITEM = {"item": "公示信息检查", "result": "发现问题已责令改正"}
KEY = {"task_id": VISIT["task_id"], "enterprise_id": FIRM, "item": ITEM["item"]}
HEADER = ["UNISCID", "RANINSTASKID", "RANINSITEMNAME", "INSDATE", "RANINSCHECKRES", "CORRREASON"]


def take_in(served: Served, layout, month: str):
    """Deliver what waits and take the month in."""
    deliver(served.settings, layout)
    return publish_feed(served.settings, stage_feed(served.settings, FEED, month))


def standing(served: Served, layout, month: str) -> list[tuple]:
    """Rows of the staging model as known at the end of a month: result, reason, lead inspector."""
    delivered = Delivered(served.settings, layout.contract)
    records = {record for record, _ in delivered.as_staging(month)}
    files = str(served.settings.raw / FEED / "month=20*" / "accepted.parquet")
    rows = duckdb.execute(
        "SELECT delivery_id || ':' || row_no, result, correction_reason, lead_inspector_id FROM read_parquet(?)",
        [files],
    ).fetchall()
    return sorted(row[1:] for row in rows if row[0] in records)


def test_a_correction_counts_from_its_month_on_and_the_month_before_stays_as_it_is(served, layout):
    register(served.settings, FIRM)
    assert served.visit([ITEM]).status_code == 303
    assert take_in(served, layout, "2026-10").accepted == 1
    seal(served.settings, FEED, "2026-10")
    before = standing(served, layout, "2026-10")
    assert [row[:2] for row in before] == [("5", None)]

    served.clock.moment = datetime(2026, 11, 3, 2, tzinfo=UTC)
    found = served.get("/results", q=FIRM).text
    assert "公示信息检查" in found and "发现问题已责令改正" in found and "2026-10" in found
    page = served.get("/correct", **KEY).text
    assert f'value="{FIRM}"' in page and '<option value="发现问题已责令改正" selected>' in page
    assert page.count("readonly") == len(layout.contract.key)
    assert before[0][2] not in page  # the hash of the inspector is kept, and not shown

    changed = {**ITEM, "result": "未发现问题"}
    assert "visit.correction_reason" in served.correct(changed, "").text  # a reason is demanded
    assert served.correct(changed, "录入时选错结果").status_code == 303
    assert take_in(served, layout, "2026-11").accepted == 1

    assert standing(served, layout, "2026-10") == before
    assert standing(served, layout, "2026-11") == [("1", "录入时选错结果", before[0][2])]  # the same inspector
    assert "已更正" in served.get("/results", q=VISIT["task_id"]).text


def test_a_mistake_is_corrected_at_once_before_anything_was_taken_in(served, layout):
    register(served.settings, FIRM)
    assert served.visit([ITEM]).status_code == 303
    assert "等待入库" in served.get("/results", q=VISIT["task_id"]).text
    assert served.correct({**ITEM, "result": "未发现问题"}, "选错").status_code == 303
    summary = take_in(served, layout, "2026-10")
    assert (summary.delivered, summary.accepted, summary.superseded) == (2, 1, 1)
    assert [row[:2] for row in standing(served, layout, "2026-10")] == [("1", "选错")]


def test_a_correction_counts_over_a_file_of_the_same_month_whatever_it_is_called(served, layout):
    register(served.settings, FIRM)
    folder = served.settings.landing / FEED / "2026-10"
    folder.mkdir(parents=True)
    row = [FIRM, "RW-1", ITEM["item"], "2026-10-12", "发现问题待后续处理", ""]
    (folder / "双随机抽查结果.csv").write_bytes(as_bytes("csv", [row], HEADER))
    take_in(served, layout, "2026-10")
    assert served.correct({**ITEM, "result": "未发现问题"}, "复核无误").status_code == 303
    summary = take_in(served, layout, "2026-10")
    assert (summary.accepted, summary.superseded) == (1, 1)
    assert [row[:2] for row in standing(served, layout, "2026-10")] == [("1", "复核无误")]
    later = [*row[:4], "不配合检查情节严重", "再次复核"]
    (folder / "双随机抽查结果二.csv").write_bytes(as_bytes("csv", [later], HEADER))
    take_in(served, layout, "2026-10")
    assert [row[:2] for row in standing(served, layout, "2026-10")] == [("6", "再次复核")]  # of two the later one


def test_nothing_is_corrected_that_is_not_recorded(served):
    register(served.settings, FIRM)
    assert served.get("/correct", **KEY).status_code == 404
    assert served.correct(ITEM, "无").status_code == 404
    page = served.post("/file", {}, files={"file": ("x.csv", as_bytes("csv", [[*KEY.values()]], list(KEY)))})
    assert page.status_code == 422


def test_a_file_needs_a_reason_to_replace_what_is_recorded(served):
    register(served.settings, FIRM)
    assert served.visit([ITEM]).status_code == 303
    row = [FIRM, "RW-1", ITEM["item"], "2026-10-12", "未发现问题"]

    def said(reason: str, task: str = "RW-1") -> str:
        content = as_bytes("csv", [[row[0], task, *row[2:], reason]], HEADER)
        return served.post("/file", {}, files={"file": ("x.csv", content)}).text

    assert "如需修改，请填写更正理由" in said("")
    assert "可接收 <strong>1</strong>" in said("系统导出有误")
    assert "没有可更正的结果" in said("系统导出有误", "RW-2")


def test_what_the_form_delivers_passes_its_suite(served, layout):
    register(served.settings, FIRM)
    assert served.visit([{**ITEM, "item": f"事项{number}"} for number in range(3)]).status_code == 303
    deliver(served.settings, layout)
    staged = stage_feed(served.settings, FEED, "2026-10")
    assert [one.sentence for one in validate(served.settings, staged).results if not one.passed] == []


def test_a_closed_month_gets_nothing_new(served, layout):
    register(served.settings, FIRM)
    publish_feed(served.settings, stage_feed(served.settings, FEED, "2026-10"))
    seal(served.settings, FEED, "2026-10")
    assert "计入 2026-11" in served.get("/").text
    assert served.visit([ITEM]).status_code == 303
    assert [one.path.parent.name for one in deliver(served.settings, layout)] == ["2026-11"]
