"""What each column type means: its value, what can be wrong with it, which rules mend it.

Belongs here: one method per kind of column, names of issues and rules.
Does not belong here: the expressions (``expressions``), putting the columns into one query (``clean``).

Conditions and values are SQL over the levels of the cleaning query: for a column ``x`` the delivered text ``r_x``. Most
texts are in their final spelling already: ``v_x`` is the value of such a text. Only a text without one goes on: trimmed
``s_x``, without literal nulls ``t_x``, half-width ``h_x``, ready to look up or test ``w_x``; for dates the date ``d_x``
and whether it says "no date" ``z_x``; for amounts their parts ``p_x`` and currency ``c_x``; for codes what was found,
``code_x`` and ``how_x``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from orchestration.feeds import expressions as sql
from orchestration.feeds.codes import CODED, Lookup, lookup, province_prefixes, region_codes
from orchestration.feeds.contract import AMOUNT_UNITS, Column, ColumnType, Contract
from orchestration.lake import quote
from orchestration.settings import Settings

UNKNOWN = "unknown_code"
"""The issue that stops the feed instead of keeping the row out."""
CHECK = "uscc_check_digit"
"""The rule on check characters."""
RULES = (
    "literal_null", "full_width", "lower_case_code", "code_by_label", "retired_region", "sentinel_date",
    "date_spelling", "capital_with_currency", "percent_ratio", CHECK, "identity_number_in_text",
    "masked_person_id", "code_missing_name_given", "code_masked_name_given", "code_malformed_name_given",
)  # fmt: skip
"""Rules that mend or remark a value; ``cleaned`` in the manifest counts values by them."""
PHRASES = {
    UNKNOWN: "is an unknown code",
    "masked_code": "is masked",
    "malformed_code": "is not a code of 18 legal characters",
    "identity_number_as_code": "holds a person's identity number where an enterprise's code belongs",
    "missing_required": "is empty but required; fill it and deliver the row again",
    "long_text_in_code": "holds long text where a code belongs",
    "bad_date": "is not a date",
    "bad_number": "is not a number of this column's kind",
    "foreign_currency": "names a foreign currency, for which the contract has no column",
    "future_date": "lies after the end of the month in which it was received",
    "other_jurisdiction": "is a district of another province",
    "not_a_district": "is not a district: it is a whole prefecture or province",
}
FORGIVEN = ("masked_code", "malformed_code", "missing_required")
"""What may be wrong with an enterprise's code where its name is given and the contract says ``resolve``."""
PERSONAL = ("person_id", "holder_id", "person_name")
DICTIONARY = (*CODED, "date", "month", "year")
"""Types with few distinct texts: each text is cleaned once, rows look it up. Halves the time of a feed."""


_READY: dict[str, Callable[[str], str]] = {
    "uscc": sql.ready_uscc,
    "person_id": sql.ready_holder,
    "holder_id": sql.ready_holder,
    "identifier": sql.ready_identifier,
    "integer": sql.ready_integer,
    "ratio": sql.ready_ratio,
}


@dataclass
class Built:
    """What one column adds to the query.

    Attributes:
        value: expression of the cleaned value.
        issues: (reason, condition) of what can be wrong, first one first.
        rules: rule -> condition under which it mended or remarked the value.
    """

    value: str
    issues: list[tuple[str, str]] = field(default_factory=list)
    rules: dict[str, str] = field(default_factory=dict)


def ready(column: Column, text: str) -> str | None:
    """Value of a text that needs no mending, else null; None for types where telling costs as much as mending.

    Such a text has no issue and no rule mends it, so neither is looked at: that is most of the time of a feed. The
    value must be the one that mending would give. For persons it is the identifier before it is hashed.
    """
    if column.type == "amount":
        return sql.ready_amount(text, AMOUNT_UNITS[column.unit or "wan_yuan"])
    return _READY[column.type](text) if column.type in _READY else None


def missing(column: Column) -> str:
    """Whether nothing was delivered in ``column``."""
    if ready(column, "") is None:
        return f"t_{column.name} IS NULL"
    return f"v_{column.name} IS NULL AND t_{column.name} IS NULL"


def quoted(name: str) -> str:
    """A contract's column as SQL identifier; some are keywords (``position``)."""
    return f'"{name}"'


def is_coded(column: Column) -> bool:
    """Whether full-width characters are turned into ASCII: everywhere but in names and free text."""
    return column.type not in ("text", "name", "person_name")


class Columns:
    """What the columns of one contract add to its cleaning query.

    Raises:
        ContractError: reference data or aliases contradict each other.
    """

    def __init__(self, settings: Settings, contract: Contract) -> None:
        self.contract = contract
        self.lookups: dict[str, Lookup] = {}
        for column in contract.columns:
            found = lookup(settings, column)
            if found is not None:
                self.lookups[column.name] = found
        has_region = any(column.type == "region" for column in contract.columns)
        self.provinces = province_prefixes(settings) if has_region else set()
        self.regions = region_codes(settings) if self.provinces else set()
        self._kinds: dict[ColumnType, Callable[[Column], Built]] = {
            "uscc": self._uscc,
            "person_id": self._person_id,
            "holder_id": self._holder_id,
            "person_name": lambda column: Built(f"t_{column.name}[1] || '*'"),
            "date": self._date,
            "month": lambda column: Built(sql.month(f"h_{column.name}"), [_unread("bad_date", column)]),
            "year": lambda column: Built(sql.year(f"h_{column.name}"), [_unread("bad_number", column)]),
            "integer": lambda column: Built(_or_ready(column, sql.integer), [_unread("bad_number", column)]),
            "ratio": self._ratio,
            "amount": self._amount,
            "identifier": lambda column: Built(_or_ready(column, str)),
            "text": self._text,
            "name": self._text,
        }

    def of(self, column: Column) -> Built:
        """What ``column`` adds; the checks that need the row (required, future) come on top in ``clean``."""
        name = column.name
        built = self._coded(column) if column.type in CODED else self._kinds[column.type](column)
        built.rules["literal_null"] = f"s_{name} IS NOT NULL AND t_{name} IS NULL"
        if is_coded(column):
            widened = f"strlen(t_{name}) <> length(t_{name}) AND t_{name} <> h_{name}"
            # labels are often written with full-width brackets: that is their spelling, not dirt
            built.rules["full_width"] = widened + (f" AND how_{name} = 'code'" if column.type in CODED else "")
        return built

    def _uscc(self, column: Column) -> Built:
        name, work = column.name, f"w_{column.name}"
        legal, masked, identity = sql.legal_uscc(work), f"contains({work}, '*')", sql.identity_number(work)
        issues = [("masked_code", masked), ("identity_number_as_code", identity), ("malformed_code", f"NOT {legal}")]
        rules = {"lower_case_code": f"h_{name} <> upper(h_{name})"}
        if named := self.named(column):
            rules |= {
                "code_missing_name_given": f"{missing(column)} AND {named}",
                "code_masked_name_given": f"{masked} AND {named}",
                "code_malformed_name_given": f"NOT {legal} AND NOT {masked} AND NOT {identity} AND {named}",
            }
        return Built(f"CASE WHEN v_{name} IS NOT NULL THEN v_{name} WHEN {legal} THEN {work} END", issues, rules)

    def named(self, column: Column) -> str | None:
        """Whether a row's name can stand in for the code in ``column``: it is given and no person's."""
        resolve = self.contract.resolve
        if resolve is None or column.name != "enterprise_id":
            return None
        name = self.contract.column(resolve.name)
        text, masked = f"t_{name.name}", self._masked_name(name)
        return f"({text} IS NOT NULL AND NOT {sql.personal_name(text)}{f' AND NOT {masked}' if masked else ''})"

    def _masked_name(self, column: Column) -> str | None:
        """Whether the row says that this name is a natural person's; None where a contract says nothing about it."""
        told = [
            f"coalesce({self.early(other)} IN ({', '.join(map(quote, codes))}), false)"
            for other, codes in column.masked_when.items()
        ]
        return f"({' OR '.join(told)})" if told else None

    def _person_id(self, column: Column) -> Built:
        work = f"w_{column.name}"
        given = f"v_{column.name}"
        return _maskable(
            column,
            f"CASE WHEN {given} IS NOT NULL THEN {sql.hashed(given)} "
            f"WHEN NOT contains({work}, '*') THEN {sql.person(work)} END",
        )

    def _holder_id(self, column: Column) -> Built:
        work = f"coalesce(v_{column.name}, w_{column.name})"
        conditions = [sql.legal_uscc(work)]
        for other, code in column.person_when.items():
            conditions.append(f"coalesce({self.early(other)} <> {quote(code)}, true)")
        clear = f"CASE WHEN {' AND '.join(conditions)} THEN {work} ELSE {sql.hashed(work)} END"
        return _maskable(column, f"CASE WHEN {work} IS NOT NULL AND NOT contains({work}, '*') THEN {clear} END")

    def _date(self, column: Column) -> Built:
        name, value = column.name, quoted(column.name)
        return Built(
            f"CASE WHEN NOT z_{name} AND year(d_{name}) >= {sql.OLDEST_YEAR} THEN d_{name} END",
            [("bad_date", f"t_{name} IS NOT NULL AND {value} IS NULL AND NOT z_{name}")],
            {
                "sentinel_date": f"t_{name} IS NOT NULL AND z_{name}",
                "date_spelling": f"{value} IS NOT NULL AND CAST({value} AS VARCHAR) <> t_{name}",
            },
        )

    def _ratio(self, column: Column) -> Built:
        text = f"h_{column.name}"
        percent = f"ends_with({text}, '%') OR try_cast({text} AS DOUBLE) > 1"
        return Built(_or_ready(column, sql.ratio), [_unread("bad_number", column)], {"percent_ratio": percent})

    def _text(self, column: Column) -> Built:
        # numbers of documents may look like identity numbers; they are keys and must stay whole
        if column.required and column.name in self.contract.key:
            return Built(f"t_{column.name}")
        text = f"t_{column.name}"
        value, changed = sql.scrubbed(text), f"{quoted(column.name)} <> {text}"
        if masked := self._masked_name(column):
            value = f"CASE WHEN {masked} THEN {text}[1] || '*' ELSE {value} END"
            changed = f"NOT {masked} AND {changed}"
        return Built(value, [], {"identity_number_in_text": changed})

    def _amount(self, column: Column) -> Built:
        name = column.name
        issues = [_unread("bad_number", column)]
        if not any(other.type == "currency" for other in self.contract.columns):
            issues.append(("foreign_currency", f"c_{name} <> 'CNY'"))
        factor = AMOUNT_UNITS[column.unit or "wan_yuan"]
        return Built(
            _or_ready(column, lambda text: sql.amount(text, f"w_{name}", f"p_{name}", factor)),
            issues,
            {"capital_with_currency": f"w_{name} IS NOT NULL AND {quoted(name)} IS NOT NULL"},
        )

    def _coded(self, column: Column) -> Built:
        name = column.name
        code = f"code_{name}"
        unknown = f"t_{name} IS NOT NULL AND {code} IS NULL"
        issues: list[tuple[str, str]] = []
        if column.type == "region" and self.provinces:
            six = f"regexp_full_match(w_{name}, '[0-9]{{6}}')"
            own = ", ".join(map(quote, sorted(self.provinces)))
            whole = ", ".join(map(quote, sorted(self.regions)))
            issues.append(("other_jurisdiction", f"{unknown} AND {six} AND w_{name}[1:2] NOT IN ({own})"))
            issues.append(
                ("not_a_district", f"{unknown} AND (w_{name} IN ({whole}) OR ({six} AND ends_with(w_{name}, '0000')))")
            )
        issues.append(("long_text_in_code", f"{unknown} AND length(t_{name}) > {self.lookups[name].longest}"))
        issues.append((UNKNOWN, unknown))
        rules = {"code_by_label": f"how_{name} = 'label'"} if column.type != "boolean" else {}
        if column.type in ("code", "currency"):
            rules["lower_case_code"] = f"how_{name} = 'code' AND h_{name} <> {code} AND upper(h_{name}) = {code}"
        if column.type == "region":
            rules["retired_region"] = f"how_{name} = 'retired'"
        return Built(f"code_{name}", issues, rules)

    def early(self, name: str) -> str:
        """Value of a coded column where other values of the same row need it."""
        column = self.contract.column(name)
        if column.type == "currency":
            # 注册资本 500万美元 says the currency of a row whose currency column is empty
            named = [f"c_{other.name}" for other in self.contract.columns if other.type == "amount"]
            return f"CASE WHEN t_{name} IS NULL THEN coalesce({', '.join([*named, 'NULL'])}) ELSE code_{name} END"
        return f"code_{name}"


def _or_ready(column: Column, mended: Callable[[str], str]) -> str:
    """The ready value, else what is made from the half-width text."""
    return f"coalesce(v_{column.name}, {mended(f'h_{column.name}')})"


def _unread(reason: str, column: Column) -> tuple[str, str]:
    return reason, f"t_{column.name} IS NOT NULL AND {quoted(column.name)} IS NULL"


def _maskable(column: Column, value: str) -> Built:
    """A masked identifier (4101****1234) tells nobody apart: wrong where required, else unknown."""
    masked = f"contains(w_{column.name}, '*')"
    if column.required:
        return Built(value, [("masked_code", masked)])
    return Built(value, [], {"masked_person_id": masked})
