"""What was learned, as a person reads it.

Belongs here: layout. Does not belong here: any arithmetic beyond rounding.
"""

from __future__ import annotations

from itertools import pairwise

from orchestration.evaluation.measures import Estimate
from orchestration.learning.bins import UNKNOWN, Bands
from orchestration.learning.scorecard import Scorecard
from orchestration.learning.train import Learned, Tried
from orchestration.learning.walk import Worth


def names(one: Bands) -> list[str]:
    """What the bands are called, in the order of their worths."""
    edges = [0, *map(int, one.cuts), len(one.order)] if one.order else []
    if one.order:
        known = [" or ".join(one.order[low:high]) for low, high in pairwise(edges)]
    elif one.numeric and one.cuts:
        cuts = [f"{cut:g}" for cut in one.cuts]
        known = [f"below {cuts[0]}", *(f"{low} to {high}" for low, high in pairwise(cuts)), f"{cuts[-1]} or more"]
    else:
        known = ["any" if one.numeric else "other"]
    return [*known, *one.categories, *([UNKNOWN] if one.unknown else [])]


def _estimate(value: Estimate, form: str = ".3f") -> str:
    return f"{value.value:{form}} ({value.lower:{form}} - {value.upper:{form}})"


def _worth(label: str, worth: Worth) -> str:
    return (
        f"  {label:<26} {_estimate(worth.auc):>24} {worth.half:>8.3f} {worth.lift:>8.2f} "
        f"{worth.months_auc:>12.3f} {worth.months_half:>12.3f} "
        f"{_estimate(worth.auc_of_all):>24} {worth.half_of_all:>8.3f}"
    )


def _calibration(label: str, tried: Tried) -> str:
    before = tried.before
    return (
        f"  {label:<26} {_estimate(before.brier, '.4f'):>28} {_estimate(before.error, '.4f'):>28} "
        f"{before.by_chance:>12.4f}   {tried.curve.kind}"
    )


def points_lines(card: Scorecard) -> list[str]:
    """A line for each band with points, features by the most they can give."""
    points = card.points()
    lines = []
    for one in sorted(card.bands, key=lambda band: (-max(points[band.code]), band.code)):
        told = ", ".join(f"{name} {value}" for name, value in zip(names(one), points[one.code], strict=True))
        lines.append(f"  {one.code}  {told}")
    return lines


def text(learned: Learned) -> str:
    """The report for the terminal."""
    rows = learned.rows
    found = int(rows.frame["label"].sum())
    folds = sorted(learned.tried["scorecard"].held_out.frame["visit_month"].unique())
    lines = [
        f"Learned up to {learned.month} from {rows.frame.height:,} visits of {rows.months[0]} to {rows.months[-1]}, "
        f"{found:,} with a finding ({found / rows.frame.height:.1%}); {len(rows.features)} indicators of "
        f"{learned.catalogue.version}"
        + (f", not told apart by {', '.join(learned.unused)}." if learned.unused else "."),
        f"Weights: {rows.trimmed:.1%} of the visits cut to {learned.policy.trim:g} times the mean, "
        f"the heaviest stood for {rows.heaviest:.1f}.",
        "",
        f"Each month from {folds[0]} to {folds[-1]} scored by what was learned from what was known before it:",
        f"  {'':<26} {'AUC (95 %)':>24} {'half':>8} {'lift':>8} {'months: AUC':>12} {'half':>12} "
        f"{'of all: AUC (95 %)':>24} {'half':>8}",
        _worth("scorecard", learned.tried["scorecard"].worth),
        _worth("challenger (boosting)", learned.tried["challenger"].worth),
    ]
    if learned.in_force:
        lines.append(_worth("score in force", learned.in_force))
    lines += [
        "",
        "Calibration of all enterprises on the later of these months, fitted on the earlier as known before them:",
        f"  {'':<26} {'Brier (95 %)':>28} {'error (95 %)':>28} {'by chance':>12}   curve",
        _calibration("scorecard", learned.tried["scorecard"]),
        _calibration("challenger (boosting)", learned.tried["challenger"]),
        "",
        "Points:",
        *points_lines(learned.card),
        "",
        "Classes from "
        + ", ".join(f"{name} {least}" for name, least in learned.bounds.items())
        + " points, as a catalogue gives them: none for what is unknown, the other bands counted from there.",
        *(f"Registered: {model.name} {model.id}" for model in learned.models.values()),
    ]
    return "\n".join(lines)
