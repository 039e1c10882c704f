"""The frame of a draw (抽样框): the live enterprises of a month, which plans are about each, who is due, who is spared.

Belongs here: questions to the lake and to what is known of visits, and the hash of the frame.
Does not belong here: drawing from it (``draw``).

An enterprise is spared from the lot if it was drawn by lot in the months before, if a draw that still awaits its result
holds it, or if a visit to it is known. It is due where the statutory frequency of a key field asks for a visit in the
month of the visits, and stays due until it is made: the frequency is a floor, so neither a month that was not drawn nor
a lack of inspectors lifts it. Being spared never lifts what is due.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import duckdb
import polars as pl

from orchestration.inspection.known import visits
from orchestration.inspection.model import Plan, Policy
from orchestration.risk.partitions import columns_of
from orchestration.risk.rules import Query
from orchestration.settings import Settings, month_shift

COLUMNS = (
    "region_code", "enterprise_id", "class", "plans", "due", "spared", "carried", "carried_plans", "carried_kind",
    "carried_probability", "carried_times",
)  # fmt: skip
"""Columns of a frame, all that a draw reads.

plans: ``plan:class`` joined by ``+``, by name. due: ``plan@visits a year`` joined by ``+``; empty where nothing is due.
spared: why not by lot, null otherwise. carried: month of the draw whose visit was put off; with it its plans, kind,
probability and how often it was put off."""


class DrawError(RuntimeError):
    """A draw cannot be made, published or verified; one sentence says which, why, and what to do."""


def canonical(frame: pl.DataFrame) -> str:
    """The rows of a frame as text, one a line, ordered by enterprise: what the hash of a frame is taken from."""
    cells = [pl.col(name).cast(pl.String).fill_null("") for name in COLUMNS]
    lines = frame.sort("enterprise_id").select(pl.concat_str(cells, separator="|").str.join("\n"))
    return str(lines.item() or "") if len(frame) else ""


def frame_hash(frame: pl.DataFrame, earlier: Sequence[tuple[str, str]]) -> str:
    """sha256 over the ordered canonical rows of one region and over the earlier draws that were looked at.

    Args:
        frame: rows of one region.
        earlier: (draw, hash of its rows) of the draws of earlier months.
    """
    seen = "\n".join(f"{draw}={digest}" for draw, digest in sorted(earlier))
    return hashlib.sha256(f"{canonical(frame)}\n--\n{seen}".encode()).hexdigest()


def month_index(month: str) -> int:
    """Months since the year 0, so that months can be subtracted."""
    return int(month[:4]) * 12 + int(month[5:]) - 1


def read_frame(
    connection: duckdb.DuckDBPyConnection, settings: Settings, policy: Policy, month: str, regions: list[str]
) -> pl.DataFrame:
    """The frame of ``month`` in ``regions``, ordered by region and enterprise, with the columns ``COLUMNS``.

    Args:
        connection: with the lake.
        settings: whose raw rows tell of visits.
        policy: rules in force in ``month``.
        month: whose classes are used; the visits are in the month after.
        regions: region codes.

    Raises:
        DrawError: classes of the month are missing, or a plan asks for an indicator that is not computed.
    """
    check_classes(connection, policy, month, regions)
    query = Query()
    at, wanted = query.value(month), query.value(regions)
    text = f"""
        WITH live AS (
            SELECT risk.region_code, risk.enterprise_id, risk.class, spine.industry_section {_indicators(policy)}
            FROM (SELECT region_code, enterprise_id, class FROM lake.main.risk_class
                  WHERE month = {at} AND region_code IN (SELECT unnest({wanted}))) AS risk
            JOIN (SELECT enterprise_id, industry_section FROM lake.scores.enterprise WHERE month = {at}) AS spine
                USING (enterprise_id)
            {_scores(policy, at)}
        ),
        {_fields(query, policy, at)},
        {_started(connection, query, policy, month)},
        {_visits(query, policy, month)},
        {_draws(connection, query, policy, month)}
        SELECT
            live.region_code, live.enterprise_id, live.class,
            {_plans(query, policy)} AS plans,
            {_due(query, policy, month)} AS due,
            CASE WHEN drawn.last_lot IS NOT NULL THEN 'drawn in ' || drawn.last_lot
                 WHEN drawn.last_any IS NOT NULL THEN 'awaits a result since the draw of ' || drawn.last_any
                 WHEN visits.last_spare >= CAST({query.value(spared_from(policy, month))} AS DATE)
                    THEN 'visited on ' || CAST(visits.last_spare AS VARCHAR) END AS spared,
            carried.origin AS carried, carried.plans AS carried_plans, carried.check_kind AS carried_kind,
            carried.probability AS carried_probability, carried.times AS carried_times
        FROM live
        LEFT JOIN member USING (enterprise_id)
        LEFT JOIN joined USING (enterprise_id)
        LEFT JOIN started USING (region_code)
        LEFT JOIN visits USING (enterprise_id)
        LEFT JOIN drawn USING (enterprise_id)
        LEFT JOIN (SELECT carried.* FROM carried LEFT JOIN visits USING (enterprise_id)
                   WHERE NOT coalesce(visits.last_any >= carried.since, false)) AS carried USING (enterprise_id)
        ORDER BY live.region_code, live.enterprise_id
    """
    connection.register("known_checks", visits(connection, settings, month).to_arrow())
    try:
        return connection.execute(text, query.parameters).pl()
    finally:
        connection.unregister("known_checks")


def spared_from(policy: Policy, month: str) -> str:
    """First day on which a visit still spares in the month after ``month``: visits are counted by month."""
    return f"{month_shift(month, 2 - policy.months_between_lots)}-01"


def check_classes(connection: duckdb.DuckDBPyConnection, policy: Policy, month: str, regions: list[str]) -> None:
    """Refuse a month of which an enterprise has no class, or a member of a key field no combined one."""
    for schema, table in (("scores", "enterprise"), ("scores", "enterprise_score"), ("main", "risk_class")):
        if not columns_of(connection, schema, table):
            raise DrawError(f"classify {month} first: there is no table lake.{schema}.{table} yet.")
    wanted = {"month": month, "regions": regions}
    spine, without = connection.execute(
        """
        SELECT count(*), count(*) FILTER (WHERE risk.enterprise_id IS NULL)
        FROM (SELECT enterprise_id FROM lake.scores.enterprise
              WHERE month = $month AND region_code IN (SELECT unnest($regions))) AS spine
        LEFT JOIN (SELECT enterprise_id FROM lake.main.risk_class WHERE month = $month) AS risk USING (enterprise_id)
        """,
        wanted,
    ).fetchall()[0]
    if (
        not spine
        and not connection.execute("SELECT 1 FROM lake.scores.enterprise WHERE month = ? LIMIT 1", [month]).fetchone()
    ):
        raise DrawError(f"classify {month} first: the platform knows no enterprise in that month.")
    if without:
        raise DrawError(f"decide risk_class for {month} first: {without} enterprises there have no class.")
    if not any(plan.about.field for plan in policy.plans):
        return
    for schema, table in (("scores", "specialised_score"), ("main", "combined_class")):
        if not columns_of(connection, schema, table):
            raise DrawError(f"decide combined_class for {month} first: there is no table lake.{schema}.{table} yet.")
    missing = connection.execute(
        """
        SELECT count(*) FROM lake.scores.specialised_score AS member
        ANTI JOIN (SELECT enterprise_id, field FROM lake.main.combined_class WHERE month = $month) AS decided
            ON member.enterprise_id = decided.enterprise_id AND member.field = decided.field
        WHERE member.month = $month AND member.region_code IN (SELECT unnest($regions))
        """,
        wanted,
    ).fetchall()[0][0]
    if missing:
        raise DrawError(f"decide combined_class for {month} first: {missing} members of key fields have no row in it.")
    for name in _indicator_columns(policy):
        if name not in columns_of(connection, "scores", "enterprise_score"):
            raise DrawError(
                f"{policy.at('plans.csv')}: a plan asks for {name[2:].upper()}, which no model computes; mend the code."
            )


def _indicator_columns(policy: Policy) -> list[str]:
    codes = {plan.about.indicator for plan in policy.plans if plan.about.indicator}
    return [f"v_{code.lower()}" for code in sorted(codes)]


def _indicators(policy: Policy) -> str:
    return "".join(f", score.{name}" for name in _indicator_columns(policy))


def _scores(policy: Policy, at: str) -> str:
    names = _indicator_columns(policy)
    if not names:
        return ""
    return (
        f"JOIN (SELECT enterprise_id, {', '.join(names)} FROM lake.scores.enterprise_score WHERE month = {at}) "
        "AS score USING (enterprise_id)"
    )


def _field_plans(policy: Policy) -> list[tuple[int, Plan]]:
    return [(number, plan) for number, plan in enumerate(policy.plans) if plan.about.field]


def _fields(query: Query, policy: Policy, at: str) -> str:
    """CTE ``member``: combined class and statutory visits a year of each plan about a key field, one row per member."""
    columns = ["enterprise_id"]
    for number, plan in _field_plans(policy):
        here = f"field = {query.value(plan.about.field)}"
        columns += [
            f"max(class) FILTER (WHERE {here}) AS class_{number}",
            f"max(statutory_visits) FILTER (WHERE {here}) AS visits_{number}",
        ]
    if len(columns) == 1:
        return "member AS (SELECT NULL::VARCHAR AS enterprise_id WHERE false)"
    return f"member AS (SELECT {', '.join(columns)} FROM lake.main.combined_class WHERE month = {at} GROUP BY ALL)"


def interval_months(visits: str) -> str:
    """SQL: whole months between two visits that are due, 1 or more.

    Args:
        visits: SQL of the statutory visits a year, above 0.
    """
    return f"CAST(greatest(1, floor(12 / {visits})) AS BIGINT)"


def _started(connection: duckdb.DuckDBPyConnection, query: Query, policy: Policy, month: str) -> str:
    """CTEs ``started`` (first drawn month of each region) and ``joined`` (first month as a member of each field since).

    From these months on a member that was never visited is waited for. Neither tells of ``month`` itself, so drawing it
    again changes nothing.
    """
    plans = _field_plans(policy)
    if not plans or not columns_of(connection, "main", "inspection_record"):
        names = "".join(f", NULL::VARCHAR AS since_{number}" for number, _ in plans)
        return f"""
        started AS (SELECT NULL::VARCHAR AS region_code, NULL::VARCHAR AS month WHERE false),
        joined AS (SELECT NULL::VARCHAR AS enterprise_id {names} WHERE false)"""
    before = query.value(month)
    columns = [
        f"min(month) FILTER (WHERE field = {query.value(plan.about.field)}) AS since_{number}" for number, plan in plans
    ]
    return f"""
        started AS (SELECT region_code, min(month) AS month FROM lake.main.inspection_record
                    WHERE month < {before} GROUP BY region_code),
        joined AS (SELECT enterprise_id, {", ".join(columns)} FROM lake.main.combined_class
                   WHERE month < {before} AND month >= (SELECT min(month) FROM started)
                       AND enterprise_id IN (SELECT enterprise_id FROM member)
                   GROUP BY enterprise_id)"""


def _visits(query: Query, policy: Policy, month: str) -> str:
    """CTE ``visits``: days of the last visits known: any, one that spares, one for each field with a frequency."""
    kinds = policy.kinds
    columns = [
        "enterprise_id",
        "max(checked_on) AS last_any",
        f"max(checked_on) FILTER (WHERE kind IN (SELECT unnest({query.value(list(kinds.spare))}))) AS last_spare",
    ]
    for number, plan in _field_plans(policy):
        texts = [item.zh for item in policy.items_of(plan.plan)]
        columns.append(
            f"max(checked_on) FILTER (WHERE kind IN (SELECT unnest({query.value(list(kinds.satisfy))})) "
            f"AND item IN (SELECT unnest({query.value(texts)}))) AS last_{number}"
        )
    return f"""
        checks AS (
            SELECT enterprise_id, item, checked_on, coalesce(check_kind, {query.value(kinds.unnamed)}) AS kind
            FROM known_checks
            WHERE checked_on <= last_day(CAST({query.value(month + "-01")} AS DATE))
        ),
        visits AS (SELECT {", ".join(columns)} FROM checks GROUP BY enterprise_id)"""


def _draws(connection: duckdb.DuckDBPyConnection, query: Query, policy: Policy, month: str) -> str:
    """CTEs ``drawn`` (last draws that spare, and last draw of each field) and ``carried`` (visits put off).

    Carried is what the newest earlier draw of a region put off, however many months were not drawn since; where the
    newest draws of two regions hold an enterprise that moved, the later one tells. A statutory visit is never given up.
    """
    plans = _field_plans(policy)
    if not columns_of(connection, "main", "inspection_draw"):
        fields = "".join(f", NULL::VARCHAR AS drawn_{number}" for number, _ in plans)
        return f"""
            drawn AS (SELECT NULL::VARCHAR AS enterprise_id, NULL::VARCHAR AS last_lot,
                      NULL::VARCHAR AS last_any {fields} WHERE false),
            carried AS (SELECT NULL::VARCHAR AS enterprise_id, NULL::VARCHAR AS origin, NULL::VARCHAR AS plans,
                        NULL::VARCHAR AS check_kind, NULL::DOUBLE AS probability, NULL::INTEGER AS times,
                        NULL::DATE AS since WHERE false)"""
    lots, waits = policy.months_between_lots - 1, policy.results_within_months
    first = month_shift(month, -max(lots, waits))
    recent = f"month >= {query.value(month_shift(month, -waits))}"
    columns = [
        "enterprise_id",
        f"max(month) FILTER (WHERE check_kind = {query.value(policy.kinds.lot)} AND month >= "
        f"{query.value(month_shift(month, -lots))}) AS last_lot",
        f"max(month) FILTER (WHERE {recent}) AS last_any",
        *(
            f"max(visit_month) FILTER (WHERE {recent} AND list_contains(plans, {query.value(plan.plan)})) "
            f"AS drawn_{number}"
            for number, plan in plans
        ),
    ]
    return f"""
        drawn AS (
            SELECT {", ".join(columns)} FROM lake.main.inspection_draw
            WHERE month >= {query.value(first)} AND month < {query.value(month)} AND put_off IS NULL
            GROUP BY enterprise_id),
        newest AS (
            SELECT region_code, max(month) AS month FROM lake.main.inspection_record
            WHERE month < {query.value(month)} GROUP BY region_code),
        carried AS (
            SELECT enterprise_id, coalesce(carried_from, month) AS origin, array_to_string(plans, '+') AS plans,
                check_kind, probability, put_off_times AS times, CAST(visit_month || '-01' AS DATE) AS since
            FROM (SELECT * FROM lake.main.inspection_draw SEMI JOIN newest USING (region_code, month)
                  QUALIFY row_number() OVER (PARTITION BY enterprise_id ORDER BY month DESC, region_code) = 1)
            WHERE put_off IS NOT NULL AND (put_off_times <= {query.value(policy.put_off_at_most)}
                OR check_kind = {query.value(policy.kinds.statutory)}))"""


def _plans(query: Query, policy: Policy) -> str:
    """``plan:class`` of each plan that is about the enterprise, joined by ``+``, by name."""
    cases = []
    for number, plan in sorted(enumerate(policy.plans), key=lambda pair: pair[1].plan):
        about = plan.about
        head = query.value(f"{plan.plan}:")
        if about.field:
            cases.append(f"{head} || member.class_{number}")
        elif about.sections:
            listed = query.value(list(about.sections))
            cases.append(f"CASE WHEN live.industry_section IN (SELECT unnest({listed})) THEN {head} || live.class END")
        elif about.indicator:
            least = query.value(float(about.at_least or 0))
            column = f"live.v_{about.indicator.lower()}"
            cases.append(f"CASE WHEN {column} >= {least} THEN {head} || live.class END")
        else:
            cases.append(f"{head} || live.class")
    return f"concat_ws('+', {', '.join(cases)})"


def _due(query: Query, policy: Policy, month: str) -> str:
    """``plan@visits a year`` of each field whose statutory visit falls in the month after ``month``.

    Due: the last visit, or draw that awaits its result, is an interval of 12 months by the frequency ago. Whoever was
    never visited is due from the month on that a hash of code and plan sets within the first interval, counted from
    the first visits of the region or the first as a member: so the load is even, and who was missed stays due.
    """
    coming, now = query.value(month_index(month) + 1), query.value(month)
    cases = []
    for number, plan in _field_plans(policy):
        if not plan.statutory:
            continue
        visits = f"member.visits_{number}"
        interval = interval_months(visits)
        last = (
            f"greatest(year(visits.last_{number}) * 12 + month(visits.last_{number}) - 1, "
            f"CAST(left(drawn.drawn_{number}, 4) AS BIGINT) * 12 + CAST(right(drawn.drawn_{number}, 2) AS BIGINT) - 1)"
        )
        since = f"greatest(coalesce(started.month, {now}), coalesce(joined.since_{number}, {now}))"
        start = f"(CAST(left({since}, 4) AS BIGINT) * 12 + CAST(right({since}, 2) AS BIGINT))"
        phase = f"md5_number_lower({query.value(plan.plan + '|')} || live.enterprise_id) % {interval}"
        wait = f"(CAST({phase} AS BIGINT) - {start} % {interval} + {interval}) % {interval}"
        cases.append(
            f"CASE WHEN {visits} > 0 AND CASE WHEN {last} IS NULL THEN {coming} - {start} >= {wait} "
            f"ELSE {coming} - {last} >= {interval} END THEN {query.value(plan.plan + '@')} || {visits} END"
        )
    return f"concat_ws('+', {', '.join(cases)})" if cases else "''"
