-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 责令公示信息 / Orders to disclose instant information
{{ as_known(
    "c03_disclosure_orders",
    columns=[
        "enterprise_id",
        "order_no",
        "subject_matter",
        "ordered_on",
        "due_on",
        "disclosed_on"
    ],
    record_key=["order_no"],
    objections=true
) }}
