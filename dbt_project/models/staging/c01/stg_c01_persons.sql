-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 主要人员信息 / Registration, key persons
{{ as_known(
    "c01_persons",
    columns=[
        "enterprise_id",
        "person_id",
        "person_name",
        "position",
        "appointed_on",
        "left_on"
    ],
    record_key=["person_id", "position", "appointed_on"]
) }}
