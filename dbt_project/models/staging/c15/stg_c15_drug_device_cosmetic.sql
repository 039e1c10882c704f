-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 药品医疗器械化妆品许可 / Drugs, devices and cosmetics
{{ as_known(
    "c15_drug_device_cosmetic",
    columns=[
        "enterprise_id",
        "licence_no",
        "product_field",
        "operation_kind",
        "valid_from",
        "valid_to"
    ],
    record_key=["licence_no"]
) }}
