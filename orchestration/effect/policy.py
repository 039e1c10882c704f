"""How the effect of inspections is measured: ``data/effect.yml``.

Belongs here: the shape of that file and reading it. Does not belong here: measuring.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.policy import read_policy
from orchestration.settings import Settings


class EffectError(ValueError):
    """The effect cannot be measured; one sentence says why and what to do."""


class Policy(BaseModel):
    """What is counted together and what is judged.

    Attributes:
        window_months: months of visits that are taken together.
        lot: kind of check that the classes steer.
        safest: classes in which a finding was missed by the classes.
        riskier: classes in which a visit without a finding is a false alarm.
        least_visits: visits that an inspector or region needs to be listed by itself.
        significance: level at which a group is flagged, over all groups of a dimension together.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    window_months: int = Field(..., ge=1, le=60)
    lot: str = Field(..., min_length=1)
    safest: tuple[str, ...] = Field(..., min_length=1)
    riskier: tuple[str, ...] = Field(..., min_length=1)
    least_visits: int = Field(..., ge=1)
    significance: float = Field(..., gt=0, lt=0.5)

    @model_validator(mode="after")
    def _apart(self) -> Policy:
        if both := sorted(set(self.safest) & set(self.riskier)):
            raise ValueError(f"class {both[0]} is among the safest and the riskier; choose one")
        return self


def load_policy(settings: Settings) -> Policy:
    """The jurisdiction's own policy, else the canonical one.

    Raises:
        EffectError: the file is missing or says something else than a policy.
    """
    return read_policy(
        settings, "effect.yml", Policy, EffectError, "it says how the effect of inspections is measured."
    )
