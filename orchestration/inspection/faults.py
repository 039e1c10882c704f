"""What makes a version of the rules of draws wrong: each fault is one sentence with file, line and cure.

Belongs here: agreement between the parts of a version, with the code lists and the key fields, and between versions.
Does not belong here: reading files (``load``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from orchestration.catalogue.ranges import overlap_faults, span_faults
from orchestration.feeds.contract import code_list
from orchestration.inspection.model import ANY, Policy
from orchestration.settings import Settings
from orchestration.specialised.load import specialised_versions

HEADER, PLANS, ITEMS, RATIOS, ALTERNATIVES = "policy.yml", "plans.csv", "items.csv", "ratios.csv", "alternatives.csv"
CLASSES = "risk_classes"
"""Code list of the classes, the safest first by letter."""


def version_faults(settings: Settings, versions: Sequence[Policy]) -> Iterator[str]:
    """Faults of each version, then of versions against each other; ``versions`` oldest first."""
    classes = sorted(row["code"] for row in code_list(settings, CLASSES))
    departments = {row["code"] for row in code_list(settings, "departments")}
    kinds = {row["code"] for row in code_list(settings, "check_kinds")}
    fields = {field.field for version in specialised_versions(settings) for field in version.fields}
    for version in versions:
        yield from span_faults(version, HEADER)
        yield from _kind_faults(version, kinds)
        yield from _skill_faults(version)
        yield from _plan_faults(version, departments, fields)
        yield from _item_faults(version)
        yield from _ratio_faults(version, classes)
        yield from _alternative_faults(version, classes)
    yield from overlap_faults(versions, HEADER)


def _kind_faults(version: Policy, known: set[str]) -> Iterator[str]:
    kinds = version.kinds
    for name, codes in {
        "lot": (kinds.lot,),
        "statutory": (kinds.statutory,),
        "unnamed": (kinds.unnamed,),
        "spare": kinds.spare,
        "satisfy": kinds.satisfy,
    }.items():
        for code in codes:
            if code not in known:
                here = version.at(HEADER, "kinds", name)
                yield f"{here}: {code!r} is not in the code list check_kinds ({', '.join(sorted(known))}); mend it."
    if kinds.lot == kinds.statutory:
        here = version.at(HEADER, "kinds", "statutory")
        yield f"{here}: visits by lot and by statute would both be of kind {kinds.lot}; name two kinds."
    for name, code, codes in (("spare", kinds.lot, kinds.spare), ("satisfy", kinds.statutory, kinds.satisfy)):
        if code not in codes:
            here = version.at(HEADER, "kinds", name)
            yield f"{here}: kind {code} is missing, so such a visit would be made again at once; add it."


def _skill_faults(version: Policy) -> Iterator[str]:
    names = [skill.skill for skill in version.skills]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{version.at(HEADER, 'skills')}: {name} stands twice; keep one."


def _plan_faults(version: Policy, departments: set[str], fields: set[str]) -> Iterator[str]:
    by_field = Counter(plan.about.field for plan in version.plans if plan.statutory)
    if not any(plan.population == "all" for plan in version.plans):
        yield f"{version.at(PLANS)}: no plan is about all enterprises, so some could never be drawn; add one."
    for plan in version.plans:
        here = version.at(PLANS, plan.plan)
        if plan.department not in departments:
            yield f"{here}: {plan.department!r} is not in the code list departments; mend it."
        if plan.about.field is not None and plan.about.field not in fields:
            yield f"{here}: {plan.about.field!r} is no key field ({', '.join(sorted(fields))}); mend it."
        if plan.statutory and plan.about.field is None:
            yield f"{here}: only a key field has a statutory frequency; say no, or field:<name>."
        if plan.statutory and by_field[plan.about.field] > 1:
            yield f"{here}: two plans make the statutory visits of {plan.about.field}; let one of them."
        if not version.items_of(plan.plan):
            yield f"{here}: {plan.plan} has no item, so nothing would be checked; add one to {ITEMS}."


def _item_faults(version: Policy) -> Iterator[str]:
    plans = {plan.plan: plan for plan in version.plans}
    skills = {skill.skill for skill in version.skills}
    texts = Counter(item.zh for item in version.items)
    for item in version.items:
        here = version.at(ITEMS, item.item)
        if item.plan not in plans:
            yield f"{here}: {item.plan!r} is no plan of {PLANS}; mend the name or remove the row."
        elif plans[item.plan].department != item.department:
            yield (
                f"{here}: is checked by {item.department}, while plan {item.plan} is of {plans[item.plan].department}; "
                "make them agree."
            )
        if item.skill is not None and item.skill not in skills:
            yield f"{here}: {item.skill!r} is no skill of {HEADER} ({', '.join(sorted(skills))}); mend it."
        if texts[item.zh] > 1:
            yield f"{here}: {item.zh} names two items, so results could not be told apart; rename one."


def _ratio_faults(version: Policy, classes: list[str]) -> Iterator[str]:
    plans = {plan.plan for plan in version.plans}
    for row in version.ratios:
        here = version.at(RATIOS, row.plan, row.class_name)
        if row.plan not in plans | {ANY}:
            yield f"{here}: {row.plan!r} is no plan of {PLANS}; mend the name or remove the row."
        if row.class_name not in (*classes, ANY):
            yield f"{here}: {row.class_name!r} is no class ({', '.join(classes)}); mend it."
        if row.ratio_per_year < version.least_ratio:
            yield (
                f"{here}: draws {row.ratio_per_year} a year of class {row.class_name}, less than least_ratio "
                f"{version.least_ratio} ({version.at(HEADER, 'least_ratio')}); no class is exempt, so give more."
            )
    for plan in sorted(plans):
        found = {name: version.ratio_row(plan, name) for name in classes}
        for name in (name for name, given in found.items() if given is None):
            here = version.at(RATIOS)
            yield f"{here}: {plan} has no ratio for class {name}; add the row {plan},{name} or *,{name}."
        for safer, riskier in pairwise(given for given in found.values() if given is not None):
            if riskier.ratio_per_year < safer.ratio_per_year:
                yield (
                    f"{version.at(RATIOS, riskier.plan, riskier.class_name)}: the ratio of {plan} falls from "
                    f"{safer.ratio_per_year} in {safer.class_name} to {riskier.ratio_per_year} in "
                    f"{riskier.class_name}; give {safer.ratio_per_year} or more."
                )


def _alternative_faults(version: Policy, classes: list[str]) -> Iterator[str]:
    for row in version.alternatives:
        here = version.at(ALTERNATIVES, row.scheme, row.class_name)
        if row.class_name not in classes:
            yield f"{here}: {row.class_name!r} is no class ({', '.join(classes)}); mend it."
        if row.most_ratio < row.least_ratio:
            yield f"{here}: most_ratio {row.most_ratio} is below least_ratio {row.least_ratio}; swap them."
