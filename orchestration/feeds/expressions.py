"""SQL expressions that clean one value: plain functions from an SQL expression to an SQL expression.

Belongs here: each rule on a value, once, by name, testable on a relation of one column.
Does not belong here: which column gets which rule (``clean``), counting, quarantine.

Arguments are names of columns of the query at hand, never delivered values. Values that come from reference data or
are secret reach the query as DuckDB variables, set through parameters (``set_variables``).
"""

from __future__ import annotations

import hashlib

import duckdb

from orchestration.feeds.characters import ALPHABET
from orchestration.feeds.codes import CURRENCIES, FULL, HALF, PUNCTUATION, code_lookup
from orchestration.feeds.errors import HIDDEN, IDENTITY_NUMBER
from orchestration.lake import quote
from orchestration.settings import Settings

BLANKS = " \t\r\n\u3000\u00a0\ufeff"
LITERAL_NULLS = (
    "\\n", "\\N", "NULL", "null", "Null", "(null)", "<null>", "-", "--", "---", "—", "——", "N/A", "#N/A", "nan", "NaN",
    "None",
)  # fmt: skip
"""Texts that systems write where there is nothing."""
NO_END = ("长期", "永久", "长期有效", "无固定期限", "无期限", "0000-00-00", "0000/00/00", "00000000", "0")
"""Texts in a date column that say: no date."""
NO_DATE_YEAR = 2200
"""Dates from this year on (9999-12-31, 2999-12-31) mean: no date."""
OLDEST_YEAR = 1600
LEGAL = f"[{ALPHABET}]{{18}}"
MULTIPLES = {
    "亿": "10000", "千万": "1000", "百万": "100", "十万": "10", "万": "1", "千": "0.1", "百": "0.01",
}  # fmt: skip
"""Multiple before 元 -> factor to 万元."""
ORGANISATION = (
    "公司|集团|厂|店|部|社|院|校|所|中心|行|馆|站|场|会|局|铺|坊|庄|园|室|队|处|超市|楼|餐|吧|屋|摊|企业|商|户|网|矿|库"
)
"""Words that tell an organisation's name from a person's."""
PERSON = r"\p{Han}[\p{Han}*某]{1,3}|\p{Han}+·[\p{Han}·]+"


def set_variables(connection: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Set what the expressions read with ``getvariable``: the identity keys and the codes of currencies."""
    for name in ("inner", "outer"):
        key = hashlib.sha256(f"{name}:{settings.identity_key}".encode()).hexdigest()
        connection.execute(f"SET VARIABLE identity_{name} = ?", [key])
    known = currency_texts(settings)
    connection.execute("SET VARIABLE currencies = map(?, ?)", [list(known), list(known.values())])


def currency_texts(settings: Settings) -> dict[str, str]:
    """Text of a currency as an amount may carry it -> code; a leading 元 is a unit, not a currency."""
    meanings = code_lookup(settings, CURRENCIES, {}).meanings
    return {
        meaning.key: meaning.code
        for meaning in meanings
        if not meaning.key.startswith("元") and not meaning.key.isdigit()
    }


def tidy(text: str, *, few: bool = False) -> str:
    """Text without blanks around it; nothing left is null.

    Args:
        text: the text.
        few: for few texts; it takes longer for each and less to plan.
    """
    if few:
        return f"nullif(trim({text}, {quote(BLANKS)}), '')"
    # comparing beginnings is four times cheaper than starts_with; control characters that are no blanks stay
    begins = [f"{text} < '!'"] + [
        f"({text} >= {quote(blank)} AND {text} < {quote(chr(ord(blank) + 1))})" for blank in BLANKS if blank > "!"
    ]
    edges = " OR ".join([*begins, *(f"ends_with({text}, {quote(blank)})" for blank in BLANKS)])
    return f"nullif(CASE WHEN {edges} THEN trim({text}, {quote(BLANKS)}) ELSE {text} END, '')"


def no_literal_null(text: str) -> str:
    """Null for the texts of ``LITERAL_NULLS`` (rule ``literal_null``)."""
    return f"CASE WHEN {text} NOT IN ({', '.join(map(quote, LITERAL_NULLS))}) THEN {text} END"


def half(text: str) -> str:
    """Full-width ASCII as ASCII (rule ``full_width``); what has none is passed on, since translating is slow."""
    converted = f"translate({text}, {quote(FULL)}, {quote(HALF)})"
    wide = f"strlen({text}) <> length({text}) AND regexp_matches({text}, '[！-～\u3000]')"
    return f"CASE WHEN {wide} THEN {converted} ELSE {text} END"


def key(text: str) -> str:
    """Normal form of a half-width code or label, as ``codes.normal_key``."""
    bare = f"translate(upper({text}), {quote(PUNCTUATION)}, '')"
    return f"CASE WHEN ends_with({bare}, '.0') THEN regexp_replace({bare}, '^([0-9]+)\\.0+$', '\\1') ELSE {bare} END"


def compact(text: str) -> str:
    """Upper case without inner spaces: codes and identity numbers (rule ``lower_case_code``)."""
    return f"upper(replace({text}, ' ', ''))"


def date(text: str) -> str:
    """A date in any of the spellings that feeds use, from half-width text; null if it is none.

    2024-01-05, 2024-1-5, 2024/01/05, 2024.1.5, 2024年1月5日, each also with a time behind it, 20240105,
    20240105103000, and Excel's day numbers of five digits.
    """
    parts = r"^([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:\s*T?\s*[0-9]{1,2}[:时].*)?$"
    digits = f"concat({text}[1:4], '-', {text}[5:6], '-', {text}[7:8])"
    return (
        f"CASE WHEN length({text}) = 10 AND {text}[5] = '-' AND {text}[8] = '-' THEN try_cast({text} AS DATE) "
        f"WHEN regexp_full_match({text}, '[0-9]{{8}}(\\.0+)?|[0-9]{{14}}') THEN try_cast({digits} AS DATE) "
        f"WHEN regexp_full_match({text}, '[1-7][0-9]{{4}}(\\.[0-9]+)?') "
        f"THEN DATE '1899-12-30' + CAST(floor(try_cast({text} AS DOUBLE)) AS INTEGER) "
        f"WHEN regexp_matches({text}, '{parts}') "
        f"THEN try_cast(regexp_replace({text}, '{parts}', '\\1-\\2-\\3') AS DATE) END"
    )


def no_date(text: str, value: str) -> str:
    """Whether a date text says "no date" (rule ``sentinel_date``): 9999-9-9, 9999-12-31, 1900-01-01, 长期."""
    return (
        f"({text} IN ({', '.join(map(quote, NO_END))}) OR {text} = '2958465' OR coalesce(regexp_matches({text}, "
        f"'^9999[^0-9]?[0-9]{{1,2}}[^0-9]?[0-9]{{1,2}}'), false) "
        f"OR coalesce(year({value}) >= {NO_DATE_YEAR} OR {value} IN (DATE '1900-01-01', DATE '0001-01-01'), false))"
    )


def ready_uscc(text: str) -> str:
    """The text where it is a legal unified code as it stands, else null; most begin with 9, no identity number does."""
    legal = f"regexp_full_match({text}, '{LEGAL}') AND ({text} >= '9' OR NOT {identity_number(text)})"
    return f"CASE WHEN {legal} THEN {text} END"


def ready_holder(text: str) -> str:
    """The text where it is a code or an identity number without anything to mend, else null."""
    return f"CASE WHEN regexp_full_match({text}, '[0-9A-Z]{{15,18}}') THEN {text} END"


def ready_identifier(text: str) -> str:
    """The text where it is plain ASCII without blanks around it and says something, else null."""
    blank = " AND ".join(f"NOT ends_with({text}, {quote(blank)})" for blank in BLANKS if blank < "!")
    plain = f"{text} >= '!' AND strlen({text}) = length({text}) AND {blank}"
    return f"CASE WHEN {plain} AND {text} NOT IN ({', '.join(map(quote, LITERAL_NULLS))}) THEN {text} END"


def ready_integer(text: str) -> str:
    """The number where the text is its digits and no more, else null."""
    return f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}') THEN CAST({text} AS BIGINT) END"


def ready_ratio(text: str) -> str:
    """The share where the text is a number from 0 to 1, else null."""
    number = f"try_cast({text} AS DOUBLE)"
    return f"CASE WHEN {number} BETWEEN 0 AND 1 THEN {number} END"


def ready_amount(text: str, factor: str) -> str:
    """The amount in 万元 where the text is a plain number, else null."""
    plain = plain_amount(text)
    return plain if factor == "1" else f"try_cast({plain} * {factor} AS DECIMAL(18,4))"


def month(text: str) -> str:
    """A month as YYYY-MM from 2024-05, 202405, 2024/5, 2024年5月 or a whole date; null if it is none."""
    parts = "^([0-9]{4})[-/.年]?([0-9]{1,2})(?:月|[-/.月]?[0-9]{1,2}日?( .*)?)?$"
    value = f"regexp_replace({text}, '{parts}', '\\1-\\2-01')"
    return f"CASE WHEN regexp_matches({text}, '{parts}') THEN strftime(try_cast({value} AS DATE), '%Y-%m') END"


def year(text: str) -> str:
    """A year from 2024, 2024年, 2024年度, 2024.0; null outside 1900 to 2199."""
    pattern = r"((?:19|20|21)[0-9]{2})(?:年度?|\.0+)?"
    return f"CASE WHEN regexp_full_match({text}, '{pattern}') THEN CAST({text}[1:4] AS INTEGER) END"


def integer(text: str) -> str:
    """A whole number, also 12.0, 1,200 and 12人; null if it is none."""
    bare = f"regexp_replace({text}, '[,\\s]|[人个件次户名]$', '', 'g')"
    return (
        f"CASE WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,18}}') THEN CAST({text} AS BIGINT) "
        f"WHEN regexp_full_match({bare}, '[+-]?[0-9]{{1,18}}(\\.0+)?') "
        f"THEN CAST(regexp_replace({bare}, '\\.0+$', '') AS BIGINT) END"
    )


def ratio(text: str) -> str:
    """A share as 0 to 1: 0.35, 35% and 35 are the same (rule ``percent_ratio`` for the last two); else null."""
    number = f"try_cast(replace({text}, '%', '') AS DOUBLE)"
    value = f"CASE WHEN ends_with({text}, '%') OR {number} > 1 THEN {number} / 100 ELSE {number} END"
    return f"CASE WHEN {number} BETWEEN 0 AND 100 THEN {value} END"


def amount_text(text: str) -> str:
    """An amount that is not a plain number, without blanks, thousands separators and brackets."""
    bare = f"upper(regexp_replace({text}, '[\\s,()¥￥]', '', 'g'))"
    return f"CASE WHEN {text} IS NOT NULL AND {plain_amount(text)} IS NULL THEN {bare} END"


def plain_amount(text: str) -> str:
    """A plain number."""
    return f"try_cast({text} AS DECIMAL(18,4))"


def amount_parts(bare: str) -> str:
    """The parts of an amount with words as a struct of texts, from ``amount_text``.

    The pattern leaves RE2 one way to go at each character, which is ten times faster than naming the currencies in it.
    """
    multiples = "|".join(sorted(MULTIPLES, key=len, reverse=True))
    pattern = f"^([^0-9.+-]*)([0-9.+-]+)({multiples})?([元圆])?整?(.*)$"
    return f"regexp_extract({bare}, {quote(pattern)}, ['before', 'number', 'multiple', 'yuan', 'after'])"


def amount_currency(parts: str) -> str:
    """Code of the currency that an amount's text names, from ``amount_parts``; null if it names none."""
    name = f"coalesce(nullif({parts}.after, ''), nullif({parts}.before, ''))"
    return f"CASE WHEN {name} IS NOT NULL THEN getvariable('currencies')[{name}] END"


def amount(text: str, bare: str, parts: str, factor: str) -> str:
    """An amount in 万元 of its currency (rule ``capital_with_currency`` where ``bare`` is not null).

    A multiple (万, 亿) or 元 in the text says the unit, and so does a currency that is itself a unit (美元); otherwise
    it is the contract's: 500万元人民币 = 500, 5000000元 = 500, 1.2亿 = 12000, 500人民币 = 500 where 万元 is promised.

    Args:
        text: half-width text.
        bare: ``amount_text`` of it.
        parts: ``amount_parts`` of that.
        factor: factor of the contract's unit to 万元.
    """
    multiples = " ".join(f"WHEN {quote(name)} THEN {value}" for name, value in MULTIPLES.items())
    currency = f"concat({parts}.before, {parts}.after)"
    own_unit = f"regexp_matches({currency}, '[元镑币郎]$') AND {currency} <> '人民币'"
    unit = (
        f"CASE {parts}.multiple {multiples} "
        f"ELSE CASE WHEN {parts}.yuan <> '' OR ({own_unit}) THEN 0.0001 ELSE {factor} END END"
    )
    spelled = f"try_cast(try_cast({parts}.number AS DOUBLE) * CAST({unit} AS DOUBLE) AS DECIMAL(18,4))"
    plain = ready_amount(text, factor)
    words = " AND ".join(
        f"({parts}.{name} = '' OR getvariable('currencies')[{parts}.{name}] IS NOT NULL)"
        for name in ("before", "after")
    )
    return f"CASE WHEN {bare} IS NULL THEN {plain} WHEN {words} THEN {spelled} END"


def legal_uscc(code: str) -> str:
    """Whether a code has the 18 legal characters of GB 32100-2015 and is no identity number."""
    return f"(regexp_full_match({code}, '{LEGAL}') AND NOT {identity_number(code)})"


def identity_number(text: str) -> str:
    """Whether the whole text has the shape of a resident identity number."""
    return f"regexp_full_match({text}, '{IDENTITY_NUMBER}')"


def hashed(identifier: str) -> str:
    """Keyed hash of a personal identifier, 32 hexadecimal digits: nested SHA-256, as HMAC does it."""
    inner = f"sha256(concat(getvariable('identity_inner'), {identifier}))"
    return f"left(sha256(concat(getvariable('identity_outer'), {inner})), 32)"


SEALED = "ECRHASH"
"""Begins a text that carries a hash which this platform made, with its proof."""


def sealed(hashed_identifier: str) -> str:
    """A hash as a delivery of the platform's own may carry it: mark, hash, proof of our key; null of none.

    What people type into the form is hashed before it is kept, and a correction carries the persons of the row that it
    replaces, of whom only hashes are known. Without the proof any sender could name a person by a hash it has seen.
    """
    text = f"concat({quote(SEALED)}, upper({hashed_identifier}), upper({_proof(hashed_identifier)}))"
    return f"CASE WHEN {hashed_identifier} IS NOT NULL THEN {text} END"


def _proof(hashed_identifier: str) -> str:
    """16 hexadecimal digits that only the holder of the identity key can make for a hash."""
    return f"left({hashed(f'concat({quote(SEALED)}, {hashed_identifier})')}, 16)"


def person(identifier: str) -> str:
    """Hash of a compact identifier; of a sealed hash whose proof holds it is that hash."""
    start = len(SEALED) + 1
    given, proof = f"lower({identifier}[{start}:{start + 31}])", f"lower({identifier}[{start + 32}:])"
    ours = f"starts_with({identifier}, {quote(SEALED)}) AND {proof} = {_proof(given)}"
    return f"CASE WHEN {ours} THEN {given} ELSE {hashed(identifier)} END"


def scrubbed(text: str) -> str:
    """Text in which identity numbers are blotted out (rule ``identity_number_in_text``)."""
    pattern = quote(rf"\b(?:{IDENTITY_NUMBER})\b")
    return (
        f"CASE WHEN length({text}) > 13 AND regexp_matches({text}, '[0-9]{{14}}') "
        f"THEN regexp_replace({text}, {pattern}, {quote(HIDDEN)}, 'g') ELSE {text} END"
    )


def personal_name(text: str) -> str:
    """Whether a name reads like a person's."""
    return f"(regexp_full_match({text}, '{PERSON}') AND NOT regexp_matches({text}, '{ORGANISATION}'))"
