"""Reading a policy that is one YAML file of a jurisdiction.

Belongs here: which file it is, and the sentence where it cannot be used.
Does not belong here: what a policy says (``effect.policy``, ``calibration.policy``), versions with effective months.
"""

from __future__ import annotations

from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from orchestration.settings import Settings

P = TypeVar("P", bound=BaseModel)


def read_policy(settings: Settings, file: str, model: type[P], error: type[ValueError], says: str) -> P:
    """The jurisdiction's own policy, else the canonical one.

    Args:
        settings: whose jurisdiction.
        file: name of the file.
        model: its shape.
        error: raised with one sentence where the file is missing or says something else than a policy.
        says: end of the sentence about a missing file: what it is for.
    """
    own = settings.definition / file
    path = own if own.is_file() else settings.canonical / file
    if not path.is_file():
        raise error(f"{path}: is missing; {says}")
    try:
        return model.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as wrong:
        raise error(f"{path}: not valid YAML ({str(wrong).splitlines()[0]}); mend the line.") from wrong
    except ValidationError as wrong:
        first = wrong.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise error(f"{path}: {place}: {first['msg'].removeprefix('Value error, ')}; mend it.") from wrong
