-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 双随机抽查结果 / Double-random spot checks
{{ as_known(
    "c07_spot_checks",
    columns=[
        "enterprise_id",
        "plan_id",
        "task_id",
        "item",
        "authority_code",
        "checked_on",
        "result",
        "result_code",
        "closed_on",
        "minor_findings",
        "serious_findings",
        "critical_findings",
        "check_kind",
        "visit_id",
        "lead_inspector_id",
        "second_inspector_id",
        "correction_reason"
    ],
    record_key=["task_id", "item"],
    objections=true
) }}
