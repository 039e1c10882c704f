-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 纳税信息 / Tax paid
{{ as_known(
    "c12_tax_paid",
    columns=[
        "enterprise_id",
        "tax_year",
        "tax_paid",
        "paid_through"
    ],
    record_key=["tax_year"]
) }}
