-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 年报修改信息 / Annual report amendments
{{ as_known(
    "c03_report_amendments",
    columns=[
        "enterprise_id",
        "report_year",
        "amended_on",
        "amended_item"
    ],
    record_key=["report_year", "amended_on", "amended_item"]
) }}
