"""What agreement is worth and what is certain enough: ``data/resolution/policy-*.yml``, by effective month.

Belongs here: the shape of these files, reading them, the one in force. Does not belong here: the sum (``weigh``).
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration import yaml_text
from orchestration.policy import version_in_force
from orchestration.settings import MONTH, Settings


class PolicyError(ValueError):
    """A policy cannot be used; one sentence says file, field and cure."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Weight(_Strict):
    """What one finding is worth, in bits (log2 of its likelihood ratio), and how it is called for people."""

    bits: float = Field(..., ge=-40, le=40)
    says: str = Field(..., min_length=1)


class Bands(_Strict):
    """Confidence of acceptance, and joint confidence of all candidates from which a person is asked."""

    accept: float = Field(..., gt=0.5, le=1)
    review: float = Field(..., gt=0, le=1)

    @model_validator(mode="after")
    def _ordered(self) -> Bands:
        if self.review > self.accept:
            raise ValueError(f"review {self.review} is above accept {self.accept}; ask before you accept")
        return self


class ShortName(_Strict):
    """Which short names of a style are searched for: length in characters, number of enterprises called so."""

    least_characters: int = Field(..., ge=2)
    most_shares: int = Field(..., ge=1, le=100)


class ShortNames(_Strict):
    """Limits by style of a derived short name (简称)."""

    core: ShortName
    place_brand: ShortName
    brand: ShortName


class Policy(_Strict):
    """How mentions become enterprises in the months in which it is in force.

    Attributes:
        version: its name.
        effective_from, effective_to: first and last month, YYYY-MM; no last month means until further notice.
        bands: what is certain enough.
        short_names: which derived names are used.
        near: characters around a mention in which support is read.
        weights: evidence column -> what it found -> its worth.
    """

    version: str = Field(..., pattern=r"^[a-z0-9]+$")
    effective_from: str
    effective_to: str | None = None
    bands: Bands
    short_names: ShortNames
    near: int = Field(..., ge=0, le=1000)
    weights: dict[str, dict[str, Weight]] = Field(..., min_length=1)

    @field_validator("effective_from", "effective_to")
    @classmethod
    def _month(cls, value: str | None) -> str | None:
        if value is not None and not MONTH.match(value):
            raise ValueError(f"{value!r} is no month; write YYYY-MM")
        return value

    @model_validator(mode="after")
    def _span(self) -> Policy:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise ValueError(f"it ends in {self.effective_to}, before it begins in {self.effective_from}")
        if "name" not in self.weights:
            raise ValueError("weights.name is missing; every candidate has a kind of name")
        return self


def _read(path: Path) -> Policy:
    try:
        return Policy.model_validate(yaml_text.load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise PolicyError(f"{path}: not valid YAML ({str(error).splitlines()[0]}); mend the line.") from error
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(map(str, one['loc'])) or 'the file'}: "
            f"{one['msg'].removeprefix('Value error, ')}; mend it."
            for one in error.errors()
        ]
        raise PolicyError("\n".join(lines)) from error


def _folder(settings: Settings) -> Path:
    own = settings.definition / "resolution"
    return own if list(own.glob("policy-*.yml")) else settings.canonical / "resolution"


def load_policies(settings: Settings) -> list[Policy]:
    """All policies of the jurisdiction (its own, else the canonical ones), oldest first.

    Raises:
        PolicyError: there is none, one cannot be read, or two hold in the same month; every fault is one line.
    """
    folder = _folder(settings)
    paths = sorted(folder.glob("policy-*.yml"))
    if not paths:
        raise PolicyError(f"{folder}: has no policy-*.yml; it says what agreement of names is worth.")
    faults, policies = [], []
    for path in paths:
        try:
            policies.append(_read(path))
        except PolicyError as error:
            faults.append(str(error))
    policies.sort(key=lambda policy: policy.effective_from)
    for earlier, later in pairwise(policies):
        if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
            faults.append(
                f"{folder}: policies {earlier.version} and {later.version} both hold in {later.effective_from}; end "
                f"{earlier.version} the month before."
            )
    if faults:
        raise PolicyError("\n".join(faults))
    return policies


def load_policy(settings: Settings, month: str) -> Policy:
    """The policy in force in a month.

    Raises:
        PolicyError: none holds in that month, or a file is faulty.
    """
    policies, folder = load_policies(settings), _folder(settings)
    return version_in_force(
        policies, month, PolicyError, folder, none="no policy is", cure="give one an effective_from by then."
    )
