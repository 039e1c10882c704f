"""The bridge to Great Expectations: judges one staged delivery by its suite and writes its Data Docs page.

Belongs here: the judgement, and what is reported of it.
Does not belong here: suites (``suites``), the frame (``frame``), the library (``engine``), the page's looks (``page``),
Dagster.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from math import sqrt
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

from orchestration.feeds.contract import Contract
from orchestration.lake import workbench
from orchestration.quality.engine import run
from orchestration.quality.frame import delivery_values, is_row_check, is_update, load_frame
from orchestration.quality.page import Entry, write_page
from orchestration.quality.suites import DELIVERY_COLUMNS, DIMENSIONS, Check, Suite, load_suite
from orchestration.settings import PROJECT, Settings

if TYPE_CHECKING:
    import pandas as pd

    from orchestration.feeds.ingest import Staged

TOLERATED = 3
"""Rows that a check with ``mostly`` below 1 tolerates in any delivery: a rate says nothing about a few rows."""
DEVIATIONS = 3.0
"""Standard deviations by which the rate of a delivery may fall below ``mostly`` by chance (binomial)."""
SAMPLES = 3
LISTED = 12
SHOWN_TYPES = frozenset(
    {"code", "region", "industry", "date", "month", "year", "amount", "ratio", "integer", "boolean"}
)
"""Column types whose unexpected values may be shown; text, names and identifiers may tell of a person."""


@dataclass(frozen=True)
class ExpectationOutcome:
    """What became of one check.

    Attributes:
        dimension: key of ``suites.DIMENSIONS``.
        expectation: id of the check in its suite.
        column: column or columns it reads.
        passed: whether it held; a check without enough rows to judge holds.
        observed: what was found, short.
        sentence: dimension, feed, month, column, expected, found, and for a failure where to mend.
    """

    dimension: str
    expectation: str
    column: str
    passed: bool
    observed: str
    sentence: str


@dataclass(frozen=True)
class QualityReport:
    """The judgement of one feed's month, and its page."""

    passed: bool
    results: list[ExpectationOutcome]
    page: Path

    @property
    def failures(self) -> list[str]:
        """One sentence for each check that failed."""
        return [result.sentence for result in self.results if not result.passed]


def validate(settings: Settings, staged: Staged) -> QualityReport:
    """Judge a staged delivery by its feed's suite; write ``settings.quality/<feed>/<month>.html``.

    Raises:
        SuiteError: the suite is missing or wrong.
    """
    contract = staged.contract
    suite = load_suite(settings, contract)
    with workbench(settings) as connection:
        values = delivery_values(connection, settings, staged)
        update = is_update(settings, staged)
        skipped = {check.id: reason for check in suite.checks if (reason := _skip(check, staged, values, update))}
        judged = [check for check in suite.checks if check.id not in skipped]
        of_rows = [check for check in judged if not set(check.columns) & set(DELIVERY_COLUMNS)]
        frame = load_frame(connection, settings, staged, suite, of_rows) if of_rows else None
    found = _judge(contract, frame, judged, values)
    results, entries = [], []
    for check in suite.checks:
        passed, observed, expected = found.get(check.id) or (True, skipped.get(check.id, "no values to judge"), None)
        column = ", ".join(check.columns)
        sentence = _sentence(staged, suite, check, expected or check.why, observed)
        sentence += "" if passed else _cure(suite, check, contract)
        results.append(ExpectationOutcome(check.dimension, check.id, column, passed, observed, sentence))
        entry = Entry(check.dimension, _label(suite, check), passed, check.id in found, expected, check.why, observed)
        entries.append(entry)
    passed = all(result.passed for result in results)
    page = settings.quality / contract.feed / f"{staged.month}.html"
    rows = 0 if frame is None else len(frame)
    failures = [result.sentence for result in results if not result.passed]
    write_page(page, contract, staged.summary, rows=rows, entries=entries, failures=failures)
    return QualityReport(passed=passed, results=results, page=page)


def _skip(check: Check, staged: Staged, values: dict[str, float | None], update: bool) -> str | None:
    """Why a check is not judged on this delivery, or null."""
    if check.when == "update" and not update:
        return "not judged: a first delivery or a correction carries history"
    own = [values[column] for column in check.columns if column in values]
    if own:
        return "not judged: too few rows" if own[0] is None else None
    if staged.summary.accepted < max(check.min_rows, 1):
        return f"not judged: fewer than {max(check.min_rows, 1)} rows"
    return None


def _judge(
    contract: Contract, frame: pd.DataFrame | None, checks: list[Check], values: dict[str, float | None]
) -> dict[str, tuple[bool, str, str | None]]:
    """Check id -> (passed, what was found, what was expected in Great Expectations' words)."""
    import pandas as pd

    frame = pd.DataFrame(index=range(1)) if frame is None else frame
    for name in sorted({column for check in checks for column in check.columns} & set(DELIVERY_COLUMNS)):
        frame[name] = float(values[name] or 0)
    checks = [check for check in checks if all(frame[column].notna().any() for column in check.columns)
              or check.type.endswith("not_be_null")]  # fmt: skip
    if not checks:
        return {}
    results = run(frame, [(check.id, check.type, _arguments(check, frame)) for check in checks], SAMPLES)
    by_id = {check.id: check for check in checks}
    outcome: dict[str, tuple[bool, str, str | None]] = {}
    for result in results:
        check = by_id[result.expectation_config.meta["id"]]
        outcome[check.id] = (
            bool(result.success),
            _observed(check, result, contract),
            _expected(check.type, json.dumps(check.kwargs, sort_keys=True)),
        )
    return outcome


def _arguments(check: Check, frame: pd.DataFrame) -> dict[str, Any]:
    """The check's arguments; ``mostly`` is lowered by what chance may do to the rows of this delivery."""
    kwargs = dict(check.kwargs)
    if check.type.startswith("expect_column_pair"):
        kwargs.setdefault("ignore_row_if", "either_value_is_missing")
    if check.type.startswith("expect_compound"):
        kwargs.setdefault("ignore_row_if", "never")
    if is_row_check(check) and kwargs.get("mostly", 1) < 1:
        rows = len(frame)
        if not check.type.endswith("not_be_null"):
            rows = int(frame[list(check.columns)].notna().all(axis=1).sum())
        kwargs["mostly"] = least_rate(kwargs["mostly"], rows)
    return kwargs


def least_rate(mostly: float, rows: int) -> float:
    """The rate that a delivery of so many rows must reach if ``mostly`` of all rows are as expected.

    A share in a delivery is an estimate: ``DEVIATIONS`` standard deviations below are chance, and so are ``TOLERATED``
    rows. For large deliveries it is ``mostly`` itself: 0.98 becomes 0.9796 for a million rows, 0.967 for a thousand.
    """
    if not rows:
        return 0.0
    chance = DEVIATIONS * sqrt(mostly * (1 - mostly) / rows)
    return max(0.0, min(mostly - chance, 1 - TOLERATED / rows - 1e-9))


@cache
def _expected(kind: str, arguments: str) -> str | None:
    """An expectation in Great Expectations' own words, long sets cut short; its arguments as JSON, so it is cached.

    Rendering costs as much as judging, and the sentences of a feed are the same each month.
    """
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration
    from great_expectations.expectations.registry import get_renderer_impl

    kwargs = json.loads(arguments)
    if len(kwargs.get("value_set") or []) > LISTED:
        kwargs["value_set"] = [*kwargs["value_set"][:LISTED], "…"]
    render = get_renderer_impl(kind, "atomic.prescriptive.summary")
    if render is None:
        return None
    shown = render[1](configuration=ExpectationConfiguration(type=kind, kwargs=kwargs)).to_json_dict()
    values = {name: item.get("value") for name, item in shown["value"].get("params", {}).items()}
    return Template(shown["value"]["template"]).safe_substitute(values)


def _observed(check: Check, result: Any, contract: Contract) -> str:
    found, raised = result.result, result.exception_info or {}
    if not found:
        message = raised.get("exception_message") or next(
            (item.get("exception_message") for item in raised.values() if isinstance(item, dict)), "no result"
        )
        return f"could not be judged ({str(message).splitlines()[0][:200]})"
    if "unexpected_count" in found:
        rows = found["element_count"] - found.get("missing_count", 0)
        if not found["unexpected_count"]:
            return f"all {rows} rows as expected"
        samples = dict.fromkeys(map(_plain, found.get("partial_unexpected_list") or []))
        text = f"{found['unexpected_count']} of {rows} rows otherwise"
        return text + (f" (e.g. {', '.join(samples)})" if samples and _may_show(check, contract) else "")
    if "partial_missing_list" in found and not result.success:
        return f"missing: {', '.join(map(str, found['partial_missing_list']))}"
    value = found.get("observed_value")
    if isinstance(value, float) and check.columns[0].endswith("_share"):
        return f"{value:.1%}"
    return _plain(value) if value is not None else "as expected"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return " / ".join(map(_plain, value))
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value).replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")


def _may_show(check: Check, contract: Contract) -> bool:
    types = {column.name: column.type for column in contract.columns}
    telling = check.type not in ("expect_compound_columns_to_be_unique", "expect_column_values_to_not_be_null")
    return telling and all(types.get(column, "integer") in SHOWN_TYPES for column in check.columns)


def _sentence(staged: Staged, suite: Suite, check: Check, expected: str, observed: str) -> str:
    contract = staged.contract
    return (
        f"{contract.title_zh} {contract.feed} {staged.month}, {check.dimension} {DIMENSIONS[check.dimension]}, "
        f"{_label(suite, check)}: expected: {expected.rstrip('.')}; found: {observed}."
    )


def _label(suite: Suite, check: Check) -> str:
    """The check's columns, helper columns with what they are made of."""
    return ", ".join(
        f"{name} ({suite.derived[name][0]} of {', '.join(suite.derived[name][1])})" if name in suite.derived else name
        for name in check.columns
    )


def _cure(suite: Suite, check: Check, contract: Contract) -> str:
    place = suite.path.relative_to(PROJECT) if suite.path.is_relative_to(PROJECT) else suite.path
    return (
        f" Ask {contract.owner} for a corrected delivery, or mend {check.id!r} in {place} "
        f"if the rule is wrong ({check.why.rstrip('.')})."
    )
