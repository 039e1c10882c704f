"""What ``make loop`` can be asked for."""

from __future__ import annotations

import pytest

from orchestration.loop import Parameters
from orchestration.settings import SettingsError

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
        ({"ENTERPRISES": "100"}, "ENTERPRISES must be at least 200"),
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
