-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 股权冻结信息 / Equity freezes
{{ as_known(
    "c10_equity_freezes",
    columns=[
        "enterprise_id",
        "document_no",
        "frozen_amount",
        "court",
        "frozen_on",
        "frozen_to",
        "ended_on"
    ],
    record_key=["document_no"],
    objections=true
) }}
