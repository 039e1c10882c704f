-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 人工调整分类决定 / Overrides of classes
{{ as_known(
    "s01_overrides",
    columns=[
        "override_no",
        "enterprise_id",
        "override_class",
        "reason",
        "decider_rank",
        "decider_id",
        "decided_on",
        "expires_on",
        "withdrawn_on"
    ],
    record_key=["override_no"]
) }}
