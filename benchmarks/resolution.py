"""How well and how fast rows without a code find their enterprise, and how Splink does on the same rows.

    python benchmarks/resolution.py /some/empty/folder [enterprises]

Simulates a province (default 200,000 enterprises) and one month, takes in the register and the feeds that resolve, and
measures `orchestration.resolution` against the planted truth: seconds, precision, recall, by kind of name. Then the
same rows and the same register, with the same prepared columns, go through Splink, an unsupervised Fellegi-Sunter
linker, where a Python has it; Splink is no dependency of the platform. `SPLINK_PYTHON` names one that has it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import polars as pl

from orchestration.evaluation.links import by_kind, measure, outcomes
from orchestration.feeds.ingest import publish_feed, stage_feed
from orchestration.lake import prepare
from orchestration.resolution.evidence import read_mentions
from orchestration.resolution.names import build_names, read_names
from orchestration.resolution.records import resolve_records
from orchestration.resolution.spelling import parts
from orchestration.resolution.unresolved import resolved_feeds, unresolved
from orchestration.settings import Settings
from orchestration.simulation import simulate

REGISTER = ("c01_base", "c01_changes", "c01_persons", "c01_deregistrations", "c01_revocations")
MONTH = "2026-04"
"""Month of the initial load, which has the most rows."""


def walk(settings: Settings, enterprises: int) -> dict[str, float]:
    """Simulate, take in and resolve; seconds of each part."""
    seconds, began = {}, time.monotonic()

    def lap(name: str) -> None:
        nonlocal began
        seconds[name] = round(time.monotonic() - began, 1)
        began = time.monotonic()

    simulate(settings, enterprises, 7, "2026-05", 1)
    prepare(settings)
    lap("simulate")
    for feed in (*REGISTER, *(contract.feed for contract in resolved_feeds(settings))):
        publish_feed(settings, stage_feed(settings, feed, MONTH))
    lap("take in")
    build_names(settings, MONTH)
    lap("names")
    resolve_records(settings, MONTH)
    lap("resolve")
    return seconds


def tables(settings: Settings, folder: Path) -> tuple[Path, Path]:
    """What Splink is given: mentions and names of the register, with the parts that our own matching uses."""
    rows, _ = unresolved(settings, MONTH)
    rows = rows.unique("mention_id", keep="first", maintain_order=True)
    mentions = read_mentions(rows.select("mention_id", "name", "address", "person_id", "district"), settings)
    names = read_names(settings, MONTH)
    whole = names.names.filter(pl.col("kind").is_in(["full", "former"])).join(
        names.enterprises.select("enterprise_id", "district_code", "street_key", "person_id"), on="enterprise_id"
    )
    mention_file, name_file = folder / "mentions.parquet", folder / "names.parquet"
    mentions.select(
        "key", "core", "brand", "street_key", "person_id", "seat", unique_id="mention_id",
        city=pl.col("place_code").str.head(4), seat_city=pl.col("seat").str.head(4),
    ).write_parquet(mention_file)  # fmt: skip
    read = parts(whole["name"], settings)
    whole.select("street_key", "person_id", "enterprise_id", seat="district_code").with_columns(
        read["key"], read["core"], read["brand"], read["place_code"].str.head(4).alias("city"),
        unique_id=pl.int_range(pl.len()).cast(pl.String), seat_city=pl.col("seat").str.head(4),
    ).write_parquet(name_file)  # fmt: skip
    return mention_file, name_file


def splink(settings: Settings, folder: Path) -> None:
    """Run Splink on the same rows where an interpreter has it, and measure it on the same truth."""
    interpreter = os.environ.get("SPLINK_PYTHON") or sys.executable
    there = subprocess.run([interpreter, "-c", "import splink"], capture_output=True, check=False)  # noqa: S603
    if there.returncode:
        print("Splink is not installed here and was skipped; set SPLINK_PYTHON to a Python that has it.")
        return
    mention_file, name_file = tables(settings, folder)
    result = folder / "splink.parquet"
    script = Path(__file__).with_name("resolution_splink.py")
    done = subprocess.run(  # noqa: S603
        [interpreter, str(script), str(mention_file), str(name_file), str(result)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    print(f"splink {told['version']}: {told['seconds']} s, {told['pairs']:,} pairs kept")
    rows, _ = unresolved(settings, MONTH)
    planted = pl.read_parquet(settings.home / "simulation" / "codeless.parquet").filter(pl.col("month") == MONTH)
    truth = (
        rows.select("feed", "record_key", "name", "mention_id")
        .unique("mention_id")
        .join(planted.unique(["feed", "record_key", "name"]), on=["feed", "record_key", "name"])
    )
    best = truth.join(pl.read_parquet(result), on="mention_id", how="left", suffix="_found")
    right = pl.col("enterprise_id") == pl.col("enterprise_id_found")
    findable = best.filter(pl.col("enterprise_id").is_not_null()).height
    for threshold in (0.5, 0.9, 0.99, 0.999, 0.9999):
        taken = best.filter(pl.col("probability") >= threshold)
        hit = taken.filter(right).height
        print(
            f"  accept from {threshold}: {taken.height:,} linked, precision {hit / max(taken.height, 1):.4f}, "
            f"recall {hit / findable:.4f}"
        )


def main(arguments: list[str]) -> int:
    """Print the figures."""
    if not 1 <= len(arguments) <= 2:
        print("usage: python benchmarks/resolution.py /some/empty/folder [enterprises]", file=sys.stderr)
        return 2
    folder = Path(arguments[0]).resolve()
    settings = Settings(home=folder)
    seconds = walk(settings, int(arguments[1]) if len(arguments) == 2 else 200_000)
    rows = outcomes(settings, MONTH)
    found = measure(rows)
    print(", ".join(f"{name} {value} s" for name, value in seconds.items()))
    print(
        f"{found.rows:,} rows without a code, {found.linked:,} linked: precision {found.precision:.4f}, recall "
        f"{found.recall:.4f}, with those asked rightly {found.reach:.4f}"
    )
    for kind, part in by_kind(rows).items():
        print(
            f"  {kind:<10} {part.rows:>6,} rows, {part.linked:>6,} linked, {part.right:>6,} rightly, "
            f"{part.asked:>5,} asked"
        )
    splink(settings, folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
