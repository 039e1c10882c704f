"""Defects of whole files: ragged lines, deliveries that come late, again, corrected, or broken.

Belongs here: what happens to a file after its table is made.  Does not belong here: defects of rows (``defects``).
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from orchestration.feeds.contract import Contract
from orchestration.simulation import files
from orchestration.simulation.chance import SimulationError
from orchestration.simulation.defects import Ledger, Spec
from orchestration.simulation.render import Style, headers

BROKEN_ARCHIVE = b"PK\x03\x04" + bytes(range(64)) * 4
UNKNOWN_TEXT = "不详-ZZ"
NEED_ROWS = ("unknown_code", "low_volume")
"""Feed-stopping defects that an empty table cannot carry."""


@dataclass(frozen=True)
class Written:
    """A file in landing: its table by contract names, its format and its style."""

    path: Path
    table: pl.DataFrame
    kind: str
    style: Style


def required_code(contract: Contract) -> str:
    """The delivered column that carries an unknown code; SimulationError where a feed has none."""
    for column in contract.columns:
        if column.type == "code" and column.required and column.constant is None and column.copies is None:
            return column.name
    raise SimulationError(
        f"unknown_code cannot be planted in {contract.feed}: it has no required code column; choose another feed."
    )


def break_table(ledger: Ledger, contract: Contract, month: int, file: str, table: pl.DataFrame) -> pl.DataFrame:
    """Plant the feed-stopping defect asked for, if it is one of a table; an empty slice is left as it is."""
    kind = ledger.break_kind(contract.feed, month)
    if kind is None or (kind in NEED_ROWS and not table.height):
        return table
    row = None
    if kind == "unknown_code":
        table = table.with_columns(table[required_code(contract)].scatter([0], pl.Series([UNKNOWN_TEXT])))
        row = 1
    elif kind == "unknown_column":
        table = table.with_columns(pl.lit("?").alias("神秘字段"))
    elif kind == "low_volume":
        table = table.clear()
    ledger.note(Spec(kind, contract.feed, month, "stopped", kind), month, file, [row] if row else None)
    return table


def finish(landing: Path, contract: Contract, ledger: Ledger, written: Written, *, month: int) -> int:
    """Whatever is planned for the file as a whole, once it lies in landing; returns the files that came on top.

    Args:
        landing: landing folder.
        contract: the feed.
        ledger: takes notes.
        written: the file and what stands in it.
        month: its delivery month.
    """
    feed, received, path, table = contract.feed, ledger.calendar.received, written.path, written.table
    if ledger.break_kind(feed, month) == "unreadable":
        path.write_bytes(BROKEN_ARCHIVE)
    more = 0
    for spec in ledger.specs(feed, month):
        if spec.kind == "ragged_row" and table.height:
            _ragged(path)
            ledger.note(spec, month, path.name, [table.height + 1])
        elif spec.outcome == "read":
            ledger.note(spec, month, path.name)
        elif spec.outcome in ("late", "repeat"):
            arrives = month + int(spec.column)
            target = landing / feed / received[arrives] / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if spec.outcome == "late":
                path.rename(target)
                path.parent.rmdir()
            else:
                shutil.copyfile(path, target)
                more += 1
            ledger.note(replace(spec, month=arrives), arrives, path.name, of_month=received[month])
        elif spec.outcome == "correction" and table.height:  # an empty file corrected would be the same file again
            arrives = month + int(spec.column)
            stem, suffix = path.name.split(".", 1)
            target = landing / feed / received[arrives] / f"{stem}.r2.{suffix}"
            corrected = _corrected(contract, table)
            files.write(target, corrected.rename(headers(contract, written.style)), written.kind)
            more += 1
            ledger.note(
                spec,
                arrives,
                target.name,
                replaces=path.name,
                of_month=received[month],
                rows_before=table.height,
                rows_after=corrected.height,
            )
    return more


def _ragged(path: Path) -> None:
    """A last line whose fields end in the middle."""
    lines = path.read_bytes().rstrip(b"\r\n").split(b"\n")
    path.write_bytes(b"\n".join([*lines, lines[-1][: lines[-1].find(b",", 20)], b""]))


def _corrected(contract: Contract, table: pl.DataFrame) -> pl.DataFrame:
    """The delivery as it should have been: its last row was an error, and amounts or texts of the others change."""
    kept = table.head(max(table.height - 1, 1))
    text = next(column.name for column in contract.columns if column.type == "text" and column.name not in contract.key)
    return kept.with_columns((pl.col(text).fill_null("") + "（更正）").alias(text))
