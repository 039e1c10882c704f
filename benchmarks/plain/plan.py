"""What either engine is to do for a month: files to read, small tables, and the steps with their SQL.

Belongs here: placeholders, the order of the steps, what is read of catalogue, contracts and manifests.
Does not belong here: an engine (``duckdb_run``, ``spark_run``), rules (``sql``, ``score``).

A SQL file is a list of queries, each under a line ``-- table name: what it is``, which is kept because several queries
read it; ``-- view name: ...``; or ``-- values name: ...``, the values of a level 2, which an engine keeps where that is
faster. Placeholders in braces are filled in here, and an unknown one is refused.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from benchmarks.plain.known import feeds_used, known_steps
from benchmarks.plain.score import class_sql, score_sql, values_sql
from orchestration.catalogue import Catalogue, catalogue_versions, load_catalogue
from orchestration.feeds.contract import delivered_feeds, load_contract
from orchestration.settings import Settings, month_check, month_shift
from orchestration.warehouse.environment import parameters, reference_folder, windows

SQL = Path(__file__).parent / "sql"
FILES = ("01_enterprise", "h01", "h02", "h03", "h04", "h05", "h06", "h07")
REFERENCE = ("districts", "entity_type_groups", "exchange_rates", "industry_risk")
QUERY = re.compile(r"^-- (table|view|values) (\w+): (.*?)(?=^-- (?:table|view|values) |\Z)", re.MULTILINE | re.DOTALL)
RESULT = "classed"
"""The step whose rows are the answer."""

# full width to half width, upper case, no spaces: how addresses and amounts are compared
PLAIN = (
    "upper(replace(replace(translate({0}, "
    "'０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺ（），．－＃', "
    "'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ(),.-#'), '　', ''), ' ', ''))"
)
CURRENCY = (
    "case when {0} like '%美元%' or {0} like '%USD%' then 'USD' "
    "when {0} like '%港元%' or {0} like '%港币%' or {0} like '%HKD%' then 'HKD' "
    "when {0} like '%欧元%' or {0} like '%EUR%' then 'EUR' when {0} like '%日元%' or {0} like '%JPY%' then 'JPY' "
    "when {0} like '%英镑%' or {0} like '%GBP%' then 'GBP' else 'CNY' end"
)


@dataclass(frozen=True)
class Step:
    """One query: ``kind`` is table, view or values, ``part`` the file it stands in."""

    part: str
    kind: str
    name: str
    sql: str


@dataclass(frozen=True)
class Plan:
    """A month for an engine.

    Attributes:
        month: ``YYYY-MM``.
        tables: name of a raw table -> its Parquet files, only of months up to the one computed.
        reference: name of a governed list -> its CSV file.
        steps: in the order in which they are run; the last is ``RESULT``.
    """

    month: str
    tables: dict[str, list[str]]
    reference: dict[str, str]
    steps: list[Step]


def plan_of(settings: Settings, month: str) -> Plan:
    """Read catalogue, contracts and manifests and write down what there is to do."""
    month_check(month)
    catalogue = load_catalogue(settings, month)
    codes = sorted({indicator.code for version in catalogue_versions(settings) for indicator in version.indicators})
    names = _names(settings, month)
    steps = [Step("known", "view", name, sql) for name, sql in _small_tables(settings, month, catalogue).items()]
    steps += [Step("known", kind, name, _fill(sql, names)) for kind, name, sql in known_steps(settings)]
    for part in FILES:
        text = (SQL / f"{part}.sql").read_text(encoding="utf-8")
        for kind, name, sql in re.findall(
            r"^-- (table|view|values) (\w+): (.*?)(?=^-- (?:table|view|values) |\Z)", text, re.M | re.S
        ):
            steps.append(Step(part, kind, name, _fill("-- " + sql, names)))
        if own := [code for code in codes if code[:3].lower() == part]:
            steps.append(Step(part, "table", part, values_sql(own, 5)))
    steps += [
        Step("score", "view", "valued", values_sql(codes, 3, "v_")),
        Step("score", "view", "scored", score_sql(catalogue)),
        Step("score", "view", RESULT, class_sql(catalogue, month, codes)),
    ]
    tables = {f"raw_{feed}": _files(settings.raw / feed, "accepted", month) for feed in feeds_used()}
    tables["raw_links"] = _files(settings.home / "lake" / "resolution" / "links", "links", month)
    lists = reference_folder(settings)
    return Plan(month, tables, {name: str(lists / f"{name}.csv") for name in REFERENCE}, steps)


def _files(folder: Path, name: str, month: str) -> list[str]:
    return [str(path) for path in sorted(folder.glob(f"month=*/{name}.parquet")) if path.parent.name[6:] <= month]


def _names(settings: Settings, month: str) -> dict[str, str]:
    """Placeholder -> text: days that follow from the month, windows and numbers of the catalogue."""
    months = windows(settings, month)
    numbers = {
        f"{code}.{name}": text for code, own in parameters(settings, month).items() for name, text in own.items()
    }
    year, number = map(int, month.split("-"))
    insured = max(int(numbers["H070201.zero_months"]), months["H070201"], months["H070204"])
    return {
        "month": month,
        "month_end": _end(month),
        # the report on a year is missing once 30 June of the next has passed
        "report_year_due": str(year - (1 if number >= 7 else 2)),
        "years_H030102": str(months["H030102"] // 12),
        "older_H030201": _end(month, int(numbers["H030201.older_than"])),
        "before_H050102": _end(month, 2 * months["H050102"]),
        "window_longest_H0701": _end(month, max(months[f"H07010{n}"] for n in range(1, 6))),
        # the feed of insured staff lags: half a year more than is counted
        "insured_after": month_shift(month, -6 - insured),
        "months_H070201": str(months["H070201"]),
        "months_H070204": str(months["H070204"]),
        **{f"window_{code}": _end(month, back) for code, back in months.items()},
        **numbers,
    }


def _end(month: str, back: int = 0) -> str:
    """Last day of the month ``back`` months before: an event on day d lies in a window if d is after it."""
    year, number = map(int, month_shift(month, 1 - back).split("-"))
    return f"date '{date(year, number, 1) - timedelta(days=1)}'"


def _fill(sql: str, names: dict[str, str]) -> str:
    """The SQL with its placeholders filled in; ``{plain x}`` and ``{currency x}`` are expressions over a column."""

    def text(found: re.Match[str]) -> str:
        name, _, column = found[1].partition(" ")
        return {"plain": PLAIN, "currency": CURRENCY}[name].format(column) if column else names[name]

    return re.sub(r"\{([\w. ]+)\}", text, sql)


def _small_tables(settings: Settings, month: str, catalogue: Catalogue) -> dict[str, str]:
    """Name -> query of what manifests and catalogue say: which feeds are fresh, what was replaced, which is worse."""
    accepted: dict[str, str] = {}
    replaced: set[tuple[str, str]] = set()
    for path in sorted(settings.raw.glob("*/month=*/manifest.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        if manifest["month"] > month or manifest["status"] == "none":
            continue
        replaced |= {(manifest["feed"], delivery) for delivery in manifest.get("supersedes") or ()}
        if manifest["status"] == "accepted":
            accepted[manifest["feed"]] = max(manifest["month"], accepted.get(manifest["feed"], ""))
    delivered = set(delivered_feeds(settings))
    fresh = [f"{str(_fresh(settings, feed, month, accepted, delivered)).lower()} as {feed}" for feed in feeds_used()]
    order = [
        f"select '{band.code}' as code, '{band.category}' as category, {place} as risk_order"
        # the worst last; of two alike the first in the list is the worse
        for place, band in enumerate(
            sorted((band for band in catalogue.bands if band.category), key=lambda band: (band.risk, -band.band))
        )
    ]
    rows = [f"select '{feed}' as feed, '{delivery}' as delivery_id" for feed, delivery in sorted(replaced)]
    return {
        "fresh": "select " + ", ".join(fresh),
        "superseded": "\nunion all ".join(rows) or "select '' as feed, '' as delivery_id",
        "category_order": "\nunion all ".join(order),
    }


def _fresh(settings: Settings, feed: str, month: str, accepted: dict[str, str], delivered: set[str]) -> bool:
    """Whether no record may be read as nothing happened: a delivery came in the months the contract allows."""
    oldest = month_shift(month, 1 - load_contract(settings, feed).fresh_months)
    return feed in delivered and accepted.get(feed, "") >= oldest
