"""A draw as files that people and other systems open: CSV, Excel, JSON, Parquet.

Belongs here: which columns a sheet has, formats, texts that Excel must not take for formulas.
Does not belong here: where the files lie and who may change them (``publish``).
"""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import xlsxwriter

FORMULA = r"^(?:[\t\r]|[\s\p{Z}\p{C}]*[=+\-@＝＋－＠])"
"""How a text begins that a spreadsheet would compute, also behind blanks and invisible characters."""
HEADERS = {
    "visit_id": "检查任务单号 visit",
    "visit_month": "检查月份 month of visit",
    "enterprise_id": "统一社会信用代码 enterprise",
    "name": "企业名称 name",
    "address": "住所 address",
    "check_kind": "检查类型 kind",
    "departments": "检查部门 departments",
    "items": "抽查事项 items",
    "plans": "抽查计划 plans",
    "inspectors": "检查人员 inspectors (lead first)",
    "put_off": "顺延原因 put off",
    "place": "层内次序 place",
    "order_hash": "排序值 order",
    "draw_id": "抽取编号 draw",
}
"""Columns of the sheet of visits, in order, and their headers."""


def sheet(visits: pl.DataFrame, teams: pl.DataFrame, names: pl.DataFrame, items: dict[str, str]) -> pl.DataFrame:
    """One row per visit, as an inspector reads it: without class and stratum, which would colour what is found.

    Args:
        visits: rows of ``inspection_draw``.
        teams: rows of ``inspection_visit``.
        names: enterprise_id, name, address.
        items: code of an item -> what feed c07_spot_checks calls it.
    """
    rank = pl.col("role").replace_strict({"lead": 0, "second": 1, "further": 2}, return_dtype=pl.Int64)
    people = (
        teams.sort("visit_id", rank, "department", "inspector_id")
        .group_by("visit_id", maintain_order=True)
        .agg(inspectors=pl.concat_str(["department", "inspector_id"], separator=":").str.join(";"))
    )
    named = pl.col("items").list.eval(pl.element().replace_strict(items, default=pl.element())).list.join(";")
    return (
        visits.join(people, on="visit_id", how="left")
        .join(names, on="enterprise_id", how="left")
        .with_columns(named, pl.col("departments").list.join(";"), pl.col("plans").list.join(";"))
        .select(*HEADERS)
        .sort("visit_id")
    )


def harmless(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with an apostrophe before every text that a spreadsheet would take for a formula."""
    texts = [name for name, kind in rows.schema.items() if kind == pl.String]
    return rows.with_columns(
        pl.when(pl.col(name).str.contains(FORMULA)).then("'" + pl.col(name)).otherwise(name).alias(name)
        for name in texts
    )


def write_csv(rows: pl.DataFrame, path: Path) -> None:
    """CSV in UTF-8 with a mark at its head, by which Excel knows the encoding."""
    harmless(rows).rename(HEADERS).write_csv(path, include_bom=True)


def write_xlsx(rows: pl.DataFrame, about: dict[str, object], path: Path) -> None:
    """Excel with two sheets: the visits, and what the draw was made from. Every text is a text, no formula, no link."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        page = book.add_worksheet("检查任务 visits")
        head = book.add_format({"bold": True})
        for column, name in enumerate(HEADERS):
            page.write_string(0, column, HEADERS[name], head)
            page.write_column(
                1, column, rows[name].fill_null("").to_list() if rows[name].dtype == pl.String else rows[name]
            )
        page.freeze_panes(1, 1)
        page.autofilter(0, 0, max(len(rows), 1), len(HEADERS) - 1)
        page.set_column(0, len(HEADERS) - 1, 22)
        told = book.add_worksheet("抽取记录 record")
        for line, (name, value) in enumerate(about.items()):
            told.write_string(line, 0, name, head)
            told.write_string(line, 1, str(value))
        told.set_column(0, 1, 40)


def write_json(visits: pl.DataFrame, teams: pl.DataFrame, about: dict[str, object], path: Path) -> None:
    """JSON for other systems: what the draw was made from, and each visit with its inspectors."""
    people = teams.group_by("visit_id").agg(inspectors=pl.struct("inspector_id", "department", "role", "skill"))
    rows = visits.drop("published_at").sort("visit_id").join(people, on="visit_id", how="left", maintain_order="left")
    content = {"draw": about, "visits": rows.to_dicts()}
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
