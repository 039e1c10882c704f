-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 被执行人信息 / Enforcement cases
{{ as_known(
    "c10_enforcement",
    columns=[
        "enterprise_id",
        "party_name",
        "case_no",
        "court",
        "filed_on",
        "amount",
        "closed_on"
    ],
    record_key=["case_no"],
    name="party_name",
    coded=true
) }}
