"""From evidence to confidence: one model for mentions in texts and for rows of departments.

Belongs here: the sum of weights, confidence, bands, reasons.
Does not belong here: what agrees with what (``web.match``, ``records``), what agreement is worth (``policy``).

Fellegi and Sunter (1969): the bits of a candidate add up to the log2 odds that it is meant rather than nobody known. A
mention means one enterprise at most, so its candidates share: confidence = 2^bits / (1 + sum of 2^bits of all). Two
equal namesakes (重名) get half each and neither is accepted, however sure it is that one of them is meant.
"""

from __future__ import annotations

import polars as pl

from orchestration.resolution.policy import Policy

ACCEPT, REVIEW, REJECT = "accept", "review", "reject"
_CEILING = 60.0
"""Bits above this are as good as certain; keeps powers of two finite."""


def weigh(candidates: pl.DataFrame, policy: Policy, mention: str = "mention_id") -> pl.DataFrame:
    """Confidence, band and reasons of each candidate of each mention.

    Args:
        candidates: one row per mention and candidate: the column ``mention``, ``enterprise_id``, and any of the
            evidence columns of ``policy.weights``, each with what was found (a key of the policy) or null for nothing.
            Other columns stay.
        policy: what findings are worth.
        mention: column by which the candidates of one mention are grouped.

    Returns:
        The rows, ordered by mention and falling confidence (ties by enterprise), with ``bits`` (log2 odds),
        ``confidence`` (0 to 1), ``joint`` (sum over the mention), ``rank`` from 1, ``band`` and ``reasons``. Accept:
        the candidate alone is certain enough. Review: nobody is, but all together are. Of an accepted or reviewed
        mention the candidates below the first are rejected; a reviewer sees them all in the question.

    Raises:
        ValueError: a finding is not in the policy.
    """
    used = [name for name in policy.weights if name in candidates.columns]
    for name in used:
        unknown = set(candidates[name].drop_nulls().unique()) - set(policy.weights[name])
        if unknown:
            raise ValueError(
                f"policy {policy.version}: weights.{name} does not say what {sorted(unknown)[0]!r} is worth; add it."
            )
    worth = [
        pl.col(name).replace_strict(
            {found: weight.bits for found, weight in policy.weights[name].items()}, default=0.0, return_dtype=pl.Float64
        )
        for name in used
    ]
    words = [
        pl.col(name).replace_strict(
            {found: f"{weight.says} {weight.bits:+g}" for found, weight in policy.weights[name].items()},
            default=None,
            return_dtype=pl.String,
        )
        for name in used
    ]
    bits = pl.sum_horizontal(*worth).clip(-_CEILING, _CEILING) if worth else pl.lit(0.0)
    odds = pl.lit(2.0).pow(pl.col("bits"))
    frame = candidates.with_columns(bits=bits, reasons=pl.concat_str(*words, separator="; ", ignore_nulls=True))
    frame = frame.with_columns(confidence=odds / (1.0 + odds.sum().over(mention)))
    frame = frame.sort(mention, "confidence", "enterprise_id", descending=[False, True, False]).with_columns(
        joint=pl.col("confidence").sum().over(mention),
        rank=pl.int_range(1, pl.len() + 1).over(mention),
    )
    first = pl.col("rank") == 1
    return frame.with_columns(
        band=pl.when(first & (pl.col("confidence") >= policy.bands.accept))
        .then(pl.lit(ACCEPT))
        .when(first & (pl.col("joint") >= policy.bands.review))
        .then(pl.lit(REVIEW))
        .otherwise(pl.lit(REJECT))
    )
