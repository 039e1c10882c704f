"""Page on the key fields: mode, population, classes, moves, visits and the specialised indicators of each version.

Belongs here: text of ``fields.md``. Does not belong here: whether a version is right (``specialised``).
"""

from __future__ import annotations

from orchestration.dictionary.markdown import code, link, opening, table, text
from orchestration.settings import Settings
from orchestration.specialised.load import specialised_versions
from orchestration.specialised.model import Bound, FieldIndicator, KeyField, Specialised

MODES = {
    "indicator_fusion": "指标融合 indicator fusion: specialised indicators and the general score enter one score",
    "result_fusion": "结果融合 result fusion: specialised score and general score are added, then moved",
    "result_overlay": "结果叠加 result overlay: a matrix of specialised and general class gives class and tier",
}
"""Mode -> what a person reads."""

PARTS = {"static": "静态 static", "dynamic": "动态 dynamic", "general": "通用 general", "mark": "标记 mark"}
"""Part of a field's score -> what a person reads; a mark gives no points and moves the class."""


def fields_page(settings: Settings) -> str:
    """Text of ``fields.md``."""
    lines = [
        *opening("fields", "data/specialised"),
        "Beside the general class an enterprise has a specialised class in each key field it belongs to, and a "
        "combined one by the mode of the field. Points are weight x risk of the band / 100, capped by part.",
        "",
        "企业在所属重点领域另有专业分类，并按该领域的融合方式得出综合分类；"
        "得分 = 权重 × 档次风险值 / 100，按部分封顶。",
        "",
    ]
    for version in reversed(specialised_versions(settings)):
        lines += _version(version)
    return "\n".join(lines)


def _version(version: Specialised) -> list[str]:
    tiers = "; ".join(f"{code(tier.tier)} {text(tier.zh)} {text(tier.en)}" for tier in version.tiers)
    lines = [
        f"## Version {version.version}",
        "",
        f"**{text(version.title_zh)} / {text(version.title_en)}**",
        "",
        f"In force from {version.effective_from} to {version.effective_to or 'an open end'}. Tiers of supervision, the "
        f"lightest first: {tiers}.",
        "",
    ]
    for field in version.fields:
        lines += _field(version, field)
    return lines


def _bounds(bounds: tuple[Bound, ...]) -> str:
    return ", ".join(f"{bound.name} {bound.lower.normalize():f} to {bound.upper.normalize():f}" for bound in bounds)


def _field(version: Specialised, field: KeyField) -> list[str]:
    caps = ", ".join(f"{PARTS[row.part]} {row.cap.normalize():f}" for row in version.parts if row.field == field.field)
    visits = ", ".join(f"{name} {number.normalize():f}" for name, number in version.visits_of(field.field).items())
    own = [indicator for indicator in version.indicators if indicator.field == field.field]
    lines = [
        f"### {field.zh} {field.en}",
        "",
        f"- Members 成员: {text(field.members_zh)}; {text(field.members_en)}",
        f"- Mode 方式: {MODES[field.mode]}",
        f"- Most points 分值上限: {caps}",
        f"- Specialised classes 专业等级: {_bounds(field.specialised_classes)}",
        f"- Combined classes 综合等级: {_bounds(field.combined_classes) or 'by the matrix 按矩阵'}",
        f"- Least visits a year by statute 法定频次下限: {visits or 'none 无'}",
        f"- Basis 依据: {text(field.basis)}",
        *(f"- Move 升降级 {code(move.code)}: {text(move.zh)}; {text(move.en)}" for move in field.moves),
        "",
    ]
    if matrix := version.matrix_of(field.field):
        lines += table(
            ["Class", "Category", "Score", "Effect"],
            [
                [f"specialised {special}", f"general {general}", cell.class_name, code(cell.tier)]
                for (special, general), cell in matrix.items()
            ],
        )
    return [
        *lines,
        *table(
            ["Indicator", "Kind", "Chinese", "English", "Feeds", "Window", "Weight", "Band"],
            [_indicator(version, indicator) for indicator in own],
        ),
    ]


def _indicator(version: Specialised, indicator: FieldIndicator) -> list[str]:
    bands = "; ".join(
        f"{text(band.label_zh)} {text(band.label_en)}: {band.risk.normalize():f}"
        for band in version.bands_of(indicator.code)
    )
    return [
        code(indicator.code),
        PARTS[indicator.part],
        text(indicator.name_zh),
        text(indicator.name_en),
        ", ".join(link(code(feed), "feeds", feed, "fields") for feed in indicator.feeds),
        f"{indicator.window_months} months" if indicator.window_months else "month end",
        f"{indicator.weight.normalize():f}",
        bands,
    ]
