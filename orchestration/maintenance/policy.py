"""What is kept and what is removed, read from ``data/maintenance.yml``.

Belongs here: the shape of that file. Does not belong here: acting on it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from orchestration.policy import read_policy
from orchestration.settings import Settings


class PolicyError(ValueError):
    """The policy cannot be used; the message names the file and the entry."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Snapshots(_Part):
    """Days for which every snapshot is kept, hours below which a decision was a trial, snapshots held by number."""

    keep_days: int = Field(ge=1)
    trial_hours: float = Field(ge=0)
    hold: tuple[int, ...] = ()


class Files(_Part):
    """How files are treated: days before an unneeded one is removed, size and share from which one is written anew."""

    grace_days: int = Field(ge=1)
    merge_below_mb: int = Field(ge=1)
    rewrite_deleted_share: float = Field(gt=0, lt=1)


class Catalogue(_Part):
    """Share of empty pages from which the embedded catalogue is written anew."""

    compact_free_share: float = Field(gt=0, lt=1)


class Days(_Part):
    """Days for which something is kept."""

    keep_days: int = Field(ge=1)


class Policy(_Part):
    """The whole policy; the file says what each entry means."""

    snapshots: Snapshots
    files: Files
    catalogue: Catalogue
    leftovers: Days
    history: Days


def load_policy(settings: Settings) -> Policy:
    """The jurisdiction's own policy where it has one, else the general one.

    Raises:
        PolicyError: the file is missing, or an entry is unknown, missing or out of bounds.
    """
    return read_policy(settings, "maintenance.yml", Policy, PolicyError, "it says what is kept and what is removed.")
