"""Whether everything that describes the web branch and the matching of names can be used.

Belongs here: loading each file once and saying what is there. Does not belong here: what a file means.
"""

from __future__ import annotations

from orchestration.resolution.policy import load_policies
from orchestration.settings import Settings
from orchestration.web.extract.copies import CopiesPeriod
from orchestration.web.judge.model import load
from orchestration.web.judge.policy import judge_period, model_folder
from orchestration.web.periods import period
from orchestration.web.sources import load_sources

LATEST = "9999-12"


def check_web(settings: Settings) -> list[str]:
    """One line on each thing that was checked: sources, rules in force last, the judge's model, matching policies.

    Raises:
        ValueError: the first thing that cannot be used; one sentence with file, place and cure.
    """
    sources = load_sources(settings)
    copies = period(settings, "copies.yml", CopiesPeriod, LATEST)
    judge = judge_period(settings, LATEST)
    load(model_folder(settings, judge.model))
    policies = load_policies(settings)
    return [
        f"web: {len(sources)} sources ({', '.join(sources) or 'none'})",
        f"web: copies from likeness {copies.likeness:g} on, judge {judge.model}",
        f"resolution: {', '.join(policy.version for policy in policies)}",
    ]
