-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 注销登记信息 / Registration, deregistrations
{{ as_known(
    "c01_deregistrations",
    columns=[
        "enterprise_id",
        "deregistered_on",
        "reason"
    ],
    record_key=["enterprise_id"]
) }}
