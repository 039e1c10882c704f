-- H0302 年报质量 Annual report quality. Source: C03 (c03_annual_reports), C12 (c12_tax_paid), C13 (c13_insured_staff),
-- C01.
-- The report read is the latest one on file, if it covers the year due or a later one; an older one says nothing about
-- now.
-- H030201 年报财务全零申报: assets, liabilities, revenue, profit and tax are all 0 and the enterprise is older than
--         `older_than` months. One amount other than 0 settles it (0); otherwise an undisclosed amount (missing, or
--         flagged as not published) leaves it unknown.
-- H030202 大额注册资本与零税零人员不符: for capital of `capital_at_least` 万元 and more, how many of these hold: no tax, revenue under
--         `revenue_below` 万元, no staff. Tax and staff are 0 only if no source knows more: the tax and social-insurance
--         records count beside the report. Smaller capital: 0. Unknown parts do not count; nothing known or capital
--         unknown: null.
with spine as (
    select
        enterprise_id,
        established_on,
        registered_capital
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

-- What an enterprise chose not to publish is not read here, as in H0701.
reports as (
    select
        enterprise_id,
        row_number() over (partition by enterprise_id order by report_year desc) as recency,
        case when assets_published is not false then assets end as assets,
        case when liabilities_published is not false then liabilities end as liabilities,
        case when revenue_published is not false then revenue end as revenue,
        case when profit_published is not false then profit end as profit,
        case when tax_published is not false then tax end as tax,
        case when staff_published is not false then staff end as staff
    from {{ ref("stg_c03_annual_reports") }}
    where
        filed_on <= {{ month_end() }}
        and report_year >= {{ report_year_due() }}
        and {{ fresh("c03_annual_reports") }}
),

tax as (
    select
        enterprise_id,
        max_by(tax_paid, tax_year) as tax_paid
    from {{ ref("stg_c12_tax_paid") }}
    where
        tax_year >= {{ report_year_due() }}
        and paid_through <= {{ month_end() }}
        and {{ fresh("c12_tax_paid") }}
    group by enterprise_id
),

insured as (
    select
        enterprise_id,
        max_by(insured_staff, insured_month) as insured_staff
    from {{ ref("stg_c13_insured_staff") }}
    where
        counted_on > {{ window_start("H030202") }}
        and counted_on <= {{ month_end() }}
        and {{ fresh("c13_insured_staff") }}
    group by enterprise_id
),

known as (
    select
        spine.enterprise_id,
        spine.registered_capital,
        spine.established_on < {{ month_end(0 - parameter("H030201", "older_than") | int) }} as old_enough,
        reports.enterprise_id is not null as reported,
        reports.assets = 0 as no_assets,
        reports.liabilities = 0 as no_liabilities,
        reports.revenue = 0 as no_revenue,
        reports.profit = 0 as no_profit,
        reports.tax = 0 as no_tax,
        reports.revenue < {{ parameter("H030202", "revenue_below") }} as low_revenue,
        greatest(coalesce(reports.tax, tax.tax_paid), coalesce(tax.tax_paid, reports.tax)) = 0 as tax_free,
        greatest(
            coalesce(reports.staff, insured.insured_staff), coalesce(insured.insured_staff, reports.staff)
        ) = 0 as unstaffed
    from spine
    left join reports on spine.enterprise_id = reports.enterprise_id and reports.recency = 1
    left join tax on spine.enterprise_id = tax.enterprise_id
    left join insured on spine.enterprise_id = insured.enterprise_id
)

select
    cast({{ month() }} as varchar) as month,  -- noqa: RF04
    enterprise_id,
    -- `and` of booleans is exactly the rule: false settles it, otherwise null stays null
    case
        when reported
            then cast(
                no_assets and no_liabilities and no_revenue and no_profit and no_tax and old_enough as integer
            )
    end as h030201,
    case
        when registered_capital < {{ parameter("H030202", "capital_at_least") }} then 0
        when registered_capital is not null and coalesce(tax_free, low_revenue, unstaffed) is not null
            then
                case when tax_free then 1 else 0 end
                + case when low_revenue then 1 else 0 end
                + case when unstaffed then 1 else 0 end
    end as h030202
from known
