-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 行政处罚信息 / Administrative penalties
{{ as_known(
    "c06_penalties",
    columns=[
        "subject_kind",
        "enterprise_id",
        "subject_name",
        "legal_rep_id",
        "document_no",
        "violation",
        "legal_basis",
        "penalty_kind",
        "fine",
        "confiscation",
        "summary_procedure",
        "field",
        "decided_on",
        "publicity_ends_on",
        "authority_code"
    ],
    record_key=["document_no"],
    repair_ref="document_no",
    objections=true,
    name="subject_name",
    coded=false
) }}
