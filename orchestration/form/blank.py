"""The empty table that a person fills in: headers and lists from the contract, as Excel workbook or CSV.

Belongs here: what stands in the two files.
Does not belong here: reading them back (``upload``, ``feeds.reader``).
"""

from __future__ import annotations

import codecs
import csv
import io

from orchestration.feeds.contract import Column, code_list
from orchestration.form.layout import Layout
from orchestration.settings import Settings

ROWS = 1000
"""Rows of the workbook that offer lists."""
LIST = 255
"""Characters of a list that Excel takes in a cell's rule."""
_WIDE = {"text": 26, "uscc": 24, "person_id": 24, "code": 24, "date": 14, "integer": 12}


def blank_csv(layout: Layout) -> bytes:
    """The header line, with a byte order mark so that spreadsheets read it as UTF-8."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(column.zh for column in layout.contract.columns)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def blank_xlsx(settings: Settings, layout: Layout) -> bytes:
    """One sheet: Chinese headers with the meaning as a note, lists for codes, all cells as text.

    Cells are text, since a spreadsheet makes other numbers of long ones.
    """
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet(layout.contract.title_zh[:31])
        text = workbook.add_format({"num_format": "@"})
        must = workbook.add_format({"num_format": "@", "bold": True, "bg_color": "#FDE9D9", "bottom": 1})
        may = workbook.add_format({"num_format": "@", "bold": True, "bg_color": "#EEF3F8", "bottom": 1})
        for position, column in enumerate(layout.contract.columns):
            sheet.set_column(position, position, _WIDE.get(column.type, 20), text)
            sheet.write_string(0, position, column.zh, must if column.required else may)
            sheet.write_comment(0, position, _note(column), {"x_scale": 2})
            labels = _labels(settings, column)
            # a list that is too long for the rule is left to the check of the upload
            if labels and len(",".join(labels)) <= LIST:
                sheet.data_validation(1, position, ROWS, position, {"validate": "list", "source": labels})
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _note(column: Column) -> str:
    return f"{column.national}\n{column.doc}\n{'必填 required' if column.required else '可空 optional'}"


def _labels(settings: Settings, column: Column) -> list[str]:
    """Texts of a code column that need no comma, which would part them in the list."""
    if column.type != "code" or column.codes is None:
        return []
    return [row["label_zh"] for row in code_list(settings, column.codes)]
