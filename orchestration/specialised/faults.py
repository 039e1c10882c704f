"""What makes a version of the specialised classification wrong: each fault is one sentence with file, line and cure.

Belongs here: agreement between the parts of a version, and between versions.
Does not belong here: reading files (``load``), agreement with the dbt models (``check``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise, product

from orchestration.catalogue.ranges import (
    bound_faults,
    numbering_faults,
    overlap_faults,
    score_faults,
    span_faults,
)
from orchestration.feeds.contract import all_feeds
from orchestration.settings import Settings
from orchestration.specialised.model import PARTS, Bound, KeyField, Specialised

CENT = Decimal("0.01")
HEADER = "specialised.yml"


def version_faults(settings: Settings, versions: Sequence[Specialised]) -> Iterator[str]:
    """Faults of each version, then of versions against each other; ``versions`` oldest first."""
    feeds = set(all_feeds(settings))
    for version in versions:
        yield from span_faults(version, HEADER)
        yield from _name_faults(version)
        yield from _indicator_faults(version, feeds)
        yield from _band_faults(version)
        yield from _list_faults(version)
        for number, field in enumerate(version.fields):
            yield from _cap_faults(version, field)
            yield from _class_faults(version, number, field)
            yield from _move_faults(version, number, field)
            yield from _visit_faults(version, field)
            yield from _matrix_faults(version, number, field)
    yield from overlap_faults(versions, HEADER)


def classes_of(field: KeyField) -> list[str]:
    """Names of the classes of a field, the safest first."""
    return [bound.name for bound in field.specialised_classes]


def _name_faults(version: Specialised) -> Iterator[str]:
    for kind, names in (
        ("fields", [field.field for field in version.fields]),
        ("fields", [field.code for field in version.fields]),
        ("tiers", [tier.tier for tier in version.tiers]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{version.at(HEADER, kind)}: {name} stands twice; keep one."
    fields = {field.field for field in version.fields}
    rows: list[tuple[str, str, tuple[str, ...]]] = [
        *(("parts.csv", part.field, (part.field, part.part)) for part in version.parts),
        *(("visits.csv", row.field, (row.field, row.class_name)) for row in version.visits),
        *(("matrix.csv", row.field, (row.field, row.specialised_class, row.general_class)) for row in version.matrix),
    ]
    for file, field, key in rows:
        if field not in fields:
            yield f"{version.at(file, *key)}: {field!r} is no field of {HEADER}; mend the name or remove the row."
    names_used = [name for field in version.fields for name in classes_of(field)]
    for name in sorted(set(names_used) - set(version.sampling_per_year)):
        yield f"{version.at(HEADER, 'sampling_per_year')}: class {name} has no sampling frequency; add it."
    yield from _rising(
        {name: version.at(HEADER, "sampling_per_year", name) for name in version.sampling_per_year},
        "sampling frequency",
        sorted(version.sampling_per_year.items()),
    )
    if version.thin.at_best not in names_used:
        yield f"{version.at(HEADER, 'thin', 'at_best')}: {version.thin.at_best!r} is no class of any field; correct it."


def _rising(lines: dict[str, str], what: str, by_class: list[tuple[str, Decimal]]) -> Iterator[str]:
    """Faults of a number that no class may lack and no riskier class may have less of; ``lines`` is class -> where."""
    for name, number in by_class:
        if number <= 0:
            yield f"{lines[name]}: the {what} of class {name} is {number}; no class is exempt, so give more than 0."
    for (safer, less), (riskier, more) in pairwise(by_class):
        if more < less:
            yield (
                f"{lines[riskier]}: the {what} falls from {less} in {safer} to {more} in {riskier}; "
                f"give {less} or more."
            )


def _indicator_faults(version: Specialised, feeds: set[str]) -> Iterator[str]:
    codes = {field.field: field.code for field in version.fields}
    for indicator in version.indicators:
        here = version.at("indicators.csv", indicator.code)
        if indicator.field not in codes:
            yield f"{here}: {indicator.code} belongs to {indicator.field!r}, which is no field of {HEADER}; mend it."
        elif codes[indicator.field] != indicator.code[:3]:
            yield (
                f"{here}: codes of {indicator.field} begin with {codes[indicator.field]}, not with "
                f"{indicator.code[:3]}; mend the code or the field."
            )
        if PARTS[indicator.code[3:5]] != indicator.part:
            yield f"{here}: {indicator.code} is {PARTS[indicator.code[3:5]]} by its code, not {indicator.part}."
        if (indicator.part == "mark") != (indicator.weight == 0):
            yield f"{here}: {indicator.code} is {indicator.part} with weight {indicator.weight}; only a mark weighs 0."
        for feed in indicator.feeds:
            if feed not in feeds:
                yield f"{here}: {indicator.code} uses {feed!r}, which has no contract; add it or mend the name."


def _band_faults(version: Specialised) -> Iterator[str]:
    known = {indicator.code: indicator for indicator in version.indicators}
    for band in version.bands:
        here = version.at("bands.csv", band.code, str(band.band))
        if band.code not in known:
            yield f"{here}: {band.code} is not in indicators.csv; add the indicator or remove the band."
            continue
        points = known[band.code].weight * band.risk / 100
        if points != points.quantize(CENT):
            yield f"{here}: {known[band.code].weight} x {band.risk} / 100 = {points} is no whole cent; round one."
        if known[band.code].part == "mark" and band.risk != 0:
            yield f"{here}: {band.code} is a mark and gives no points; set risk 0."
    for indicator in version.indicators:
        bands = version.bands_of(indicator.code)
        misnumbered = list(numbering_faults(version, indicator.code, bands))
        yield from misnumbered or bound_faults(version, indicator.code, bands)


def _list_faults(version: Specialised) -> Iterator[str]:
    known = {indicator.code for indicator in version.indicators}
    for entry in version.lists:
        if entry.code not in known:
            here = version.at("lists.csv", entry.code, entry.entry)
            yield f"{here}: {entry.code} is not in indicators.csv; add the indicator or remove the entry."
    for parameter in version.parameters:
        if parameter.code not in known | {"S00"}:
            here = version.at("parameters.csv", parameter.code, parameter.name)
            yield f"{here}: {parameter.code} is not in indicators.csv; add the indicator or remove the parameter."


def _cap_faults(version: Specialised, field: KeyField) -> Iterator[str]:
    name = field.field
    given = {part.part for part in version.parts if part.field == name}
    for part in sorted({"static", "dynamic", "general"} - given):
        near = version.at("parts.csv", name, min(given)) if given else version.at("parts.csv")
        yield f"{near}: {name} has no cap for its {part} part; add the row {name},{part}."
    for indicator in version.indicators:
        most = max(
            (indicator.weight * band.risk / 100 for band in version.bands_of(indicator.code)), default=Decimal(0)
        )
        if indicator.field == name and indicator.part in given and most > version.cap(name, indicator.part):
            yield (
                f"{version.at('indicators.csv', indicator.code)}: {indicator.code} alone gives up to {most} points, "
                f"more than the cap {version.cap(name, indicator.part)} of the {indicator.part} part "
                f"({version.at('parts.csv', name, indicator.part)}); lower the weight."
            )
    own, general = version.cap(name, "static") + version.cap(name, "dynamic"), version.cap(name, "general")
    here = version.at("parts.csv", name, "general")
    if field.mode == "indicator_fusion" and own + general != 100:
        yield f"{here}: in indicator_fusion the three parts of {name} add up to 100, not {own + general}; mend one."
    if field.mode != "indicator_fusion" and own != 100:
        yield f"{here}: in {field.mode} static and dynamic of {name} are 100, not {own}; mend one."
    if field.mode == "result_overlay" and general != 0:
        yield f"{here}: in result_overlay the general class enters by the matrix, so general of {name} is 0."


def _class_faults(version: Specialised, number: int, field: KeyField) -> Iterator[str]:
    own = version.cap(field.field, "static") + version.cap(field.field, "dynamic")
    key = ("fields", str(number))
    yield from _score_faults(version, (*key, "specialised_classes"), field.specialised_classes, own)
    if field.mode == "result_overlay":
        if field.combined_classes:
            here = version.at(HEADER, *key, "combined_classes")
            yield f"{here}: in result_overlay the matrix sets the class of {field.field}; remove combined_classes."
    elif not field.combined_classes:
        yield f"{version.at(HEADER, *key)}: {field.field} has no combined_classes; add their bounds."
    else:
        most = own + version.cap(field.field, "general")
        yield from _score_faults(version, (*key, "combined_classes"), field.combined_classes, most)
        if [bound.name for bound in field.combined_classes] != classes_of(field):
            here = version.at(HEADER, *key, "combined_classes")
            yield f"{here}: names other classes than specialised_classes of {field.field}; use the same."
    tiers = {tier.tier for tier in version.tiers}
    for name in classes_of(field):
        if name not in field.tiers:
            yield f"{version.at(HEADER, *key, 'tiers')}: class {name} of {field.field} has no tier; add it."
    for name, tier in field.tiers.items():
        if tier not in tiers:
            here = version.at(HEADER, *key, "tiers", name)
            yield f"{here}: {tier!r} is no tier ({', '.join(sorted(tiers))}); mend the name."


def _score_faults(
    version: Specialised, key: tuple[str, ...], bounds: tuple[Bound, ...], most: Decimal
) -> Iterator[str]:
    names = [bound.name for bound in bounds]
    if names != sorted(set(names)):
        yield f"{version.at(HEADER, *key)}: classes stand as {', '.join(names)}; name each once, ordered by letter."
    yield from score_faults(version, (HEADER, *key), bounds, most=most, source="parts.csv")


def _move_faults(version: Specialised, number: int, field: KeyField) -> Iterator[str]:
    known = {indicator.code for indicator in version.indicators if indicator.field == field.field}
    seen: set[str] = set()
    for place, move in enumerate(field.moves):
        here = version.at(HEADER, "fields", str(number), "moves", str(place))
        if move.general_class is not None and move.applies_to != "combined":
            yield (
                f"{here}: {move.code} looks at the general class, which only the combined class knows; say "
                "applies_to: combined."
            )
        if move.general_class is not None and move.general_class not in version.sampling_per_year:
            yield f"{here}: {move.code} names general class {move.general_class!r}, which there is not; correct it."
        if move.indicator is not None and move.indicator not in known:
            yield f"{here}: {move.code} names {move.indicator}, which is no indicator of {field.field}; mend the code."
        if move.to is not None and move.to not in classes_of(field):
            yield f"{here}: {move.code} sets {move.to!r}, which is not among the classes; correct it."
        if move.by is not None and move.applies_to == "both":
            yield f"{here}: {move.code} would move by steps twice; let it apply to one of the two classes."
        if move.code in seen:
            yield f"{here}: {move.code} stands twice in {field.field}; rename one."
        seen.add(move.code)


def _visit_faults(version: Specialised, field: KeyField) -> Iterator[str]:
    visits = version.visits_of(field.field)
    for name in classes_of(field):
        if name not in visits:
            near = version.at("visits.csv", field.field, min(visits)) if visits else version.at("visits.csv")
            yield (
                f"{near}: class {name} of {field.field} has no statutory frequency; add the row {field.field},{name}."
            )
    for name in visits:
        if name not in classes_of(field):
            here = version.at("visits.csv", field.field, name)
            yield f"{here}: {name} is no class of {field.field}; remove the row."
    lines = {name: version.at("visits.csv", field.field, name) for name in visits}
    yield from _rising(lines, "statutory frequency", sorted(visits.items()))


def _matrix_faults(version: Specialised, number: int, field: KeyField) -> Iterator[str]:
    cells = version.matrix_of(field.field)
    if field.mode != "result_overlay":
        for own, general in cells:
            here = version.at("matrix.csv", field.field, own, general)
            yield f"{here}: {field.field} is of mode {field.mode}, which has no matrix; remove the row."
        return
    names, order = classes_of(field), [tier.tier for tier in version.tiers]
    mode = version.at(HEADER, "fields", str(number), "mode")
    for own, general in product(names, sorted(version.sampling_per_year)):
        if (own, general) not in cells:
            near = next((key for key in cells if key[0] == own), None)
            here = version.at("matrix.csv", field.field, *near) if near else version.at("matrix.csv")
            yield (
                f"{here}: the matrix of {field.field}, which {mode} asks for, has no cell for specialised class {own} "
                f"and general class {general}; add the row {field.field},{own},{general}."
            )
    for (own, general), cell in cells.items():
        here = version.at("matrix.csv", field.field, own, general)
        if own not in names or general not in version.sampling_per_year or cell.class_name not in names:
            yield f"{here}: {own}, {general} or {cell.class_name} is no class of {field.field}; correct it."
        elif cell.tier not in order:
            yield f"{here}: {cell.tier!r} is no tier ({', '.join(order)}); mend the name."
        else:
            for step in ((own, chr(ord(general) - 1)), (chr(ord(own) - 1), general)):
                before = cells.get(step)
                if before is None or before.tier not in order:
                    continue
                if before.class_name > cell.class_name or order.index(before.tier) > order.index(cell.tier):
                    yield (
                        f"{here}: gives {cell.class_name} and {cell.tier}, milder than {before.class_name} and "
                        f"{before.tier} of the safer cell {step[0]}, {step[1]}; riskier may not be milder."
                    )
