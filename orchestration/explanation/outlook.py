"""What would lower the class: by time, as records stop to count, and by acts of the enterprise.

Belongs here: "what if", computed with the exact score (``points``) and all rules (``ruling``).
Does not belong here: which acts there are (``remedies``, data), words of the page.

Other things equal, and never more than the rules allow: an indicator is only taken to fall when all its records have
left, or by exactly what those that left counted for; what credit repair does is taken from the catalogue; a listing
that only an authority can end is not assumed to end; a missing record does not become good by waiting, and what the
next report will say is not known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from orchestration.catalogue.model import Catalogue, Indicator
from orchestration.explanation.model import Factor, Outlook, Record, Step, Text, Wait
from orchestration.explanation.points import Value, band_of
from orchestration.explanation.remedies import Remedy
from orchestration.explanation.ruling import Ruling, judged
from orchestration.settings import month_shift

HORIZON = 60
"""Months ahead that are looked at."""
CURABLE = ("act", "repair", "repair_ends")
Values = dict[str, Value]


def outlook(catalogue: Catalogue, month: str, factors: Iterable[Factor], remedy: Mapping[str, Remedy]) -> Outlook:
    """What would lower the class of an enterprise.

    Args:
        catalogue: version in force.
        month: the month explained.
        factors: every indicator in force with its records.
        remedy: indicator code -> what ends or lessens it.
    """
    known = {factor.code: factor for factor in factors}
    values: Values = {code: factor.value for code, factor in known.items()}
    _, ruling = judged(catalogue, values)
    risky = [factor for factor in known.values() if _raw(catalogue, factor.code, factor.value) > 0]
    acts = _acts(catalogue, values, risky, remedy)
    alone = tuple(step for step in acts if step.class_name < ruling.class_name)
    together, reached = ((), None) if alone else _together(catalogue, values, risky, remedy, acts)
    named = {step.codes for step in (*alone, *together)}
    return Outlook(
        rules=_rules(catalogue, ruling),
        after_rule=_after_rule(catalogue, values, ruling),
        by_time=_by_time(catalogue, month, known, remedy),
        alone=alone,
        together=together,
        together_step=reached,
        other=tuple(step for step in acts if step.codes not in named),
        waiting=_waiting(risky, remedy, {code for step in acts for code in step.codes}),
    )


def clear_value(catalogue: Catalogue, indicator: Indicator) -> Value:
    """A value of the indicator that holds nothing against the enterprise: in its band of least risk, 0 if there."""
    best = min((band for band in catalogue.bands_of(indicator.code) if band.risk >= 0), key=lambda band: band.risk)
    if indicator.kind == "categorical":
        return best.category
    if (best.lower is None or best.lower <= 0) and (best.upper is None or best.upper > 0):
        return 0.0
    return float(best.lower) if best.lower is not None else float(best.upper or 0) - 1


def value_in(
    catalogue: Catalogue, factor: Factor, remedy: Remedy, months: int, then: str, *, others: Iterable[Record] = ()
) -> Value:
    """Value of an indicator ``months`` ahead, in month ``then``, if nothing happens but that time passes.

    ``others`` are records behind other indicators of the same level 2: the worst of several kinds is shown by its own
    records alone, and when those have left, a lesser kind among the others may take its place.
    """
    if remedy.way == "grows" and isinstance(factor.value, int | float):
        return (round(factor.value * 12) + months) / 12
    if remedy.renewed:
        return factor.value
    staying = [record for record in factor.records if not _stopped(record, then)]
    if len(staying) == len(factor.records):
        return factor.value
    if not staying:
        feeds = {record.feed for record in factor.records}
        if isinstance(factor.value, str) and any(o.feed in feeds and not _stopped(o, then) for o in others):
            return factor.value
        return clear_value(catalogue, catalogue.by_code[factor.code])
    return sum(record.counts_for or 0 for record in staying) if _is_sum(factor) else factor.value


def _stopped(record: Record, month: str) -> bool:
    """Whether a record has stopped to count; what is missing stays missing."""
    return record.record_id is not None and record.stops_in is not None and record.stops_in <= month


def _is_sum(factor: Factor) -> bool:
    """Whether the value is the sum of what its records count for."""
    parts = [record.counts_for for record in factor.records]
    if not parts or not isinstance(factor.value, int | float):
        return False
    return all(part is not None for part in parts) and abs(sum(part or 0 for part in parts) - factor.value) < 1e-6


def _raw(catalogue: Catalogue, code: str, value: Value) -> Decimal:
    indicator = catalogue.by_code[code]
    band = band_of(catalogue, indicator, value)
    return indicator.weight * band.risk / 100 if band else Decimal(0)


def _rules(catalogue: Catalogue, ruling: Ruling) -> tuple[Text, ...]:
    found = []
    if ruling.direct:
        name = ruling.direct.class_name
        found.append(
            Text(
                f"只要“{ruling.direct.zh}”的状态持续，无论得分多少，分类均为{name}；该状态结束前，任何其他改进都不改变分类。",
                f"As long as this holds: {ruling.direct.en}, the class is {name} whatever the score; no other "
                "improvement changes the class before that ends.",
            )
        )
    if ruling.floor:
        name = ruling.floor.class_name
        found.append(
            Text(
                f"按规则“{ruling.floor.zh}”，无论得分多少，分类不优于{name}。",
                f"By the rule “{ruling.floor.en}” the class is no better than {name}, whatever the score.",
            )
        )
    if ruling.thin and catalogue.thin_file:
        name = catalogue.thin_file.at_best
        found.append(
            Text(
                f"已知信息较少（{ruling.thin.zh}），在此期间分类不优于{name}。",
                f"Too little is known yet ({ruling.thin.en}); until that changes the class is no better than {name}.",
            )
        )
    return tuple(found)


def _after_rule(catalogue: Catalogue, values: Values, ruling: Ruling) -> Step | None:
    """Score and class once every listing that sets the class by itself has ended, all else unchanged."""
    if not ruling.direct:
        return None
    changed, ended = dict(values), []
    score, then = judged(catalogue, changed)
    while then.direct and then.direct.indicator not in ended:
        ended.append(then.direct.indicator)
        changed[then.direct.indicator] = clear_value(catalogue, catalogue.by_code[then.direct.indicator])
        score, then = judged(catalogue, changed)
    return Step(score, then.class_name, tuple(ended))


# -- time -----------------------------------------------------------------------------------------------------------


def _by_time(
    catalogue: Catalogue,
    month: str,
    factors: Mapping[str, Factor],
    remedy: Mapping[str, Remedy],
) -> tuple[Step, ...]:
    """Months ahead in which score or class differ from the month before them."""
    steps: list[Step] = []
    before: Values = {code: factor.value for code, factor in factors.items()}
    score, ruling = judged(catalogue, before)
    last = (score, ruling.class_name)
    moving = [
        factor
        for factor in factors.values()
        if remedy[factor.code].way == "grows" or any(record.stops_in for record in factor.records)
    ]
    ends = {record.stops_in for factor in moving for record in factor.records}
    others = {
        factor.code: [r for other in factors.values() if other.level2 == factor.level2 for r in other.records]
        for factor in moving
    }
    growing = any(remedy[factor.code].way == "grows" for factor in moving)
    for ahead in range(1, HORIZON + 1):
        then = month_shift(month, ahead)
        if not growing and then not in ends:
            continue
        values = dict(before)
        for factor in moving:
            own = remedy[factor.code]
            values[factor.code] = value_in(catalogue, factor, own, ahead, then, others=others[factor.code])
        points, judgement = judged(catalogue, values)
        if (points, judgement.class_name) != last:
            codes = tuple(
                code
                for code in sorted(values)
                if _raw(catalogue, code, values[code]) != _raw(catalogue, code, before[code])
            )
            steps.append(Step(points, judgement.class_name, codes, month=then))
            last = (points, judgement.class_name)
        before = values
    return tuple(steps)


def _waiting(risky: list[Factor], remedy: Mapping[str, Remedy], curable: set[str]) -> tuple[Wait, ...]:
    """Factors that no act ends, by what is said of them, those with the most points first."""
    groups: dict[Text, list[Factor]] = {}
    for factor in sorted(risky, key=lambda one: (-one.points, one.code)):
        if factor.code not in curable:
            groups.setdefault(remedy[factor.code].act, []).append(factor)
    found = []
    for group in groups.values():
        own = remedy[group[0].code]
        ends = [None if own.renewed or r.record_id is None else r.stops_in for factor in group for r in factor.records]
        last = max((end for end in ends if end), default=None) if None not in ends else None
        found.append(Wait(tuple(factor.code for factor in group), own.way, own.act, last))
    return tuple(found)


# -- acts -----------------------------------------------------------------------------------------------------------


def _acts(catalogue: Catalogue, values: Values, risky: list[Factor], remedy: Mapping[str, Remedy]) -> tuple[Step, ...]:
    """What each act brings by itself, the lowest score first; acts that change nothing are left out."""
    groups: dict[Text, list[Factor]] = {}
    for factor in risky:
        if remedy[factor.code].way in CURABLE:
            groups.setdefault(remedy[factor.code].act, []).append(factor)
    steps = []
    for group in groups.values():
        changed = _cured(catalogue, values, group, remedy)
        moved = tuple(factor.code for factor in group if changed[factor.code] != values[factor.code])
        if moved:
            score, ruling = judged(catalogue, changed)
            steps.append(Step(score, ruling.class_name, moved, act=remedy[group[0].code].act))
    return tuple(sorted(steps, key=lambda step: (step.score, step.codes)))


def _cured(catalogue: Catalogue, values: Values, group: Iterable[Factor], remedy: Mapping[str, Remedy]) -> Values:
    """The values after an act on these factors, side effects included."""
    changed = dict(values)
    for factor in group:
        own = remedy[factor.code]
        clear = clear_value(catalogue, catalogue.by_code[factor.code])
        changed[factor.code] = clear if own.way == "act" else _repaired(catalogue, factor, own, clear)
        if own.adds and own.adds in catalogue.by_code:
            before = values.get(own.adds)
            late = max(1, sum(record.record_id is None for record in factor.records))
            more = (float(before) if before is not None else 0.0) + late
            changed[own.adds] = max(float(changed.get(own.adds) or 0), more)
    return changed


def _repaired(catalogue: Catalogue, factor: Factor, remedy: Remedy, clear: Value) -> Value:
    """The value once all records that can be repaired are."""
    if not factor.records or not all(record.repairable for record in factor.records):
        return factor.value
    if remedy.way == "repair_ends":
        return clear
    weights = {(one.code, one.name): float(one.value) for one in catalogue.parameters}
    weight = weights.get((factor.code, "repaired_weight"))
    if weight is None or not isinstance(factor.value, int | float):
        return factor.value
    if _is_sum(factor):
        return sum((record.counts_for or 0) * (1 if record.repaired_on else weight) for record in factor.records)
    return factor.value if any(record.repaired_on for record in factor.records) else factor.value * weight


def _together(
    catalogue: Catalogue, values: Values, risky: list[Factor], remedy: Mapping[str, Remedy], acts: tuple[Step, ...]
) -> tuple[tuple[Step, ...], Step | None]:
    """The smallest set of acts found that lowers the class: each time the one that brings most; the needless go."""

    def after(chosen: list[Step]) -> tuple[Decimal, Ruling]:
        codes = {code for step in chosen for code in step.codes}
        return judged(catalogue, _cured(catalogue, values, [f for f in risky if f.code in codes], remedy))

    chosen: list[Step] = []
    left = list(acts)
    _, ruling = judged(catalogue, values)
    then = ruling
    while left and then.class_name >= ruling.class_name:
        best = min(left, key=lambda step: (after([*chosen, step])[0], step.codes))
        left.remove(best)
        chosen.append(best)
        _, then = after(chosen)
    if then.class_name >= ruling.class_name:
        return (), None
    for step in chosen[:-1]:
        fewer = [one for one in chosen if one is not step]
        if after(fewer)[1].class_name < ruling.class_name:
            chosen = fewer
    score, then = after(chosen)
    return tuple(chosen), Step(score, then.class_name, tuple(code for step in chosen for code in step.codes))
