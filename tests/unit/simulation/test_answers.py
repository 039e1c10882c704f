"""What is found on the visits of a draw follows from what was planted."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from orchestration.simulation.answers import Regime, find_rates, results
from orchestration.simulation.chance import SimulationError

COUNT = 8_000
CHANGE = Regime("2026-06", 6.0)


@pytest.fixture(scope="module")
def latent() -> pl.DataFrame:
    return pl.DataFrame(
        {
            "enterprise_id": [f"E{number:05d}" for number in range(COUNT)],
            "latent_class": ["ABCD"[number % 4] for number in range(COUNT)],
        }
    )


@pytest.fixture(scope="module")
def visits(latent: pl.DataFrame) -> pl.DataFrame:
    return latent.select(
        (pl.lit("V") + pl.col("enterprise_id")).alias("visit_id"),
        "enterprise_id",
        pl.lit(["登记事项检查", "公示信息检查"], dtype=pl.List(pl.String)).alias("items"),
        pl.lit("1").alias("check_kind"),
        pl.lit(["market_regulation"], dtype=pl.List(pl.String)).alias("departments"),
        pl.concat_str(pl.lit("L"), "enterprise_id").alias("lead"),
        pl.lit(None, dtype=pl.String).alias("second"),
    )


def rates(found: pl.DataFrame) -> dict[str, float]:
    """Share of visits with a problem by planted class."""
    by_visit = found.group_by("visit_id", "latent_class").agg(problem=(~pl.col("result").is_in(["1", "7"])).any())
    return dict(by_visit.group_by("latent_class").agg(pl.col("problem").mean()).iter_rows())


def test_find_rates_are_those_of_the_planted_classes(visits: pl.DataFrame, latent: pl.DataFrame) -> None:
    found = rates(results(visits, latent, "2026-05", 3, None))
    for name, expected in zip("ABCD", find_rates(np.arange(4), "2026-05", None), strict=True):
        assert found[name] == pytest.approx(expected, abs=4 * (expected * (1 - expected) / (COUNT / 4)) ** 0.5)


def test_a_regime_holds_from_its_month_and_only_in_its_classes(visits: pl.DataFrame, latent: pl.DataFrame) -> None:
    before, after = (results(visits, latent, month, 3, CHANGE) for month in ("2026-05", "2026-06"))
    assert before.equals(results(visits, latent, "2026-05", 3, None))
    quiet = rates(results(visits, latent, "2026-06", 3, None))
    changed = rates(after)
    assert changed["B"] > quiet["B"] + 0.3
    assert changed["A"] > quiet["A"] + 0.02
    assert (changed["C"], changed["D"]) == (quiet["C"], quiet["D"])


def test_results_depend_on_seed_and_month_and_not_on_the_order_of_visits(
    visits: pl.DataFrame, latent: pl.DataFrame
) -> None:
    once = results(visits, latent, "2026-05", 3, None)
    assert once.equals(results(visits.reverse(), latent.reverse(), "2026-05", 3, None))
    assert not once["result"].equals(results(visits, latent, "2026-05", 4, None)["result"])
    assert not once["result"].equals(results(visits, latent, "2026-06", 3, None)["result"])


def test_every_item_has_a_result_on_a_day_of_the_month(visits: pl.DataFrame, latent: pl.DataFrame) -> None:
    found = results(visits, latent, "2026-02", 3, None)
    assert found.height == 2 * COUNT
    assert found.select("task_id", "enterprise_id", "item").is_unique().all()
    assert found["result"].null_count() == 0
    assert (found["lead_inspector_id"] == "L" + found["enterprise_id"]).all()
    assert found["second_inspector_id"].null_count() == found.height
    assert found["checked_on"].dt.strftime("%Y-%m").unique().to_list() == ["2026-02"]
    assert 0 < found["late"].mean() < 0.1


def test_a_stranger_is_refused(visits: pl.DataFrame, latent: pl.DataFrame) -> None:
    with pytest.raises(SimulationError, match="E00000 is to be visited in 2026-05 and was never planted"):
        results(visits, latent.tail(COUNT - 1), "2026-05", 3, None)
