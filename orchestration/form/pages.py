"""The templates and what they are given.

Belongs here: the environment of the templates, small helpers of pages.
Does not belong here: routes (``app``), what pages say of rows (``visit``, ``upload``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.responses import HTMLResponse, Response

from orchestration.feeds.contract import Column, code_list
from orchestration.form.layout import Layout
from orchestration.form.visit import field_id
from orchestration.form.words import said
from orchestration.settings import Settings

TEMPLATES = Path(__file__).parent / "templates"
ABSENT: dict[str, Any] = {
    "stale": False, "unknown": "", "result": None, "problem": None, "chosen": "", "carried": {}, "waiting": 0,
}  # fmt: skip
"""What a page may be without."""


class Pages:
    """The pages of one form."""

    def __init__(self, settings: Settings, layout: Layout) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        labels = {
            column.name: {row["code"]: row["label_zh"] for row in code_list(settings, column.codes)}
            for column in layout.contract.columns
            if column.codes
        }

        def label(column: str, value: str | None) -> str:
            """A value as a person reads it: the label of a code."""
            return labels.get(column, {}).get(value or "", value or "")

        def named(column: str | None) -> Column | None:
            return layout.contract.column(column) if column else None

        self.environment.globals.update(
            layout=layout,
            plan=layout.plan,
            contract=layout.contract,
            field_id=field_id,
            label=label,
            column_of=named,
            reason_text=said,
        )

    def answer(self, name: str, status: int, **values: Any) -> Response:
        """A page as the answer to a request."""
        return HTMLResponse(self.environment.get_template(name).render(**(ABSENT | values)), status)
