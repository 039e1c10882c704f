"""From texts, matches and judgements of a month to one delivery of feed ``w01_web_signals``.

Belongs here: which signals a month tells, and the file in ``landing/``.
Does not belong here: how texts, matches and judgements come to be, and what a signal counts for (``dbt_project``).
"""

from orchestration.web.signals.deliver import SignalsError, SignalsMonth, deliver_signals

__all__ = ["SignalsError", "SignalsMonth", "deliver_signals"]
