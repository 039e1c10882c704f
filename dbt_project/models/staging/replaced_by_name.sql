-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- Rows that do not stand because of a row without a code, or that have none themselves; feeds with resolve.
{{ config(materialized="plain_table") }}
{{ replaced_by_name(
    "c06_penalties",
    key=["enterprise_id", "document_no"],
    name="subject_name"
) }}
union all
{{ replaced_by_name(
    "c08_sampling",
    key=["sample_no"],
    name="party_name"
) }}
union all
{{ replaced_by_name(
    "c09_complaints",
    key=["complaint_no"],
    name="party_name"
) }}
union all
{{ replaced_by_name(
    "c10_defaulters",
    key=["case_no", "subject_kind", "enterprise_id", "person_id"],
    name="case when subject_kind in ('2') then null else party_name end"
) }}
union all
{{ replaced_by_name(
    "c10_enforcement",
    key=["case_no", "enterprise_id"],
    name="party_name"
) }}
union all
{{ replaced_by_name(
    "c10_lawsuits",
    key=["case_no", "enterprise_id"],
    name="party_name"
) }}
