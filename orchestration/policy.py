"""Reading a policy that is one YAML file of a jurisdiction, and which of its versions is in force in a month.

Belongs here: which file it is, the month of a version, and the sentences where there is nothing to be used.
Does not belong here: what a policy says (``effect.policy``, ``calibration.policy``), versions that are folders
(``catalogue.load``).
"""

from __future__ import annotations

# ruff: noqa: D102  (the properties of a protocol are what its docstring names)
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from orchestration import yaml_text
from orchestration.settings import Settings, month_check


class Dated(Protocol):
    """What is in force from a month to a month; no last month is until further notice, no first one is never."""

    @property
    def effective_from(self) -> str | None: ...
    @property
    def effective_to(self) -> str | None: ...


class Version(Dated, Protocol):
    """One version of several, with its name."""

    @property
    def version(self) -> str: ...


P = TypeVar("P", bound=BaseModel)
V = TypeVar("V", bound=Version)


def read_policy(settings: Settings, file: str, model: type[P], error: type[ValueError], says: str) -> P:
    """The jurisdiction's own policy, else the canonical one.

    Args:
        settings: whose jurisdiction.
        file: name of the file.
        model: its shape.
        error: raised with one sentence where the file is missing, cannot be read or says something else than a policy.
        says: end of the sentence about a file that is missing or cannot be read: what it is for.
    """
    path = settings.own_or_canonical(file)
    if not path.is_file():
        raise error(f"{path}: is missing; {says}")
    try:
        return model.model_validate(yaml_text.load(path.read_text(encoding="utf-8")))
    except OSError as wrong:
        raise error(f"{path}: cannot be read ({wrong.strerror}); {says}") from wrong
    except yaml.YAMLError as wrong:
        raise error(f"{path}: not valid YAML ({str(wrong).splitlines()[0]}); mend the line.") from wrong
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise error(f"{path}: {place}: {first['msg'].removeprefix('Value error, ')}; mend it.") from wrong


def in_force(one: Dated, month: str) -> bool:
    """Whether it is in force in ``month`` (``YYYY-MM``)."""
    return one.effective_from is not None and one.effective_from <= month <= (one.effective_to or month)


def version_in_force(
    versions: Sequence[V], month: str, error: type[ValueError], place: Path, *, none: str, cure: str
) -> V:
    """The one version that is in force in ``month`` (``YYYY-MM``).

    Args:
        versions: in the order in which a sentence names them.
        month: the month asked for.
        error: raised with one sentence where no version is in force in that month, or several are.
        place: beginning of that sentence: where the versions lie.
        none: what there is not, with its verb, as in "no version is".
        cure: end of the sentence: what to do.
    """
    month_check(month)
    found = [version for version in versions if in_force(version, month)]
    if len(found) == 1:
        return found[0]
    spans = "; ".join(
        f"{one.version}: {one.effective_from} to {one.effective_to or 'open'}"
        for one in found or versions
        if one.effective_from
    )
    raise error(f"{place}: {'several versions are' if found else none} in force in {month} ({spans}); {cure}")
