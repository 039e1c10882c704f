-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 投诉举报信息 / Complaints and reports
{{ as_known(
    "c09_complaints",
    columns=[
        "complaint_no",
        "enterprise_id",
        "party_name",
        "party_address",
        "channel",
        "complaint_kind",
        "problem_class",
        "complainant_id",
        "received_on",
        "closed_on",
        "outcome",
        "repeat_complainant"
    ],
    record_key=["complaint_no"],
    objections=true,
    name="party_name",
    coded=true
) }}
