"""Why an enterprise has its class: the sum, the records behind it, what changed, what would lower it.

Belongs here: the arithmetic of one enterprise in exact agreement with the score (``points``, ``ruling``), what an
explanation holds (``model``), putting it together (``explain``), what time and acts would change (``outlook``), the
page for people (``page``), examples for a demo (``examples``).
Does not belong here: computing scores and classes of everybody (``dbt_project``, ``risk``), Dagster.
"""

from orchestration.explanation.explain import ExplanationError, explain
from orchestration.explanation.model import Explanation, to_json
from orchestration.explanation.page import page, short

__all__ = ["Explanation", "ExplanationError", "explain", "page", "short", "to_json"]
