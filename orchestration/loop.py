"""``make loop``: a simulated province whose inspections follow from its draws, month after month.

Belongs here: the order of the steps of a month, the parameters, the closing table.
Does not belong here: what a step does (``defs.launch`` starts it), what inspectors find (``simulation.answers``).

Each month is walked as it would be lived: deliveries are taken in, classes decided, what the visits found is set beside
the classes that led to them, the next visits are drawn and published, and their results come home as a delivery of the
month after. The checks that the simulation plans for these months by itself are taken out of landing first: in this
province inspectors go where the draw sends them.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from orchestration.settings import Settings, SettingsError, month_check, month_range, month_shift
from orchestration.simulation.answers import Regime

if TYPE_CHECKING:
    from orchestration.defs.launch import Launcher

LEAST = 5_000
"""Enterprises; fewer do not come to the visits from which points are learned (``least_visits``)."""
LEARNED_AFTER = 8
"""Months of visits from which points are learned: six to try them on, and two before those (``data/learning.yml``)."""
DEFAULTS = {"ENTERPRISES": "12000", "SEED": "7", "MONTHS": "12", "FIRST": "2025-11"}


@dataclass(frozen=True)
class Parameters:
    """What is simulated and walked.

    Attributes:
        enterprises: over the whole simulation.
        seed: of province, draws and findings; the same parameters give the same rows.
        first: first month with classes; the initial load is received the month before.
        months: number of months walked.
        regime: first month of visits in which the province is another one, or empty.
        odds: what the odds of a finding are multiplied by from then on, for enterprises of latent class A and B.
    """

    enterprises: int
    seed: int
    first: str
    months: int
    regime: str = ""
    odds: float = 4.0

    @property
    def walked(self) -> list[str]:
        """The months with classes."""
        return month_range(self.first, month_shift(self.first, self.months - 1))

    @property
    def learned(self) -> str:
        """Month up to which points are learned; the months after it are watched."""
        return self.walked[LEARNED_AFTER]

    @property
    def change(self) -> Regime | None:
        """The planted change of regime."""
        return Regime(self.regime, self.odds) if self.regime else None

    @classmethod
    def from_env(cls) -> Parameters:
        """Read ENTERPRISES, SEED, FIRST, MONTHS, REGIME and ODDS.

        Raises:
            SettingsError: one of them cannot be used.
        """
        given = {name: os.environ.get(name) or default for name, default in DEFAULTS.items()}
        try:
            enterprises, seed, months = (int(given[name]) for name in ("ENTERPRISES", "SEED", "MONTHS"))
            odds = float(os.environ.get("ODDS") or cls.odds)
        except ValueError as error:
            raise SettingsError(f"ENTERPRISES, SEED, MONTHS and ODDS are numbers; {error}.") from error
        regime = os.environ.get("REGIME") or ""
        chosen = cls(enterprises, seed, month_check(given["FIRST"]), months, regime and month_check(regime), odds)
        if enterprises < LEAST or months < LEARNED_AFTER + 2 or odds <= 0:
            raise SettingsError(
                f"ENTERPRISES must be at least {LEAST:,}, so that there are visits enough to learn from, MONTHS at "
                f"least {LEARNED_AFTER + 2}, so that some are watched, ODDS above 0."
            )
        if regime and not chosen.learned < regime <= chosen.walked[-1]:
            raise SettingsError(
                f"REGIME={regime} is not watched; choose a month from {chosen.walked[LEARNED_AFTER + 1]} to "
                f"{chosen.walked[-1]}."
            )
        return chosen


def simulate_once(settings: Settings, chosen: Parameters) -> None:
    """Write the deliveries of the province, without checks in the months that are walked.

    Raises:
        SettingsError: the folder holds something else, which is not ours to delete.
    """
    marker = settings.home / "simulation" / "loop.json"
    if marker.is_file() and json.loads(marker.read_text(encoding="utf-8")) == asdict(chosen):
        return
    if settings.landing.exists() and any(settings.landing.iterdir()):
        raise SettingsError(
            f"{settings.home} holds deliveries of another simulation; choose another folder: "
            "ECR_HOME=/some/folder make loop."
        )
    from orchestration.simulation import simulate
    from orchestration.simulation.answers import FEED

    print(f"== simulating {chosen.enterprises:,} enterprises, seed {chosen.seed}, and their deliveries", flush=True)
    simulate(settings, chosen.enterprises, chosen.seed, chosen.first, chosen.months)
    _lived(settings).unlink(missing_ok=True)
    for month in chosen.walked[1:]:
        shutil.rmtree(settings.landing / FEED / month, ignore_errors=True)
    marker.parent.mkdir(parents=True, exist_ok=True)
    marker.write_text(json.dumps(asdict(chosen)), encoding="utf-8")


def _lived(settings: Settings) -> Path:
    """Where the months that were walked to their end are noted, with their alarms."""
    return settings.home / "simulation" / "lived.json"


def walk(settings: Settings, chosen: Parameters) -> dict[str, list[str]]:
    """Walk the months; what a month finds is known to the next one. Months that were walked before are not again.

    Returns:
        Month of visits -> series that raised an alarm in it, for the months that were watched.
    """
    from orchestration.defs.launch import launching

    path = _lived(settings)
    lived: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if ahead := [month for month in chosen.walked if month not in lived]:
        with launching(settings) as launcher:
            for month in ahead:
                lived[month] = _live(settings, chosen, launcher, month)
                scratch = path.with_suffix(".new")
                scratch.write_text(json.dumps(lived), encoding="utf-8")
                scratch.replace(path)
    return {month: lived[month] for month in chosen.walked if month > chosen.learned}


def _live(settings: Settings, chosen: Parameters, launcher: Launcher, month: str) -> list[str]:
    """One month from deliveries to the results of its draw; its alarms."""
    from orchestration.inspection.package import made_visits
    from orchestration.learning.drift import drift
    from orchestration.simulation.answers import answer

    alarms: list[str] = []
    earliest = month_shift(month, -1) if month == chosen.first else month
    launcher.ingest(earliest, month, ready=True)
    launcher.links(earliest, month)
    launcher.compute(month, month)
    if month == chosen.learned:
        launcher.learn(month)
    if month > chosen.learned:
        launcher.watch(month)
        alarms = [signal.series for signal in drift(settings, month).alarms(month)]
    if month == chosen.walked[-1]:
        return alarms
    after = month_shift(month, 1)
    # a walk that stopped between publishing and the answers goes on there: what is published is not drawn again
    if made_visits(settings, after).is_empty():
        launcher.draw(month, seed=f"{chosen.seed} {month}")
        launcher.publish(month)
    delivered = answer(settings, made_visits(settings, after), after, seed=chosen.seed, regime=chosen.change)
    print(f"    {after}  results delivered: {sum(delivered.values()):,} items", flush=True)
    return alarms


def main() -> int:
    """Walk the loop and print what it came to; 0 when every step succeeded."""
    start = time.monotonic()
    from orchestration.defs.launch import LaunchError
    from orchestration.simulation import SimulationError

    try:
        settings, chosen = Settings.from_env(), Parameters.from_env()
        simulate_once(settings, chosen)
        alarms = walk(settings, chosen)
    except (SettingsError, SimulationError, LaunchError) as error:
        print(str(error), file=sys.stderr)
        return 1
    from orchestration.evaluation.loop import measure, table

    print(f"\nLearned from the visits known by the end of {chosen.learned}; watched since\n")
    print(table(measure(settings, chosen.walked[-1], chosen.change, alarms), chosen.change))
    print(f"\nEffect     make effect M={chosen.walked[-1]} with ECR_HOME={settings.home}")
    print(f"Took       {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
