-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 经营异常名录 / List of abnormal operations
{{ as_known(
    "c04_abnormal_list",
    columns=[
        "enterprise_id",
        "ground",
        "listed_on",
        "listed_by",
        "removed_on",
        "removal_reason"
    ],
    record_key=["listed_on", "ground"],
    repair_ref="listed_on",
    objections=true
) }}
