"""Puts the explanation of one enterprise and month together.

Belongs here: ``explain`` and the order of its parts; refusals in a sentence.
Does not belong here: queries (``read``), arithmetic (``points``, ``ruling``), "what if" (``outlook``), the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import duckdb

from orchestration.catalogue import Catalogue, catalogue_versions
from orchestration.explanation.changes import changes_since
from orchestration.explanation.fields import fields_of
from orchestration.explanation.model import Explanation, Factor, Level, Override, Text
from orchestration.explanation.outlook import outlook
from orchestration.explanation.points import Subtotal, band_of, raw_points, score
from orchestration.explanation.read import Row, Rows, last_received, read, tables, values_of
from orchestration.explanation.remedies import remedy_of
from orchestration.explanation.ruling import Ruling, rule
from orchestration.feeds.contract import code_list, delivered_feeds, load_contract
from orchestration.lake import connect, missing_lake
from orchestration.settings import Settings, month_check, month_shift

REFUSED = "override_refused"
"""Column of ``risk_class`` that says why a decision to override is not applied."""


class ExplanationError(LookupError):
    """There is nothing to explain; one sentence says what is missing and what can be asked for instead."""


def explain(settings: Settings, enterprise_id: str, month: str | None = None) -> Explanation:
    """Why an enterprise has its class in a month, and what would lower it.

    Args:
        settings: where the lake is.
        enterprise_id: unified social credit code.
        month: ``YYYY-MM``; default: the newest month for which the enterprise has a class.

    Raises:
        ExplanationError: the enterprise or the month is not there, or its scores are not those of its class.
        SettingsError: the month is not written ``YYYY-MM``.
    """
    if month is not None:
        month_check(month)
    if missing := missing_lake(settings):
        raise ExplanationError(missing)
    with connect(settings, read_only=True) as connection:
        return explain_on(connection, settings, enterprise_id, month)


def explain_on(
    connection: duckdb.DuckDBPyConnection, settings: Settings, enterprise_id: str, month: str | None = None
) -> Explanation:
    """The same on an open connection, for whoever explains many."""
    known = tables(connection)
    chosen = month or _newest(connection, enterprise_id, known)
    rows = read(connection, settings, enterprise_id, chosen, known)
    if rows is None:
        raise ExplanationError(_missing(connection, enterprise_id, chosen, known))
    catalogue = _catalogue(settings, rows.classed)
    factors = _factors(connection, settings, catalogue, rows, chosen)
    counted = score(catalogue, raw_points(catalogue, values_of(catalogue, rows.scored)))
    if counted.points != {factor.code: factor.points for factor in factors}:
        raise ExplanationError(
            f"The points of {enterprise_id} in {chosen} are not those that data/catalogue/{catalogue.version} gives "
            f"now; compute {chosen} again and classify it."
        )
    ruling = rule(catalogue, counted.score, {factor.code: factor.value for factor in factors})
    if counted.score != rows.classed["score"]:
        raise ExplanationError(
            f"The class of {enterprise_id} in {chosen} was decided on a score of {rows.classed['score']}, while its "
            f"points add up to {counted.score} now; classify {chosen} again."
        )
    before = month_shift(chosen, -1)
    earlier = read(connection, settings, enterprise_id, before, known)
    remedy = {code: remedy_of(settings, code) for code in catalogue.codes}
    names = {risk_class.name: Text(risk_class.zh, risk_class.en) for risk_class in catalogue.classes}
    bounds = next(one for one in catalogue.classes if one.name == ruling.by_score)
    return Explanation(
        enterprise_id=enterprise_id,
        name=_name(factors),
        month=chosen,
        region_code=rows.classed["region_code"],
        class_name=rows.classed["class"],
        class_text=names[rows.classed["class"]],
        computed_class=rows.classed["computed_class"],
        safest_class=catalogue.classes[0].name,
        score=rows.classed["score"],
        bounds=(bounds.lower, bounds.upper),
        reason=_reason(catalogue, ruling, counted.score),
        reason_line=rows.classed["reason"],
        thin_file=rows.classed["thin_file"],
        direct_rule=rows.classed["direct_rule"],
        floor_rule=rows.classed["floor_rule"],
        override=_override(settings, rows.classed),
        override_refused=rows.classed.get(REFUSED),
        version=catalogue.version,
        version_title=Text(catalogue.title_zh, catalogue.title_en),
        total=_level(catalogue, counted.levels["TOTAL"]),
        levels=tuple(_level(catalogue, counted.levels[code]) for code in sorted(counted.levels) if code != "TOTAL"),
        factors=factors,
        changes=None
        if earlier is None
        else changes_since(before, _catalogue(settings, earlier.classed), earlier, factors),
        outlook=outlook(catalogue, chosen, factors, remedy),
        fields=fields_of(connection, settings, enterprise_id, chosen, known),
    )


# -- refusals -------------------------------------------------------------------------------------------------------


def _newest(connection: duckdb.DuckDBPyConnection, enterprise_id: str, known: set[str]) -> str:
    found = None
    if "main.risk_class" in known:
        found = connection.execute(
            "SELECT max(month) FROM lake.main.risk_class WHERE enterprise_id = ?", [enterprise_id]
        ).fetchone()
    if not found or found[0] is None:
        raise ExplanationError(
            f"{enterprise_id} has no class in any month; check the unified social credit code, or classify a month."
        )
    return str(found[0])


def _missing(connection: duckdb.DuckDBPyConnection, enterprise_id: str, month: str, known: set[str]) -> str:
    if "main.risk_class" not in known:
        return "No month has been classified yet; run `make demo`, or classify a month first."
    ((first, last, here),) = connection.execute(
        "SELECT min(month), max(month), bool_or(month = ?) FROM (SELECT DISTINCT month FROM lake.main.risk_class)",
        [month],
    ).fetchall()
    if not here:
        return f"{month} has not been classified; classes are there from {first} to {last}."
    ((own_first, own_last),) = connection.execute(
        "SELECT min(month), max(month) FROM lake.main.risk_class WHERE enterprise_id = ?", [enterprise_id]
    ).fetchall()
    if own_first is None:
        return (
            f"{enterprise_id} has no class in any month from {first} to {last}; check the unified social credit code."
        )
    return f"{enterprise_id} has no class in {month}; it has one in months from {own_first} to {own_last}."


def _catalogue(settings: Settings, classed: Row) -> Catalogue:
    """The version by which a row was decided; it need not be the one in force today."""
    for version in catalogue_versions(settings):
        if version.version == classed["catalogue_version"]:
            return version
    raise ExplanationError(
        f"{classed['month']} was classified by catalogue {classed['catalogue_version']}, which is not in "
        f"{settings.definition / 'catalogue'} any more; put the version back or classify the month again."
    )


# -- parts ----------------------------------------------------------------------------------------------------------


def _factors(
    connection: duckdb.DuckDBPyConnection, settings: Settings, catalogue: Catalogue, rows: Rows, month: str
) -> tuple[Factor, ...]:
    missing = {
        feed
        for indicator in catalogue.indicators
        if rows.scored.get(f"v_{indicator.column}") is None
        for feed in indicator.feeds
    }
    newest = last_received(connection, month, missing)
    raw = raw_points(catalogue, values_of(catalogue, rows.scored))
    factors = []
    for indicator in catalogue.indicators:
        value = rows.scored.get(f"v_{indicator.column}")
        band = band_of(catalogue, indicator, value)
        counts = rows.scored[f"p_{indicator.column}"]
        before_caps = raw[indicator.code] or Decimal(0)
        factors.append(
            Factor(
                code=indicator.code,
                name=Text(indicator.name_zh, indicator.name_en),
                level1=indicator.l1_code,
                level2=indicator.l2_code,
                unit=indicator.unit,
                value=value,
                band=band.band if band else None,
                label=Text(band.label_zh, band.label_en) if band else None,
                points=counts,
                cap_taken=before_caps - counts,
                known=value is not None,
                unknown=_unknown(settings, indicator.feeds, month, newest) if value is None else None,
                records=tuple(rows.records.get(indicator.code, ())),
            )
        )
    return tuple(factors)


def _unknown(settings: Settings, feeds: Iterable[str], month: str, newest: dict[str, str]) -> Text:
    """Why a value is unknown: a feed that is not fresh, or nothing to measure."""
    here = set(delivered_feeds(settings))
    stale_zh, stale_en = [], []
    for feed in feeds:
        contract = load_contract(settings, feed)
        last = newest.get(feed)
        if feed in here and last and last > month_shift(month, -contract.fresh_months):
            continue
        stale_zh.append(f"{contract.title_zh}（{feed}，" + (f"最近收到于{last}" if last else "从未收到") + "）")
        stale_en.append(
            f"{contract.title_en} ({feed}, " + (f"last received for {last}" if last else "never received") + ")"
        )
    if stale_zh:
        return Text("数据未按时收到：" + "；".join(stale_zh), "feed not fresh: " + "; ".join(stale_en))
    return Text("不适用，或相关内容未公示、未抽检", "not applicable, or not disclosed or never measured")


def _name(factors: Iterable[Factor]) -> str | None:
    """The registered name, where a base record stands behind an indicator."""
    for factor in factors:
        for record in factor.records:
            if record.feed == "c01_base" and record.about_id is None:
                return next((one.value.zh for one in record.content if one.column == "enterprise_name"), None)
    return None


def _override(settings: Settings, classed: Row) -> Override | None:
    """The decision that stands beside the computed class, if one is in force: the columns ``override_*``."""
    if classed.get("override_no") is None:
        return None
    details = {name: value for name, value in classed.items() if name.startswith("override_") and value is not None}
    details.pop(REFUSED, None)
    ranks = {row["code"]: row for row in code_list(settings, "decider_ranks")}
    rank = ranks.get(str(details.get("override_rank")))
    if rank:
        details["override_rank"] = Text(rank["label_zh"], rank["label_en"])
    return Override(details)


def _reason(catalogue: Catalogue, ruling: Ruling, points: Decimal) -> Text:
    bounds = next(one for one in catalogue.classes if one.name == ruling.by_score)
    last = catalogue.classes[-1].name == bounds.name
    span = f"[{bounds.lower.normalize():f}, {bounds.upper.normalize():f}{']' if last else ')'}"
    scored = Text(f"得分{points}，属{bounds.name}类区间{span}", f"the score {points} lies in {bounds.name} {span}")
    if ruling.direct:
        return Text(f"直接判定：{ruling.direct.zh}（{scored.zh}）", f"direct rule: {ruling.direct.en} ({scored.en})")
    if ruling.class_name == ruling.by_score:
        return scored
    if ruling.floor and ruling.class_name == ruling.floor.class_name:
        return Text(
            f"下限规则：{ruling.floor.zh}，不优于{ruling.class_name}（{scored.zh}）",
            f"floor: {ruling.floor.en}, {ruling.class_name} at best ({scored.en})",
        )
    words = ruling.thin
    zh, en = (words.zh, words.en) if words else ("", "")
    return Text(
        f"信息不足：{zh}，不优于{ruling.class_name}（{scored.zh}）",
        f"too little is known: {en}, {ruling.class_name} at best ({scored.en})",
    )


def _level(catalogue: Catalogue, level: Subtotal) -> Level:
    name = Text("合计", "Total")
    for indicator in catalogue.indicators:
        if indicator.l1_code == level.code:
            name = Text(indicator.l1_name_zh, indicator.l1_name_en)
        elif indicator.l2_code == level.code:
            name = Text(indicator.l2_name_zh, indicator.l2_name_en)
    return Level(level.code, name, level.gathered, level.cap, level.taken, level.counted)
