-- noqa: disable=LT02,ST05
-- H0701 经营状况 Operating condition: the records behind its indicators.
-- H070101, H070104, H070105 rest on the latest report, H070102 on the reports that show a loss, H070103 on the latest
-- and the one before it, H070106 on the open cases of the kind that decides. A report counts until the window of the
-- indicator, from the day on which it is counted, has passed: with windows of whole years a July, in which another
-- report falls due. A newer report that is filed before takes its place earlier. The two reports of H070103 are
-- compared until the earlier one leaves the window. Few of those who have a latest report, or two, have points for it.
{%- set indicators = ["H070101", "H070102", "H070103", "H070104", "H070105"] %}
{%- set years = report_years(indicators) %}
-- Each reads its own columns of the reports that it needs: one relation for all of them would be kept in memory.
with pointed as (
    {{ pointed(["H070101", "H070103", "H070105"]) }}
),

found as (
    select
        enterprise_id,
        h070103 as revenue_change,
        h070106 as bankruptcy
    from {{ ref("h0701_operating_condition") }}
    where month = {{ month() }}
),

latest as (
    {{ latest_reports(["H070101", "H070104", "H070105"]) }}
),

losses as (
    select *
    from ({{ disclosed_reports(indicators) }}) as report
    where
        result < 0
        and report_year >= {{ first_year_counted("H070102") }}
),

-- the losses behind three newer reports; who has one on the last three years is not asked
outdated as (
    select
        losses.enterprise_id,
        losses.report_year
    from losses
    inner join ({{ disclosed_reports(indicators) }}) as newer on losses.enterprise_id = newer.enterprise_id
    where
        losses.report_year < {{ years[:3] | last }}
        and newer.report_year > losses.report_year
    group by losses.enterprise_id, losses.report_year
    having count(*) >= 3
),

changed as (
    select found.enterprise_id
    from found
    inner join pointed on found.enterprise_id = pointed.enterprise_id
    where
        pointed.code = 'H070103'
        and found.revenue_change is not null
),

-- a change is known only of two years that follow each other, and they are the two latest
compared as (
    select
        report.*,
        row_number() over (partition by report.enterprise_id order by report.report_year desc) as recency
    from ({{ disclosed_reports(indicators) }}) as report
    where report.enterprise_id in (select changed.enterprise_id from changed)
)

{% for code in ["H070101", "H070105"] -%}
select
    report.enterprise_id,
    {{ evidence(code, "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=report_stops_in("report.report_year", code, indicators)) }}
from latest as report
where
    report.report_year >= {{ first_year_counted(code) }}
    and report.enterprise_id in (
        select pointed.enterprise_id
        from pointed
        where pointed.code = '{{ code }}'
    )

union all

{% endfor -%}
select
    report.enterprise_id,
    {{ evidence("H070104", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=report_stops_in("report.report_year", "H070104", indicators)) }}
from latest as report
where report.report_year >= {{ first_year_counted("H070104") }}

union all

select
    report.enterprise_id,
    {{ evidence("H070102", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=report_stops_in("report.report_year", "H070102", indicators), counts_for="1") }}
from losses as report
anti join outdated
    on
        report.enterprise_id = outdated.enterprise_id
        and report.report_year = outdated.report_year

union all

select
    report.enterprise_id,
    {{ evidence("H070103", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after(counted_from("report.report_year + report.recency - 2"), "H070103")) }}
from compared as report
where report.recency <= 2

union all

select
    bankruptcy.enterprise_id,
    {{ evidence("H070106", "c10_bankruptcies", "bankruptcy", event_on="bankruptcy.accepted_on",
        stops_in="least(" ~ stops_after("bankruptcy.accepted_on", "H070106") ~ ", "
        ~ ends_in("bankruptcy.ended_on") ~ ")", review=true) }}
from {{ ref("stg_c10_bankruptcies") }} as bankruptcy
inner join found
    on
        bankruptcy.enterprise_id = found.enterprise_id
        and found.bankruptcy = {{ bankruptcy_kind("bankruptcy.procedure") }}
where {{ is_open_bankruptcy("bankruptcy") }}
