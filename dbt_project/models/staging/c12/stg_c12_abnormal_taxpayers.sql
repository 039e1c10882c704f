-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 非正常户认定 / Abnormal taxpayers
{{ as_known(
    "c12_abnormal_taxpayers",
    columns=[
        "enterprise_id",
        "identified_on",
        "lifted_on"
    ],
    record_key=["identified_on"],
    objections=true
) }}
