-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 社会保险参保人数 / Social insurance, insured staff
{{ as_known(
    "c13_insured_staff",
    columns=[
        "enterprise_id",
        "insured_month",
        "insured_staff",
        "counted_on"
    ],
    record_key=["insured_month"]
) }}
