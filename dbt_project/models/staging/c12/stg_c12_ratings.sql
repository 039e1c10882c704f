-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 纳税信用等级 / Tax credit ratings
{{ as_known(
    "c12_ratings",
    columns=[
        "enterprise_id",
        "rated_year",
        "rating",
        "rated_on"
    ],
    record_key=["rated_year"]
) }}
