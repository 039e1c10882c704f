-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 专利信息 / Patents
{{ as_known(
    "c14_patents",
    columns=[
        "enterprise_id",
        "patent_no",
        "patent_kind",
        "granted_on",
        "ended_on"
    ],
    record_key=["patent_no"]
) }}
