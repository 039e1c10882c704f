-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 分支机构信息 / Registration, branches
{{ as_known(
    "c01_branches",
    columns=[
        "enterprise_id",
        "branch_id",
        "branch_name",
        "opened_on",
        "closed_on"
    ],
    record_key=["branch_id"]
) }}
