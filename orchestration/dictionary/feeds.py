"""Page on the feeds: what each department promised to send, from the contracts.

Belongs here: text of ``feeds.md``. Does not belong here: codes of the lists (``codes``), the contracts themselves.
"""

from __future__ import annotations

from orchestration.dictionary.markdown import code, link, opening, table, text
from orchestration.feeds.contract import (
    LEDGER_COLUMNS,
    SQL_TYPE,
    Column,
    Contract,
    all_feeds,
    code_list,
    load_contract,
)
from orchestration.settings import Settings

UNITS = {"wan_yuan": "万元 (10,000 yuan)", "yuan": "元 (yuan)"}
"""Unit of an amount as delivered -> what a person reads."""

TYPES: dict[str, str] = {
    "uscc": "统一社会信用代码: unified social credit code, GB 32100-2015, 18 characters; "
    "a wrong check digit is counted, not refused",
    "identifier": "number or code that names a record or a thing",
    "text": "free text; identity numbers in it are blotted out, except in a document number of the key",
    "name": "name of an enterprise or an organisation",
    "code": "a code of the list named in the column; the page on code lists has its codes",
    "region": "six-digit district, GB/T 2260; retired ones are replaced by their heir "
    "([districts.csv](../../data/reference/districts.csv))",
    "industry": "class of GB/T 4754-2017, four digits without the letter "
    "([industries.csv](../../data/reference/industries.csv))",
    "date": "day",
    "month": "month, `YYYY-MM`",
    "year": "calendar year",
    "amount": "amount of money; delivered in the unit named, kept in 万元 with four decimals",
    "currency": "currency, ISO 4217 ([exchange_rates.csv](../../data/reference/exchange_rates.csv))",
    "ratio": "share, 0 to 1",
    "integer": "whole number",
    "boolean": "yes or no",
    "person_id": "identity number of a natural person; kept only as a keyed hash, 32 hexadecimal digits",
    "holder_id": "an enterprise's code as it is, a natural person's identity number as a keyed hash",
    "person_name": "name of a natural person; only its first character is kept",
}
"""Column type -> what it means."""

LEDGER = {
    "received_month": "month in which the row was received, `YYYY-MM`",
    "delivery_id": "first 16 hexadecimal digits of the delivered file's sha256",
    "row_no": "number of the data row in the delivered file, from 1",
}
"""Ledger column -> what it means."""


def contracts(settings: Settings) -> list[Contract]:
    """All canonical contracts, by feed."""
    return [load_contract(settings, feed) for feed in all_feeds(settings)]


def feeds_page(settings: Settings) -> str:
    """Text of ``feeds.md``."""
    promised = contracts(settings)
    owners = {row["code"]: f"{row['label_zh']} {row['label_en']}" for row in code_list(settings, "departments")}
    columns = sum(len(contract.columns) for contract in promised)
    lines = [
        *opening("feeds", "data/contracts"),
        f"{len(promised)} feeds with {columns} columns. A delivery may use the national field name, the Chinese header "
        "or the name in the lake as header. "
        "A row without a required column, or with a value that cannot be read, is "
        "quarantined. Fewer rows than the least volume stop the feed; more than the greatest give a warning.",
        "",
        f"共{len(promised)}个数据源、{columns}个字段。表头可用国标字段名、中文名或湖内名；缺必填字段或无法识别的行进入隔离区并说明原因；"
        "行数低于下限则该数据源停止入湖，高于上限则告警。",
        "",
        *table(
            ["Feed", "Category", "Title", "Owner", "Due", "Required"],
            (
                [
                    link(code(contract.feed), "feeds", contract.feed, "feeds"),
                    text(contract.category),
                    text(f"{contract.title_zh} {contract.title_en}"),
                    text(owners.get(contract.owner, contract.owner)),
                    f"{contract.cadence}, day {contract.due_day}",
                    _yes(contract.required),
                ]
                for contract in promised
            ),
        ),
        *_departments(promised, owners),
        "## Column types",
        "",
        *table(
            ["Type", "In the lake", "Meaning"],
            ([code(name), code(SQL_TYPE.get(name, "VARCHAR")), meaning] for name, meaning in TYPES.items()),
        ),
        "Every accepted row also carries:",
        "",
        *table(
            ["Column", "In the lake", "Meaning"],
            ([code(name), code(sql_type), LEDGER[name]] for name, sql_type in LEDGER_COLUMNS.items()),
        ),
    ]
    category = ""
    for contract in sorted(promised, key=lambda contract: (contract.category, contract.feed)):
        if contract.category != category:
            category = contract.category
            lines += [f"## Category {category}", ""]
        lines += _feed(contract, owners.get(contract.owner, contract.owner))
    return "\n".join(lines)


def _departments(promised: list[Contract], owners: dict[str, str]) -> list[str]:
    """Which records name the department they come from, so that other departments can be told from the regulator."""
    naming = [
        (contract, column)
        for contract in promised
        for column in contract.columns
        if column.codes == "departments" and column.name != "owner"
    ]
    return [
        "## Departments",
        "",
        f"{len(owners)} departments 共{len(owners)}个部门: {text('、'.join(owners.values()))}.",
        "",
        "The published system counts 9 kinds of data of 18 departments without naming the nine; here records stand in "
        "the categories of this page. Those that carry the department they come from 载明所属部门的记录:",
        "",
        *table(
            ["Feed", "Column", "Meaning"],
            (
                [link(code(contract.feed), "feeds", contract.feed, "feeds"), code(column.name), text(column.doc)]
                for contract, column in naming
            ),
        ),
    ]


def _feed(contract: Contract, owner: str) -> list[str]:
    keys = ", ".join(code(name) for name in contract.key)
    lines = [
        f"### {contract.feed}",
        "",
        f"**{text(contract.title_zh)} / {text(contract.title_en)}**",
        "",
        f"- Owner: {text(owner)} ({code(contract.owner)})",
        f"- Cadence: {contract.cadence}, due on day {contract.due_day} of the following month; "
        f"{'required' if contract.required else 'not required'}; fresh for {_months(contract.fresh_months)}",
        f"- Key: {keys}; event date: {code(contract.event_date)}",
        f"- Rows a month: {contract.volume.min:,} to {contract.volume.max:,}",
        f"- Staging model: {link(code(f'stg_{contract.feed}'), 'models', f'stg_{contract.feed}', 'feeds')}",
    ]
    if contract.corrects:
        lines.append(
            f"- A row with {code(contract.corrects)} corrects the one of its key: it counts over one without it of the "
            "same month, in whatever file it came"
        )
    if contract.resolve:
        roles = ", ".join(f"{role} {code(column)}" for role, column in contract.resolve.roles.items())
        lines.append(f"- A row without a usable code is taken in by its name, its enterprise looked for by: {roles}")
    for rule in contract.quarantine_when:
        lines.append(f"- Kept out as {code(rule.reason)}: {text(rule.sentence)}")
    return [
        *lines,
        "",
        *table(
            ["Column", "National name", "Chinese header", "Type", "Unit", "Code list", "Required", "Meaning"],
            (_column(column) for column in contract.columns),
        ),
    ]


def _column(column: Column) -> list[str]:
    return [
        code(column.name),
        code(column.national),
        text(column.zh),
        column.type,
        UNITS[column.unit] if column.unit else "",
        link(column.codes, "codes", column.codes, "feeds") if column.codes else "",
        _yes(column.required),
        text(column.doc),
    ]


def _yes(value: bool) -> str:
    return "yes" if value else ""


def _months(number: int) -> str:
    return "1 month" if number == 1 else f"{number} months"
