-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 异议申请与处理 / Objections to records
{{ as_known(
    "s01_objections",
    columns=[
        "objection_no",
        "enterprise_id",
        "feed",
        "record_key",
        "ground",
        "filed_on",
        "state",
        "decided_on"
    ],
    record_key=["objection_no"]
) }}
