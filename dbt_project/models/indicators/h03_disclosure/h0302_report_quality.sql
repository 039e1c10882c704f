-- noqa: disable=LT02
-- H0302 年报质量 Annual report quality. Source: C03 (c03_annual_reports, c03_report_amendments), C12 (c12_tax_paid), C13
-- (c13_insured_staff), C01.
-- The report read is the latest one on file, if it covers the year due or a later one; an older one says nothing about
-- now.
-- H030201 年报财务全零申报: assets, liabilities, revenue, profit and tax are all 0 and the enterprise is older than
--         `older_than` months. One amount other than 0 settles it (0); otherwise an undisclosed amount (missing, or
--         flagged as not published) leaves it unknown.
-- H030202 大额注册资本与零税零人员不符: for capital of `capital_at_least` 万元 and more, how many of these hold: no tax, revenue under
--         `revenue_below` 万元, no staff. Tax and staff are 0 only if no source knows more: the tax and social-insurance
--         records count beside the report. Smaller capital: 0. Unknown parts do not count; nothing known or capital
--         unknown: null.
-- H030203 年报修改次数: amendments inside the window, by day of amendment, of the report that was amended most, whatever its
--         year. Several items amended on one day are one amendment. Unknown while the feed of amendments is not fresh;
--         an enterprise without any has amended nothing (0).
{%- set years = report_years() %}
with spine as (
    select
        enterprise_id,
        established_on,
        registered_capital
    from {{ ref("enterprise") }}
    where month = {{ month() }}
),

-- Tax, revenue and staff are compared with no smaller capital.
{{ reported_substance(
    "spine", asked="registered_capital >= " ~ parameter("H030202", "capital_at_least")
) }},

published as (
    {{ published_reports() }}
),

-- The years are few and known, so that each is joined, and nothing is ranked.
{%- for year in years %}
report_{{ year }} as (
    select
        enterprise_id,
        true as reported,
        assets = 0 as no_assets,
        liabilities = 0 as no_liabilities,
        revenue = 0 as no_revenue,
        profit = 0 as no_profit,
        tax = 0 as no_tax
    from published
    where report_year = {{ year }}
),
{% endfor %}
latest_report as (
    select
        spine.enterprise_id,
        spine.established_on,
        spine.registered_capital,
        coalesce({% for year in years %}report_{{ year }}.reported, {% endfor %}false) as reported
        {%- for figure in ["assets", "liabilities", "revenue", "profit", "tax"] %},
        case
            {%- for year in years %}
            when report_{{ year }}.reported then report_{{ year }}.no_{{ figure }}
            {%- endfor %}
        end as no_{{ figure }}
        {%- endfor %}
    from spine
    {%- for year in years %}
    left join report_{{ year }} on spine.enterprise_id = report_{{ year }}.enterprise_id
    {%- endfor %}
),

-- A day on which a report was amended is one amendment, however many items it changed.
amendments as (
    select
        enterprise_id,
        report_year,
        count(distinct amended_on) as times
    from {{ ref("stg_c03_report_amendments") }}
    where
        amended_on > {{ window_start("H030203") }}
        and amended_on <= {{ month_end() }}
    group by enterprise_id, report_year
),

amended as (
    select
        enterprise_id,
        max(times) as times
    from amendments
    group by enterprise_id
),

known as (
    select
        latest_report.enterprise_id,
        latest_report.registered_capital,
        latest_report.established_on < {{ month_end(0 - parameter("H030201", "older_than") | int) }} as old_enough,
        latest_report.reported,
        latest_report.no_assets,
        latest_report.no_liabilities,
        latest_report.no_revenue,
        latest_report.no_profit,
        latest_report.no_tax,
        substance.tax_free,
        substance.low_revenue,
        substance.unstaffed,
        amended.times as amendments
    -- one row per enterprise of the spine
    from latest_report
    left join substance on latest_report.enterprise_id = substance.enterprise_id
    left join amended on latest_report.enterprise_id = amended.enterprise_id
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
    end as h030202,
    case
        when {{ fresh("c03_report_amendments") }} then cast(coalesce(amendments, 0) as integer)
    end as h030203
from known
