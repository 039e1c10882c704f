{#- What H0701, H0702 and H0704 read of annual reports (年报) and of the tax of a year. -#}

{#- Day from which the report on a year is counted: the one after the last day on which it could be filed in time. -#}
{% macro counted_from(report_year) -%}
    make_date({{ report_year }} + 1, 7, 1)
{%- endmacro %}

{#- First month (text) in which the report on a year is no longer the latest one due: the next one has fallen due. -#}
{% macro next_report_due(report_year) -%}
    left(cast(make_date({{ report_year }} + 2, 7, 1) as varchar), 7)
{%- endmacro %}

{#- Annual reports as filed by the end of the month, one row per enterprise and year, with what the enterprise
    discloses: an amount is disclosed when it is stated and not marked as unpublished (不公示), otherwise it is null.
    Only reports on the last year due or a newer one, and those that still count for one of `indicators`.
    recency 1 is the latest report of the enterprise. revenue is never below 0: more returns than sales are no revenue.
    result is net profit, or profit where net profit is not disclosed; a loss is below 0. -#}
{% macro disclosed_reports(indicators=()) -%}
select
    enterprise_id,
    record_id,
    record_key,
    received_month,
    filed_on,
    report_year,
    {{ counted_from("report_year") }} as counted_from,
    cast(row_number() over (partition by enterprise_id order by report_year desc) as integer) as recency,
    case when coalesce(assets_published, true) then assets end as assets,
    case when coalesce(liabilities_published, true) then liabilities end as liabilities,
    case when coalesce(revenue_published, true) then case when revenue < 0 then 0 else revenue end end as revenue,
    case when coalesce(tax_published, true) then tax end as tax,
    case when coalesce(equity_published, true) then equity end as equity,
    case
        when net_profit is not null and coalesce(net_profit_published, true) then net_profit
        when coalesce(profit_published, true) then profit
    end as result
from {{ ref("stg_c03_annual_reports") }}
where
    filed_on <= {{ month_end() }}
    and (
        report_year >= {{ report_year_due() }}
        {%- for indicator in indicators %}
        or {{ counted_from("report_year") }} > {{ window_start(indicator) }}
        {%- endfor %}
    )
{%- endmacro %}

{#- Two CTEs about the tax of a year (H070203), to stand behind a CTE `reports` of disclosed_reports(["H070203"]):
    paid   what the tax office says was paid in a whole year, in the window by the day from which the report on that year
           is counted; a sum that ends before 31 December is not that of the year
    taxed  one row per enterprise: the newest year of which the tax is known, from the tax office (told_by c12_tax_paid),
           else from the enterprise's own report (c03_annual_reports); revenue is that of the report on the same year
    A feed that is not fresh says nothing. -#}
{% macro tax_of_the_year() -%}
paid as (
    select
        enterprise_id,
        record_id,
        record_key,
        received_month,
        paid_through,
        tax_year,
        tax_paid
    from {{ ref("stg_c12_tax_paid") }}
    where
        {{ fresh("c12_tax_paid") }}
        and paid_through <= {{ month_end() }}
        and paid_through >= make_date(tax_year, 12, 31)
        and {{ counted_from("tax_year") }} > {{ window_start("H070203") }}
),

tax_statements as (
    select
        enterprise_id,
        tax_year,
        tax_paid as tax,
        'c12_tax_paid' as told_by,
        1 as priority
    from paid
    union all
    select
        enterprise_id,
        report_year as tax_year,
        tax,
        'c03_annual_reports' as told_by,
        2 as priority
    from reports
    where
        tax is not null
        and counted_from > {{ window_start("H070203") }}
        and {{ fresh("c03_annual_reports") }}
),

tax_ranked as (
    select
        *,
        row_number() over (partition by enterprise_id order by tax_year desc, priority asc) as place
    from tax_statements
),

taxed as (
    select
        tax_ranked.enterprise_id,
        tax_ranked.tax_year,
        tax_ranked.tax,
        tax_ranked.told_by,
        case when {{ fresh("c03_annual_reports") }} then reports.revenue end as revenue
    from tax_ranked
    left join reports
        on
            tax_ranked.enterprise_id = reports.enterprise_id
            and tax_ranked.tax_year = reports.report_year
    where tax_ranked.place = 1
)
{%- endmacro %}
