-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 特种设备使用登记 / Special equipment in use
{{ as_known(
    "c15_special_equipment",
    columns=[
        "enterprise_id",
        "equipment_no",
        "equipment_kind",
        "registered_on",
        "state",
        "next_inspection_on"
    ],
    record_key=["equipment_no"]
) }}
