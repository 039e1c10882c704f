"""What is worth a warning: shares outside the published range, groups apart without a reason, find rates.

Belongs here: comparisons of measured numbers with the policy. Does not belong here: reading the lake (``measure``).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import polars as pl

from orchestration.calibration.measure import Measures
from orchestration.calibration.policy import Policy
from orchestration.evaluation.measures import wilson


@dataclass(frozen=True)
class Apart:
    """A group whose share of riskier classes is far from that of all others.

    Attributes:
        dimension: ``region``, ``section``, ``age``, ``size`` or ``type``.
        name: the group.
        enterprises: how many it has.
        share: its share of riskier classes, 0 to 1.
        others: the share among all other enterprises.
        by_conduct: the part of the gap that stays when all have the mean points for what they are; may be below 0.
        reason: level 1 that differs most and by how many points on average, or the floor; empty without a reason.
    """

    dimension: str
    name: str
    enterprises: int
    share: float
    others: float
    by_conduct: float
    reason: str


def share_warnings(measures: Measures, policy: Policy) -> list[str]:
    """One sentence for each class whose share lies outside the published range."""
    [row] = measures.groups.filter(pl.col("dimension") == "all").to_dicts()
    found = []
    for name, (low, high) in policy.published.items():
        share = row.get(f"class_{name}", 0) / row["enterprises"]
        if not low <= share <= high:
            side = "below" if share < low else "above"
            found.append(
                f"class {name} holds {100 * share:.1f} % of the enterprises, {side} the published range of "
                f"{100 * low:g} to {100 * high:g} %."
            )
    return found


def groups_apart(measures: Measures, policy: Policy) -> list[Apart]:
    """Groups far apart from all others, with the reason where there is one, in the order of ``measures.groups``."""
    [everyone] = measures.groups.filter(pl.col("dimension") == "all").to_dicts()
    judged = measures.groups.filter(
        (pl.col("dimension") != "all")
        & (pl.col("enterprises") >= policy.least_enterprises)
        & (everyone["enterprises"] - pl.col("enterprises") >= policy.least_enterprises)
    )
    return [apart for row in judged.to_dicts() if (apart := _apart(row, everyone, policy))]


def _apart(row: dict, everyone: dict, policy: Policy) -> Apart | None:
    count, rest = row["enterprises"], everyone["enterprises"] - row["enterprises"]
    own = wilson(row["riskier"], count)
    others = wilson(everyone["riskier"] - row["riskier"], rest)
    high, low = max(own.value, others.value), min(own.value, others.value)
    if high < policy.far * low or (own.lower <= others.upper and others.lower <= own.upper):
        return None
    gap = own.value - others.value
    conduct = row["riskier_by_conduct"] / count - (everyone["riskier_by_conduct"] - row["riskier_by_conduct"]) / rest
    part = conduct / gap
    reason = ""
    if part >= policy.conduct_part:
        reason = _largest_difference(row, everyone, policy, up=gap > 0)
    elif gap > 0 and row["with_floor"] >= 0.5 * gap * count:
        reason = f"floor rules apply to {row['with_floor']:,} of them"
    return Apart(row["dimension"], row["name"], count, own.value, others.value, part, reason)


def _largest_difference(row: dict, everyone: dict, policy: Policy, *, up: bool) -> str:
    levels = [name for name in row if name.startswith("l1_") and name != f"l1_{policy.attributes.lower()}"]
    differences = {name: row[name] - everyone[name] for name in levels}
    worst = max(differences, key=lambda name: differences[name] if up else -differences[name])
    return f"conduct: {worst.removeprefix('l1_').upper()} {differences[worst]:+.1f} points on average"


def find_rate_warnings(measures: Measures) -> list[str]:
    """One sentence for each pair of neighbouring classes whose find rate falls although it should rise."""
    rows = measures.find_rates.filter(pl.col("visits") > 0).to_dicts()
    found = []
    for safer, riskier in pairwise(rows):
        a, b = safer["found"] / safer["visits"], riskier["found"] / riskier["visits"]
        if b < a:
            found.append(
                f"problems were found at {100 * b:.1f} % of {riskier['visits']:,} visits to class {riskier['class']}, "
                f"less often than at {100 * a:.1f} % of {safer['visits']:,} to class {safer['class']}."
            )
    return found
