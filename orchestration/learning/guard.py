"""The guard: which features must not be learned from, because they tell the future, the inspector or the place.

Belongs here: four tests of a feature, one sentence for each that fails. Does not belong here: bounds (``policy``).

By name      inspector, visit, person and region are never features; a feature is an indicator of the catalogue.
By timing    a record behind a value that happened, or was first received, after the month of the class had ended.
By gain      a single feature that ranks almost rightly, or without which the model loses almost all it can: no record
             of the past does that.
By proxy     a feature whose value tells which inspector came or which region it is: the score would punish a place, or
             praise who looks away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

import numpy as np
import polars as pl

from orchestration.evaluation.measures import auc
from orchestration.learning.bins import Aim, choose
from orchestration.learning.policy import Guard, LearningError
from orchestration.learning.rows import LABEL, Rows

INDICATOR = re.compile(r"^H[0-9]{6}$")
GROUPS = {"lead_inspector_id": "inspector", "region_code": "region"}
"""Columns of the rows that a feature must not tell, and what a sentence calls them."""
FINE = 20
"""Bands into which a number is cut to see what it tells."""


class LeakError(LearningError):
    """Features that must not be learned from; each line is a sentence with feature, reason and cure."""


@dataclass(frozen=True)
class Leak:
    """One feature that failed a test.

    Attributes:
        feature: its name.
        test: ``name``, ``timing``, ``gain`` or ``proxy``.
        sentence: what is wrong and what to do.
    """

    feature: str
    test: str
    sentence: str


def refuse(leaks: list[Leak]) -> None:
    """Raise all of them together, if there are any.

    Raises:
        LeakError: there is at least one.
    """
    if leaks:
        raise LeakError("\n".join(leak.sentence for leak in leaks))


def by_name(features: list[str], guard: Guard) -> Iterator[Leak]:
    """Features that are named after what is never one, or are no indicator."""
    for feature in features:
        if pattern := next((one for one in guard.never if fnmatchcase(feature.lower(), one)), None):
            yield Leak(
                feature, "name", f"{feature}: {pattern!r} is never a feature (learning.yml, guard.never); leave it out."
            )
        elif not INDICATOR.match(feature):
            yield Leak(feature, "name", f"{feature}: is no indicator of the catalogue; make it one, or leave it out.")


def by_timing(sources: pl.DataFrame) -> Iterator[Leak]:
    """Features with a record that was not there when the class was decided.

    Args:
        sources: records behind values: ``feature``, ``class_month``, ``happened_on`` (date), ``received_month``, each
            null where it is not known.
    """
    late = sources.filter(
        (pl.col("received_month") > pl.col("class_month"))
        | (pl.col("happened_on").dt.strftime("%Y-%m") > pl.col("class_month"))
    )
    for (feature,), part in sorted(late.group_by("feature"), key=lambda pair: str(pair[0])):
        row = part.row(0, named=True)
        yield Leak(
            str(feature),
            "timing",
            f"{feature}: {part.height} of its records were not known at the end of the month of the class, the first "
            f"happened on {row['happened_on']} and came in {row['received_month']} for {row['class_month']}; read only "
            "what was known then.",
        )


def by_gain(rows: Rows, guard: Guard, score: Callable[[pl.DataFrame], np.ndarray] | None = None) -> Iterator[Leak]:
    """Features that are too good to be true.

    Args:
        rows: visits, all of them or held out.
        guard: the bounds.
        score: of a model on these features; shuffling one of them shows what the model owes to it.
    """
    label = rows.frame[LABEL]
    rng = np.random.default_rng(0)
    whole = _auc(score(rows.frame), label) if score else 0.0
    for feature in rows.features:
        alone = _alone(rows, feature)
        if alone >= guard.single_auc:
            yield Leak(
                feature,
                "gain",
                f"{feature}: alone it ranks the outcomes with an AUC of {alone:.3f}, from {guard.single_auc} on it is "
                "taken for something recorded at the visit; show where it comes from, or leave it out.",
            )
        elif score:
            mixed = rows.frame.with_columns(
                rows.frame[feature].gather(rng.permutation(rows.frame.height)).alias(feature)
            )
            gain = whole - _auc(score(mixed), label)
            if gain >= guard.permutation_gain:
                yield Leak(
                    feature,
                    "gain",
                    f"{feature}: without it the AUC falls by {gain:.3f}, from {guard.permutation_gain} on it is taken "
                    "for something recorded at the visit; show where it comes from, or leave it out.",
                )


def by_proxy(rows: Rows, guard: Guard) -> Iterator[Leak]:
    """Features that tell which inspector came, or which region it is."""
    for column, name in GROUPS.items():
        if column not in rows.frame.columns:
            continue
        known = rows.where(pl.col(column).is_not_null())
        if known.frame[column].n_unique() < 2:
            continue
        for feature in rows.features:
            told = tells(known.frame[feature], known.frame[column])
            if told >= guard.proxy:
                yield Leak(
                    feature,
                    "proxy",
                    f"{feature}: its value tells the {name} of {told:.0%} of the visits beyond the commonest one, from "
                    f"{guard.proxy:.0%} on it stands for the {name}; leave it out.",
                )


def tells(values: pl.Series, group: pl.Series) -> float:
    """How far a value gives a group away: right guesses beyond always guessing the commonest, 0 to 1.

    Guesses are learned on every other row and tried on the rest, so that many different values do not tell by chance.
    """
    if values.dtype.is_numeric():
        exact = values.drop_nulls().n_unique() <= max(FINE, values.len() // 4)
        key = values if exact else values.rank("average") // (values.len() / FINE + 1)
        key = key.cast(pl.String)
    else:
        key = values.cast(pl.String)
    frame = pl.DataFrame({"key": key.fill_null("(null)"), "group": group.cast(pl.String)}).with_row_index("at")
    learn, attempt = frame.filter(pl.col("at") % 2 == 0), frame.filter(pl.col("at") % 2 == 1)
    common = learn["group"].mode().sort()[0]
    guess = learn.group_by("key").agg(pl.col("group").mode().sort().first().alias("guess"))
    tried = attempt.join(guess, on="key", how="left").with_columns(pl.col("guess").fill_null(common))
    right = float((tried["guess"] == tried["group"]).mean())  # type: ignore[arg-type]
    base = float((tried["group"] == common).mean())
    return max(0.0, (right - base) / (1 - base)) if base < 1 else 0.0


def _alone(rows: Rows, feature: str) -> float:
    """AUC of one feature, whichever way it points: a number as it is, a category by its find rate."""
    values, label = rows.frame[feature], rows.frame[LABEL]
    if values.dtype.is_numeric():
        # an unknown value may be the leak: that a field was filled in only afterwards
        fine = choose(
            values.alias("value"),
            rows.arrays()[1],
            Aim("categorical"),
            numeric=True,
            most=FINE,
            least_share=1e-3,
            least_rows=10,
        )
        key = pl.Series(np.where(values.is_null().to_numpy(), -1, fine.place(values)))
    else:
        key = values.cast(pl.String).fill_null("(null)")
    frame = pl.DataFrame({"key": key, "label": label.cast(pl.Float64)})
    # the rate of the others of its band, so that a band of one row tells nothing
    rate = frame.with_columns(
        ((pl.col("label").sum().over("key") - pl.col("label") + pl.col("label").mean())
         / (pl.len().over("key"))).alias("rate")
    )["rate"].to_numpy()  # fmt: skip
    return _auc(rate, label)


def _auc(score: np.ndarray, label: pl.Series) -> float:
    return auc(pl.DataFrame({"score": score, "outcome": label.cast(pl.Boolean)})).value
