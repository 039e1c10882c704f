"""``make demo``: a small province, simulated, delivered, ingested, checked, computed and classified.

Belongs here: the order of the steps, the parameters, the examples explained, the closing table.
Does not belong here: what a step does. This is one of the two programs that start Dagster.

The demo deletes nothing. Run again with the same parameters it recomputes the same partitions to the same rows; with
other parameters it asks for an empty ``ECR_HOME``.
"""

from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from orchestration.lake import connect
from orchestration.settings import Settings, SettingsError, month_check, month_range, month_shift
from orchestration.table import render
from orchestration.web.sources import SourceError, load_sources

BY_REGION = """
    select
        region.name_zh || ' ' || region.name_en as region,
        count(*) as enterprises,
        count(*) filter (where class = 'A') as a,
        count(*) filter (where class = 'B') as b,
        count(*) filter (where class = 'C') as c,
        count(*) filter (where class = 'D') as d,
        round(100.0 * count(*) filter (where class in ('C', 'D')) / count(*), 1) as c_d_percent,
        round(avg(score), 1) as mean_score
    from risk_class
    join read_csv($regions, header = true, all_varchar = true) as region using (region_code)
    where month = $month
    group by region_code, region.name_zh, region.name_en
    order by region_code
"""


@dataclass(frozen=True)
class Parameters:
    """What the demo simulates and computes."""

    enterprises: int
    seed: int
    first: str
    months: int

    @property
    def last(self) -> str:
        """Newest month of the demo."""
        return month_shift(self.first, self.months - 1)

    @classmethod
    def from_env(cls) -> Parameters:
        """Read ENTERPRISES, SEED, FIRST and MONTHS."""
        try:
            numbers = {name: int(os.environ.get(name, default)) for name, default in DEFAULTS.items()}
        except ValueError as error:
            raise SettingsError(f"ENTERPRISES, SEED and MONTHS are whole numbers; {error}.") from error
        if numbers["ENTERPRISES"] < 100 or numbers["MONTHS"] < 1:
            raise SettingsError("ENTERPRISES must be at least 100 and MONTHS at least 1.")
        chosen = os.environ.get("FIRST")
        first = month_check(chosen) if chosen else month_shift(_this_month(), -numbers["MONTHS"])
        return cls(numbers["ENTERPRISES"], numbers["SEED"], first, numbers["MONTHS"])


def _this_month() -> str:
    """The month in progress. The demo's newest month is the one before it, so that the UI shows it as on time."""
    return f"{datetime.now(tz=UTC):%Y-%m}"


DEFAULTS = {"ENTERPRISES": "12000", "SEED": "7", "MONTHS": "6"}


def simulate_once(settings: Settings, chosen: Parameters) -> Parameters:
    """Write the deliveries, unless they have been written with the same parameters.

    Returns:
        The parameters in force: a demo made in an earlier month keeps its months unless others are asked for.

    Raises:
        SettingsError: the folder holds something else, which is not ours to delete.
    """
    marker = settings.home / "simulation" / "demo.json"
    if marker.exists():
        made = json.loads(marker.read_text(encoding="utf-8"))
        if not os.environ.get("FIRST"):
            chosen = replace(chosen, first=made["first"])
        if made == asdict(chosen):
            print(f"== deliveries of {chosen.enterprises:,} enterprises are there already; computing them again")
            return chosen
        raise SettingsError(
            f"{settings.home} holds a demo with other parameters; run `make clean` or choose another folder: "
            "ECR_HOME=/some/folder make demo."
        )
    if settings.landing.exists() and any(settings.landing.iterdir()):
        raise SettingsError(
            f"{settings.landing} holds deliveries that the demo did not make; choose another folder: "
            "ECR_HOME=/some/folder make demo."
        )
    from orchestration.simulation import simulate

    print(f"== simulating {chosen.enterprises:,} enterprises, seed {chosen.seed}, and their deliveries", flush=True)
    simulate(settings, chosen.enterprises, chosen.seed, chosen.first, chosen.months, web="pages")
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(json.dumps(asdict(chosen)), encoding="utf-8")
    return chosen


def closing(settings: Settings, month: str) -> str:
    """The table of classes by region for ``month`` and where to go from here."""
    regions = settings.definition / "reference" / "regions.csv"
    with connect(settings, read_only=True) as connection:
        rows = connection.execute(BY_REGION, {"regions": str(regions), "month": month})
        header = [column[0] for column in rows.description or []]
        body = rows.fetchall()
        total = connection.execute("select count(*) from risk_class where month = $month", {"month": month}).fetchone()
        shares = connection.execute(
            "select class, count(*) from risk_class where month = $month group by class order by class",
            {"month": month},
        ).fetchall()
    everyone = total[0] if total else 0
    line = "  ".join(f"{name} {100 * count / everyone:.1f} %" for name, count in shares) if everyone else "no classes"
    return "\n".join(
        [
            "",
            f"Risk classes by region, {month}",
            render(header, body),
            f"{everyone:,} enterprises: {line}",
            "",
            f"Results    {settings.home}/lake (tables: risk_class, combined_class, risk_factor, class_by_region, "
            "class_by_section, class_by_field)",
            f"Checks     {settings.home}/quality/<feed>/<month>.html",
            f"Ask        make sql Q=\"select * from risk_factor where month = '{month}' and points > 0 limit 20\"",
            "Pages      make page P=<number in an explanation>; open questions about names: make review",
            "Look       make ui, then http://127.0.0.1:3000",
        ]
    )


def explained(settings: Settings, month: str) -> str:
    """The short explanation of one enterprise per class; their whole pages are written beside the lake."""
    from orchestration.explanation.examples import FOLDER, examples, write_pages
    from orchestration.explanation.page import short

    found = examples(settings, month)
    write_pages(settings, found)
    lines = ["", "One enterprise of each class explained, in short; make explain prints a whole page.", ""]
    lines += [short(one, "en") for one in found]
    asked = f"make explain E={found[-1].enterprise_id} M={month} L=both" if found else "make explain"
    return "\n".join(
        [
            *lines,
            f"Explain    {asked}",
            f"Pages      {settings.home / FOLDER}/*.md (Chinese and English)",
        ]
    )


def found_by_name(settings: Settings, chosen: Parameters) -> str:
    """How right the names found in pages and in records without a code are, against what was planted."""
    import polars as pl

    from orchestration.evaluation import links as planted
    from orchestration.simulation.web.store import truth_path
    from orchestration.web.match.measure import measure_months, table

    months = month_range(month_shift(chosen.first, -1), chosen.last)
    mentions = measure_months(settings, months, pl.read_parquet(truth_path(settings)))
    links = planted.measure(planted.outcomes(settings, chosen.last))
    return "\n".join(
        [
            "",
            "Enterprises named in pages of the small web, against what was planted",
            table(mentions),
            "",
            f"Records without a code: {links.rows:,}; linked {links.linked:,}, precision {links.precision:.4f}, "
            f"recall {links.recall:.3f}, with those left for review {links.reach:.3f}",
        ]
    )


def main() -> int:
    """Run the demo; 0 when every step succeeded."""
    start = time.monotonic()
    try:
        settings, chosen = Settings.from_env(), Parameters.from_env()
        load_sources(settings)  # a source that cannot be used is told before anything is made
        chosen = simulate_once(settings, chosen)
        from orchestration.defs.launch import main as launch
        from orchestration.simulation.web.serve import serving

        earlier = month_shift(chosen.first, -1)
        with serving(settings) as address:
            os.environ["ECR_WEB_PROXY"] = address
            print(f"== a small web is served at {address} until the demo ends", flush=True)
            print(
                f"== walking {chosen.first} to {chosen.last}: ingest, crawl, check, compute, classify; history comes "
                f"in {earlier}",
                flush=True,
            )
            if status := launch(["months", chosen.first, chosen.last, "--ingest-from", earlier, "--crawl"]):
                return status
    except (SettingsError, SourceError) as error:
        print(str(error), file=sys.stderr)
        return 1
    print(found_by_name(settings, chosen))
    print(explained(settings, chosen.last))
    print(closing(settings, chosen.last))
    print(f"Took       {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
