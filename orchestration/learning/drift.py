"""Does what was learned still hold? Inputs, scores, calibration and find rate of each month since.

Belongs here: the series of a month, alarms. Does not belong here: the limits (``limits``), reading a model
(``registry``).

Watched, each against the last months that the model knew:
  inputs, scores   shares of all enterprises in the bands of each indicator and in tenths of the score (stability index)
  calibration      findings against those that the calibrated rates expect, weighted: of everybody
  of the visits    the same unweighted: of the visits as they were made, which chance moves less
  find rate        weighted findings against the rate of the reference months

The yardstick stands in the card of the model: the tenths of the score, and the weight beyond which a visit counts no
more. What is watched does not move it.

A regime may change so that visits find more (a campaign), or find other things (calibration), or so that other
enterprises come in (inputs): the series tell which.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from orchestration.lake import connect
from orchestration.learning.calibrate import Curve
from orchestration.learning.limits import chart, spread, stability_by_chance
from orchestration.learning.policy import Drift, LearningError, Policy, load_policy
from orchestration.learning.registry import Model, listed, numbers
from orchestration.learning.rows import LABEL, WEIGHT, enough, known_rows
from orchestration.learning.scorecard import Scorecard, tenths
from orchestration.settings import Settings, month_check, month_shift
from orchestration.shadow.compare import population_stability

CALIBRATION, OF_VISITS, FIND_RATE, SCORE = "calibration", "calibration of visits", "find rate", "score"
OUTCOMES = (CALIBRATION, OF_VISITS, FIND_RATE)
"""Series that findings tell; all others are shares of enterprises."""


@dataclass(frozen=True)
class Month:
    """What is watched of one month.

    Attributes:
        month: of the visits; inputs are those of the month before.
        visits: how many, and ``found`` how many of them found something.
        excess: weighted findings less those that the rates expect, and ``excess_variance`` of chance alone.
        plain: the same for each visit, unweighted and as a share of the visits, and ``plain_variance``.
        rate: weighted find rate, and ``rate_variance`` of chance alone.
        inputs: indicator (or ``score``) -> band -> enterprises.
    """

    month: str
    visits: int
    found: int
    excess: float
    excess_variance: float
    plain: float
    plain_variance: float
    rate: float
    rate_variance: float
    inputs: dict[str, dict[str, int]]


@dataclass(frozen=True)
class Signal:
    """One series in one month: its value, the limit, and whether it is beyond.

    Attributes:
        month: of the visits.
        series: one of ``OUTCOMES``, ``score`` or the code of an indicator.
        value: deviation in standard errors, or the stability index.
        limit: what it must pass.
        alarm: whether it, or what has added up, is beyond its limit.
    """

    month: str
    series: str
    value: float
    limit: float
    alarm: bool


@dataclass(frozen=True)
class DriftReport:
    """All series since the model was learned.

    Attributes:
        model: id of the scorecard.
        reference: months that are the yardstick.
        months: months watched, ascending.
        signals: series x month.
        seen: what was seen of the reference months and those watched.
    """

    model: str
    reference: list[str]
    months: list[str]
    signals: list[Signal]
    seen: list[Month]

    def alarms(self, month: str) -> list[Signal]:
        """Series beyond their limits in a month, the farthest first."""
        found = [signal for signal in self.signals if signal.alarm and signal.month == month]
        return sorted(found, key=lambda signal: -abs(signal.value) / signal.limit)


def watch(reference: Sequence[Month], watched: Sequence[Month], policy: Drift) -> list[Signal]:
    """Hold months against the reference months.

    The chance of a false alarm is that of a month. Findings get their own part of it however many indicators there
    are: they are what the watch is for, and an indicator more must not make them harder to hear.

    Raises:
        LearningError: there are no reference months.
    """
    if not reference:
        raise LearningError("There is no month to hold others against; learn from more months.")
    names = sorted({name for month in reference for name in month.inputs})
    for_outcomes = policy.chance * (policy.outcomes if names else 1)
    share = (policy.chance - for_outcomes) / max(1, len(names))

    def off_calibration(month: Month) -> float:
        return month.excess / math.sqrt(month.excess_variance)

    # a curve fitted for everybody need not hit the visits on average, so these are held against the reference months
    off_visits = _from_base(reference, lambda month: (month.plain, month.plain_variance))
    off_rate = _from_base(reference, lambda month: (month.rate, month.rate_variance))
    signals: list[Signal] = []
    for series, deviation in zip(OUTCOMES, (off_calibration, off_visits, off_rate), strict=True):
        wide = spread([deviation(month) for month in reference])
        told = chart([deviation(month) / wide for month in watched], for_outcomes / len(OUTCOMES), policy.slack)
        signals += [
            Signal(month.month, series, value, told.once, alarm)
            for month, value, alarm in zip(watched, told.values, told.alarms, strict=True)
        ]
    for name in names:
        before = _added([month.inputs.get(name, {}) for month in reference])
        for month in watched:
            now = month.inputs.get(name, {})
            value = population_stability(before, now)
            limit = max(
                policy.psi,
                stability_by_chance(len(set(before) | set(now)), sum(before.values()), sum(now.values()), share),
            )
            signals.append(Signal(month.month, name, value, limit, value > limit))
    return signals


def _from_base(reference: Sequence[Month], told: Callable[[Month], tuple[float, float]]) -> Callable[[Month], float]:
    """Deviation, in standard errors, of a value with its variance from its mean over the reference months."""
    values, variances = zip(*(told(month) for month in reference), strict=True)
    sure = 1 / np.array(variances)
    base = float(np.average(values, weights=sure))
    # the yardstick is known no better than its months tell
    base_variance = float(1 / sure.sum())

    def deviation(month: Month) -> float:
        value, variance = told(month)
        return (value - base) / math.sqrt(variance + base_variance)

    return deviation


def _added(counts: Sequence[dict[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for name, count in one.items():
            total[name] = total.get(name, 0) + count
    return total


def month_seen(
    month: str, label: np.ndarray, weight: np.ndarray, rate: np.ndarray, inputs: dict[str, dict[str, int]]
) -> Month:
    """Put together what is watched of a month.

    Args:
        month: of the visits.
        label: 0 or 1, one a visit; at least one visit.
        weight: one over the probability of the visit, up to a factor.
        rate: what the calibrated score expects, above 0 and below 1.
        inputs: indicator -> band -> enterprises.
    """
    total = float(weight.sum())
    mean = float((weight * label).sum() / total)
    # a month with no finding, or nothing but, is not without chance: half a visit on either side (Agresti and Coull)
    kept = (float(label.sum()) + 0.5) / (label.size + 1)
    return Month(
        month=month,
        visits=int(label.size),
        found=int(label.sum()),
        excess=float((weight * (label - rate)).sum()),
        excess_variance=float((weight * weight * rate * (1 - rate)).sum()),
        plain=float((label - rate).mean()),
        plain_variance=float((rate * (1 - rate)).sum() / label.size**2),
        rate=mean,
        rate_variance=float((weight * weight).sum() / (total * total) * kept * (1 - kept)),
        inputs=inputs,
    )


def drift(settings: Settings, month: str) -> DriftReport:
    """Watch every month since the newest scorecard that was learned before ``month``, up to it.

    Raises:
        LearningError: no scorecard was learned before, or no visit of ``month`` is known yet.
    """
    month_check(month)
    known = [model for model in listed(settings, "scorecard") if model.card["month"] < month]
    if not known:
        raise LearningError(f"No scorecard was learned before {month}; run make learn for an earlier month first.")
    model = max(known, key=lambda one: (one.card["month"], one.id))
    # what the model was made with stays the yardstick of it; limits are those of the month that is watched
    learned_by = Policy.model_validate(model.card["policy"])
    policy = load_policy(settings, month).drift
    content, _ = numbers(model)
    card, curve = Scorecard.from_dict(content), Curve.from_dict(content["curve"])
    with connect(settings, read_only=True, views=False) as connection:
        scores, bound = _yardstick(connection, model, card, learned_by)
        rows = enough(known_rows(connection, learned_by, card.features, month, bound), learned_by, month)
        if month not in rows.months:
            raise LearningError(
                f"No visit of {month} is known yet, so that it cannot be watched; the newest known are of "
                f"{rows.months[-1]}. Wait for results, or ask for that month."
            )
        seen = []
        for (name,), part in sorted(rows.frame.group_by("visit_month"), key=lambda pair: str(pair[0])):
            everybody = _inputs(connection, card, month_shift(str(name), -1), scores)
            rate = curve.rate(card.log_odds(part)).clip(1e-4, 1 - 1e-4)
            label = part[LABEL].cast(pl.Float64).to_numpy()
            seen.append(month_seen(str(name), label, part[WEIGHT].to_numpy(), rate, everybody))
    reference = [one for one in seen if one.month <= model.card["month"]][-policy.reference_months :]
    watched = [one for one in seen if one.month > model.card["month"]]
    signals = watch(reference, watched, policy)
    return DriftReport(
        model.id, [one.month for one in reference], [one.month for one in watched], signals, [*reference, *watched]
    )


def _yardstick(
    connection: duckdb.DuckDBPyConnection, model: Model, card: Scorecard, policy: Policy
) -> tuple[np.ndarray, float]:
    """Tenths of the score and the greatest weight of what was learned from, as the model's card holds them."""
    if "tenths" in model.card:
        return np.asarray(model.card["tenths"]), float(model.card["weights"]["bound"])
    # a card of before they were kept: from what was known then
    rows = known_rows(connection, policy, card.features, str(model.card["month"]))
    return np.asarray(tenths(card.score(rows.frame))), float(rows.bound or np.inf)


def _inputs(
    connection: duckdb.DuckDBPyConnection, card: Scorecard, month: str, scores: np.ndarray
) -> dict[str, dict[str, int]]:
    """Enterprises of a month by band of each indicator, and by tenth of the score."""
    values = ", ".join(f"v_{code.lower()} AS {code}" for code in card.features)
    everybody = connection.execute(f"SELECT {values} FROM lake.scores.enterprise_score WHERE month = ?", [month]).pl()
    if not everybody.height:
        return {}
    counts = {one.code: _counted(card.band_of(one.code, everybody)) for one in card.bands}
    return counts | {SCORE: _counted(np.searchsorted(scores, card.score(everybody), side="right"))}


def _counted(places: np.ndarray) -> dict[str, int]:
    names, counts = np.unique(places, return_counts=True)
    return {str(name): int(count) for name, count in zip(names, counts, strict=True)}


def text(report: DriftReport) -> str:
    """The report for the terminal."""
    lines = [
        f"Scorecard {report.model}; held against {report.reference[0]} to {report.reference[-1]}.",
        f"  {'month':<8} {'visits':>8} {'found':>8} {'calibration':>12} {'of visits':>10} {'find rate':>10} "
        f"{'PSI score':>10}   alarms",
    ]
    by = {(signal.month, signal.series): signal for signal in report.signals}
    for one in report.seen:
        if one.month not in report.months:
            continue
        alarms = ", ".join(f"{signal.series} {signal.value:+.2f}" for signal in report.alarms(one.month)) or "none"
        calibration, of_visits, rate = (by[one.month, series].value for series in OUTCOMES)
        score = by.get((one.month, SCORE))
        lines.append(
            f"  {one.month:<8} {one.visits:>8,} {one.found:>8,} "
            f"{calibration:>+12.2f} {of_visits:>+10.2f} {rate:>+10.2f} "
            f"{score.value if score else float('nan'):>10.3f}   {alarms}"
        )
    limit = by[report.months[0], CALIBRATION].limit
    lines.append(f"Findings in standard errors, limit {limit:.2f} once or what adds up (CUSUM).")
    return "\n".join(lines)
