"""Keeping the state small: what is compacted, what is forgotten, what audit keeps for ever.

Belongs here: the policy (``data/maintenance.yml``), the lake's files and snapshots, what crashes left behind.
Does not belong here: Dagster's own history (``defs.maintenance``); raw partitions and originals, which stay.
"""

from orchestration.maintenance.leftovers import Leftovers, remove_leftovers
from orchestration.maintenance.policy import Policy, PolicyError, load_policy
from orchestration.maintenance.upkeep import LakeReport, MaintenanceError, maintain_lake

__all__ = [
    "LakeReport",
    "Leftovers",
    "MaintenanceError",
    "Policy",
    "PolicyError",
    "load_policy",
    "maintain_lake",
    "remove_leftovers",
]
