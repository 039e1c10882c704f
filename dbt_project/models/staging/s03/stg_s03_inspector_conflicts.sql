-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 检查人员回避关系 / Conflicts of interest of inspectors
{{ as_known(
    "s03_inspector_conflicts",
    columns=[
        "inspector_id",
        "enterprise_id",
        "reason",
        "starts_on",
        "ends_on"
    ],
    record_key=["inspector_id", "starts_on"]
) }}
