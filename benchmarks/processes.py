"""Runs the processes of a measurement side by side and tells what they took.

Belongs here: starting, waiting with a bound, wall and CPU seconds, memory of all of them together.
Does not belong here: what they do, and what their figures mean.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

SAMPLE = 0.1
"""Seconds between two looks at the memory."""


class ProcessError(RuntimeError):
    """A process failed, or took longer than it may; one sentence."""


@dataclass(frozen=True)
class Ran:
    """What processes that ran side by side took.

    Attributes:
        wall: seconds from the first start to the last end.
        cpu: user and system seconds of all of them, their children included.
        peak: most bytes resident in all of them and their children at one moment, sampled.
        largest: most bytes ever resident in one of them, as the kernel counted; never less than this process has.
        output: what each printed, where it was captured.
    """

    wall: float
    cpu: float
    peak: int
    largest: int
    output: tuple[str, ...] = ()


def resident(pids: Sequence[int]) -> int:
    """Bytes resident in these processes and their children; one that has ended counts nothing."""
    total = 0
    for pid in pids:
        try:
            pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        except (OSError, IndexError):
            continue
        total += pages * resource.getpagesize() + resident([int(child) for child in children])
    return total


def run(
    commands: Sequence[Sequence[str]],
    environment: Mapping[str, str],
    *,
    bound: float,
    capture: bool = False,
    folder: Path | None = None,
) -> Ran:
    """Run commands side by side.

    Args:
        commands: one list of words each.
        environment: of all of them.
        bound: seconds after which they are ended and the measurement fails.
        capture: keep what they print on standard output instead of showing it.
        folder: working folder; default this process's.

    Raises:
        ProcessError: one of them failed or the bound was reached; none is left running.
    """
    name, started, peak = " ".join(commands[0][1:4]), time.monotonic(), 0
    sinks: list[IO[bytes]] = [TemporaryFile() for _ in commands] if capture else []  # noqa: SIM115  closed below
    running: dict[int, subprocess.Popen[bytes]] = {}
    ended: dict[int, tuple[int, resource.struct_rusage]] = {}
    try:
        for number, command in enumerate(commands):
            # a session of its own, so that its children can be ended with it
            process = subprocess.Popen(  # noqa: S603
                list(command),
                env=dict(environment),
                stdout=sinks[number] if capture else None,
                cwd=folder,
                start_new_session=True,
            )
            running[process.pid] = process
        waiting = list(running)
        while waiting:
            peak = max(peak, resident(waiting))
            if time.monotonic() - started > bound:
                raise ProcessError(f"{name} took more than {bound:.0f} s and was ended.")
            waiting = [pid for pid in waiting if not _reaped(pid, running[pid], ended)]
            if waiting:
                time.sleep(SAMPLE)
        wall = time.monotonic() - started
        if failed := [status for status, _ in ended.values() if status]:
            raise ProcessError(f"{name} failed with exit code {failed[0]}; its message stands above.")
        return Ran(
            wall=wall,
            cpu=sum(used.ru_utime + used.ru_stime for _, used in ended.values()),
            peak=peak,
            largest=max(used.ru_maxrss * 1024 for _, used in ended.values()),
            output=tuple(map(_text, sinks)),
        )
    finally:
        for pid, process in running.items():
            if pid not in ended:
                os.killpg(pid, signal.SIGKILL)
                process.wait()
        for sink in sinks:
            sink.close()


def _reaped(pid: int, process: subprocess.Popen[bytes], ended: dict[int, tuple[int, resource.struct_rusage]]) -> bool:
    """Whether a process has ended; then its exit code and what it used are noted."""
    found, status, used = os.wait4(pid, os.WNOHANG)
    if not found:
        return False
    process.returncode = os.waitstatus_to_exitcode(status)
    ended[pid] = (process.returncode, used)
    return True


def _text(sink: IO[bytes]) -> str:
    sink.seek(0)
    return sink.read().decode("utf-8")
