"""From a catalogue's rules to SQL: class bounds, direct rules, floors, thin file, overrides, the reason in words.

Belongs here: the query that gives one month's classes. Does not belong here: transactions and tables (``decide``).

The computed class comes from the rules alone, in this order: a direct rule sets the class. Otherwise the score's bounds
give it, a floor makes it no better than the floor's class, and a thin file no better than ``at_best``. Letters order
classes, which the catalogue check ensures. The class in use is that of the override in force, if there is one.

Identifiers in the SQL are indicator codes, which the catalogue has checked; everything else is a parameter.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestration.catalogue.model import Catalogue, Condition, Rule

NAMED_INDICATORS = 3
"""How many indicators a reason names, those with the most points."""


class Query:
    """SQL text and its parameters, put together in the order in which they stand."""

    def __init__(self) -> None:
        self.parameters: dict[str, object] = {}

    def value(self, value: object) -> str:
        """A parameter holding ``value``."""
        name = f"p{len(self.parameters)}"
        self.parameters[name] = value
        return f"${name}"


def condition_sql(query: Query, condition: Condition) -> str:
    """Whether the value of an indicator meets a condition; never null, so that unknown meets only ``unknown``."""
    value = f"v_{condition.indicator.lower()}"
    if condition.unknown:
        return f"{value} IS NULL"
    if condition.equals is not None:
        return f"coalesce({value} = {query.value(condition.equals)}, false)"
    if condition.at_least is not None:
        return f"coalesce({value} >= {query.value(float(condition.at_least))}, false)"
    return f"coalesce({value} < {query.value(float(condition.below or 0))}, false)"


def _first(query: Query, rules: Iterable[Rule]) -> str:
    """Code of the rule that holds and sets the worst class, the first of equals; null if none holds."""
    worst_first = sorted(rules, key=lambda rule: rule.class_name, reverse=True)
    cases = [f"WHEN {condition_sql(query, rule)} THEN {query.value(rule.code)}" for rule in worst_first]
    return f"CASE {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def _lookup(query: Query, column: str, found: Mapping[str, str] | Mapping[int, str]) -> str:
    cases = [f"WHEN {query.value(code)} THEN {query.value(text)}" for code, text in found.items()]
    return f"CASE {column} {' '.join(cases)} END" if cases else "CAST(NULL AS VARCHAR)"


def class_by_score_sql(query: Query, catalogue: Catalogue) -> str:
    """Class of a score by the bounds: ``from <= score < to``; the last class takes the highest score too."""
    cases = [
        f"WHEN score < {query.value(risk_class.upper)} THEN {query.value(risk_class.name)}"
        for risk_class in catalogue.classes[:-1]
    ]
    return f"CASE {' '.join(cases)} ELSE {query.value(catalogue.classes[-1].name)} END"


def _thin_sql(query: Query, catalogue: Catalogue) -> str:
    if catalogue.thin_file is None:
        return "CAST(NULL AS VARCHAR)"
    cases = []
    for reason in catalogue.thin_file.when:
        test = " AND ".join(condition_sql(query, condition) for condition in reason.conditions)
        cases.append(f"WHEN {test} THEN {query.value(reason.code)}")
    return f"CASE {' '.join(cases)} END"


def _most_points_sql(query: Query, catalogue: Catalogue) -> str:
    """The indicators with the most counted points, in words: 'H040101 当前是否列入经营异常名录 80.00; ...'.

    Each indicator is one whole number, its points in cents times the number of indicators plus its place from the last:
    the greatest are those with the most points, ties by code, and sorting a few numbers costs a fraction of sorting
    names.
    """
    count = len(catalogue.indicators)
    numbers = ", ".join(
        f"CAST(p_{indicator.column} * {100 * count} AS BIGINT) + {count - place}"
        for place, indicator in enumerate(catalogue.indicators, 1)
    )
    names = query.value([f"{indicator.code} {indicator.name_zh}" for indicator in catalogue.indicators])
    return (
        f"list_transform(list_slice(list_reverse_sort(list_filter([{numbers}], lambda x: x >= {count})), "
        f"1, {NAMED_INDICATORS}), lambda x: list_extract({names}, {count} - x % {count}) "
        f"|| ' ' || CAST(CAST(x // {count} * 0.01 AS DECIMAL(9, 2)) AS VARCHAR))"
    )


def _bounds_text(catalogue: Catalogue) -> dict[str, str]:
    last = catalogue.classes[-1].name
    return {
        c.name: f"{c.name} [{c.lower.normalize():f}, {c.upper.normalize():f}{']' if c.name == last else ')'}"
        for c in catalogue.classes
    }


def _refusal_sql(query: Query, catalogue: Catalogue, ranks: dict[int, str]) -> str:
    """Why an open override is not applied, the end of a sentence; null where it is.

    Over ``ruled`` and ``o``, the override.
    """
    policy = catalogue.overrides
    if policy is None:
        return query.value(f"catalogue {catalogue.version} knows no overrides")
    known = ", ".join(query.value(risk_class.name) for risk_class in catalogue.classes)

    def rank(least: int) -> str:
        return query.value(f"takes rank {least} ({ranks.get(least, '?')})")

    return f"""CASE
        WHEN o.override_class NOT IN ({known})
            THEN {query.value(f"catalogue {catalogue.version} has no such class")}
        WHEN o.expires_on > CAST(o.decided_on + to_months({query.value(policy.longest_months)}) AS DATE)
            THEN {query.value(f"it holds longer than the {policy.longest_months} months allowed")}
        WHEN o.decider_rank < {query.value(policy.least_rank)}
            THEN 'an override ' || {rank(policy.least_rank)}
        WHEN o.decider_rank < {query.value(policy.least_rank_rule)} AND ruled.direct_rule IS NOT NULL
            AND o.override_class < ruled.direct_class
            THEN 'to set a safer class than ' || ruled.direct_class || ' of the direct rule ' || ruled.direct_rule
                || ' ' || {rank(policy.least_rank_rule)}
        WHEN o.decider_rank < {query.value(policy.least_rank_rule)} AND ruled.floor_rule IS NOT NULL
            AND o.override_class < ruled.floor_class
            THEN 'to set a safer class than ' || ruled.floor_class || ' of the floor ' || ruled.floor_rule
                || ' ' || {rank(policy.least_rank_rule)}
    END"""


def _overrides_sql(query: Query, catalogue: Catalogue, ranks: dict[int, str]) -> str:
    """Common tables over ``ruled``: ``applied``, the override in force, and ``refused``, each one row an enterprise.

    Of several decisions that may be applied the latest counts. A refused one is told of unless a later one is applied.
    """
    shown = _lookup(query, "decider_rank", {rank: f"rank {rank} {label}" for rank, label in ranks.items()})
    return f"""
        considered AS (
            SELECT
                o.enterprise_id, o.override_no, o.override_class, o.reason AS override_reason,
                o.decider_rank AS override_rank, o.decided_on, o.expires_on,
                coalesce({shown}, 'rank ' || CAST(o.decider_rank AS VARCHAR)) AS rank_text,
                {_refusal_sql(query, catalogue, ranks)} AS refusal
            FROM ruled JOIN lake.scores.enterprise_override AS o
                ON o.month = ruled.month AND o.enterprise_id = ruled.enterprise_id
        ),
        applied AS (
            SELECT * FROM considered WHERE refusal IS NULL
            QUALIFY row_number() OVER (PARTITION BY enterprise_id ORDER BY decided_on DESC, override_no DESC) = 1
        ),
        refused AS (
            SELECT
                c.enterprise_id,
                'override ' || c.override_no || ' to ' || c.override_class || ', decided on '
                || CAST(c.decided_on AS VARCHAR) || ' by ' || c.rank_text || ', until '
                || CAST(c.expires_on AS VARCHAR) || ', is not applied: ' || c.refusal AS override_refused
            FROM considered AS c LEFT JOIN applied AS a ON a.enterprise_id = c.enterprise_id
            WHERE c.refusal IS NOT NULL
                AND (a.override_no IS NULL OR (c.decided_on, c.override_no) > (a.decided_on, a.override_no))
            QUALIFY row_number() OVER (PARTITION BY c.enterprise_id ORDER BY c.decided_on DESC, c.override_no DESC) = 1
        )"""


NO_OVERRIDES = """
        applied AS (
            SELECT
                CAST(NULL AS VARCHAR) AS enterprise_id, CAST(NULL AS VARCHAR) AS override_no,
                CAST(NULL AS VARCHAR) AS override_class, CAST(NULL AS VARCHAR) AS override_reason,
                CAST(NULL AS INTEGER) AS override_rank, CAST(NULL AS DATE) AS expires_on,
                CAST(NULL AS VARCHAR) AS rank_text
            WHERE false
        ),
        refused AS (
            SELECT CAST(NULL AS VARCHAR) AS enterprise_id, CAST(NULL AS VARCHAR) AS override_refused WHERE false
        )"""
"""The same tables where no override was ever received."""


def classes_query(
    catalogue: Catalogue, month: str, regions: list[str], *, overrides: bool, ranks: dict[int, str] | None = None
) -> tuple[str, dict[str, object]]:
    """The query with one row per enterprise of ``regions`` in ``month``: class, reason, rules that applied.

    Args:
        catalogue: version in force.
        month: ``YYYY-MM``.
        regions: region codes.
        overrides: whether ``lake.scores.enterprise_override`` is there.
        ranks: rank of those who override -> what a person calls it.

    Returns:
        SQL over ``lake.scores.enterprise_score``, and its named parameters.
    """
    query = Query()
    direct = {rule.code: rule for rule in catalogue.direct_rules}
    floors = {rule.code: rule for rule in catalogue.floors}
    thin = {reason.code: reason for reason in (catalogue.thin_file.when if catalogue.thin_file else ())}
    at_best = catalogue.thin_file.at_best if catalogue.thin_file else catalogue.classes[0].name
    where = f"month = {query.value(month)} AND region_code IN (SELECT unnest({query.value(regions)}))"
    text = f"""
        WITH tested AS (
            SELECT
                month, region_code, enterprise_id, score, catalogue_version,
                {class_by_score_sql(query, catalogue)} AS class_by_score,
                {_first(query, catalogue.direct_rules)} AS direct_rule,
                {_first(query, catalogue.floors)} AS floor_rule,
                {_thin_sql(query, catalogue)} AS thin_code,
                {_most_points_sql(query, catalogue)} AS most_points
            FROM lake.scores.enterprise_score
            WHERE {where}
        ),
        ranked AS (
            SELECT
                *,
                {_lookup(query, "direct_rule", {c: r.class_name for c, r in direct.items()})} AS direct_class,
                {_lookup(query, "floor_rule", {c: r.class_name for c, r in floors.items()})} AS floor_class
            FROM tested
        ),
        ruled AS (
            SELECT
                *,
                coalesce(direct_class,
                    greatest(
                        class_by_score,
                        coalesce(floor_class, ''),
                        CASE WHEN thin_code IS NOT NULL THEN {query.value(at_best)} ELSE '' END
                    )) AS computed_class
            FROM ranked
        ),
        worded AS (
            SELECT
                *,
                {_lookup(query, "direct_rule", {c: f"{c} {r.zh} ({r.en})" for c, r in direct.items()})} AS direct_text,
                {_lookup(query, "floor_rule", {c: f"{c} {r.zh} ({r.en})" for c, r in floors.items()})} AS floor_text,
                {_lookup(query, "thin_code", {c: f"{c} {r.zh} ({r.en})" for c, r in thin.items()})} AS thin_text,
                'score ' || CAST(score AS VARCHAR) || ' in '
                || {_lookup(query, "class_by_score", _bounds_text(catalogue))} AS score_text,
                coalesce(array_to_string(most_points, '; '), '') AS points_text
            FROM ruled
        ),
        explained AS (
            SELECT *, CASE
                WHEN direct_rule IS NOT NULL
                    THEN computed_class || ' by direct rule ' || direct_text || '; ' || score_text
                WHEN computed_class = class_by_score THEN score_text
                WHEN computed_class = floor_class
                    THEN computed_class || ' at best by floor ' || floor_text || '; ' || score_text
                ELSE computed_class || ' at best by thin file ' || thin_text || '; ' || score_text
            END || CASE
                WHEN points_text = '' THEN '; no indicator gives points'
                ELSE '; most points: ' || points_text
            END AS computed_reason
            FROM worded
        ),{_overrides_sql(query, catalogue, ranks or {}) if overrides else NO_OVERRIDES}
        SELECT
            month, region_code, explained.enterprise_id, score, computed_class,
            coalesce(override_class, computed_class) AS class,
            CASE
                WHEN override_no IS NOT NULL
                    THEN override_class || ' by override ' || override_no || ' (' || rank_text || ', until '
                        || CAST(expires_on AS VARCHAR) || '): ' || override_reason || '; computed '
                        || CASE WHEN starts_with(computed_reason, computed_class || ' ') THEN ''
                            ELSE computed_class || ', ' END
                ELSE ''
            END || computed_reason || coalesce('; ' || override_refused, '') AS reason,
            thin_code IS NOT NULL AS thin_file, direct_rule, floor_rule, catalogue_version,
            override_no, override_reason, override_rank, expires_on AS override_until, override_refused
        FROM explained
        LEFT JOIN applied ON applied.enterprise_id = explained.enterprise_id
        LEFT JOIN refused ON refused.enterprise_id = explained.enterprise_id
    """
    return text, query.parameters
