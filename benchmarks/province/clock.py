"""Where the time of one process goes: in the platform's own functions, in DuckDB within them, and beside them.

Belongs here: wrapping from outside, so that nothing of the platform knows that it is measured.
Does not belong here: which of it is work and which is orchestration (``report``).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from orchestration.defs.resources import Platform

ASKED = (
    "execute", "executemany", "sql", "query", "begin", "commit", "rollback", "close", "fetchone", "fetchmany",
    "fetchall", "df", "pl", "arrow", "to_arrow_table", "fetch_arrow_table",
)  # fmt: skip
"""Methods of a DuckDB connection in which it works."""
BESIDE = ("now", "progress")
"""Fields of ``Platform`` that are no step of the walk."""


@dataclass
class Spent:
    """What one function took: calls, seconds, the seconds of them within DuckDB, and those of each node of dbt."""

    name: str
    key: str
    calls: int = 0
    seconds: float = 0.0
    duckdb: float = 0.0
    nodes: dict[str, float] = field(default_factory=dict)


@dataclass
class Clock:
    """Seconds by function and key, for the process it lives in. One thread works at a time, as in a run.

    Attributes:
        spent: by function and key.
        clock: seconds that only go forward.
    """

    spent: dict[tuple[str, str], Spent] = field(default_factory=dict)
    clock: Callable[[], float] = time.perf_counter
    _running: Spent | None = None
    _inside: bool = False

    def timed(
        self, name: str, function: Callable[..., Any], key: Callable[..., str] | None = None
    ) -> Callable[..., Any]:
        """The function, noting what it takes; within another one it is part of that one."""

        def call(*args: Any, **kwargs: Any) -> Any:
            if self._running is not None:
                return function(*args, **kwargs)
            own = key(*args) if key else ""
            self._running = self.spent.setdefault((name, own), Spent(name, own))
            began = self.clock()
            try:
                result = function(*args, **kwargs)
                for node in getattr(result, "nodes", ()):
                    self._running.nodes[node.name] = self._running.nodes.get(node.name, 0.0) + node.seconds
                return result
            finally:
                self._running.calls += 1
                self._running.seconds += self.clock() - began
                self._running = None

        return call

    def platform(self) -> dict[str, Callable[..., Any]]:
        """The steps of the walk, each noting what it takes, by month where its second argument is one."""
        steps = {one.name: one.default for one in fields(Platform) if one.name not in BESIDE}
        return {name: self.timed(name, step, month_of) for name, step in steps.items() if callable(step)}

    @contextmanager
    def watching_duckdb(self) -> Iterator[None]:
        """While this lasts, time within DuckDB is noted on the function that asked for it."""
        import duckdb

        kind = duckdb.DuckDBPyConnection
        before = {name: getattr(kind, name) for name in ASKED if hasattr(kind, name)}
        for name, method in before.items():
            setattr(kind, name, self._asked(method))
        try:
            yield
        finally:
            for name, method in before.items():
                setattr(kind, name, method)

    def _asked(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            if self._running is None or self._inside:
                return method(*args, **kwargs)
            own, self._inside = self._running, True
            began = self.clock()
            try:
                return method(*args, **kwargs)
            finally:
                own.duckdb += self.clock() - began
                self._inside = False

        return call

    def told(self) -> list[dict[str, Any]]:
        """All that was noted, for JSON."""
        return [asdict(one) for one in self.spent.values()]


def month_of(*args: Any) -> str:
    """The month among the arguments of a step: those of a feed name it third, the others second."""
    return next((one for one in args[1:3] if isinstance(one, str) and one[:4].isdigit()), "")
