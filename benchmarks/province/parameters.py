"""What a run of the bench measures: scale, months, seed, and which state of the code it is about.

Belongs here: reading them from the environment, months by their part in the bench, digests of code.
Does not belong here: doing it (``stages``).
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass

from orchestration.settings import PROJECT, month_range, month_shift

ENTERPRISES = 2_464_000
"""Of Henan: scale 1."""
FIRST = "2025-11"
"""First monthly delivery; three years of history are received the month before. Fixed, so that results compare."""
SEED = 20
SMALL = 0.05
"""Below this scale a run is brief, and one monthly delivery says as much as twelve."""
BACKFILL = 12
SIMULATED = ("orchestration/simulation", "orchestration/feeds/contract.py", "data")
INGESTED = (*SIMULATED, "orchestration/feeds", "orchestration/quality", "orchestration/lake.py", "expectations")
LINKED = (*INGESTED, "orchestration/resolution")
COMPUTED = (*INGESTED, "orchestration", "dbt_project", "benchmarks/province", "benchmarks/plain")


class ParameterError(ValueError):
    """A parameter cannot be used; one sentence with what to write instead."""


@dataclass(frozen=True)
class Parameters:
    """One measurement.

    Attributes:
        scale: share of Henan.
        months: monthly deliveries after the initial load.
        backfilled: months computed in one run in a fresh lake, at most; fewer where fewer were received.
        plain: whether the month is computed as people would write it, too.
        seed: of the simulation.
        keep: whether the state stays, and what was simulated and taken in before is used again.
    """

    scale: float
    months: int
    seed: int = SEED
    keep: bool = False
    backfilled: int = BACKFILL
    plain: bool = True

    @property
    def enterprises(self) -> int:
        """Enterprises over the whole simulation."""
        return round(ENTERPRISES * self.scale)

    @property
    def brief(self) -> bool:
        """Whether the run only says that all holds: fixed costs rule its times.

        Its stages then share one process, which starts up once, and no month is computed that shows nothing new.
        """
        return self.scale < SMALL

    @property
    def name(self) -> str:
        """Name of the result and of the state's folder."""
        return f"{self.scale:g}"

    @property
    def received(self) -> list[str]:
        """Received months, the initial load first."""
        return month_range(month_shift(FIRST, -1), month_shift(FIRST, self.months - 1))

    @property
    def measured(self) -> str:
        """The month that is computed first: the last but one, so that a month on top can follow."""
        return self.received[-2]

    @property
    def second(self) -> str:
        """The month on top: the newest."""
        return self.received[-1]

    @property
    def backfill(self) -> list[str]:
        """Months computed in one run in a fresh lake: the last ones, or all where there are fewer."""
        return self.received[-self.backfilled :]


def parse(environment: Mapping[str, str]) -> list[Parameters]:
    """The measurements that ``SCALE``, ``MONTHS``, ``BACKFILL``, ``SEED``, ``KEEP`` and ``PLAIN`` ask for, by scale.

    Raises:
        ParameterError: one of them cannot be used.
    """
    given = environment.get("SCALE", "").replace(",", " ").split() or ["1"]
    scales = [_scale(text) for text in given]
    seed = _whole("SEED", environment.get("SEED") or str(SEED), 0)
    keep, plain = _yes("KEEP", environment.get("KEEP") or "no"), _yes("PLAIN", environment.get("PLAIN") or "yes")
    asked = environment.get("MONTHS", "")
    months = _whole("MONTHS", asked, 1) if asked else None
    # in two months the measured one is looked at again, in another run and after another month
    backfilled = _whole("BACKFILL", environment.get("BACKFILL") or str(BACKFILL), 2)
    return [
        Parameters(scale, months or (1 if scale < SMALL else BACKFILL), seed, keep, backfilled, plain)
        for scale in sorted(set(scales))
    ]


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = math.nan
    if not 0 < scale < math.inf or round(ENTERPRISES * scale) < 200:
        raise ParameterError(f"SCALE={text} is no share of Henan; write for example 0.1, or several: SCALE='0.1 1'.")
    return scale


def _yes(name: str, text: str) -> bool:
    if text not in ("yes", "no"):
        raise ParameterError(f"{name}={text} says neither yes nor no.")
    return text == "yes"


def _whole(name: str, text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        raise ParameterError(f"{name}={text} is no whole number from {least} on.")
    return int(text)


def digest(parameters: Parameters, places: tuple[str, ...]) -> str:
    """Identity of what a stage made: the parameters that shape it, and the files of these places."""
    found = hashlib.sha256(f"{parameters.enterprises} {parameters.months} {parameters.seed} {FIRST}".encode())
    for place in places:
        path = PROJECT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            # the state of the demo lies under data/ too; what is kept under version control has these endings
            if file.suffix in (".py", ".yml", ".csv", ".sql") and _kept(file.relative_to(PROJECT).parts):
                found.update(f"{file.relative_to(PROJECT)}\n".encode() + file.read_bytes())
    return found.hexdigest()[:16]


def _kept(parts: tuple[str, ...]) -> bool:
    """Whether a file is source: of ``data/`` only what the regulator decides."""
    decided = ("contracts", "catalogue", "specialised", "web", "resolution", "reference", "jurisdictions")
    return parts[0] != "data" or len(parts) == 2 or parts[1] in decided
