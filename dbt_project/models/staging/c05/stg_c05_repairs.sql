-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 信用修复决定 / Credit repair decisions
{{ as_known(
    "c05_repairs",
    columns=[
        "enterprise_id",
        "repaired_feed",
        "repaired_ref",
        "applied_on",
        "decided_on"
    ],
    record_key=["repaired_feed", "repaired_ref"]
) }}
