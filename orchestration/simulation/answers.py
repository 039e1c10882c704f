"""What inspectors of the invented province find on the visits of a draw: deliveries of feed C07 that answer it.

Belongs here: findings from what was planted, a regime that changes, late results.
Does not belong here: which enterprises are visited (``orchestration.inspection``), checks of the years before a draw
(``records.compliance``).

A finding follows from the latent class of the enterprise, never from the class that the platform gave it: so the loop
shows what the platform's classes are worth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from orchestration.feeds.contract import load_contract
from orchestration.feeds.persons import seal_hashes
from orchestration.settings import Settings, month_shift
from orchestration.simulation import files, render
from orchestration.simulation.chance import SimulationError, dates, day, pick, stream, where
from orchestration.simulation.records.compliance import FIND_RATES

FEED = "c07_spot_checks"
LATE = 0.05
"""Share of visits whose results are delivered a month later."""
MORE = 0.25
"""Chance that another item of a visit that finds something finds something too."""
PROBLEMS = (["5", "2", "3", "4", "8"], [58.0, 12.0, 5.0, 8.0, 17.0])
CLEAN = (["1", "7"], [94.0, 6.0])
"""Result codes and their weights, as in the simulated checks of earlier years."""


@dataclass(frozen=True)
class Regime:
    """A change of the province that no record tells of, such as a kind of fraud that nobody knew.

    Attributes:
        month: first month of visits in which it holds.
        odds: what the odds of a finding are multiplied by.
        classes: latent classes that it touches.
    """

    month: str
    odds: float
    classes: str = "AB"


def find_rates(latent_class: np.ndarray, month: str, regime: Regime | None) -> np.ndarray:
    """Probability that a visit finds something.

    Args:
        latent_class: 0 (A) to 3 (D) for each visit.
        month: of the visits.
        regime: the change, if any.
    """
    rate = FIND_RATES[latent_class]
    if regime is None or month < regime.month:
        return rate
    touched = np.isin(latent_class, ["ABCD".index(name) for name in regime.classes])
    odds = rate / (1 - rate) * np.where(touched, regime.odds, 1.0)
    return odds / (1 + odds)


def results(visits: pl.DataFrame, latent: pl.DataFrame, month: str, seed: int, regime: Regime | None) -> pl.DataFrame:
    """Results of the visits of a month, one row for each item, with column ``late``.

    Args:
        visits: visit_id, enterprise_id, items (list), check_kind, lead and second (inspectors as the feed is to carry
            them), departments (list); in any order.
        latent: enterprise_id and latent_class (A to D) as planted.
        month: of the visits, ``YYYY-MM``.
        seed: the same seed, visits and month give the same results.
        regime: the change, if any.

    Raises:
        SimulationError: an enterprise was visited that was never planted.
    """
    known = visits.sort("visit_id").join(latent, on="enterprise_id", how="left", maintain_order="left")
    strangers = known.filter(pl.col("latent_class").is_null())
    if strangers.height:
        raise SimulationError(
            f"{strangers['enterprise_id'][0]} is to be visited in {month} and was never planted; answer the draw of "
            "the home folder in which the province was simulated."
        )
    rng = stream(seed, f"answers {month}")
    count = known.height
    grade = known["latent_class"].replace_strict(list("ABCD"), list(range(4)), return_dtype=pl.Int64).to_numpy()
    found = rng.random(count) < find_rates(grade, month, regime)
    length = day(month_shift(month, 1)) - day(month)
    known = known.with_columns(
        found=found,
        checked_on=dates(day(month) + rng.integers(0, length, count)),
        late=rng.random(count) < LATE,
        authority_code=pl.col("departments").list.first(),
    )
    rows = known.explode("items", empty_as_null=True).rename({"items": "item"})
    first = rows.select(pl.int_range(pl.len()).over("visit_id") == 0).to_series().to_numpy()
    bad = rows["found"].to_numpy() & (first | (rng.random(rows.height) < MORE))
    result = where(bad, pick(rng, *PROBLEMS, rows.height), pick(rng, *CLEAN, rows.height))
    return rows.with_columns(
        result=result,
        task_id="visit_id",
        plan_id=pl.lit(f"{month[:4]}年度双随机计划"),
    ).rename({"lead": "lead_inspector_id", "second": "second_inspector_id"})


def answer(
    settings: Settings, visits: pl.DataFrame, month: str, *, seed: int, regime: Regime | None = None
) -> dict[str, int]:
    """Deliver the results of the visits of ``month``; late ones with the month after it.

    Args:
        settings: whose landing folder and planted truth.
        visits: as for ``results``; lead and second as hashes, which are delivered with the proof of the platform.
        month: of the visits, ``YYYY-MM``.
        seed: of the findings.
        regime: the change, if any.

    Returns:
        Month of delivery -> rows.

    Raises:
        SimulationError: no province was simulated here, or an enterprise was visited that was never planted.
    """
    planted = settings.home / "simulation" / "planted.parquet"
    if not planted.is_file():
        raise SimulationError(f"{planted} is not there; simulate a province in this home folder first.")
    latent = pl.read_parquet(planted, columns=["enterprise_id", "latent_class"])
    named = visits.with_columns(
        pl.Series(role, seal_hashes(settings, visits[role].to_list()), dtype=pl.String) for role in ("lead", "second")
    )
    found = results(named, latent, month, seed, regime)
    contract = load_contract(settings, FEED)
    style = render.Style.of(FEED, 0)
    delivered = {}
    for late, arrives in ((False, month), (True, month_shift(month, 1))):
        rows = found.filter(pl.col("late") == late)
        if late and not rows.height:
            continue
        path = settings.landing / FEED / arrives / f"visits_{month}{'_late' if late else ''}.csv"
        files.write(path, render.texts(rows, settings, contract, style).rename(render.headers(contract, style)), "csv")
        delivered[arrives] = rows.height
    return delivered
