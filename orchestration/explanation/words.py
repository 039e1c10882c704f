"""Standing words of the page, in both languages.

Belongs here: every sentence of the page that does not come from data.
Does not belong here: where they stand (``page``).
"""

from __future__ import annotations

from typing import Any

from orchestration.explanation.model import Text

WORDS: dict[str, Text] = {
    "title": Text("企业信用风险分类说明 · {month}", "Why this risk class · {month}"),
    "firm": Text("企业", "Enterprise"),
    "region": Text("地区", "Region"),
    "class": Text("分类", "Class"),
    "score": Text("得分", "Score"),
    "scale": Text("0至1000，越高风险越大", "0 to 1000, higher is riskier"),
    "standing": Text(
        "本分类仅供监管部门内部配置监管资源参考：不是对企业信用的评价，不是惩戒，不对外公开，任何等级都不免于抽查"
        "（不评价、不惩戒、不公开、不免抽）。",
        "This class is an internal reference for allocating supervision: not a rating of creditworthiness, not a "
        "punishment, not published, never an exemption from inspection (不评价、不惩戒、不公开、不免抽).",
    ),
    "override": Text(
        "使用中的分类由人工决定调整为{used}；按规则计算的分类为{computed}，两者并存，下文解释计算的分类。",
        "The class in use was set to {used} by a decision of a person; the class computed by the rules is {computed}. "
        "Both stand side by side; what follows explains the computed one.",
    ),
    "override_refused": Text("另有一项人工调整决定未予适用：{why}", "A decision to override is not applied: {why}"),
    "why": Text("为什么", "Why"),
    "because": Text("依据：{reason}。", "Because {reason}."),
    "reasons": Text("分值最高的原因：", "The reasons with the most points:"),
    "no_reasons": Text("没有任何指标计分。", "No indicator gives points."),
    "points": Text("{points}分", "{points} points"),
    "can": Text("可以做什么", "What can be done"),
    "lowest": Text(
        "已是风险最低的等级，保持即可。", "This is the class of least risk already; nothing needs to be done."
    ),
    "after_rule": Text(
        "该状态结束后，如其他情况不变，得分为{score}，分类为{name}。",
        "Once that has ended, other things equal, the score is {score} and the class {name}.",
    ),
    "alone": Text(
        "以下任何一项完成后，如其他情况不变，分类即降低：",
        "Any one of these lowers the class, other things equal:",
    ),
    "together": Text(
        "以下各项都完成后，如其他情况不变，分类降为{name}（得分{score}）：",
        "All of these together lower the class to {name} (score {score}), other things equal:",
    ),
    "other": Text("还可以降低得分：", "These lower the score as well:"),
    "other_only": Text(
        "以下各项可以降低得分，但在目前情况下不足以改变分类：",
        "These lower the score, though at present not the class:",
    ),
    "capped": Text(
        "以下各项因分值已达上限，暂不改变得分，但同样应当办理，其他分值减少后即见效果：",
        "These do not change the score yet, because a cap holds it; they should be done all the same and show once "
        "other points are gone:",
    ),
    "nothing": Text(
        "目前没有企业自身可以立即完成、足以降低分类的事项。",
        "At present there is nothing the enterprise itself could do at once that would lower the class.",
    ),
    "step": Text("{act}（{codes}）：得分{score}，分类{name}", "{act} ({codes}): score {score}, class {name}"),
    "part": Text("{act}（{codes}）", "{act} ({codes})"),
    "in_time": Text(
        "随时间：如没有新的记录且其他情况不变，{month}起得分为{score}，分类降为{name}。",
        "By time: without new records and other things equal, from {month} the score is {score} and the class {name}.",
    ),
    "not_in_time": Text(
        "随时间：如其他情况不变，{years}年内分类不会因记录到期而降低。",
        "By time: other things equal, the class does not fall within {years} years because records run out.",
    ),
    "object": Text("如何提出异议", "How to object"),
    "object_how": Text(
        "如认为某条记录有误，可向登记机关所在地市场监督管理部门提出异议，写明数据类别和记录主键，例如：",
        "If a record is wrong, file an objection with the local market regulator and cite the feed and the key of the "
        "record, for example:",
    ),
    "object_then": Text(
        "异议核查期间，记录标注为“核查中”；异议成立的，自决定作出的月份起不再计入，以前月份不改写。",
        "While an objection is examined the record is marked as under review; if it is upheld, the record stops to "
        "count from the month of the decision, and earlier months stay as they were.",
    ),
    "object_none": Text(
        "计分依据为登记、年报等企业自身报送的信息；如有误，请向登记机关申请更正，更正后次月自动重新计算。",
        "The points rest on what the enterprise itself registered or reported; if that is wrong, have it corrected "
        "with the registration authority, and the next month is computed anew.",
    ),
    "details": Text("详细说明", "Details"),
    "sum": Text("得分如何相加", "How the score adds up"),
    "sum_row": Text(
        "汇入{gathered}，上限{cap}，上限扣减{taken}，计入{counted}",
        "gathers {gathered}, cap {cap}, the cap takes {taken}, counts {counted}",
    ),
    "sum_free": Text("计入{counted}（上限{cap}）", "counts {counted} (cap {cap})"),
    "sum_total": Text("合计", "Total"),
    "sum_above": Text("，其中{above}因上级上限未计入", ", of which caps above take {above}"),
    "factors": Text("计分指标及其依据的记录", "Indicators that count, and the records behind them"),
    "cap_taken": Text("（上限扣减{taken}）", " (caps took {taken})"),
    "zero": Text("已知且不计分的指标（{count}项）", "Known and without points ({count} indicators)"),
    "unknown": Text(
        "未知的指标（{count}项，按0分计，不视为良好）",
        "Unknown ({count} indicators; they count 0 and are not taken as clean)",
    ),
    "absent": Text("缺少：{title}，应于{day}前", "missing: {title}, due by {day}"),
    "record": Text("{title}（{feed}）", "{title} ({feed})"),
    "day": Text("日期{day}", "day {day}"),
    "received": Text("{month}收到", "received {month}"),
    "stops": Text("{month}起不再计入", "stops to count in {month}"),
    "stays": Text("状态结束前一直计入", "counts until the state ends"),
    "about": Text("关于关联企业{id}", "about the affiliate {id}"),
    "counts_for": Text("计{weight}", "counts for {weight}"),
    "repaired": Text("{day}已信用修复", "repaired on {day}"),
    "review": Text("异议核查中（{day}起）", "under review since {day}"),
    "key": Text("记录主键{key}", "key {key}"),
    "id": Text("编号{id}", "record {id}"),
    "seen": Text("内容见上文[{number}]", "content: see [{number}] above"),
    "by_caps": Text("仅因上限变动而改变分值：{codes}", "points moved by caps alone: {codes}"),
    "signal": Text(
        "《{title}》，{source}，{day}，{topic}，{polarity}",
        '"{title}", {source}, {day}, {topic}, {polarity}',
    ),
    "signal_confirmed": Text("线索核实：{value}", "lead confirmed: {value}"),
    "signal_resolved_on": Text("{value}办结", "settled on {value}"),
    "signal_withdrawn_on": Text("{value}撤回", "withdrawn on {value}"),
    "signal_match": Text("匹配依据：{kind}，置信度{confidence}", "matched by {kind}, confidence {confidence}"),
    "signal_page": Text("{day}采集的网页：`make page P={page}`", "page as fetched on {day}: `make page P={page}`"),
    "no_content": Text("（原始记录已不在）", "(the delivered row is not there any more)"),
    "more": Text("另有{count}条记录，见数据表 risk_evidence", "{count} more records; see the table risk_evidence"),
    "no_record": Text("（没有列出记录）", "(no record is listed)"),
    "changed": Text("与上月（{month}）相比", "What changed since {month}"),
    "changed_class": Text(
        "上月分类{before}、得分{score_before}；本月分类{now}、得分{score}。",
        "Class {before} with {score_before} then; class {now} with {score} now.",
    ),
    "changed_version": Text("指标版本由{before}改为{now}。", "The catalogue version changed from {before} to {now}."),
    "changed_none": Text("没有变化。", "Nothing changed."),
    "no_month_before": Text("上月没有分类，无从比较。", "There was no class the month before to compare with."),
    "came": Text("新增 {record}", "came: {record}"),
    "left": Text("退出 {record}", "left: {record}"),
    "not_in_force": Text("未纳入", "not in force"),
    "is_unknown": Text("未知", "unknown"),
    "ahead": Text("随时间的变化（没有新的记录，其他情况不变）", "By time (without new records, other things equal)"),
    "ahead_step": Text("{month}：得分{score}，分类{name}（{codes}）", "{month}: score {score}, class {name} ({codes})"),
    "ahead_none": Text("{years}年内没有记录到期。", "No record runs out within {years} years."),
    "waiting": Text("只能等待或由其他机关决定的事项", "What only time or another authority ends"),
    "until": Text("，{month}起", ", from {month}"),
    "fields": Text("重点领域", "Key field"),
    "field_specialised": Text("专业分类", "specialised"),
    "field_combined": Text("通用+专业综合分类", "general and specialised combined"),
    "field_before": Text("上月综合分类：{name}，得分{score}", "the month before, combined: {name}, score {score}"),
    "basis": Text(
        "指标版本：{version} {title}。各项计入分值之和等于得分。",
        "Catalogue version {version}, {title}. The points that count add up to the score.",
    ),
}

UNITS: dict[str, Text] = {
    "count": Text("", ""),
    "weighted_count": Text("（加权）", " (weighted)"),
    "weighted_flag": Text("（加权）", " (weighted)"),
    "flag": Text("", ""),
    "category": Text("", ""),
    "years": Text("年", " years"),
    "wan_yuan": Text("万元", " x 10,000 yuan"),
    "ratio": Text("（比值）", " (ratio)"),
    "share": Text("（占比）", " (share)"),
    "percentile": Text("（同类百分位）", " (percentile among peers)"),
}
"""How a unit of the catalogue reads after a number."""

OVERRIDE: dict[str, Text] = {
    "override_no": Text("决定文号", "decision"),
    "override_reason": Text("理由", "reason"),
    "override_rank": Text("决定人职级", "rank of the decider"),
    "override_until": Text("有效期至", "holds until"),
}
"""Columns of ``risk_class`` about an override."""

FIELD: dict[str, Text] = {
    "score": Text("得分", "score"),
    "class": Text("分类", "class"),
    "mode": Text("方式", "mode"),
    "reason": Text("依据", "reason"),
    "tier": Text("监管档次", "tier of supervision"),
    "visits_per_year": Text("每年检查次数", "visits a year"),
}
"""Columns of the tables of specialised and combined classes that the page shows."""


def say(sentence: str, language: str, /, **values: Any) -> str:
    """One of the standing sentences in ``zh`` or ``en``, with its blanks filled."""
    return WORDS[sentence].of(language).format(**values)
