-- H0702 纳税社保 Tax and social insurance.
-- H070201 社保缴纳人数 Insured staff. Source: C13 (c13_insured_staff), C03 (c03_annual_reports). Months are counted back from
--         the feed's newest one, so that the feed's own lag plays no part. 'zero_staff': nobody insured in each of the
--         `zero_months` newest months, with revenue above 0 in the latest report (of the last year due, or newer).
--         'sharp_fall': fewer than `fall_below` times the staff of one window (3 months) before. Else 'ok'. Unknown
--         without a count for the newest month, or if the zero months meet an undisclosed revenue. Both numbers stand
--         in parameters.csv.
-- H070202 欠税或非正常户 Tax arrears or abnormal taxpayer. Source: C12 (c12_arrears, c12_abnormal_taxpayers).
--         'arrears': announced in the window and not cleared by the last day of the month. 'abnormal': identified and
--         not lifted by then, however long ago: it is a state, not an event. 'both', 'none'. If one of the two
--         feeds is not fresh, only what the other shows is said; nothing shown is then unknown.
{%- set zero_months = parameter('H070201', 'zero_months') | int %}
with staff as (
    select
        enterprise_id,
        cast(substr(insured_month, 1, 4) as integer) * 12 + cast(substr(insured_month, 6, 2) as integer) as month_no,
        insured_staff
    from {{ ref('stg_c13_insured_staff') }}
    where
        insured_month <= {{ month() }}
        -- half a year more than is counted, for the lag of the feed; no further back, because the feed is long
        and insured_month > cast({{ month_end(-6 - [zero_months, window_months('H070201') | int] | max) }} as varchar)
        and counted_on <= {{ month_end() }}
),

newest as (
    select max(month_no) as month_no from staff
),

insured as (
    select
        staff.enterprise_id,
        max(staff.insured_staff) filter (where staff.month_no = newest.month_no) as staff_now,
        max(staff.insured_staff) filter (
            where staff.month_no = newest.month_no - {{ window_months('H070201') }}
        ) as staff_before,
        count(*) filter (
            where staff.insured_staff = 0 and staff.month_no > newest.month_no - {{ zero_months }}
        ) as zero_months
    from staff
    cross join newest
    where staff.month_no >= newest.month_no - greatest({{ zero_months }}, {{ window_months('H070201') }})
    group by staff.enterprise_id
),

latest_report as (
    select
        enterprise_id,
        max_by(case when coalesce(revenue_published, true) then revenue end, report_year) as revenue
    from {{ ref('stg_c03_annual_reports') }}
    where
        filed_on <= {{ month_end() }}
        and report_year >= {{ report_year_due() }}
    group by enterprise_id
),

arrears as (
    select distinct enterprise_id
    from {{ ref('stg_c12_arrears') }}
    where
        announced_on > {{ window_start('H070202') }}
        and announced_on <= {{ month_end() }}
        and (cleared_on is null or cleared_on > {{ month_end() }})
),

abnormal as (
    select distinct enterprise_id
    from {{ ref('stg_c12_abnormal_taxpayers') }}
    where
        identified_on <= {{ month_end() }}
        and (lifted_on is null or lifted_on > {{ month_end() }})
),

known as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        case
            when not {{ fresh('c13_insured_staff') }} or insured.staff_now is null then null
            when
                insured.zero_months < {{ zero_months }}
                and insured.staff_now < {{ parameter('H070201', 'fall_below') }} * insured.staff_before
                then 'sharp_fall'
            when insured.zero_months < {{ zero_months }} or latest_report.revenue <= 0 then 'ok'
            when {{ fresh('c03_annual_reports') }} and latest_report.revenue > 0 then 'zero_staff'
        end as staff_state,
        case when {{ fresh('c12_arrears') }} then arrears.enterprise_id is not null end as in_arrears,
        case when {{ fresh('c12_abnormal_taxpayers') }} then abnormal.enterprise_id is not null end as is_abnormal
    from {{ ref('enterprise') }} as enterprise
    left join insured on enterprise.enterprise_id = insured.enterprise_id
    left join latest_report on enterprise.enterprise_id = latest_report.enterprise_id
    left join arrears on enterprise.enterprise_id = arrears.enterprise_id
    left join abnormal on enterprise.enterprise_id = abnormal.enterprise_id
    where enterprise.month = {{ month() }}
)

select
    month,
    enterprise_id,
    staff_state as h070201,
    case
        when in_arrears and is_abnormal then 'both'
        when in_arrears then 'arrears'
        when is_abnormal then 'abnormal'
        when not in_arrears and not is_abnormal then 'none'
    end as h070202
from known
