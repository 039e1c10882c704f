-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 行政许可信息 / Administrative licences
{{ as_known(
    "c02_licences",
    columns=[
        "enterprise_id",
        "licence_no",
        "licence_name",
        "licence_item",
        "required_for_business",
        "authority_code",
        "valid_from",
        "valid_to",
        "licence_state"
    ],
    record_key=["licence_no", "valid_from"],
    objections=true
) }}
