"""Which model judges a month: ``web/judge.yml`` and ``web/models/<name>/``.

Belongs here: the periods of models and finding the folder of one. Does not belong here: what a model says.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from orchestration.settings import Settings
from orchestration.web.periods import Period, period, web_file


class JudgePeriod(Period):
    """The model of some months.

    Attributes:
        model: folder below ``web/models``.
        overrule: share of the probability from which the model overrules the topic of the source, more than 0.5.
    """

    model: str = Field(..., pattern=r"^[a-z][a-z0-9_]*$")
    overrule: float = Field(..., gt=0.5, le=1)


def judge_period(settings: Settings, month: str) -> JudgePeriod:
    """What is in force in a month.

    Raises:
        PeriodError: the file is missing or wrong, or does not cover the month.
    """
    return period(settings, "judge.yml", JudgePeriod, month)


def model_folder(settings: Settings, name: str) -> Path:
    """Folder of a model: the jurisdiction's own, else the canonical one."""
    return web_file(settings, f"models/{name}")
