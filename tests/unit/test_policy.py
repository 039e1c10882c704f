"""Which version is in force in a month, and the sentence where none is, or several are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.policy import in_force, version_in_force


@dataclass(frozen=True)
class Named:
    version: str
    effective_from: str | None
    effective_to: str | None = None


CANDIDATE, OLD, NEW = Named("v3", None), Named("v1", "2025-01", "2025-06"), Named("v2", "2025-08")


def chosen(month: str, *versions: Named) -> Named:
    return version_in_force(versions, month, ValueError, Path("rules"), none="no rule is", cure="add one.")


def test_both_ends_count_an_open_end_lasts_and_a_candidate_is_in_force_in_no_month():
    months = ["2024-12", "2025-01", "2025-06", "2025-07", "2025-08", "2030-01"]
    assert [in_force(OLD, month) for month in months] == [False, True, True, False, False, False]
    assert [in_force(NEW, month) for month in months] == [False, False, False, False, True, True]
    assert not any(in_force(CANDIDATE, month) for month in months)
    assert [chosen(month, CANDIDATE, OLD, NEW) for month in ("2025-06", "2025-08")] == [OLD, NEW]


def test_none_and_several_are_told_with_their_months():
    with pytest.raises(ValueError) as told:
        chosen("2025-07", CANDIDATE, OLD, NEW)
    assert str(told.value) == (
        "rules: no rule is in force in 2025-07 (v1: 2025-01 to 2025-06; v2: 2025-08 to open); add one."
    )
    with pytest.raises(ValueError, match=r"several versions are in force in 2025-09 \(v2: .*; v4: 2025-09 to open\)"):
        chosen("2025-09", OLD, NEW, Named("v4", "2025-09"))


def test_what_is_no_month_is_refused():
    with pytest.raises(ValueError, match="'2025-13' is not a month"):
        chosen("2025-13", NEW)
