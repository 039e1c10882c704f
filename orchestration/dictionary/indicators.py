"""Page on the indicators: what each catalogue version decides.

Belongs here: text of ``indicators.md`` and of ``indicators_<version>.md`` for other versions.
Does not belong here: whether a version is right (``catalogue``), how values are computed (the dbt models).
"""

from __future__ import annotations

import csv
from decimal import Decimal
from itertools import groupby
from pathlib import Path

from orchestration.catalogue import Catalogue, catalogue_versions
from orchestration.catalogue.model import Band, Condition, Indicator
from orchestration.dictionary.markdown import code, link, opening, table, text
from orchestration.dictionary.models import MODELS
from orchestration.settings import Settings

UNITS: dict[str, str] = {
    "wan_yuan": "万元 (10,000 yuan)",
    "weighted_count": "weighted count",
    "weighted_flag": "0 to 1, weighted",
    "flag": "1 yes, 0 no",
    "percentile": "percentile among peers, 0 to 1",
    "share": "share, 0 to 1",
}
"""Unit of a value -> what a person reads; a unit that is a plain word stands for itself."""

DIRECTIONS: dict[str, str] = {
    "higher_riskier": "higher is riskier",
    "lower_riskier": "lower is riskier",
    "categorical": "by band",
    "protective": "takes points away",
}
"""Direction -> what a person reads."""

Parameters = dict[str, list[dict[str, str]]]


def indicators_pages(settings: Settings) -> dict[str, str]:
    """Stem and text of each page: ``indicators`` is the newest version, earlier ones and candidates have their own."""
    newest, *others = reversed(catalogue_versions(settings))
    stems = {"indicators": newest} | {f"indicators_{version.version}": version for version in others}
    ways = {stem: version.version for stem, version in stems.items()}
    return {stem: "\n".join(_page(stem, version, ways)) for stem, version in stems.items()}


def _page(stem: str, version: Catalogue, ways: dict[str, str]) -> list[str]:
    models = {path.stem.split("_")[0].upper(): path.stem for path in (MODELS / "indicators").rglob("*.sql")}
    versions = ", ".join(name if other == stem else f"[{name}]({other}.md)" for other, name in ways.items())
    return [
        *opening("indicators", "data/catalogue", version.version),
        f"Versions 版本: {versions}.",
        "",
        "Points of an indicator are weight x risk of the band its value lies in / 100; the sum is capped by level 2, "
        "then by level 1, then in total. An unknown value carries no points. The window is how long an event counts.",
        "",
        "指标得分 = 权重 × 所在档次的风险值 / 100；依次受二级、一级和总分上限约束。未知不计分。"
        "影响期是事件计分的时长。",
        "",
        *_version(version, models),
    ]


def read_parameters(folder: Path) -> Parameters:
    """Parameters of a version's indicators by code, as in its ``parameters.csv``; empty where it has none."""
    path = folder / "parameters.csv"
    found: Parameters = {}
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                found.setdefault(row["code"], []).append(row)
    return found


def _in_force(version: Catalogue) -> str:
    if version.effective_from is None:
        return "A candidate, in force in no month"
    return f"In force from {version.effective_from} to {version.effective_to or 'an open end'}"


def _version(version: Catalogue, models: dict[str, str]) -> list[str]:
    caps = {level.code: (level.cap, level.floor) for level in version.levels}
    parameters = read_parameters(version.folder)
    lines = [
        f"## Catalogue {version.version}",
        "",
        f"**{text(version.title_zh)} / {text(version.title_en)}**",
        "",
        f"{_in_force(version)}; "
        f"{len(version.indicators)} indicators; scores from 0 to {_number(version.max_score)}, higher is riskier.",
        "",
        *_classes(version),
        *_rules(version),
        *_overview(version, caps),
    ]
    for l1_code, group in groupby(version.indicators, key=lambda indicator: indicator.l1_code):
        level1 = list(group)
        names = text(f"{level1[0].l1_name_zh} {level1[0].l1_name_en}")
        lines += [f"### {l1_code} {names}", "", f"{_cap(caps, l1_code)}.", ""]
        for l2_code, members in groupby(level1, key=lambda indicator: indicator.l2_code):
            level2 = list(members)
            names = text(f"{level2[0].l2_name_zh} {level2[0].l2_name_en}")
            model = models.get(l2_code)
            made = f"; model {link(code(model), 'models', model, 'indicators')}" if model else ""
            lines += [f"#### {l2_code} {names}", "", f"{_cap(caps, l2_code)}{made}.", ""]
            for indicator in level2:
                lines += _indicator(indicator, version.bands_of(indicator.code), parameters.get(indicator.code, []))
    return lines


def _classes(version: Catalogue) -> list[str]:
    last = version.classes[-1]
    rows = [
        [
            risk_class.name,
            f"{_number(risk_class.lower)} ≤ score {'≤' if risk_class is last else '<'} {_number(risk_class.upper)}",
            text(risk_class.zh),
            text(risk_class.en),
        ]
        for risk_class in version.classes
    ]
    return ["### Classes", "", *table(["Class", "Score", "Chinese", "English"], rows)]


def _rules(version: Catalogue) -> list[str]:
    rows = [
        [code(rule.code), effect.format(rule.class_name), _condition(rule), text(rule.zh), text(rule.en)]
        for rules, effect in ((version.direct_rules, "class {}"), (version.floors, "not better than {}"))
        for rule in rules
    ]
    thin = version.thin_file
    if thin:
        for reason in thin.when:
            conditions = " and ".join(map(_condition, reason.conditions))
            effect = f"thin file: not better than {thin.at_best}"
            rows.append([code(reason.code), effect, conditions, text(reason.zh), text(reason.en)])
    if not rows:
        return []
    header = ["Rule", "Effect", "When", "Chinese", "English"]
    return ["### Direct rules, floors and thin file", "", *table(header, rows)]


def _condition(condition: Condition) -> str:
    name = link(condition.indicator, "indicators", condition.indicator, "indicators")
    if condition.equals is not None:
        return f"{name} is {code(condition.equals)}"
    if condition.at_least is not None:
        return f"{name} ≥ {_number(condition.at_least)}"
    if condition.below is not None:
        return f"{name} < {_number(condition.below)}"
    return f"{name} is unknown"


def _overview(version: Catalogue, caps: dict[str, tuple[Decimal, Decimal]]) -> list[str]:
    rows = [
        [
            link(indicator.code, "indicators", indicator.code, "indicators"),
            text(indicator.name_zh),
            text(indicator.name_en),
            _window(indicator),
            _number(indicator.weight),
            _number(caps[indicator.l2_code][0]),
            _number(caps[indicator.l1_code][0]),
        ]
        for indicator in version.indicators
    ]
    header = ["Indicator", "Chinese", "English", "Window", "Weight", "Cap level 2", "Cap level 1"]
    return ["### All indicators", "", *table(header, rows)]


def _indicator(indicator: Indicator, bands: list[Band], parameters: list[dict[str, str]]) -> list[str]:
    feeds = ", ".join(link(code(feed), "feeds", feed, "indicators") for feed in indicator.feeds)
    lines = [
        f"##### {indicator.code}",
        "",
        f"**{text(indicator.name_zh)} / {text(indicator.name_en)}**",
        "",
        f"- Feeds: {feeds}",
        f"- Window: {_window(indicator)}; weight: {_number(indicator.weight)}; "
        f"value: {UNITS.get(indicator.unit, indicator.unit)}; {DIRECTIONS[indicator.direction]}",
        f"- Basis: {text(indicator.basis)}",
        "",
        *table(
            ["Band", "Value", "Chinese", "English", "Risk", "Points"],
            (
                [
                    str(band.band),
                    _span(band),
                    text(band.label_zh),
                    text(band.label_en),
                    _number(band.risk),
                    _number(indicator.weight * band.risk / 100),
                ]
                for band in bands
            ),
        ),
    ]
    if parameters:
        lines += table(
            ["Parameter", "Value", "Unit", "Chinese", "English"],
            (
                [
                    code(row["name"]),
                    text(row["value"]),
                    _unit(row["unit"]),
                    text(row["meaning_zh"]),
                    text(row["meaning_en"]),
                ]
                for row in parameters
            ),
        )
    return lines


def _span(band: Band) -> str:
    if band.category is not None:
        return code(band.category)
    lower = f"{_number(band.lower)} ≤ " if band.lower is not None else ""
    upper = f" < {_number(band.upper)}" if band.upper is not None else ""
    if lower and not upper:
        return f"≥ {lower.removesuffix(' ≤ ')}"
    return f"{lower}value{upper}" if lower else upper.strip() or "any"


def _cap(caps: dict[str, tuple[Decimal, Decimal]], level: str) -> str:
    cap, floor = caps[level]
    return f"At most {_number(cap)} points" + (f", at least {_number(floor)}" if floor else "")


def _window(indicator: Indicator) -> str:
    if indicator.window_months == 0:
        return "month end"
    return "1 month" if indicator.window_months == 1 else f"{indicator.window_months} months"


def _unit(unit: str) -> str:
    return "万元" if unit == "wan_yuan" else text(unit.replace("_", " "))


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}" if value else "0"
