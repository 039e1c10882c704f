"""The policy: what ships can be used, what is wrong is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.maintenance.policy import PolicyError, load_policy
from orchestration.settings import Settings


class Elsewhere(Settings):
    """A platform whose canonical data are in its home."""

    @property
    def canonical(self) -> Path:
        return self.home


def test_what_ships_leaves_readers_and_audit_time() -> None:
    policy = load_policy(Settings.from_env())
    assert policy.files.grace_days >= 2
    assert policy.snapshots.keep_days >= policy.files.grace_days


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("keep_days: 30", "keep_days: 0", "snapshots.keep_days"),
        ("grace_days: 7", "grace_day: 7", "files.grace_day"),
        ("rewrite_deleted_share: 0.25", "rewrite_deleted_share: 25", "files.rewrite_deleted_share"),
        ("hold: []", "hold: [first]", "snapshots.hold"),
        ("hold: []", "hold: [", "maintenance.yml"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (Settings.from_env().canonical / "maintenance.yml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "maintenance.yml").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError, match=said):
        load_policy(Elsewhere(home=tmp_path))


def test_a_missing_policy_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is missing; it says what is kept"):
        load_policy(Elsewhere(home=tmp_path))
