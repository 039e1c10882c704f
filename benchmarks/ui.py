"""What the pages of the UI ask for, with years of history and without: seconds and bytes of each question.

    ECR_HOME=/some/folder python benchmarks/ui.py [36]

Makes the events of so many months x all regions under ``ECR_HOME/bench/ui`` by running the real jobs over steps that
answer at once, so that keys, checks and metadata are what the code writes. Then asks a web server of that instance, and
one of an instance without history, what the pages ask, and prints both. The history is kept; a second call only asks.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

QUERIES = Path(__file__).with_name("ui_queries.graphql")
WAIT = 180
"""Seconds in which a web server must answer."""
ASKED = 3
"""How often each question is asked; the fastest counts, the first one is shown too."""
TARGET = 2.0
"""Seconds in which a page should have its answer."""


@contextlib.contextmanager
def server(home: Path) -> Iterator[str]:
    """A web server over the instance of ``home``; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = os.environ | {"ECR_HOME": str(home), "DAGSTER_HOME": str(home / "dagster")}
    command = [
        sys.executable,
        "-m",
        "dagster_webserver",
        "-w",
        "workspace.yaml",
        "-p",
        str(port),
        "--log-level",
        "error",
    ]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet) as process:  # noqa: S603
        try:
            address, end = f"http://127.0.0.1:{port}", time.monotonic() + WAIT
            while True:
                with contextlib.suppress(urllib.error.URLError, ConnectionError):
                    urllib.request.urlopen(f"{address}/server_info", timeout=5).close()  # noqa: S310
                    break
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError("the web server did not come up; start it by hand to see why")
                time.sleep(0.5)
            yield address
        finally:
            process.terminate()


def ask(address: str, name: str, variables: dict[str, Any]) -> tuple[float, float, int]:
    """Ask one question of the file: seconds of the first and of the fastest answer, and bytes."""
    body = {"query": QUERIES.read_text(encoding="utf-8"), "operationName": name, "variables": variables}
    seconds, size = [], 0
    for _ in range(ASKED):
        request = urllib.request.Request(  # noqa: S310 (our own server)
            f"{address}/graphql", json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        start = time.perf_counter()
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
            text = answer.read()
        seconds.append(time.perf_counter() - start)
        size = len(text)
        if errors := json.loads(text).get("errors"):
            raise RuntimeError(f"{name}: {errors[0]['message']}")
    return seconds[0], min(seconds), size


def questions(run: str | None) -> list[tuple[str, str, dict[str, Any]]]:
    """What is asked: label, operation, variables."""
    assets = {
        "feed": ["raw", "c06_penalties"],
        "dbt model": ["scores", "enterprise_score"],
        "classes": ["risk_class"],
    }
    wanted: list[tuple[str, str, dict[str, Any]]] = [
        ("asset graph", "Graph", {}),
        ("catalogue of assets, newest state", "Live", {}),
    ]
    for label, path in assets.items():
        key = {"assetKey": {"path": path}}
        wanted += [
            (f"{label}: page", "AssetPage", key),
            (f"{label}: partitions", "Partitions", key),
            (f"{label}: events and plots, 100", "Events", key | {"limit": 100}),
            (f"{label}: one partition", "Events", key | {"limit": 1}),
            (f"{label}: checks", "Checks", key),
        ]
    keys = [{"path": path} for path in assets.values()]
    wanted += [("backfill dialog", "Backfill", {"assetKeys": keys}), ("runs", "Runs", {"limit": 30})]
    if run:
        wanted.append(("log of a run, newest 1000", "Log", {"runId": run}))
    return wanted


def table(rows: list[list[str]]) -> str:
    """Rows as a Markdown table, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(
            text.ljust(width) if column == 0 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ) + " |"
        for row in rows
    ]  # fmt: skip
    lines.insert(
        1,
        "|" + "|".join("-" * (width + 1) + ("-" if column == 0 else ":") for column, width in enumerate(widths)) + "|",
    )
    return "\n".join(lines)


def measure(home: Path, run: str | None) -> dict[str, tuple[float, float, int]]:
    """Ask everything of one instance."""
    found = {}
    with server(home) as address:
        start = time.perf_counter()
        ask(address, "Runs", {"limit": 1})
        print(f"{home.name}: the server answers; its first answer took {time.perf_counter() - start:.1f} s", flush=True)
        for label, name, variables in questions(run):
            found[label] = ask(address, name, variables)
            print(f"  {label}: {found[label][1]:.2f} s", flush=True)
    return found


def main(arguments: list[str]) -> int:
    """Make the history where it is not there, measure, print; exit status 1 when a page is slower than its target."""
    from benchmarks.ui_history import events, make_empty, make_history
    from orchestration.settings import Settings

    months = int(arguments[0]) if arguments else 36
    base = Settings.from_env().home / "bench" / "ui"
    full, empty = base / f"{months}_months", base / "empty"
    make_empty(empty)
    run = make_history(full, months)
    for job, (runs, counted) in events(full).items():
        total = Counter[str]()
        for kind, (number, size) in counted.items():
            total.update({"events": number, "bytes": size})
            print(f"  {job:10} {kind:34} {number:8,} events {size / 1e6:8.2f} MB")
        print(f"{job}: {runs} runs, {total['events']:,} events, {total['bytes'] / 1e6:.1f} MB", flush=True)
    size = sum(path.stat().st_size for path in (full / "dagster").rglob("*") if path.is_file())
    print(f"history on disk: {size / 1e6:.0f} MB", flush=True)
    with_history, without = measure(full, run), measure(empty, None)
    rows = [["question", "first s", "s", "kB", "s empty", "kB empty", "ratio s"]]
    for label, (first, fastest, length) in with_history.items():
        alone = without.get(label)
        rows.append(
            [label, f"{first:.2f}", f"{fastest:.2f}", f"{length / 1e3:,.0f}"]
            + ([f"{alone[1]:.2f}", f"{alone[2] / 1e3:,.0f}", f"{fastest / alone[1]:.1f}"] if alone else ["", "", ""])
        )
    print(table(rows))
    return 0 if all(fastest < TARGET for _, fastest, _ in with_history.values()) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
