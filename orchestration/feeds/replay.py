"""Replay: an archive that was delivered at once, split into the months in which its rows became known.

Belongs here: writing ``landing/<feed>/<YYYY-MM>/`` files from archives, as contracts with a ``replay`` section say.
Does not belong here: reading or cleaning the rows; what is written is taken in like any delivery.

Rows known before the jurisdiction's first month land in the first month; rows without a readable day land in the last
one, so that nothing is known too early, and are judged there like any row. A month in which nothing became known gets a
file without rows: the archive is complete, so silence is knowledge. Use:

    python -m orchestration.feeds.replay <folder with archives> [--until YYYY-MM]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.feeds import expressions as sql
from orchestration.feeds.contract import Contract, Replay, delivered_feeds, load_contract
from orchestration.feeds.errors import FeedStop, Where
from orchestration.feeds.headers import Headers, normal
from orchestration.feeds.text import find_delimiter, first_line, normalise, split_line
from orchestration.feeds.unpack import plain_files
from orchestration.lake import quote, scratch
from orchestration.settings import Settings, month_check, month_range


@dataclass(frozen=True)
class Replayed:
    """What was written for one feed."""

    feed: str
    months: int
    rows: int


def replay(settings: Settings, folder: Path, until: str | None = None) -> list[Replayed]:
    """Split the archives in ``folder`` for every feed of the jurisdiction that is replayed.

    Args:
        settings: where the landing folder is; the jurisdiction's first month.
        folder: holds the archive files that the contracts name.
        until: last month to write; default the last month in which any row of any archive became known.

    Raises:
        FeedStop: an archive is missing or unreadable, or has no column that the contract names.
    """
    first = month_check(str(settings.profile["first_month"]))
    contracts = [load_contract(settings, feed) for feed in delivered_feeds(settings)]
    replayed = [contract for contract in contracts if contract.replay is not None]
    results: list[Replayed] = []
    settings.temporary.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.temporary) as work, scratch(settings) as connection:
        last = first
        for contract in replayed:
            newest = _load(connection, contract, folder, Path(work), first)
            last = max(last, newest or first)
        months = month_range(first, min(last, month_check(until)) if until else last)
        for contract in replayed:
            results.append(_write(connection, settings, contract, months))
    return results


def _load(
    connection: duckdb.DuckDBPyConnection, contract: Contract, folder: Path, work: Path, first: str
) -> str | None:
    """Load the archive's rows into a table ``archive_<feed>``; the newest month in it."""
    section = contract.replay
    if section is None:
        return None
    where = Where(contract.feed, "replay", section.file)
    path = folder / section.file
    if not path.is_file():
        raise where.stop(f"the archive is not in {folder}", "name the folder that holds it")
    scratch_folder = work / contract.feed
    scratch_folder.mkdir()
    plain = next(iter(plain_files(path, where, scratch_folder)))
    if plain.kind == "parquet":
        names = [
            row[0] for row in connection.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(plain.path)]).fetchall()
        ]
        source = f"SELECT * FROM read_parquet({quote(plain.path)}) AS archive({_columns(names)})"
    elif plain.kind == "text":
        text = normalise(plain.path, where, scratch_folder, contract.encoding)
        line = first_line(text.path)
        delimiter = find_delimiter(line, Headers(contract), contract.delimiter)
        names = split_line(line, delimiter)
        columns = ", ".join(f"h{position}: 'VARCHAR'" for position in range(len(names)))
        source = (
            f"SELECT * FROM read_csv({quote(text.path)}, columns = {{{columns}}}, header = true, auto_detect = false, "
            f"delim = {quote(delimiter)}, quote = '\"', escape = '\"')"
        )
    else:
        raise where.stop(f"an archive cannot be a {plain.kind} file", "save it as CSV or Parquet")
    at = {normal(name): position for position, name in enumerate(names)}
    wanted = [section.known_on, *section.where]
    for header in wanted:
        if normal(header) not in at:
            raise where.stop(f"it has no column {header!r}", "mend 'replay' in the contract", line=1)
    picked, parameters = _filter(section, at)
    day = sql.date(f"({sql.half(f'({sql.tidy(_at(at, section.known_on))})')})")
    headers = ", ".join(f"h{position} AS {_identifier(name)}" for position, name in enumerate(names))
    try:
        connection.execute(
            f"CREATE TEMP TABLE archive_{contract.feed} AS SELECT "
            f"CASE WHEN {day} IS NOT NULL THEN greatest(strftime({day}, '%Y-%m'), {quote(first)}) END AS _month, "
            f"{headers} FROM ({source}) WHERE {picked}",
            parameters,
        )
    except duckdb.Error as error:
        raise where.stop(f"it cannot be read ({str(error).splitlines()[0]})", "mend the archive") from error
    found = connection.execute(f"SELECT max(_month) FROM archive_{contract.feed}").fetchone()
    return found[0] if found else None


def _columns(names: list[str]) -> str:
    return ", ".join(f"h{position}" for position in range(len(names)))


def _at(at: dict[str, int], header: str) -> str:
    return f"CAST(h{at[normal(header)]} AS VARCHAR)"


def _filter(section: Replay, at: dict[str, int]) -> tuple[str, list[str]]:
    conditions, parameters = ["true"], []
    for header, values in section.where.items():
        conditions.append(f"trim({_at(at, header)}) IN ({', '.join('?' * len(values))})")
        parameters += list(values)
    return " AND ".join(conditions), parameters


def _identifier(header: str) -> str:
    return '"' + header.replace('"', '""') + '"'


def _write(
    connection: duckdb.DuckDBPyConnection, settings: Settings, contract: Contract, months: list[str]
) -> Replayed:
    rows = 0
    for month in months:
        folder = settings.landing / contract.feed / month
        folder.mkdir(parents=True, exist_ok=True)
        target, draft = folder / f"{contract.feed}.parquet", folder / f".{contract.feed}.parquet.tmp"
        undated = " OR _month IS NULL" if month == months[-1] else ""
        connection.execute(
            f"COPY (SELECT * EXCLUDE (_month) FROM archive_{contract.feed} WHERE _month = {quote(month)}{undated} "
            f"ORDER BY rowid) TO {quote(draft)} (FORMAT parquet, COMPRESSION zstd)"
        )
        draft.rename(target)
        count = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(target)]).fetchone()
        rows += int(count[0]) if count else 0
    return Replayed(contract.feed, len(months), rows)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.feeds.replay", description=__doc__.split("\n", 1)[0])
    parser.add_argument("folder", type=Path, help="folder with the archive files that the contracts name")
    parser.add_argument("--until", metavar="YYYY-MM", help="last month to write")
    given = parser.parse_args(arguments)
    try:
        for result in replay(Settings.from_env(), given.folder, given.until):
            print(f"{result.feed}: {result.rows:,} rows in {result.months} months")
    except (FeedStop, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
