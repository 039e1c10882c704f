-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 欠税公告 / Tax arrears announcements
{{ as_known(
    "c12_arrears",
    columns=[
        "enterprise_id",
        "tax_kind",
        "arrears",
        "announced_on",
        "cleared_on"
    ],
    record_key=["tax_kind", "announced_on"],
    objections=true
) }}
