"""An uploaded file of results: read by the door's reader, judged by the door's cleaner, shown before it is taken.

Belongs here: what kinds of files are read, their bounds, lines of rows, the preview.
Does not belong here: reading formats (``feeds.reader``), judging values (``judge``, ``rules``), pages (``pages``).

The name under which a person keeps the file is shown and nothing else: on disk the file has a name of ours, in a folder
for the owner only, for as long as it is read. What is kept of it are the accepted rows, with persons hashed.
"""

from __future__ import annotations

import hashlib
import shutil
import uuid
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from orchestration.feeds.errors import FeedStop, Where
from orchestration.feeds.ledger import Planned
from orchestration.feeds.reader import Delivered, read_delivery
from orchestration.feeds.rows import Sorter
from orchestration.feeds.unpack import kind_of
from orchestration.form import rules
from orchestration.form.draws import enterprises
from orchestration.form.judge import PLACE, Fault, Judged, joined, judge_relation, told
from orchestration.form.layout import Arrival, FormError, Layout
from orchestration.form.recorded import with_keys
from orchestration.lake import workbench
from orchestration.settings import Settings

KINDS = ("text", "xlsx")
"""Kinds of files, by their first bytes, that the page takes: a table as CSV or as Excel workbook."""
UNPACKED = 40
"""Times that a workbook may grow when it is unpacked; real ones stay below 20."""
NAME = "upload"


@dataclass(frozen=True)
class Preview:
    """What would become of an uploaded file.

    Attributes:
        rows: rows that would be taken, in the words of a delivery; ``_line`` is their line.
        lines: place of each row of the file -> its line, or the number of the data row where lines are not rows.
        faults: of rows that would not be taken, in the order of the file.
        doubts: of rows that would be taken.
        unparsed: lines that are no row at all, with reason.
        total: data rows of the file, those included.
        sha256: of the file.
    """

    rows: pl.DataFrame
    lines: dict[int, int]
    faults: list[Fault]
    doubts: list[Fault]
    unparsed: list[tuple[int | None, str]]
    total: int
    sha256: str

    @property
    def refused(self) -> int:
        """Rows that would not be taken."""
        return self.total - self.rows.height

    @property
    def known(self) -> int:
        """Rows of these that are recorded already, exactly so."""
        return sum(fault.reason == "unchanged" for fault in self.faults)


def preview(settings: Settings, layout: Layout, arrival: Arrival, content: bytes) -> Preview:
    """Read an uploaded file and judge each of its rows.

    Args:
        settings: reference data, identity key, records.
        layout: contract and plan.
        arrival: when; no day of a row may be later.
        content: the file.

    Raises:
        FormError: it is no table that can be read, lacks a column, has one that the contract does not know, or is
            larger than ``data/form.yml`` allows.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    with _scratch(settings) as folder, workbench(settings) as connection:
        path = folder / NAME
        path.write_bytes(content)
        try:
            delivered = _read(connection, path, layout, arrival.month, folder)
        except FeedStop as stop:
            sentence = str(stop).split(": ", 1)[-1]
            raise FormError(sentence[0].upper() + sentence[1:]) from stop
        sorter = Sorter(connection, settings, layout.contract, arrival.month, folder)
        sorter.add(0, Planned(path, sha256, NAME, NAME, 1, arrival.month), delivered)
        sorter.lay_out()
        judged = judge_relation(connection, settings, layout.contract, arrival.month, "delivered")
        lines = _lines(connection, judged)
        unparsed = connection.execute("SELECT line, reason FROM unparsed ORDER BY _position").fetchall()
    drawn = enterprises(settings, judged.rows[layout.plan.visit_number].drop_nulls().unique().to_list())
    faults = joined(
        judged.faults,
        rules.row_faults(settings, layout, judged, arrival.today),
        rules.of_drawn(layout, judged, drawn),
        rules.repeated(layout, judged),
        rules.against_recorded(layout, judged, with_keys(settings, layout, judged.rows)),
    )
    doubts = rules.doubts(settings, layout, judged, drawn).join(faults, on=PLACE, how="anti")
    return Preview(
        rows=judged.rows.join(faults, on=PLACE, how="anti").sort(PLACE),
        lines=lines,
        faults=told(settings, layout.contract, faults),
        doubts=told(settings, layout.contract, doubts),
        unparsed=unparsed,
        total=delivered.rows,
        sha256=sha256,
    )


def still_good(settings: Settings, layout: Layout, found: Preview) -> bool:
    """Whether nothing was recorded since a preview that changes what would become of its rows."""
    rows = Judged(found.rows, found.rows, rules.none())
    return not rules.against_recorded(layout, rows, with_keys(settings, layout, found.rows)).height


def _read(connection: duckdb.DuckDBPyConnection, path: Path, layout: Layout, month: str, folder: Path) -> Delivered:
    where = Where(layout.contract.feed, month, NAME)
    kind = kind_of(path, where)
    if kind not in KINDS:
        raise FormError(f"The file is neither a CSV nor an Excel workbook (.xlsx), but {kind}; save it as one of them.")
    if kind == "xlsx":
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
        if unpacked > UNPACKED * layout.plan.file_megabytes * 1_000_000:
            raise FormError("The workbook unpacks to far more than a table of results has; save the table as CSV.")
    delivered = read_delivery(connection, path, where, layout.contract, folder / "read")
    if delivered.rows > layout.plan.file_rows:
        raise FormError(
            f"The file has {delivered.rows:,} rows, and the page takes {layout.plan.file_rows:,} at most; deliver it "
            f"into landing/{layout.contract.feed}/, or in parts."
        )
    return delivered


def _lines(connection: duckdb.DuckDBPyConnection, judged: Judged) -> dict[int, int]:
    """Place of each row -> its line where each row is one line, else the number of the data row."""
    connection.register("places", judged.typed.select(PLACE, "_position").to_arrow())
    rows = connection.execute(
        f"SELECT r.{PLACE}, r._position - p.first_position + coalesce(p.first_line, 1) FROM places AS r "
        "ASOF JOIN pieces AS p ON r._position >= p.first_position"
    ).fetchall()
    return {int(place): int(line) for place, line in rows}


@contextmanager
def _scratch(settings: Settings) -> Iterator[Path]:
    """A folder for the owner only, gone afterwards."""
    settings.temporary.mkdir(parents=True, exist_ok=True)
    folder = settings.temporary / f"{NAME}-{uuid.uuid4().hex}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
