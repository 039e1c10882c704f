"""The page for people, in Chinese or English: Markdown that also reads well in a terminal.

Belongs here: what stands where: the short part first, the details after it. Does not belong here: the sentences
(``words``), any computing.

The tone is that of an office that explains itself: plain, respectful, no blame, nothing promised that a rule forbids.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from orchestration.explanation.model import Explanation, Factor, FactorChange, FieldClass, Level, Record, Step, Text
from orchestration.explanation.outlook import HORIZON
from orchestration.explanation.record import SEMICOLON, number, record_line, seen_line
from orchestration.explanation.webpage import is_archived, signal_lines
from orchestration.explanation.words import FIELD, OVERRIDE, UNITS, say

REASONS = 3
"""Reasons that the short part names."""
CITED = 5
"""Records that the short part cites for an objection."""
SHOWN = 12
"""Records shown of one indicator; the table has all."""
COMMA = {"zh": "，", "en": ", "}
COLON = {"zh": "：", "en": ": "}
HIDDEN = ("enterprise_id",)
"""Columns of a record that the page leaves out, because its heading says it."""


def page(explanation: Explanation, language: str) -> str:
    """The whole page in ``zh`` or ``en``: the short part, then every detail."""
    return "\n".join([short(explanation, language), *_details(explanation, language)]) + "\n"


def short(explanation: Explanation, language: str) -> str:
    """The first half page: class, score, three reasons, what can be done, how to object."""
    lines = _head(explanation, language)
    lines += [f"## {say('why', language)}", "", say("because", language, reason=explanation.reason.of(language)), ""]
    top = explanation.heaviest[:REASONS]
    lines += [say("reasons" if top else "no_reasons", language), ""]
    lines += [f"{place}. {_factor(factor, language)}" for place, factor in enumerate(top, 1)]
    lines += ["", f"## {say('can', language)}", "", *_can(explanation, language)]
    lines += ["", f"## {say('object', language)}", "", *_object(explanation, language), ""]
    return "\n".join(lines)


# -- the short part -------------------------------------------------------------------------------------------------


def _head(explanation: Explanation, language: str) -> list[str]:
    name = f"{explanation.name} " if explanation.name else ""
    colon = COLON[language]
    lines = [
        f"# {say('title', language, month=explanation.month)}",
        "",
        f"- {say('firm', language)}{colon}{name}`{explanation.enterprise_id}`",
        f"- {say('class', language)}{colon}**{explanation.class_name}** {explanation.class_text.of(language)}",
        f"- {say('score', language)}{colon}**{explanation.score}** ({say('scale', language)})",
        "",
        f"> {say('standing', language)}",
        "",
    ]
    if explanation.override:
        lines += [
            say("override", language, used=explanation.class_name, computed=explanation.computed_class),
            SEMICOLON[language].join(
                f"{OVERRIDE[name].of(language) if name in OVERRIDE else name}{colon}"
                f"{value.of(language) if isinstance(value, Text) else value}"
                for name, value in explanation.override.details.items()
            ),
            "",
        ]
    if explanation.override_refused:
        lines += [say("override_refused", language, why=explanation.override_refused), ""]
    return lines


def _can(explanation: Explanation, language: str) -> list[str]:
    view = explanation.outlook
    lines = [f"- {text.of(language)}" for text in view.rules]
    if view.after_rule:
        after = view.after_rule
        lines.append(f"- {say('after_rule', language, score=after.score, name=after.class_name)}")
    if explanation.computed_class == explanation.safest_class:
        return [*lines, f"- {say('lowest', language)}"]
    if view.alone:
        lines += [f"- {say('alone', language)}", *_steps(view.alone, language)]
    elif view.together_step:
        all_done = view.together_step
        lines.append(f"- {say('together', language, name=all_done.class_name, score=all_done.score)}")
        lines += [f"    - {_said('part', step, language)}" for step in view.together]
    else:
        lines.append(f"- {say('nothing', language)}")
    lower = [step for step in view.other if step.score < explanation.score]
    capped = [step for step in view.other if step.score >= explanation.score]
    if lower:
        changes = bool(view.alone or view.together)
        lines += [f"- {say('other' if changes else 'other_only', language)}", *_steps(lower, language)]
    if capped:
        lines.append(f"- {say('capped', language)}")
        lines += [f"    - {_said('part', step, language)}" for step in capped]
    better = next((step for step in view.by_time if step.class_name < explanation.computed_class), None)
    if better:
        lines.append(f"- {say('in_time', language, month=better.month, score=better.score, name=better.class_name)}")
    else:
        lines.append(f"- {say('not_in_time', language, years=HORIZON // 12)}")
    return lines


def _steps(steps: Iterable[Step], language: str) -> list[str]:
    return [f"    - {_said('step', step, language)}" for step in steps]


def _said(key: str, step: Step, language: str) -> str:
    act = step.act.of(language) if step.act else ""
    return say(key, language, act=act, codes=_codes(step.codes, language), score=step.score, name=step.class_name)


def _codes(codes: Iterable[str], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(codes)


def _object(explanation: Explanation, language: str) -> list[str]:
    cited: dict[tuple[object, ...], Record] = {}
    for factor in explanation.heaviest:
        for record in factor.records:
            if record.objectionable and record.record_key:
                cited.setdefault((record.feed, record.record_key), record)
    if not cited:
        return [say("object_none", language)]
    lines = [say("object_how", language), ""]
    lines += [
        f"- `{record.feed}` {record.title.of(language)}{COLON[language]}`{record.record_key}`"
        + (f" ({say('review', language, day=record.review_since)})" if record.review_since else "")
        for record in list(cited.values())[:CITED]
    ]
    return [*lines, "", say("object_then", language)]


# -- details --------------------------------------------------------------------------------------------------------


def _details(explanation: Explanation, language: str) -> list[str]:
    lines = ["---", "", f"# {say('details', language)}", "", *_sum(explanation, language)]
    lines += [f"## {say('factors', language)}", ""]
    numbers: dict[tuple[str, str | None], int] = {}
    for factor in explanation.factors:
        if factor.points or factor.cap_taken:
            lines += _with_records(factor, numbers, language)
    lines += _without_points(explanation, language)
    lines += _changes(explanation, language)
    lines += _ahead(explanation, language)
    for field in explanation.fields:
        lines += _field(field, language)
    title = explanation.version_title.of(language)
    return [*lines, say("basis", language, version=explanation.version, title=title)]


def _sum(explanation: Explanation, language: str) -> list[str]:
    lines = [f"## {say('sum', language)}", ""]
    for level in explanation.levels:
        if level.gathered or level.counted:
            indent = "" if len(level.code) == 3 else "    "
            lines.append(f"{indent}- {level.code} {level.name.of(language)}{COLON[language]}{_level(level, language)}")
    return [*lines, f"- **{say('sum_total', language)}{COLON[language]}{_level(explanation.total, language)}**", ""]


def _level(level: Level, language: str) -> str:
    key = "sum_row" if level.taken else "sum_free"
    text = say(key, language, gathered=level.gathered, cap=_plain(level.cap), taken=level.taken, counted=level.counted)
    above = level.gathered - level.taken - level.counted
    return text + (say("sum_above", language, above=above) if abs(above) >= 1 else "")


def _factor(factor: Factor, language: str) -> str:
    value = _value(factor.value, factor.unit, factor.label, language)
    text = f"{factor.code} {factor.name.of(language)}{COLON[language]}{value}"
    return f"{text}{COMMA[language]}**{say('points', language, points=f'{factor.points:+}')}**"


def _with_records(factor: Factor, numbers: dict[tuple[str, str | None], int], language: str) -> list[str]:
    """A factor and its records; ``numbers`` are those of records shown before, whose content is not repeated."""
    taken = say("cap_taken", language, taken=factor.cap_taken) if factor.cap_taken else ""
    lines = [f"- {_factor(factor, language)}{taken}"]
    if not factor.records:
        lines.append(f"    - {say('no_record', language)}")
    for record in factor.records[:SHOWN]:
        if record.record_id is None:
            lines.append(f"    - {record_line(record, language)}")
            continue
        place = (record.feed, record.record_id)
        seen, shown_as = place in numbers, numbers.setdefault(place, len(numbers) + 1)
        if seen:
            lines.append(f"    - {seen_line(record, shown_as, language)}")
            continue
        if is_archived(record):
            first, *further = signal_lines(record, language)
            lines += [f"    - [{shown_as}] {first}", *(f"        - {line}" for line in further)]
            continue
        lines.append(f"    - [{shown_as}] {record_line(record, language)}")
        shown = [
            f"{one.label.of(language)}{COLON[language]}{one.value.of(language)}"
            for one in record.content
            if one.column not in HIDDEN
        ]
        lines.append(f"        - {SEMICOLON[language].join(shown) or say('no_content', language)}")
    if len(factor.records) > SHOWN:
        lines.append(f"    - {say('more', language, count=len(factor.records) - SHOWN)}")
    return [*lines, ""]


def _without_points(explanation: Explanation, language: str) -> list[str]:
    zero = [f for f in explanation.factors if f.known and not f.points and not f.cap_taken]
    unknown = [f for f in explanation.factors if not f.known]
    lines = [f"## {say('zero', language, count=len(zero))}", ""]
    lines += [
        f"- {f.code} {f.name.of(language)}{COLON[language]}{_value(f.value, f.unit, f.label, language)}" for f in zero
    ]
    lines += ["", f"## {say('unknown', language, count=len(unknown))}", ""]
    by_reason: dict[str, list[str]] = {}
    for f in unknown:
        by_reason.setdefault(f.unknown.of(language) if f.unknown else "", []).append(f"{f.code} {f.name.of(language)}")
    for why, named in by_reason.items():
        lines += [f"- {why}{COLON[language]}".rstrip(), *(f"    - {one}" for one in named)]
    return [*lines, ""]


def _changes(explanation: Explanation, language: str) -> list[str]:
    changes = explanation.changes
    if changes is None:
        return [f"## {say('changed', language, month='—')}", "", say("no_month_before", language), ""]
    lines = [f"## {say('changed', language, month=changes.month)}", ""]
    lines.append(
        say(
            "changed_class", language, before=changes.class_before, score_before=changes.score_before,
            now=explanation.class_name, score=explanation.score,
        )
    )  # fmt: skip
    if changes.version_before != explanation.version:
        lines.append(say("changed_version", language, before=changes.version_before, now=explanation.version))
    if not changes.factors:
        lines.append(say("changed_none", language))
    lines.append("")
    by_caps = [change.code for change in changes.factors if _same_but_points(change)]
    for change in changes.factors:
        if not _same_but_points(change):
            lines += _change(explanation, change, language)
    if by_caps:
        lines.append(f"- {say('by_caps', language, codes=_codes(by_caps, language))}")
    return [*lines, ""]


def _same_but_points(change: FactorChange) -> bool:
    """Whether only caps moved the points: in force in both months with the same value and the same records."""
    in_both = change.points_before is not None and change.points is not None
    return in_both and change.value_before == change.value and not change.came and not change.left


def _change(explanation: Explanation, change: FactorChange, language: str) -> list[str]:
    unit = next((factor.unit for factor in explanation.factors if factor.code == change.code), "")

    def side(value: float | str | None, label: Text | None, points: Decimal | None) -> str:
        if points is None:
            return say("not_in_force", language)
        return f"{_value(value, unit, label, language)}{COMMA[language]}{say('points', language, points=f'{points:+}')}"

    before = side(change.value_before, change.label_before, change.points_before)
    now = side(change.value, change.label, change.points)
    shift = f"{before} -> {now}" if before != now else now
    lines = [f"- {change.code} {change.name.of(language)}{COLON[language]}{shift}"]
    for key, records in (("came", change.came), ("left", change.left)):
        lines += [f"    - {say(key, language, record=record_line(record, language))}" for record in records[:SHOWN]]
    return lines


def _ahead(explanation: Explanation, language: str) -> list[str]:
    view = explanation.outlook
    lines = [f"## {say('ahead', language)}", ""]
    for step in view.by_time:
        codes = _codes(step.codes, language)
        lines.append(
            f"- {say('ahead_step', language, month=step.month, score=step.score, name=step.class_name, codes=codes)}"
        )
    if not view.by_time:
        lines.append(say("ahead_none", language, years=HORIZON // 12))
    if view.waiting:
        lines += ["", f"## {say('waiting', language)}", ""]
        for wait in view.waiting:
            until = say("until", language, month=wait.until) if wait.until else ""
            lines.append(f"- {_codes(wait.codes, language)}{COLON[language]}{wait.act.of(language)}{until}")
    return [*lines, ""]


def _field(field: FieldClass, language: str) -> list[str]:
    lines = [f"## {say('fields', language)}{COLON[language]}{field.title.of(language)}", ""]
    told = {"mode": field.mode, "tier": field.tier}
    for heading, row in (("field_specialised", field.specialised), ("field_combined", field.combined)):
        if row:
            shown = [
                f"{words.of(language)}{COLON[language]}{_words(told.get(name), language) or row[name]}"
                for name, words in FIELD.items()
                if row.get(name) is not None
            ]
            lines.append(f"- {say(heading, language)}{COLON[language]}{SEMICOLON[language].join(shown)}")
    if field.before:
        lines.append("- " + say("field_before", language, name=field.before["class"], score=field.before["score"]))
    for factor in field.factors:
        value = say("is_unknown", language) if factor.get("value") is None else factor["value"]
        value = number(value) if isinstance(value, float) else value
        named = f"{factor['indicator_code']} {_words(factor.get('name'), language)}".rstrip()
        label = f" ({_words(factor['label'], language)})" if factor.get("label") else ""
        points = say("points", language, points=factor.get("points"))
        lines.append(f"    - {named}{COLON[language]}{value}{label}{COMMA[language]}{points}")
        lines += [f"        - {record_line(record, language)}" for record in factor.get("records", ())[:SHOWN]]
    return [*lines, ""]


def _words(text: Text | None, language: str) -> str:
    return text.of(language) if text else ""


# -- values ---------------------------------------------------------------------------------------------------------


def _value(value: float | str | None, unit: str, label: Text | None, language: str) -> str:
    if value is None:
        return say("is_unknown", language)
    words = label.of(language) if label else str(value)
    if isinstance(value, str) or unit == "flag":
        return words
    if unit == "wan_yuan" and language == "en":
        return f"{value * 10_000:,.0f} yuan ({words})"
    after = UNITS[unit].of(language) if unit in UNITS else f" {unit}"
    return f"{number(value)}{after} ({words})"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
