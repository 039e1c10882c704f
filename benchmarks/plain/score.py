"""SQL of the score and of the class, written from the tables of the catalogue in force.

Belongs here: bands, points, caps, bounds, rules as ``case`` expressions. Does not belong here: the values (``sql``).

A good analyst would not write 81 ``case`` expressions by hand either, but print them from bands.csv.
"""

from __future__ import annotations

from decimal import Decimal

from orchestration.catalogue.model import Catalogue, Condition, Indicator, Rule


def values_sql(codes: list[str], size: int, prefix: str = "") -> str:
    """Values side by side, one column ``v_<code>`` for each of ``codes``.

    Args:
        codes: indicators to take.
        size: length of the names of the tables they stand in: 5 for level 2, 3 for level 1.
        prefix: what the columns are called before the code in those tables.
    """
    tables = sorted({code[:size].lower() for code in codes})
    columns = [f"    {code[:size].lower()}.{prefix}{code.lower()} as v_{code.lower()}" for code in codes]
    joins = [f"left join {table} on enterprise.enterprise_id = {table}.enterprise_id" for table in tables]
    return (
        "select\n    enterprise.region_code,\n    enterprise.enterprise_id,\n"
        + ",\n".join(columns)
        + "\nfrom enterprise\n"
        + "\n".join(joins)
    )


def score_sql(catalogue: Catalogue) -> str:
    """Points by band, added up and held between floor and cap in each level 2, each level 1 and in total."""
    codes = [indicator.code for indicator in catalogue.indicators]
    bounds = {level.code: (level.floor, level.cap) for level in catalogue.levels}

    def held(level: str, parts: list[str]) -> str:
        floor, cap = bounds[level]
        return f"least(greatest({' + '.join(parts)}, {floor}), {cap})"

    points = [
        f"    {_points(catalogue, indicator)} as p_{indicator.code.lower()}" for indicator in catalogue.indicators
    ]
    level2 = sorted({code[:5] for code in codes})
    sums2 = [
        f"    {held(level, [f'p_{code.lower()}' for code in codes if code.startswith(level)])} as s_{level.lower()}"
        for level in level2
    ]
    level1 = sorted({code[:3] for code in codes})
    total = [held(level, [f"s_{part.lower()}" for part in level2 if part.startswith(level)]) for level in level1]
    return (
        "with pointed as (\nselect\n    *,\n" + ",\n".join(points) + "\nfrom valued\n),\n"
        "summed as (\nselect\n    *,\n" + ",\n".join(sums2) + "\nfrom pointed\n)\n"
        f"select\n    *,\n    cast({held('TOTAL', total)} as decimal(7, 2)) as score\nfrom summed"
    )


def _points(catalogue: Catalogue, indicator: Indicator) -> str:
    """Points of one indicator, to the cent; an unknown value gives none."""
    value = f"v_{indicator.code.lower()}"
    bands = sorted((band for band in catalogue.bands if band.code == indicator.code), key=lambda band: band.band)
    worth = [f"{indicator.weight * band.risk / Decimal(100):.2f}" for band in bands]
    if indicator.kind == "categorical":
        cases = [f"when {value} = '{band.category}' then {points}" for band, points in zip(bands, worth, strict=True)]
    else:
        cases = [
            f"when {value} < {band.upper} then {points}" for band, points in zip(bands[:-1], worth[:-1], strict=True)
        ]
        cases.append(f"when {value} is not null then {worth[-1]}")
    return f"cast(case {' '.join(cases)} else 0 end as decimal(9, 2))"


def class_sql(catalogue: Catalogue, month: str, codes: list[str]) -> str:
    """A direct rule sets the class; else the score's bounds do, and floors and a thin file make it no better."""
    by_score = " ".join(f"when score < {step.upper} then '{step.name}'" for step in catalogue.classes[:-1])
    thin = [
        f"case when {' and '.join(map(_holds, reason.conditions))} then '{catalogue.thin_file.at_best}' else '' end"
        for reason in (catalogue.thin_file.when if catalogue.thin_file else ())
    ]
    values = ", ".join(f"v_{code.lower()}" for code in codes)
    return f"""
select
    '{month}' as month,
    region_code,
    enterprise_id,
    {values},
    score,
    case when direct_class <> '' then direct_class else greatest(class_by_score, best_class) end as computed_class
from (
    select
        *,
        case {by_score} else '{catalogue.classes[-1].name}' end as class_by_score,
        {_worst([_class_of(rule) for rule in catalogue.direct_rules])} as direct_class,
        {_worst([*[_class_of(rule) for rule in catalogue.floors], *thin])} as best_class
    from scored
) as ruled
"""


def _class_of(rule: Rule) -> str:
    return f"case when {_holds(rule)} then '{rule.class_name}' else '' end"


def _worst(classes: list[str]) -> str:
    return f"greatest('', {', '.join(classes)})" if classes else "''"


def _holds(condition: Condition) -> str:
    value = f"v_{condition.indicator.lower()}"
    if condition.unknown:
        return f"{value} is null"
    if condition.equals is not None:
        return f"{value} = '{condition.equals}'"
    return f"{value} >= {condition.at_least}" if condition.at_least is not None else f"{value} < {condition.below}"
