from __future__ import annotations

import datetime
import io

import polars as pl
import pytest

from orchestration.feeds.contract import Contract, all_feeds, load_contract
from orchestration.simulation import files, render


@pytest.fixture
def contract(small) -> Contract:
    return load_contract(small.settings, "c07_spot_checks")


FRAME = pl.DataFrame(
    {
        "enterprise_id": ["91410105MA00000001"],
        "task_id": ["RW1"],
        "item": ["登记事项检查"],
        "authority_code": ["market_regulation"],
        "checked_on": [datetime.date(2026, 5, 4)],
        "result": ["5"],
        "result_code": ["05"],
    }
)


def style(**changes):
    values = {"header": "name", "code": "code", "date": "%Y-%m-%d", "boolean": ("是", "否"), "industry_letter": False}
    return render.Style(**(values | changes))


def test_headers_come_from_the_contract_in_three_styles(contract):
    firsts = [next(iter(render.headers(contract, style(header=kind)).values())) for kind in render.HEADERS]
    assert firsts == ["enterprise_id", "UNISCID", "统一社会信用代码"]


def test_a_changed_contract_changes_the_delivery(small, contract):
    columns = tuple(c.model_copy(update={"zh": "抽查日期"}) if c.name == "checked_on" else c for c in contract.columns)
    columns = tuple(c for c in columns if c.name != "item")
    changed = contract.model_copy(update={"columns": columns})
    sent = render.texts(FRAME, small.settings, changed, style()).rename(render.headers(changed, style(header="zh")))
    assert "抽查日期" in sent.columns
    assert contract.column("item").zh not in sent.columns


def test_a_column_that_is_mapped_by_text_never_carries_a_bare_code(small, contract):
    sent = render.texts(FRAME, small.settings, contract, style())
    assert sent["result"].to_list() == ["发现问题已责令改正"] and sent["authority_code"].to_list() == [
        "market_regulation"
    ]


def test_codes_are_written_as_label_or_as_another_text(small, contract):
    label = render.texts(FRAME, small.settings, contract, style(code="label"))["authority_code"][0]
    alias = render.texts(FRAME, small.settings, contract, style(code="alias"))["authority_code"][0]
    assert (label, alias) == ("市场监督管理局", "市场监管")


WRITTEN = ("2026-05-04", "2026/05/04", "20260504", "2026-05-04 00:00:00", "2026-05-04")


@pytest.mark.parametrize(("pattern", "text"), zip(render.DATES, WRITTEN, strict=True))
def test_dates_are_written_in_the_style_of_the_month(small, contract, pattern, text):
    assert render.texts(FRAME, small.settings, contract, style(date=pattern))["checked_on"].to_list() == [text]


def test_a_department_changes_its_styles(small):
    styles = [render.Style.of(feed, month) for feed in all_feeds(small.settings) for month in range(7)]
    assert {s.header for s in styles} == set(render.HEADERS) and {s.code for s in styles} == set(render.CODES)
    assert {s.date for s in styles} == set(render.DATES) and {s.boolean for s in styles} == set(render.BOOLEANS)


def test_empty_deliveries_of_a_year_all_differ(small, contract):
    empty = render.texts(FRAME.clear(), small.settings, contract, style())
    contents = set()
    for month in range(13):
        look = render.Style.of("c07_spot_checks", month, empty=True)
        kind = files.choose_format("c07_spot_checks", month, empty)
        contents.add((kind == "csv_gz", files.csv_bytes(empty.rename(render.headers(contract, look)), kind)))
    assert len(contents) == 13


def test_all_formats_are_used_and_large_tables_never_go_into_excel(small):
    wide = pl.DataFrame({"a": range(50)})
    used = {files.choose_format(feed, month, wide) for feed in all_feeds(small.settings) for month in range(7)}
    assert used == set(files.FORMATS)
    large = pl.select(pl.repeat(1, 300_000).alias("a"))
    used = {files.choose_format(feed, month, large) for feed in all_feeds(small.settings) for month in range(7)}
    assert used == set(files.LARGE_FORMATS)


@pytest.mark.parametrize("kind", files.FORMATS)
def test_the_same_table_gives_the_same_bytes(tmp_path, kind):
    table = pl.DataFrame(
        {"企业名称": ["郑州某某有限公司", "a,b;c|d", None], "日期": [datetime.date(2026, 5, 1), None, None]}
    )
    table = table if kind in files.TYPED_FORMATS else table.with_columns(pl.col("日期").cast(pl.String))
    for name in ("one", "two"):
        files.write(tmp_path / name / f"x.{kind}", table, kind)
    assert (tmp_path / "one" / f"x.{kind}").read_bytes() == (tmp_path / "two" / f"x.{kind}").read_bytes()


def test_gb18030_files_are_what_they_claim():
    content = files.csv_bytes(pl.DataFrame({"名": ["郑州"]}), "csv_gb_pipe")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert content.decode("gb18030") == "名\r\n郑州\r\n"
    assert pl.read_csv(io.BytesIO(files.csv_bytes(pl.DataFrame({"名": ["郑州"]}), "csv_bom"))).columns == ["名"]
