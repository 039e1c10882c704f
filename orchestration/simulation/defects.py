"""Planted defects: the dirt that real deliveries carry, put in on purpose and written down where it is.

Belongs here: which defect stands in which feed and month, how it is put into a table, the list of what was planted.
Does not belong here: how the platform treats it (``feeds``); the list only says what is expected.

Defects that mend or remark a value change a row in place. Rows that must not get through are added beside the true
ones, so that the planted province stays whole. Each entry of the list: kind, feed, month (folder), file, row (1-based
data row in the file, null for whole files), key, expectation (outcome and rule).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from orchestration.feeds.contract import Contract, code_list
from orchestration.settings import Settings, month_shift
from orchestration.simulation.chance import Calendar, stream
from orchestration.simulation.identifiers import uscc
from orchestration.simulation.world import World

BREAKS = ("unknown_code", "unknown_column", "unreadable", "low_volume")
"""Defects that stop a feed's month; planted only when asked for."""
FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
LONG_TEXT = "依据有关规定对当事人的违法行为作出处罚，详见处罚决定书正文第三页所列各项内容及其附件"


@dataclass(frozen=True)
class Spec:
    """One kind of defect in one feed and delivery month (0 is the initial load).

    Attributes:
        kind: what it is called in the list.
        outcome: cleaned, quarantined, superseded, accepted, repeat, late, correction or read.
        rule: name of the cleaning rule or quarantine reason expected.
        column: column that carries it; for whole files the number of months by which they come later.
        count: rows that carry it.
        format: format of the file, where the defect needs one.
    """

    kind: str
    feed: str
    month: int
    outcome: str
    rule: str = ""
    column: str = ""
    count: int = 3
    format: str = ""


def _clean(kind: str, feed: str, month: int, column: str, rule: str = "") -> Spec:
    return Spec(kind, feed, month, "cleaned", rule or kind, column)


def _keep_out(kind: str, feed: str, month: int, column: str = "", *, rule: str = "", form: str = "") -> Spec:
    return Spec(kind, feed, month, "quarantined", rule or kind, column, 2, form)


SPECS = (
    _clean("literal_null", "c01_base", 2, "former_names"),
    _clean("literal_null", "c09_complaints", 0, "problem_class"),
    _clean("date_9999", "c01_base", 0, "term_to", "sentinel_date"),
    _clean("date_1900", "c04_abnormal_list", 0, "removed_on", "sentinel_date"),
    _clean("full_width", "c06_penalties", 0, "enterprise_id"),
    _clean("full_width", "c10_lawsuits", 2, "enterprise_id"),
    _clean("lower_case_code", "c10_lawsuits", 1, "enterprise_id"),
    _clean("lower_case_code", "c13_insured_staff", 3, "enterprise_id"),
    _clean("capital_with_currency", "c01_base", 1, "registered_capital"),
    _clean("capital_with_currency", "c01_base", 0, "registered_capital"),
    _clean("code_by_label", "c02_licences", 0, "licence_item"),
    _clean("retired_region", "c01_base", 0, "district_code"),
    Spec("pilot_code", "c01_base", 0, "cleaned", "uscc_check_digit", "enterprise_id", 0),
    Spec("duplicate_row", "c09_complaints", 0, "superseded"),
    Spec("duplicate_row", "w01_web_signals", 2, "superseded"),
    _keep_out("masked_code", "c02_licences", 0, "enterprise_id"),
    _keep_out("malformed_code", "c13_insured_staff", 0, "enterprise_id"),
    _keep_out("missing_required", "c04_abnormal_list", 0, "listed_on"),
    _keep_out("long_text_in_code", "c06_penalties", 0, "penalty_kind"),
    _keep_out("bad_date", "c08_sampling", 0, "sampled_on"),
    _keep_out("bad_number", "c12_arrears", 0, "arrears"),
    _keep_out("future_date", "c07_spot_checks", 0, "checked_on"),
    _keep_out("future_date", "c09_complaints", 3, "received_on"),
    _keep_out("penalty_on_person", "c06_penalties", 1, "subject_name"),
    _keep_out("other_jurisdiction", "c01_base", 3, "district_code"),
    Spec("override_without_expiry", "s01_overrides", 0, "quarantined", "missing_required", "expires_on", 1),
    Spec(
        "override_ends_before_it_begins", "s01_overrides", 0, "quarantined", "expires_before_decision", "expires_on", 1
    ),
    Spec("objection_to_no_record", "s01_objections", 0, "accepted", "", "record_key", 1),
    _keep_out("ragged_row", "c09_complaints", 1, rule="wrong_field_count", form="csv"),
    Spec("gbk_file", "c12_ratings", 0, "read", "gb18030", count=0, format="csv_gb_pipe"),
    Spec("excel_named_csv", "c02_licences", 1, "read", "xlsx", count=0, format="xlsx_as_csv"),
    Spec("late_delivery", "c03_report_amendments", 3, "late", column="1", count=0),
    Spec("late_delivery", "c14_trademarks", 2, "late", column="2", count=0),
    Spec("sent_again", "w01_web_signals", 4, "repeat", column="1", count=0),
    Spec("corrected", "c06_penalties", 2, "correction", column="1", count=0, format="csv"),
    Spec("corrected", "c08_sampling", 4, "correction", column="0", count=0, format="jsonl"),
)
"""Everything planted by default; an entry whose month lies beyond the simulation is left out."""


@dataclass
class Ledger:
    """What is planted, and where it went.

    Attributes:
        calendar: the months.
        breaks: (kind, feed, month) of one defect that stops a feed.
        entries: the list that is written beside the truth.
    """

    calendar: Calendar
    breaks: tuple[str, str, str] | None = None
    entries: list[dict[str, Any]] = field(default_factory=list)

    def specs(self, feed: str, month: int) -> list[Spec]:
        """Defects planned for a feed and month; the later month of a whole file must exist too."""
        return [
            spec
            for spec in SPECS
            if spec.feed == feed
            and spec.month == month
            and month + int(spec.column if spec.column.isdigit() else 0) <= self.calendar.months
        ]

    def note(
        self,
        spec: Spec,
        month: int,
        file: str,
        rows: list[int] | None = None,
        keys: list[Any] | None = None,
        **more: Any,
    ) -> None:
        """Write down rows, or a whole file, that carry a defect."""
        entry = {"kind": spec.kind, "feed": spec.feed, "month": self.calendar.received[month], "file": file}
        expectation = {"outcome": spec.outcome} | ({"rule": spec.rule} if spec.rule else {})
        column = {} if spec.column.isdigit() or not spec.column else {"column": spec.column}
        places: list[int | None] = list(rows) if rows is not None else [None]
        for place, row in enumerate(places):
            key = keys[place] if keys else None
            self.entries.append(entry | {"row": row, "key": key} | column | more | {"expectation": expectation})

    def break_kind(self, feed: str, month: int) -> str | None:
        """The feed-stopping defect asked for in this feed and month."""
        if self.breaks and self.breaks[1:] == (feed, self.calendar.received[month]):
            return self.breaks[0]
        return None

    def plans(self, feed: str, month: int) -> bool:
        """Whether the table of this feed and month is touched, so that all its values must be text."""
        return (
            any(spec.count or spec.kind == "pilot_code" for spec in self.specs(feed, month))
            or self.break_kind(feed, month) == "unknown_code"
        )


def planned_format(ledger: Ledger, feed: str, month: int, chosen: str) -> str:
    """The format that a planted defect needs, or the one chosen; never an archive where rows are counted."""
    specs = ledger.specs(feed, month)
    forced = [spec.format for spec in specs if spec.format]
    if forced:
        return forced[0]
    touched = ledger.plans(feed, month) or any(spec.outcome in ("late", "repeat") for spec in specs)
    return "csv" if chosen in ("zip", "parquet") and touched else chosen


def plant_rows(
    world: World, settings: Settings, contract: Contract, ledger: Ledger, *, month: int, file: str, table: pl.DataFrame
) -> pl.DataFrame:
    """Put the planned defects into a table of texts, and write down where they are."""
    used: set[int] = set()
    specs = [
        spec
        for spec in ledger.specs(contract.feed, month)
        if spec.outcome in ("cleaned", "quarantined", "superseded", "accepted")
    ]
    key = "enterprise_id" if contract.has_enterprise else contract.key[0]
    for spec in sorted(specs, key=lambda one: one.outcome != "cleaned"):
        if spec.kind == "ragged_row":
            continue
        rows = _choose(world, spec, table, used)
        if spec.outcome == "cleaned":
            if spec.kind != "pilot_code":
                table = _in_place(world, settings, contract, spec, table=table, rows=rows)
            numbers = [row + 1 for row in rows]
        else:
            extra = table[rows]
            if spec.outcome != "superseded":
                extra = _spoil(contract, spec, extra, ledger.calendar.received[month])
            numbers = [table.height + 1 + place for place in range(len(rows))]
            table = pl.concat([table, extra])
        keys = table[key].gather([number - 1 for number in numbers]).to_list() if numbers else []
        ledger.note(spec, month, file, numbers, keys)
    return table


def _choose(world: World, spec: Spec, table: pl.DataFrame, used: set[int]) -> list[int]:
    """Rows that can carry the defect and carry no other."""
    mask = np.ones(table.height, dtype=bool)
    if spec.kind == "pilot_code":
        pilots = world.uscc.filter(pl.Series(world.pilot))
        return np.flatnonzero(table["enterprise_id"].is_in(pilots.to_list()).to_numpy())[:20].tolist()
    if spec.column and spec.kind not in ("literal_null", "date_9999", "date_1900"):
        mask &= table[spec.column].is_not_null().to_numpy()
    elif spec.column:
        # an empty value becomes a wrongly written empty one, so that no fact is lost
        mask &= table[spec.column].is_null().to_numpy() | (spec.column == "problem_class")
    if spec.kind == "capital_with_currency":
        mask &= (table["capital_currency"].is_null() | (table["capital_currency"] == "人民币")).to_numpy()
    if spec.kind == "retired_region":
        old = [str(code) for code in world.places.code[world.places.retired > 0]]
        mask &= table["district_code"].is_in(old).to_numpy()
    if spec.column == "enterprise_id":
        # rows without a usable code are dirty enough
        mask &= table[spec.column].str.contains("^[0-9A-Z]{18}$").fill_null(value=False).to_numpy()
    if spec.kind == "lower_case_code":
        mask &= table[spec.column].str.contains("[A-Z]").fill_null(value=False).to_numpy()
    places = np.array([row for row in np.flatnonzero(mask).tolist() if row not in used], dtype=np.int64)
    rng = stream(world.seed, f"defects/{spec.feed}/{spec.month}/{spec.kind}")
    chosen = sorted(rng.permutation(places)[: spec.count].tolist())
    used.update(chosen)
    return chosen


def _set(table: pl.DataFrame, column: str, rows: list[int], values: list[str | None]) -> pl.DataFrame:
    return table.with_columns(table[column].scatter(rows, pl.Series(values, dtype=pl.String))) if rows else table


def _in_place(
    world: World, settings: Settings, contract: Contract, spec: Spec, *, table: pl.DataFrame, rows: list[int]
) -> pl.DataFrame:
    """Change values of true rows so that the platform has to mend or remark them."""
    old = table[spec.column].gather(rows).to_list() if rows else []
    retired = dict(zip(map(str, world.places.code), map(str, world.places.retired), strict=True))
    labels = {}
    if contract.column(spec.column).codes:
        labels = {row["code"]: row["label_zh"] for row in code_list(settings, str(contract.column(spec.column).codes))}
    change: dict[str, Callable[[str], str]] = {
        "literal_null": lambda _: "\\n",
        "date_9999": lambda _: "9999-9-9",
        "date_1900": lambda _: "1900-01-01",
        "full_width": lambda text: text.translate(FULL_WIDTH),
        "lower_case_code": str.lower,
        "capital_with_currency": lambda text: text + ("万人民币" if spec.month else "万元人民币"),
        "code_by_label": lambda text: labels.get(text, text),
        "retired_region": lambda text: retired[text],
    }
    return _set(table, spec.column, rows, [change[spec.kind](text or "") for text in old])


def _spoil(contract: Contract, spec: Spec, extra: pl.DataFrame, received: str) -> pl.DataFrame:
    """Rows that must be kept out or change nothing, made from true ones; their number shows where they come from."""
    rows = list(range(extra.height))
    for name in contract.key:
        if name != spec.column and contract.column(name).type == "text":
            extra = extra.with_columns(pl.concat_str(pl.col(name), pl.lit(f"-{spec.kind[:3]}")).alias(name))
    code = extra[spec.column].to_list() if spec.column else []
    values: dict[str, list[str | None]] = {
        "masked_code": [f"{text[:6]}********{text[-4:]}" for text in code],
        "malformed_code": [text[:11] for text in code],
        "missing_required": [None for _ in code],
        "override_without_expiry": [None for _ in code],
        "override_ends_before_it_begins": ["2001-01-01" for _ in code],
        "objection_to_no_record": ["无此记录-0000" for _ in code],
        "long_text_in_code": [LONG_TEXT for _ in code],
        "bad_date": ["2026-02-30" for _ in code],
        "bad_number": ["约三万多" for _ in code],
        "future_date": [f"{month_shift(received, 2)}-15" for _ in code],
        "penalty_on_person": ["张某某" for _ in code],
        "other_jurisdiction": ["370102" for _ in code],
    }
    extra = _set(extra, spec.column, rows, values[spec.kind])
    if spec.kind == "penalty_on_person":
        none: list[str | None] = [None for _ in rows]
        extra = _set(_set(extra, "enterprise_id", rows, none), "subject_kind", rows, ["自然人" for _ in rows])
    if spec.kind == "other_jurisdiction":
        serial = 31**6 - 1 - zlib.crc32(received.encode()) % 1000 - np.arange(extra.height)
        codes = uscc(serial, np.full(extra.height, ord("1")), np.full(extra.height, 370102))
        extra = _set(extra, "enterprise_id", rows, codes.to_list())
    return extra
