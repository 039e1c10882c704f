"""The candidate against what is in force: who moves, what drives the moves, how stable the scores are.

Belongs here: questions over both lakes. Does not belong here: computing them (``run``), layout (``report``).

Classes compared are the computed ones: an override is a decision about one enterprise, not about the rules.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from orchestration.catalogue import Catalogue, load_catalogue
from orchestration.catalogue.load import load_version
from orchestration.lake import attach_sql, connect
from orchestration.settings import Settings
from orchestration.shadow.run import shadow_settings

STEP = 50
"""Width of the bins of the score in which stability is measured."""
WATCH, SHIFTED = 0.1, 0.25
"""Population stability index from which a distribution is watched, and from which it has shifted: the usual bounds for
scorecards (Siddiqi 2006)."""


class ShadowError(RuntimeError):
    """There is nothing to compare; one sentence says what is missing and how to get it."""


@dataclass(frozen=True)
class Stability:
    """Population stability index of one distribution against another; 0 where they are the same.

    Attributes:
        name: ``score`` or an indicator.
        months: the month or months compared.
        psi: the index.
    """

    name: str
    months: str
    psi: float

    @property
    def word(self) -> str:
        """What the index says."""
        return "stable" if self.psi < WATCH else "watch" if self.psi < SHIFTED else "shifted"


@dataclass(frozen=True)
class Comparison:
    """A candidate against the versions in force.

    Attributes:
        candidate: its name.
        months: months compared, ascending.
        matrix: month, in_force, candidate, enterprises: one row for each pair of classes that occurs.
        shares: month, class, in_force, candidate: shares of all enterprises, 0 to 1.
        drivers: direction (``riskier``, ``safer``), indicator, mean_points (candidate less in force, over all who moved
            in that direction in any month), enterprise_months in which it is the largest part of the move.
        between: stability of the score, candidate against version in force, month by month.
        over_time: stability of the candidate's score and indicators, last month against first; empty for one month.
    """

    candidate: str
    months: list[str]
    matrix: pl.DataFrame
    shares: pl.DataFrame
    drivers: pl.DataFrame
    between: list[Stability]
    over_time: list[Stability]


def compare(settings: Settings, candidate: str, months: Sequence[str]) -> Comparison:
    """Compare the candidate with what is in force in each of ``months``.

    Raises:
        CatalogueError: there is no such version.
        ShadowError: a month is classified on one side only.
    """
    version = load_version(settings, candidate)
    ordered = sorted(set(months))
    shadow = shadow_settings(settings, candidate)
    with connect(settings, read_only=True) as connection:
        _attach(connection, shadow, candidate)
        for month in ordered:
            _must_be_classified(connection, candidate, month)
        matrix = _matrix(connection, ordered)
        drivers = _drivers(connection, version, [load_catalogue(settings, month) for month in ordered], ordered)
        between = [
            Stability(
                "score",
                month,
                population_stability(_bins(connection, "lake", month), _bins(connection, "shadow", month)),
            )
            for month in ordered
        ]
        over_time = _over_time(connection, version, ordered) if len(ordered) > 1 else []
    return Comparison(candidate, ordered, matrix, _shares(matrix), drivers, between, over_time)


def _attach(connection: duckdb.DuckDBPyConnection, shadow: Settings, candidate: str) -> None:
    try:
        connection.execute(attach_sql(shadow, read_only=True, name="shadow"))
    except duckdb.Error as error:
        raise ShadowError(f"{candidate} was never computed in the shadow; run make shadow V={candidate}.") from error


def _must_be_classified(connection: duckdb.DuckDBPyConnection, candidate: str, month: str) -> None:
    for lake, cure in (
        ("lake", f"classify {month} first"),
        ("shadow", f"run make shadow V={candidate} FROM={month} TO={month}"),
    ):
        try:
            found = connection.execute(
                f"SELECT count(*) FROM {lake}.main.risk_class WHERE month = ?", [month]
            ).fetchone()
        except duckdb.CatalogException:
            found = None
        if not found or not found[0]:
            side = "in force" if lake == "lake" else f"of {candidate} in the shadow"
            raise ShadowError(f"{month} has no classes {side}; {cure}.")


def _matrix(connection: duckdb.DuckDBPyConnection, months: list[str]) -> pl.DataFrame:
    return connection.execute(
        """
        SELECT live.month, live.computed_class AS in_force, candidate.computed_class AS candidate,
            count(*) AS enterprises
        FROM lake.main.risk_class AS live
        INNER JOIN shadow.main.risk_class AS candidate
            ON live.month = candidate.month AND live.enterprise_id = candidate.enterprise_id
        WHERE live.month IN (SELECT unnest($months)) AND candidate.month IN (SELECT unnest($months))
        GROUP BY ALL
        ORDER BY ALL
        """,
        {"months": months},
    ).pl()


def _shares(matrix: pl.DataFrame) -> pl.DataFrame:
    counted = [
        matrix.group_by("month", pl.col(side).alias("class")).agg(pl.col("enterprises").sum().alias(side))
        for side in ("in_force", "candidate")
    ]
    joined = counted[0].join(counted[1], on=["month", "class"], how="full", coalesce=True).fill_null(0)
    shares = [pl.col(side) / pl.col(side).sum().over("month") for side in ("in_force", "candidate")]
    return joined.with_columns(shares).sort("month", "class")


def _points(codes: set[str], lake: str, code: str) -> str:
    return f"coalesce({lake}.p_{code.lower()}, 0)" if code in codes else "0"


def _drivers(
    connection: duckdb.DuckDBPyConnection, version: Catalogue, live: list[Catalogue], months: list[str]
) -> pl.DataFrame:
    """Per direction of the move: mean difference of each indicator's counted points, and how often it leads the move.

    Only enterprises that moved are read wide; one row per mover and indicator is made from them.
    """
    known = {code for catalogue in live for code in catalogue.codes}
    codes = sorted(known | set(version.codes))
    parts = ", ".join(
        f"{{'code': '{code}', 'points': CAST({_points(set(version.codes), 'candidate', code)} AS DOUBLE) - "
        f"CAST({_points(known, 'live', code)} AS DOUBLE)}}"
        for code in codes
    )
    return connection.execute(
        f"""
        WITH moved AS (
            SELECT live.month, live.enterprise_id,
                CASE WHEN candidate.computed_class > live.computed_class THEN 'riskier' ELSE 'safer' END AS direction
            FROM lake.main.risk_class AS live
            INNER JOIN shadow.main.risk_class AS candidate
                ON live.month = candidate.month AND live.enterprise_id = candidate.enterprise_id
            WHERE live.month IN (SELECT unnest($months)) AND candidate.month IN (SELECT unnest($months))
                AND live.computed_class <> candidate.computed_class
        ),
        differences AS (
            SELECT moved.month, moved.enterprise_id, moved.direction, unnest([{parts}]) AS part
            FROM moved
            INNER JOIN lake.scores.enterprise_score AS live
                ON moved.month = live.month AND moved.enterprise_id = live.enterprise_id
            INNER JOIN shadow.scores.enterprise_score AS candidate
                ON moved.month = candidate.month AND moved.enterprise_id = candidate.enterprise_id
            WHERE live.month IN (SELECT unnest($months)) AND candidate.month IN (SELECT unnest($months))
        ),
        signed AS (
            SELECT
                direction, part.code AS code, part.points AS points,
                row_number() OVER (
                    PARTITION BY month, enterprise_id
                    ORDER BY CASE WHEN direction = 'riskier' THEN part.points ELSE -part.points END DESC, part.code
                ) AS place
            FROM differences
        )
        SELECT
            direction,
            code AS indicator,
            avg(points) AS mean_points,
            count(*) FILTER (WHERE place = 1 AND points <> 0) AS enterprise_months
        FROM signed
        GROUP BY direction, code
        HAVING avg(points) <> 0 OR count(*) FILTER (WHERE place = 1 AND points <> 0) > 0
        ORDER BY direction, CASE WHEN direction = 'riskier' THEN -avg(points) ELSE avg(points) END, code
        """,
        {"months": months},
    ).pl()


def _bins(connection: duckdb.DuckDBPyConnection, lake: str, month: str) -> dict[str, int]:
    rows = connection.execute(
        f"SELECT CAST(floor(score / {STEP}) AS VARCHAR), count(*) FROM {lake}.scores.enterprise_score "
        "WHERE month = ? GROUP BY 1",
        [month],
    ).fetchall()
    return dict(rows)


def _over_time(connection: duckdb.DuckDBPyConnection, version: Catalogue, months: list[str]) -> list[Stability]:
    first, last = months[0], months[-1]
    span = f"{last} against {first}"
    score = population_stability(_bins(connection, "shadow", first), _bins(connection, "shadow", last))
    found = [Stability("score", span, score)]
    columns = ", ".join(
        f"histogram(coalesce(CAST(b_{code.lower()} AS VARCHAR), 'unknown')) AS {code}" for code in version.codes
    )
    before, after = (
        connection.execute(f"SELECT {columns} FROM shadow.scores.enterprise_points WHERE month = ?", [month]).fetchone()
        for month in (first, last)
    )
    return found + [
        Stability(code, span, population_stability(dict(one), dict(other)))
        for code, one, other in zip(version.codes, before or (), after or (), strict=True)
    ]


def population_stability(expected: dict[str, int], actual: dict[str, int]) -> float:
    """Population stability index: sum over bins of (a - e) x ln(a / e), a and e being shares of the counts.

    Half an observation is added to each bin that occurs on either side, so that an empty bin stays finite.
    """
    bins = sorted(set(expected) | set(actual))
    sides = []
    for counts in (expected, actual):
        total = sum(counts.values()) + 0.5 * len(bins)
        sides.append({name: (counts.get(name, 0) + 0.5) / total for name in bins})
    before, after = sides
    return sum((after[name] - before[name]) * math.log(after[name] / before[name]) for name in bins)
