"""A candidate catalogue beside the version in force: what would change if it were put into force.

Belongs here: computing a candidate in a lake of its own (``run``), comparing it with what is in force (``compare``),
the report (``report``), all of it in order (``whole``).
Does not belong here: putting a version into force, which is a person's edit of ``effective_from``.
"""

from orchestration.shadow.compare import ShadowError, compare
from orchestration.shadow.run import run_months, shadow_settings
from orchestration.shadow.whole import ShadowRun, shadow

__all__ = ["ShadowError", "ShadowRun", "compare", "run_months", "shadow", "shadow_settings"]
