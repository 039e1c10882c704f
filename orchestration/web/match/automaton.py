"""All names of a month as one automaton (Aho-Corasick) and who bears each, kept beside the names.

Belongs here: building, keeping and opening them. Does not belong here: what a found name means (``evidence``).

Made once a month from the tables ``names`` and ``enterprises``; what is kept is small enough for several processes to
open side by side, which the tables of a whole province are not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl
from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from orchestration.resolution.names import NamesError
from orchestration.resolution.store import Partition
from orchestration.settings import Settings

Say = Callable[[str], None]
AUTOMATON, BEARERS, CARD = "automaton.bin", "bearers.parquet", "automaton.json"
TABLES = ("names.parquet", "enterprises.parquet")
CHUNK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """What was kept of a month.

    Attributes:
        automaton: of all spellings; the leftmost match wins, and of those the longest.
        first: for each spelling the first of its rows in ``bearers``; one longer than there are spellings.
        hiding: for each spelling whether it is only ever a place and a brand.
        bearers: ``bearer``, row of the table ``enterprises``, and ``style`` of the name, in order of spellings.
    """

    automaton: CharwiseDoubleArrayAhoCorasick
    first: np.ndarray
    hiding: np.ndarray
    bearers: pl.DataFrame


def build(spellings: pl.Series) -> bytes:
    """The serialized automaton of these spellings; the number of one is its place."""
    return CharwiseDoubleArrayAhoCorasick(spellings.to_list(), MATCH_KIND_LEFTMOST_LONGEST).serialize()


def bearers_of(names: pl.DataFrame, enterprises: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """Distinct spellings, sorted, and ``pattern`` (place of the spelling), ``bearer`` and ``style`` in their order."""
    spellings = names["name_key"].unique().sort()
    number = pl.DataFrame({"name_key": spellings, "pattern": np.arange(spellings.len(), dtype=np.uint32)})
    place = enterprises.select("enterprise_id", bearer=pl.int_range(pl.len(), dtype=pl.UInt32))
    rows = (
        names.select("enterprise_id", "name_key", pl.col("style").cast(pl.Categorical))
        .join(number, on="name_key", how="inner")
        .drop("name_key")
        .join(place, on="enterprise_id", how="inner")
        .select("pattern", "bearer", "style")
        .sort("pattern", "bearer")
    )
    return spellings, rows


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _card(folder: Path) -> dict[str, str]:
    """What the kept files must belong to."""
    made_by = {"library": f"daachorse {version('daachorse')}"}
    return made_by | {name: _hash(folder / name) for name in (*TABLES, AUTOMATON, BEARERS)}


def keep(folder: Path) -> int:
    """Build automaton and bearers of the tables in a folder and keep them there; returns the number of spellings."""
    names = pl.read_parquet(folder / TABLES[0], columns=["enterprise_id", "name_key", "style"])
    enterprises = pl.read_parquet(folder / TABLES[1], columns=["enterprise_id"])
    spellings, rows = bearers_of(names, enterprises)
    del names, enterprises
    rows.write_parquet(folder / BEARERS)
    del rows
    scratch = folder / f".{AUTOMATON}"
    scratch.write_bytes(build(spellings))
    scratch.rename(folder / AUTOMATON)
    card = {**_card(folder), "spellings": spellings.len()}
    (folder / CARD).write_text(json.dumps(card, indent=1, sort_keys=True), encoding="utf-8")
    return spellings.len()


def open_kept(folder: Path) -> Kept | None:
    """What is kept in a folder; None where nothing is, a file is damaged, or the names have changed since.

    The bytes are checked by their hash first: the library takes what it is given.
    """
    path = folder / CARD
    if not all((folder / name).is_file() for name in (CARD, AUTOMATON, BEARERS)):
        return None
    card = json.loads(path.read_text(encoding="utf-8"))
    count = card.pop("spellings", None)
    if card != _card(folder):
        return None
    rows = pl.read_parquet(folder / BEARERS)
    number = rows["pattern"].to_numpy()
    borne = np.bincount(number, minlength=count)
    placed = np.bincount(number[(rows["style"].cast(pl.String) == "place_brand").to_numpy()], minlength=count)
    return Kept(
        automaton=CharwiseDoubleArrayAhoCorasick.deserialize((folder / AUTOMATON).read_bytes()),
        first=np.concatenate([[0], np.cumsum(borne)]).astype(np.int64),
        hiding=placed == borne,
        bearers=rows.select("bearer", "style"),
    )


def of_month(settings: Settings, month: str, say: Say) -> Kept:
    """What is kept of a month's names, made where it is not there yet.

    Raises:
        NamesError: the names of the month have not been made, or what was kept cannot be read back.
    """
    names = Partition(settings, "names", month)
    if not names.exists():
        raise NamesError(
            f"The names of {month} are not there ({names.folder}); run the step names of that month first."
        )
    found = open_kept(names.folder)
    if found is None:
        say(f"built the automaton of {keep(names.folder):,} spellings")
        found = open_kept(names.folder)
    if found is None:
        raise NamesError(
            f"The automaton in {names.folder} cannot be read back; check the disk and run the month again."
        )
    return found
