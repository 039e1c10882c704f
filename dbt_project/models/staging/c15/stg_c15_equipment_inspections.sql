-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 特种设备检验 / Special equipment inspections
{{ as_known(
    "c15_equipment_inspections",
    columns=[
        "enterprise_id",
        "equipment_no",
        "inspected_on",
        "conclusion"
    ],
    record_key=["equipment_no", "inspected_on"],
    objections=true
) }}
