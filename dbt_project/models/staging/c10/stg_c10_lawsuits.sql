-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 涉诉信息 / Lawsuits
{{ as_known(
    "c10_lawsuits",
    columns=[
        "enterprise_id",
        "party_name",
        "case_no",
        "role",
        "cause",
        "court",
        "filed_on",
        "amount",
        "closed_on"
    ],
    record_key=["case_no"],
    objections=true,
    name="party_name",
    coded=true
) }}
