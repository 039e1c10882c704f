-- H0701 经营状况 Operating condition: the records behind its indicators.
-- H070101, H070104, H070105 rest on the latest report, H070102 on the reports that show a loss, H070103 on the latest
-- and the one before it, H070106 on the open cases of the kind that decides. A report counts until the window of the
-- indicator, from the day on which it is counted, has passed: with windows of whole years a July, in which another
-- report falls due. A newer report that is filed before takes its place earlier. The two reports of H070103 are
-- compared until the earlier one leaves the window.
with reports as (
    {{ disclosed_reports(["H070101", "H070102", "H070103", "H070104", "H070105"]) }}
),

found as (
    select
        enterprise_id,
        h070103 as revenue_change,
        h070106 as bankruptcy
    from {{ ref("h0701_operating_condition") }}
    where month = {{ month() }}
)

select
    report.enterprise_id,
    {{ evidence("H070101", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after("report.counted_from", "H070101")) }}
from reports as report
where report.recency = 1 and report.counted_from > {{ window_start("H070101") }}

union all

select
    report.enterprise_id,
    {{ evidence("H070102", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after("report.counted_from", "H070102"), counts_for="1") }}
from reports as report
where
    report.recency <= 3
    and report.counted_from > {{ window_start("H070102") }}
    and report.result < 0

union all

select
    report.enterprise_id,
    {{ evidence("H070103", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after(counted_from("report.report_year + report.recency - 2"), "H070103")) }}
from reports as report
inner join found on report.enterprise_id = found.enterprise_id
-- a change is known only of two years that follow each other, and they are the two latest
where report.recency <= 2 and found.revenue_change is not null

union all

select
    report.enterprise_id,
    {{ evidence("H070104", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after("report.counted_from", "H070104")) }}
from reports as report
where report.recency = 1 and report.counted_from > {{ window_start("H070104") }}

union all

select
    report.enterprise_id,
    {{ evidence("H070105", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=stops_after("report.counted_from", "H070105")) }}
from reports as report
where report.recency = 1 and report.counted_from > {{ window_start("H070105") }}

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
