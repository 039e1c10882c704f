{#- The years whose 30 June lies inside the window, newest first: three for a window of 36 months. -#}
{%- set years = (window_months("H030102") | int) // 12 -%}
-- H0301 年报报送 Annual report filing. Source: C03 (c03_annual_reports), day of establishment from the spine.
-- H030101 最近一年年报未报: 1 while no report on the year due is on file; the year due turns after 30 June. A late report ends
--         it.
-- H030102 连续未年报年数: years in a row without a report, counted back from the year due, inside the window.
-- H030103 年报逾期补报: reports filed after their 30 June, by day of filing inside the window, whatever year they are on.
-- Not applicable (null) before an enterprise's first report is due: an enterprise first reports on the year it was
-- established in, the year after. Null, too, while the feed is not fresh.
with filed as (
    select
        report.enterprise_id,
        report.report_year,
        {{ is_filed_late("report") }} as late
    from {{ ref("stg_c03_annual_reports") }} as report
    where report.filed_on <= {{ month_end() }}
),

found as (
    select
        enterprise_id,
        max(report_year) filter (where report_year <= {{ report_year_due() }}) as last_year,
        count(*) filter (where late) as late_reports
    from filed
    group by enterprise_id
),

due as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        {{ report_year_due() }} - year(enterprise.established_on) + 1 as years_due,
        {{ report_year_due() }} - found.last_year as years_missed,
        found.late_reports
    from {{ ref("enterprise") }} as enterprise
    left join found on enterprise.enterprise_id = found.enterprise_id
    where enterprise.month = {{ month() }}
)

select
    month,
    enterprise_id,
    case
        when not {{ fresh("c03_annual_reports") }} or years_due < 1 then null
        when years_missed = 0 then 0
        else 1
    end as h030101,
    case
        when not {{ fresh("c03_annual_reports") }} or years_due < 1 then null
        else cast(least(coalesce(years_missed, years_due), years_due, {{ years }}) as integer)
    end as h030102,
    case
        when not {{ fresh("c03_annual_reports") }} or years_due < 1 then null
        else cast(coalesce(late_reports, 0) as integer)
    end as h030103
from due
