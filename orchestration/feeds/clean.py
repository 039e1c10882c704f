"""Cleaning: one query from delivered text to typed values, with what was mended and what is wrong, row by row.

Belongs here: the levels of that query, the dictionaries of distinct texts, the checks that need the whole row.
Does not belong here: what a column type means (``columns``), what becomes of a row with an issue (``rows``).

The query has one row per delivered row: ``_position``, the contract's columns, ``_issue`` (``reason:column``, or
``reason:#n`` for the contract's n-th rule, of the first thing wrong, or null) and a count per rule, ``_n_<rule>``. Who
talks to the person that wrote the row asks for ``_issues`` too: the list of all that is wrong with it.
"""

from __future__ import annotations

import calendar

import duckdb

from orchestration.feeds import expressions as sql
from orchestration.feeds.columns import (
    DICTIONARY,
    FORGIVEN,
    RULES,
    Built,
    Columns,
    is_coded,
    missing,
    quoted,
    ready,
)
from orchestration.feeds.contract import Column, Contract
from orchestration.lake import quote
from orchestration.settings import Settings


class Cleaner:
    """Builds the cleaning query of one contract and month.

    Args:
        settings: reference data, identity key.
        contract: columns and rules.
        month: received month; an event after its end is wrong.

    Raises:
        ContractError: reference data or aliases contradict each other.
    """

    def __init__(self, settings: Settings, contract: Contract, month: str) -> None:
        self.settings = settings
        self.contract = contract
        year, number = map(int, month.split("-"))
        self.month_end = f"{month}-{calendar.monthrange(year, number)[1]:02d}"
        self.columns = Columns(settings, contract)
        self.lookups = self.columns.lookups
        # columns whose texts mean the same share one dictionary, called after the first of them
        self.kinds: dict[str, list[Column]] = {}
        alike: dict[object, str] = {}
        for column in contract.columns:
            if column.type in DICTIONARY:
                kind = (column.type, column.codes, column.by_text, tuple(sorted(column.code_aliases.items())))
                self.kinds.setdefault(alike.setdefault(kind, column.name), []).append(column)

    def prepare(self, connection: duckdb.DuckDBPyConnection, source: str) -> None:
        """Set variables and make the dictionaries: each distinct text of a code or date column, cleaned once.

        Args:
            connection: where ``source`` is.
            source: relation with ``_position`` and text columns ``r_<column>``.
        """
        import pyarrow as pa

        sql.set_variables(connection, self.settings)
        for kind, columns in self.kinds.items():
            if known := self.lookups.get(kind):
                rows = pa.table(
                    {
                        attribute: [getattr(meaning, attribute) for meaning in known.meanings]
                        for attribute in ("key", "code", "how")
                    }
                )
                connection.register("lookup_rows", rows)
                connection.execute(f"CREATE OR REPLACE TEMP TABLE lookup_{kind} AS SELECT * FROM lookup_rows")
                connection.unregister("lookup_rows")
            connection.execute(f"CREATE OR REPLACE TEMP TABLE dictionary_{kind} AS {self._dictionary(columns, source)}")

    @property
    def codes(self) -> list[str]:
        """Columns of unified codes; their check characters are counted apart (``characters``)."""
        return [column.name for column in self.contract.columns if column.type == "uscc"]

    @property
    def rules(self) -> list[str]:
        """Rules that this contract's columns can count."""
        built = [self.columns.of(column) for column in self.contract.columns]
        return [rule for rule in RULES if any(rule in one.rules for one in built)]

    def query(self, source: str, *, every_issue: bool = False) -> str:
        """The query over ``source``; ``prepare`` must have been called for the same rows.

        Args:
            source: relation with ``_position`` and text columns ``r_<column>``.
            every_issue: whether ``_issues`` stands beside ``_issue``.
        """
        columns = self.contract.columns
        single = [column for column in columns if column.type not in DICTIONARY]
        shared = [column for column in columns if column.type in DICTIONARY]
        carried = ", ".join(["_position", *(f"r_{column.name}" for column in shared)])
        level = self._texts(single, source, carried)
        found, joins = [], []
        for column in shared:
            name, entry = column.name, f"d_{column.name}"
            flags = [f"{entry}.f_{rule} AS f_{name}_{rule}" for rule in self.columns.of(column).rules]
            found += [
                f"{entry}.text AS t_{name}",
                f"{entry}.value AS code_{name}",
                f"{entry}.issue || ':{name}' AS i_{name}",
                *flags,
            ]
            kind = next(kind for kind, columns in self.kinds.items() if column in columns)
            joins.append(f"LEFT JOIN dictionary_{kind} AS {entry} ON {entry}.raw = texts.r_{name}")
        level = f"SELECT {', '.join(['texts.*', *found])} FROM ({level}) AS texts {' '.join(joins)}"
        built = {column.name: self._in_row(column) for column in columns}
        values = ", ".join(f"{built[column.name].value} AS {quoted(column.name)}" for column in columns)
        level = f"SELECT *, {values} FROM ({level})"
        parts = ", ".join(self._issues(built))
        issue = f"coalesce({parts}, NULL)"
        every = f", list_filter([{parts}], lambda one: one IS NOT NULL) AS _issues" if every_issue else ""
        counts = "".join(f", {self._count(rule, built)} AS _n_{rule}" for rule in self.rules)
        typed = ", ".join(
            f"CAST({quoted(column.name)} AS {column.sql_type}) AS {quoted(column.name)}" for column in columns
        )
        return f"SELECT _position, {typed}, {issue} AS _issue{every}{counts} FROM ({level})"

    def _dictionary(self, columns: list[Column], source: str) -> str:
        """Each distinct delivered text of some columns with its value, its issue and the rules that mended it."""
        column, name = columns[0], columns[0].name
        built = self.columns.of(column)
        texts = " UNION ALL ".join(f"SELECT r_{one.name} AS r_{name} FROM {source}" for one in columns)
        level = self._texts(
            [column], f"(SELECT DISTINCT r_{name} FROM ({texts}) WHERE r_{name} IS NOT NULL)", f"r_{name}", few=True
        )
        if name in self.lookups:
            level = (
                f"SELECT texts.*, known.code AS code_{name}, known.how AS how_{name} "
                f"FROM ({level}) AS texts LEFT JOIN lookup_{name} AS known ON known.key = w_{name}"
            )
        value = f"code_{name}" if name in self.lookups else built.value
        level = f"SELECT *, {value} AS {quoted(name)} FROM ({level})"
        issues = [f"CASE WHEN {condition} THEN '{reason}' END" for reason, condition in built.issues]
        flags = [f"coalesce({condition}, false) AS f_{rule}" for rule, condition in built.rules.items()]
        parts = [
            f"r_{name} AS raw",
            f"t_{name} AS text",
            f"{quoted(name)} AS value",
            f"coalesce({', '.join(issues)}, NULL) AS issue",
        ]
        return f"SELECT {', '.join(parts + flags)} FROM ({level})"

    def _texts(self, columns: list[Column], source: str, carried: str, *, few: bool = False) -> str:
        """The levels that need one column only; ``columns`` says what their prefixes mean."""
        names = [column.name for column in columns]
        spelt = {column.name: ready(column, f"r_{column.name}") for column in columns}
        amounts = [column.name for column in columns if column.type == "amount"]
        dates = [column.name for column in columns if column.type == "date"]
        texts = [f"r_{name}" for name in names if f"r_{name}" not in carried.split(", ")]
        values = [f"{value} AS v_{name}" for name, value in spelt.items() if value]
        odd = {name: f"(CASE WHEN v_{name} IS NULL THEN r_{name} END)" for name, value in spelt.items() if value}
        level = f"SELECT {', '.join([carried, *texts, *values])} FROM {source}"
        for step in (
            [f"{sql.tidy(odd.get(name, f'r_{name}'), few=few or name in odd)} AS s_{name}" for name in names],
            [f"{sql.no_literal_null('s_' + name)} AS t_{name}" for name in names],
            [f"{sql.half('t_' + column.name)} AS h_{column.name}" for column in columns if is_coded(column)],
            [f"{expression} AS w_{name}" for name, expression in self._working(columns)],
            [f"{sql.amount_parts('w_' + name)} AS p_{name}" for name in amounts],
            [f"{sql.date('h_' + name)} AS d_{name}" for name in dates],
            [f"{sql.no_date('h_' + name, 'd_' + name)} AS z_{name}" for name in dates],
            [f"{sql.amount_currency('p_' + name)} AS c_{name}" for name in amounts],
        ):
            if step:
                level = f"SELECT *, {', '.join(step)} FROM ({level})"
        return level

    def _in_row(self, column: Column) -> Built:
        """What one column adds to the query over rows: its own work, or what its dictionary found."""
        name = column.name
        built = self.columns.of(column)
        if column.type in DICTIONARY:
            built = Built(self.columns.early(name), [], {rule: f"f_{name}_{rule}" for rule in built.rules})
        if column.required:
            built.issues.append(("missing_required", f"{quoted(name)} IS NULL"))
        if named := self.columns.named(column):
            # the enterprise is looked for by its name
            built.issues = [
                (reason, f"({condition}) AND NOT {named}" if reason in FORGIVEN else condition)
                for reason, condition in built.issues
            ]
        if name == self.contract.event_date:
            built.issues.append(("future_date", f"{quoted(name)} > DATE '{self.month_end}'"))
        return built

    def _working(self, columns: list[Column]) -> list[tuple[str, str]]:
        """The text that values are made from: compact codes, keys of lookups, spelled-out amounts."""
        working: list[tuple[str, str]] = []
        for column in columns:
            text = f"h_{column.name}"
            if column.type in ("uscc", "person_id", "holder_id"):
                working.append((column.name, sql.compact(text)))
            elif column.type == "region" and self.columns.provinces:
                # a place within a district has nine or twelve digits, the district's six first
                cut = f"CASE WHEN regexp_full_match({text}, '[0-9]{{9}}|[0-9]{{12}}') THEN {text}[1:6] ELSE {text} END"
                working.append((column.name, sql.key(f"({cut})")))
            elif column.name in self.lookups:
                working.append((column.name, sql.key(text)))
            elif column.type == "amount":
                working.append((column.name, sql.amount_text(text)))
        return working

    def _issues(self, built: dict[str, Built]) -> list[str]:
        parts = []
        for number, rule in enumerate(self.contract.quarantine_when):
            conditions = [f"CAST({quoted(name)} AS VARCHAR) = {quote(code)}" for name, code in rule.equals.items()]
            conditions += [missing(self.contract.column(name)) for name in rule.missing]
            conditions += [f"{quoted(first)} < {quoted(second)}" for first, second in rule.before.items()]
            if rule.personal_name:
                conditions.append(sql.personal_name(f"t_{rule.personal_name}"))
            parts.append(f"CASE WHEN {' AND '.join(conditions)} THEN '{rule.reason}:#{number}' END")
        for name, one in built.items():
            if self.contract.column(name).type in DICTIONARY:
                parts.append(f"i_{name}")
            parts += [f"CASE WHEN {condition} THEN '{reason}:{name}' END" for reason, condition in one.issues]
        return parts

    @staticmethod
    def _count(rule: str, built: dict[str, Built]) -> str:
        conditions = [one.rules[rule] for one in built.values() if rule in one.rules]
        # a condition of CASE is not looked at further where its first part fails
        return "CAST(" + " + ".join(f"CASE WHEN {c} THEN 1 ELSE 0 END" for c in conditions) + " AS UTINYINT)"
