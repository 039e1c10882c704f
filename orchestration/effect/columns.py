"""The tables of effect: names, columns, types and meaning. Importing this costs nothing.

Belongs here: what a column holds. Does not belong here: reading and writing (``store``, ``outcome``, ``measure``).
"""

from __future__ import annotations

Column = tuple[str, str, str]
"""Name, type of DuckDB, meaning."""

OUTCOME, EFFECT, SAVING, FAIRNESS = (
    "inspection_outcome", "inspection_effect", "inspection_saving", "inspection_fairness",
)  # fmt: skip

OUTCOME_COLUMNS = (
    ("month", "VARCHAR", "月份: month in which this state of the visit became known, YYYY-MM"),
    ("region_code", "VARCHAR", "地区: region of the enterprise when it was visited (GB/T 2260)"),
    (
        "visit",
        "VARCHAR",
        "检查: visit of a draw, else the task (任务编号); with enterprise_id names a visit",
    ),
    ("visit_id", "VARCHAR", "检查任务单号: visit of a draw of this platform; empty where none led to it"),
    ("enterprise_id", "VARCHAR", "统一社会信用代码: unified social credit code"),
    ("checked_on", "DATE", "检查日期: last day of the visit"),
    ("visit_month", "VARCHAR", "检查月份: month of the visit, YYYY-MM"),
    (
        "class_month",
        "VARCHAR",
        "等级月份: month whose class and score stand beside the result: of the draw that first led to the visit, else "
        "the month before it",
    ),
    ("class", "VARCHAR", "风险等级: class in use in class_month; empty where none was decided"),
    ("computed_class", "VARCHAR", "计算等级: class by the rules in class_month"),
    ("score", "DECIMAL(7,2)", "风险分: score in class_month"),
    ("authority_code", "VARCHAR", "检查机关: department; of several the first by code"),
    ("check_kind", "VARCHAR", "检查类型: why the visit was made (code list check_kinds): as drawn, else as told"),
    ("found", "BOOLEAN", "发现问题: any item with another result than no problem and no relevant activity"),
    ("critical", "BOOLEAN", "严重问题: any critical finding; empty where they are not counted"),
    ("results", "VARCHAR[]", "检查结果: results of its items (code list check_results), each once"),
    ("items", "VARCHAR[]", "抽查事项: items checked, each once"),
    ("lead_inspector_id", "VARCHAR", "主检查员: hash of who led the visit; never a feature"),
    ("second_inspector_id", "VARCHAR", "协同检查员: hash of the second inspector"),
    ("draw_id", "VARCHAR", "抽取编号: draw that led to the visit; empty where none of this platform did"),
    ("stratum", "VARCHAR", "层: stratum of that draw"),
    (
        "probability",
        "DOUBLE",
        "入样概率: with which it was drawn, above 0 to 1; empty where that is not known",
    ),
    (
        "due_share",
        "DOUBLE",
        "法定到期月占比: share of months in which a statutory visit is due; 0 where no frequency binds the enterprise",
    ),
    (
        "inclusion",
        "DOUBLE",
        "月入样概率: of a visit in a month, by lot or by statute; weights are 1 / it; empty where that is not known",
    ),
    ("fields", "VARCHAR[]", "重点领域: key fields of the enterprise in class_month"),
    ("industry_section", "VARCHAR", "行业门类: section of GB/T 4754 in class_month"),
    ("age_class", "VARCHAR", "年限组: band of years in operation in class_month"),
    ("size_class", "VARCHAR", "规模组: micro, small, medium, large or unknown in class_month"),
    ("first_received", "VARCHAR", "首次接收月份: month in which its first result came"),
    ("withdrawn", "BOOLEAN", "已撤销: no result of it stands any more; the row shows what had been known"),
)
"""Columns of ``lake.main.inspection_outcome``, their types and meaning."""


def _limits(name: str, text: str) -> tuple[Column, ...]:
    """Columns of a value with its 95 % interval."""
    limits = ((f"{name}_{side}", "DOUBLE", f"95 % 区间: {side} limit of {name}") for side in ("lower", "upper"))
    return ((name, "DOUBLE", text), *limits)


_WINDOW = (
    ("month", "VARCHAR", "月份: month at whose end all of it was known; last month of the visits, YYYY-MM"),
    ("region_code", "VARCHAR", "地区: always all; regions are groups"),
)
_COUNTS = (
    ("visits", "BIGINT", "检查户次: visits"),
    ("found", "BIGINT", "发现问题户次: visits that found something"),
    *_limits("find_rate", "问题发现率: found over visits; says nothing about who was not visited"),
)
EFFECT_COLUMNS = (
    *_WINDOW,
    ("dimension", "VARCHAR", "维度: all, class, field, region, month, age or size"),
    ("name", "VARCHAR", "组: the group"),
    *_COUNTS,
    ("known_visits", "BIGINT", "已知概率户次: visits of known probability"),
    ("effective_visits", "DOUBLE", "有效样本量: what they are worth after weighting (Kish)"),
    ("enterprises", "BIGINT", "企业月数: enterprise-months of the group in the window"),
    ("covered", "DOUBLE", "覆盖率: share of them in classes with a visit of known probability"),
    *_limits("population_rate", "加权发现率: rate of all enterprises of the group; empty where it cannot be told"),
    *_limits("lift", "提升度: rate of a class over that of all enterprises"),
    (
        "not_estimable",
        "VARCHAR[]",
        "不可估计: classes without a visit of known probability to most of their enterprises (by lot, or by statute)",
    ),
)
SAVING_COLUMNS = (
    *_WINDOW,
    ("scope", "VARCHAR", "范围: lot, visits drawn by lot; drawn, all visits of draws"),
    *_COUNTS,
    *_limits("random_rate", "随机抽查发现率: what a simple random draw would find"),
    *_limits("ratio", "倍数: find rate over that of a random draw; no upper limit where the data set none"),
    *_limits("visits_needed", "等效随机检查户次: visits that a random draw needs to find as much"),
    *_limits("saved_share", "节省检查比例: share of those that the classes save; empty where nothing was found"),
)
FAIRNESS_COLUMNS = (
    *_WINDOW,
    ("dimension", "VARCHAR", "维度: region, age or size"),
    ("name", "VARCHAR", "组: the group"),
    ("enterprises", "BIGINT", "企业月数: enterprise-months of the group that no statutory frequency binds"),
    ("enterprise_share", "DOUBLE", "企业占比: share of all"),
    ("visits", "BIGINT", "随机检查户次: visits by lot"),
    ("visit_share", "DOUBLE", "检查占比: share of all visits by lot"),
    *_COUNTS[1:],
    *_limits("population_rate", "加权发现率: rate of these enterprises"),
    ("finding_share", "DOUBLE", "问题占比: its share of the findings of the population, weighted"),
    *_limits("warranted", "检查占比与问题占比之比: above 1 it is visited more than its findings warrant"),
    ("expected", "DOUBLE", "预期发现: findings that visits of the same classes make in the whole population"),
    *_limits("truth", "实际与预期之比: found over expected; below 1 its classes are too hard on it"),
    *_limits("even", "同等级检查倍数: visits over those of an even draw within each class"),
    *_limits("false_alarms", "误报率: share of visits to riskier classes that found nothing"),
    *_limits("missed", "漏报率: share of visits to the safest class that found something"),
    ("flags", "VARCHAR[]", "提示: what stands out after the correction for many groups"),
)
"""Columns of the other tables."""
TABLES = {
    table: {name: kind for name, kind, _ in columns}
    for table, columns in (
        (OUTCOME, OUTCOME_COLUMNS), (EFFECT, EFFECT_COLUMNS), (SAVING, SAVING_COLUMNS), (FAIRNESS, FAIRNESS_COLUMNS)
    )
}  # fmt: skip
COLUMNS = TABLES[OUTCOME]
