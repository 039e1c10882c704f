"""What the processes of the bench do: one function per step, each in a process of its own.

    python -m benchmarks.province step <name> <file for the result> <arguments as JSON>

Belongs here: calling the platform as its command line does, with a clock around its functions.
Does not belong here: starting processes (``stages``), what the figures mean (``report``).
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.province.clock import Clock

if TYPE_CHECKING:
    from orchestration.defs.launch import Launcher
    from orchestration.settings import Settings

PASSES = 3
"""How often the floor is measured."""


def floor(settings: Settings, last: str) -> dict[str, Any]:
    """Read and hash every column of every raw record received by ``last``; the median of several passes."""
    import duckdb

    from orchestration.settings import MONTH

    files: dict[str, list[str]] = {}
    for path in sorted(settings.raw.glob("*/month=*/accepted.parquet")):
        month = path.parent.name.removeprefix("month=")
        if MONTH.match(month) and month <= last:
            files.setdefault(path.parent.parent.name, []).append(str(path))
    walls, cpus, rows, values = [], [], 0, 0
    with duckdb.connect(config={"memory_limit": settings.memory_limit}) as connection:
        for _ in range(PASSES):
            began, before = time.perf_counter(), _cpu()
            counts = [_hashed(connection, own) for own in files.values()]
            walls.append(time.perf_counter() - began)
            cpus.append(_cpu() - before)
            rows, values = sum(count for count, _ in counts), sum(count * width for count, width in counts)
    return {
        "wall": statistics.median(walls),
        "cpu": statistics.median(cpus),
        "passes": walls,
        "rows": rows,
        "values": values,
    }


def _hashed(connection: Any, files: list[str]) -> tuple[int, int]:
    """Rows and columns of one feed, after every value has been read and hashed."""
    source = "read_parquet(?, union_by_name = true, hive_partitioning = false)"
    names = [row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}", [files]).fetchall()]
    hashes = ", ".join(f'bit_xor(hash("{name}"))' for name in names)
    row = connection.execute(f"SELECT count(*), {hashes} FROM {source}", [files]).fetchone()
    return int(row[0]), len(names)


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


class StepError(RuntimeError):
    """The platform stopped; its own message."""


@contextmanager
def _launcher(settings: Settings, clock: Clock) -> Iterator[Launcher]:
    """A launcher as the command line has it, with the clock around the platform's functions."""
    import dagster as dg

    from orchestration.defs.launch import Launcher, LaunchError
    from orchestration.defs.prepare import prepare_home

    prepare_home(settings)
    with dg.DagsterInstance.get() as instance:
        try:
            yield Launcher(settings, instance, lambda line: print(f"    {line}", flush=True), clock.platform())
        except LaunchError as error:
            raise StepError(str(error)) from error


def startup(settings: Settings) -> dict[str, Any]:
    """Load the definitions, open the instance, do nothing."""
    with _launcher(settings, Clock()):
        return {}


def _measured(settings: Settings, work: Callable[[Launcher], None]) -> dict[str, Any]:
    clock = Clock()
    with clock.watching_duckdb(), _launcher(settings, clock) as launcher:
        began = time.perf_counter()
        work(launcher)
        return {"seconds": time.perf_counter() - began, "functions": clock.told()}


def ingest(settings: Settings, first: str, last: str, part: int, parts: int) -> dict[str, Any]:
    """Read, check and publish the deliveries of some months, of one part of the feeds."""
    return _measured(settings, lambda launcher: launcher.ingest(first, last, (part, parts), ready=True))


def links(settings: Settings, first: str, last: str) -> dict[str, Any]:
    """Names of the province, and the enterprises of records without a code, month by month."""
    return _measured(settings, lambda launcher: launcher.links(first, last))


def compute(settings: Settings, first: str, last: str) -> dict[str, Any]:
    """From raw to the classes of all regions and the views that people read."""
    return _measured(settings, lambda launcher: launcher.compute(first, last))


def region(settings: Settings, month: str, code: str) -> dict[str, Any]:
    """The classes of one region of one month again."""
    from orchestration.defs.partitions import key, month_range_tags

    only = str(key(month, code))
    return _measured(settings, lambda launcher: launcher.run("classify", month_range_tags(only, only)))


STEPS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "floor": floor,
    "startup": startup,
    "ingest": ingest,
    "links": links,
    "compute": compute,
    "region": region,
}


def main(name: str, result: Path, arguments: Mapping[str, Any]) -> int:
    """Do a step and leave what it tells; 1 and a sentence where the platform stopped."""
    from orchestration.settings import Settings

    try:
        told = STEPS[name](Settings.from_env(), **arguments)
    except StepError as error:
        print(str(error), file=sys.stderr)
        return 1
    result.write_text(json.dumps(told), encoding="utf-8")
    return 0
