"""Expectation suites: what a delivery of one feed must look like, as data.

Belongs here: the shape of ``expectations/<feed>.yml``, loading it, a jurisdiction's overlay, the errors a person sees.
Does not belong here: the frame (``frame``), the judgement (``bridge``). Great Expectations is not imported here.

A suite groups its checks by the seven dimensions of data quality that SAMR names. A jurisdiction may overlay a suite
with a file of the same name in its own ``expectations`` folder: ``leave_out`` names checks by id, ``expectations`` adds
checks or replaces those of the same id.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from orchestration import yaml_text
from orchestration.feeds.contract import Contract, code_list
from orchestration.settings import IDENTIFIER, PROJECT, Settings

FOLDER = PROJECT / "expectations"

DIMENSIONS: dict[str, str] = {
    "completeness": "完整性", "conformity": "规范性", "redundancy": "冗余性", "linkage": "关联性",
    "accuracy": "准确性", "timeliness": "及时性", "coverage": "全面性",
}  # fmt: skip
"""SAMR's seven dimensions, in the order of the page."""

ROW_TYPES: dict[str, tuple[str, ...]] = {
    "expect_column_values_to_not_be_null": ("column",),
    "expect_column_values_to_match_regex": ("column",),
    "expect_column_values_to_be_in_set": ("column",),
    "expect_column_values_to_be_between": ("column",),
    "expect_column_values_to_be_unique": ("column",),
    "expect_column_pair_values_a_to_be_greater_than_b": ("column_A", "column_B"),
    "expect_column_pair_values_to_be_equal": ("column_A", "column_B"),
    "expect_compound_columns_to_be_unique": ("column_list",),
}
"""Expectations judged row by row, with the arguments that name columns; ``mostly`` applies to them."""
AGGREGATE_TYPES: dict[str, tuple[str, ...]] = {
    "expect_column_min_to_be_between": ("column",),
    "expect_column_max_to_be_between": ("column",),
    "expect_column_mean_to_be_between": ("column",),
    "expect_column_median_to_be_between": ("column",),
    "expect_column_proportion_of_unique_values_to_be_between": ("column",),
    "expect_column_unique_value_count_to_be_between": ("column",),
    "expect_column_distinct_values_to_contain_set": ("column",),
}
"""Expectations about one value of the whole delivery."""
TYPES = ROW_TYPES | AGGREGATE_TYPES

DERIVATIONS: dict[str, tuple[int, int]] = {
    "days_between": (2, 2), "age_days": (1, 9), "year_lag": (1, 1), "ratio": (2, 2), "gap": (3, 9), "given_if": (3, 20),
}  # fmt: skip
"""Kinds of helper column a suite may declare, with the least and most arguments; ``frame`` says what each means."""

DELIVERY_COLUMNS = (
    "delivered_rows", "quarantined_share", "superseded_share", "accepted_share", "regions_share",
    "largest_region_share",
)  # fmt: skip
"""Helper columns with one value per delivery; ``frame.delivery_values`` says what each means."""

USCC_PATTERN = r"^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$"
"""Form of a unified social credit code (GB 32100-2015): no I, O, S, V, Z. A jurisdiction abroad names its own form
as ``enterprise_id_pattern`` in its jurisdiction.yml."""

_KEYS = {"id", "type", "kwargs", "why", "when", "min_rows"}


class SuiteError(ValueError):
    """A suite cannot be used; the message names the file, the place and the cure."""


@dataclass(frozen=True)
class Check:
    """One expectation of a suite.

    Attributes:
        id: short name, unique in the suite.
        dimension: key of ``DIMENSIONS``.
        type: Great Expectations' name of the expectation.
        kwargs: its arguments, placeholders (``$codes``, ``$enterprise_id``) already filled in.
        why: the reason, one short sentence.
        when: ``always``, or ``update``: not on a feed's first delivery and not on corrections, which carry history.
        min_rows: judged only where at least so many rows were accepted.
    """

    id: str
    dimension: str
    type: str
    kwargs: dict[str, Any]
    why: str
    when: str = "always"
    min_rows: int = 0

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns the check reads."""
        found: list[str] = []
        for argument in TYPES[self.type]:
            value = self.kwargs[argument]
            found += value if isinstance(value, list) else [value]
        return tuple(found)


@dataclass(frozen=True)
class Suite:
    """All checks of one feed, and the helper columns they read: name -> (kind, arguments)."""

    feed: str
    path: Path
    checks: tuple[Check, ...]
    derived: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)


def all_suites() -> list[str]:
    """Names of all suites, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.yml"))


def load_suite(settings: Settings, contract: Contract) -> Suite:
    """The suite of a feed as this jurisdiction uses it.

    Raises:
        SuiteError: the file is missing or names something that does not exist.
    """
    path = FOLDER / f"{contract.feed}.yml"
    if not path.is_file():
        raise SuiteError(f"{path}: no suite for feed {contract.feed!r}; add the file, see {FOLDER / 'c01_base.yml'}.")
    content = _read(path)
    overlay = settings.definition / "expectations" / f"{contract.feed}.yml"
    entries = _entries(path, content)
    derived = dict(content.get("derived") or {})
    if overlay.is_file():
        over = _read(overlay)
        derived |= over.get("derived") or {}
        for name in over.get("leave_out") or []:
            if name not in entries:
                raise SuiteError(f"{overlay}: leave_out names {name!r}, which {path} does not have; mend the name.")
            del entries[name]
        entries |= _entries(overlay, over)
        path = overlay
    if content.get("feed") != contract.feed:
        raise SuiteError(f"{path}: says feed {content.get('feed')!r}; write feed: {contract.feed}.")
    helpers = {name: _derivation(path, contract, name, spec) for name, spec in derived.items()}
    known = {column.name for column in contract.columns} | set(helpers) | {"region_code"} | set(DELIVERY_COLUMNS)
    checks = tuple(
        _check(contract, settings, entry_path, (dimension, entry), known)
        for dimension in DIMENSIONS
        for found, entry_path, entry in entries.values()
        if found == dimension
    )
    return Suite(feed=contract.feed, path=path, checks=checks, derived=helpers)


@cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml_text.load(_text(path))
    except yaml.YAMLError as error:
        raise SuiteError(f"{path}: not valid YAML ({str(error).splitlines()[0]}); mend the file.") from error
    if not isinstance(content, dict) or set(content) - {"feed", "derived", "expectations", "leave_out"}:
        raise SuiteError(f"{path}: expected only the keys feed, derived, expectations, leave_out; mend the file.")
    return content


def _entries(path: Path, content: dict[str, Any]) -> dict[str, tuple[str, Path, dict[str, Any]]]:
    entries: dict[str, tuple[str, Path, dict[str, Any]]] = {}
    for dimension, listed in (content.get("expectations") or {}).items():
        if dimension not in DIMENSIONS:
            raise SuiteError(f"{path}: unknown dimension {dimension!r}; use one of {', '.join(DIMENSIONS)}.")
        for entry in listed or []:
            name = entry.get("id") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not IDENTIFIER.match(name) or name in entries:
                raise SuiteError(f"{path}: {dimension}: id {name!r} is missing, taken or no lower-case name; mend it.")
            entries[name] = (dimension, path, entry)
    return entries


def _derivation(path: Path, contract: Contract, name: str, spec: object) -> tuple[str, tuple[str, ...]]:
    if not isinstance(spec, dict) or len(spec) != 1 or not IDENTIFIER.match(name):
        raise SuiteError(f"{path}: derived {name!r}: write one kind and its arguments, e.g. {{days_between: [a, b]}}.")
    kind, arguments = next(iter(spec.items()))
    if kind not in DERIVATIONS:
        raise SuiteError(f"{path}: derived {name!r}: unknown kind {kind!r}; use one of {', '.join(DERIVATIONS)}.")
    least, most = DERIVATIONS[kind]
    if not isinstance(arguments, list) or not least <= len(arguments) <= most:
        raise SuiteError(f"{path}: derived {name!r}: {kind} takes {least} to {most} arguments; mend the list.")
    columns = {column.name for column in contract.columns}
    if name in columns:
        raise SuiteError(f"{path}: derived {name!r} has the name of a column of the contract; choose another name.")
    for column in arguments[:2] if kind == "given_if" else arguments:
        if column not in columns:
            raise SuiteError(f"{path}: derived {name!r}: column {column!r} is not in the contract; mend the name.")
    return kind, tuple(map(str, arguments))


def _check(
    contract: Contract, settings: Settings, path: Path, item: tuple[str, dict[str, Any]], known: set[str]
) -> Check:
    dimension, entry = item
    where = f"{path}: {entry['id']}"
    if set(entry) - _KEYS or not {"id", "type", "kwargs", "why"} <= set(entry):
        raise SuiteError(f"{where}: needs id, type, kwargs and why, may have when and min_rows; mend the keys.")
    kind = entry["type"]
    if kind not in TYPES:
        raise SuiteError(f"{where}: unknown expectation type {kind!r}; use one of {', '.join(TYPES)}.")
    kwargs = dict(entry["kwargs"])
    if missing := [argument for argument in TYPES[kind] if argument not in kwargs]:
        raise SuiteError(f"{where}: {kind} needs the argument {missing[0]!r}; add it under kwargs.")
    if kwargs.get("regex") == "$enterprise_id":
        kwargs["regex"] = settings.profile.get("enterprise_id_pattern") or USCC_PATTERN
    if kwargs.get("value_set") == "$codes":
        codes = next((column.codes for column in contract.columns if column.name == kwargs["column"]), None)
        if codes is None:
            raise SuiteError(f"{where}: $codes needs a column with a code list; {kwargs['column']!r} has none.")
        kwargs["value_set"] = [row["code"] for row in code_list(settings, codes)]
    if entry.get("when", "always") not in ("always", "update"):
        raise SuiteError(f"{where}: when is {entry['when']!r}; write always or update.")
    check = Check(
        id=entry["id"], dimension=dimension, type=kind, kwargs=kwargs, why=str(entry["why"]),
        when=entry.get("when", "always"), min_rows=int(entry.get("min_rows", 0)),
    )  # fmt: skip
    for column in check.columns:
        if column not in known:
            raise SuiteError(f"{where}: column {column!r} is not in the contract of {contract.feed}; mend the name.")
    return check
