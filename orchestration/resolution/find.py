"""Who may be meant by a name as people write it: ``python -m orchestration.resolution.find NAME [NAME ...]``.

Belongs here: the table a person reads who answers a question about a name, or looks for a firm by its brand.
Does not belong here: the ranking (``candidates``), any decision: what is found here links nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

import polars as pl

from orchestration.partition import months_until
from orchestration.resolution.candidates import Nearest
from orchestration.resolution.names import NamesError, read_names
from orchestration.resolution.store import Partition
from orchestration.settings import Settings, SettingsError, region_names
from orchestration.table import render

SHOWN = 5
"""Candidates shown of each name."""
LATEST = "9999-12"


def found(settings: Settings, asked: Sequence[str]) -> pl.DataFrame:
    """The likeliest enterprises of each name, by the newest names that were made.

    Returns:
        ``asked``, ``rank`` from 1, ``likeness``, ``name``, ``enterprise_id``, ``region_code``, ``alive``; at most five
        of each name.

    Raises:
        NamesError: no names have been made yet.
    """
    months = months_until(settings, Partition.branch, "names", LATEST)
    if not months:
        raise NamesError("No names have been made yet; run the asset resolution/names of a month, or make demo, first.")
    known = read_names(settings, months[-1]).enterprises
    wanted = pl.Series("asked", list(asked), dtype=pl.String)
    ranked = Nearest.of(known["name"], settings).nearest(wanted, SHOWN)
    return (
        pl.DataFrame({"asked": wanted.gather(ranked["query"])})
        .hstack(ranked.select("rank", "likeness"))
        .hstack(known[ranked["candidate"].to_list()].select("name", "enterprise_id", "region_code", "alive"))
    )


def main(arguments: Sequence[str]) -> int:
    """Print the candidates; 1 with a sentence where there are no names."""
    names = [name for name in arguments if name.strip()]
    if not names:
        print('Say which name is looked for: make find N="华源食品".', file=sys.stderr)
        return 1
    try:
        settings = Settings.from_env()
        regions = region_names(settings)
        rows = found(settings, names)
    except (SettingsError, NamesError) as error:
        print(str(error), file=sys.stderr)
        return 1
    for name in sorted(set(names) - set(rows["asked"])):
        print(f"No registered name has a character in common with {name!r}; ask for it as the register may spell it.")
    if rows.is_empty():
        return 0
    body = [
        [row["asked"], row["rank"], f"{row['likeness']:.2f}", row["name"], row["enterprise_id"],
         regions.get(row["region_code"], ""), "yes" if row["alive"] else "no"]
        for row in rows.iter_rows(named=True)
    ]  # fmt: skip
    print(render(["asked", "rank", "likeness", "name", "code", "region", "alive"], body))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
