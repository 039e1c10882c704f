"""The simulation as a whole: plant a province, record it feed by feed, write deliveries and the planted truth.

Belongs here: order of work, slices, where files go.  Does not belong here: content (``records``), bytes (``files``).
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.feeds.contract import Contract, delivered_feeds, load_contract
from orchestration.settings import Settings, month_check
from orchestration.simulation import files, render
from orchestration.simulation.chance import Calendar, SimulationError, dates
from orchestration.simulation.codeless import Codeless
from orchestration.simulation.defects import BREAKS, Ledger, planned_format, plant_rows
from orchestration.simulation.facts import Part
from orchestration.simulation.records import RECORDS
from orchestration.simulation.web.store import write_web
from orchestration.simulation.whole import NEED_ROWS, Written, break_table, finish, required_code
from orchestration.simulation.world import World, build_world

SLICE = 200_000
"""Enterprises recorded in one go; bounds memory."""
WEB_MODES, WEB_FEED = ("signals", "pages"), "w01_web_signals"


@dataclass(frozen=True)
class Simulated:
    """What was written: rows delivered by feed, files, seconds."""

    enterprises: int
    rows: dict[str, int]
    files: int
    seconds: float


def _quiet(_: str) -> None:
    """Say nothing."""


def simulate(
    settings: Settings,
    enterprises: int = 12_000,
    seed: int = 7,
    first_month: str = "2026-05",
    months: int = 6,
    *,
    clean: bool = False,
    breaks: tuple[str, str, str] | None = None,
    web: str = "signals",
    say: Callable[[str], None] = _quiet,
) -> Simulated:
    """Write the deliveries of an invented province into ``settings.landing``.

    The initial load, three years of history, is received in the month before ``first_month``; then come ``months``
    monthly deliveries. The planted truth goes to ``simulation/`` under the home folder, never into landing.

    Args:
        settings: where landing is, and whose contracts and reference data are used.
        enterprises: enterprises over the whole simulation, at least 200.
        seed: the same arguments give the same bytes.
        first_month: first monthly delivery, YYYY-MM.
        months: monthly deliveries, at least 1.
        clean: remove the feeds' folders in landing first.
        breaks: (kind, feed, month) of one defect that stops the feed; see ``defects.BREAKS``.
        web: ``signals``: what the web says is delivered as feed w01_web_signals, matched already. ``pages``: the same
            events become a small web under ``simulation/web`` (see ``simulation.web``) and nothing of that feed is
            delivered; the web branch makes its deliveries.
        say: takes progress lines.

    Raises:
        SimulationError: too few enterprises or months, a feed that the simulator does not know, or a defect that
            cannot be planted; nothing is written then.
    """
    began = time.monotonic()
    if web not in WEB_MODES:
        raise SimulationError(f"web={web!r} is unknown; choose one of {', '.join(WEB_MODES)}.")
    if enterprises < 200 or months < 1:
        raise SimulationError(
            "the simulation needs at least 200 enterprises and 1 month; raise --enterprises or --months."
        )
    calendar = Calendar(month_check(first_month), months)
    feeds = delivered_feeds(settings)
    if unknown := [feed for feed in feeds if feed not in RECORDS]:
        raise SimulationError(
            f"no records are invented for {', '.join(unknown)}; add a function for it to RECORDS in "
            "orchestration/simulation/records, or leave it out of 'feeds' in jurisdiction.yml."
        )
    own = [feed for feed in feeds if not (web == "pages" and feed == WEB_FEED)]
    say(f"planting {enterprises:,} enterprises, seed {seed}")
    if breaks is not None:
        _check_breaks(settings, breaks, own, calendar)
    world = build_world(settings, enterprises, seed, calendar)
    if breaks is not None and breaks[0] in NEED_ROWS:
        _check_rows(world, breaks)
    ledger = Ledger(calendar, breaks)
    codeless = Codeless(world, _parts(world))
    rows, written = {}, 0
    for feed in feeds if clean else ():
        shutil.rmtree(settings.landing / feed, ignore_errors=True)
    for number, feed in enumerate(own, 1):
        contract = load_contract(settings, feed)
        count, made = _deliver(settings, world, contract, ledger, codeless)
        rows[feed] = count
        written += made
        say(f"[{number:2d}/{len(own)}] {feed:<26} {count:>10,} rows  {time.monotonic() - began:6.1f} s")
    if web == "pages":
        write_web(settings, world, _parts(world), say)
    _truth(settings, world, ledger, codeless)
    seconds = time.monotonic() - began
    say(f"{sum(rows.values()):,} rows in {written} files, {len(ledger.entries)} planted defects, {seconds:.1f} s")
    return Simulated(enterprises, rows, written, seconds)


def _check_breaks(settings: Settings, breaks: tuple[str, str, str], feeds: list[str], calendar: Calendar) -> None:
    """Refuse a defect that could not be planted or would not stop the feed."""
    kind, feed, month = breaks
    if kind not in BREAKS or feed not in feeds or month not in calendar.received:
        raise SimulationError(
            f"--break {kind} cannot be planted in {feed} {month}; choose one of {', '.join(BREAKS)}, a delivered feed, "
            f"and a month from {calendar.received[0]} to {calendar.received[-1]}."
        )
    if kind == "low_volume" and load_contract(settings, feed).volume.min < 1:
        raise SimulationError(
            f"low_volume does not stop {feed}: its contract allows empty deliveries; choose c01_base."
        )
    if kind == "unknown_code":
        required_code(load_contract(settings, feed))


def _parts(world: World) -> list[Part]:
    """The slices in which the province is recorded."""
    bounds = range(0, world.count, SLICE)
    return [Part(number, np.arange(low, min(low + SLICE, world.count))) for number, low in enumerate(bounds)]


def _check_rows(world: World, breaks: tuple[str, str, str]) -> None:
    """Refuse a defect that needs a row where the feed delivers none, before anything is written."""
    kind, feed, month = breaks
    number = world.calendar.received.index(month)
    seen = (RECORDS[feed](world, part)["_seen"].clip(lower_bound=0) for part in _parts(world))
    if not any((delivered == number).any() for delivered in seen):
        raise SimulationError(
            f"{kind} cannot be planted in {feed} {month}: the feed delivers no row in that month; choose another feed "
            "or month, or more enterprises."
        )


def _deliver(
    settings: Settings, world: World, contract: Contract, ledger: Ledger, codeless: Codeless
) -> tuple[int, int]:
    """Record and write one feed; returns rows and files."""
    feed, calendar = contract.feed, world.calendar
    parts = _parts(world)
    monthly: list[pl.DataFrame] = []
    rows = written = 0
    for part in parts:
        frame = RECORDS[feed](world, part)
        first = frame.filter(pl.col("_seen") <= 0).drop("_seen")
        first = codeless.plant(contract, first, 0, part.number)
        rows += first.height
        suffix = f"_p{part.number + 1:02d}" if len(parts) > 1 else ""
        written += _write(
            settings, world, contract, ledger, month=0, stem=f"{feed}_{calendar.received[0]}{suffix}", frame=first
        )
        monthly.append(frame.filter((pl.col("_seen") > 0) & (pl.col("_seen") <= calendar.months)))
    late = pl.concat(monthly)
    for month in range(1, calendar.months + 1):
        frame = late.filter(pl.col("_seen") == month).drop("_seen")
        frame = codeless.plant(contract, frame, month)
        rows += frame.height
        written += _write(
            settings, world, contract, ledger, month=month, stem=f"{feed}_{calendar.received[month]}", frame=frame
        )
    return rows, written


def _write(
    settings: Settings, world: World, contract: Contract, ledger: Ledger, *, month: int, stem: str, frame: pl.DataFrame
) -> int:
    """Write one delivery in the style and format of its month, with what is planted in it; returns files."""
    feed = contract.feed
    style = render.Style.of(feed, month, empty=not frame.height)
    kind = planned_format(ledger, feed, month, files.choose_format(feed, month, frame))
    if kind == "jsonl" and not frame.height:
        kind = "csv"  # JSON lines without a line are an empty file, which nobody can tell from a broken one
    path = settings.landing / feed / world.calendar.received[month] / files.file_name(stem, kind)
    if kind in files.TYPED_FORMATS and not ledger.plans(feed, month):
        table = render.typed(frame, settings, contract, style)
    else:
        table = render.texts(frame, settings, contract, style)
        table = plant_rows(world, settings, contract, ledger, month=month, file=path.name, table=table)
    table = break_table(ledger, contract, month, path.name, table)
    files.write(path, table.rename(render.headers(contract, style)), kind)
    return 1 + finish(settings.landing, contract, ledger, Written(path, table, kind, style), month=month)


def _truth(settings: Settings, world: World, ledger: Ledger, codeless: Codeless) -> None:
    """Write what was planted: one row per enterprise, the rows without code, and the list of defects."""
    folder = settings.home / "simulation"
    folder.mkdir(parents=True, exist_ok=True)
    truth(world).write_parquet(folder / "planted.parquet")
    codeless.truth().write_parquet(folder / "codeless.parquet")
    (folder / "defects.json").write_text(json.dumps(ledger.entries, ensure_ascii=False, indent=1), encoding="utf-8")


def truth(world: World) -> pl.DataFrame:
    """One row per enterprise: code, latent risk and class, region, section and what else was planted."""
    return pl.DataFrame(
        {
            "enterprise_id": world.uscc,
            "latent_risk": np.round(world.risk, 6),
            "latent_class": pl.Series(list("ABCD")).gather(world.latent_class),
            "region_code": pl.Series(world.places.region).gather(world.place),
            "industry_section": pl.Series(world.section),
            "entity_type": pl.Series(world.entity),
            "established_on": dates(world.established),
            "ended_on": dates(world.ended),
            "shell": world.shell,
            "approved_cluster": world.cluster,
            "is_branch": world.branch,
            "pilot_code": world.pilot,
        }
    )
