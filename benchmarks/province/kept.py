"""What a bench has done already, beside the state that it left, so that the next run need not do it again.

Belongs here: the record of finished stages.
Does not belong here: what they do, and which may be used again (``stages``).

Deliveries, raw rows and links are used again by any run of the same parameters and code. What is measured on them is
used again only to go on where a run stopped: once all is measured it is measured anew.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.province.parameters import Parameters, digest


@dataclass(frozen=True)
class Kept:
    """The record of one state.

    Attributes:
        path: file of the record.
        parameters: of the run that asks.
    """

    path: Path
    parameters: Parameters

    def of(self, stage: str, places: tuple[str, ...]) -> dict[str, Any] | None:
        """What a run of the same parameters and code noted on a stage; None where there is none, or KEEP is no."""
        found: dict[str, Any] = self._all().get(stage, {})
        if not self.parameters.keep or found.get("digest") != self._digest(stage, places):
            return None
        return found

    def put(self, stage: str, places: tuple[str, ...], noted: Mapping[str, Any]) -> None:
        """Note that the state holds the work of a stage."""
        self._write(self._all() | {stage: {"digest": self._digest(stage, places), **noted}})

    def drop(self, stages: Collection[str]) -> None:
        """Forget these stages."""
        self._write({stage: noted for stage, noted in self._all().items() if stage not in stages})

    def _digest(self, stage: str, places: tuple[str, ...]) -> str:
        span = self.parameters.backfill if stage == "backfill" else []
        return " ".join([digest(self.parameters, places), *span])

    def _all(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.path.read_text(encoding="utf-8")) if self.path.is_file() else {}
        return found

    def _write(self, content: Mapping[str, Any]) -> None:
        scratch = self.path.with_suffix(".new")
        scratch.write_text(json.dumps(content), encoding="utf-8")
        scratch.replace(self.path)
