"""A file of results: shown row by row before it is taken, refused rows with line, column, reason and cure."""

from __future__ import annotations

import io
import re
import zipfile

import fastexcel
import polars as pl
import pytest

from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.form.deliver import deliver
from tests.integration.feeds.helpers import as_bytes
from tests.integration.form.conftest import FEED, FIRM, LEAD, OTHER, Served, register

HEADER = ["UNISCID", "RANINSTASKID", "抽查事项", "INSDATE", "检查结果", "RANINSRESCODE", "主检查员证件号"]
GOOD = [
    [FIRM, "RW-1", "公示信息检查", "2026/10/2", "发现问题已责令改正。", "05", LEAD],
    [OTHER.lower(), "RW-2", "公示信息检查", "20261003", "１．未发现问题".replace("１．", ""), "1", LEAD],
]
BAD = [
    ["91410105MA", "RW-3", "公示信息检查", "2026-10-02", "未发现问题", "", ""],
    [FIRM, "RW-4", "公示信息检查", "2026-10-02", "发现问题己责令改证", "", ""],
    [FIRM, "RW-5", "", "2026-12-02", "3", "", ""],
    [FIRM, "RW-1", "公示信息检查", "2026-10-05", "未发现问题", "", ""],
]


def send(served: Served, content: bytes, name: str = "结果.csv"):
    return served.post("/file", {}, files={"file": (name, content)})


def refused(page: str) -> list[tuple[str, str, str]]:
    """Line, column and reason of the refused rows."""
    table = page.split("Refused")[1].split("</table>", maxsplit=1)[0]
    cells = re.findall(r"<tr><td>(\d+)</td><td>(.*?)</td><td>.*?</td><td>(.*?) <span", table)
    return [(line, column, reason) for line, column, reason in cells]


@pytest.mark.parametrize("kind", ["csv", "gb18030", "xlsx"])
def test_a_file_is_shown_confirmed_and_lands(served, layout, kind):
    register(served.settings, FIRM, OTHER)
    page = send(served, as_bytes(kind, [*GOOD[1:], *BAD[:3], GOOD[0]], HEADER))
    assert page.status_code == 200 and "5 行，可接收 <strong>2</strong> 行，退回 <strong>3</strong> 行" in page.text
    said = refused(page.text)
    assert said[0][:2] == ("3", "统一社会信用代码") and "不是18位统一社会信用代码" in said[0][2]
    assert said[1][:2] == ("4", "检查结果") and "最接近的是：发现问题已责令改正" in said[1][2]
    assert {(line, column) for line, column, _ in said[2:]} == {
        ("5", "抽查事项"), ("5", "检查日期"), ("5", "检查结果"),
    }  # fmt: skip
    assert served.journal() == [] and LEAD not in page.text

    number = re.search(r'name="number" value="([0-9a-f]+)"', page.text)[1]
    answer = served.post("/file/keep", {"number": number})
    assert answer.status_code == 303
    kept = served.journal()[0]
    assert (kept["source"], kept["refused"], len(kept["rows"]), len(kept["sha256"])) == ("file", 3, 2, 64)
    assert served.post("/file/keep", {"number": number}).status_code == 403  # once

    made = deliver(served.settings, layout)
    summary = publish_feed(served.settings, stage_feed(served.settings, FEED, "2026-10"))
    assert (summary.delivered, summary.accepted, summary.quarantined) == (2, 2, 0)
    assert [one.file for one in summary.deliveries] == [made[0].path.name]
    rows = pl.read_parquet(served.settings.raw / FEED / "month=2026-10" / "accepted.parquet").sort("task_id")
    # mapped by text, the sending system's own number kept
    assert rows.select("task_id", "result", "result_code").rows() == [("RW-1", "5", "05"), ("RW-2", "1", "1")]
    assert rows["lead_inspector_id"].n_unique() == 1 and rows["lead_inspector_id"].str.len_chars().max() == 32


def test_a_hash_from_the_form_is_that_of_the_number_at_the_door(served, layout):
    """The same person is the same, whether a department or the form delivers."""
    register(served.settings, FIRM)
    assert served.visit([{"item": "公示信息检查", "result": "未发现问题"}]).status_code == 303
    deliver(served.settings, layout)
    folder = served.settings.landing / FEED / "2026-10"
    row = [OTHER, "RW-9", "公示信息检查", "2026-10-02", "未发现问题", "1", LEAD]
    (folder / "department.csv").write_bytes(as_bytes("csv", [row], HEADER))
    publish_feed(served.settings, stage_feed(served.settings, FEED, "2026-10"))
    rows = pl.read_parquet(served.settings.raw / FEED / "month=2026-10" / "accepted.parquet")
    assert rows.height == 2 and rows["lead_inspector_id"].n_unique() == 1
    forged = "ECRHASH" + rows["lead_inspector_id"][0].upper() + "0" * 16
    (folder / "forged.csv").write_bytes(as_bytes("csv", [[*row[:1], "RW-8", *row[2:6], forged]], HEADER))
    publish_feed(served.settings, stage_feed(served.settings, FEED, "2026-10"))
    rows = pl.read_parquet(served.settings.raw / FEED / "month=2026-10" / "accepted.parquet")
    assert rows["lead_inspector_id"].n_unique() == 2  # a hash without our proof names nobody


def test_of_rows_with_one_key_the_last_counts_and_the_other_is_told(served):
    register(served.settings, FIRM, OTHER)
    page = send(served, as_bytes("csv", [GOOD[0], BAD[3]], HEADER)).text
    assert (
        refused(page)[0][0] == "2" and "只保留最后一条" in refused(page)[0][2] and "可接收 <strong>1</strong>" in page
    )


def test_rows_that_were_taken_are_not_taken_again_with_the_mended_ones(served):
    register(served.settings, FIRM, OTHER)
    number = re.search(r'name="number" value="([0-9a-f]+)"', send(served, as_bytes("csv", GOOD, HEADER)).text)[1]
    assert served.post("/file/keep", {"number": number}).status_code == 303
    mended = [FIRM, "RW-4", "公示信息检查", "2026-10-02", "发现问题已责令改正", "", ""]
    page = send(served, as_bytes("csv", [*GOOD, mended], HEADER)).text
    assert "可接收 <strong>1</strong>" in page and page.count("与已登记的结果完全相同") == 2


def test_a_preview_that_has_become_stale_is_not_taken(served):
    register(served.settings, FIRM, OTHER)
    numbers = [
        re.search(r'name="number" value="([0-9a-f]+)"', send(served, as_bytes("csv", GOOD, HEADER)).text)[1]
        for _ in range(2)
    ]
    assert [served.post("/file/keep", {"number": number}).status_code for number in numbers] == [303, 409]
    assert len(served.journal()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7", "PDF"),
        (as_bytes("csv", GOOD, [*HEADER[:6], "心情"]), "unknown column &#39;心情&#39;"),
        (as_bytes("csv", [row[1:] for row in GOOD], HEADER[1:]), "required column enterprise_id"),
        (b"PK\x05\x06" + b"\x00" * 18, "neither a CSV nor an Excel workbook"),
        (b'{"a": 1}\n', "required column|unknown column"),
    ],
)
def test_what_is_no_table_of_results_is_refused_with_a_sentence(served, content, said):
    answer = send(served, content)
    assert answer.status_code == 422 and re.search(said, answer.text.split("</h2>")[1], re.IGNORECASE)
    assert list(served.settings.temporary.glob("upload-*")) == []


def test_a_workbook_that_unpacks_to_too_much_is_not_opened(served):
    stream = io.BytesIO(as_bytes("xlsx", GOOD, HEADER))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/bomb", b"\0" * 300_000_000)
    assert len(stream.getvalue()) < 1_000_000
    answer = send(served, stream.getvalue(), "结果.xlsx")
    assert answer.status_code == 422 and "unpacks to far more" in answer.text


def test_the_name_of_a_file_is_shown_and_never_a_path(served):
    register(served.settings, FIRM, OTHER)
    page = send(served, as_bytes("csv", GOOD, HEADER), "../../<b>x</b>.csv").text
    assert "&lt;b&gt;x" in page and "<b>x" not in page
    assert list(served.settings.home.rglob("*x<*")) == []


def test_the_empty_table_is_read_back_with_every_column(served, layout):
    for kind in ("csv", "xlsx"):
        content = served.get(f"/template.{kind}").content
        if kind == "csv":
            filled = content.decode("utf-8-sig").strip().split(",")
        else:
            sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
            filled = list(sheet.to_polars().row(0))
        assert filled == [column.zh for column in layout.contract.columns]
    values = {
        "enterprise_id": FIRM,
        "task_id": "RW-1",
        "item": "公示信息检查",
        "checked_on": "2026-10-02",
        "result": "未发现问题",
    }
    row = [values.get(name, "") for name in layout.columns]
    register(served.settings, FIRM)
    page = send(served, as_bytes("xlsx", [row], filled), "模板.xlsx").text
    assert "1 行，可接收 <strong>1</strong> 行" in page
    assert served.get("/template.exe").status_code == 404
