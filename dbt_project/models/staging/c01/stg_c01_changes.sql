-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 变更登记信息 / Registration, changes
{{ as_known(
    "c01_changes",
    columns=[
        "enterprise_id",
        "change_item",
        "value_before",
        "value_after",
        "changed_on"
    ],
    record_key=["change_item", "changed_on", "value_after"]
) }}
