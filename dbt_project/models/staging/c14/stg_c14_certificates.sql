-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 认证与荣誉 / Certificates and honours
{{ as_known(
    "c14_certificates",
    columns=[
        "enterprise_id",
        "certificate_no",
        "certificate_kind",
        "issued_on",
        "valid_to"
    ],
    record_key=["certificate_no"]
) }}
