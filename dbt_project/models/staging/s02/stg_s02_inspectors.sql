-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 执法检查人员名录 / Pool of inspectors
{{ as_known(
    "s02_inspectors",
    columns=[
        "inspector_id",
        "department",
        "district_code",
        "skills",
        "monthly_capacity",
        "active_from",
        "active_to"
    ],
    record_key=["inspector_id"]
) }}
