"""The decision: from points to a class.

Belongs here: class bounds, direct rules, floors, thin files (``rules``), writing the classes of months and regions
(``decide``), what a decided partition shows (``summary``).
Does not belong here: points (``dbt_project/models/scores``), what the rules say (``data/catalogue``), Dagster.
"""

from orchestration.risk.decide import DecisionError, decide
from orchestration.risk.summary import PartitionSummary

__all__ = ["DecisionError", "PartitionSummary", "decide"]
