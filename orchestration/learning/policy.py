"""How to learn and when to raise an alarm: ``learning.yml`` of the jurisdiction, by effective month.

Belongs here: the shape of that file and reading it. Does not belong here: learning.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.catalogue.model import MONTH_PATTERN
from orchestration.policy import read_policy, version_in_force
from orchestration.settings import Settings

FILE = "learning.yml"


class LearningError(ValueError):
    """Nothing can be learned, or the policy cannot be used; one sentence says why and what to do."""


class Part(BaseModel):
    """Base of every part: frozen, and an unknown field is refused rather than ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Guard(Part):
    """Bounds beyond which a feature is taken for a leak.

    Attributes:
        never: names, or beginnings of names that end in ``*``, that are never a feature.
        ahead: indicators whose records tell a day to come, known beforehand, such as the end of a licence.
        single_auc: AUC of one feature alone from which it is too good to be true; 0.5 to 1.
        permutation_gain: loss of AUC when one feature is shuffled from which it is too good to be true.
        proxy: share of the visits whose inspector or region the feature tells, beyond the commonest one, 0 to 1.
    """

    never: tuple[str, ...]
    ahead: tuple[str, ...] = ()
    single_auc: float = Field(..., gt=0.5, le=1)
    permutation_gain: float = Field(..., gt=0, le=0.5)
    proxy: float = Field(..., gt=0, le=1)


class Drift(Part):
    """When a month stands out from what the model was calibrated on.

    Attributes:
        reference_months: months before the ones watched whose values are the yardstick.
        psi: population stability index from which inputs or scores have shifted.
        chance: chance of a false alarm in one quiet month, all series together.
        outcomes: part of it that the series of findings have among them; inputs and score share what is left.
        slack: part of a standard error that a month may lie off without counting (CUSUM); without any, everything adds
            up in time.
    """

    reference_months: int = Field(..., ge=3)
    psi: float = Field(..., gt=0)
    chance: float = Field(..., gt=0, lt=0.5)
    outcomes: float = Field(0.5, gt=0, lt=1)
    slack: float = Field(..., gt=0, le=2)


class Challenger(Part):
    """Settings of the boosted trees."""

    trees: int = Field(..., ge=1)
    leaves: int = Field(..., ge=2)
    rate: float = Field(..., gt=0, le=1)
    least_leaf: int = Field(..., ge=1)
    ridge: float = Field(..., ge=0)
    share_of_features: float = Field(..., gt=0, le=1)
    seed: int = 0


class Policy(Part):
    """One version of how to learn.

    Attributes:
        version: its name.
        effective_from: first month that is learned with it; ``effective_to`` the last, or open.
        outcome: what is to be predicted: ``found`` (any problem) or ``critical`` (a critical one).
        catalogue: version of the catalogue whose indicators are the features; None is the one in force.
        first_class_month: earlier classes are not learned from; None is all.
        bands: bands of a numeric indicator, about; each holds at least ``least_share`` of the visits.
        least_rows: fewer visits than this in a category: it has no points of its own.
        ridge: strength of the penalty on the steps between bands, in visits.
        trim: a weight counts at most so many times the mean one.
        folds: months on which a model trained before them is tried.
        least_visits: fewer visits than this are not learned from.
        bins: groups of equal size in which predicted and found rates are compared.
        classes: class -> share of all enterprises, best first.
    """

    version: str = Field(..., pattern=r"^[a-z][a-z0-9_]*$")
    effective_from: str = Field(..., pattern=MONTH_PATTERN)
    effective_to: str | None = Field(None, pattern=MONTH_PATTERN)
    outcome: Literal["found", "critical"]
    catalogue: str | None = None
    first_class_month: str | None = Field(None, pattern=MONTH_PATTERN)
    bands: int = Field(..., ge=2, le=20)
    least_share: float = Field(..., gt=0, lt=0.5)
    least_rows: int = Field(..., ge=1)
    ridge: float = Field(..., gt=0)
    trim: float = Field(..., ge=1)
    folds: int = Field(..., ge=2)
    least_visits: int = Field(..., ge=50)
    bins: int = Field(..., ge=2)
    classes: dict[str, float]
    challenger: Challenger
    guard: Guard
    drift: Drift

    @model_validator(mode="after")
    def _whole(self) -> Policy:
        if abs(sum(self.classes.values()) - 1) > 1e-9:
            raise ValueError(f"the shares of the classes add up to {sum(self.classes.values()):g}; make it 1")
        return self


class _File(Part):
    versions: tuple[Policy, ...] = Field(..., min_length=1)


def load_policy(settings: Settings, month: str) -> Policy:
    """The policy for a month: the jurisdiction's own, else the canonical one.

    Raises:
        LearningError: the file is missing, malformed, or not exactly one version covers the month.
    """
    versions = read_policy(settings, FILE, _File, LearningError, "it says how to learn.").versions
    path = settings.own_or_canonical(FILE)
    return version_in_force(
        versions, month, LearningError, path, none="no version is", cure="mend effective_from and effective_to."
    )
