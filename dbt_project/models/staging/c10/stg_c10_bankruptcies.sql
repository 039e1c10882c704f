-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 破产信息 / Bankruptcy cases
{{ as_known(
    "c10_bankruptcies",
    columns=[
        "enterprise_id",
        "case_no",
        "procedure",
        "court",
        "accepted_on",
        "ended_on"
    ],
    record_key=["case_no"],
    objections=true
) }}
