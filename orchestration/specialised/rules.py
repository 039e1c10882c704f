"""From the rules of a key field to SQL: class by score, matrix, moves, thin file, tier, visits, the reason in words.

Belongs here: the queries that give the classes of a month and set of regions, field by field.
Does not belong here: transactions and tables (``decide``).

Order of the rules: the score's bounds (or the matrix) give a class; moves are applied in the order of the data, each on
what the one before left; too little known leaves the class no better than ``at_best``. Classes are handled by their
rank, 1 for the safest. Visits per year are the greatest of the sampling frequency of the class and the statutory
frequency of the class and of the specialised class: a good general class cannot lower what the law demands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from orchestration.risk.rules import NAMED_INDICATORS, Query
from orchestration.specialised.faults import classes_of
from orchestration.specialised.model import Bound, KeyField, Move, Specialised

MODES = {
    "indicator_fusion": "指标融合 indicator fusion",
    "result_fusion": "结果融合 result fusion",
    "result_overlay": "结果叠加 result overlay",
}
"""How a reason names a mode."""


def _rank_by_score(query: Query, column: str, bounds: Sequence[Bound]) -> str:
    cases = [f"WHEN {column} < {query.value(bound.upper)} THEN {rank}" for rank, bound in enumerate(bounds[:-1], 1)]
    return f"CASE {' '.join(cases)} ELSE {len(bounds)} END"


def _of_rank(query: Query, column: str, values: Sequence[object]) -> str:
    cases = [f"WHEN {rank} THEN {query.value(value)}" for rank, value in enumerate(values, 1)]
    return f"CASE {column} {' '.join(cases)} END"


def _bound_texts(bounds: Sequence[Bound]) -> list[str]:
    last = bounds[-1].name
    return [
        f"{b.name} [{b.lower.normalize():f}, {b.upper.normalize():f}{']' if b.name == last else ')'}" for b in bounds
    ]


def _holds(query: Query, move: Move) -> str:
    """Whether a move holds, never null; the value of its indicator is in a column of the same name."""
    if move.general_class is not None:
        return f"general_class = {query.value(move.general_class)}"
    return f"coalesce({str(move.indicator).lower()} >= {query.value(float(move.at_least or 0))}, false)"


def _moved(query: Query, names: Sequence[str], moves: Sequence[Move]) -> str:
    """CTEs that turn ``ruled`` with ``rank_by_rule`` into ``moved`` with ``rank`` and the list of moves that hold."""
    steps = ["step_0 AS (SELECT *, rank_by_rule AS rank_0 FROM ruled)"]
    for number, move in enumerate(moves, 1):
        before = f"rank_{number - 1}"
        after = (
            f"greatest(1, least({len(names)}, {before} + ({move.by})))"
            if move.by is not None
            else f"greatest({before}, {names.index(str(move.to)) + 1})"
        )
        steps.append(
            f"step_{number} AS (SELECT *, CASE WHEN {_holds(query, move)} THEN {after} ELSE {before} END "
            f"AS rank_{number} FROM step_{number - 1})"
        )
    listed = ", ".join(
        f"CASE WHEN {_holds(query, move)} THEN {{'code': {query.value(move.code)}, "
        f"'text': {query.value(_move_text(move))}}} END"
        for move in moves
    )
    held = (
        f"list_filter([{listed}], lambda x: x IS NOT NULL)"
        if moves
        else "CAST([] AS STRUCT(code VARCHAR, text VARCHAR)[])"
    )
    steps.append(f"moved AS (SELECT *, rank_{len(moves)} AS rank_moved, {held} AS held FROM step_{len(moves)})")
    return ",\n".join(steps)


def _move_text(move: Move) -> str:
    effect = f"to {move.to}" if move.to else f"{move.by:+d}"
    return f"{move.code} {move.zh} ({move.en}) {effect}"


def _values(query: Query, version: Specialised, field: KeyField, where: str) -> str:
    """CTEs: values that moves look at (``looked``), and in words the indicators with the most points (``most``)."""
    own = [indicator for indicator in version.indicators if indicator.field == field.field]
    codes = sorted({move.indicator for move in field.moves if move.indicator})
    columns = [f"max(value) FILTER (WHERE indicator_code = {query.value(code)}) AS {code.lower()}" for code in codes]
    return f"""
        names AS (
            SELECT unnest({query.value([i.code for i in own])}) AS indicator_code,
                unnest({query.value([f"{i.code} {i.name_zh}" for i in own])}) AS name
        ),
        looked AS (
            SELECT
                {"".join(f"{column}, " for column in columns)}
                enterprise_id,
                array_to_string(list_slice(list(name || ' ' || CAST(points AS VARCHAR)
                    ORDER BY points DESC, indicator_code) FILTER (WHERE points > 0), 1, {NAMED_INDICATORS}), '; ')
                    AS most_points
            FROM lake.scores.specialised_factor JOIN names USING (indicator_code)
            WHERE {where}
            GROUP BY enterprise_id
        )"""


def _where(query: Query, field: KeyField, month: str, regions: list[str]) -> str:
    return (
        f"month = {query.value(month)} AND region_code IN (SELECT unnest({query.value(regions)})) "
        f"AND field = {query.value(field.field)}"
    )


def _moves_and_points() -> str:
    return (
        "CASE WHEN len(held) > 0 THEN '; moves: ' || array_to_string(list_transform(held, lambda x: x.text), ', ') "
        "ELSE '' END || CASE WHEN thin_file THEN '; 信息不足 thin file' ELSE '' END || CASE "
        "WHEN coalesce(most_points, '') = '' THEN '; no indicator gives points' "
        "ELSE '; most points: ' || most_points END"
    )


def _codes_held() -> str:
    return "nullif(array_to_string(list_transform(held, lambda x: x.code), ';'), '')"


def _frequency(query: Query, version: Specialised, field: KeyField, rank: str, statutory: bool) -> str:
    by_class: Mapping[str, Decimal] = version.visits_of(field.field) if statutory else version.sampling_per_year
    return f"CAST({_of_rank(query, rank, [float(by_class[name]) for name in classes_of(field)])} AS DOUBLE)"


def specialised_query(version: Specialised, month: str, regions: list[str]) -> tuple[str, dict[str, object]]:
    """The query with one row per member of a key field in ``regions`` and ``month``: its specialised class.

    Returns:
        SQL over ``lake.scores.specialised_score`` and ``specialised_factor``, and its named parameters.
    """
    query = Query()
    return _together(_specialised(query, version, field, month, regions) for field in version.fields), query.parameters


def _together(queries: Iterable[str]) -> str:
    """The rows of all fields as one query, so that a partition is written once and not once for each field."""
    return "\nUNION ALL\n".join(f"SELECT * FROM ({text})" for text in queries)


def _specialised(query: Query, version: Specialised, field: KeyField, month: str, regions: list[str]) -> str:
    """The specialised classes of one field."""
    names = classes_of(field)
    where = _where(query, field, month, regions)
    moves = [move for move in field.moves if move.applies_to in ("specialised", "both")]
    return f"""
        WITH {_values(query, version, field, where)},
        ruled AS (
            SELECT
                score.*, looked.* EXCLUDE (enterprise_id),
                {_rank_by_score(query, "score.score", field.specialised_classes)} AS rank_by_rule,
                score.known_share < {query.value(float(version.thin.known_below))} AS thin_file
            FROM (SELECT * FROM lake.scores.specialised_score WHERE {where}) AS score
            LEFT JOIN looked USING (enterprise_id)
        ),
        {_moved(query, names, moves)},
        final AS (
            SELECT *, greatest(rank_moved, CASE WHEN thin_file THEN {names.index(version.thin.at_best) + 1} ELSE 1 END)
                AS final_rank
            FROM moved
        )
        SELECT
            month, region_code, enterprise_id, field, score, static_points, dynamic_points, known_share,
            {_of_rank(query, "rank_by_rule", names)} AS class_by_score,
            {_of_rank(query, "final_rank", names)} AS class,
            thin_file, {_codes_held()} AS moves, {query.value(field.mode)} AS mode,
            {_of_rank(query, "final_rank", [field.tiers[name] for name in names])} AS tier,
            greatest({_frequency(query, version, field, "final_rank", statutory=True)},
                {_frequency(query, version, field, "final_rank", statutory=False)}) AS visits_per_year,
            {query.value(f"{field.zh} {field.en}: score ")} || CAST(score AS VARCHAR) || ' in '
                || {_of_rank(query, "rank_by_rule", _bound_texts(field.specialised_classes))}
                || {_moves_and_points()} AS reason,
            specialised_version
        FROM final
    """


def _matrix(query: Query, version: Specialised, field: KeyField, kind: str) -> str:
    """Rank of the class, or of the tier, in the cell of specialised and general class."""
    names, tiers = classes_of(field), [tier.tier for tier in version.tiers]
    cases = [
        f"WHEN specialised_class = {query.value(own)} AND general_class = {query.value(general)} "
        f"THEN {(names.index(cell.class_name) if kind == 'class' else tiers.index(cell.tier)) + 1}"
        for (own, general), cell in version.matrix_of(field.field).items()
    ]
    return f"CASE {' '.join(cases)} END"


def combined_query(
    version: Specialised, month: str, regions: list[str], max_score: Decimal
) -> tuple[str, dict[str, object]]:
    """The query with one row per member of a key field in ``regions`` and ``month``: its combined class.

    Args:
        version: rules in force.
        month: ``YYYY-MM``.
        regions: region codes.
        max_score: highest general score, which the general part is scaled from.

    Returns:
        SQL over ``lake.main.specialised_class``, ``risk_class`` and ``lake.scores.specialised_factor``, and parameters.
    """
    query = Query()
    texts = (_combined(query, version, field, month, regions, max_score=max_score) for field in version.fields)
    return _together(texts), query.parameters


def _combined(
    query: Query, version: Specialised, field: KeyField, month: str, regions: list[str], *, max_score: Decimal
) -> str:
    """The combined classes of one field."""
    names = classes_of(field)
    tiers = [tier.tier for tier in version.tiers]
    where = _where(query, field, month, regions)
    moves = [move for move in field.moves if move.applies_to in ("combined", "both")]
    overlay = field.mode == "result_overlay"
    tier_of_class = [tiers.index(field.tiers[name]) + 1 for name in names]
    if overlay:
        score = "CAST(NULL AS DECIMAL(7, 2))"
        rank = _matrix(query, version, field, "class")
        tier_by_rule = _matrix(query, version, field, "tier")
        rule_text = "'specialised ' || specialised_class || ' x general ' || general_class || ' gives ' || " + _of_rank(
            query, "rank_by_rule", names
        )
    else:
        score = "CAST(specialised_score + general_points AS DECIMAL(7, 2))"
        rank = _rank_by_score(query, score, field.combined_classes)
        tier_by_rule = "1"
        rule_text = (
            "'specialised ' || CAST(specialised_score AS VARCHAR) || ' + general ' || CAST(general_points AS VARCHAR) "
            "|| ' = ' || CAST(score AS VARCHAR) || ' in ' || "
            + _of_rank(query, "rank_by_rule", _bound_texts(field.combined_classes))
        )
    # a class that was moved, or that no matrix gave, is supervised by the tier of the class
    tier_rank = _of_rank(query, "final_rank", tier_of_class)
    if overlay:
        tier_rank = (
            f"CASE WHEN final_rank = rank_by_rule THEN tier_by_rule ELSE greatest(tier_by_rule, {tier_rank}) END"
        )
    scale = f"{query.value(float(version.cap(field.field, 'general')))} / {query.value(float(max_score))}"
    return f"""
        WITH {_values(query, version, field, where)},
        joined AS (
            SELECT
                own.month, own.region_code, own.enterprise_id, own.field, own.score AS specialised_score,
                own.static_points, own.dynamic_points, own.class AS specialised_class, own.thin_file,
                own.specialised_version, looked.* EXCLUDE (enterprise_id),
                risk.score AS general_score, risk.class AS general_class, risk.catalogue_version,
                CAST(round(risk.score * {scale}, 2) AS DECIMAL(7, 2)) AS general_points
            FROM (SELECT * FROM lake.main.specialised_class WHERE {where}) AS own
            JOIN (SELECT * FROM lake.main.risk_class WHERE month = {query.value(month)}) AS risk USING (enterprise_id)
            LEFT JOIN looked USING (enterprise_id)
        ),
        ruled AS (
            SELECT *, {score} AS score, {rank} AS rank_by_rule, {tier_by_rule} AS tier_by_rule FROM joined
        ),
        {_moved(query, names, moves)},
        final AS (
            SELECT *, greatest(rank_moved, CASE WHEN thin_file THEN {names.index(version.thin.at_best) + 1} ELSE 1 END)
                AS final_rank,
                list_position({query.value(names)}, specialised_class) AS specialised_rank
            FROM moved
        ),
        visited AS (
            SELECT *,
                greatest({_frequency(query, version, field, "final_rank", statutory=True)},
                    {_frequency(query, version, field, "specialised_rank", statutory=True)}) AS statutory_visits,
                {_frequency(query, version, field, "final_rank", statutory=False)} AS sampling_visits
            FROM final
        )
        SELECT
            month, region_code, enterprise_id, field, {query.value(field.mode)} AS mode, score, specialised_score,
            static_points, dynamic_points, general_score, general_points, specialised_class, general_class,
            {_of_rank(query, "rank_by_rule", names)} AS class_by_rule,
            {_of_rank(query, "final_rank", names)} AS class,
            thin_file, {_codes_held()} AS moves,
            {_of_rank(query, f"({tier_rank})", tiers)} AS tier,
            statutory_visits, sampling_visits, greatest(statutory_visits, sampling_visits) AS visits_per_year,
            {query.value(f"{field.zh} {field.en}, {MODES[field.mode]}: ")} || {rule_text}
                || {_moves_and_points()} AS reason,
            specialised_version, catalogue_version
        FROM visited
    """
