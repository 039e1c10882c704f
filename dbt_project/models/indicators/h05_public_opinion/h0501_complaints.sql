-- H0501 投诉举报 Complaints and reports of the hotlines 12315 and 12345. Source: C09 (c09_complaints); by day received.
-- H050101 近一年投诉举报次数 Complaints in 1 year, as the share of peers (same industry section and size group) with fewer
--         of them; 0 without one. See peer_percentile.
-- H050102 近三个月投诉举报次数增长率 Growth over the window against the window before it; 1 = +100 %. 0 with fewer than
--         `complaints_at_least` complaints in the window; none before counts as one, so that the growth stays finite.
-- Repeat complainants (职业投诉人) are removed from both: who is marked as one by the hotline, and who complained
-- `repeat_from` times or more in the year that H050101 looks at, about whatever enterprise (parameters.csv). A
-- complaint that names no complainant stays. Unknown (null) while the feed is not fresh.
with repeat_complainants as (
    select complainant_id
    from {{ ref('stg_c09_complaints') }}
    where
        complainant_id is not null
        and received_on > {{ window_start('H050101') }}
        and received_on <= {{ month_end() }}
    group by complainant_id
    having count(*) >= {{ parameter('H050101', 'repeat_from') }}
),

counts as (
    select
        complaint.enterprise_id,
        count(*) filter (where complaint.received_on > {{ window_start('H050101') }}) as complaints,
        count(*) filter (where complaint.received_on > {{ window_start('H050102') }}) as recent,
        count(*) filter (
            where
            complaint.received_on > {{ month_end(-2 * (window_months('H050102') | int)) }}
            and complaint.received_on <= {{ window_start('H050102') }}
        ) as previous
    from {{ ref('stg_c09_complaints') }} as complaint
    left join repeat_complainants on complaint.complainant_id = repeat_complainants.complainant_id
    where
        complaint.received_on <= {{ month_end() }}
        and not coalesce(complaint.repeat_complainant, false)
        and repeat_complainants.complainant_id is null
    group by complaint.enterprise_id
),

counted as (
    select
        enterprise.month,
        enterprise.enterprise_id,
        enterprise.industry_section,
        enterprise.size_group,
        coalesce(counts.complaints, 0) as complaints,
        case
            when counts.recent >= {{ parameter('H050102', 'complaints_at_least') }}
                then (counts.recent - greatest(counts.previous, 1)) / cast(greatest(counts.previous, 1) as double)
            else 0.0
        end as growth
    from {{ ref('enterprise') }} as enterprise
    left join counts on enterprise.enterprise_id = counts.enterprise_id
    where enterprise.month = {{ month() }}
)

select
    month,
    enterprise_id,
    case when {{ fresh('c09_complaints') }} then {{ peer_percentile('complaints') }} end as h050101,
    case when {{ fresh('c09_complaints') }} then growth end as h050102
from counted
