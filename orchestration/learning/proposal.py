"""A candidate catalogue whose points come from a learned scorecard.

Belongs here: the files of the candidate. Does not belong here: putting it into force, which is a person's edit of
``effective_from`` after a shadow run, whose record is asked for then (``catalogue.record``).

The candidate has the indicators of the version that was learned from, its windows, parameters, rules and floors; bands,
points and the bounds of the classes are the learned ones. A catalogue gives nothing to an unknown value, so points are
counted from there (``Scorecard.given``), and the bounds hold on that scale. Bands beside each other with the same
points become one. An indicator without any points is left out, unless a rule asks for it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from orchestration import yaml_text
from orchestration.catalogue import Catalogue, CatalogueError
from orchestration.catalogue.load import catalogue_versions, load_version
from orchestration.catalogue.model import Indicator
from orchestration.learning.bins import Bands
from orchestration.learning.policy import LearningError
from orchestration.learning.registry import Model, numbers
from orchestration.learning.scorecard import Scorecard
from orchestration.settings import IDENTIFIER, Settings

WEIGHTS = (100, 200, 250, 400, 500, 1000)
"""Weights by which every whole number of points is a risk in whole cents."""


def propose(settings: Settings, model: Model, name: str) -> tuple[Path, list[str]]:
    """Write the candidate ``name`` beside the other versions of the jurisdiction.

    Args:
        settings: whose catalogue.
        model: a registered scorecard.
        name: of the version; no folder of that name may be there.

    Returns:
        The folder, and one sentence for each thing that the catalogue cannot say as the scorecard does.

    Raises:
        LearningError: the name is taken or no name, or the candidate is not a sound catalogue.
    """
    folder = settings.definition / "catalogue" / name
    if not IDENTIFIER.match(name):
        raise LearningError(f"{name!r} is no name of a version; use lower-case letters, digits and _.")
    if folder.exists():
        raise LearningError(f"{folder} is there already; choose another name, or remove it.")
    base = load_version(settings, str(model.card["catalogue"]))
    card = _card(model)
    files, notes = candidate(base, card, model, name)
    folder.mkdir()
    try:
        for file, content in files.items():
            (folder / file).write_text(content, encoding="utf-8")
        catalogue_versions(settings)
    except CatalogueError as error:
        for file in files:
            (folder / file).unlink(missing_ok=True)
        folder.rmdir()
        raise LearningError(f"The scorecard makes no sound catalogue: {error}") from error
    return folder, notes


def differs(settings: Settings, model: Model, version: Catalogue) -> list[str]:
    """Indicators, and ``classes``, in which a version says something else than a scorecard.

    Raises:
        LearningError: the bounds of the scorecard are of another scale than the points of a catalogue.
    """
    base = load_version(settings, str(model.card["catalogue"]))
    files, _ = candidate(base, _card(model), model, version.version)
    weights = {row["code"]: Decimal(row["weight"]) for row in csv.DictReader(io.StringIO(files["indicators.csv"]))}
    learned: dict[str, set[tuple[object, ...]]] = {}
    for row in csv.DictReader(io.StringIO(files["bands.csv"])):
        bounds = (Decimal(row[side]) if row[side] else None for side in ("lower", "upper"))
        points = weights[row["code"]] * Decimal(row["risk"]) / 100
        learned.setdefault(row["code"], set()).add((*bounds, row["category"] or None, points))
    said: dict[str, set[tuple[object, ...]]] = {}
    for band in version.bands:
        points = version.by_code[band.code].weight * band.risk / 100
        said.setdefault(band.code, set()).add((band.lower, band.upper, band.category, points))
    bounds_said = {one.name: int(one.lower) for one in version.classes}
    found = [code for code in sorted(set(learned) | set(said)) if learned.get(code) != said.get(code)]
    return found + ([] if bounds_said == model.card["bounds"] else ["classes"])


def candidate(base: Catalogue, card: Scorecard, model: Model, name: str) -> tuple[dict[str, str], list[str]]:
    """The files of the candidate, by name, and what it cannot say."""
    points, given = card.points(), card.given()
    bands: dict[str, list[dict[str, object]]] = {}
    notes: list[str] = []
    for learned in card.bands:
        code = learned.code
        if learned.unknown and points[code][-1]:
            lost = sum(value < points[code][-1] for value in points[code][:-1])
            notes.append(
                f"{code}: not known would be worth {points[code][-1]} points; a catalogue gives none, so that the "
                "other bands are counted from there" + (f", and {lost} worth less give none either." if lost else ".")
            )
        if not learned.unknown and points[code][0]:
            notes.append(
                f"{code}: not known was too rare to learn from, and stands in the scorecard with its first band, "
                f"{points[code][0]} points; a catalogue gives it none."
            )
        bands[code] = _bands(base, learned, given[code][:-1] if learned.unknown else given[code])
    asked = _asked(base)
    kept = [
        one for one in base.indicators if one.code in asked or any(row["points"] for row in bands.get(one.code, []))
    ]
    for one in kept:
        bands.setdefault(one.code, [_without(base, one)[0]] if one.kind == "numeric" else _without(base, one))
    most = {one.code: max(int(str(row["points"])) for row in bands[one.code]) for one in kept}
    weights = {
        code: next((weight for weight in WEIGHTS if weight >= value), WEIGHTS[-1]) for code, value in most.items()
    }
    return {
        "catalogue.yml": _header(base, model, name, _total(base, most)),
        "indicators.csv": _csv(
            [_indicator(one, weights[one.code], model) for one in kept]
        ),
        "bands.csv": _csv(
            [
                {**{key: row[key] for key in ("code", "band", "lower", "upper", "category")},
                 "risk": _plain(Decimal(str(row["points"])) * 100 / weights[one.code]),
                 "label_en": row["label_en"], "label_zh": row["label_zh"]}
                for one in kept for row in bands[one.code]
            ]
        ),
        "levels.csv": _csv(_levels(base, kept, most)),
        **({"parameters.csv": _csv([
            {"code": one.code, "name": one.name, "value": one.text, "unit": one.unit, "meaning_en": one.meaning_en,
             "meaning_zh": one.meaning_zh}
            for one in base.parameters if one.code in most
        ])} if any(one.code in most for one in base.parameters) else {}),
    }, notes  # fmt: skip


def _card(model: Model) -> Scorecard:
    """The scorecard of a model whose bounds hold on the scale of its candidate.

    Raises:
        LearningError: they were made of points that a catalogue cannot give.
    """
    if "points" not in model.card:
        raise LearningError(
            f"The bounds of {model.name} {model.id} are of points that a catalogue cannot give to unknown values; "
            f"learn anew with make learn M={model.card['month']} and propose that."
        )
    return Scorecard.from_dict(numbers(model)[0])


def _asked(base: Catalogue) -> set[str]:
    """Indicators that a rule of the version asks for."""
    conditions = [*base.direct_rules, *base.floors]
    thin = [condition for reason in base.thin_file.when for condition in reason.conditions] if base.thin_file else []
    return {condition.indicator for condition in [*conditions, *thin]}


def _bands(base: Catalogue, one: Bands, points: Iterable[int]) -> list[dict[str, object]]:
    given = list(points)
    if one.numeric:
        edges: list[float | None] = [None, *one.cuts, None]
        spans = [(edges[place], edges[place + 1], value) for place, value in enumerate(given)]
        merged: list[tuple[float | None, float | None, int]] = []
        for low, high, value in spans:
            if merged and merged[-1][2] == value:
                merged[-1] = (merged[-1][0], high, value)
            else:
                merged.append((low, high, value))
        return [
            {
                "code": one.code, "band": place, "lower": _number(low), "upper": _number(high), "category": "",
                "points": value, "label_en": _span(low, high, "any value;below {};{} or more;{} to {}"),
                "label_zh": _span(low, high, "任意值;低于{};{}及以上;{}至{}"),
            }
            for place, (low, high, value) in enumerate(merged, 1)
        ]  # fmt: skip
    named = _without(base, base.by_code[one.code])
    places = one.place(pl.Series(one.code, [str(row["category"]) for row in named], dtype=pl.String))
    return [{**row, "points": given[place]} for row, place in zip(named, places, strict=True)]


def _without(base: Catalogue, indicator: Indicator) -> list[dict[str, object]]:
    """The bands of the version that was learned from, without points."""
    return [
        {
            "code": row.code, "band": row.band, "lower": "", "upper": "", "category": row.category or "", "points": 0,
            "label_en": row.label_en if row.category else "any value",
            "label_zh": row.label_zh if row.category else "任意值",
        }
        for row in base.bands_of(indicator.code)
    ]  # fmt: skip


def _indicator(one: Indicator, weight: int, model: Model) -> dict[str, object]:
    told = one.model_dump()
    return told | {
        "feeds": ";".join(one.feeds),
        "weight": weight,
        "basis": f"{one.basis}; points learned from {model.card['visits']} visits of "
        f"{model.card['visit_months'][0]} to {model.card['visit_months'][1]}",
    }


def _levels(base: Catalogue, kept: list[Indicator], most: Mapping[str, int]) -> list[dict[str, object]]:
    """Caps that never bind: points were learned as a sum."""
    sums: dict[str, int] = {}
    for one in kept:
        for level in (one.l1_code, one.l2_code):
            sums[level] = sums.get(level, 0) + most[one.code]
    rows: list[dict[str, object]] = [
        {"code": code, "level": 1 if len(code) == 3 else 2, "cap": cap, "floor": 0}
        for code, cap in sorted(sums.items())
    ]
    return [*rows, {"code": "TOTAL", "level": 0, "cap": _total(base, most), "floor": 0}]


def _total(base: Catalogue, most: Mapping[str, int]) -> int:
    """Highest score: that of the version, or more where points were rounded up."""
    return max(sum(most.values()), int(base.max_score))


def _header(base: Catalogue, model: Model, name: str, total: int) -> str:
    raw: dict[str, Any] = yaml_text.load((base.folder / "catalogue.yml").read_text(encoding="utf-8"))
    bounds: Mapping[str, int] = model.card["bounds"]
    classes = raw["classes"]
    if set(bounds) != {one["class"] for one in classes}:
        raise LearningError(
            f"learning.yml has the classes {', '.join(bounds)}, {base.version} has "
            f"{', '.join(one['class'] for one in classes)}; make them the same."
        )
    least = [*(bounds[one["class"]] for one in classes), total]
    raw.pop("approved_by", None)
    raw |= {
        "version": name,
        "title_zh": f"{raw['title_zh']}（由检查结果学习的候选 {name}）",
        "title_en": f"{raw['title_en']}, candidate {name} learned from outcomes",
        "effective_from": None,
        "effective_to": None,
        "classes": [one | {"from": least[place], "to": least[place + 1]} for place, one in enumerate(classes)],
        "learned_from": f"{model.name} {model.id}",
    }
    whole: dict[str, Any] = {}
    for key, value in raw.items():
        whole[key] = value
        if key == "effective_from":
            whole["approved_by"] = None
    note = (
        f"# A candidate, in force in no month: points learned up to {model.card['month']},\n"
        f"# {model.name} {model.id}.\n"
        f"# Compare it with make shadow V={name}, which leaves a record (shadow.yml) here; a person then puts it into\n"
        "# force by an effective month and a name in approved_by. Without the record it is refused.\n"
    )
    return note + yaml.safe_dump(whole, allow_unicode=True, sort_keys=False, width=120)


def _csv(rows: list[dict[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _number(value: float | None) -> str:
    """A bound as the catalogue writes it: the shortest text that is the same number."""
    return "" if value is None else format(Decimal(repr(float(value))).normalize(), "f")


def _span(low: float | None, high: float | None, words: str) -> str:
    any_value, below, above, between = words.split(";")
    if low is None and high is None:
        return any_value
    if low is None:
        return below.format(f"{high:.4g}")
    if high is None:
        return above.format(f"{low:.4g}")
    return between.format(f"{low:.4g}", f"{high:.4g}")
