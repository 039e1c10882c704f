-- noqa: disable=ST03
-- H0702 纳税社保 Tax and social insurance: the records behind its indicators.
-- H070201 rests on the counts of the zero months and on the report that shows revenue, or on the two counts compared;
-- H070204 on the two counts compared. No end is known of a count: the comparison moves on with each new one.
-- H070202 rests on the arrears announced and on the abnormal states, of those feeds that are fresh.
-- H070203 rests on the tax of the year as the tax office tells it, else on the report, and for 'untaxed' on the report
-- that shows revenue as well; until the window, from the day on which the report on that year is counted, has passed.
-- H070205 rests on the latest rating.
{%- set zero_months = parameter('H070201', 'zero_months') | int %}
{%- set fall_months = window_months('H070201') | int %}
{%- set year_months = window_months('H070204') | int %}
with found as (
    select
        enterprise_id,
        h070201 as staff_state,
        h070203 as tax_size,
        h070204 as staff_fall
    from {{ ref("h0702_tax_social_insurance") }}
    where month = {{ month() }}
),

-- The feed of counts is the longest of all, and the counts of few enterprises are shown.
understaffed as (
    select enterprise_id
    from found
    where staff_state in ('zero_staff', 'sharp_fall') or staff_fall > 0
),

{{ insured_counts([zero_months, fall_months, year_months] | max, of="understaffed") }},

reports as (
    {{ disclosed_reports(["H070203"]) }}
),

latest as (
    {{ latest_reports(["H070203"]) }}
),

{{ tax_of_the_year("found") }},

ratings as (
    select
        *,
        row_number() over (partition by enterprise_id order by rated_on desc, rated_year desc) as recency
    from {{ ref("stg_c12_ratings") }}
    where rated_on > {{ window_start("H070205") }} and rated_on <= {{ month_end() }}
)

select
    counts.enterprise_id,
    {{ evidence("H070201", "c13_insured_staff", "counts", event_on="counts.counted_on") }}
from insured_counts as counts
inner join found on counts.enterprise_id = found.enterprise_id
where
    (found.staff_state = 'zero_staff' and counts.months_back < {{ zero_months }})
    or (found.staff_state = 'sharp_fall' and counts.months_back in (0, {{ fall_months }}))

union all

select
    report.enterprise_id,
    {{ evidence("H070201", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=next_report_due("report.report_year")) }}
from latest as report
inner join found on report.enterprise_id = found.enterprise_id
where found.staff_state = 'zero_staff'

union all

select
    arrears.enterprise_id,
    {{ evidence("H070202", "c12_arrears", "arrears", event_on="arrears.announced_on",
        stops_in="least(" ~ stops_after("arrears.announced_on", "H070202") ~ ", "
        ~ ends_in("arrears.cleared_on") ~ ")", review=true) }}
from {{ ref("stg_c12_arrears") }} as arrears
where
    {{ fresh("c12_arrears") }}
    and arrears.announced_on > {{ window_start("H070202") }}
    and arrears.announced_on <= {{ month_end() }}
    and (arrears.cleared_on is null or arrears.cleared_on > {{ month_end() }})

union all

select
    abnormal.enterprise_id,
    {{ evidence("H070202", "c12_abnormal_taxpayers", "abnormal", event_on="abnormal.identified_on",
        stops_in=ends_in("abnormal.lifted_on"), review=true) }}
from {{ ref("stg_c12_abnormal_taxpayers") }} as abnormal
where
    {{ fresh("c12_abnormal_taxpayers") }}
    and abnormal.identified_on <= {{ month_end() }}
    and (abnormal.lifted_on is null or abnormal.lifted_on > {{ month_end() }})

union all

select
    paid.enterprise_id,
    {{ evidence("H070203", "c12_tax_paid", "paid", event_on="paid.paid_through",
        stops_in=report_stops_in("paid.tax_year", "H070203", ["H070203"])) }}
from paid
inner join taxed
    on
        paid.enterprise_id = taxed.enterprise_id
        and paid.tax_year = taxed.tax_year
        and taxed.told_by = 'c12_tax_paid'

union all

select
    report.enterprise_id,
    {{ evidence("H070203", "c03_annual_reports", "report", event_on="report.filed_on",
        stops_in=report_stops_in("report.report_year", "H070203", ["H070203"])) }}
from reports as report
inner join taxed
    on
        report.enterprise_id = taxed.enterprise_id
        and report.report_year = taxed.tax_year
inner join found on report.enterprise_id = found.enterprise_id
where taxed.told_by = 'c03_annual_reports' or found.tax_size = 'untaxed'

union all

select
    counts.enterprise_id,
    {{ evidence("H070204", "c13_insured_staff", "counts", event_on="counts.counted_on") }}
from insured_counts as counts
inner join found on counts.enterprise_id = found.enterprise_id
where found.staff_fall > 0 and counts.months_back in (0, {{ year_months }})

union all

select
    rating.enterprise_id,
    {{ evidence("H070205", "c12_ratings", "rating", event_on="rating.rated_on", stops_in="window") }}
from ratings as rating
where rating.recency = 1
