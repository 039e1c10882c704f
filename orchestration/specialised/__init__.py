"""Key fields beside the general class (通用+专业): food, drugs, industrial products, special equipment.

Belongs here: the shape of a version of ``data/specialised`` (``model``), reading one (``load``), refusing a wrong one
(``faults``) or one that disagrees with the dbt models (``check``); the classes of members (``rules``, ``decide``) and
what a decided partition shows (``summary``).
Does not belong here: what records tell and points (``dbt_project/models/specialised``), the general class (``risk``),
Dagster.
"""

from orchestration.specialised.check import check_specialised, check_specialised_models
from orchestration.specialised.decide import decide_combined, decide_specialised
from orchestration.specialised.load import load_specialised, specialised_versions
from orchestration.specialised.model import Specialised
from orchestration.specialised.summary import FieldSummary

__all__ = [
    "FieldSummary",
    "Specialised",
    "check_specialised",
    "check_specialised_models",
    "decide_combined",
    "decide_specialised",
    "load_specialised",
    "specialised_versions",
]
