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
    Only reports on the last year due or a newer one, and those that still count for one of `indicators`: those on the
    years of report_years(indicators). A year that has not begun has no report.
    revenue is never below 0: more returns than sales are no revenue.
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
    and report_year between {{ report_years(indicators) | last }} and {{ report_years(indicators) | first }}
{%- endmacro %}

{#- The latest of the disclosed reports of each enterprise, by year, with the columns of disclosed_reports(indicators), as a
    query. The years behind the oldest one are few reports: who is in none of them has no newer one. -#}
{% macro latest_reports(indicators=()) -%}
select report.*
from ({{ disclosed_reports(indicators) }}) as report
left join (
    select
        enterprise_id,
        max(report_year) as report_year
    from ({{ disclosed_reports(indicators) }}) as disclosed
    where report_year > {{ report_years(indicators) | last }}
    group by enterprise_id
) as newest on report.enterprise_id = newest.enterprise_id
where newest.report_year is null or report.report_year = newest.report_year
{%- endmacro %}

{#- The years, newest first, a report on which may be read in the month: from the present one, on which an enterprise that
    ends may report, to the last one due, or further back as long as it counts for one of `indicators`. -#}
{% macro report_years(indicators=()) -%}
    {%- set oldest = [report_year_due() | int] -%}
    {%- for indicator in indicators -%}
        {%- do oldest.append(first_year_counted(indicator)) -%}
    {%- endfor -%}
    {{ return(range(year() | int, (oldest | min) - 1, -1) | list) }}
{%- endmacro %}

{#- The first year the report on which is counted, by the day of counted_from, inside the window of an indicator. -#}
{% macro first_year_counted(indicator) -%}
    {%- set parts = env_var("ECR_MONTH", "2000-01").split("-") -%}
    {#- number of the month on whose last day the window opens -#}
    {%- set opens = (parts[0] | int) * 12 + (parts[1] | int) - 1 - (window_months(indicator) | int) -%}
    {{ return(opens // 12 - (1 if opens % 12 < 6 else 0)) }}
{%- endmacro %}

{#- First month (text) in which the report on a year, one of report_years(indicators), is behind the window of an indicator,
    by the day from which it is counted. The years are few and known, so that no date is made for a row. -#}
{% macro report_stops_in(report_year, indicator, indicators) -%}
    case {{ report_year }}
        {%- for year in report_years(indicators) %}
        {%- set stops = (year + 1) * 12 + 6 + (window_months(indicator) | int) %}
        when {{ year }} then '{{ "%04d-%02d" | format(stops // 12, stops % 12 + 1) }}'
        {%- endfor %}
    end
{%- endmacro %}

{#- Two CTEs about the tax of a year (H070203), to stand behind a CTE `reports` of disclosed_reports(["H070203"]):
    paid     what the tax office says was paid in a whole year, in the window by the day from which the report on that year
             is counted; a sum that ends before 31 December is not that of the year
    taxed    one row per enterprise of `asked`, a relation with enterprise_id: the newest year of which the tax is known, from
             the tax office (told_by c12_tax_paid), else from the enterprise's own report (c03_annual_reports), null where
             it is known of none; revenue is that of the report on the same year, latest_revenue that of the latest report
             on the last year due or a newer one
    The years are few and known, so that each is joined, and nothing is ranked. A feed that is not fresh says nothing. -#}
{% macro tax_of_the_year(asked) -%}
{%- set years = report_years(["H070203"]) -%}
{%- set first = first_year_counted("H070203") -%}
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
        and tax_year >= {{ first }}
),

stated as (
    select
        asked.enterprise_id
        {%- for year in years %},
        coalesce(paid_{{ year }}.told, false) as told_{{ year }},
        paid_{{ year }}.tax_paid as paid_{{ year }},
        {%- if year >= first %}
        case when {{ fresh("c03_annual_reports") }} then report_{{ year }}.tax end as tax_{{ year }},
        {%- else %}
        null as tax_{{ year }},
        {%- endif %}
        coalesce(report_{{ year }}.on_file, false) as on_file_{{ year }},
        report_{{ year }}.revenue as revenue_{{ year }}
        {%- endfor %}
    from {{ asked }} as asked
    {%- for year in years %}
    left join (
        select
            enterprise_id,
            tax_paid,
            true as told
        from paid
        where tax_year = {{ year }}
    ) as paid_{{ year }} on asked.enterprise_id = paid_{{ year }}.enterprise_id
    left join (
        select
            enterprise_id,
            tax,
            revenue,
            true as on_file
        from reports
        where report_year = {{ year }}
    ) as report_{{ year }} on asked.enterprise_id = report_{{ year }}.enterprise_id
    {%- endfor %}
),

taxed as (
    select
        enterprise_id,
        case
            {%- for year in years %}
            when told_{{ year }} or tax_{{ year }} is not null then {{ year }}
            {%- endfor %}
        end as tax_year,
        case
            {%- for year in years %}
            when told_{{ year }} then paid_{{ year }}
            when tax_{{ year }} is not null then tax_{{ year }}
            {%- endfor %}
        end as tax,
        case
            {%- for year in years %}
            when told_{{ year }} then 'c12_tax_paid'
            when tax_{{ year }} is not null then 'c03_annual_reports'
            {%- endfor %}
        end as told_by,
        case
            when not {{ fresh("c03_annual_reports") }} then null
            {%- for year in years %}
            when told_{{ year }} or tax_{{ year }} is not null then revenue_{{ year }}
            {%- endfor %}
        end as revenue,
        case
            {%- for year in report_years() %}
            when on_file_{{ year }} then revenue_{{ year }}
            {%- endfor %}
        end as latest_revenue
    from stated
)
{%- endmacro %}
