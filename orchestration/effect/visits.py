"""Visits as their results make them, and what became known of them in a month.

Belongs here: rows of feed c07_spot_checks that stand at the end of a month, what they come to for each visit, which
visits differ from the month before.
Does not belong here: class, region and draw of a visit (``outcome``).
"""

from __future__ import annotations

import duckdb
import polars as pl

from orchestration.calibration.measure import NOTHING_FOUND
from orchestration.lake import scratch
from orchestration.resolution.known import as_known, received_files, received_sql
from orchestration.settings import Settings, month_shift

CHECKS, OBJECTIONS = "c07_spot_checks", "s01_objections"
UPHELD = "2"
"""State of an objection that was upheld (code list ``objection_states``): its row is gone."""
VISIT = "coalesce(visit_id, task_id)"
"""What makes rows one visit: the visit of a draw, which may be several tasks of several departments, else the task."""

_STATE = f"""
    SELECT
        {VISIT} AS visit, enterprise_id,
        max(visit_id) AS visit_id, max(checked_on) AS checked_on,
        min(authority_code) AS authority_code, min(check_kind) AS check_kind,
        NOT bool_and(result IN (SELECT unnest($nothing))) AS found,
        bool_or(critical_findings > 0) AS critical,
        list_sort(list(DISTINCT result)) AS results, list_sort(list(DISTINCT item)) AS items,
        arg_min(lead_inspector_id, item) AS lead_inspector_id,
        arg_min(second_inspector_id, item) AS second_inspector_id
    FROM standing
    ANTI JOIN upheld
        ON standing.enterprise_id = upheld.enterprise_id AND concat_ws('|', task_id, item) = upheld.record_key
    GROUP BY ALL
"""
"""Visits as known at the end of a month. A count of critical findings that nobody gave leaves ``critical`` null."""

_CHANGED = """
    WITH changed AS (SELECT * FROM now EXCEPT SELECT * FROM before),
         gone AS (SELECT * FROM before ANTI JOIN now USING (visit, enterprise_id))
    SELECT changed.*, false AS withdrawn FROM changed
    UNION ALL
    SELECT gone.*, true AS withdrawn FROM gone
"""


def changed_visits(settings: Settings, months: list[str], computed: set[str]) -> pl.DataFrame:
    """Visits that are new, changed or withdrawn in each month.

    Args:
        settings: where raw rows are.
        months: ``YYYY-MM``, ascending.
        computed: months whose changes stand in a partition, or may: what was known before the first of them comes in
            with it.

    Returns:
        ``visit`` and ``enterprise_id`` name a visit; ``month``, ``first_received``, ``withdrawn`` and the columns of a
        visit as known at the end of ``month``, or as last known where it is withdrawn.
    """
    found = []
    known: tuple[str, pl.DataFrame] | None = None
    with scratch(settings) as connection:
        for month in months:
            before = month_shift(month, -1)
            now = _state(connection, settings, month)
            if before not in computed:
                earlier = now.clear()
            elif known and known[0] == before:
                earlier = known[1]
            else:
                earlier = _state(connection, settings, before)
            known = month, now
            connection.register("now", now)
            connection.register("before", earlier)
            changed = connection.execute(_CHANGED).pl()
            first = _first_received(connection, settings, month)
            found.append(
                changed.join(first, on=["visit", "enterprise_id"], how="left").with_columns(month=pl.lit(month))
            )
    return pl.concat(found)


def _state(connection: duckdb.DuckDBPyConnection, settings: Settings, month: str) -> pl.DataFrame:
    """Visits as known at the end of a month, one row each."""
    columns = [
        "enterprise_id", "task_id", "visit_id", "item", "checked_on", "authority_code", "check_kind", "result",
        "critical_findings", "lead_inspector_id", "second_inspector_id",
    ]  # fmt: skip
    connection.register("standing", as_known(connection, settings, CHECKS, month, columns))
    connection.register(
        "upheld",
        as_known(
            connection, settings, OBJECTIONS, month, ["enterprise_id", "record_key"],
            where="feed = $about AND state = $upheld AND decided_on <= last_day(CAST($month || '-01' AS DATE))",
            about=CHECKS, upheld=UPHELD,
        ),
    )  # fmt: skip
    return connection.execute(_STATE, {"nothing": list(NOTHING_FOUND)}).pl()


def _first_received(connection: duckdb.DuckDBPyConnection, settings: Settings, month: str) -> pl.DataFrame:
    """Month in which the first result of each visit came, also where another row stands now."""
    files = received_files(settings, CHECKS, month)
    if not files:
        return pl.DataFrame(schema={"visit": pl.String, "enterprise_id": pl.String, "first_received": pl.String})
    return connection.execute(
        f"SELECT {VISIT} AS visit, enterprise_id, min(received_month) AS first_received "
        f"FROM {received_sql(settings, CHECKS, files)} GROUP BY ALL"
    ).pl()
