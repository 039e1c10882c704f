-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 食品生产经营许可 / Food producers and operators
{{ as_known(
    "c15_food_operators",
    columns=[
        "enterprise_id",
        "licence_no",
        "operation_kind",
        "risk_grade",
        "valid_from",
        "valid_to"
    ],
    record_key=["licence_no"]
) }}
