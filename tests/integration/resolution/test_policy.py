"""Policies by month, and every fault named with file and field."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.resolution import policy
from orchestration.settings import PROJECT, Settings

SOUND = yaml.safe_load((PROJECT / "data" / "resolution" / "policy-r1.yml").read_text(encoding="utf-8"))


class Elsewhere(Settings):
    """A platform whose definitions lie beside its state."""

    @property
    def definition(self) -> Path:
        return self.home


def written(folder: Path, **files: dict[str, Any]) -> Settings:
    (folder / "resolution").mkdir()
    for name, content in files.items():
        path = folder / "resolution" / f"policy-{name}.yml"
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return Elsewhere(home=folder)


def test_each_month_has_its_policy(tmp_path: Path) -> None:
    later = SOUND | {"version": "r2", "effective_from": "2026-09"}
    settings = written(tmp_path, r1=SOUND | {"effective_to": "2026-08"}, r2=later)
    found = [policy.load_policy(settings, month).version for month in ("2026-08", "2026-09")]
    assert found == ["r1", "r2"]


def test_a_month_before_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(policy.PolicyError, match="resolution: no policy is in force in 2010-12"):
        policy.load_policy(written(tmp_path, r1=SOUND), "2010-12")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bands": {"accept": 0.6, "review": 0.7}}, "policy-r1.yml: bands: review 0.7 is above accept 0.6"),
        ({"bands": {"accept": 0.4, "review": 0.3}}, "bands.accept: Input should be greater than 0.5"),
        ({"effective_from": "2026-13"}, "effective_from: '2026-13' is no month"),
        ({"effective_to": "2010-01"}, "it ends in 2010-01, before it begins in 2011-01"),
        ({"weights": {"place": {"city": {"bits": 1, "says": "x"}}}}, "weights.name is missing"),
        (
            {"weights": {"name": {"full": {"bits": "much", "says": "x"}}}},
            "weights.name.full.bits: Input should be a valid",
        ),
        ({"nearness": 3}, "nearness: Extra inputs are not permitted"),
    ],
)
def test_faults_are_named(tmp_path: Path, change: dict[str, Any], said: str) -> None:
    with pytest.raises(policy.PolicyError) as told:
        policy.load_policies(written(tmp_path, r1=SOUND | change))
    assert said in str(told.value)


def test_two_policies_of_one_month_are_refused(tmp_path: Path) -> None:
    settings = written(tmp_path, r1=SOUND, r2=SOUND | {"version": "r2", "effective_from": "2026-09"})
    with pytest.raises(policy.PolicyError, match="policies r1 and r2 both hold in 2026-09"):
        policy.load_policies(settings)


def test_a_jurisdiction_without_its_own_has_the_canonical_one(tmp_path: Path) -> None:
    assert policy.load_policies(Elsewhere(home=tmp_path))[0].version == "r1"
