"""Outcomes of visits beside the class that led to them: ``lake.main.inspection_outcome``.

Belongs here: in which partition a visit stands, its class, its groups and its draw.
Does not belong here: what the results of a visit come to (``visits``), reading the table back (``store``), rates.

A partition is the month in which a state of a visit became *known*, not the month of the visit: month M holds the
visits that are new, late, corrected or withdrawn in M. What was written for M is never touched by a later month, so it
stays a function of what had been received by its end. What was known of all visits at the end of M is the newest row
of each visit with ``month <= M`` (``store.known_outcomes``). In the first computed month all visits known by then come
in, years of history with them; those have no class and no draw.

A visit of a draw has the class of that draw's month, also where it was made late; one that was put off, that of the
draw that first led to it: there its probability comes from. Any other visit has the class of the month before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.calibration.measure import AGE
from orchestration.catalogue import load_catalogue
from orchestration.catalogue.model import CatalogueError
from orchestration.effect.columns import COLUMNS, OUTCOME
from orchestration.effect.inclusion import INCLUSION, RULES, draw_rules, due_shares
from orchestration.effect.visits import changed_visits
from orchestration.lake import connect
from orchestration.risk.partitions import Select, columns_of, replace_partitions
from orchestration.settings import Settings


class OutcomeError(RuntimeError):
    """Outcomes cannot be written; one sentence says for which month, why, and what to do."""


@dataclass(frozen=True)
class OutcomeSummary:
    """One month and region of the table.

    Attributes:
        month: ``YYYY-MM``, in which the states became known.
        region_code: the region.
        rows: visits that are new or changed.
        late: visits of an earlier month than this one; history of the first month counts too.
        changed: visits that an earlier partition holds with other results.
        withdrawn: visits of which no result stands any more.
        classed: visits with a class.
        drawn: visits that a draw of this platform led to.
        found: visits that found something, withdrawn ones left out.
        unplaced: visits of the whole month, in no partition, because their enterprise was live in no computed month.
    """

    month: str
    region_code: str
    rows: int
    late: int = 0
    changed: int = 0
    withdrawn: int = 0
    classed: int = 0
    drawn: int = 0
    found: int = 0
    unplaced: int = 0


def write_outcomes(settings: Settings, months: Sequence[str], regions: Sequence[str]) -> list[OutcomeSummary]:
    """Write the outcomes that became known in ``months`` to ``regions``, all or none.

    Args:
        settings: where raw rows and lake are.
        months: ``YYYY-MM``, whose scores have been computed.
        regions: region codes; a region without visits gets an empty partition.

    Returns:
        One summary per month and region, months ascending.

    Raises:
        OutcomeError: a month was not computed.
    """
    ordered, wanted = sorted(set(months)), list(regions)
    with connect(settings, views=False) as connection:
        computed = _computed_months(connection)
        if missing := [month for month in ordered if month not in computed]:
            raise OutcomeError(
                f"compute scores for {missing[0]} first: lake.scores.enterprise has no row of that month, so that the "
                "regions of visits are not known."
            )
        connection.register("changes", changed_visits(settings, ordered, computed))
        registered = {"changes"}
        try:
            seen = connection.execute(_seen(connection)).pl()
            class_months = seen["class_month"].unique().drop_nulls().to_list()
            for name, frame in (
                ("seen", seen),
                ("age_bands", age_bands(settings, class_months)),
                (RULES, draw_rules(settings, class_months)),
            ):
                connection.register(name, frame)
                registered.add(name)
            rows = [_placed(connection, month, wanted) for month in ordered]
            replace_partitions(connection, OUTCOME, COLUMNS, rows, months=ordered, regions=wanted, decision=False)
            return _summaries(connection, ordered, wanted)
        finally:
            for name in registered:
                connection.unregister(name)


def _computed_months(connection: duckdb.DuckDBPyConnection) -> set[str]:
    if not columns_of(connection, "scores", "enterprise"):
        return set()
    return {month for (month,) in connection.execute("SELECT DISTINCT month FROM lake.scores.enterprise").fetchall()}


def age_bands(settings: Settings, months: Iterable[str]) -> pl.DataFrame:
    """Age groups (年限组) by month of a class: the bands of years in operation in the catalogue in force then.

    Returns:
        class_month, lower (in years, included), upper (not included), age_class; nothing of a month older than the
        first catalogue.
    """
    kinds = {"class_month": pl.String, "lower": pl.Float64, "upper": pl.Float64, "age_class": pl.String}
    rows = []
    for month in sorted(set(months)):
        try:
            bands = load_catalogue(settings, month).bands_of(AGE)
        except CatalogueError:
            continue
        rows += [
            (month, float(band.lower or "-inf"), float(band.upper or "inf"), f"{band.band} {band.label_en}")
            for band in bands
        ]
    return pl.DataFrame(rows, schema=kinds, orient="row")


def _seen(connection: duckdb.DuckDBPyConnection) -> str:
    """A query: what changed, with the draw that led to each visit and the month whose class counts."""
    drawn = bool(columns_of(connection, "main", "inspection_draw"))
    return f"""
        SELECT changes.*, strftime(checked_on, '%Y-%m') AS visit_month,
            coalesce(drawn_in, strftime(checked_on - INTERVAL 1 MONTH, '%Y-%m')) AS class_month,
            draws.* EXCLUDE (visit_id, enterprise_id, month, drawn_in)
        FROM changes
        LEFT JOIN ({_DRAWS if drawn else _NO_DRAWS}) AS draws ON changes.visit_id = draws.visit_id
            AND changes.enterprise_id = draws.enterprise_id AND draws.month <= changes.month
    """


def _placed(connection: duckdb.DuckDBPyConnection, month: str, regions: list[str]) -> Select:
    """The rows of a month for some regions, with class, group and what they stand for."""
    fields = bool(columns_of(connection, "main", "combined_class"))
    query = f"""
        WITH new AS (SELECT * FROM seen WHERE month = $month),
        firms AS (SELECT DISTINCT enterprise_id FROM new),
        spans AS (SELECT DISTINCT enterprise_id, class_month AS month FROM new),
        classed AS ({_classes(connection)}),
        firm AS (SELECT enterprise_id, month, region_code, industry_section, size_group, age_years
                 FROM lake.scores.enterprise SEMI JOIN spans USING (enterprise_id, month)),
        newest AS (SELECT enterprise_id, arg_max(region_code, month) AS region_code
                 FROM lake.scores.enterprise SEMI JOIN firms USING (enterprise_id)
                 WHERE month <= $month GROUP BY ALL),
        in_fields AS ({_FIELDS if fields else _NO_FIELDS}),
        due AS (SELECT * FROM ({due_shares(connection)}) SEMI JOIN spans USING (enterprise_id, month)),
        placed AS (
            SELECT
                new.*, classed.class, classed.computed_class, classed.score,
                -- the enterprise may have moved since, or be gone: a visit stands where it was made
                coalesce(classed.region_code, firm.region_code, newest.region_code) AS region_code,
                firm.industry_section, firm.size_group AS size_class, age_bands.age_class,
                in_fields.fields, coalesce(due.due_share, 0) AS due_share, {RULES}.statutory_kind
            FROM new
            LEFT JOIN classed ON new.enterprise_id = classed.enterprise_id AND new.class_month = classed.month
            LEFT JOIN firm ON new.enterprise_id = firm.enterprise_id AND new.class_month = firm.month
            LEFT JOIN newest ON new.enterprise_id = newest.enterprise_id
            LEFT JOIN age_bands ON new.class_month = age_bands.class_month
                AND firm.age_years >= age_bands.lower AND firm.age_years < age_bands.upper
            LEFT JOIN in_fields ON new.enterprise_id = in_fields.enterprise_id AND new.class_month = in_fields.month
            LEFT JOIN due ON new.enterprise_id = due.enterprise_id AND new.class_month = due.month
            LEFT JOIN {RULES} ON new.class_month = {RULES}.class_month
        )
        SELECT
            month, region_code, visit, visit_id, enterprise_id, checked_on, visit_month, class_month, class,
            computed_class, score, authority_code, coalesce(draw_kind, check_kind) AS check_kind, found, critical,
            results, items, lead_inspector_id, second_inspector_id, draw_id, stratum, probability,
            due_share, {INCLUSION} AS inclusion,
            coalesce(fields, []) AS fields, industry_section, age_class, size_class, first_received, withdrawn
        FROM placed WHERE region_code IN (SELECT unnest($regions)) ORDER BY enterprise_id, visit
    """
    return query, {"month": month, "regions": regions}


_FIELDS = """SELECT enterprise_id, month, list_sort(list(DISTINCT field)) AS fields
             FROM lake.main.combined_class SEMI JOIN spans USING (enterprise_id, month) GROUP BY ALL"""
_NO_FIELDS = "SELECT '' AS enterprise_id, '' AS month, CAST([] AS VARCHAR[]) AS fields WHERE false"
_DRAWS = """SELECT visit_id, enterprise_id, month, coalesce(carried_from, month) AS drawn_in, draw_id, stratum,
                probability, check_kind AS draw_kind
            FROM lake.main.inspection_draw WHERE put_off IS NULL"""
_NO_DRAWS = """SELECT '' AS visit_id, '' AS enterprise_id, '' AS month, '' AS drawn_in, '' AS draw_id, '' AS stratum,
               CAST(NULL AS DOUBLE) AS probability, '' AS draw_kind WHERE false"""


def _classes(connection: duckdb.DuckDBPyConnection) -> str:
    if columns_of(connection, "main", "risk_class"):
        return (
            "SELECT enterprise_id, month, region_code, class, computed_class, score "
            "FROM lake.main.risk_class SEMI JOIN spans USING (enterprise_id, month)"
        )
    return (
        "SELECT '' AS enterprise_id, '' AS month, '' AS region_code, '' AS class, '' AS computed_class, "
        "CAST(NULL AS DECIMAL(7, 2)) AS score WHERE false"
    )


def _summaries(connection: duckdb.DuckDBPyConnection, months: list[str], regions: list[str]) -> list[OutcomeSummary]:
    found = connection.execute(
        f"""
        WITH known AS (SELECT visit, enterprise_id, min(month) AS first_month FROM lake.main.{OUTCOME} GROUP BY ALL)
        SELECT month, region_code, count(*), count_if(visit_month < month), count_if(first_month < month),
            count_if(withdrawn), count(class), count(draw_id), count_if(found AND NOT withdrawn)
        FROM lake.main.{OUTCOME} JOIN known USING (visit, enterprise_id)
        WHERE month IN (SELECT unnest($months)) AND region_code IN (SELECT unnest($regions)) GROUP BY ALL
        """,
        {"months": months, "regions": regions},
    ).fetchall()
    rows = {(month, region): counts for month, region, *counts in found}
    unplaced = dict(
        connection.execute(
            "SELECT month, count(*) FROM changes ANTI JOIN lake.scores.enterprise AS live "
            "ON changes.enterprise_id = live.enterprise_id AND live.month <= changes.month GROUP BY month"
        ).fetchall()
    )
    return [
        OutcomeSummary(month, region, *[*rows.get((month, region), [0] * 7), unplaced.get(month, 0)])
        for month in months
        for region in regions
    ]
