-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 年度报告信息 / Annual reports
{{ as_known(
    "c03_annual_reports",
    columns=[
        "enterprise_id",
        "report_year",
        "filed_on",
        "business_state",
        "staff",
        "staff_published",
        "assets",
        "assets_published",
        "liabilities",
        "liabilities_published",
        "revenue",
        "revenue_published",
        "profit",
        "profit_published",
        "net_profit",
        "net_profit_published",
        "tax",
        "tax_published",
        "equity",
        "equity_published",
        "paid_in_capital"
    ],
    record_key=["report_year"]
) }}
