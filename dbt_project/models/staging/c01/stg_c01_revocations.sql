-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 吊销信息 / Registration, revocations
{{ as_known(
    "c01_revocations",
    columns=[
        "enterprise_id",
        "revoked_on",
        "reason",
        "legal_rep_id"
    ],
    record_key=["enterprise_id"]
) }}
