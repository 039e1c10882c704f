-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 缺陷产品召回 / Product recalls
{{ as_known(
    "c08_recalls",
    columns=[
        "enterprise_id",
        "recall_no",
        "product_name",
        "recall_kind",
        "announced_on",
        "completed_on"
    ],
    record_key=["recall_no"],
    objections=true
) }}
