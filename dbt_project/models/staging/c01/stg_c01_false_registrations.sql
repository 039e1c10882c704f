-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 虚假登记与撤销登记 / False and revoked registrations
{{ as_known(
    "c01_false_registrations",
    columns=[
        "enterprise_id",
        "case_no",
        "registered_item",
        "opened_on",
        "state",
        "decided_on"
    ],
    record_key=["case_no"],
    objections=true
) }}
