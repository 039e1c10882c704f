"""C03 annual reports, their amendments, and orders to disclose.

Belongs here: what enterprises say about themselves.  Does not belong here: who filed at all (``facts.filings``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from orchestration.simulation import words
from orchestration.simulation.business import KEPT, Business, business
from orchestration.simulation.chance import NEVER, by_class, dates, numbers, pick, stream, versions, where
from orchestration.simulation.facts import Part, filings
from orchestration.simulation.world import World

FIGURES = ("assets", "liabilities", "revenue", "profit", "net_profit", "tax", "equity")


def _figures(
    risk: np.ndarray, now: Business, place: np.ndarray, turnover: np.ndarray, rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Figures in 万元: leverage and losses rise with risk; some file zero everywhere.

    Args:
        risk: latent risk of each enterprise that files.
        now: the business of the slice in the year.
        place: place of each enterprise in the slice.
        turnover: logarithm of revenue over size, the same in every year.
        rng: the stream of the feed.
    """
    count = len(place)
    revenue = now.size[place] * np.exp(turnover + 0.05 * rng.normal(0, 1, count))
    assets = now.size[place] * np.exp(0.3 + 0.6 * turnover + 0.2 * rng.normal(0, 1, count))
    leverage = now.debt[place]
    margin = by_class(risk, 0.06, 0.03, -0.02, -0.08) + 0.07 * rng.normal(0, 1, count)
    zero, idle, hollow = now.zero[place], now.idle[place], now.hollow[place]
    revenue = np.where(idle, 0, np.where(hollow, np.minimum(revenue, 40), revenue))
    profit = revenue * margin - np.where(idle, 0.02 * assets, 0)
    found = {
        "assets": assets,
        "liabilities": assets * leverage,
        "revenue": revenue,
        "profit": profit,
        "net_profit": np.where(profit > 0, 0.95 * profit, profit),
        "tax": np.where(hollow, 0, revenue * np.clip(0.02 + 0.015 * rng.normal(0, 1, count), 0, 0.1)),
        "equity": assets * (1 - leverage),
    }
    return {name: np.round(np.where(zero, 0, value), 2) for name, value in found.items()}


def annual_reports(world: World, part: Part) -> pl.DataFrame:
    """One report per enterprise and year; a figure that is not published is empty and says so."""
    rng = part.stream(world, "c03_annual_reports")
    turnover = 0.5 * part.stream(world, "c03_annual_reports/turnover").normal(0, 1, len(part.rows))
    openness = part.stream(world, "c03_annual_reports/openness").random(len(part.rows))
    frames = []
    for filing in filings(world, part):
        there = filing.filed < NEVER
        rows, filed = filing.rows[there], filing.filed[there]
        count = len(rows)
        now, place = business(world, part, filing.year), rows - part.rows[0]
        figures = _figures(world.risk[rows], now, place, turnover[place], rng)
        empty = (figures["assets"] == 0) | now.unstaffed[place]
        kept = stream(world.seed, f"c03_annual_reports/kept/{filing.year}", part.number).random(count) < KEPT
        open_ = np.where(kept, openness[place], rng.random(count)) < 0.55
        columns: dict[str, object] = {}
        staff_open = rng.random(count) < 0.7
        columns["staff"] = numbers(np.where(empty, 0, world.staff[rows]), staff_open)
        columns["staff_published"] = staff_open
        for name in FIGURES:
            shown = open_ ^ (rng.random(count) < 0.05)
            columns[name], columns[f"{name}_published"] = numbers(figures[name], shown), shown
        paid = np.round(world.capital[rows] * np.clip(rng.normal(0.6, 0.4, count), 0, 1), 4)
        frames.append(
            pl.DataFrame(
                {
                    "enterprise_id": world.uscc.gather(rows),
                    "report_year": np.full(count, filing.year),
                    "filed_on": dates(filed),
                    "business_state": where(figures["revenue"] > 0, "1", pick(rng, ["1", "2", "3"], [5, 4, 1], count)),
                }
                | columns
                | {"paid_in_capital": numbers(paid, ~world.branch[rows]), "_seen": world.calendar.month_of(filed)}
            )
        )
    return pl.concat(frames)


def amendments(world: World, part: Part) -> pl.DataFrame:
    """Corrections of filed reports; the risky correct more often and later."""
    rng = part.stream(world, "c03_report_amendments")
    rows, years, days = [], [], []
    for filing in filings(world, part):
        times = rng.poisson(by_class(world.risk[filing.rows], 0.04, 0.09, 0.2, 0.35)) * (filing.filed < NEVER)
        row = np.repeat(filing.rows, times)
        rows.append(row)
        years.append(np.full(len(row), filing.year))
        days.append(np.repeat(filing.filed, times) + 1 + rng.integers(0, 160, len(row)))
    row, year, day = (np.concatenate(found) for found in (rows, years, days))
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "report_year": year,
            "amended_on": dates(day),
            "amended_item": words.choose(
                ["资产总额", "营业总收入", "从业人数", "股东出资信息", "通信地址"], rng.integers(0, 5, len(row))
            ),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return frame.unique(
        ["enterprise_id", "report_year", "amended_on", "amended_item"], keep="first", maintain_order=True
    )


def disclosure_orders(world: World, part: Part) -> pl.DataFrame:
    """Orders to disclose instant information within 20 days; the risky do not obey."""
    rng = part.stream(world, "c03_disclosure_orders")
    row, day = part.events(world, rng, part.rate(world, 0.002, 0.012, 0.05, 0.12))
    obeyed = rng.random(len(row)) < by_class(world.risk[row], 0.97, 0.85, 0.6, 0.35)
    disclosed = np.where(obeyed, day + 3 + rng.integers(0, 40, len(row)), NEVER)
    frame = pl.DataFrame(
        {
            "enterprise_id": world.uscc.gather(row),
            "order_no": words.join(
                a="责公字", b=words.text(1_000_000 * (part.number + 1) + np.arange(len(row))), c="号"
            ),
            "subject_matter": words.choose(
                ["股东出资信息", "行政许可信息", "知识产权出质信息", "行政处罚信息"], rng.integers(0, 4, len(row))
            ),
            "ordered_on": dates(day),
            "due_on": dates(day + 20),
            "disclosed_on": dates(np.where(disclosed < world.calendar.end, disclosed, NEVER)),
            "_seen": world.calendar.seen(day, rng),
        }
    )
    return versions(frame, world.calendar, "disclosed_on", {})
