"""Learn a scorecard and its challenger up to a month, see what they are worth, and register them.

Belongs here: the order of the steps. Does not belong here: the steps themselves, layout (``report``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any

import duckdb
import numpy as np
import polars as pl

from orchestration.catalogue import Catalogue, load_catalogue
from orchestration.catalogue.load import load_version
from orchestration.lake import connect
from orchestration.learning import challenger, guard, scorecard
from orchestration.learning.bins import Aim
from orchestration.learning.calibrate import Calibration, Curve, fit_curve, measure
from orchestration.learning.policy import LearningError, Policy, load_policy
from orchestration.learning.registry import Model, code_identity, register
from orchestration.learning.rows import LABEL, WEIGHT, Rows, enough, known_rows
from orchestration.learning.walk import HeldOut, Worth, folds, walk_forward, worth
from orchestration.risk.partitions import columns_of
from orchestration.settings import Settings, month_check, month_shift

SCORECARD, CHALLENGER = "scorecard", "challenger"
FREE = "unknown"
RANK, RANK_GRID = "percentile", 0.05
"""Unit of a rank among peers, and what its cuts are multiples of."""
"""Category that stands in no order of risk."""


@dataclass(frozen=True)
class Tried:
    """A kind of model on visits it did not know.

    Attributes:
        held_out: scores (log-odds) and outcomes of the folds.
        worth: measures over all folds.
        before: calibration of a curve that was fitted on the earlier folds as they were known before the later ones,
            measured on those.
        curve: fitted on all folds; turns the log-odds of the final model into rates.
    """

    held_out: HeldOut
    worth: Worth
    before: Calibration
    curve: Curve


@dataclass(frozen=True)
class Learned:
    """Result of learning up to a month.

    Attributes:
        month: the last month of which anything was known.
        policy: how it was learned.
        catalogue: version whose indicators are the features.
        rows: the visits.
        unused: features that have the same value, or none, in all visits.
        card: the final scorecard, from all visits.
        points_of_all: score of each enterprise of the month as the candidate catalogue gives it.
        bounds: class -> least such score, best class first, by the shares of the policy.
        tried: ``scorecard`` and ``challenger`` -> what they are worth.
        in_force: worth of the score of the version in force on the same visits; None where there was none.
        models: ``scorecard`` and ``challenger`` -> registered model.
    """

    month: str
    policy: Policy
    catalogue: Catalogue
    rows: Rows
    unused: list[str]
    card: scorecard.Scorecard
    points_of_all: np.ndarray
    bounds: dict[str, int]
    tried: dict[str, Tried]
    in_force: Worth | None
    models: dict[str, Model]


def learn(settings: Settings, month: str) -> Learned:
    """Learn from what was known by the end of ``month``, and register both models.

    Raises:
        LearningError: too few visits, too few months, or a leak (``guard.LeakError``).
        CatalogueError: the version that the policy names does not exist.
    """
    policy = load_policy(settings, month_check(month))
    catalogue = load_version(settings, policy.catalogue) if policy.catalogue else load_catalogue(settings, month)
    guard.refuse(list(guard.by_name(catalogue.codes, policy.guard)))
    with connect(settings, read_only=True, views=False) as connection:
        rows = enough(known_rows(connection, policy, catalogue.codes, month), policy, month)
        everybody = _everybody(connection, catalogue.codes, month)
        in_force = _scores(connection, rows)
        late = list(
            guard.by_timing(_sources(connection, policy, catalogue.codes, rows.frame["class_month"].unique().to_list()))
        )
    unused = [code for code in rows.features if rows.frame[code].n_unique() < 2]
    rows = replace(rows, features=tuple(code for code in rows.features if code not in unused))
    aims = aims_of(catalogue)
    guard.refuse([*late, *guard.by_proxy(rows, policy.guard), *guard.by_gain(rows, policy.guard)])

    def by_card(before: Rows, fold: Rows) -> np.ndarray:
        return scorecard.fit(before, aims, policy).log_odds(fold.frame)

    def by_trees(before: Rows, fold: Rows) -> np.ndarray:
        return challenger.fit(before, aims, policy).score(fold.frame)

    months = folds(rows.months, policy.folds)
    with connect(settings, read_only=True, views=False) as connection:

        def known(end: str) -> Rows:
            return known_rows(connection, policy, rows.features, end)

        held_out = walk_forward(rows, months, {SCORECARD: by_card, CHALLENGER: by_trees}, known)
        middle = months[len(months) // 2]
        then = known(month_shift(middle, -1)).frame.select("enterprise_id", "visit", LABEL, WEIGHT)
    tried = {name: _tried(one, middle, then, policy) for name, one in held_out.items()}
    card = scorecard.fit(rows, aims, policy, float(catalogue.max_score))
    guard.refuse(list(guard.by_gain(rows, policy.guard, card.log_odds)))
    trees = challenger.fit(rows, aims, policy)
    points = card.given_score(everybody)
    bounds = class_bounds(points, policy.classes)
    told = _told(month, rows, policy, catalogue, months) | {"bounds": bounds}
    of_card = {"points": card.given(), "tenths": scorecard.tenths(card.score(rows.frame))}
    models = {
        SCORECARD: register(
            settings, SCORECARD, told | of_card | _worth_told(tried[SCORECARD]),
            card.as_dict() | {"curve": tried[SCORECARD].curve.as_dict()},
        ),
        CHALLENGER: register(
            settings, CHALLENGER, told | _worth_told(tried[CHALLENGER]),
            {"curve": tried[CHALLENGER].curve.as_dict()}, trees.arrays(),
        ),
    }  # fmt: skip
    last = pl.col("visit_month").is_in(months)
    compared = in_force.filter(last & pl.col("score").is_not_null())
    return Learned(
        month, policy, catalogue, rows, unused, card, points, bounds, tried,
        worth(compared) if compared.height and compared[LABEL].n_unique() == 2 else None, models,
    )  # fmt: skip


def aims_of(catalogue: Catalogue) -> dict[str, Aim]:
    """Where the values of each indicator point; of a category with a direction, its bands are the order of risk.

    A category called ``unknown`` stands in no order. Ranks among peers are cut at every twentieth: hundreds with the
    same count share a rank that moves by thousandths from month to month, and with a cut beside it all change bands.
    """
    found = {}
    for one in catalogue.indicators:
        ordered = one.kind == "categorical" and one.direction != "categorical"
        named = [band.category for band in catalogue.bands_of(one.code) if band.category not in (None, FREE)]
        order = tuple(map(str, named)) if ordered else ()
        grid = RANK_GRID if one.unit == RANK else None
        found[one.code] = Aim(one.direction, order[::-1] if one.direction == "lower_riskier" else order, grid)
    return found


def class_bounds(points: np.ndarray, shares: Mapping[str, float]) -> dict[str, int]:
    """Least whole score of each class, so that the shares of all enterprises come as near as ties allow.

    Raises:
        LearningError: so many have the same score that two classes would begin at the same one.
    """
    names = list(shares)
    values, counts = np.unique(points, return_counts=True)
    below = np.concatenate([[0], np.cumsum(counts)])[:-1] / points.size
    bounds, wanted = {names[0]: 0}, 0.0
    for before, name in pairwise(names):
        wanted += shares[before]
        first = int(np.argmin(np.abs(below - wanted)))
        # between two scores that occur, every bound gives the same classes: the middle
        bounds[name] = int(np.ceil((values[first] + values[max(first - 1, 0)]) / 2))
        if bounds[name] <= bounds[before]:
            raise LearningError(
                f"So many enterprises have {bounds[before]} points that class {name} cannot begin above class "
                f"{before}; learn from more indicators, or ask for other shares in learning.yml."
            )
    return bounds


def _tried(held_out: HeldOut, middle: str, then: pl.DataFrame, policy: Policy) -> Tried:
    """What a kind of model is worth, with a curve of the folds before ``middle`` as they were known ``then``."""
    told = held_out.frame
    early = told.filter(pl.col("visit_month") < middle).select("enterprise_id", "visit", "score")
    late = told.filter(pl.col("visit_month") >= middle)
    rate = _curve(early.join(then, on=["enterprise_id", "visit"], maintain_order="left")).rate(late["score"].to_numpy())
    before = measure(rate, late[LABEL].cast(pl.Float64).to_numpy(), late[WEIGHT].to_numpy(), policy.bins)
    return Tried(held_out, held_out.worth, before, _curve(told))


def _curve(frame: pl.DataFrame) -> Curve:
    return fit_curve(frame["score"].to_numpy(), frame[LABEL].cast(pl.Float64).to_numpy(), frame[WEIGHT].to_numpy())


def _everybody(connection: duckdb.DuckDBPyConnection, codes: list[str], month: str) -> pl.DataFrame:
    values = ", ".join(f"v_{code.lower()} AS {code}" for code in codes)
    found = connection.execute(f"SELECT {values} FROM lake.scores.enterprise_score WHERE month = ?", [month]).pl()
    if not found.height:
        raise LearningError(f"{month} has no scores, so that nobody can be given points; compute {month} first.")
    return found


def _scores(connection: duckdb.DuckDBPyConnection, rows: Rows) -> pl.DataFrame:
    """The visits with the score that was in force."""
    connection.register(
        "learned_visits", rows.frame.select("enterprise_id", "class_month", "visit_month", LABEL, WEIGHT)
    )
    try:
        return connection.execute(
            f"SELECT told.visit_month, told.{LABEL}, told.{WEIGHT}, CAST(score.score AS DOUBLE) AS score "
            "FROM learned_visits AS told LEFT JOIN lake.scores.enterprise_score AS score "
            "ON told.enterprise_id = score.enterprise_id AND told.class_month = score.month"
        ).pl()
    finally:
        connection.unregister("learned_visits")


def _sources(
    connection: duckdb.DuckDBPyConnection, policy: Policy, codes: list[str], months: list[str]
) -> pl.DataFrame:
    """Records behind values that were not known in time, as ``guard.by_timing`` takes them: none, if all is well."""
    empty = {"feature": pl.String, "class_month": pl.String, "happened_on": pl.Date, "received_month": pl.String}
    if not columns_of(connection, "scores", "risk_evidence"):
        return pl.DataFrame(schema=empty)
    return connection.execute(
        """
        SELECT indicator_code AS feature, month AS class_month, event_on AS happened_on, received_month
        FROM lake.scores.risk_evidence
        WHERE list_contains($months, month) AND list_contains($codes, indicator_code) AND record_id IS NOT NULL
            AND (
                received_month > month
                OR (event_on > last_day(CAST(month || '-01' AS DATE)) AND NOT list_contains($ahead, indicator_code))
            )
        """,
        {"months": months, "codes": codes, "ahead": list(policy.guard.ahead)},
    ).pl()


def data_hash(rows: Rows) -> str:
    """Hash of the rows learned from: the same visits, values and weights, whatever their order."""
    columns = sorted(rows.frame.columns)
    ordered = rows.frame.select(columns).sort("enterprise_id", "visit")
    return hashlib.sha256("\n".join([",".join(columns), ordered.write_csv()]).encode()).hexdigest()


def _told(month: str, rows: Rows, policy: Policy, catalogue: Catalogue, months: list[str]) -> dict[str, Any]:
    return {
        "month": month,
        "data_sha256": data_hash(rows),
        "code_sha256": code_identity(),
        "policy": policy.model_dump(mode="json"),
        "catalogue": catalogue.version,
        "features": list(rows.features),
        "visits": rows.frame.height,
        "found": int(rows.frame[LABEL].sum()),
        "visit_months": [rows.months[0], rows.months[-1]],
        "folds": months,
        "weights": {"trimmed_share": rows.trimmed, "heaviest": rows.heaviest, "bound": rows.bound},
    }


def _worth_told(tried: Tried) -> dict[str, Any]:
    return {"worth": asdict(tried.worth), "calibrated": True, "calibration": asdict(tried.before)}
