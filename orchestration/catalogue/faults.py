"""What makes a catalogue version wrong: each fault is one sentence with file, line and cure.

Belongs here: agreement between the parts of a version, and between versions.
Does not belong here: reading files (``load``), agreement with the dbt models (``check``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from orchestration.catalogue.model import Band, Catalogue, CatalogueError, Condition, Indicator
from orchestration.catalogue.ranges import (
    bound_faults,
    numbering_faults,
    overlap_faults,
    score_faults,
    span_faults,
)
from orchestration.catalogue.record import record_faults
from orchestration.feeds.contract import all_feeds, code_list, load_contract
from orchestration.settings import Settings

CENT = Decimal("0.01")
HEADER = "catalogue.yml"
WEB = "W01"
"""Category of feeds that are made from public web pages."""
RANKS = "decider_ranks"
"""Code list of the ranks that may override; a higher number is a higher rank."""


def refuse(faults: Iterable[str]) -> None:
    """Raise all faults together, one a line, if there are any.

    Raises:
        CatalogueError: there is at least one fault.
    """
    found = list(faults)
    if found:
        raise CatalogueError("\n".join(found))


def version_faults(settings: Settings, versions: Sequence[Catalogue]) -> Iterator[str]:
    """Faults of each version, then of versions against each other; ``versions`` oldest first."""
    for version in versions:
        yield from _span_faults(version)
        yield from _indicator_faults(version, set(all_feeds(settings)))
        yield from _band_faults(version)
        yield from _parameter_faults(version)
        yield from _level_faults(version)
        yield from _class_faults(version)
        yield from _rule_faults(version)
        yield from _web_faults(settings, version)
        yield from _override_faults(version, [int(row["code"]) for row in code_list(settings, RANKS)])
        yield from record_faults(version)
    yield from overlap_faults((version for version in versions if version.effective_from), HEADER)


def warnings(catalogue: Catalogue) -> Iterator[str]:
    """What is allowed but worth a look: a highest class out of reach."""
    reach = sum(level.cap for level in catalogue.levels if level.level == 1)
    worst = catalogue.classes[-1]
    if reach < worst.lower:
        yield (
            f"{catalogue.at('levels.csv')}: the caps of level 1 add up to {reach}, so class {worst.name} "
            f"from {worst.lower} is only reached by rule."
        )


def _span_faults(version: Catalogue) -> Iterator[str]:
    if version.effective_to is not None and version.effective_from is None:
        yield (
            f"{version.at(HEADER, 'effective_to')}: {version.version} ends in {version.effective_to} and "
            "never begins; give effective_from too, or leave both empty while it is a candidate."
        )
    yield from span_faults(version, HEADER)


def _indicator_faults(version: Catalogue, feeds: set[str]) -> Iterator[str]:
    if not version.indicators:
        yield f"{version.at('indicators.csv')}: names no indicator; add at least one."
    names: dict[str, tuple[str, str, str]] = {}
    for indicator in version.indicators:
        here = version.at("indicators.csv", indicator.code)
        if (indicator.l1_code, indicator.l2_code) != (indicator.code[:3], indicator.code[:5]):
            yield (
                f"{here}: {indicator.code} belongs to {indicator.code[:3]} and {indicator.code[:5]} by its code, not "
                f"to {indicator.l1_code} and {indicator.l2_code}; correct the columns l1_code and l2_code."
            )
        for feed in indicator.feeds:
            if feed not in feeds:
                yield f"{here}: {indicator.code} uses {feed!r}, which has no contract; add it or mend the name."
        for level, zh, en in (
            (indicator.l1_code, indicator.l1_name_zh, indicator.l1_name_en),
            (indicator.l2_code, indicator.l2_name_zh, indicator.l2_name_en),
        ):
            first = names.setdefault(level, (zh, en, here))
            if first[:2] != (zh, en):
                yield f"{here}: {level} is {zh} / {en} here, but {first[0]} / {first[1]} at {first[2]}; use one name."


def _band_faults(version: Catalogue) -> Iterator[str]:
    known = version.by_code
    for band in version.bands:
        here = version.at("bands.csv", band.code, str(band.band))
        if band.code not in known:
            yield f"{here}: {band.code} is not in indicators.csv; add the indicator or remove the band."
            continue
        indicator = known[band.code]
        if band.risk < 0 and indicator.direction != "protective":
            yield f"{here}: risk {band.risk} takes points away, but {band.code} is not protective; use 0 or more."
        points = indicator.weight * band.risk / 100
        if points != points.quantize(CENT):
            yield f"{here}: weight {indicator.weight} x risk {band.risk} / 100 = {points} is no whole cent; round one."
    for indicator in version.indicators:
        bands = version.bands_of(indicator.code)
        if misnumbered := list(numbering_faults(version, indicator.code, bands)):
            yield from misnumbered
        elif indicator.kind == "categorical":
            yield from _category_faults(version, indicator, bands)
        else:
            yield from _bound_faults(version, indicator, bands)


def _category_faults(version: Catalogue, indicator: Indicator, bands: list[Band]) -> Iterator[str]:
    seen: set[str] = set()
    for band in bands:
        here = version.at("bands.csv", band.code, str(band.band))
        if band.lower is not None or band.upper is not None:
            yield f"{here}: {indicator.code} is categorical, so lower and upper stay empty."
        if band.category is None:
            yield f"{here}: {indicator.code} is categorical, and this band has no category; name one."
        elif band.category in seen:
            yield f"{here}: the category {band.category!r} of {indicator.code} stands twice; keep one."
        else:
            seen.add(band.category)


def _bound_faults(version: Catalogue, indicator: Indicator, bands: list[Band]) -> Iterator[str]:
    for band in bands:
        if band.category is not None:
            yield (
                f"{version.at('bands.csv', band.code, str(band.band))}: {indicator.code} is numeric, so the category "
                f"{band.category!r} must go; give lower and upper."
            )
    yield from bound_faults(version, indicator.code, bands)


def _parameter_faults(version: Catalogue) -> Iterator[str]:
    for parameter in version.parameters:
        if parameter.code not in version.by_code:
            yield (
                f"{version.at('parameters.csv', parameter.code, parameter.name)}: {parameter.code} is not in "
                "indicators.csv; add the indicator or remove the parameter."
            )


def _level_faults(version: Catalogue) -> Iterator[str]:
    used = {"TOTAL"} | {code for indicator in version.indicators for code in (indicator.l1_code, indicator.l2_code)}
    given = {level.code for level in version.levels}
    for code in sorted(used - given):
        yield f"{version.at('levels.csv')}: {code} has no cap; add a row for it."
    for level in version.levels:
        here = version.at("levels.csv", level.code)
        if level.code not in used:
            yield f"{here}: {level.code} has no indicator in this version; remove the row."
        depth = 0 if level.code == "TOTAL" else len(level.code) // 2
        if level.level != depth:
            yield f"{here}: {level.code} is of level {depth}, not {level.level}; correct it."
        if level.level < 2 and level.floor != 0:
            yield f"{here}: the floor of {level.code} must be 0, or offsets would reach beyond their level 1."
        for number, name in ((level.cap, "cap"), (level.floor, "floor")):
            if number != number.quantize(CENT):
                yield f"{here}: the {name} {number} of {level.code} has parts of a cent; round it."
    yield from _cap_faults(version)


def _cap_faults(version: Catalogue) -> Iterator[str]:
    """Points that a cap would always take: the weight would say more than the indicator can do."""
    caps = {level.code: level.cap for level in version.levels}
    for level in version.levels:
        above = {0: None, 1: "TOTAL", 2: level.code[:3]}[level.level]
        if above in caps and level.cap > caps[above]:
            yield (
                f"{version.at('levels.csv', level.code)}: the cap {level.cap} of {level.code} is beyond the cap "
                f"{caps[above]} of {above}; lower it."
            )
    for indicator in version.indicators:
        bands = version.bands_of(indicator.code)
        most = max((indicator.weight * band.risk / 100 for band in bands), default=Decimal(0))
        if indicator.l2_code in caps and most > caps[indicator.l2_code]:
            yield (
                f"{version.at('indicators.csv', indicator.code)}: {indicator.code} alone gives up to "
                f"{most.normalize():f} points, beyond the cap {caps[indicator.l2_code]} of {indicator.l2_code}; lower "
                "its weight or raise the cap."
            )


def _class_faults(version: Catalogue) -> Iterator[str]:
    classes = version.classes
    names = [risk_class.name for risk_class in classes]
    if len(set(names)) != len(names):
        yield f"{version.at(HEADER, 'classes')}: a class is named twice; keep one."
    if names != sorted(names):
        yield f"{version.at(HEADER, 'classes')}: classes stand as {', '.join(names)}; order them by letter."
    yield from score_faults(version, (HEADER, "classes"), classes, most=version.max_score, source="TOTAL in levels.csv")


def _rule_faults(version: Catalogue) -> Iterator[str]:
    names = {risk_class.name for risk_class in version.classes}
    for kind, rules in (("direct_rules", version.direct_rules), ("floors", version.floors)):
        for number, rule in enumerate(rules):
            yield from _condition_faults(version, rule, (kind, str(number)))
            if rule.class_name not in names:
                here = version.at(HEADER, kind, str(number))
                yield f"{here}: rule {rule.code} sets {rule.class_name!r}, which is not among the classes; correct it."
    if version.thin_file is None:
        return
    if version.thin_file.at_best not in names:
        here = version.at(HEADER, "thin_file", "at_best")
        yield f"{here}: {version.thin_file.at_best!r} is not among the classes; correct it."
    for number, reason in enumerate(version.thin_file.when):
        for part, condition in enumerate(reason.conditions):
            yield from _condition_faults(version, condition, ("thin_file", "when", str(number), "all", str(part)))


def _web_faults(settings: Settings, version: Catalogue) -> Iterator[str]:
    """Rules that would rest on the public web: what stands there is a hint, it adds points and decides nothing."""
    known = set(all_feeds(settings))
    for kind, rules in (("direct_rules", version.direct_rules), ("floors", version.floors)):
        for number, rule in enumerate(rules):
            indicator = version.by_code.get(rule.indicator)
            feeds = known.intersection(indicator.feeds if indicator else ())
            scraped = [feed for feed in sorted(feeds) if load_contract(settings, feed).category == WEB]
            if scraped:
                yield (
                    f"{version.at(HEADER, kind, str(number))}: rule {rule.code} rests on {rule.indicator}, which reads "
                    f"{', '.join(scraped)}; nothing from the public web may set a class, so name an indicator of "
                    "official records."
                )


def _override_faults(version: Catalogue, ranks: list[int]) -> Iterator[str]:
    policy = version.overrides
    if policy is None:
        return
    for name in ("least_rank", "least_rank_rule"):
        rank = getattr(policy, name)
        if rank not in ranks:
            yield (
                f"{version.at(HEADER, 'overrides', name)}: nobody has rank {rank}; choose one of "
                f"{', '.join(map(str, sorted(ranks)))} ({RANKS} in code_lists.csv)."
            )
    if policy.least_rank_rule < policy.least_rank:
        yield (
            f"{version.at(HEADER, 'overrides', 'least_rank_rule')}: rank {policy.least_rank_rule} may "
            f"override a direct rule, but only rank {policy.least_rank} a score; raise it to {policy.least_rank}."
        )


def _condition_faults(version: Catalogue, condition: Condition, key: tuple[str, ...]) -> Iterator[str]:
    here = version.at(HEADER, *key)
    indicator = version.by_code.get(condition.indicator)
    if indicator is None:
        yield f"{here}: a rule names {condition.indicator}, which is not in indicators.csv; add it or mend the code."
    elif condition.equals is not None:
        categories = [band.category for band in version.bands_of(indicator.code)]
        if condition.equals not in categories:
            yield (
                f"{here}: {condition.equals!r} is no category of {indicator.code} "
                f"({', '.join(map(str, categories))}); use at_least or below for a number, or mend the category."
            )
    elif condition.unknown is None and indicator.kind != "numeric":
        yield f"{here}: {indicator.code} is categorical and has no order; use equals."
