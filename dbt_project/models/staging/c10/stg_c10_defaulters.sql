-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 失信被执行人 / Court defaulters
{{ as_known(
    "c10_defaulters",
    columns=[
        "subject_kind",
        "enterprise_id",
        "party_name",
        "person_id",
        "case_no",
        "court",
        "filed_on",
        "published_on",
        "performance",
        "amount",
        "removed_on"
    ],
    record_key=["case_no", "subject_kind", "person_id"],
    objections=true,
    name="case when subject_kind in ('2') then null else party_name end",
    coded=false
) }}
