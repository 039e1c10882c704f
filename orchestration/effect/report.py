"""The report of a month as a person reads it, in Chinese and English.

Belongs here: layout and words. Does not belong here: any arithmetic beyond rounding (``measure``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from orchestration.effect.fairness import BEYOND, SOFT, STEEP, UNEVEN, GroupFairness
from orchestration.effect.intervals import Ratio
from orchestration.effect.rates import GroupRate
from orchestration.effect.saving import LOT, Saved
from orchestration.evaluation.measures import Estimate
from orchestration.table import render

if TYPE_CHECKING:  # the model of inspectors needs scipy, which a page that shows its result does not
    from orchestration.effect.measure import Effect, Fairness
    from orchestration.effect.spread import Effect as Shift
    from orchestration.effect.spread import Spread

Cells = Sequence[str]
Table = tuple[str, list[str], list[Cells]]
"""Title, header, rows."""
DIMENSIONS = {
    "all": "全部 All", "class": "按风险等级 By class of the month before", "field": "按重点领域 By key field",
    "region": "按地区 By region", "month": "按月 By month of the visit", "age": "按经营年限 By years in operation",
    "size": "按规模 By size",
}  # fmt: skip
SCOPES = {"lot": "随机抽查 by lot", "drawn": "全部抽取 all drawn"}
FLAGS = {
    BEYOND: "检查偏多，等级偏严: less is found than its classes say",
    STEEP: "检查偏多，可由等级解释: visited more than its findings warrant, as its classes ask for",
    SOFT: "等级偏宽: more is found than its classes say",
    UNEVEN: "同等级抽取不均: not drawn like others of its class",
}
UNTOLD = "不可估计"
"""Stands for a rate that cannot be told, never for 0."""
Names = Mapping[str, Mapping[str, str]]
"""Dimension (``region``, ``class``, ``field``) or ``kind`` -> code -> names that people read."""


def percent(value: Estimate | None) -> str:
    """A rate with its interval, in percent."""
    return "" if value is None else f"{100 * value.value:.1f} ({100 * value.lower:.1f}-{100 * value.upper:.1f})"


def saved(value: Saved) -> str:
    """A share saved with its interval, in percent; a dash where there is none."""
    if value.value is None:
        return "-"
    lower = "-∞" if value.lower is None else f"{100 * value.lower:.1f}"
    upper = "" if value.upper is None else f"{100 * value.upper:.1f}"
    return f"{100 * value.value:.1f} ({lower}-{upper})"


def times(value: Ratio | None, digits: int = 2) -> str:
    """A ratio with its interval."""
    if value is None:
        return ""
    upper = "∞" if value.upper is None else f"{value.upper:,.{digits}f}"
    return f"{value.value:,.{digits}f} ({value.lower:,.{digits}f}-{upper})"


def rate_table(effect: Effect, dimension: str, names: Names) -> Table:
    """Find rates of one dimension."""
    header = [
        DIMENSIONS[dimension], "户次 visits", "发现 found", "发现率 find rate %", "已知概率 known",
        "企业月 enterprise-months", "总体发现率 population %", *(["提升度 lift"] if dimension == "class" else []),
    ]  # fmt: skip
    rows: list[Cells] = []
    for row in effect.of(dimension):
        lift = [times(effect.lifts.get(row.name))] if dimension == "class" else []
        rows.append([
            named(dimension, row.name, names), f"{row.visits:,}", f"{row.found:,}", percent(row.rate), f"{row.known:,}",
            f"{row.enterprises:,}", _population(row), *lift,
        ])  # fmt: skip
    return DIMENSIONS[dimension], header, rows


def named(dimension: str, code: str, names: Names) -> str:
    """A code and its name."""
    return f"{code} {names.get(dimension, {}).get(code, '')}".strip()


def _population(row: GroupRate) -> str:
    if row.population is not None:
        return percent(row.population)
    if not row.enterprises:
        return ""
    return f"{UNTOLD} not estimable: {', '.join(sorted(row.missing))}" if row.missing else UNTOLD


def saving_table(effect: Effect) -> Table:
    """The draw against a random one."""
    header = [
        "与同规模纯随机抽查比较 Against a random draw", "户次 visits", "发现率 find rate %", "随机 random %",
        "倍数 times", "等效户次 visits needed", "节省 saved %",
    ]  # fmt: skip
    rows: list[Cells] = [
        [
            SCOPES[row.scope], f"{row.visits:,}", percent(row.rate), percent(row.random), times(row.ratio),
            times(row.needed, 0), saved(row.saved),
        ]
        for row in effect.savings
    ]  # fmt: skip
    return "与同规模纯随机抽查比较 Against a random draw", header, rows


def sentences(effect: Effect) -> list[str]:
    """What the window shows, in one sentence each."""
    told = [
        f"{effect.first} 至 to {effect.month}: {effect.visits:,} 户次 visits, "
        f"{effect.known:,} 已知入样概率 of known probability."
    ]
    if effect.drawn:
        told.append(
            f"抽取 {effect.drawn:,} 户次，已有结果 {effect.answered:,}: of {effect.drawn:,} drawn visits "
            f"{effect.answered:,} have a result."
        )
    for row in effect.savings:
        if row.scope == LOT:
            told.append(
                f"随机抽查 {row.visits:,} 户次发现率 {100 * row.rate.value:.1f} %，纯随机为 "
                f"{100 * row.random.value:.1f} %: a random draw needs {times(row.needed, 0)} visits to find as much; "
                f"节省 saved {saved(row.saved)} %."
            )
    if not effect.savings:
        told.append("总体发现率不可估计: the rate of the population cannot be told, so nothing is said about savings.")
    order = effect.order
    if order.half is not None:
        told.append(
            f"风险较高一半占发现 {percent(order.half)} %: share of the {order.found:,} findings in the riskier half of "
            "the visits."
        )
    if order.auc is not None:
        told.append(f"AUC {order.auc.value:.3f} ({order.auc.lower:.3f}-{order.auc.upper:.3f}).")
    if order.days is not None:
        told.append(
            f"提前 {order.days:+.1f} 天: days by which findings come earlier in order of score, within their month."
        )
    return told


def spread_tables(spread: Spread, names: Names, shown: int) -> list[Table]:
    """Areas, and the most extreme inspectors by the beginning of their hash."""
    header = ["户次 visits", "发现 found", "预期 expected", "优势比 odds ratio (95 %)"]

    def rows(effects: Iterable[Shift]) -> list[Cells]:
        return [
            [
                named("region", one.name, names), f"{one.visits:,}", f"{one.found:,}", f"{one.expected:.1f}",
                f"{one.odds:.2f} ({one.lower:.2f}-{one.upper:.2f})",
            ]
            for one in effects
        ]  # fmt: skip

    areas, people = "地区效应 Areas, inspectors apart", "检查员效应（哈希前缀） Inspectors by hash, areas apart"
    return [(areas, [areas, *header], rows(spread.areas)), (people, [people, *header], rows(spread.inspectors[:shown]))]


def spread_sentence(spread: Spread | None) -> str:
    """How far inspectors and areas differ."""
    if spread is None:
        return "检查员与地区效应: too few visits with a class and an inspector to tell the two apart."
    return (
        f"检查员间差异 {_sd(spread.inspectors_sd)}，地区间差异 {_sd(spread.areas_sd)} (对数优势 log odds): "
        f"{spread.inspector_count:,} inspectors, {spread.several_areas:,} of them in more than one area."
    )


def _sd(value: Estimate) -> str:
    return f"{value.value:.2f} ({value.lower:.2f}-{value.upper:.2f})"


def fairness_table(fair: Fairness, dimension: str, names: Names) -> Table:
    """How the groups of one dimension were treated."""
    header = [
        DIMENSIONS[dimension], "企业占比 share %", "检查占比 visits %", "户次 visits", "发现率 find rate %",
        "问题占比 findings %", "检查/问题 warranted", "实际/预期 truth", "同等级 even", "误报 false alarms %",
        "漏报 missed %",
    ]  # fmt: skip
    rows: list[Cells] = [
        [
            named(dimension, row.name, names), f"{100 * row.enterprise_share:.1f}", f"{100 * row.visit_share:.1f}",
            f"{row.visits:,}", percent(row.rate),
            "" if row.finding_share is None else f"{100 * row.finding_share:.1f}", times(row.warranted),
            times(row.truth), times(row.even), percent(row.false_alarms), percent(row.missed),
        ]
        for row in fair.groups
        if row.dimension == dimension
    ]  # fmt: skip
    return DIMENSIONS[dimension], header, rows


def warnings(fair: Fairness, names: Names) -> list[str]:
    """One sentence for each flag of a group, and one for equal treatment where nothing is uneven."""
    told = [
        f"{DIMENSIONS[row.dimension].split()[0]} {named(row.dimension, row.name, names)}: {FLAGS[flag]} "
        f"({_figure(row, flag)})"
        for row in fair.groups
        for flag in row.flags
    ]
    uneven = {row.dimension for row in fair.groups if UNEVEN in row.flags}
    told += [
        f"{DIMENSIONS[dimension]}: 同等级抽取一致 groups are drawn alike at equal class."
        for dimension in dict.fromkeys(row.dimension for row in fair.groups)
        if dimension not in uneven
    ]
    return told


def _figure(row: GroupFairness, flag: str) -> str:
    value = {BEYOND: row.truth, SOFT: row.truth, STEEP: row.warranted, UNEVEN: row.even}[flag]
    return times(value)


def text(effect: Effect, fair: Fairness, names: Names, shown: int = 10) -> str:
    """The whole report for the terminal."""
    lines = [f"检查成效 Effect of inspections, {effect.month}", "", *sentences(effect), ""]
    for dimension in DIMENSIONS:
        lines += _rendered(rate_table(effect, dimension, names))
    lines += _rendered(saving_table(effect))
    if effect.apart:
        header = [
            "其他检查 Visits apart from the population",
            "等级 class",
            "户次 visits",
            "发现 found",
            "发现率 find rate %",
        ]
        rows = [
            [named("kind", one.kind or "-", names), "有 yes" if one.classed else "无 no", f"{one.visits:,}",
             f"{one.found:,}", percent(one.rate)]
            for one in effect.apart
        ]  # fmt: skip
        lines += [render(header, rows), ""]
    lines += [spread_sentence(effect.spread), ""]
    if effect.spread:
        for table in spread_tables(effect.spread, names, shown):
            lines += _rendered(table)
    lines += [f"公平性 Fairness, {fair.visits:,} 随机抽查户次 visits by lot", ""]
    for dimension in dict.fromkeys(row.dimension for row in fair.groups):
        lines += _rendered(fairness_table(fair, dimension, names))
    lines += warnings(fair, names) or ["没有可评判的随机抽查: no visit by lot has a result yet."]
    return "\n".join(lines)


def _rendered(table: Table) -> list[str]:
    _, header, rows = table
    return [render(header, rows), ""] if rows else []
