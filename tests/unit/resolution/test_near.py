"""Candidates for misspelt names: everything within one edit, nothing of another city, in bounded number."""

from __future__ import annotations

import polars as pl
import pytest

from orchestration.resolution.near import nearest


def known(*cores: str, at: str = "4101", branch: bool = False) -> pl.DataFrame:
    ids = [f"E{place}" for place in range(len(cores))]
    return pl.DataFrame({"enterprise_id": ids, "core": list(cores)}).with_columns(branch=pl.lit(branch), at=pl.lit(at))


def asked(core: str, city: str | None = "4101") -> pl.DataFrame:
    return pl.DataFrame(
        {"mention_id": ["m"], "core": [core], "branch": [False], "city": [city]},
        schema={"mention_id": pl.String, "core": pl.String, "branch": pl.Boolean, "city": pl.String},
    )


@pytest.mark.parametrize(
    ("core", "found"),
    [
        ("华盛源商贸", ["close"]),  # the same
        ("华胜源商贸", ["close"]),  # another character
        ("华源商贸", ["close"]),  # one left out
        ("华盛盛源商贸", ["close"]),  # one too many
        ("盛华源商贸", ["distant"]),  # two in the wrong order
        ("金盛汇商贸", []),
        ("华盛源", []),  # too short to be told apart
    ],
)
def test_one_edit_is_close_and_two_are_distant_if_found(core: str, found: list[str]) -> None:
    assert nearest(asked(core), known("华盛源商贸"))["name_found"].to_list() == found


def test_the_city_divides_and_an_unknown_city_does_not() -> None:
    register = known("华盛源商贸", at="4103")
    assert nearest(asked("华胜源商贸", "4101"), register).height == 0
    assert nearest(asked("华胜源商贸", "4103"), register).height == 1
    assert nearest(asked("华胜源商贸", None), register).height == 1


def test_a_branch_is_not_its_parent() -> None:
    assert nearest(asked("华胜源商贸"), known("华盛源商贸", branch=True)).height == 0


def test_a_name_like_too_many_is_like_none() -> None:
    register = known("华甲源商贸", "华乙源商贸", "华丙源商贸")
    assert nearest(asked("华丁源商贸"), register, most=3).height == 3
    assert nearest(asked("华丁源商贸"), register, most=2).height == 0


def test_nothing_asked_gives_nothing() -> None:
    assert nearest(asked("华胜源商贸").clear(), known("华盛源商贸")).columns == [
        "mention_id",
        "enterprise_id",
        "name_found",
    ]
