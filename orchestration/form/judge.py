"""Written rows, judged: which can be delivered and in which words, and all that is wrong with the others.

Belongs here: bringing rows of text through the door's own cleaner, all issues of each row, the words of a delivery.
Does not belong here: a cleaner (``feeds.clean``), rules that need more than the row's own values (``rules``).

What is accepted here is accepted at the door, because the door's query judges it. Texts come out as the door would
read them: dates as 2026-10-30, codes as codes or, where a column is mapped by text, as labels; an identity number as
the platform's own hash with its proof, so that no number is ever kept in clear.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.feeds import expressions as sql
from orchestration.feeds.clean import Cleaner
from orchestration.feeds.columns import UNKNOWN
from orchestration.feeds.contract import Contract, code_list
from orchestration.feeds.errors import shown
from orchestration.form.layout import Layout
from orchestration.form.words import Said, near_texts, said
from orchestration.lake import workbench
from orchestration.settings import Settings

PLACE = "_place"
"""Column with the number of a row, from 0."""
FAULTS = pl.Schema({PLACE: pl.Int64, "column": pl.String, "reason": pl.String, "detail": pl.String})
"""Faults as a frame: row, column (null for the row as a whole), reason, delivered or other text that helps."""
_SHOW = ("text", "date", "integer", "code", "uscc")


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row.

    Attributes:
        place: number of the row, from 0.
        column: name of the column, or None for the row as a whole.
        reason: key of ``words.REASONS``.
        detail: text that helps to find it: what was written, or the other value.
        near: labels near an unknown text.
    """

    place: int
    column: str | None
    reason: str
    detail: str = ""
    near: tuple[str, ...] = ()

    @property
    def said(self) -> Said:
        """What is wrong and what to do, in both languages."""
        base = said(self.reason)
        if not self.near:
            return base
        return Said(f"{base.zh}，最接近的是：{'、'.join(self.near)}", f"{base.en}; the nearest are named")


@dataclass(frozen=True)
class Judged:
    """Rows as the door reads them.

    Attributes:
        rows: ``_place`` and the contract's columns as text, one row per judged row; what a fault names may be null.
        typed: the same as values: dates, whole numbers, codes, hashes.
        faults: frame of the schema ``FAULTS``, at most one per row and column.
    """

    rows: pl.DataFrame
    typed: pl.DataFrame
    faults: pl.DataFrame


def judge(settings: Settings, layout: Layout, month: str, rows: Sequence[Mapping[str, str | None]]) -> Judged:
    """Judge rows that somebody wrote on the page.

    Args:
        settings: reference data and identity key.
        layout: contract and plan.
        month: month in which they arrive; no event may lie after its end.
        rows: column -> text; columns that are not named are empty, or what the contract gives to every row.
    """
    texts = {
        f"r_{column.name}": [(row.get(column.name) or column.constant) for row in rows]
        for column in layout.contract.columns
    }
    frame = pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)).with_row_index("_position")
    with workbench(settings) as connection:
        connection.register("written", frame.with_columns(pl.col("_position").cast(pl.Int64)).to_arrow())
        return judge_relation(connection, settings, layout.contract, month, "written")


def judge_relation(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, month: str, source: str
) -> Judged:
    """Judge a relation with ``_position`` and text columns ``r_<column>``, in the order of the positions."""
    cleaner = Cleaner(settings, contract, month)
    cleaner.prepare(connection, source)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE judged AS SELECT row_number() OVER (ORDER BY _position) - 1 AS {PLACE}, * "
        f"FROM ({cleaner.query(source, every_issue=True)})"
    )
    names = [column.name for column in contract.columns]
    quoted = ", ".join(f'"{name}"' for name in names)
    typed = connection.execute(f"SELECT {PLACE}, _position, {quoted} FROM judged ORDER BY {PLACE}").pl()
    words = ", ".join(f'{_word(contract, name)} AS "{name}"' for name in names)
    rows = connection.execute(f"SELECT {PLACE}, {words} FROM judged ORDER BY {PLACE}").pl()
    rows = rows.with_columns(
        pl.col(column.name).replace_strict({row["code"]: row["label_zh"] for row in code_list(settings, column.codes)})
        for column in contract.columns
        if column.by_text and column.codes
    )
    faults = pl.concat([_issues(connection, contract, source), _masked(connection, contract, source)])
    return Judged(rows, typed, _first(faults))


def _word(contract: Contract, name: str) -> str:
    """A cleaned value in the words of a delivery."""
    if contract.column(name).type == "person_id":
        return sql.sealed(name)
    return f'CAST("{name}" AS VARCHAR)'


def _issues(connection: duckdb.DuckDBPyConnection, contract: Contract, source: str) -> pl.DataFrame:
    """What the door finds wrong, with the written text where that is nobody's secret."""
    texts = " ".join(
        f"WHEN '{column.name}' THEN s.r_{column.name}" for column in contract.columns if column.type in _SHOW
    )
    listed = f"SELECT {PLACE}, _position, unnest(_issues) AS issue, generate_subscripts(_issues, 1) AS nth FROM judged"
    found = f"SELECT *, split_part(issue, ':', 2) AS name FROM ({listed})"
    query = (
        f"SELECT {PLACE}, name AS \"column\", split_part(issue, ':', 1) AS reason, CASE name {texts} END AS detail "
        f"FROM ({found}) AS found JOIN {source} AS s USING (_position) ORDER BY {PLACE}, nth"
    )
    return connection.execute(query).pl().cast(FAULTS)


def _masked(connection: duckdb.DuckDBPyConnection, contract: Contract, source: str) -> pl.DataFrame:
    """Masked numbers of persons: unknown at the door, and a fault of who could write them out."""
    parts = [
        f"SELECT {PLACE}, '{name}' AS \"column\", 'masked_person_id' AS reason, CAST(NULL AS VARCHAR) AS detail "
        f"FROM judged JOIN {source} USING (_position) WHERE judged.\"{name}\" IS NULL AND contains(r_{name}, '*')"
        for name in (column.name for column in contract.columns if column.type == "person_id")
    ]
    return connection.execute(" UNION ALL ".join(parts)).pl().cast(FAULTS) if parts else pl.DataFrame(schema=FAULTS)


def _first(faults: pl.DataFrame) -> pl.DataFrame:
    """Of the faults of one row and column the first: a date that is none is also missing."""
    return faults.unique([PLACE, "column"], keep="first", maintain_order=True).sort(PLACE, maintain_order=True)


def joined(*faults: pl.DataFrame) -> pl.DataFrame:
    """Faults of several nets, at most one per row and column, the earlier net's first."""
    return _first(pl.concat([frame.select(list(FAULTS)).cast(FAULTS) for frame in faults]))


def told(settings: Settings, contract: Contract, faults: pl.DataFrame) -> list[Fault]:
    """Faults as a person reads them, with texts near an unknown one."""
    names = {column.name for column in contract.columns}
    found = []
    for place, column, reason, detail in faults.select(list(FAULTS)).iter_rows():
        known = column if column in names else None
        near = near_texts(settings, contract.column(known), detail or "") if known and reason == UNKNOWN else []
        found.append(Fault(place, known, reason, shown(detail) if detail else "", tuple(near)))
    return found
