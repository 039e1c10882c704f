-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 严重违法失信名单 / Serious-dishonesty lists
{{ as_known(
    "c05_serious_lists",
    columns=[
        "enterprise_id",
        "list_field",
        "reason",
        "listed_on",
        "listed_by",
        "removed_on",
        "legal_rep_id"
    ],
    record_key=["list_field", "listed_on"],
    repair_ref="listed_on",
    objections=true
) }}
