"""Which class a score and its values give, for one enterprise.

Belongs here: direct rules, floors, thin file and bounds, in the order in which ``risk.rules`` writes them.
Does not belong here: points (``points``), words (``page``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from orchestration.catalogue.model import Catalogue, Condition, Rule, ThinReason
from orchestration.explanation.points import Value, raw_points, score


@dataclass(frozen=True)
class Ruling:
    """A class and what led to it.

    Attributes:
        class_name: the computed class.
        by_score: class that the bounds give the score.
        direct: direct rule that holds, of several the worst; it sets the class.
        floor: floor that holds, of several the worst; the class is no better.
        thin: why too little is known for the best class, if so.
    """

    class_name: str
    by_score: str
    direct: Rule | None = None
    floor: Rule | None = None
    thin: ThinReason | None = None


def meets(condition: Condition, values: Mapping[str, Value]) -> bool:
    """Whether the value of an indicator meets a condition; unknown meets only ``unknown``."""
    value = values.get(condition.indicator)
    if condition.unknown:
        return value is None
    if value is None:
        return False
    if condition.equals is not None:
        return value == condition.equals
    if condition.at_least is not None:
        return float(value) >= float(condition.at_least)
    return float(value) < float(condition.below or 0)


def class_of(catalogue: Catalogue, points: Decimal) -> str:
    """Class of a score by the bounds."""
    return next((c.name for c in catalogue.classes[:-1] if points < c.upper), catalogue.classes[-1].name)


def rule(catalogue: Catalogue, points: Decimal, values: Mapping[str, Value]) -> Ruling:
    """The class of an enterprise with this score and these values by indicator code."""
    by_score = class_of(catalogue, points)
    direct = _worst(catalogue.direct_rules, values)
    floor = _worst(catalogue.floors, values)
    reasons = catalogue.thin_file.when if catalogue.thin_file else ()
    thin = next((one for one in reasons if all(meets(condition, values) for condition in one.conditions)), None)
    if direct:
        return Ruling(direct.class_name, by_score, direct, floor, thin)
    least = [
        by_score,
        floor.class_name if floor else "",
        catalogue.thin_file.at_best if thin and catalogue.thin_file else "",
    ]
    return Ruling(max(least), by_score, None, floor, thin)


def judged(catalogue: Catalogue, values: Mapping[str, Value]) -> tuple[Decimal, Ruling]:
    """Score and class that these values would have."""
    points = score(catalogue, raw_points(catalogue, values)).score
    return points, rule(catalogue, points, values)


def _worst(rules: Iterable[Rule], values: Mapping[str, Value]) -> Rule | None:
    worst_first = sorted(rules, key=lambda one: one.class_name, reverse=True)
    return next((one for one in worst_first if meets(one, values)), None)
