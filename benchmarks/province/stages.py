"""The stages at one scale: each in processes of its own, measured, and what has to hold checked in between.

Belongs here: their order, what is kept for the next run, what is removed.
Does not belong here: what a stage does (``steps``), what has to hold (``invariants``), tables (``report``).
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.plain.spark import spark_python
from benchmarks.processes import ProcessError, Ran, run
from benchmarks.province import invariants, rows
from benchmarks.province.kept import Kept
from benchmarks.province.parameters import COMPUTED, FIRST, INGESTED, LINKED, SIMULATED, Parameters
from orchestration.feeds.contract import delivered_feeds
from orchestration.settings import PROJECT, Settings

PROCESSES = 2
"""That take deliveries in, as ``make demo`` does it."""
FRESH = ("tables", "standing", "failed", "catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm")
"""What of the lake a fresh start is without; deliveries, names and links stay."""
OWN = ("ECR_CATALOG", "ECR_DATA_PATH", "ECR_IDENTITY_KEY", "ECR_JURISDICTION", "ECR_WEB_PROXY")
"""Variables that would lead the bench to somebody's lake."""
PLAIN = "benchmarks.plain"

Result = dict[str, Any]


@dataclass
class Bench:
    """One scale on its way.

    Attributes:
        parameters: what is measured.
        home: state of the platform that is measured.
        say: takes lines of progress.
        about: what the result tells beside the stages.
        stages: what was measured so far, by name.
        broken: sentences about what does not hold.
        found: rows and hash of each table by month, when it was computed first.
    """

    parameters: Parameters
    home: Path
    say: Callable[[str], None]
    about: Mapping[str, Any] = field(default_factory=dict)
    stages: dict[str, Result] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    found: dict[str, dict[str, rows.Fingerprint]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Of the measured platform."""
        return Settings(self.home)

    @property
    def record(self) -> Kept:
        """What the state holds already."""
        return Kept(self.home / "kept.json", self.parameters)

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes."""
        given = {name: value for name, value in os.environ.items() if name not in OWN}
        paths = os.pathsep.join([str(PROJECT), *([given["PYTHONPATH"]] if given.get("PYTHONPATH") else [])])
        own = {"ECR_HOME": str(self.home), "DAGSTER_HOME": str(self.settings.dagster_home), "PYTHONPATH": paths}
        return given | own

    @property
    def bound(self) -> float:
        """Seconds that a stage may take before it is ended: a hundred times what is aimed at, not a target."""
        return 1_800 + 36_000 * self.parameters.scale

    # -- running ----------------------------------------------------------------------------------------------------

    def step(self, stage: str, name: str, *arguments: Mapping[str, Any], rows_read: int | None = None) -> None:
        """Run a step of ``steps``, one process for each of ``arguments``, and keep what it took as ``stage``."""
        if self.parameters.brief and len(arguments) == 1:
            self.here(stage, name, arguments[0], rows_read)
            return
        files = [self.home / f"told-{number}.json" for number in range(len(arguments))]
        commands = [
            [sys.executable, "-m", "benchmarks.province", "step", name, str(file), json.dumps(dict(one))]
            for file, one in zip(files, arguments, strict=True)
        ]
        result = self.measured(stage, commands)
        told = [json.loads(file.read_text(encoding="utf-8")) for file in files]
        for file in files:
            file.unlink()
        self.note(stage, result | {"told": told}, rows_read)

    def here(self, stage: str, name: str, arguments: Mapping[str, Any], rows_read: int | None) -> None:
        """Run a step in this process; its peak is what the process has needed so far."""
        from benchmarks.province.steps import STEPS

        self.say(f"== {self.parameters.name}: {stage}")
        before, began, spent = rows.sizes(self.home), time.monotonic(), time.process_time()
        told = STEPS[name](self.settings, **arguments)
        wall, cpu = time.monotonic() - began, time.process_time() - spent
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        result = {"wall": wall, "cpu": cpu, "peak": peak, "largest": peak, "reused": False, "told": [told]}
        self.note(stage, result | {"written": rows.written(before, rows.sizes(self.home))}, rows_read)

    def measured(self, stage: str, commands: Sequence[Sequence[str]], *, capture: bool = False) -> Result:
        """Run commands side by side; what they took and wrote."""
        self.say(f"== {self.parameters.name}: {stage}")
        before = rows.sizes(self.home)
        ran: Ran = run(commands, self.environment, bound=self.bound, capture=capture, folder=PROJECT)
        written = rows.written(before, rows.sizes(self.home))
        return {
            "wall": ran.wall,
            "cpu": ran.cpu,
            "peak": ran.peak,
            "largest": ran.largest,
            "written": written,
            "reused": False,
        }

    def note(self, stage: str, result: Result, rows_read: int | None = None) -> None:
        """Keep what a stage took, beside the state too: hours of measuring must not be lost with the last stage."""
        self.stages[stage] = result | ({} if rows_read is None else {"rows": rows_read})
        told = {**self.about, "stages": self.stages, "broken": self.broken}
        self.home.with_name(f"{self.parameters.name}.partial").write_text(json.dumps(told, indent=1), encoding="utf-8")

    def kept(self, stage: str, places: tuple[str, ...]) -> bool:
        """Whether the state holds this stage's work from the same parameters and code; then it is used again."""
        found = self.record.of(stage, places)
        if found is None:
            return False
        self.say(f"== {self.parameters.name}: {stage} is used again as it was kept")
        self.stages[stage] = found["result"] | {"reused": True}
        return True

    def keep(self, stage: str, places: tuple[str, ...]) -> None:
        """Note that the state holds this stage's work."""
        self.record.put(stage, places, {"result": self.stages[stage]})

    def once(self, stage: str, measure: Callable[[], None]) -> None:
        """Measure a stage and look whether what has to hold does, unless a run that stopped later has done both."""
        if self.kept(stage, COMPUTED):
            found = self.record.of(stage, COMPUTED) or {}
            self.broken = found["broken"]
            self.found = {
                month: {table: (count, total) for table, (count, total) in tables.items()}
                for month, tables in found["found"].items()
            }
            return
        measure()
        noted = {"result": self.stages[stage], "broken": self.broken, "found": self.found}
        self.record.put(stage, COMPUTED, noted)

    def finished(self) -> None:
        """All is measured: the next run measures anew, on the same deliveries."""
        self.record.drop([stage for stage in self.stages if stage not in ("simulate", "ingest", "links")])

    # -- stages -----------------------------------------------------------------------------------------------------

    def whole(self) -> None:
        """All stages."""
        if self.parameters.brief:
            # the simulation leaves a core free while the definitions are loaded
            with ThreadPoolExecutor(max_workers=1) as pool:
                simulated = pool.submit(self.simulate)
                self.step("first start", "startup", {})
                simulated.result()
        else:
            self.simulate()
            self.step("first start", "startup", {})
            self.step("start-up", "startup", {})
        self.deliveries()
        self.once("floor", lambda: self.step("floor", "floor", {"last": self.parameters.measured}))
        self.once("month", self.month)
        if not self.parameters.brief:
            self.once("second month", self.second_month)
            self.once("region", self.region)
            self.once("month again", self.again)
        self.once("backfill", self.backfill)
        if self.parameters.brief:
            self.once("region", self.region)
        elif self.parameters.plain:
            self.plain(self.parameters.second)

    def simulate(self) -> None:
        """The deliveries."""
        if self.kept("simulate", SIMULATED):
            return
        asked = self.parameters
        shutil.rmtree(self.settings.landing, ignore_errors=True)
        options = {"--enterprises": asked.enterprises, "--seed": asked.seed, "--months": asked.months}
        words = [str(word) for option in options.items() for word in option]
        command = [sys.executable, "-m", "orchestration.simulation", "--first-month", FIRST, *words]
        self.note("simulate", self.measured("simulate", [command], capture=True))
        self.keep("simulate", SIMULATED)

    def deliveries(self) -> None:
        """Take the deliveries in, and find the enterprises of records without a code."""
        received = self.parameters.received
        span = {"first": received[0], "last": received[-1]}
        if not self.kept("ingest", INGESTED):
            shutil.rmtree(self.settings.raw, ignore_errors=True)
            parts = [span | {"part": part, "parts": PROCESSES} for part in range(1, PROCESSES + 1)]
            self.step("ingest", "ingest", *parts)
            delivered = sum(account.delivered for account in rows.accounts(self.settings))
            self.note("ingest", self.stages["ingest"], delivered)
            self.note("simulate", self.stages["simulate"], delivered)
            self.keep("ingest", INGESTED)
            self.keep("simulate", SIMULATED)
        self.broken += invariants.of_accounts(rows.accounts(self.settings), delivered_feeds(self.settings), received)
        if not self.kept("links", LINKED):
            shutil.rmtree(self.home / "lake" / "resolution", ignore_errors=True)
            self.step("links", "links", span)
            self.keep("links", LINKED)

    def month(self) -> None:
        """The month in a lake where nothing was computed before."""
        month = self.parameters.measured
        self.fresh()
        self.compute("month", month, month)
        self.found = rows.fingerprints(self.settings, [month])

    def second_month(self) -> None:
        """The next month on top, which leaves the first as it was."""
        first, second = self.parameters.measured, self.parameters.second
        self.compute("second month", second, second)
        found = rows.fingerprints(self.settings, [first, second])
        self.broken += invariants.same(f"{first} after {second} was computed", self.found[first], found[first])
        self.found = found

    def compute(self, stage: str, first: str, last: str) -> None:
        """Raw to classes for a range of months in one run, then whether what has to hold does."""
        months = [month for month in self.parameters.received if first <= month <= last]
        read = sum(sum(rows.raw_rows(self.settings, month).values()) for month in months)
        self.step(stage, "compute", {"first": first, "last": last}, rows_read=read)
        for month in months:
            self.broken += invariants.of_classes(rows.classified(self.settings, month))

    def region(self) -> None:
        """One region of the newest month again: the same rows, and nobody else's files."""
        month = self.parameters.second
        by_region, files = rows.regions(self.settings, month), rows.region_files(self.settings)
        code = max(by_region, key=lambda name: by_region[name][0])
        self.step("region", "region", {"month": month, "code": code}, rows_read=by_region[code][0])
        what = f"region {code} of {month}, decided again"
        self.broken += invariants.same(what, by_region, rows.regions(self.settings, month))
        self.broken += invariants.untouched(what, files, rows.region_files(self.settings), f"{month}/{code}")

    def again(self) -> None:
        """The newest month again, over itself: the same rows."""
        month = self.parameters.second
        self.compute("month again", month, month)
        found = rows.fingerprints(self.settings, [month])
        self.broken += invariants.same(f"{month}, computed again", self.found[month], found[month])

    def backfill(self) -> None:
        """Many months in one run: the same rows as month by month. A brief run lets it be the second month too."""
        span = self.parameters.backfill
        if not self.parameters.brief:
            self.fresh()
        self.compute("backfill", span[0], span[-1])
        for month, found in rows.fingerprints(self.settings, list(self.found)).items():
            self.broken += invariants.same(f"{month}, computed in a backfill", self.found[month], found)

    def plain(self, month: str) -> None:
        """The month as people would write it without the platform, and whether it comes to the same."""
        if not spark_python():
            self.say("Spark is left out: it needs Java and an environment of its own; run make spark.")
        for engine in ("duckdb", *(["spark"] if spark_python() else [])):
            out = self.home / "tmp" / f"plain-{engine}.parquet"
            call = [sys.executable, "-m", PLAIN]
            result = self.measured(f"plain {engine}", [[*call, engine, str(self.home), month, str(out)]], capture=True)
            self.note(f"plain {engine}", result)
            try:
                run([[*call, "compare", str(self.home), month, str(out)]], self.environment, bound=self.bound)
            except ProcessError:
                self.broken.append(f"{month}, written plainly for {engine}, is another month; see above.")

    def fresh(self) -> None:
        """A lake in which nothing has been computed."""
        for name in FRESH:
            path = self.home / "lake" / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def measure(parameters: Parameters, folder: Path, about: Mapping[str, Any], say: Callable[[str], None]) -> Result:
    """Measure one scale; the state goes with it unless it is to be kept.

    Args:
        parameters: of the measurement.
        folder: where ``<scale>/`` is made, and ``<scale>.partial`` with what has been measured until all is.
        about: what the result tells beside the stages.
        say: takes lines of progress.

    Raises:
        ProcessError, StepError: a stage failed or took longer than it may.
    """
    home = folder / parameters.name
    if not parameters.keep:
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    bench = Bench(parameters, home, say, about)
    os.environ.update(bench.environment)
    for name in OWN:
        os.environ.pop(name, None)
    try:
        bench.whole()
        bench.finished()
    finally:
        if not parameters.keep:
            shutil.rmtree(home, ignore_errors=True)
    home.with_name(f"{parameters.name}.partial").unlink()
    return {"stages": bench.stages, "broken": bench.broken}
