from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from orchestration.settings import Settings
from orchestration.simulation.chance import Calendar
from orchestration.simulation.facts import Part
from orchestration.simulation.records import RECORDS
from orchestration.simulation.world import World, build_world

MONTHS = 6


class Province:
    """A planted province and the records of each feed, made once."""

    def __init__(self, enterprises: int, seed: int) -> None:
        self.settings = Settings(home=Path("/nonexistent"))
        self.calendar = Calendar("2026-05", MONTHS)
        self.world: World = build_world(self.settings, enterprises, seed, self.calendar)
        self.part = Part(0, np.arange(enterprises))
        self._made: dict[str, pl.DataFrame] = {}

    def records(self, feed: str) -> pl.DataFrame:
        """What has been delivered of a feed by the last month."""
        if feed not in self._made:
            self._made[feed] = RECORDS[feed](self.world, self.part).filter(pl.col("_seen") <= MONTHS)
        return self._made[feed]


@pytest.fixture(scope="session")
def province() -> Province:
    return Province(20_000, 7)


@pytest.fixture(scope="session")
def small() -> Province:
    return Province(3_000, 11)


@pytest.fixture(scope="session")
def demo() -> Province:
    """The province of the finished demo."""
    return Province(12_000, 7)
