"""What ``make loop`` can be asked for."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from orchestration import loop
from orchestration.defs import launch
from orchestration.loop import Parameters
from orchestration.settings import Settings, SettingsError

NAMES = ("ENTERPRISES", "SEED", "MONTHS", "FIRST", "REGIME", "ODDS")


def parse(monkeypatch: pytest.MonkeyPatch, **given: str) -> Parameters:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return Parameters.from_env()


def test_eight_months_of_visits_are_learned_from_and_the_rest_is_watched(monkeypatch):
    chosen = parse(monkeypatch, FIRST="2025-11", MONTHS="12", REGIME="2026-09", ODDS="3")
    assert (chosen.walked[0], chosen.walked[-1], len(chosen.walked)) == ("2025-11", "2026-10", 12)
    assert chosen.learned == "2026-07"
    assert chosen.change is not None
    assert (chosen.change.month, chosen.change.odds) == ("2026-09", 3.0)
    assert parse(monkeypatch).change is None


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"MONTHS": "9"}, "MONTHS at least 10"),
        ({"ENTERPRISES": "4999"}, "ENTERPRISES must be at least 5,000"),
        ({"ODDS": "0"}, "ODDS above 0"),
        ({"SEED": "seven"}, "are numbers"),
        ({"REGIME": "2026-07"}, "REGIME=2026-07 is not watched; choose a month from 2026-08 to 2026-10"),
        ({"REGIME": "2026-11"}, "is not watched"),
        ({"REGIME": "soon"}, "soon"),
    ],
)
def test_what_cannot_be_walked_is_refused(monkeypatch, given, sentence):
    with pytest.raises(SettingsError, match=sentence):
        parse(monkeypatch, **given)


def test_a_walk_that_stopped_goes_on_after_the_last_whole_month(monkeypatch, tmp_path):
    settings, chosen = Settings(home=tmp_path), Parameters(12_000, 7, "2025-11", 12)
    (tmp_path / "simulation").mkdir()
    monkeypatch.setattr(launch, "launching", lambda settings: nullcontext(None))
    seen: list[str] = []

    def live(settings: Settings, chosen: Parameters, launcher: object, month: str) -> list[str]:
        if month == "2026-09" and seen.count(month) == 0:
            seen.append(month)
            raise KeyboardInterrupt
        seen.append(month)
        return ["calibration"] if month == "2026-08" else []

    monkeypatch.setattr(loop, "_live", live)
    with pytest.raises(KeyboardInterrupt):
        loop.walk(settings, chosen)
    alarms = loop.walk(settings, chosen)
    assert seen == [*chosen.walked[:-1], "2026-09", "2026-10"]
    assert alarms == {"2026-08": ["calibration"], "2026-09": [], "2026-10": []}
    assert loop.walk(settings, chosen) == alarms
    assert len(seen) == 13
