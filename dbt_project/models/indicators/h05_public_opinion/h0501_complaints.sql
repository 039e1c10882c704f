-- H0501 投诉举报 Complaints and reports of the hotlines 12315 and 12345. Source: C09 (c09_complaints); by day received.
-- H050101 近一年投诉举报次数 Complaints in 1 year, as the share of peers (same industry section and size group, wider where
--         they are fewer than `peers_at_least`) with fewer of them; 0 without one. See peer_places.
-- H050102 近三个月投诉举报次数增长率 Growth over the window against the window before it; 1 = +100 %. 0 with fewer than
--         `complaints_at_least` complaints in the window; none before counts as one, so that the growth stays finite.
-- Repeat complainants (职业投诉人) are removed from both: see counted_complaints. The numbers are those of parameters.csv.
-- Unknown (null) while the feed is not fresh.
with complaints as (
    {{ counted_complaints(parameter('H050101', 'repeat_from')) }}
),

counts as (
    select
        enterprise_id,
        count(*) filter (where received_on > {{ window_start('H050101') }}) as complaints,
        count(*) filter (where received_on > {{ window_start('H050102') }}) as recent,
        count(*) filter (
            where
            received_on > {{ month_end(-2 * (window_months('H050102') | int)) }}
            and received_on <= {{ window_start('H050102') }}
        ) as previous
    from complaints
    group by enterprise_id
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
),

places as (
    {{ peer_places('counted', 'complaints', parameter('H050101', 'peers_at_least')) }}
)

select
    counted.month,
    counted.enterprise_id,
    case when {{ fresh('c09_complaints') }} then places.place end as h050101,
    case when {{ fresh('c09_complaints') }} then counted.growth end as h050102
from counted
inner join places on {{ same_peers('counted', 'places', 'complaints') }}
