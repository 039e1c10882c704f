"""Confidence, bands and reasons."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from orchestration.resolution.policy import Policy, load_policy
from orchestration.resolution.weigh import weigh
from orchestration.settings import Settings


@pytest.fixture(scope="module")
def policy() -> Policy:
    found = load_policy(Settings(home=Path("/nowhere")), "2026-10")
    weights = {
        "name": {"full": {"bits": 10, "says": "full"}, "core": {"bits": 3, "says": "core"}},
        "place": {"city": {"bits": 3, "says": "city"}, "other": {"bits": -4, "says": "elsewhere"}},
    }
    return Policy.model_validate(found.model_dump() | {"weights": weights})


def weighed(policy: Policy, *rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    schema = ["mention_id", "enterprise_id", "name", "place"]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(schema, pl.String), orient="row")
    return weigh(frame, policy)


def test_confidence_is_the_odds_of_the_bits(policy: Policy) -> None:
    one = weighed(policy, ("m", "A", "core", "city")).row(0, named=True)
    assert one["bits"] == 6
    assert one["confidence"] == pytest.approx(64 / 65)
    assert (one["band"], one["rank"], one["reasons"]) == ("accept", 1, "core +3; city +3")


def test_a_short_name_without_support_is_asked_about(policy: Policy) -> None:
    assert weighed(policy, ("m", "A", "core", None))["band"].to_list() == ["review"]


def test_a_short_name_from_elsewhere_is_rejected(policy: Policy) -> None:
    assert weighed(policy, ("m", "A", "core", "other"))["band"].to_list() == ["reject"]


def test_equal_namesakes_share_and_nobody_is_guessed(policy: Policy) -> None:
    both = weighed(policy, ("m", "B", "full", None), ("m", "A", "full", None))
    assert both["enterprise_id"].to_list() == ["A", "B"]
    assert both["confidence"].to_list() == pytest.approx([1024 / 2049] * 2)
    assert both["band"].to_list() == ["review", "reject"]


def test_support_resolves_namesakes(policy: Policy) -> None:
    both = weighed(policy, ("m", "A", "core", "other"), ("m", "B", "core", "city"))
    assert both["enterprise_id"].to_list() == ["B", "A"]
    assert both["band"].to_list() == ["accept", "reject"]


def test_mentions_do_not_share(policy: Policy) -> None:
    assert weighed(policy, ("m", "A", "full", None), ("n", "A", "full", None))["band"].to_list() == ["accept"] * 2


def test_what_the_policy_does_not_know_is_refused(policy: Policy) -> None:
    with pytest.raises(ValueError, match=r"weights\.place does not say what 'moon' is worth"):
        weighed(policy, ("m", "A", "full", "moon"))


def test_no_candidates(policy: Policy) -> None:
    assert weighed(policy).height == 0
