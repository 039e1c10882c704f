-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 动产抵押信息 / Chattel mortgages
{{ as_known(
    "c11_chattel_mortgages",
    columns=[
        "enterprise_id",
        "mortgage_no",
        "secured_amount",
        "registered_on",
        "state",
        "ended_on"
    ],
    record_key=["mortgage_no"]
) }}
