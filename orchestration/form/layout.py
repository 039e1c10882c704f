"""How the columns of the contract stand on the page: ``data/form.yml`` beside the contract.

Belongs here: the shape of that file, its faults, the fields of a page made from both.
Does not belong here: what a column means (``feeds.contract``), whether a value can be used (``judge``, ``rules``).

The page is made from the contract: a column that the contract gets later stands on it without a change here, and its
labels, help, options and demands are the contract's and the code lists' own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from orchestration import yaml_text
from orchestration.feeds.contract import Column, Contract, code_list, delivered_feeds, load_contract
from orchestration.settings import Settings

FILE = "form.yml"
Kind = Literal["text", "select", "date", "number", "person"]
_KINDS: dict[str, Kind] = {"date": "date", "integer": "number", "code": "select", "person_id": "person"}
"""Type of a column -> kind of its field; all others are plain text."""
Count = Annotated[int, Field(ge=1)]


class FormError(ValueError):
    """The form cannot be used; one sentence says what is wrong, where and how to mend it."""


class Plan(BaseModel):
    """``data/form.yml``; the comments in it say what each key is for."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    feed: str
    visit: tuple[str, ...]
    item: tuple[str, ...]
    folded: tuple[str, ...] = ()
    also_item: tuple[str, ...] = ()
    demanded: tuple[str, ...] = ()
    differ: tuple[tuple[str, str], ...] = ()
    correction: str
    visit_number: str
    items_at_first: Count
    items_at_most: Count
    text_longest: Count
    file_megabytes: Count
    file_rows: Count
    deliver_every_seconds: int = Field(ge=0)


@dataclass(frozen=True)
class Arrival:
    """When rows arrive: the month that takes them in, and the day where the jurisdiction is."""

    month: str
    today: date


@dataclass(frozen=True)
class Option:
    """A choice of a field: the text that is sent, the Chinese and the English label."""

    value: str
    zh: str
    en: str


@dataclass(frozen=True)
class Entry:
    """One field of the page.

    Attributes:
        column: the contract's column.
        kind: how it is asked.
        options: of a select, in the order of the code list.
        required: whether a row without it is refused on the page.
        folded: whether it stands behind "more".
        longest: characters of a text.
    """

    column: Column
    kind: Kind
    options: tuple[Option, ...]
    required: bool
    folded: bool
    longest: int

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.column.name


@dataclass(frozen=True)
class Layout:
    """Contract and plan together.

    Attributes:
        contract: of the feed.
        plan: ``data/form.yml``.
        visit: fields asked once.
        item: fields asked for each item.
    """

    contract: Contract
    plan: Plan
    visit: tuple[Entry, ...]
    item: tuple[Entry, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns of the contract."""
        return tuple(column.name for column in self.contract.columns)

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Columns that say what was found: codes mapped by text."""
        return tuple(column.name for column in self.contract.columns if column.by_text)

    @property
    def persons(self) -> tuple[str, ...]:
        """Columns that hold identifiers of persons, of which only hashes are kept."""
        return tuple(column.name for column in self.contract.columns if column.type == "person_id")

    def entry(self, name: str) -> Entry:
        """The field of a column."""
        return next(entry for entry in (*self.visit, *self.item) if entry.name == name)

    @property
    def correction(self) -> Entry:
        """The field for the reason of a correction."""
        return _entry_of(self.contract.column(self.plan.correction), self.plan, (), required=True)


def load_layout(settings: Settings) -> Layout:
    """The form of this jurisdiction: its own ``form.yml``, else the default's.

    Raises:
        FormError: the file is missing, has a key or a value that it may not have, names a column that the contract
            does not have, or the jurisdiction does not receive the feed.
    """
    path = settings.own_or_canonical(FILE)
    plan = _read(path)
    if plan.feed not in delivered_feeds(settings):
        raise FormError(f"{path}: feed: this jurisdiction does not receive {plan.feed!r}; name one that it receives.")
    contract = load_contract(settings, plan.feed)
    _check(path, plan, contract)
    options = {column.name: _options(settings, column) for column in contract.columns}
    named = {*plan.visit, *plan.item, plan.correction}
    later = tuple(column.name for column in contract.columns if column.name not in named)

    def entry(name: str, *, extra: bool = False) -> Entry:
        column = contract.column(name)
        required = not extra and (column.required or name in plan.demanded)
        made = _entry_of(column, plan, options[name], required=required)
        return made if not (extra or (name in later and not column.required)) else _folded(made)

    return Layout(
        contract,
        plan,
        tuple(entry(name) for name in plan.visit),
        (*(entry(name) for name in (*plan.item, *later)), *(entry(name, extra=True) for name in plan.also_item)),
    )


def _entry_of(column: Column, plan: Plan, options: tuple[Option, ...], *, required: bool) -> Entry:
    # what must be given is never hidden
    folded = column.name in plan.folded and not required
    return Entry(column, _KINDS.get(column.type, "text"), options, required, folded, plan.text_longest)


def _folded(entry: Entry) -> Entry:
    return Entry(entry.column, entry.kind, entry.options, entry.required, True, entry.longest)


def _options(settings: Settings, column: Column) -> tuple[Option, ...]:
    """Choices of a column with codes: the label where the codes are mapped by text, else the code."""
    if column.type != "code" or column.codes is None:
        return ()
    rows = code_list(settings, column.codes)
    return tuple(
        Option(row["label_zh"] if column.by_text else row["code"], row["label_zh"], row["label_en"]) for row in rows
    )


def _read(path: Path) -> Plan:
    if not path.is_file():
        raise FormError(f"{path}: the file is missing; it says how the contract's columns stand on the form.")
    try:
        return Plan.model_validate(yaml_text.load(path.read_text(encoding="utf-8")))
    except yaml.YAMLError as error:
        raise FormError(f"{path}: not valid YAML ({str(error).splitlines()[0]}); mend the file.") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        raise FormError(f"{_line(path, key)}: {key or 'form'}: {first['msg']}; mend the file.") from error


def _line(path: Path, key: str) -> str:
    """The file, with the line on which a key stands where it does."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((f"{path}:{number}" for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")), str(path))


def _check(path: Path, plan: Plan, contract: Contract) -> None:
    known = {column.name for column in contract.columns}
    lists = {
        "visit": plan.visit, "item": plan.item, "folded": plan.folded, "also_item": plan.also_item,
        "demanded": plan.demanded, "differ": tuple(name for pair in plan.differ for name in pair),
        "correction": (plan.correction,), "visit_number": (plan.visit_number,),
    }  # fmt: skip
    for key, names in lists.items():
        for name in names:
            if name not in known:
                raise FormError(
                    f"{_line(path, key)}: {key} names the column {name!r}, which the contract {contract.feed} does not "
                    "have; mend the name."
                )
    if plan.correction != contract.corrects:
        raise FormError(
            f"{_line(path, 'correction')}: the contract {contract.feed} marks corrections by {contract.corrects!r}; "
            "name the same column."
        )
    placed = [*plan.visit, *plan.item, plan.correction]
    for name in placed:
        if placed.count(name) > 1:
            raise FormError(f"{_line(path, 'item')}: the column {name!r} is placed twice; name it once.")
    for name in plan.also_item:
        if name not in plan.visit:
            raise FormError(f"{_line(path, 'also_item')}: {name!r} is not asked for the visit; name it under visit.")
    if plan.items_at_first > plan.items_at_most:
        raise FormError(f"{_line(path, 'items_at_first')}: more items at first than at most; mend one of them.")
