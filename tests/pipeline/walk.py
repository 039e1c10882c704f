"""A small province that has walked the whole road, and what its tests look at: hashes, files, identifiers.

Nothing here uses the platform's own reader or ledger: rows are counted and texts are searched independently of it.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl
import pyarrow.parquet as pq

from orchestration.feeds.contract import delivered_feeds
from orchestration.feeds.ingest import FeedMonth, publish_feed, read_manifest, stage_feed
from orchestration.lake import connect, scratch
from orchestration.quality.bridge import validate
from orchestration.risk.decide import decide
from orchestration.settings import Settings, month_range, region_codes
from orchestration.simulation import simulate
from orchestration.specialised import decide_combined, decide_specialised
from orchestration.warehouse.dbt import PUBLISHED, build_month

ENTERPRISES = 600
RECEIVED = month_range("2026-04", "2026-09")
"""The initial load and five deliveries: the first calendar in which every planted defect has its place."""
BEFORE, MONTH, AFTER = "2026-05", "2026-06", "2026-07"
"""The months that are computed; MONTH is the one that is computed again when more is known."""
COMPUTED = [BEFORE, MONTH, AFTER]
CORRECTED = "c09_complaints"
"""Feed whose initial load is corrected in AFTER: all its rows but one are taken back."""
CORRECTION = f"{CORRECTED}_{RECEIVED[0]}.r2.csv"
ABSENT = "c04_abnormal_list"
"""Feed that is not delivered in the other province."""
PARTS = ("accepted", "quarantined", "superseded")
PERSON = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])"
)
"""公民身份号码, with a day of birth in its place; unified codes are sorted out by ``person_ids``."""

Hashes = dict[tuple[str, str], str]
"""(table, month) -> hash of all rows, whatever their order."""
ROWS_HASH = "count(*) || ':' || md5(coalesce(string_agg(h, '' ORDER BY h), ''))"


@dataclass(frozen=True)
class Walked:
    """The province when all is done, and hashes of what was computed when later months were not yet received."""

    settings: Settings
    then: Hashes
    now: Hashes
    raw: Hashes


def asked(settings: Settings, query: str, **values: object) -> list[tuple]:
    """Rows of a query on the lake."""
    with connect(settings, read_only=True) as connection:
        return connection.execute(query, values).fetchall()


def deliver(settings: Settings) -> None:
    """Write the province's deliveries, and a correction that takes complaints back."""
    simulate(settings, ENTERPRISES, 7, BEFORE, len(RECEIVED) - 1)
    folder = settings.landing / CORRECTED
    (first,) = (folder / RECEIVED[0]).iterdir()
    ((_, table),) = tables(first)
    table.head(1).write_csv(folder / AFTER / CORRECTION)


def ingest(settings: Settings, months: Iterable[str], feeds: Iterable[str] = (), *, check: bool = True) -> None:
    """Stage, check and publish; a failed suite stops the test with its sentences."""
    for month in months:
        for feed in feeds or delivered_feeds(settings):
            staged = stage_feed(settings, feed, month)
            if check:
                report = validate(settings, staged)
                assert report.passed, [one.sentence for one in report.results if not one.passed]
            publish_feed(settings, staged)


def compute(settings: Settings, *months: str) -> None:
    """Indicators, scores and classes of some months, those of the key fields included."""
    for month in months:
        build_month(settings, month)
    for deciding in (decide, decide_specialised, decide_combined):
        deciding(settings, list(months), region_codes(settings))


def publish_views(settings: Settings) -> None:
    """The views over the decided classes."""
    build_month(settings, AFTER, select=PUBLISHED)


def copy_with_other_deliveries(settings: Settings, home: Path) -> Settings:
    """The same province in another place, where one feed never came and complaints were not corrected."""
    other = Settings(home=home)
    shutil.copytree(settings.landing, other.landing)
    shutil.copytree(settings.home / "lake" / "raw", other.raw)
    shutil.copytree(settings.home / "secrets", home / "secrets")
    shutil.rmtree(other.landing / ABSENT)
    shutil.rmtree(other.raw / ABSENT)
    (other.landing / CORRECTED / AFTER / CORRECTION).unlink()
    for month in RECEIVED[RECEIVED.index(AFTER) :]:
        shutil.rmtree(other.raw / CORRECTED / f"month={month}")
    for feed in (ABSENT, CORRECTED):
        ingest(other, [AFTER], [feed], check=False)
    return other


# -- hashes ---------------------------------------------------------------------------------------------------------


def lake_tables(settings: Settings) -> list[str]:
    """Every table of the lake and every view over the classes that has months."""
    with connect(settings, read_only=True) as connection:
        found = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.columns "
            "WHERE table_catalog = 'lake' AND column_name = 'month' ORDER BY 1"
        ).fetchall()
    return [name for (name,) in found]


def base_tables(settings: Settings) -> set[str]:
    """Tables of the lake that hold rows, views left out."""
    with connect(settings, read_only=True) as connection:
        found = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_catalog = 'lake' AND table_type = 'BASE TABLE'"
        ).fetchall()
    return {name for (name,) in found}


def lake_hashes(settings: Settings, *, by: str = "month") -> Hashes:
    """Hashes of what was computed, by table and month (or month and region)."""
    hashes: Hashes = {}
    names = lake_tables(settings) if by == "month" else ["main.risk_class"]
    with connect(settings, read_only=True) as connection:
        for name in names:
            rows = connection.execute(
                f"SELECT part, {ROWS_HASH} FROM (SELECT {by} AS part, md5(CAST(to_json(t) AS VARCHAR)) AS h "
                f"FROM lake.{name} AS t) GROUP BY part"
            ).fetchall()
            hashes |= {(name, part): found for part, found in rows}
    return hashes


def value_hashes(settings: Settings, month: str) -> dict[str, str]:
    """Hashes of the indicator values of a month, by level 2 (``h0403``)."""
    with connect(settings, read_only=True) as connection:
        described = connection.execute("DESCRIBE lake.scores.enterprise_score").fetchall()
        codes = [name.removeprefix("v_") for name, *_ in described if name.startswith("v_")]
        hashes = {}
        for level in sorted({code[:5] for code in codes}):
            values = ", ".join(f"v_{code}" for code in codes if code.startswith(level))
            ((found,),) = connection.execute(
                f"SELECT {ROWS_HASH} FROM (SELECT md5(CAST(row(enterprise_id, {values}) AS VARCHAR)) AS h "
                "FROM lake.scores.enterprise_score WHERE month = ?)",
                [month],
            ).fetchall()
            hashes[level] = str(found)
    return hashes


def raw_hashes(settings: Settings) -> Hashes:
    """Hashes of every feed's raw partitions: accepted, quarantined and superseded rows."""
    hashes: Hashes = {}
    with scratch(settings) as connection:
        for folder in sorted(settings.raw.glob("*/month=2*")):
            for part in PARTS:
                ((found,),) = connection.execute(
                    f"SELECT {ROWS_HASH} FROM (SELECT md5(CAST(to_json(t) AS VARCHAR)) AS h "
                    "FROM read_parquet(?, hive_partitioning = false) AS t)",
                    [str(folder / f"{part}.parquet")],
                ).fetchall()
                hashes[f"{folder.parent.name}/{part}", folder.name[6:]] = str(found)
    return hashes


def of_month(hashes: Hashes, month: str) -> Hashes:
    """The hashes of one month."""
    return {key: value for key, value in hashes.items() if key[1] == month}


# -- deliveries -----------------------------------------------------------------------------------------------------


def manifests(settings: Settings) -> dict[tuple[str, str], FeedMonth]:
    """(feed, month) -> published manifest."""
    found = [read_manifest(folder) for folder in sorted(settings.raw.glob("*/month=2*"))]
    return {(one.feed, one.month): one for one in found}


def landed(settings: Settings, feed: str) -> dict[Path, str]:
    """Landing files of a feed with their sha256."""
    files = sorted(path for path in (settings.landing / feed).rglob("*") if path.is_file())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def records(content: bytes) -> list[list[str]]:
    """Records of a delimited text, header first."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    delimiter = max(",;|\t", key=text.partition("\n")[0].count)
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def tables(path: Path, content: bytes | None = None) -> Iterator[tuple[int, pl.DataFrame]]:
    """What stands in a delivered file: number of data rows, and the rows as text where all have the same length."""
    content = path.read_bytes() if content is None else content
    if content[:2] == b"\x1f\x8b":
        yield from tables(path.with_suffix(""), gzip.decompress(content))
    elif content[:4] == b"PAR1":
        yield pq.read_metadata(io.BytesIO(content)).num_rows, pl.read_parquet(content).cast(pl.String)
    elif content[:2] == b"PK" and "xl/workbook.xml" not in zipfile.ZipFile(io.BytesIO(content)).namelist():
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield from tables(Path(name), archive.read(name))
    elif content[:2] == b"PK" or content[:4] == b"\xd0\xcf\x11\xe0":
        sheet = fastexcel.read_excel(content).load_sheet(0, dtypes="string")
        yield sheet.height, sheet.to_polars()
    elif path.suffix == ".jsonl":
        lines = [line for line in content.splitlines() if line.strip()]
        yield len(lines), pl.read_ndjson(content, infer_schema_length=None).cast(pl.String) if lines else pl.DataFrame()
    else:
        header, *rows = records(content)
        whole = [row for row in rows if len(row) == len(header)]
        yield len(rows), pl.DataFrame(whole, schema=dict.fromkeys(header, pl.String), orient="row")


def rows_in(path: Path) -> int:
    """Data rows of a delivered file, counted without the platform's reader."""
    return sum(rows for rows, _ in tables(path))


# -- persons --------------------------------------------------------------------------------------------------------


def person_ids(settings: Settings) -> set[str]:
    """Identity numbers of natural persons, as they stand in what was delivered."""
    found: set[str] = set()
    for path in settings.landing.rglob("*"):
        if path.is_file():
            for _, table in tables(path):
                found.update(PERSON.findall(table.write_csv()))
    firms = pl.read_parquet(settings.home / "simulation" / "planted.parquet")["enterprise_id"]
    return found - set(firms)


def published_texts(settings: Settings) -> Iterator[tuple[Path, str]]:
    """Everything the platform wrote, as text, but for the kept originals and the extensions of the database."""
    left_out = [settings.landing, settings.originals, settings.extensions, settings.home / "simulation"]
    for path in sorted(settings.home.rglob("*")):
        if path.is_file() and not any(path.is_relative_to(folder) for folder in left_out):
            if path.suffix == ".parquet":
                yield path, pl.read_parquet(path, hive_partitioning=False).cast(pl.String).write_csv()
            else:
                yield path, path.read_bytes().decode("latin-1")
