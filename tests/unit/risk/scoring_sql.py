"""The scoring SQL as dbt writes it, without dbt: the real macros and the real model, rendered for a catalogue folder.

dbt gives each macro its own template, makes all of them known to each other, and lets `return` end one with a value.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import jinja2

from orchestration.settings import PROJECT

DBT = PROJECT / "dbt_project"
MACRO = re.compile(r"{%-? *macro (\w+)\(.*?endmacro *-?%}", re.DOTALL)


class _Return(Exception):
    def __init__(self, value):
        self.value = value


class _Rows:
    """What dbt's `run_query` gives: rows with column names."""

    def __init__(self, connection, query):
        cursor = connection.execute(query)
        self.column_names = [column[0] for column in cursor.description]
        self.rows = [_Row(row) for row in cursor.fetchall()]


class _Row(tuple):
    def values(self):
        return tuple(self)


def _stop(value=None):
    raise _Return(value)


def _refuse(message):
    raise ValueError(message)


def render(model: Path, folder: Path, month: str = "2026-05", refs: dict[str, str] | None = None) -> str:
    """The SQL of one model under the catalogue in `folder`; `refs` names the tables that stand for other models."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], undefined=jinja2.StrictUndefined)
    connection = duckdb.connect()
    given = {"ECR_CATALOGUE_DIR": str(folder), "ECR_MONTH": month}
    known: dict[str, object] = {
        "execute": True,
        "run_query": lambda query: _Rows(connection, query),
        "env_var": lambda name, default=None: given.get(name, default),
        "ref": lambda name: (refs or {}).get(name, name),
        "source": lambda schema, name: (refs or {}).get(name, name),
        "config": lambda **_: "",
        "return": _stop,
        "zip": zip,
        "exceptions": type("exceptions", (), {"raise_compiler_error": staticmethod(_refuse)}),
    }

    def dispatch(name):
        return known[f"duckdb__{name}"]

    known["adapter"] = type("adapter", (), {"dispatch": staticmethod(dispatch)})

    def callable_macro(template, name):
        def call(*args, **kwargs):
            try:
                return str(getattr(template.make_module(known), name)(*args, **kwargs))
            except _Return as result:
                return result.value

        return call

    for path in sorted((DBT / "macros").rglob("*.sql")):
        for block in MACRO.finditer(path.read_text(encoding="utf-8")):
            name = block.group(1)
            known[name] = callable_macro(environment.from_string(block.group(0)), name)
    try:
        return environment.from_string(model.read_text(encoding="utf-8")).render(known)
    finally:
        connection.close()


def score_sql(folder: Path, values: str = "enterprise_values") -> str:
    """The SQL of `enterprise_score` over a table of values."""
    return render(DBT / "models" / "scores" / "enterprise_score.sql", folder, refs={"enterprise_values": values})


def points_sql(folder: Path, scores: str = "enterprise_score") -> str:
    """The SQL of `enterprise_points` over a table of scores."""
    return render(DBT / "models" / "scores" / "enterprise_points.sql", folder, refs={"enterprise_score": scores})


def flags_sql(folder: Path, month: str, scores: str = "enterprise_score") -> str:
    """The SQL of `enterprise_pointed` over a table of scores."""
    model = DBT / "models" / "scores" / "enterprise_pointed.sql"
    return render(model, folder, month, refs={"enterprise_score": scores})


def pointed_sql(folder: Path, values: str = "enterprise_values") -> str:
    """Values to scores with bands and points before caps, in one query."""
    return f"WITH enterprise_score AS ({score_sql(folder, values)}) SELECT * FROM ({points_sql(folder)})"
