"""Each invariant speaks up where it is broken, and only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.province import invariants
from benchmarks.province.rows import Account, Classified

ACCOUNT = Account("c01_base", "2026-01", 10, 7, 2, 1, (7, 2, 1))
CLASSIFIED = Classified("2026-01", 5, 5, 0, 0, 0, 0)


def test_rows_that_add_up_and_are_there_say_nothing():
    assert invariants.of_accounts([ACCOUNT], ["c01_base"], ["2026-01"]) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(ACCOUNT, delivered=11), "11 rows were delivered, but 7 accepted"),
        (replace(ACCOUNT, found=(6, 2, 1)), "its files hold (6, 2, 1) rows"),
        (replace(ACCOUNT, month="2026-02"), "c01_base 2026-01 was not taken in"),
    ],
)
def test_rows_that_are_lost_are_told(broken: Account, said: str):
    (sentence,) = invariants.of_accounts([broken], ["c01_base"], ["2026-01"])
    assert said in sentence


def test_one_class_for_each_live_enterprise_says_nothing():
    assert invariants.of_classes(CLASSIFIED) == []


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (replace(CLASSIFIED, enterprises=0, classes=0), "no enterprise was classified"),
        (replace(CLASSIFIED, classes=4), "4 classes for 5 live enterprises"),
        (replace(CLASSIFIED, unclassified=1), "1 enterprises are live without a class"),
        (replace(CLASSIFIED, twice=2), "2 enterprises have more than one class"),
        (replace(CLASSIFIED, strange=3), "3 classes are none of A, B, C, D"),
        (replace(CLASSIFIED, unequal=4), "4 scores are not the sum of their points"),
    ],
)
def test_what_is_wrong_with_the_classes_is_told(broken: Classified, said: str):
    (sentence,) = invariants.of_classes(broken)
    assert said in sentence


def test_rows_that_differ_in_number_or_content_are_told():
    first = {"risk_class": (3, "17"), "enterprise_score": (3, "4"), "gone": (1, "1")}
    assert invariants.same("2026-01, again", first, dict(first)) == []
    again = {"risk_class": (3, "18"), "enterprise_score": (3, "4")}
    assert invariants.same("2026-01, again", first, again) == [
        "2026-01, again: gone has other rows (1 rows, then none).",
        "2026-01, again: risk_class has other rows (3 rows, then 3 rows).",
    ]


def test_only_the_files_of_the_partition_that_was_decided_may_change():
    before = {"2026-01/4101": ["a"], "2026-01/4102": ["b", "c"]}
    after = {"2026-01/4101": ["x"], "2026-01/4102": ["c", "b"]}
    assert invariants.untouched("again", before, after, "2026-01/4101") == []
    (sentence,) = invariants.untouched("again", before, after | {"2026-01/4102": ["b"]}, "2026-01/4101")
    assert "2026-01/4102 changed too" in sentence
