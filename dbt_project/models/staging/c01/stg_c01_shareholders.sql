-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 股东及出资信息 / Registration, shareholders
{{ as_known(
    "c01_shareholders",
    columns=[
        "enterprise_id",
        "holder_kind",
        "holder_id",
        "subscribed_capital",
        "paid_in_capital",
        "share",
        "investor_type",
        "subscribed_until",
        "contributed_on",
        "left_on"
    ],
    record_key=["holder_id", "contributed_on"]
) }}
