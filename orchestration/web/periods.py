"""Rules of the web branch that hold from a month on: YAML files with periods under ``web/`` of the jurisdiction.

Belongs here: reading such a file and choosing the period of a month. Does not belong here: what a rule means.
"""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration import yaml_text
from orchestration.settings import Settings, month_check


class PeriodError(ValueError):
    """A file of periods cannot be used; one sentence says where and how to mend it."""


class Period(BaseModel):
    """What every period has.

    Attributes:
        start: first month, YYYY-MM; the period lasts until the next one begins.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    start: str = Field(..., alias="from", pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")


Rule = TypeVar("Rule", bound=Period)


def web_file(settings: Settings, name: str) -> Path:
    """A file or folder below ``web/``: the jurisdiction's own, else the canonical one."""
    return settings.own_or_canonical(f"web/{name}")


def period(settings: Settings, name: str, kind: type[Rule], month: str) -> Rule:
    """The rule of a file that is in force in a month.

    Args:
        settings: the jurisdiction.
        name: file below ``web/``, for example ``judge.yml``.
        kind: model of one period.
        month: YYYY-MM.

    Raises:
        PeriodError: the file is missing or wrong, or no period has begun by that month.
    """
    month_check(month)
    path = web_file(settings, name)
    try:
        content = yaml_text.load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise PeriodError(f"{path}: cannot be read ({error.strerror}); it holds rules of the web branch.") from error
    except yaml.YAMLError as error:
        raise PeriodError(f"{path}: not valid YAML ({str(error).splitlines()[0]}); mend the line.") from error
    entries = content.get("periods") if isinstance(content, dict) else None
    if not isinstance(entries, list) or not entries:
        raise PeriodError(f"{path}: has no list 'periods'; add one period with 'from: \"YYYY-MM\"'.")
    rules = [_rule(path, place, entry, kind) for place, entry in enumerate(entries, start=1)]
    starts = [rule.start for rule in rules]
    if starts != sorted(set(starts)):
        raise PeriodError(f"{path}: the periods begin in {', '.join(starts)}; order them, each month once.")
    begun = [rule for rule in rules if rule.start <= month]
    if not begun:
        raise PeriodError(f"{path}: the first period begins in {starts[0]}, after {month}; add one that covers it.")
    return begun[-1]


def _rule(path: Path, place: int, entry: object, kind: type[Rule]) -> Rule:
    try:
        return kind.model_validate(entry)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the period"
        raise PeriodError(f"{path}: period {place}: {where}: {first['msg']}; mend it.") from error
