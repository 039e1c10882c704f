"""How right the mentions are, where it is known whom texts mean: precision of what is accepted, recall by kind of name.

Belongs here: counting mentions against a truth. Does not belong here: where a truth comes from (``simulation.web``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from orchestration.evaluation.measures import Estimate, MeasureError, wilson
from orchestration.resolution.weigh import ACCEPT, REVIEW
from orchestration.settings import Settings
from orchestration.table import render
from orchestration.web.match.run import STEP, texts_of
from orchestration.web.store import Partition


@dataclass(frozen=True)
class Rightness:
    """What was measured.

    Attributes:
        accepted: pairs of text and enterprise in the accept band.
        precision: of these, the share that the truth confirms, with its interval.
        recall: a row per kind of name and whether the text says where the enterprise is: ``name_kind``, ``supported``,
            ``mentions``, ``accepted`` (rightly), ``review`` (asked about), ``recall``.
        wrong: the accepted pairs that the truth does not confirm: ``url``, ``enterprise_id``, ``mention``, ``reasons``.
    """

    accepted: int
    precision: Estimate
    recall: pl.DataFrame
    wrong: pl.DataFrame


def rightness(mentions: pl.DataFrame, truth: pl.DataFrame) -> Rightness:
    """Count mentions against the truth.

    Args:
        mentions: ``url`` of the text, ``enterprise_id``, ``mention``, ``band``, ``reasons``.
        truth: ``url``, ``enterprise_id`` (null: nobody of the register), ``name_kind``, ``supported``; only of texts
            that were read.

    Raises:
        MeasureError: nothing was accepted, so there is no precision.
    """
    true = truth.drop_nulls("enterprise_id")
    taken = (
        mentions.filter(pl.col("band") == ACCEPT)
        .unique(["url", "enterprise_id"], keep="first", maintain_order=True)
        .select("url", "enterprise_id", "mention", "reasons")
    )
    if not taken.height:
        raise MeasureError("No mention was accepted, so precision has no value; match a month that has texts.")
    wrong = taken.join(true, on=["url", "enterprise_id"], how="anti", maintain_order="left")
    asked = mentions.filter(pl.col("band") == REVIEW).select("url", "enterprise_id").unique()
    seen = true.join(taken.select("url", "enterprise_id", right=True), on=["url", "enterprise_id"], how="left").join(
        asked.with_columns(asked=True), on=["url", "enterprise_id"], how="left"
    )
    recall = (
        seen.with_columns(pl.col("right", "asked").fill_null(False))
        .group_by("name_kind", "supported")
        .agg(
            mentions=pl.len(),
            accepted=pl.col("right").sum(),
            review=(pl.col("asked") & ~pl.col("right")).sum(),
            recall=pl.col("right").mean(),
        )
        .sort("name_kind", "supported")
    )
    return Rightness(taken.height, wilson(taken.height - wrong.height, taken.height), recall, wrong)


def measure_months(settings: Settings, months: Iterable[str], truth: pl.DataFrame) -> Rightness:
    """Rightness of what the matching of these months kept; the truth of texts that were not read is left out."""
    found, read = [], []
    for month in months:
        addresses = texts_of(settings, month).select("text_id", "url")
        read.append(addresses.select("url"))
        found.append(Partition(settings, STEP, month).read("mentions").join(addresses, on="text_id", how="inner"))
    if not found:
        raise MeasureError("No month was given, so there is nothing to measure; name at least one.")
    return rightness(pl.concat(found), truth.join(pl.concat(read).unique(), on="url", how="semi"))


def table(measured: Rightness) -> str:
    """Precision in one line and recall as a table."""
    rate = measured.precision
    rows = [
        [row["name_kind"], "yes" if row["supported"] else "no", row["mentions"], row["accepted"], row["review"],
         f"{row['recall']:.3f}"]
        for row in measured.recall.iter_rows(named=True)
    ]  # fmt: skip
    return (
        f"accepted {measured.accepted:,}, precision {rate.value:.4f} ({rate.lower:.4f} to {rate.upper:.4f})\n\n"
        + render(["name", "place told", "mentions", "accepted", "review", "recall"], rows)
    )
