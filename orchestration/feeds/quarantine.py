"""Quarantine: the rows that were kept out, each with its reason, a sentence and what may be kept of it.

Belongs here: the query that writes ``quarantined.parquet``, the wording, the masking of delivered texts.
Does not belong here: deciding that a row is kept out (``columns``, ``clean``).

The original file is kept with access for its owner only; here, where more people look, nothing personal is kept.
"""

from __future__ import annotations

import duckdb

from orchestration.feeds import expressions as sql
from orchestration.feeds.columns import PERSONAL, PHRASES
from orchestration.feeds.contract import Column, Contract
from orchestration.feeds.errors import SHOWN
from orchestration.lake import quote

SHIFT = 40
"""Bits of a position below the delivery's place: a delivery may have 10^12 rows."""
UNPARSED = {
    "wrong_field_count": "has another number of fields than the header line",
    "broken_quotes": "has a quote that does not close",
    "invalid_json": "is not a JSON object",
}
QUARANTINE_SCHEMA = {
    "feed": "VARCHAR", "received_month": "VARCHAR", "delivery_id": "VARCHAR", "file": "VARCHAR", "row_no": "BIGINT",
    "reason": "VARCHAR", "sentence": "VARCHAR", "row_json": "VARCHAR",
}  # fmt: skip


def row_no(position: str) -> str:
    """Number of a row in its delivery, from its position."""
    return f"({position} - (({position} >> {SHIFT}) << {SHIFT}))"


def quarantine_query(connection: duckdb.DuckDBPyConnection, contract: Contract, month: str, issues: list[str]) -> str:
    """The rows of ``quarantined.parquet``, from the sorter's ``delivered``, ``cleaned``, ``unparsed``, and so on.

    A row is named by its number and, where each row of its file is one line, by that line, so that it is found in an
    editor.

    Makes the table ``sentences`` of the ``issues`` that occurred.
    """
    connection.execute("CREATE TEMP TABLE sentences (issue VARCHAR, reason VARCHAR, sentence VARCHAR, shows BOOLEAN)")
    if sentences := _sentences(contract, issues):
        connection.executemany("INSERT INTO sentences VALUES (?, ?, ?, ?)", sentences)
    number = row_no("q._position")
    shown = f"left({sql.scrubbed('(' + sql.half('q.text') + ')')}, {SHOWN})"
    return (
        f"SELECT {quote(contract.feed)} AS feed, {quote(month)} AS received_month, d.delivery_id, d.file, "
        f"{number} AS row_no, q.reason, concat('file ', d.file, ', data row ', {number}, "
        "CASE WHEN q.placed AND p.first_line IS NOT NULL "
        "THEN concat(', line ', q._position - p.first_position + p.first_line, p.inside) END, ': ', q.sentence, "
        f"CASE WHEN q.text IS NOT NULL THEN concat(': ''', {shown}, '''') END, '.') AS sentence, q.row_json "
        f"FROM ({_parsed(contract)} UNION ALL {_unparsed(contract)}) AS q "
        f"JOIN deliveries AS d ON d.place = q._position >> {SHIFT} "
        "ASOF LEFT JOIN pieces AS p ON q._position >= p.first_position WHERE d.replaced_by IS NULL ORDER BY q._position"
    )


def _parsed(contract: Contract) -> str:
    row_json = ", ".join(f'"{column.name}" := {_masked(contract, column)}' for column in contract.columns)
    public = [column.name for column in contract.columns if column.type not in PERSONAL]
    texts = " ".join(f"WHEN '{name}' THEN d.r_{name}" for name in public)
    text = f"CASE split_part(c._issue, ':', 2) {texts} END" if texts else "CAST(NULL AS VARCHAR)"
    return (
        f"SELECT c._position, true AS placed, s.reason, s.sentence, CASE WHEN s.shows THEN {text} END AS text, "
        f"CAST(to_json(struct_pack({row_json})) AS VARCHAR) AS row_json FROM delivered AS d "
        "JOIN cleaned AS c ON c._position = d._position JOIN sentences AS s ON s.issue = c._issue "
        "WHERE c.replaced_by IS NULL"
    )


def _unparsed(contract: Contract) -> str:
    # a line that does not parse cannot be masked column by column, so it is not kept where people are in the feed
    personal = any(column.type in PERSONAL for column in contract.columns)
    text = "CAST(NULL AS VARCHAR)" if personal else sql.scrubbed(f"({sql.half('u.text')})")
    phrases = " ".join(f"WHEN '{reason}' THEN {quote(phrase)}" for reason, phrase in UNPARSED.items())
    line = "CASE WHEN u.line IS NOT NULL THEN concat('line ', u.line, ' ') END"
    row_json = f"CAST(to_json(struct_pack(line := u.line, text := {text})) AS VARCHAR)"
    sentence = f"concat({line}, CASE u.reason {phrases} END)"
    return f"SELECT u._position, false, u.reason, {sentence}, NULL, {row_json} FROM unparsed AS u"


def _sentences(contract: Contract, issues: list[str]) -> list[list[object]]:
    """Issue, reason, sentence, whether it shows the delivered text: for each issue that occurred."""
    sentences: list[list[object]] = []
    for issue in issues:
        reason, name = issue.split(":", 1)
        if name.startswith("#"):
            sentences.append([issue, reason, contract.quarantine_when[int(name[1:])].sentence, False])
            continue
        column = contract.column(name)
        silent = column.type in PERSONAL or reason in ("missing_required", "identity_number_as_code")
        sentences.append([issue, reason, f"column {name} ({column.zh}) {PHRASES[reason]}", not silent])
    return sentences


def _masked(contract: Contract, column: Column) -> str:
    """A delivered text as ``row_json`` may keep it."""
    raw = f"d.r_{column.name}"
    compact = sql.compact(f"({sql.half(f'trim({raw})')})")
    if column.type == "person_id":
        return f"CASE WHEN {raw} IS NOT NULL THEN {sql.person(compact)} END"
    if column.type == "holder_id":
        known = f"CASE WHEN {sql.legal_uscc(compact)} THEN {compact} ELSE {sql.hashed(compact)} END"
        return f"CASE WHEN {raw} IS NOT NULL THEN {known} END"
    if column.type == "person_name":
        return f"trim({raw})[1] || '*'"
    kept = sql.scrubbed(f"({sql.half(raw)})")
    personal = [
        # a row that was kept out may lack the code that says whose name this is
        f"coalesce(c.{other} IN ({', '.join(map(quote, codes))}), true)"
        for other, codes in column.masked_when.items()
    ]
    if any(rule.personal_name == column.name for rule in contract.quarantine_when):
        personal += [f"s.reason = {quote(rule.reason)}" for rule in contract.quarantine_when]
    if not personal and (contract.resolve is None or contract.resolve.name != column.name):
        return kept
    personal.append(sql.personal_name(f"trim({raw})"))
    return f"CASE WHEN {' OR '.join(personal)} THEN trim({raw})[1] || '*' ELSE {kept} END"


def cure(column: Column, source: str, feed: str) -> str:
    """What a person does about an unknown code."""
    if column.type in ("code", "currency"):
        name = column.codes or "currencies"
        return f"add it to 'also' of the list {name} in {source}, or to 'code_aliases' in the contract {feed}.yml"
    if column.type == "region":
        return (
            f"add it to {source} (with 'replaced_by' if it is retired), or to 'code_aliases' in the contract {feed}.yml"
        )
    if column.type == "industry":
        return f"ask the sender for the four-digit class, or add it to 'code_aliases' in the contract {feed}.yml"
    return f"add it to 'code_aliases' in the contract {feed}.yml"
