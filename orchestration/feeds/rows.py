"""From delivered tables to accepted, quarantined and superseded rows: the three Parquet files of a partition.

Belongs here: numbering rows, sorting them into the three, duplicate keys, stopping at unknown codes.
Does not belong here: cleaning one value (``clean``), what is kept of a bad row (``quarantine``), files (``ingest``).

A row's position is its delivery's place in the month (shifted left) plus its number in the delivery; a later position
wins over an earlier one with the same contract key, and a correction (``corrects`` of the contract) over a row that is
none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.feeds.characters import wrong_check_characters
from orchestration.feeds.clean import Cleaner
from orchestration.feeds.columns import CHECK, RULES, UNKNOWN
from orchestration.feeds.contract import Column, Contract
from orchestration.feeds.errors import Where, shown
from orchestration.feeds.keys import repeated_hashes
from orchestration.feeds.ledger import Planned
from orchestration.feeds.quarantine import QUARANTINE_SCHEMA, SHIFT, cure, quarantine_query, row_no
from orchestration.feeds.reader import Delivered
from orchestration.feeds.shape import PARQUET as SCRATCH
from orchestration.feeds.shape import Table
from orchestration.lake import quote
from orchestration.settings import Settings

PARQUET = "(FORMAT parquet, COMPRESSION zstd)"
"""The order of the rows is kept: they are sorted by enterprise, and readers count on it."""


@dataclass
class Counts:
    """What became of the rows, and which rules mended values."""

    accepted: int = 0
    quarantined: int = 0
    superseded: int = 0
    cleaned: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Piece:
    """One table of one delivery, with the row numbers before it."""

    delivery: int
    offset: int
    table: Table


class Sorter:
    """Sorts the rows of one feed and month; use once: ``add`` each delivery, then ``sort``.

    Args:
        connection: scratch connection.
        settings: reference data and identity key.
        contract: of the feed.
        month: received month.
        folder: where the three files go; scratch files go into ``work`` below it.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, month: str, folder: Path
    ) -> None:
        self.connection = connection
        self.contract = contract
        self.month = month
        self.folder = folder
        self.cleaner = Cleaner(settings, contract, month)
        self.cleaned = folder / "work" / "cleaned.parquet"
        self.pieces: list[_Piece] = []
        self.files: list[Planned] = []
        self.issues: dict[str, tuple[int, int]] = {}  # of rows that are not superseded: how many, first position
        self.twice = False  # whether a key comes again, or two keys have one hash
        connection.execute(
            "CREATE TEMP TABLE deliveries (place BIGINT, delivery_id VARCHAR, file VARCHAR, replaced_by VARCHAR)"
        )

    def add(self, number: int, file: Planned, delivered: Delivered) -> None:
        """Add a delivery; ``number`` is its place in the month."""
        self.connection.execute(
            "INSERT INTO deliveries VALUES (?, ?, ?, ?)", [number, file.delivery_id, file.file, file.replaced_by]
        )
        self.files.append(file)
        offset = 0
        for table in delivered.tables:
            self.pieces.append(_Piece(number, offset, table))
            offset += table.rows + table.rejected

    def nothing(self) -> Counts:
        """Write the three files without rows."""
        schema = self.contract.schema_sql
        self._empty("accepted", schema)
        self._empty("superseded", schema | {"superseded_by": "VARCHAR"})
        self._empty("quarantined", QUARANTINE_SCHEMA)
        return Counts()

    def _empty(self, name: str, schema: dict[str, str]) -> None:
        columns = ", ".join(f'CAST(NULL AS {kind}) AS "{column}"' for column, kind in schema.items())
        self._copy(f"SELECT {columns} WHERE false", self.folder / f"{name}.parquet")

    def sort(self) -> Counts:
        """Clean all rows and write the three files.

        Raises:
            FeedStop: a row holds an unknown code.
        """
        counts = Counts()
        if not any(piece.table.rows + piece.table.rejected for piece in self.pieces):
            return self.nothing()
        connection = self.connection
        self.lay_out()
        self.cleaner.prepare(connection, "delivered")
        # cleaned rows carry their position, so their order does not matter here
        options = SCRATCH.replace(")", ", PRESERVE_ORDER false)")
        connection.execute(f"COPY ({self.cleaner.query('delivered')}) TO {quote(self.cleaned)} {options}")
        connection.execute(
            f"CREATE TEMP VIEW cleaned AS SELECT c.*, d.delivery_id, d.replaced_by "
            f"FROM read_parquet({quote(self.cleaned)}) AS c JOIN deliveries AS d ON d.place = c._position >> {SHIFT}"
        )
        sums = "".join(f", sum(_n_{rule})" for rule in self.cleaner.rules)
        found = connection.execute(
            f"SELECT _issue, replaced_by IS NULL, count(*), min(_position){sums} FROM cleaned GROUP BY ALL"
        ).fetchall()
        self.issues = {row[0]: (row[2], row[3]) for row in found if row[0] is not None and row[1]}
        self._stop_at_unknown_codes()
        self._count_rules(counts, [row[4:] for row in found])
        self._find_superseded()
        self._write()
        counts.accepted = self._rows("accepted")
        counts.superseded = self._rows("superseded")
        counts.quarantined = self._rows("quarantined")
        counts.reasons = dict(
            connection.execute(
                "SELECT reason, count(*) FROM read_parquet(?) GROUP BY reason ORDER BY reason",
                [str(self.folder / "quarantined.parquet")],
            ).fetchall()
        )
        return counts

    def lay_out(self) -> None:
        """Make what the rows are read from: the views ``delivered`` and ``unparsed``, the table ``pieces``."""
        self.connection.execute(f"CREATE TEMP VIEW delivered AS {self._delivered()}")
        self.connection.execute(f"CREATE TEMP TABLE pieces AS {self._places()}")
        self.connection.execute(f"CREATE TEMP VIEW unparsed AS {self._unparsed()}")

    def _delivered(self) -> str:
        """All rows that parse, as text columns ``r_<column>`` with their position."""
        return " UNION ALL ".join(self._piece(piece) for piece in self.pieces)

    def _piece(self, piece: _Piece) -> str:
        table, base = piece.table, (piece.delivery << SHIFT) + piece.offset + 1
        texts = ", ".join(f"{self._text(column, table)} AS r_{column.name}" for column in self.contract.columns)
        rows = f"SELECT file_row_number AS place, * FROM read_parquet({quote(table.path)}, file_row_number = true)"
        if table.rejects is None:
            return f"SELECT {base} + place AS _position, {texts} FROM ({rows})"
        # good rows behind n bad ones move n places on
        shifts = f"SELECT before, max(n) AS n FROM read_parquet({quote(table.rejects)}) GROUP BY before"
        return (
            f"SELECT {base} + rows.place + coalesce(shifts.n, 0) AS _position, {texts} "
            f"FROM ({rows}) AS rows ASOF LEFT JOIN ({shifts}) AS shifts ON rows.place >= shifts.before"
        )

    def _places(self) -> str:
        """First position of each table, the line of its first row where rows are lines, and the member it lies in."""
        return " UNION ALL ".join(
            f"SELECT {(piece.delivery << SHIFT) + piece.offset + 1}::BIGINT AS first_position, "
            f"{'NULL' if piece.table.first_line is None else piece.table.first_line}::BIGINT AS first_line, "
            f"{quote(f' of {piece.table.where.member}' if piece.table.where.member else '')} AS inside"
            for piece in self.pieces
        )

    @staticmethod
    def _text(column: Column, table: Table) -> str:
        if column.name in table.columns:
            return f"h{table.columns[column.name]}"
        return "CAST(NULL AS VARCHAR)" if column.constant is None else quote(column.constant)

    def _unparsed(self) -> str:
        """All rows that do not parse, with their position."""
        parts = [
            f"SELECT {(piece.delivery << SHIFT) + piece.offset} + before + n AS _position, reason, line, text "
            f"FROM read_parquet({quote(piece.table.rejects)})"
            for piece in self.pieces
            if piece.table.rejects is not None
        ]
        nothing = "SELECT 0::BIGINT AS _position, '' AS reason, 0::BIGINT AS line, '' AS text WHERE false"
        return " UNION ALL ".join(parts or [nothing])

    def _stop_at_unknown_codes(self) -> None:
        """Raise for the first unknown code, naming how many there are."""
        unknown = {issue: found for issue, found in self.issues.items() if issue.startswith(f"{UNKNOWN}:")}
        if not unknown:
            return
        issue, (_, position) = min(unknown.items(), key=lambda item: item[1][1])
        rows = sum(count for count, _ in unknown.values())
        column = self.contract.column(issue.split(":", 1)[1])
        texts = self.connection.execute(
            f"SELECT r_{column.name}, min(d._position) FROM delivered AS d "
            "JOIN cleaned AS c ON c._position = d._position "
            "WHERE c._issue = ? AND c.replaced_by IS NULL GROUP BY 1 ORDER BY 2",
            [issue],
        ).fetchall()
        piece = max(
            (p for p in self.pieces if (p.delivery << SHIFT) + p.offset < position),
            key=lambda p: (p.delivery, p.offset),
        )
        row = position - (piece.delivery << SHIFT) - piece.offset
        line = row - 1 + piece.table.first_line if piece.table.first_line is not None else None
        lookup = self.cleaner.lookups[column.name]
        more = f" ({rows:,} rows, {len(texts):,} different texts)" if rows > 1 else ""
        raise Where(self.contract.feed, self.month, self.files[piece.delivery].file, piece.table.where.member).stop(
            f"column {column.name} ({column.zh}) holds the unknown code {shown(texts[0][0])}{more}",
            cure(column, lookup.source, self.contract.feed),
            line=line,
            row=row,
        )

    def _count_rules(self, counts: Counts, sums: list[tuple[int, ...]]) -> None:
        found = {rule: sum(row[place] for row in sums) for place, rule in enumerate(self.cleaner.rules)}
        if codes := self.cleaner.codes:
            found[CHECK] = wrong_check_characters(self.cleaned, codes)
        counts.cleaned = {rule: int(found[rule]) for rule in RULES if found.get(rule)}
        if bad := counts.cleaned.get(CHECK):
            counts.warnings.append(
                f"{self.contract.feed} {self.month}: {bad:,} unified codes fail their check character (GB 32100); "
                "they were accepted, because some early codes are legal nevertheless."
            )

    def _find_superseded(self) -> None:
        """Positions of good rows that another one with the same key replaces."""
        import pyarrow as pa

        parts = self.contract.key_sql
        keyed = ", ".join(f"{part} AS _key_{number}" for number, part in enumerate(parts))
        key = ", ".join(f"_key_{number}" for number in range(len(parts)))
        same = " AND ".join(f"g._key_{number} IS NOT DISTINCT FROM k._key_{number}" for number in range(len(parts)))
        rows = "FROM cleaned WHERE _issue IS NULL AND replaced_by IS NULL"
        repeats = repeated_hashes(self.connection, f"SELECT hash({', '.join(parts)}) AS h {rows}")
        self.twice = len(repeats) > 0
        if not self.twice:
            self.connection.execute("CREATE TEMP TABLE losers (_position BIGINT, superseded_by VARCHAR)")
            return
        self.connection.register("repeats", pa.table({"h": repeats}))
        corrected = f", {self.contract.corrects}" if self.contract.corrects else ""
        good = f"SELECT _position, {keyed}{corrected} {rows} AND hash({', '.join(parts)}) IN (SELECT h FROM repeats)"
        # a correction counts over a first result whatever their files are called; of two corrections the later one
        corrects = self.contract.corrects
        last = f"arg_max(_position, ({corrects} IS NOT NULL, _position))" if corrects else "max(_position)"
        self.connection.execute(
            f"CREATE TEMP TABLE twice AS SELECT {key}, {last} AS winner FROM ({good}) "
            f"GROUP BY {key} HAVING count(*) > 1"
        )
        self.connection.execute(
            f"CREATE TEMP TABLE losers AS SELECT g._position, "
            f"concat(d.delivery_id, ':', {row_no('k.winner')}) AS superseded_by "
            f"FROM ({good}) AS g JOIN twice AS k ON {same} JOIN deliveries AS d ON d.place = k.winner >> {SHIFT} "
            "WHERE g._position <> k.winner"
        )

    def _write(self) -> None:
        names = ", ".join(f'c."{column.name}"' for column in self.contract.columns)
        number = row_no("c._position")
        ledger = f"{quote(self.month)} AS received_month, c.delivery_id, {number} AS row_no"
        first = 'c."enterprise_id" NULLS LAST, ' if self.contract.has_enterprise else ""
        self._copy(
            f"SELECT {names}, {ledger} FROM cleaned AS c ANTI JOIN losers AS l ON l._position = c._position "
            f"WHERE c._issue IS NULL AND c.replaced_by IS NULL ORDER BY {first}c._position",
            self.folder / "accepted.parquet",
        )
        if self.twice or any(file.replaced_by for file in self.files):
            self._write_superseded(names, number, ledger)
        else:
            self._empty("superseded", self.contract.schema_sql | {"superseded_by": "VARCHAR"})
        if self.issues or any(piece.table.rejects for piece in self.pieces):
            quarantine = quarantine_query(self.connection, self.contract, self.month, sorted(self.issues))
            self._copy(quarantine, self.folder / "quarantined.parquet")
        else:
            self._empty("quarantined", QUARANTINE_SCHEMA)

    def _write_superseded(self, names: str, number: str, ledger: str) -> None:
        nulls = ", ".join(f'CAST(NULL AS {column.sql_type}) AS "{column.name}"' for column in self.contract.columns)
        self._copy(
            f"SELECT {names}, {ledger}, l.superseded_by, c._position AS _at FROM cleaned AS c "
            "JOIN losers AS l ON l._position = c._position "
            f"UNION ALL SELECT {names}, {ledger}, concat(c.replaced_by, ':0'), c._position FROM cleaned AS c "
            "WHERE c.replaced_by IS NOT NULL "
            f"UNION ALL SELECT {nulls}, {quote(self.month)}, d.delivery_id, {number}, concat(d.replaced_by, ':0'), "
            f"c._position FROM unparsed AS c JOIN deliveries AS d ON d.place = c._position >> {SHIFT} "
            "WHERE d.replaced_by IS NOT NULL",
            self.folder / "superseded.parquet",
            wrap="SELECT * EXCLUDE (_at) FROM ({query}) ORDER BY _at",
        )

    def _rows(self, name: str) -> int:
        path = self.folder / f"{name}.parquet"
        row = self.connection.execute("SELECT count(*) FROM read_parquet(?)", [str(path)]).fetchone()
        return int(row[0]) if row else 0

    def _copy(self, query: str, path: Path, wrap: str = "{query}") -> None:
        self.connection.execute(f"COPY ({wrap.replace('{query}', query)}) TO {quote(path)} {PARQUET}")
