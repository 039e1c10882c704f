"""Which texts of a month repeat an older one, over all sources.

Belongs here: which pairs are looked at, what makes a copy, the tables ``copies`` and ``signatures``.
Does not belong here: signatures and likeness (``signatures``), what a copy is worth (``signals``).

Only texts that share a band are looked at: each with the oldest and with the next older text of that band, so that the
number of pairs grows with the number of texts even where thousands are alike. A pair is a copy if its likeness, counted
exactly, is high enough and it names the same firms and the same long numbers: two complaints written after one
pattern about two firms, or with two order numbers, are two complaints. Versions of one page are no copies.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from pydantic import Field

from orchestration.settings import Settings, month_shift
from orchestration.web.extract.signatures import BANDS, RUN, compared, estimate, likeness, signatures
from orchestration.web.periods import Period, period
from orchestration.web.store import COPIES, SIGNATURES, Partition, months_until, sources_of

PAIRS = 20_000
"""Pairs compared at once; bounds memory."""
DOUBT = 0.2
"""How far the likeness told by signatures may lie below what is asked for; more than three standard errors."""
NUMBERS = r"[0-9a-z]*[0-9]{4,}[0-9a-z]*"
FIRMS = r"\p{Han}{2,10}(?:有限责任公司|股份有限公司|有限公司)"
"""Of a firm's name the ten characters before its form are compared: what stands before is the sentence around it."""


class CopiesPeriod(Period):
    """What counts as a copy in some months.

    Attributes:
        likeness: least share of runs of four characters in common, 0 to 1.
        window_days: days back to which older texts are looked at.
        least_characters: letters and digits below which nothing is called a copy.
    """

    likeness: float = Field(..., ge=0.5, le=1)
    window_days: int = Field(..., ge=0, le=3_660)
    least_characters: int = Field(..., ge=RUN)


@dataclass(frozen=True)
class CopiesSummary:
    """Which texts of a month repeat older ones.

    Attributes:
        month: YYYY-MM.
        texts: texts of the month that have a text.
        compared: texts long enough to be compared.
        earlier: texts of earlier months that they were compared with.
        earlier_months: how many months these come from.
        pairs: pairs whose likeness was counted.
        copies: texts that repeat an older one.
    """

    month: str
    texts: int
    compared: int
    earlier: int
    earlier_months: int
    pairs: int
    copies: int


def near_duplicates(settings: Settings, month: str, say: Callable[[str], None] = print) -> CopiesSummary:
    """Find the copies among the texts of a month and replace its partition of step ``copies``.

    Months before must have been done before; nothing of a later month is read.

    Args:
        settings: whose lake.
        month: YYYY-MM.
        say: takes lines of progress.

    Raises:
        PeriodError: ``copies.yml`` is missing, wrong or does not cover the month.
    """
    rule = period(settings, "copies.yml", CopiesPeriod, month)
    texts, own = _own(settings, month, rule)
    say(f"{month}: {own.height:,} of {texts:,} texts are long enough to be compared")
    months = window(settings, month, rule.window_days)
    known = _ordered([_earlier(settings, one) for one in months])
    whole = pl.concat([known, _ordered([own.with_columns(root="text_id", month=pl.lit(month))])])
    pairs = candidates(whole, known.height, rule.likeness)
    say(f"{month}: {len(pairs):,} pairs look alike, with {known.height:,} older texts and among themselves")
    found = _verified(settings, whole, pairs, rule.likeness)
    copies = roots(whole, known.height, found)
    summary = CopiesSummary(month, texts, own.height, known.height, len(months), len(pairs), copies.height)
    tables = {"copies": copies, "signatures": own.select(list(SIGNATURES))}
    Partition(settings, "copies", month).replace(tables, asdict(summary))
    say(f"{month}: {copies.height:,} texts repeat an older one")
    return summary


def window(settings: Settings, month: str, days: int) -> list[str]:
    """Months before ``month``, done, that end at most so many days before it begins."""
    first = date(int(month[:4]), int(month[5:]), 1) - timedelta(days=days)
    done = months_until(settings, "copies", month_shift(month, -1))
    return [one for one in done if _end(one) >= first]


def _end(month: str) -> date:
    year, number = int(month[:4]), int(month[5:])
    return date(year, number, calendar.monthrange(year, number)[1])


def _own(settings: Settings, month: str, rule: CopiesPeriod) -> tuple[int, pl.DataFrame]:
    """Number of texts of the month, and the signatures of those long enough."""
    parts, texts = [pl.DataFrame(schema=dict(SIGNATURES))], 0
    for source in sources_of(settings, "texts", month):
        table = Partition(settings, "texts", month, source).read("texts").filter(pl.col("text").is_not_null())
        texts += table.height
        bare = compared(table["text"])
        long_enough = bare.str.len_chars() >= rule.least_characters
        kept = table.filter(long_enough)
        parts.append(kept.with_columns(signature=signatures(bare.filter(long_enough))).select(list(SIGNATURES)))
    return texts, pl.concat(parts).sort("text_id")


def _earlier(settings: Settings, month: str) -> pl.DataFrame:
    done = Partition(settings, "copies", month)
    roots = done.read("copies").select("text_id", root="near_duplicate_of")
    joined = done.read("signatures").join(roots, on="text_id", how="left")
    return joined.with_columns(root=pl.coalesce("root", "text_id"), month=pl.lit(month))


def _ordered(parts: list[pl.DataFrame]) -> pl.DataFrame:
    """Oldest first: by month, then by the day stated, then as fetched; without a day after those with one."""
    empty = pl.DataFrame(schema={**SIGNATURES, "root": pl.String, "month": pl.String})
    return pl.concat([empty, *parts]).sort("month", "published_on", "fetched_at", "text_id", nulls_last=True)


def candidates(whole: pl.DataFrame, known: int, least: float) -> np.ndarray:
    """Pairs worth comparing.

    Args:
        whole: texts, oldest first, with ``signature`` and ``url``.
        known: how many of them, the first ones, belong to earlier months.
        least: likeness asked for; pairs whose signatures are clearly less alike are left out.

    Returns:
        int64, pairs x 2: place of a text of this month and of an older one; each pair once, in order.
    """
    if whole.height < 2:
        return np.zeros((0, 2), np.int64)
    values = whole["signature"].to_numpy()
    places = np.arange(whole.height, dtype=np.uint64)
    found = []
    for band in range(BANDS):
        # Sorted by band, then by place: a text stands behind the older ones of its band.
        ranked = np.sort((values[:, band].astype(np.uint64) << np.uint64(32)) | places)
        bucket, place = ranked >> np.uint64(32), (ranked & np.uint64(0xFFFFFFFF)).astype(np.int64)
        begins = np.append(True, bucket[1:] != bucket[:-1])
        oldest = place[np.maximum.accumulate(np.where(begins, np.arange(len(place)), 0))]
        wanted = np.flatnonzero(~begins & (place >= known))
        found += [place[wanted] << 32 | oldest[wanted], place[wanted] << 32 | place[wanted - 1]]
    pairs = np.concatenate(found)
    pairs.sort()
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])[: len(pairs)]]
    split = np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)
    pages = whole["url"].rank("dense").to_numpy()
    split = split[pages[split[:, 0]] != pages[split[:, 1]]]
    parts = [split[first : first + PAIRS] for first in range(0, len(split), PAIRS)]
    close = [part[estimate(values, part[:, 0], part[:, 1]) >= least - DOUBT] for part in parts]
    return np.concatenate([split[:0], *close])


def _verified(settings: Settings, whole: pl.DataFrame, pairs: np.ndarray, least: float) -> pl.DataFrame:
    """Pairs that are copies: ``newer``, ``older`` (places), ``likeness``."""
    schema = {"newer": pl.Int64, "older": pl.Int64, "likeness": pl.Float64}
    if not len(pairs):
        return pl.DataFrame(schema=schema)
    used = np.unique(pairs)
    texts = _texts(settings, whole[used])
    places = np.searchsorted(used, pairs)
    parts = [pl.DataFrame(schema=schema)]
    for first in range(0, len(pairs), PAIRS):
        here = places[first : first + PAIRS]
        members, local = np.unique(here, return_inverse=True)
        local = local.reshape(here.shape)
        few = texts.gather(members)
        alike = likeness(few, local[:, 0], local[:, 1])
        close = alike >= least
        if close.any():
            same = same_subject(few, local[close])
            kept = pairs[first : first + PAIRS][close][same]
            columns = {"newer": kept[:, 0], "older": kept[:, 1], "likeness": alike[close][same]}
            parts.append(pl.DataFrame(columns, schema=schema))
    return pl.concat(parts)


def _texts(settings: Settings, wanted: pl.DataFrame) -> pl.Series:
    """Texts as they are compared, in the order of ``wanted``; read from the partitions in which they lie."""
    parts = []
    for (month, source), group in wanted.group_by("month", "source", maintain_order=True):
        table = Partition(settings, "texts", str(month), str(source)).read("texts").select("text_id", "text")
        parts.append(table.join(group.select("text_id"), on="text_id", how="semi"))
    joined = wanted.select("text_id").join(pl.concat(parts), on="text_id", how="left", maintain_order="left")
    return compared(joined["text"])


def same_subject(texts: pl.Series, pairs: np.ndarray) -> np.ndarray:
    """Whether each pair names the same firms and long numbers; one may leave some out, but not have others instead.

    Args:
        texts: as ``compared`` gives them.
        pairs: places, pairs x 2.
    """
    named = pl.DataFrame({"text": texts}).select(
        numbers=pl.col("text").str.extract_all(NUMBERS), firms=pl.col("text").str.extract_all(FIRMS)
    )
    frame = pl.DataFrame(
        {f"{name}_{side}": named[name].gather(pairs[:, side]) for name in ("numbers", "firms") for side in (0, 1)}
    )

    def agree(name: str) -> pl.Expr:
        left, right = pl.col(f"{name}_0"), pl.col(f"{name}_1")
        return (left.list.set_difference(right).list.len() == 0) | (right.list.set_difference(left).list.len() == 0)

    return frame.select((agree("numbers") & agree("firms")).alias("same"))["same"].to_numpy()


def roots(whole: pl.DataFrame, known: int, found: pl.DataFrame) -> pl.DataFrame:
    """Table ``copies``: each text with the oldest text of its group.

    Args:
        whole: texts, oldest first, with ``root``, the oldest text of the group as known from earlier months.
        known: how many of them belong to earlier months.
        found: copies as ``newer``, ``older``, ``likeness``.
    """
    best = found.sort("newer", "older").unique("newer", keep="first", maintain_order=True)
    parent = np.arange(whole.height)
    parent[best["newer"].to_numpy()] = best["older"].to_numpy()
    # A text of an earlier month is an end: where it leads is known. Each round halves the way that is left.
    while not np.array_equal(further := parent[parent], parent):
        parent = further
    root = whole["root"].gather(parent)
    repeating = pl.DataFrame({"place": best["newer"], "likeness": best["likeness"]})
    return (
        pl.DataFrame({"text_id": whole["text_id"], "near_duplicate_of": root})
        .with_row_index("place")
        .with_columns(pl.col("place").cast(pl.Int64))
        .filter(pl.col("place") >= known)
        .join(repeating, on="place", how="inner")
        .select(list(COPIES))
        .sort("text_id")
    )
