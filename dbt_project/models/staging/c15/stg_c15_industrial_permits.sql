-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 工业产品生产许可 / Industrial product permits
{{ as_known(
    "c15_industrial_permits",
    columns=[
        "enterprise_id",
        "permit_no",
        "product_class",
        "valid_from",
        "valid_to"
    ],
    record_key=["permit_no"]
) }}
