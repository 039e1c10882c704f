"""Feed contracts: what a department promised to send, as data.

Belongs here: the shape of a contract, loading it, overlaying a jurisdiction's own names and codes on it.
Does not belong here: reading deliveries (``reader``), cleaning values (``clean``).

A contract is ``data/contracts/<feed>.yml``. A jurisdiction may overlay it with a file of the same name in its own
``contracts`` folder, which adds header aliases, code aliases, a delimiter, and so on; it may not remove a column.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration import yaml_text
from orchestration.settings import IDENTIFIER, Settings

ColumnType = Literal[
    "uscc", "identifier", "text", "name", "code", "region", "industry", "date", "month", "year", "amount", "currency",
    "ratio", "integer", "boolean", "person_id", "holder_id", "person_name",
]  # fmt: skip

SQL_TYPE: dict[str, str] = {
    "date": "DATE", "year": "INTEGER", "amount": "DECIMAL(18,4)", "ratio": "DOUBLE", "integer": "BIGINT",
    "boolean": "BOOLEAN",
}  # fmt: skip
"""SQL type of each column type; all others are VARCHAR."""

AMOUNT_UNITS: dict[str, str] = {"wan_yuan": "1", "yuan": "0.0001"}
"""Unit of an amount as delivered -> factor to 万元, in which the lake keeps it."""

LEDGER_COLUMNS: dict[str, str] = {"received_month": "VARCHAR", "delivery_id": "VARCHAR", "row_no": "BIGINT"}
"""Columns that every accepted raw row carries beside those of its contract."""


class ContractError(ValueError):
    """A contract cannot be used; the message names the file, the place and the cure."""


class Column(BaseModel):
    """One column of a feed.

    Attributes:
        name: name in the lake.
        national: field name of the national standard, accepted as a header.
        zh: Chinese header, accepted as a header.
        aliases: further headers a jurisdiction uses.
        type: how the text is cleaned and cast.
        codes: code list of ``data/reference/code_lists.csv`` for type ``code``.
        code_aliases: jurisdiction's own text -> canonical code.
        unit: unit of an amount; ``wan_yuan`` is 10,000 yuan.
        required: a row without it is quarantined.
        constant: value given to every row where the delivery has no such column.
        copies: header of another delivered column to fill this one from (two columns fed by one header).
        by_text: codes are mapped by their text only, because sending systems number them differently.
        person_when: column -> code that makes the holder of a ``holder_id`` a natural person.
        personal_when: column -> codes with which this text names natural persons; an explanation then leaves it out.
        masked_when: column -> codes with which this name is a natural person's; its first character alone is kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    national: str
    zh: str
    type: ColumnType
    doc: str
    aliases: tuple[str, ...] = ()
    codes: str | None = None
    code_aliases: dict[str, str] = Field(default_factory=dict)
    unit: str | None = None
    required: bool = False
    constant: str | None = None
    copies: str | None = None
    by_text: bool = False
    person_when: dict[str, str] = Field(default_factory=dict)
    personal_when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    masked_when: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("name")
    @classmethod
    def _identifier(cls, value: str) -> str:
        if not IDENTIFIER.match(value):
            raise ValueError(f"{value!r} is not a lower-case identifier")
        return value

    @property
    def sql_type(self) -> str:
        """Type of the column in the lake."""
        return SQL_TYPE.get(self.type, "VARCHAR")


class Volume(BaseModel):
    """Rows expected in one month's delivery: fewer than ``min`` stops the feed, more than ``max`` warns."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    min: int = Field(0, ge=0)
    max: int = Field(..., gt=0)


class Replay(BaseModel):
    """How an archive delivered at once is split into the months in which its rows became known.

    Attributes:
        file: name of the archive file in the folder given on the command line.
        known_on: header of the column with the day on which a row became known.
        where: header -> values; only rows with one of these values belong to the feed.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    file: str
    known_on: str
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class QuarantineRule(BaseModel):
    """Rows that a contract keeps out although each of their values can be read; all conditions must hold.

    Attributes:
        reason: name under which the rows are counted.
        sentence: why, for a person; the row's place is added.
        equals: column -> code that the row has.
        missing: columns that the row leaves empty.
        before: date column -> date column; the first lies before the second.
        personal_name: column that reads like a person's name: two to four Chinese characters or with a middle dot,
            and no word of an organisation.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    reason: str
    sentence: str
    equals: dict[str, str] = Field(default_factory=dict)
    missing: tuple[str, ...] = ()
    before: dict[str, str] = Field(default_factory=dict)
    personal_name: str | None = None

    @field_validator("reason")
    @classmethod
    def _identifier(cls, value: str) -> str:
        if not IDENTIFIER.match(value):
            raise ValueError(f"{value!r} is not a lower-case identifier")
        return value

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns that the conditions name."""
        dates = (*self.before, *self.before.values())
        return (*self.equals, *self.missing, *dates, *((self.personal_name,) if self.personal_name else ()))


class Resolve(BaseModel):
    """Columns by which the enterprise of a row without a usable code is found (``resolution.records``).

    Such a row is accepted without an enterprise, unless its name reads like a person's or is one's by ``masked_when``.

    Attributes:
        name: name of the party; without it a row is kept out as before.
        address: text of its address.
        person: hashed identifier of its legal representative.
        district: its district, as a code or as a text that names the place, such as a court.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    address: str | None = None
    person: str | None = None
    district: str | None = None

    @property
    def roles(self) -> dict[str, str]:
        """Role -> column, of the roles that the contract names."""
        given = {"name": self.name, "address": self.address, "person": self.person, "district": self.district}
        return {role: column for role, column in given.items() if column is not None}


RESOLVE_TYPES: dict[str, tuple[ColumnType, ...]] = {
    "name": ("name",),
    "address": ("text",),
    "person": ("person_id",),
    "district": ("region", "text"),
}
"""Role of ``resolve`` -> types that its column may have."""


class Contract(BaseModel):
    """What one feed delivers each month; see the YAML files under ``data/contracts``.

    Attributes:
        resolve: columns by which rows without a usable enterprise code are matched to an enterprise.
        repair_ref: column by which a repair decision (``c05_repairs``) names a row of this feed, beside the enterprise.
        objections: whether an enterprise may object to a row of this feed (``s01_objections``).
        corrects: column that is given where a row corrects an earlier one; of the rows of a month with one key such a
            row counts, in whatever file it came.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    feed: str
    category: str
    title_zh: str
    title_en: str
    owner: str
    cadence: Literal["monthly"]
    due_day: int = Field(..., ge=1, le=28)
    required: bool
    fresh_months: int = Field(..., ge=1)
    volume: Volume
    key: tuple[str, ...]
    event_date: str
    columns: tuple[Column, ...]
    ignored_headers: tuple[str, ...] = ()
    delimiter: str | None = None
    encoding: str | None = None
    replay: Replay | None = None
    quarantine_when: tuple[QuarantineRule, ...] = ()
    repair_ref: str | None = None
    objections: bool = False
    corrects: str | None = None
    resolve: Resolve | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Contract:
        names = [column.name for column in self.columns]
        if len(names) != len(set(names)):
            raise ValueError("a column is named twice")
        for name in (*self.key, self.event_date, *filter(None, (self.repair_ref, self.corrects))):
            if name not in names:
                raise ValueError(
                    f"key, event_date, repair_ref or corrects names the column {name!r}, which the contract does not "
                    "have"
                )
        for column in self.columns:
            if (column.type == "code") != (column.codes is not None):
                raise ValueError(f"column {column.name!r}: type code and codes go together")
            if column.type == "amount" and column.unit not in AMOUNT_UNITS:
                raise ValueError(f"column {column.name!r}: unit must be one of {', '.join(AMOUNT_UNITS)}")
            for name in (*column.person_when, *column.personal_when, *column.masked_when):
                if name not in names:
                    raise ValueError(
                        f"column {column.name!r}: person_when, personal_when or masked_when names the unknown column "
                        f"{name!r}"
                    )
            if column.masked_when and column.type != "name":
                raise ValueError(f"column {column.name!r}: only a column of type name can have masked_when")
        return self

    @model_validator(mode="after")
    def _resolve_consistent(self) -> Contract:
        if self.resolve is None:
            return self
        types = {column.name: column.type for column in self.columns}
        if types.get("enterprise_id") != "uscc":
            raise ValueError("resolve needs a column enterprise_id of type uscc, which it fills")
        for role, name in self.resolve.roles.items():
            if name not in types:
                raise ValueError(f"resolve: {role} names the unknown column {name!r}")
            if types[name] not in RESOLVE_TYPES[role]:
                raise ValueError(
                    f"resolve: {role} must be a column of type {' or '.join(RESOLVE_TYPES[role])}; {name!r} is of "
                    f"type {types[name]}"
                )
        return self

    @model_validator(mode="after")
    def _rules_consistent(self) -> Contract:
        names = [column.name for column in self.columns]
        for rule in self.quarantine_when:
            if not rule.columns:
                raise ValueError(f"quarantine_when {rule.reason!r} has no condition")
            for name in rule.columns:
                if name not in names:
                    raise ValueError(f"quarantine_when {rule.reason!r} names the unknown column {name!r}")
            for name in (*rule.before, *rule.before.values()):
                if self.column(name).type != "date":
                    raise ValueError(f"quarantine_when {rule.reason!r}: before compares dates; {name!r} is none")
        return self

    def column(self, name: str) -> Column:
        """The column called ``name``."""
        return next(column for column in self.columns if column.name == name)

    @property
    def has_enterprise(self) -> bool:
        """Whether rows carry an enterprise id."""
        return any(column.name == "enterprise_id" for column in self.columns)

    @property
    def name_sql(self) -> str | None:
        """SQL of the name that stands for the enterprise in the key of a row without code; None without ``resolve``.

        A person's name does not: it is masked, and the person has an identifier.
        """
        if self.resolve is None:
            return None
        name = self.resolve.name
        persons = [
            f"{other} in ({', '.join(repr(code) for code in codes)})"
            for other, codes in self.column(name).masked_when.items()
        ]
        return f"case when {' or '.join(persons)} then null else {name} end" if persons else name

    @property
    def key_sql(self) -> tuple[str, ...]:
        """SQL of the key columns; where a row has no code its name stands for it."""
        name = self.name_sql
        return tuple(
            f"coalesce(enterprise_id, {name})" if column == "enterprise_id" and name else f'"{column}"'
            for column in self.key
        )

    @property
    def record_key(self) -> tuple[str, ...]:
        """Key columns that tell the rows of one enterprise apart; the enterprise itself where it has one row."""
        return tuple(name for name in self.key if name != "enterprise_id") or self.key

    @property
    def schema_sql(self) -> dict[str, str]:
        """Column name -> SQL type of an accepted raw row, ledger columns last."""
        return {column.name: column.sql_type for column in self.columns} | LEDGER_COLUMNS


def _read(path: Path) -> dict[str, object]:
    try:
        content = yaml_text.load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not valid YAML ({str(error).splitlines()[0]}); mend the file.") from error
    if not isinstance(content, dict):
        raise ContractError(f"{path}: expected a mapping with the key 'feed'; see data/contracts/c01_base.yml.")
    return content


def _overlay(base: dict, over: dict, path: Path) -> dict:
    merged = dict(base) | {key: value for key, value in over.items() if key != "columns"}
    columns = {column["name"]: dict(column) for column in base["columns"]}
    for change in over.get("columns", []):
        name = change.get("name")
        if name not in columns:
            raise ContractError(
                f"{path}: column {name!r} is not in the canonical contract; overlays may rename and map, not add."
            )
        columns[name] |= change
    merged["columns"] = list(columns.values())
    return merged


@cache
def _load(canonical: Path, definition: Path, feed: str) -> Contract:
    path = canonical / "contracts" / f"{feed}.yml"
    if not path.is_file():
        raise ContractError(f"{path}: no contract for feed {feed!r}; add the file or mend the feed's name.")
    content = _read(path)
    overlay = definition / "contracts" / f"{feed}.yml"
    if overlay != path and overlay.is_file():
        content = _overlay(content, _read(overlay), overlay)
        path = overlay
    try:
        contract = Contract.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "contract"
        raise ContractError(f"{path}: {place}: {first['msg']}; mend the file.") from error
    if contract.feed != feed:
        raise ContractError(f"{path}: says feed {contract.feed!r}, but the file is called {feed!r}; make them agree.")
    return contract


def load_contract(settings: Settings, feed: str) -> Contract:
    """The contract of ``feed`` as this jurisdiction uses it.

    Raises:
        ContractError: the file is missing or does not describe a contract.
    """
    return _load(settings.canonical, settings.definition, feed)


def all_feeds(settings: Settings) -> list[str]:
    """Names of all canonical feeds, sorted; staging models exist for each of them."""
    return sorted(path.stem for path in (settings.canonical / "contracts").glob("*.yml"))


def delivered_feeds(settings: Settings) -> list[str]:
    """Names of the feeds that this jurisdiction receives."""
    feeds = settings.profile["feeds"]
    return sorted(map(str, feeds)) if isinstance(feeds, list) else all_feeds(settings)


@cache
def _code_lists(path: Path) -> dict[str, list[dict[str, str]]]:
    lists: dict[str, list[dict[str, str]]] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            lists.setdefault(row["list"], []).append(row)
    return lists


def code_list(settings: Settings, name: str) -> list[dict[str, str]]:
    """Rows (code, label_zh, label_en, also) of one code list; ``also`` holds further texts, separated by ``;``."""
    lists = _code_lists(settings.own_or_canonical("reference/code_lists.csv"))
    if name not in lists:
        lists = _code_lists(settings.canonical / "reference" / "code_lists.csv")
    if name not in lists:
        raise ContractError(f"code list {name!r} is not in data/reference/code_lists.csv; add it or mend the contract.")
    return lists[name]
