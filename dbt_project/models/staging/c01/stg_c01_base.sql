-- Generated from data/contracts by `python -m orchestration.warehouse.staging`; do not edit.
-- 登记备案基本信息 / Registration, base record
{{ as_known(
    "c01_base",
    columns=[
        "enterprise_id",
        "enterprise_name",
        "former_names",
        "entity_type",
        "state",
        "established_on",
        "term_from",
        "term_to",
        "registered_capital",
        "capital_currency",
        "address",
        "district_code",
        "business_scope",
        "industry_section",
        "industry_code",
        "legal_rep_id",
        "parent_id",
        "approved_on"
    ],
    record_key=["enterprise_id"]
) }}
