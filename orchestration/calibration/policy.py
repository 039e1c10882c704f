"""What the classes are compared with: ``data/calibration.yml``.

Belongs here: the shape of that file and reading it. Does not belong here: the comparison (``judge``).
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.policy import read_policy
from orchestration.settings import Settings


class CalibrationError(ValueError):
    """There is nothing to measure, or the policy cannot be used; one sentence says why and what to do."""


class Policy(BaseModel):
    """What is held against the classes.

    Attributes:
        published: class -> least and greatest share of all enterprises in published systems, 0 to 1.
        riskier: classes whose share is compared between groups.
        far: how many times the others' share makes a group stand apart; more than 1.
        least_enterprises: smaller groups are not judged.
        conduct_part: part of a gap that must stay without attributes for the gap to have a reason, 0 to 1.
        attributes: level 1 whose points say what an enterprise is, not what it did.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    published: dict[str, tuple[float, float]]
    riskier: tuple[str, ...] = Field(..., min_length=1)
    far: float = Field(..., gt=1)
    least_enterprises: int = Field(..., ge=1)
    conduct_part: float = Field(..., ge=0, le=1)
    attributes: str = Field(..., pattern=r"^H[0-9]{2}$")

    @model_validator(mode="after")
    def _ordered(self) -> Policy:
        for name, (low, high) in self.published.items():
            if not 0 <= low <= high <= 1:
                raise ValueError(f"the range of class {name} is {low} to {high}; give 0 <= least <= greatest <= 1")
        return self


def load_policy(settings: Settings) -> Policy:
    """The jurisdiction's own policy, else the canonical one.

    Raises:
        CalibrationError: the file is missing or says something else than a policy.
    """
    return read_policy(
        settings, "calibration.yml", Policy, CalibrationError, "it says what the classes are compared with."
    )
