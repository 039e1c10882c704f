"""Processes side by side: what they took, what they said, and that none outlives a failure."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from benchmarks.processes import ProcessError, resident, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_memory_and_seconds_of_all_of_them():
    code = "import time; block = b'x' * 60_000_000; print({}); time.sleep(0.4)"
    ran = run([python(code.format(1)), python(code.format(2))], os.environ, bound=60, capture=True)
    assert ran.output == ("1\n", "2\n")
    assert ran.peak > 2 * 60_000_000 and ran.largest > 60_000_000
    assert ran.wall >= 0.4 and ran.cpu > 0


def test_a_failure_is_told_and_the_others_are_ended(tmp_path: Path):
    sign = tmp_path / "late"
    late = python(f"import time, pathlib; time.sleep(30); pathlib.Path({str(sign)!r}).touch()")
    with pytest.raises(ProcessError, match="took more than"):
        run([late], os.environ, bound=0.2)
    with pytest.raises(ProcessError, match="failed with exit code 3"):
        run([python("raise SystemExit(3)")], os.environ, bound=60)
    assert not sign.exists()


def test_a_process_that_has_ended_needs_no_memory():
    assert resident([os.getpid()]) > 1_000_000
    ended = os.spawnv(os.P_NOWAIT, sys.executable, python("pass"))
    os.waitpid(ended, 0)
    assert resident([ended]) == 0


def test_a_bound_ends_children_of_children_too(tmp_path: Path):
    pid = tmp_path / "pid"
    inner = "import time; time.sleep(30)"
    outer = (
        "import subprocess, sys, pathlib, time; "
        f"child = subprocess.Popen([sys.executable, '-c', {inner!r}]); "
        f"pathlib.Path({str(pid)!r}).write_text(str(child.pid)); time.sleep(30)"
    )
    with pytest.raises(ProcessError):
        run([python(outer)], os.environ, bound=3)
    child = int(pid.read_text(encoding="ascii"))
    for _ in range(100):
        status = Path(f"/proc/{child}/stat")
        if not status.exists() or status.read_text(encoding="ascii").split()[2] == "Z":
            break
        time.sleep(0.05)
    else:
        pytest.fail("the child of the ended process still runs")
