"""Rules beyond the door's: what the suite expects of each row, today, the register, draws, what was recorded before.

Belongs here: one function for each net, rows to faults or to doubts.
Does not belong here: whether a value can be read at all (``judge``), where the other rows come from (``recorded``,
``draws``).

At the door a suite tolerates a share of odd rows, since nobody can be asked there. Here somebody can, so every row must
hold what its suite says of rows. A doubt is less than a fault: it must be looked at, and may be kept.
"""

from __future__ import annotations

from datetime import date

import polars as pl
from stdnum.cn import uscc

from orchestration.feeds.contract import Contract
from orchestration.feeds.errors import IDENTITY_NUMBER
from orchestration.form.judge import FAULTS, PLACE, Judged, joined
from orchestration.form.layout import Layout
from orchestration.partition import months_until
from orchestration.quality.suites import load_suite
from orchestration.resolution.review import LATEST
from orchestration.resolution.store import Partition
from orchestration.settings import Settings

PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
BETWEEN = "expect_column_values_to_be_between"


def none() -> pl.DataFrame:
    """No faults."""
    return pl.DataFrame(schema=FAULTS)


def _found(
    rows: pl.DataFrame, wrong: pl.Expr, column: str | None, reason: str, detail: pl.Expr | None = None
) -> pl.DataFrame:
    text = pl.lit(None, pl.String) if detail is None else detail.cast(pl.String)
    return rows.filter(wrong.fill_null(False)).select(
        PLACE, column=pl.lit(column, pl.String), reason=pl.lit(reason), detail=text
    )


def row_faults(settings: Settings, layout: Layout, judged: Judged, today: date) -> pl.DataFrame:
    """Faults that a row shows by itself: its suite's expectations, days to come, long texts, one person twice."""
    typed, contract = judged.typed, layout.contract
    frames = [none(), *_suite(settings, contract, typed)]
    for column in contract.columns:
        value = pl.col(column.name)
        if column.type == "date":
            frames.append(_found(typed, value > today, column.name, "after_today", value))
        if column.sql_type == "VARCHAR" and column.type not in ("code", "person_id"):
            frames.append(_found(typed, value.str.len_chars() > layout.plan.text_longest, column.name, "too_long"))
    frames += [_found(typed, pl.col(first) == pl.col(second), second, "differ") for first, second in layout.plan.differ]
    return pl.concat(frames)


def _suite(settings: Settings, contract: Contract, typed: pl.DataFrame) -> list[pl.DataFrame]:
    """What the suite of the feed says of each row, with columns of the contract only."""
    names = {column.name for column in contract.columns}
    frames = []
    for check in load_suite(settings, contract).checks:
        if not set(check.columns) <= names:
            continue
        if check.type == PAIR:
            later, earlier = check.columns
            wrong = pl.col(later) < pl.col(earlier)
            if not check.kwargs.get("or_equal"):
                wrong |= pl.col(later) == pl.col(earlier)
            frames.append(_found(typed, wrong, later, "order", pl.col(earlier)))
        if check.type == BETWEEN and contract.column(check.columns[0]).type in ("integer", "ratio", "amount"):
            value, low, high = pl.col(check.columns[0]), check.kwargs.get("min_value"), check.kwargs.get("max_value")
            for bound, wrong in ((low, value < low), (high, value > high)):
                if bound is not None:
                    frames.append(_found(typed, wrong, check.columns[0], "range", value))
    return frames


def demanded(layout: Layout, judged: Judged) -> pl.DataFrame:
    """Faults of rows that lack what the page demands beyond the contract."""
    missing = [_found(judged.rows, pl.col(name).is_null(), name, "missing_required") for name in layout.plan.demanded]
    return pl.concat([none(), *missing])


def repeated(layout: Layout, judged: Judged) -> pl.DataFrame:
    """Faults of rows whose key comes again in a later row; a fault stands at the last column of the key."""
    key = list(layout.contract.key)
    whole = judged.rows.filter(pl.all_horizontal(pl.col(key).is_not_null()))
    return _found(whole, pl.col(PLACE) < pl.col(PLACE).max().over(key), key[-1], "repeated", pl.col(key[-1]))


def against_recorded(layout: Layout, judged: Judged, recorded: pl.DataFrame) -> pl.DataFrame:
    """Faults of rows in the light of what stands recorded: a correction needs a reason, and something to correct.

    Args:
        layout: contract and plan.
        judged: the rows.
        recorded: the contract's columns as text, one row per key, as ``recorded.with_keys`` gives them.
    """
    key, correction = list(layout.contract.key), layout.plan.correction
    others = [name for name in layout.columns if name not in (*key, correction)]
    before = recorded.select(*key, *(pl.col(name).alias(f"before_{name}") for name in others), known=pl.lit(True))
    rows = judged.rows.join(before, on=key, how="left", maintain_order="left")
    known = pl.col("known").fill_null(False)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"before_{name}")) for name in others)
    given = pl.col(correction).is_not_null()
    whole = pl.all_horizontal(pl.col(key).is_not_null())
    return pl.concat(
        [
            _found(rows, known & same, key[-1], "unchanged", pl.col(key[-1])),
            _found(rows, known & ~same & ~given, correction, "recorded", pl.col(key[-1])),
            _found(rows, whole & ~known & given, correction, "nothing_to_correct", pl.col(key[-1])),
        ]
    )


def doubts(settings: Settings, layout: Layout, judged: Judged, visits: pl.DataFrame) -> pl.DataFrame:
    """What a person should look at once more and may keep: check characters, strange codes, visits unknown or put off.

    Args:
        settings: whose register.
        layout: contract and plan.
        judged: the rows.
        visits: visits of published draws, ``draws.enterprises``.
    """
    number = layout.plan.visit_number
    frames = [none()]
    for column in layout.contract.columns:
        if column.type != "uscc":
            continue
        codes = judged.rows[column.name].drop_nulls().unique()
        strange = _unregistered(settings, codes)
        # a code that is in the register is right whatever its check character says
        candidates = codes if strange is None else strange
        mistyped = [code for code in candidates.to_list() if not uscc.is_valid(code)]
        value = pl.col(column.name)
        frames.append(_found(judged.rows, value.is_in(mistyped), column.name, "check_character", value))
        if strange is not None:
            frames.append(_found(judged.rows, value.is_in(strange.implode()), column.name, "unregistered", value))
    for name in layout.contract.key:
        # the door blots these out of other texts, and must leave a key as it is
        if layout.contract.column(name).type == "text":
            frames.append(_found(judged.rows, pl.col(name).str.contains(IDENTITY_NUMBER), name, "identity_number"))
    unknown = pl.col(number).is_not_null() & ~pl.col(number).is_in(visits["visit_id"].implode())
    frames.append(_found(judged.rows, unknown, number, "unknown_visit", pl.col(number)))
    off = visits.filter(pl.col("put_off").is_not_null())["visit_id"]
    frames.append(_found(judged.rows, pl.col(number).is_in(off.implode()), number, "put_off", pl.col(number)))
    return joined(*frames)


def _unregistered(settings: Settings, codes: pl.Series) -> pl.Series | None:
    """Codes that are not in the register; None where no register was made yet."""
    months = months_until(settings, Partition.branch, "names", LATEST)
    if not months or not len(codes):
        return None
    path = Partition(settings, "names", months[-1]).folder / "enterprises.parquet"
    known = (
        pl.scan_parquet(path)
        .filter(pl.col("enterprise_id").is_in(codes.implode()))
        .select("enterprise_id")
        .unique()
        .collect()
    )
    return codes.filter(~codes.is_in(known["enterprise_id"].implode())).sort()


def of_drawn(layout: Layout, judged: Judged, visits: pl.DataFrame) -> pl.DataFrame:
    """Faults of rows that name a visit of another enterprise."""
    number = layout.plan.visit_number
    drawn = visits.select(pl.col("visit_id").alias(number), drawn_for="enterprise_id").unique(number)
    rows = judged.rows.join(drawn, on=number, how="left", maintain_order="left")
    return _found(rows, pl.col("drawn_for") != pl.col("enterprise_id"), number, "other_enterprise", pl.col(number))
