-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 股权出质信息 / Equity pledges
{{ as_known(
    "c11_equity_pledges",
    columns=[
        "enterprise_id",
        "equity_no",
        "pledged_amount",
        "pledged_on",
        "state",
        "ended_on"
    ],
    record_key=["equity_no"]
) }}
