"""The main job from the command line, in one process against the same instance that the UI opens.

    python -m orchestration.defs.launch ingest 2026-04 2026-04
    python -m orchestration.defs.launch months 2026-05 2026-10 --ingest-from 2026-04
    python -m orchestration.defs.launch maintain
    python -m orchestration.defs.launch draw 2026-09 --seed 20261001
    python -m orchestration.defs.launch publish 2026-09 --region 410100

Belongs here: starting the jobs one after the other, telling what happens in short lines.
Does not belong here: what the jobs do.

A process pays the start-up of Dagster, dbt and Great Expectations once; the runs, their events and their partitions
are the same as if the UI had started them. Taking deliveries in needs no lake, so processes share it out: each
runs the job ``ingest`` on its part of the feeds. What writes the lake stays in one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import dagster as dg

from orchestration.definitions import build_defs
from orchestration.defs.failures import causes
from orchestration.defs.feeds import PREFIX, feed_key
from orchestration.defs.freshness import CHECK as ON_TIME
from orchestration.defs.partitions import cell_tags, month_range_tags, months, rectangle_tags
from orchestration.defs.prepare import prepare_home
from orchestration.defs.resolution import LINKS
from orchestration.defs.web import NAMES
from orchestration.feeds.contract import ContractError, delivered_feeds
from orchestration.settings import Settings, SettingsError, memory_shared, month_range, region_codes
from orchestration.web.sources import SourceError

QUIET: Mapping[str, Any] = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
"""Run configuration that keeps Dagster's own log off the terminal; it stays in the UI."""


AGAIN = (sys.executable, "-m", "orchestration.defs.launch")
STARTED = "ECR_LAUNCH_STARTED"
"""Environment variable with the time from which all processes of a launch count."""
EVERY_FEED = 500_000
"""What a feed costs whatever it delivers, in bytes of a delivery that take as long."""


class LaunchError(RuntimeError):
    """A run failed; the message names the steps and why they stopped."""


class Launcher:
    """Runs jobs in this process.

    Args:
        settings: where things are.
        instance: the Dagster instance that keeps the runs.
        tell: is given one short line per finished step.
        overrides: for tests, as for ``build_defs``.
    """

    def __init__(
        self,
        settings: Settings,
        instance: dg.DagsterInstance,
        tell: Callable[[str], None],
        overrides: Mapping[str, Any] | None = None,
    ) -> None:
        self._settings = settings
        self._instance = instance
        self._tell = tell
        given = {"settings": settings, "progress": tell} | dict(overrides or {})
        self._definitions = build_defs(given)

    def ingest(
        self, first: str, last: str, part: tuple[int, int] = (1, 1), *, crawl: bool = False, ready: bool = False
    ) -> None:
        """Take in what comes from outside: deliveries, and where asked for the pages of the web sources.

        Args:
            first: first month, ``YYYY-MM``.
            last: last month.
            part: (k, n): only the k-th of n parts of the feeds and sources.
            crawl: whether to crawl; sources that do not answer as of a past moment refuse past months.
            ready: whether to take in feeds too that the platform makes itself, because their deliveries lie there.
        """
        number, parts = part
        span = month_range_tags(*self._span(first, last))
        made = set() if ready else self._keys("signals")
        taken = {feed_key(feed) for feed in shares(self._settings, parts)[number - 1]} - made
        with memory_shared(parts):
            if crawl and (pages := sorted(self._keys("crawl"))[number - 1 :: parts]):
                self.run("crawl", span, pages)
            if taken:
                self.run("ingest", span, sorted(taken))

    def signals(self, first: str, last: str) -> None:
        """Names, links of records without a code, and the web signals up to their feed."""
        self.run("signals", month_range_tags(*self._span(first, last)))

    def links(self, first: str, last: str) -> None:
        """Names of the province and links of records without a code, where web signals are delivered ready made."""
        self.run("signals", month_range_tags(*self._span(first, last)), [NAMES, LINKS])

    def months(self, first: str, last: str) -> None:
        """Deliveries, staging, indicators and scores of all months in one run, then their classes and effect."""
        span = self._span(first, last)
        self.run("month", month_range_tags(*span))
        self._judge(*span)

    def compute(self, first: str, last: str) -> None:
        """Staging, indicators, scores, classes and effect of all months, from the deliveries that were taken in."""
        span = self._span(first, last)
        models = {key for key in self._keys("month") if key.path[0] != PREFIX} - self._keys("signals")
        self.run("month", month_range_tags(*span), sorted(models))
        self._judge(*span)

    def _judge(self, first: str, last: str) -> None:
        self.run("classify", rectangle_tags(self._settings, first, last))
        self.run("effect", month_range_tags(first, last))

    def freshness(self) -> None:
        """Look whether every partition that was due exists."""
        self.run("freshness", {})

    def maintain(self) -> None:
        """Compact the lake and forget what the policy does not keep; waits for a writer of another run."""
        self.run("maintain", {})

    def learn(self, month: str) -> None:
        """Learn points from the outcomes known by the end of a month; changes no class."""
        self.run("learn", month_range_tags(*self._span(month, month)))

    def watch(self, month: str) -> None:
        """Look whether what was learned before a month still holds."""
        self.run("watch", month_range_tags(*self._span(month, month)))

    def draw(self, month: str, region: str = "", seed: str = "") -> None:
        """Draw the inspections that follow from the classes of a month; in one region, or in all."""
        config = {"ops": {"inspection_draw": {"config": {"seed": seed}}}} if seed else {}
        self.run("draw", self._cells(month, region), config=config)

    def publish(self, month: str, region: str = "") -> None:
        """Publish the draw of a month; of one region, or of all."""
        self.run("publish_draw", self._cells(month, region))

    def _cells(self, month: str, region: str) -> Mapping[str, str]:
        """Tags of a month and one region, or all."""
        self._span(month, month)
        if region and region not in region_codes(self._settings):
            known = ", ".join(region_codes(self._settings))
            raise SettingsError(f"{region!r} is no region; use one of {known}.")
        return cell_tags(month, region) if region else rectangle_tags(self._settings, month, month)

    def run(
        self,
        job: str,
        tags: Mapping[str, str],
        assets: Sequence[dg.AssetKey] | None = None,
        config: Mapping[str, Any] | None = None,
    ) -> None:
        """Run a job on the partitions that the tags name, all of its assets or only some.

        Raises:
            LaunchError: a step failed.
        """
        start = time.monotonic()
        chosen = self._definitions.resolve_job_def(job)
        if assets is not None:
            # name the checks too: by default every check of an asset comes along, also those that the job leaves out
            keys = set(assets)
            known = chosen.asset_layer.asset_graph.asset_check_keys
            checks = {check for check in known if check.asset_key in keys and check.name != ON_TIME}
            chosen = chosen.get_subset(asset_selection=keys, asset_check_selection=checks)
        result = chosen.execute_in_process(
            instance=self._instance,
            tags=dict(tags) | {"ecr/trigger": "launch"},
            run_config=dict(QUIET) | dict(config or {}),
            raise_on_error=False,
        )
        if not result.success:
            lines = causes(self._instance, result.run_id)
            raise LaunchError(f"{job} failed (run {result.run_id}):\n  " + "\n  ".join(lines))
        self._tell(f"{job}: done in {time.monotonic() - start:.0f} s")

    def _keys(self, job: str) -> set[dg.AssetKey]:
        """Assets that a job is about; none where the jurisdiction has no such job."""
        if job not in {known.name for known in self._definitions.jobs or []}:
            return set()
        return set(self._definitions.resolve_job_def(job).asset_layer.selected_asset_keys)

    def _span(self, first: str, last: str) -> tuple[str, str]:
        wanted = month_range(first, last)
        known = set(months(self._settings).get_partition_keys())
        unknown = [month for month in wanted if month not in known]
        if first > last or unknown:
            raise SettingsError(
                f"{unknown[0] if unknown else first + ' to ' + last} cannot be computed; choose months from "
                f"{min(known)} to {max(known)}, the first one first."
            )
        return first, last


@contextmanager
def launching(settings: Settings) -> Iterator[Launcher]:
    """A launcher on the instance that the UI opens, which tells its lines with the seconds since the start."""
    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        yield Launcher(settings, instance, _teller())


def shares(settings: Settings, parts: int) -> list[list[str]]:
    """The delivered feeds in ``parts`` lists of about the same work, judged by the bytes that have landed."""
    weights = {
        feed: EVERY_FEED + sum(path.stat().st_size for path in (settings.landing / feed).rglob("*") if path.is_file())
        for feed in delivered_feeds(settings)
    }
    lists: list[list[str]] = [[] for _ in range(parts)]
    loads = [0] * parts
    for feed in sorted(weights, key=lambda name: (-weights[name], name)):
        lightest = loads.index(min(loads))
        lists[lightest].append(feed)
        loads[lightest] += weights[feed]
    return [sorted(feeds) for feeds in lists]


def _ingest(launcher: Launcher, first: str, last: str, processes: int, *, crawl: bool) -> None:
    """Take deliveries and pages in, in this process and ``processes`` - 1 others."""
    crawls = ["--crawl"] if crawl else []
    others = [
        subprocess.Popen([*AGAIN, "ingest", first, last, "--part", f"{number}/{processes}", *crawls])  # noqa: S603
        for number in range(2, processes + 1)
    ]
    try:
        launcher.ingest(first, last, (1, processes), crawl=crawl)
    finally:
        failed = [other.args for other in others if other.wait() != 0]
    if failed:
        raise LaunchError("ingest failed in part; the sentences above say which feeds and why.")


def _teller() -> Callable[[str], None]:
    start = float(os.environ.setdefault(STARTED, str(time.time())))

    def tell(line: str) -> None:
        print(f"[{time.time() - start:6.1f} s] {line}", flush=True)

    return tell


def _part(text: str) -> tuple[int, int]:
    number, _, parts = text.partition("/")
    if not (number.isdigit() and parts.isdigit() and 1 <= int(number) <= int(parts)):
        raise argparse.ArgumentTypeError(f"{text!r} is no part; write for example 1/2")
    return int(number), int(parts)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m orchestration.defs.launch", description="Run the main job.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("ingest", "read, check and publish deliveries"),
        ("months", "deliveries, indicators, scores and classes"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("first", help="first month, YYYY-MM")
        command.add_argument("last", help="last month, YYYY-MM")
        command.add_argument("--crawl", action="store_true", help="fetch the pages of the web sources too")
        if name == "months":
            command.add_argument("--ingest-from", help="earlier month from which deliveries are read only, YYYY-MM")
            command.add_argument("--processes", type=int, default=2, help="processes that take deliveries in")
        else:
            command.add_argument(
                "--part", type=_part, default=(1, 1), help="only this part of the feeds, for example 1/2"
            )
    commands.add_parser("maintain", help="compact the lake, forget old snapshots, remove leftovers")
    for name, text in (("draw", "draw the inspections of the month after"), ("publish", "publish a draw")):
        command = commands.add_parser(name, help=text)
        command.add_argument("month", help="month of the classes, YYYY-MM")
        command.add_argument("--region", default="", help="region code; default: all")
        if name == "draw":
            command.add_argument("--seed", default="", help="any text; default: the one recorded, or a new one")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Run what the command line asks for; 0 when all of it succeeded, else one message on stderr and 1."""
    chosen = parse(arguments)
    try:
        with launching(Settings.from_env()) as launcher:
            if chosen.command == "maintain":
                launcher.maintain()
            elif chosen.command == "draw":
                launcher.draw(chosen.month, chosen.region, chosen.seed)
            elif chosen.command == "publish":
                launcher.publish(chosen.month, chosen.region)
            elif chosen.command == "ingest":
                launcher.ingest(chosen.first, chosen.last, chosen.part, crawl=chosen.crawl)
            else:
                earliest = min(chosen.ingest_from or chosen.first, chosen.first)
                _ingest(launcher, earliest, chosen.last, chosen.processes, crawl=chosen.crawl)
                launcher.signals(earliest, chosen.last)
                launcher.compute(chosen.first, chosen.last)
                launcher.freshness()
    except (LaunchError, SettingsError, ContractError, SourceError) as error:
        print(str(error), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
