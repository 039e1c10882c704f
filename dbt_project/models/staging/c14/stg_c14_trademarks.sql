-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 商标信息 / Trademarks
{{ as_known(
    "c14_trademarks",
    columns=[
        "enterprise_id",
        "mark_no",
        "nice_class",
        "registered_on",
        "valid_to"
    ],
    record_key=["mark_no"]
) }}
