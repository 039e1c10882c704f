"""Who may override, and for how long: a policy that makes no sense is refused with file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestration.catalogue import CatalogueError, load_catalogue
from orchestration.settings import Settings
from tests.definition import Own, copied

GOOD = {"longest_months": "12", "least_rank": "1", "least_rank_rule": "3"}
MONTH = "2023-01"


def with_policy(folder: Path, **changes: str) -> tuple[Own, int]:
    """A copy of version 1 with a policy of its own, and the line on which the policy begins."""
    settings = copied(folder, "catalogue/v1")
    path = settings.definition / "catalogue" / "v1" / "catalogue.yml"
    text = path.read_text(encoding="utf-8")
    lines = [f"  {name}: {value}" for name, value in (GOOD | changes).items() if value]
    path.write_text("\n".join([text.rstrip("\n"), "overrides:", *lines, ""]), encoding="utf-8")
    return settings, text.rstrip("\n").count("\n") + 2


def test_a_policy_is_read_and_version_one_has_none(tmp_path):
    settings, _ = with_policy(tmp_path)
    policy = load_catalogue(settings, MONTH).overrides
    assert policy is not None
    assert (policy.longest_months, policy.least_rank, policy.least_rank_rule) == (12, 1, 3)
    canonical = Settings(home=tmp_path)
    assert load_catalogue(canonical, "2023-06").overrides is None
    assert load_catalogue(canonical, "2023-07").overrides is not None


@pytest.mark.parametrize(
    ("changes", "below", "sentence"),
    [
        ({"longest_months": "0"}, 1, "overrides.longest_months: Input should be greater than or equal to 1"),
        ({"longest_months": "37"}, 1, "overrides.longest_months: Input should be less than or equal to 36"),
        ({"longest_months": ""}, 1, "overrides.longest_months: Field required"),
        ({"least_rank": "0"}, 2, "overrides.least_rank: Input should be greater than or equal to 1"),
        ({"least_rank_rule": "4"}, 3, "nobody has rank 4; choose one of 1, 2, 3 (decider_ranks in code_lists.csv)"),
        ({"least_rank": "3", "least_rank_rule": "2"}, 3, "rank 2 may override a direct rule, but only rank 3 a score"),
        ({"forever": "true"}, 4, "overrides.forever: Extra inputs are not permitted"),
    ],
)
def test_a_senseless_policy_is_refused_with_its_line(tmp_path, changes, below, sentence):
    settings, line = with_policy(tmp_path, **changes)
    with pytest.raises(CatalogueError, match=re.escape(f"catalogue.yml:{line + below}: {sentence}")):
        load_catalogue(settings, MONTH)


def test_the_longest_policy_allowed_is_read(tmp_path):
    settings, _ = with_policy(tmp_path, longest_months="36", least_rank="3")
    assert load_catalogue(settings, MONTH).overrides is not None
